/** learningRate and momentum as arrays, one number an epoch of the call. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { dense, dropout } from '../../dist/index.js';
import { differences, trainingLoss } from './reference.js';
import {
  assertClose,
  makeData,
  masksOfStep,
  stepLosses,
  valuesOf,
  withModels,
} from './support-models.js';
import { shuffle } from './support-twin.js';

const data = makeData({ samples: 11, features: 3 });
const layers = [dense(5, { activation: 'tanh' }), dropout(0.3), dense(4)];
const spec = { input: 3, layers, seed: 6 };
const EPOCHS = 3;
const BATCH = 4;
const STEPS_AN_EPOCH = 3;

/** Rows of a batch of the epoch's order. */
function batchOf(epoch, i) {
  const order = shuffle(spec.seed, epoch, data.samples).subarray(i * BATCH, (i + 1) * BATCH);
  const image = (row) => [...data.images.subarray(3 * row, 3 * row + 3)];
  return {
    images: Float32Array.from([...order].flatMap(image)),
    labels: Uint8Array.from(order, (row) => data.labels[row]),
  };
}

for (const nesterov of [false, true]) {
  test(`SGD follows float64, step by step${nesterov ? ', Nesterov' : ''}`, async () => {
    const learningRate = [0.5, 0.1, 0.8];
    const momentum = [0.5, 0.9, 0.2];
    await withModels(spec, async (model) => {
      const initial = await valuesOf(model);
      const optimizer = { name: 'sgd', learningRate, momentum, nesterov };
      const options = { epochs: EPOCHS, batchSize: BATCH, optimizer };
      const losses = await stepLosses(model, data, options, EPOCHS * STEPS_AN_EPOCH);
      const double = (values) => Float64Array.from(values);
      const w = Object.fromEntries(Object.entries(initial).map(([key, v]) => [key, double(v)]));
      const v = Object.fromEntries(
        Object.entries(initial).map(([key, x]) => [key, double(x).fill(0)]),
      );
      for (const [step, loss] of losses.entries()) {
        const epoch = Math.floor(step / STEPS_AN_EPOCH);
        const batch = batchOf(epoch, step % STEPS_AN_EPOCH);
        const masks = await masksOfStep(model, spec, batch.labels.length, step);
        assertClose([loss], [trainingLoss(spec, w, batch, masks)], 2e-6, `loss of step ${step}`);
        const gradient = differences(spec, w, batch, masks);
        for (const key of Object.keys(w)) {
          const [mu, rate] = [momentum[epoch], learningRate[epoch]];
          v[key] = gradient[key].map((g, i) => mu * v[key][i] + g);
          w[key] = w[key].map((value, i) => {
            const along = nesterov ? gradient[key][i] + mu * v[key][i] : v[key][i];
            return value - rate * along;
          });
        }
      }
      for (const [key, values] of Object.entries(await valuesOf(model))) {
        assertClose(values, w[key], 2e-6, key);
      }
    });
  });
}

describe('one call with a list is as many calls with a number each', () => {
  const rates = [0.02, 0.005, 0.01];
  for (const name of ['sgd', 'adam', 'adamw']) {
    test(name, async () => {
      await withModels([spec, spec, spec], async (whole, parts, typed) => {
        const momenta = [0.9, 0.5, 0.7];
        const listed = { name, learningRate: rates, ...(name === 'sgd' && { momentum: momenta }) };
        await whole.fit(data, { epochs: EPOCHS, batchSize: BATCH, optimizer: listed });
        for (const [epoch, learningRate] of rates.entries()) {
          const momentum = name === 'sgd' ? { momentum: momenta[epoch] } : {};
          await parts.fit(data, {
            batchSize: BATCH,
            optimizer: { name, learningRate, ...momentum },
          });
        }
        assert.equal(await parts.hash(), await whole.hash());
        const arrays = { ...listed, learningRate: Float64Array.from(rates) };
        await typed.fit(data, { epochs: EPOCHS, batchSize: BATCH, optimizer: arrays });
        assert.equal(await typed.hash(), await whole.hash());
      });
    });
  }
});

test('a resumed run keeps its place in the list, and the next call begins it anew', async () => {
  const optimizer = { name: 'sgd', learningRate: [0.5, 0.1, 0.8] };
  const options = { epochs: EPOCHS, batchSize: BATCH, optimizer };
  await withModels([spec, spec], async (whole, broken) => {
    await whole.fit(data, options);
    await broken.fit(data, { ...options, maxSteps: 4 });
    await broken.fit(data, { resume: true, maxSteps: 2 });
    await broken.fit(data, { resume: true });
    assert.equal(await broken.hash(), await whole.hash());
    await whole.fit(data, { batchSize: BATCH, optimizer: { ...optimizer, learningRate: [0.5] } });
    await broken.fit(data, { batchSize: BATCH, optimizer: { ...optimizer, learningRate: 0.5 } });
    assert.equal(await broken.hash(), await whole.hash());
  });
});
