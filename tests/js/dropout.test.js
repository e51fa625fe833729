/** Faults of dropout that users of comparable libraries have met: each test names its line. Scaling
 *  and expectations are in dropout-scaling.test.js, how masks differ in dropout-masks.test.js. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { alphaDropout, dense, dropout, dropoutMask, gaussianDropout } from '../../dist/index.js';
import { forward, trainingLoss } from './reference.js';
import { createModel } from './support-build.js';
import {
  HERE,
  assertClose,
  gradientOf,
  makeData,
  stepLosses,
  valuesOf,
  withModels,
} from './support-models.js';

const MASKS = ['element', 'batch'];
const SCALINGS = ['train', 'eval', 'none'];
const rules = MASKS.flatMap((mask) => SCALINGS.map((scaling) => ({ mask, scaling })));
const data = makeData({});
const spec = (layers, seed = 3) => ({ input: data.features, layers, seed });
const isPlusZero = (value) => Object.is(value, 0);

describe('pytorch PR#1833, flax PR#2055, axon#367: p = 1 gives zeros, no division by zero', () => {
  for (const { mask, scaling } of rules) {
    const layer = dropout(1, { mask, scaling });

    test(`between layers, ${mask}, ${scaling}`, async () => {
      const layers = [dense(5, { activation: 'tanh' }), layer, dense(4)];
      await withModels(spec(layers), async (model) => {
        const dropped = await model.activations(data.images, { layer: 1, mode: 'train' });
        assert.equal(dropped.length, 5 * data.samples);
        assert.ok(dropped.every(isPlusZero));
        const before = await valuesOf(model);
        const gradient = await gradientOf(model, data);
        for (const name of ['layers.0.weight', 'layers.0.bias', 'layers.1.weight']) {
          assert.ok(gradient[name].every(isPlusZero), name);
        }
        // The logits are the bias alone, so its gradient is softmax - mean of the labels.
        const bias = before['layers.1.bias'];
        const sum = bias.reduce((total, b) => total + Math.exp(b), 0);
        const expected = Array.from(bias, (b, c) => {
          const share = data.labels.filter((label) => label === c).length / data.samples;
          return Math.exp(b) / sum - share;
        });
        assertClose(gradient['layers.1.bias'], expected, 1e-6, 'gradient of the bias');
      });
    });

    test(`last, ${mask}, ${scaling}: the loss is log 4, and nothing moves`, async () => {
      await withModels(spec([dense(4), layer]), async (model) => {
        const before = await model.hash();
        const [loss] = await stepLosses(model, data, { optimizer: 'sgd' }, 1);
        assertClose([loss], [Math.log(4)], 1e-6, 'loss');
        assert.equal(await model.hash(), before);
      });
    });

    test(`first, ${mask}, ${scaling}: the first layer sees zeros`, async () => {
      await withModels(spec([layer, dense(4)]), async (model) => {
        const seen = await model.activations(data.images, { layer: 0, mode: 'train' });
        assert.ok(seen.every(isPlusZero));
        const { 'layers.0.weight': weight, 'layers.0.bias': bias } = await gradientOf(model, data);
        assert.ok(weight.every(isPlusZero));
        assert.ok(bias.some((value) => Math.abs(value) > 1e-3));
      });
    });
  }

  for (const scaling of SCALINGS) {
    test(`DropConnect, ${scaling}: the bias alone`, async () => {
      const layers = [dense(4, { dropConnect: { p: 1, scaling } })];
      await withModels(spec(layers), async (model) => {
        const { 'layers.0.bias': bias } = await valuesOf(model);
        const outputs = await model.activations(data.images, { layer: 0, mode: 'train' });
        outputs.forEach((value, i) => assert.equal(value, bias[i % 4]));
        const gradient = await gradientOf(model, data);
        assert.ok(gradient['layers.0.weight'].every(isPlusZero));
        assert.ok(gradient['layers.0.bias'].some((value) => Math.abs(value) > 1e-3));
      });
    });
  }
});

describe('keras#9141: rate 1 drops everything instead of nothing', () => {
  for (const optimizer of ['sgd', 'adam', 'adamw']) {
    for (const { mask, scaling } of rules) {
      test(`only biases behind the layer move: ${optimizer}, ${mask}, ${scaling}`, async () => {
        const layers = [
          dense(6, { activation: 'relu' }),
          dropout(1, { mask, scaling }),
          dense(5, { activation: 'tanh' }),
          dense(4),
        ];
        const options = { name: optimizer, learningRate: 0.1, weightDecay: 0 };
        await withModels(spec(layers), async (model) => {
          const before = await valuesOf(model);
          const [loss] = await stepLosses(model, data, { optimizer: options, batchSize: 23 }, 1);
          assert.ok(Number.isFinite(loss));
          const after = await valuesOf(model);
          for (const name of ['layers.0.weight', 'layers.0.bias', 'layers.1.weight']) {
            assert.deepEqual(after[name], before[name], name);
          }
          for (const name of ['layers.1.bias', 'layers.2.bias']) {
            assert.notDeepEqual(after[name], before[name], name);
          }
        });
      });
    }
  }

  test("with 'eval' scaling the output is the bias alone", async () => {
    await withModels(spec([dense(6), dropout(1, { scaling: 'eval' }), dense(4)]), async (model) => {
      const { 'layers.1.bias': bias } = await valuesOf(model);
      const outputs = await model.activations(data.images, { layer: 2 });
      assert.ok(outputs.every((value, i) => value === bias[i % 4]));
    });
  });
});

describe('flax#5497, keras#10629, burn#2694: p outside 0 to 1 is an error with the value', () => {
  const wrong = [NaN, -0.1, 1.0001, 256, Infinity, -Infinity, '0.5', null, true, [0.5], 1n];
  for (const p of wrong) {
    const shown = typeof p === 'string' ? `"${p}"` : typeof p === 'bigint' ? '1n' : String(p);
    test(`p ${typeof p} ${shown}`, async () => {
      const error = (name) => ({
        name: typeof p === 'number' ? 'RangeError' : 'TypeError',
        message: new RegExp(`${name}.*got .*${shown.replace(/[.]/g, '\\.')}`),
      });
      const message = error('^p ');
      for (const [type, layer] of Object.entries({ dropout, gaussianDropout, alphaDropout })) {
        assert.throws(() => layer(p), message);
        const layers = [dense(2), { type, p }];
        await assert.rejects(createModel({ input: 2, layers }, HERE), error('layers\\[1\\]\\.p'));
      }
      for (const mask of ['batch', 'element']) {
        assert.throws(() => dense(3, { dropConnect: { p, mask } }), error('dropConnect\\.p'));
      }
      await assert.rejects(dropoutMask(p, [2, 2]), message);
    });
  }
});

test('tensorflow#30301: fit always drops, with the mask that mask() gives for the step', async () => {
  const layers = [dense(30, { activation: 'tanh' }), dropout(0.5), dense(4)];
  await withModels(spec(layers), async (model) => {
    const parameters = await valuesOf(model);
    const options = {
      epochs: 3,
      batchSize: data.samples,
      shuffle: false,
      optimizer: { name: 'sgd', learningRate: 0 },
    };
    const losses = await stepLosses(model, data, options, 3);
    const withoutDropout = trainingLoss(spec(layers), parameters, data, {});
    for (const [step, loss] of losses.entries()) {
      const mask = await model.mask(1, { step, rows: data.samples });
      const expected = trainingLoss(spec(layers), parameters, data, { 1: mask });
      assertClose([loss], [expected], 2e-6, `loss of step ${step}`);
      assert.ok(Math.abs(loss - withoutDropout) > 1e-3);
    }
  });
});

describe('pytorch#26338, #11999: dropout is off in evaluation', () => {
  for (const dropConnect of [0, 0.5]) {
    test(`two evaluations are bit-equal, also around a training step; DropConnect ${dropConnect}`, async () => {
      const layers = [
        dropout(0.3),
        dense(6, { activation: 'relu', dropConnect }),
        dropout(0.5, { mask: 'batch' }),
        dense(4),
      ];
      const plain = [dense(6, { activation: 'relu' }), dense(4)];
      await withModels([spec(layers), spec(plain, 9)], async (model, without) => {
        const first = await model.evaluate(data);
        const predicted = await model.predict(data.images);
        assert.deepEqual(await model.evaluate(data), first);
        assert.deepEqual(await model.predict(data.images), predicted);
        // Scaled while training: evaluation is that of the network without the layers.
        await without.setParameters(await model.parameters());
        assert.deepEqual(await without.evaluate(data), first);
        assert.deepEqual(await without.predict(data.images), predicted);
        await model.fit(data, { maxSteps: 2, batchSize: 6 });
        await without.setParameters(await model.parameters());
        assert.deepEqual(await model.evaluate(data), await without.evaluate(data));
      });
    });
  }

  test('an evaluation between two steps changes no mask', async () => {
    const layers = [dense(6), dropout(0.5), dense(4)];
    await withModels([spec(layers), spec(layers)], async (quiet, asked) => {
      const options = { batchSize: 6, epochs: 2 };
      await quiet.fit(data, options);
      await asked.fit(data, { ...options, maxSteps: 3 });
      await asked.evaluate(data);
      await asked.predict(data.images);
      await asked.activations(data.images, { layer: 1, mode: 'train', step: 5 });
      await asked.mask(1, { step: 2, rows: 9 });
      await asked.fit(data, { resume: true });
      assert.equal(await asked.hash(), await quiet.hash());
    });
  });
});

describe('deeplearning4j#373: DropConnect masks weights only, and is off in evaluation', () => {
  for (const scaling of SCALINGS) {
    test(scaling, async () => {
      const layers = [dense(9, { activation: 'tanh', dropConnect: { p: 0.4, scaling } }), dense(4)];
      await withModels(spec(layers), async (model) => {
        const parameters = await valuesOf(model);
        for (const step of [0, 1, 17]) {
          const mask = await model.mask(0, { step });
          assert.equal(mask.length, 9 * data.features);
          const [expected] = forward(spec(layers), parameters, data.images, { masks: { 0: mask } });
          const options = { layer: 0, mode: 'train', step };
          const outputs = await model.activations(data.images, options);
          assertClose(outputs, expected, 1e-6, `outputs of step ${step}`);
        }
        const [expected] = forward(spec(layers), parameters, data.images);
        assertClose(await model.activations(data.images, { layer: 0 }), expected, 1e-6, 'outputs');
        assert.deepEqual(await valuesOf(model), parameters, 'no masked copy over the weights');
      });
    });
  }
});

describe('fastai2 PR#427, fastai#2591: the gradient is mask x scale x the dense one', () => {
  for (const [scaling, factor] of [
    ['train', 1 / 0.6],
    ['eval', 1],
    ['none', 1],
  ]) {
    test(`DropConnect, ${scaling}`, async () => {
      const masked = spec([dense(6, { dropConnect: { p: 0.4, scaling } }), dense(4)]);
      await withModels([masked, spec([dense(6), dense(4)])], async (model, plain) => {
        const mask = await model.mask(0);
        const parameters = await valuesOf(model);
        const effective = parameters['layers.0.weight'].map((w, i) => w * mask[i] * factor);
        await plain.setParameters({ ...parameters, 'layers.0.weight': effective });
        const gradient = (await gradientOf(model, data))['layers.0.weight'];
        const dense0 = (await gradientOf(plain, data))['layers.0.weight'];
        const expected = dense0.map((value, i) => value * mask[i] * factor);
        assertClose(gradient, expected, 1e-6, 'gradient');
        assert.ok(gradient.every((value, i) => mask[i] === 1 || value === 0));
        assert.ok(gradient.filter((value) => Math.abs(value) > 1e-4).length > 15);
      });
    });
  }

  for (const { mask, scaling } of rules) {
    test(`dropout, ${mask}, ${scaling}: what is dropped stops the gradient`, async () => {
      const layers = [dense(12), dropout(0.4, { mask, scaling }), dense(4)];
      await withModels(spec(layers), async (model) => {
        const kept = await model.mask(1, { rows: data.samples });
        const gradient = (await gradientOf(model, data))['layers.1.weight'];
        const isDead = (unit) => !kept.some((value, i) => value === 1 && i % 12 === unit);
        const dead = Array.from({ length: 12 }, (_, unit) => isDead(unit));
        assert.equal(dead.includes(true), mask === 'batch');
        gradient.forEach((value, i) => {
          if (dead[i % 12]) assert.ok(isPlusZero(value));
          else assert.notEqual(value, 0);
        });
      });
    });
  }
});
