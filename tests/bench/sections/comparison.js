/** The page's default comparison, side by side and one after the other, in Chromium. */

import os from 'node:os';

/** In turns, and the best of each: what else the machine does only slows, and a round takes minutes. On the
 *  page, which is held against the best of these, as many: the best of more would favour one side. */
export const COMPARISON_ROUNDS = 2;

/** @typedef {{ cores: number, parallel: number, sequential: number, ratio: number }} Comparison seconds */

/**
 * @param {import('../engines.js').Engine} chromium
 * @returns {Promise<Comparison>}
 */
export async function measureComparison(chromium) {
  const rounds = [];
  for (let round = 0; round < COMPARISON_ROUNDS; round++) {
    const parallel = await chromium.run('tasks/comparison', {});
    const sequential = await chromium.run('tasks/comparison', { workers: 1 });
    if (parallel.hashes.join() !== sequential.hashes.join()) {
      throw new Error('the comparison gave other weights on one worker than on several: not timed');
    }
    rounds.push({ parallel: parallel.seconds, sequential: sequential.seconds });
  }
  const parallel = Math.min(...rounds.map((round) => round.parallel));
  const sequential = Math.min(...rounds.map((round) => round.sequential));
  return { cores: os.availableParallelism(), parallel, sequential, ratio: sequential / parallel };
}

/** @param {Comparison} comparison */
export const showComparison = ({ cores, parallel, sequential, ratio }) =>
  `Default comparison in Chromium, ${cores} cores: ${parallel.toFixed(1)} s, ` +
  `${sequential.toFixed(1)} s on one worker: ${ratio.toFixed(2)} x`;
