/** What holds for every kind of dropout, for the kinds that dropout.test.js and dropout-scaling.test.js
 *  leave out: Gaussian and alpha dropout, DropConnect by row. Each test names the fault it rules out. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { alphaDropout, dense, dropout, gaussianDropout } from '../../dist/index.js';
import { forward, trainingLoss } from './reference.js';
import { createModel } from './support-build.js';
import {
  HERE,
  assertClose,
  gradientOf,
  makeData,
  masksOfStep,
  stepLosses,
  valuesOf,
  withModels,
} from './support-models.js';

const SCALINGS = ['train', 'eval', 'none'];
const data = makeData({});
const spec = (layers, seed = 3) => ({ input: data.features, layers, seed });
const isPlusZero = (value) => Object.is(value, 0);
const tanh = (units, options) => dense(units, { activation: 'tanh', ...options });
const connect = (p, scaling) => ({ dropConnect: { p, mask: 'element', scaling } });

/** Each kind in a network of its own: with p as a number, and without the layer. */
const KINDS = {
  gaussian: (p) => [gaussianDropout(p), tanh(9), gaussianDropout(p), dropout(0.5), dense(4)],
  alpha: (p) => [alphaDropout(p), tanh(9), alphaDropout(p), dropout(0.5), dense(4)],
  ...Object.fromEntries(
    SCALINGS.map((scaling) => [
      `DropConnect by row, ${scaling}`,
      (p) => [tanh(9, connect(p, scaling)), dropout(0.5), dense(4, connect(p, scaling))],
    ]),
  ),
};
const PLAIN = [tanh(9), dropout(0.5), dense(4)];

describe('p = 0 is bit for bit the network without the layer', () => {
  for (const [name, layers] of Object.entries(KINDS)) {
    test(name, async () => {
      await withModels([spec(layers(0)), spec(PLAIN)], async (...models) => {
        const seen = [];
        for (const model of models) {
          const { epochs } = await model.fit(data, { epochs: 2, batchSize: 6 });
          seen.push({
            losses: epochs.map(({ loss }) => loss),
            report: await model.evaluate(data),
            predicted: await model.predict(data.images, { passes: 3 }),
            hash: await model.hash(),
          });
        }
        assert.deepEqual(seen[0], seen[1]);
      });
    });
  }

  test('its mask is ones', async () => {
    const layers = [
      gaussianDropout(0),
      alphaDropout(0),
      dense(3, connect(0, 'train')),
      dropout(0.5),
    ];
    await withModels(spec(layers, 8), async (model) => {
      const ones = (Type, length) => new Type(length).fill(1);
      assert.deepEqual(await model.mask(0, { rows: 2 }), ones(Float32Array, 14));
      assert.deepEqual(await model.mask(1, { rows: 2 }), ones(Uint8Array, 14));
      assert.deepEqual(await model.mask(2, { rows: 2 }), ones(Uint8Array, 2 * 21));
    });
  });
});

describe('pytorch PR#1833, keras#9141: p = 1 gives zeros, and only biases behind it move', () => {
  for (const optimizer of ['sgd', 'adam']) {
    const options = { name: optimizer, learningRate: 0.1 };

    test(`alpha between layers: its limit 0, ${optimizer}`, async () => {
      await withModels(spec([tanh(5), alphaDropout(1), dense(4)]), async (model) => {
        const dropped = await model.activations(data.images, { layer: 1, mode: 'train' });
        assert.ok(dropped.length === 5 * data.samples && dropped.every(isPlusZero));
        assert.deepEqual(await model.mask(1, { rows: 2 }), new Uint8Array(10));
        const before = await valuesOf(model);
        const [loss] = await stepLosses(model, data, { optimizer: options, batchSize: 23 }, 1);
        const after = await valuesOf(model);
        assert.ok(Number.isFinite(loss));
        for (const name of ['layers.0.weight', 'layers.0.bias', 'layers.1.weight']) {
          assert.deepEqual(after[name], before[name], name);
        }
        assert.notDeepEqual(after['layers.1.bias'], before['layers.1.bias']);
      });
    });

    for (const scaling of SCALINGS) {
      test(`DropConnect by row, ${scaling}, ${optimizer}: the bias alone`, async () => {
        await withModels(spec([tanh(5), dense(4, connect(1, scaling))]), async (model) => {
          const before = await valuesOf(model);
          const outputs = await model.activations(data.images, { layer: 1, mode: 'train' });
          const bias = before['layers.1.bias'];
          outputs.forEach((value, i) => assert.equal(value, bias[i % 4]));
          const [loss] = await stepLosses(model, data, { optimizer: options, batchSize: 23 }, 1);
          assert.ok(Number.isFinite(loss));
          const after = await valuesOf(model);
          for (const name of ['layers.0.weight', 'layers.0.bias', 'layers.1.weight']) {
            assert.deepEqual(after[name], before[name], name);
          }
          assert.notDeepEqual(after['layers.1.bias'], bias);
        });
      });
    }
  }

  test('alpha last: the loss is log 4, and nothing moves', async () => {
    await withModels(spec([dense(4), alphaDropout(1)]), async (model) => {
      const before = await model.hash();
      const [loss] = await stepLosses(model, data, { optimizer: 'sgd' }, 1);
      assertClose([loss], [Math.log(4)], 1e-6, 'loss');
      assert.equal(await model.hash(), before);
    });
  });

  test('alpha first: weights get the gradient +0', async () => {
    await withModels(spec([alphaDropout(1), dense(4)]), async (model) => {
      const { 'layers.0.weight': weight, 'layers.0.bias': bias } = await gradientOf(model, data);
      assert.ok(weight.every(isPlusZero));
      assert.ok(bias.some((value) => Math.abs(value) > 1e-3));
    });
  });

  test('gaussianDropout(1) throws: its variance is infinite', async () => {
    const error = { name: 'RangeError', message: /p .*got 1$/ };
    assert.throws(() => gaussianDropout(1), error);
    const layers = [dense(2), { type: 'gaussianDropout', p: 1 }];
    await assert.rejects(createModel(spec(layers), HERE), {
      ...error,
      message: /layers\[1\]\.p .*1/,
    });
    for (const p of [0, 1 - 2 ** -10]) assert.equal(gaussianDropout(p).p, p);
  });
});

