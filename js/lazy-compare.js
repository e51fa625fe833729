/** Comparing variants, which a page that trains a model does without: its script comes at the first call. */

import { loadPart } from './lazy.js';

/** @type {typeof import('./compare.js').compare} */
export async function compare(names, data, options) {
  const part = await loadPart('comparisons', './compare.js', () => import('./compare.js'));
  return part.compare(names, data, options);
}
