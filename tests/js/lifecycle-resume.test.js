/** Runs in pieces: maxSteps, resume, and what is no resuming. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { dense, dropout } from '../../dist/index.js';
import { makeData, stepLosses, untimed, withModels } from './support-models.js';
import { STEPS, STEPS_AN_EPOCH, assertWhole, data, finish, run, spec } from './support-runs.js';
import { shuffle } from './support-twin.js';

const wrong = { name: 'RangeError' };

for (const worker of [true, false]) {
  test(`maxSteps: pieces of 487 steps are one run, worker ${worker}`, () =>
    withModels(
      spec,
      async (model) => {
        let history = await model.fit(data, { ...run, maxSteps: 487 });
        for (let step = 487; step < STEPS; step += 487) {
          assert.equal(history.steps, step);
          assert.equal(history.epochs.length, Math.floor(step / STEPS_AN_EPOCH));
          assert.equal((await model.info()).step, step);
          history = await model.fit(data, { resume: true, maxSteps: 487 });
        }
        await assertWhole(model, history);
        await assert.rejects(model.fit(data, { resume: true }), wrong);
      },
      { worker },
    ));
}

test('maxSteps at the end of the run ends it; beyond it changes nothing', async () => {
  for (const maxSteps of [STEPS, STEPS + 1]) {
    await withModels(spec, async (model) => {
      await assertWhole(model, await model.fit(data, { ...run, maxSteps }));
      await assert.rejects(model.fit(data, { resume: true }), { ...wrong, message: /resume/ });
    });
  }
});

test('schedules keep their index in a resumed run', async () => {
  const optimizer = {
    name: 'sgd',
    learningRate: [0.1, 0.01, 0.2],
    momentum: [0, 0.9, 0.5],
    nesterov: false,
  };
  const options = { epochs: 3, batchSize: 16, optimizer, trainEvaluation: 50 };
  await withModels([spec, spec], async (whole, pieces) => {
    // An epoch from another call first: the index counts from the start of the run.
    for (const model of [whole, pieces]) await model.fit(data, { batchSize: 16 });
    const expected = await whole.fit(data, options);
    let history = await pieces.fit(data, { ...options, maxSteps: 300 });
    history = await pieces.fit(data, { resume: true, maxSteps: 400 });
    assert.equal(history.epochs.length, 2);
    history = await pieces.fit(data, { resume: true });
    assert.deepEqual(untimed(history), untimed(expected));
    assert.equal(await pieces.hash(), await whole.hash());
  });
});

for (const worker of [true, false]) {
  test(`a resumed run keeps its validation: every epoch has its report, worker ${worker}`, () =>
    withModels(
      [spec, spec],
      async (whole, pieces) => {
        const options = { epochs: 3, batchSize: 16, validation: data };
        const expected = await whole.fit(data, options);
        await pieces.fit(data, { ...options, maxSteps: 300 });
        const { epochs } = await pieces.fit(data, { resume: true });
        assert.deepEqual(
          epochs.map(({ validation }) => validation?.loss),
          expected.epochs.map(({ validation }) => validation.loss),
        );
        assert.deepEqual(epochs[0].validation, expected.epochs[0].validation);
      },
      { worker },
    ));
}

test('what other calls do between the pieces changes nothing', () =>
  withModels(spec, async (model) => {
    await model.fit(data, { ...run, maxSteps: 60 });
    await model.evaluate(data, { evalScale: 3 });
    await model.predict(data.images);
    await model.activations(data.images, { layer: 1, mode: 'train', step: 60 });
    await model.mask(0, { step: 60 });
    await model.setParameters(await model.parameters());
    await finish(model);
  }));

describe('resume', () => {
  test('rejects where nothing is interrupted', () =>
    withModels(spec, async (model) => {
      await assert.rejects(model.fit(data, { resume: true }), { ...wrong, message: /resume/ });
      await model.fit(data, { batchSize: 16 });
      await assert.rejects(model.fit(data, { resume: true }), { ...wrong, message: /resume/ });
      assert.equal((await model.info()).step, STEPS_AN_EPOCH);
    }));

  test('rejects other keys and other data, and the run can still be finished', () =>
    withModels(spec, async (model) => {
      await model.fit(data, { ...run, maxSteps: 30 });
      const others = { ...run, optimizer: 'sgd', shuffle: false };
      for (const [key, value] of Object.entries({ ...others, trainEvaluation: 1 })) {
        await assert.rejects(model.fit(data, { resume: true, [key]: value }), {
          name: 'TypeError',
          message: new RegExp(`"${key}"`),
        });
      }
      await assert.rejects(model.fit(data, { resume: true, validation: data }), {
        ...wrong,
        message: /validation data it began with: none, got 4000 samples of 10 classes/,
      });
      const fewer = makeData({ samples: 3999, features: 64, classes: 10 });
      await assert.rejects(model.fit(fewer, { resume: true }), { ...wrong, message: /4000.*3999/ });
      const classes = { ...data, classes: 9, labels: data.labels.map((label) => label % 9) };
      await assert.rejects(model.fit(classes, { resume: true }), wrong);
      const features = makeData({ samples: 4000, features: 63, classes: 10 });
      await assert.rejects(model.fit(features, { resume: true }), wrong);
      assert.equal((await model.info()).step, 30);
      await finish(model);
    }));

  test('fit without it drops the rest of the epoch and starts the next', async () => {
    // Row i has the loss log(1 + exp(i / n)), so losses tell rows.
    const n = 40;
    const images = Float32Array.from({ length: n }, (_, i) => i / n);
    const told = { images, labels: new Uint8Array(n), samples: n, features: 1, classes: 2 };
    await withModels({ input: 1, layers: [dense(2)], seed: 6 }, async (model) => {
      await model.setParameters({
        'layers.0.weight': Float32Array.of(0, 1),
        'layers.0.bias': new Float32Array(2),
      });
      const still = { batchSize: 1, optimizer: { name: 'sgd', learningRate: 0 } };
      await model.fit(told, { ...still, epochs: 3, maxSteps: 5 });
      const losses = await stepLosses(model, told, still, n);
      const rows = losses.map((loss) => Math.round(n * Math.log(Math.expm1(loss))));
      assert.deepEqual(rows, [...shuffle(6, 1, n)]);
      const { step, epoch } = await model.info();
      assert.deepEqual([step, epoch], [45, 2]);
    });
  });

  test('after a fit that dropped it the old run is gone', () =>
    withModels(spec, async (model) => {
      await model.fit(data, { ...run, maxSteps: 30 });
      await model.fit(data, { batchSize: 16 });
      await assert.rejects(model.fit(data, { resume: true }), { ...wrong, message: /resume/ });
    }));
});

test('masks count steps through all calls', async () => {
  const layers = [dropout(0.5), dense(4)];
  const small = makeData({ samples: 5 });
  await withModels({ input: 7, layers, seed: 3 }, async (model) => {
    const still = { shuffle: false, batchSize: 5, optimizer: { name: 'sgd', learningRate: 0 } };
    const first = await stepLosses(model, small, { ...still, epochs: 3 }, 3);
    const second = await stepLosses(model, small, { ...still, epochs: 2 }, 2);
    assert.equal(new Set([...first, ...second]).size, 5, 'five masks');
  });
});