describe('tensorflow#30301: fit always drops, with the mask that mask() gives for the step', () => {
  for (const [name, layers] of Object.entries(KINDS)) {
    test(name, async () => {
      const network = spec(layers(0.3));
      await withModels(network, async (model) => {
        const parameters = await valuesOf(model);
        const optimizer = { name: 'sgd', learningRate: 0 };
        const options = { epochs: 3, batchSize: data.samples, shuffle: false, optimizer };
        const losses = await stepLosses(model, data, options, 3);
        const withoutDropout = trainingLoss(network, parameters, data, {});
        for (const [step, loss] of losses.entries()) {
          const masks = await masksOfStep(model, network, data.samples, step);
          const expected = trainingLoss(network, parameters, data, masks);
          assertClose([loss], [expected], 2e-6, `loss of step ${step}`);
          assert.ok(Math.abs(loss - withoutDropout) > 1e-4);
        }
      });
    });
  }
});

describe('pytorch#26338, #11999, deeplearning4j#373: off in evaluation, which draws nothing', () => {
  for (const [name, layers] of Object.entries(KINDS)) {
    test(name, async () => {
      const network = spec(layers(0.3));
      await withModels(network, async (model) => {
        const first = await model.evaluate(data);
        assert.deepEqual(await model.evaluate(data), first);
        await model.fit(data, { maxSteps: 2, batchSize: 6 });
        const expected = forward(network, await valuesOf(model), data.images);
        for (const [layer, values] of expected.entries()) {
          assertClose(await model.activations(data.images, { layer }), values, 2e-6, `${layer}`);
        }
      });
    });
  }

  test('an evaluation or passes between two steps change no mask', async () => {
    const layers = [
      gaussianDropout(0.2),
      tanh(6, connect(0.3, 'train')),
      alphaDropout(0.2),
      dense(4),
    ];
    await withModels([spec(layers), spec(layers)], async (quiet, asked) => {
      const options = { batchSize: 6, epochs: 2 };
      await quiet.fit(data, options);
      await asked.fit(data, { ...options, maxSteps: 3 });
      await asked.evaluate(data);
      await asked.predict(data.images, { passes: 5 });
      await asked.moments(data.images, { layer: 2, passes: 3 });
      await asked.activations(data.images, { layer: 1, mode: 'train', step: 5 });
      await asked.fit(data, { resume: true });
      assert.equal(await asked.hash(), await quiet.hash());
    });
  });
});

test('dropping selects: alpha puts its constant in place of an Inf', async () => {
  const layers = [dense(16), alphaDropout(0.5), dense(4)];
  await withModels(spec(layers, 8), async (model) => {
    const huge = new Float32Array(16 * data.features).fill(3e38);
    await model.setParameters({ 'layers.0.weight': huge });
    const images = new Float32Array(5 * data.features).fill(1e3);
    const after = await model.activations(images, { layer: 1, mode: 'train' });
    const kept = await model.mask(1, { rows: 5 });
    assert.ok(kept.includes(0) && kept.includes(1));
    const floor = -1.7580993408473766;
    const a = (0.5 + floor ** 2 * 0.25) ** -0.5;
    const constant = a * floor * 0.5;
    after.forEach((value, i) => {
      if (kept[i]) assert.equal(value, Infinity);
      else assertClose([value], [constant], 1e-6, 'in place of what is dropped');
    });
  });
});

describe('keras#472, #4531, tensorflow#37792: the loss without dropout stands beside the training loss', () => {
  for (const [name, layers] of Object.entries(KINDS)) {
    test(name, async () => {
      await withModels(spec(layers(0.4), 8), async (model) => {
        const options = { epochs: 2, trainEvaluation: data.samples, batchSize: 6 };
        const { epochs } = await model.fit(data, options);
        assert.equal(epochs[1].lossNoDropout, (await model.evaluate(data)).loss);
        assert.notEqual(epochs[1].lossNoDropout, epochs[1].loss);
      });
    });
  }
});
