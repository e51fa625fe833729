/** The page's default comparison, side by side and one after the other, in Chromium. */

/** @typedef {{ cores: number, parallel: number, sequential: number, ratio: number }} Comparison seconds */

import os from 'node:os';

/**
 * @param {import('../engines.js').Engine} chromium
 * @returns {Promise<Comparison>}
 */
export async function measureComparison(chromium) {
  const parallel = await chromium.run('tasks/comparison', {});
  const sequential = await chromium.run('tasks/comparison', { workers: 1 });
  if (parallel.hashes.join() !== sequential.hashes.join()) {
    throw new Error('the comparison gave other weights on one worker than on several: not timed');
  }
  return {
    cores: os.availableParallelism(),
    parallel: parallel.seconds,
    sequential: sequential.seconds,
    ratio: sequential.seconds / parallel.seconds,
  };
}

/** @param {Comparison} comparison */
export const showComparison = ({ cores, parallel, sequential, ratio }) =>
  `Default comparison in Chromium, ${cores} cores: ${parallel.toFixed(1)} s, ` +
  `${sequential.toFixed(1)} s on one worker: ${ratio.toFixed(2)} x`;
