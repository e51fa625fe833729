/** Seconds an epoch of one size of network and batch, from a few steps. */

import { createModel, dense, dropout } from '../../../dist/index.js';

/** Steps before the clock starts, and at least so many after it. */
const WARM_UP = 2;
const LEAST_STEPS = 3;

/**
 * @param {{ numerics: 'strict' | 'fast', units: number, batch: number, seconds: number }} args units of
 *   both hidden layers; seconds of training, at least
 * @param {import('../in-page.js').Place} place
 * @returns {Promise<{ seconds: number, steps: number }>} seconds an epoch, from so many steps
 */
export default async function sweep({ numerics, units, batch, seconds }, { mnist }) {
  const { train } = await mnist();
  const layers = [dense(units, { activation: 'relu' }), dense(units, { activation: 'relu' })];
  const spec = { input: train.features, layers: [...layers, dropout(0.5), dense(10)], seed: 1 };
  const model = await createModel(spec, { numerics });
  const stepTime = async (/** @type {number} */ steps) => {
    const options = { batchSize: batch, optimizer: { name: 'sgd', learningRate: 0.01 } };
    const { epochs } = await model.fit(firstRows(train, steps * batch), options);
    return epochs[0].seconds / steps;
  };
  const first = await stepTime(WARM_UP);
  const whole = Math.floor(train.samples / batch);
  const steps = Math.min(whole, Math.max(LEAST_STEPS, Math.ceil(seconds / first)));
  const step = await stepTime(steps);
  await model.dispose();
  return { seconds: (step * train.samples) / batch, steps };
}

/** @param {any} dataset @param {number} samples */
const firstRows = (dataset, samples) => ({
  ...dataset,
  samples,
  images: dataset.images.subarray(0, samples * dataset.features),
  labels: dataset.labels.subarray(0, samples),
});
