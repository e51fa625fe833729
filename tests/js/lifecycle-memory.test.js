/** Memory stays as it was: tfjs#200, #481, #1167, #8326, #7983. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { dense, dropout } from '../../dist/index.js';
import { createModel } from './support-build.js';
import { ownCore } from './support-memory.js';
import { makeData, turns } from './support-models.js';

const data = makeData({ samples: 300, features: 40, classes: 10 });
const layers = [dense(64, { activation: 'relu', dropConnect: 0.2 }), dropout(0.5), dense(10)];
const spec = { input: 40, layers, seed: 1 };

async function useAll(model) {
  await model.fit(data, { validation: data, trainEvaluation: 50 });
  await model.evaluate(data);
  await model.predict(data.images);
  await model.activations(data.images, { layer: 1, mode: 'train' });
  await model.mask(1, { rows: 20 });
  await model.setParameters(await model.parameters());
  await model.hash();
}

describe('the memory of the core', () => {
  test('50 epochs leave it as the first did', async () => {
    const { runtime, size } = await ownCore(spec);
    const model = await createModel(spec, runtime);
    await useAll(model);
    const [before, { bytes: held }] = [size(), await model.summary()];
    for (let epoch = 0; epoch < 49; epoch++) await useAll(model);
    await model.fit(data, { epochs: 50 });
    assert.equal(size(), before);
    assert.equal((await model.summary()).bytes, held);
    await model.dispose();
  });

  test('300 models made and disposed of leave it as the first few did', async () => {
    const { runtime, size } = await ownCore(spec);
    const one = async () => {
      const model = await createModel(spec, runtime);
      await useAll(model);
      await model.dispose();
      await turns();
    };
    for (let i = 0; i < 3; i++) await one();
    const before = size();
    for (let i = 0; i < 300; i++) await one();
    assert.equal(size(), before);
  });

  test('calls that fail, abort or are cut short by dispose leave nothing', async () => {
    const { runtime, size } = await ownCore(spec);
    const large = makeData({ samples: 3000, features: 40, classes: 10 });
    const one = async () => {
      const model = await createModel(spec, runtime);
      const nan = large.images.slice().fill(NaN, large.images.length - 1);
      await assert.rejects(model.fit({ ...large, images: nan }));
      const controller = new AbortController();
      const fit = model.fit(large, { epochs: 100, signal: controller.signal });
      const ended = assert.rejects(fit);
      await turns(2);
      controller.abort();
      await ended;
      await assert.rejects(model.fit(large, { optimizer: { name: 'sgd', learningRate: 1e30 } }));
      await assert.rejects(createModel({ input: 65_536, layers: [dense(65_536)] }, runtime));
      const calls = [model.fit(large), model.predict(large.images), model.evaluate(large)];
      const pending = Promise.allSettled(calls);
      await turns(1);
      await model.dispose();
      await pending;
      await turns(2);
    };
    for (let i = 0; i < 3; i++) await one();
    const before = size();
    for (let i = 0; i < 40; i++) await one();
    assert.equal(size(), before);
  });

  test('10,000 passes that keep dropout on leave it flat', async () => {
    const { runtime, size } = await ownCore(spec);
    const model = await createModel(spec, runtime);
    const images = data.images.subarray(0, 80);
    const pass = (step) => model.activations(images, { layer: 2, mode: 'train', step });
    await pass(0);
    const [before, { bytes: held }] = [size(), await model.summary()];
    for (let step = 0; step < 10_000; step++) await pass(step);
    assert.equal(size(), before);
    assert.equal((await model.summary()).bytes, held);
    await model.dispose();
  });
});

test('the workers of ten models end with them, used, idle or training', async () => {
  const exits = [];
  const count = (worker) => exits.push(new Promise((resolve) => worker.once('exit', resolve)));
  process.on('worker', count);
  try {
    for (let i = 0; i < 10; i++) {
      const model = await createModel(spec);
      if (i % 3 === 1) await useAll(model);
      const fit = i % 3 === 2 ? assert.rejects(model.fit(data, { epochs: 1e5 })) : undefined;
      await model.dispose();
      await fit;
    }
    // Neither does one stay behind whose model could not be made.
    await assert.rejects(createModel({ input: 65_536, layers: [dense(65_536)] }));
  } finally {
    process.off('worker', count);
  }
  assert.equal(exits.length, 11);
  await Promise.all(exits);
});
