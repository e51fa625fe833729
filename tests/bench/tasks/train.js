/** One timed training, in whatever engine loads this file. */

import { createModel, variants } from '../../dist/index.js';

const OPTIMIZER = { sgd: { name: 'sgd', learningRate: 0.1 }, adam: { name: 'adam' } };

/**
 * @param {string} name 'standard-sgd': a variant and an optimizer
 * @param {number} steps of the first epoch
 * @param {{ train: object, test: object }} data MNIST
 * @returns {Promise<{ seconds: number, accuracy: number, hash: string }>} seconds of the steps alone
 */
export async function timeCase(name, steps, { train, test }) {
  const [variant, optimizer] = name.split(/-(?=[^-]*$)/);
  const model = await createModel({ ...variants[variant]('relu', 0.5), seed: 1 });
  try {
    let seconds = 0;
    const epochSteps = Math.ceil(train.samples / 64);
    const onProgress = ({ samplesPerSecond }) => (seconds = (steps * 64) / samplesPerSecond);
    const { epochs } = await model.fit(train, {
      optimizer: OPTIMIZER[optimizer],
      onProgress,
      ...(steps < epochSteps && { maxSteps: steps }),
    });
    if (epochs.length > 0) ({ seconds } = epochs[0]);
    const { accuracy } = await model.evaluate(test);
    return { seconds, accuracy, hash: await model.hash() };
  } finally {
    await model.dispose();
  }
}
