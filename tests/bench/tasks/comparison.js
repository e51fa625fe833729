/** The page's default comparison: 2 variants x 5 seeds x 2 epochs. */

import { compare } from '../../../dist/index.js';

const VARIANTS = ['article', 'article-scaled'];

/**
 * @param {{ workers?: number }} args undefined: the default, one a processor
 * @param {import('../in-page.js').Place} place
 * @returns {Promise<{ seconds: number, hashes: string[] }>}
 */
export default async function comparison({ workers }, { mnist }) {
  const data = await mnist();
  const start = performance.now();
  const { runs } = await compare(VARIANTS, data, workers === undefined ? {} : { workers });
  const seconds = (performance.now() - start) / 1e3;
  return { seconds, hashes: runs.map(({ weightsHash }) => weightsHash) };
}
