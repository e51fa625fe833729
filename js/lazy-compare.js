/** Comparing variants, which a page that trains a model does without: its script comes at the first call. */

import { loadPart } from './lazy.js';

/**
 * Trains every variant with every seed: for one seed all but `alpha` start from the same weights and see the
 * rows in the same order, so that differences are taken pair by pair.
 *
 * @param {readonly import('./variants.js').VariantKey[]} names
 * @param {{ train: import('./dataset.js').Dataset, test: import('./dataset.js').Dataset }} data
 * @param {import('./compare.js').CompareOptions} [options]
 * @returns {ReturnType<import('./compare.js').compare>} runs seed by seed, in it variant by variant, p by p
 *   and rate by rate; the figures of every variant
 * @throws {TypeError | RangeError} for what was asked
 * @throws {import('./errors.js').DivergedError} naming variant and seed; all models are disposed of by then
 * @throws {import('./errors.js').EngineError} where `compare.js` cannot be loaded
 * @throws {unknown} the signal's reason
 */
export async function compare(names, data, options) {
  const load = () => import('./compare.js');
  const part = await loadPart('comparisons', './compare.js', load, options?.signal);
  return part.compare(names, data, options);
}
