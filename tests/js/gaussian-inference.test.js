/** DropConnect's Gaussian inference (Wan et al., ICML 2013) against what it stands for: masks by the
 *  thousand, on images of MNIST; and against its formula in float64, draw by draw. */

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { dense, dropout, loadMnist } from '../../dist/index.js';
import { forward } from './reference.js';
import { averaged, preActivations } from './reference-gaussian.js';
import { assertClose, makeData, valuesOf, withModels } from './support-models.js';
import { KIND, normals } from './support-twin.js';

const data = makeData({});
const STANDARD_ERRORS = 5;
const inference = 'gaussian';
const isLess = (layer) => dense(layer.units, { activation: layer.activation });

describe('20,000 masks of a layer on digits have the mean and variance that inference takes', () => {
  const [INPUTS, UNITS, DIGITS, MASKS] = [784, 4, 3, 20_000];
  const SIZE = DIGITS * UNITS;
  /** Rows of a call: every row has a mask of its own. */
  const COPIES = 250;
  const p = 0.5;
  const make = (activation, dropConnect) => ({
    input: INPUTS,
    layers: [dense(UNITS, { activation, dropConnect: { p, mask: 'element', ...dropConnect } })],
    seed: 11,
  });
  let images;
  /** (W * M) v under each mask, by brute force: unscaled training of copies of the digits, step after
   *  step, less the bias. @type {Float64Array[]} one a digit and unit */
  let drawn;
  before(async () => {
    const { test: held } = await loadMnist();
    images = Float32Array.from(held.images.subarray(0, DIGITS * INPUTS), (byte) => byte / 255);
    const many = new Float32Array(COPIES * images.length);
    for (let c = 0; c < COPIES; c++) many.set(images, c * images.length);
    drawn = Array.from({ length: SIZE }, () => new Float64Array(MASKS));
    await withModels(make('linear', { scaling: 'eval' }), async (model) => {
      const { 'layers.0.bias': bias } = await valuesOf(model);
      for (let step = 0; step < MASKS / COPIES; step++) {
        const values = await model.activations(many, { layer: 0, mode: 'train', step });
        values.forEach((value, k) => {
          drawn[k % SIZE][step * COPIES + Math.floor(k / SIZE)] = value - bias[k % UNITS];
        });
      }
    });
  });
  const average = (values) => values.reduce((a, b) => a + b, 0) / values.length;

  for (const [scaling, factor] of [
    ['train', 1 / (1 - p)],
    ['eval', 1],
  ]) {
    test(scaling, async () => {
      // With one draw and a bias that keeps ReLU open, the output is mean + sd z.
      const LIFT = 4;
      const specs = [
        make('linear', { scaling, inference }),
        make('relu', { scaling, inference, draws: 1 }),
        make('relu', { scaling, inference, draws: 100_000 }),
      ];
      await withModels(specs, async (linear, lifted, open) => {
        const { 'layers.0.weight': weight, 'layers.0.bias': bias } = await valuesOf(linear);
        const told = await linear.activations(images, { layer: 0 });
        const lift = bias.map((b) => b + LIFT);
        await lifted.setParameters({ 'layers.0.bias': lift });
        const once = await lifted.activations(images, { layer: 0 });
        const z = Array.from({ length: DIGITS }, (_, row) => [
          ...normals({ seed: 11, kind: KIND.inference, row }, UNITS),
        ]).flat();
        const sds = z.map((value, i) => (once[i] - LIFT - told[i]) / value);

        const masked = drawn.map((sums, i) => sums.map((sum) => factor * sum + bias[i % UNITS]));
        for (const [i, values] of masked.entries()) {
          const central = (power) => average(values.map((value) => (value - told[i]) ** power));
          const variance = central(2);
          const forMean = STANDARD_ERRORS * Math.sqrt(variance / MASKS);
          assertClose([average(values)], [told[i]], forMean, `mean of ${i}`);
          const forVariance = STANDARD_ERRORS * Math.sqrt((central(4) - variance ** 2) / MASKS);
          assertClose([sds[i] ** 2], [variance], forVariance, `variance of ${i}`);
        }

        const relu = (values) => average(values.map((value) => Math.max(0, value)));
        const expected = average(masked.map(relu));
        const found = average(await open.activations(images, { layer: 0 }));
        assertClose([found / expected], [1], 0.01, 'mean output of ReLU');
        // The mean alone would give another answer: this is what inference is for.
        assert.ok(relu(told) / expected < 0.97, `${relu(told)} for ${expected}`);

        const { means, variances } = preActivations({ p, scaling }, weight, bias, images);
        assertClose(told, means, 2e-6, 'the mean, by its formula');
        const byFormula = means.map((mean, i) => mean + LIFT + Math.sqrt(variances[i]) * z[i]);
        assertClose(once, byFormula, 4e-6, 'one draw, by its formula');
      });
    });
  }
});

describe('each draw has its place: float64 and the twin give the same', () => {
  const draws = 7;
  for (const mask of ['batch', 'element']) {
    for (const scaling of ['train', 'eval']) {
      for (const activation of ['relu', 'tanh', 'sigmoid', 'selu']) {
        test(`${mask}, ${scaling}, ${activation}`, async () => {
          const options = { p: 0.4, mask, scaling, inference, draws };
          const layers = [
            dense(9, { activation: 'tanh' }),
            dropout(0.5, { scaling: 'eval' }),
            dense(6, { activation, dropConnect: options }),
            dense(4),
          ];
          const network = { input: data.features, layers, seed: 2 ** 33 + 7 };
          await withModels(network, async (model) => {
            const values = await valuesOf(model);
            const x = forward(network, values, data.images)[1];
            const [weight, bias] = ['weight', 'bias'].map((name) => values[`layers.1.${name}`]);
            const gaussian = preActivations(options, weight, bias, x);
            const place = { seed: network.seed, index: 1, draws, units: 6 };
            const expected = averaged(gaussian, activation, place);
            const found = await model.activations(data.images, { layer: 2 });
            assertClose(found, expected, 4e-6, 'outputs');

            // What follows goes on from there; firstRow says which rows these are.
            const after = await model.activations(data.images, { layer: 3 });
            const last = { input: 6, layers: [dense(4)] };
            const renamed = {
              'layers.0.weight': values['layers.2.weight'],
              'layers.0.bias': values['layers.2.bias'],
            };
            assertClose(after, forward(last, renamed, expected)[0], 4e-6, 'logits');
            const later = await model.predict(data.images, { firstRow: 5 });
            const shifted = averaged(gaussian, activation, { ...place, firstRow: 5 });
            const logits = forward(last, renamed, shifted)[0];
            for (let r = 0; r < data.samples; r++) {
              const [row, top] = [logits.subarray(4 * r, 4 * r + 4), logits[4 * r]];
              const total = row.reduce((sum, value) => sum + Math.exp(value - top), 0);
              const p = Array.from(row, (value) => Math.exp(value - top) / total);
              const foundRow = later.probabilities.subarray(4 * r, 4 * r + 4);
              assertClose(foundRow, p, 4e-6, `probabilities of row ${r}`);
            }
          });
        });
      }
    }
  }
});

describe('rules of Gaussian inference', () => {
  const options = { p: 0.5, inference };
  const make = (dropConnect, activation = 'relu', seed = 3) => ({
    input: data.features,
    layers: [dense(6, { activation, dropConnect }), dense(4)],
    seed,
  });

  test('two evaluations are bit-equal, also around a training, and so is any split of rows', async () => {
    // More rows than the core takes at once.
    const many = makeData({ samples: 300 });
    const { images, samples, features } = many;
    const drawing = make({ ...options, draws: 100 });
    await withModels([drawing, drawing], async (model, fresh) => {
      await model.fit(many, { maxSteps: 3 });
      const report = await model.evaluate(many);
      const whole = await model.predict(images);
      assert.deepEqual(await model.evaluate(many), report);
      assert.deepEqual(await model.predict(images), whole);
      await model.activations(images, { layer: 0, mode: 'train', step: 9 });
      assert.deepEqual(await model.predict(images, { firstRow: 0 }), whole);
      await fresh.setParameters(await model.parameters());
      assert.deepEqual(await fresh.evaluate(many), report);
      for (const size of [1, 37, 129]) {
        const parts = [];
        for (let firstRow = 0; firstRow < samples; firstRow += size) {
          const rows = images.subarray(firstRow * features, (firstRow + size) * features);
          parts.push(...(await model.predict(rows, { firstRow })).probabilities);
        }
        assert.deepEqual(Float32Array.from(parts), whole.probabilities);
      }
      const shifted = await model.predict(images, { firstRow: 1 });
      assert.notDeepEqual(shifted.probabilities, whole.probabilities);
    });
  });

  test('a report takes what a prediction gives', async () => {
    await withModels(make(options), async (model) => {
      const { probabilities } = await model.predict(data.images);
      const losses = Array.from(data.labels, (label, r) => -Math.log(probabilities[4 * r + label]));
      const expected = losses.reduce((a, b) => a + b, 0) / data.samples;
      assertClose([(await model.evaluate(data)).loss], [expected], 2e-6, 'loss');
    });
  });

  for (const scaling of ['train', 'eval']) {
    test(`a linear activation gives the mean itself: ${scaling}`, async () => {
      const specs = ['gaussian', 'mean'].map((rule) =>
        make({ p: 0.4, scaling, inference: rule }, 'linear'),
      );
      await withModels(specs, async (gaussian, mean) => {
        const expected = await mean.activations(data.images, { layer: 0 });
        assert.deepEqual(await gaussian.activations(data.images, { layer: 0 }), expected);
        assert.deepEqual(await gaussian.evaluate(data), await mean.evaluate(data));
      });
    });
  }

  test('it is a rule of evaluation alone: training and passes know nothing of it', async () => {
    for (const mask of ['batch', 'element']) {
      const specs = [{}, { inference }].map((rule) => make({ p: 0.4, mask, ...rule }));
      await withModels(specs, async (...models) => {
        const seen = [];
        for (const model of models) {
          const { epochs } = await model.fit(data, { epochs: 2, batchSize: 6 });
          const passes = await model.predict(data.images, { passes: 4 });
          seen.push({ losses: epochs.map(({ loss }) => loss), passes, hash: await model.hash() });
        }
        assert.deepEqual(seen[0], seen[1]);
        const [mean, gaussian] = [await models[0].evaluate(data), await models[1].evaluate(data)];
        assert.notEqual(mean.loss, gaussian.loss);
      });
    }
  });

  test('p = 0 is bit for bit the layer without DropConnect', async () => {
    const none = make({ p: 0, inference });
    const plain = { ...none, layers: none.layers.map(isLess) };
    await withModels([none, plain], async (model, without) => {
      assert.deepEqual(await model.evaluate(data), await without.evaluate(data));
      assert.deepEqual(await model.predict(data.images), await without.predict(data.images));
    });
  });

  test("p = 1 with 'eval' scaling: the bias alone, and no variance", async () => {
    await withModels(make({ p: 1, scaling: 'eval', inference }), async (model) => {
      const bias = (await valuesOf(model))['layers.0.bias'];
      const found = await model.activations(data.images, { layer: 0 });
      const expected = Float32Array.from(found, (_, i) => Math.max(0, bias[i % 6]));
      assertClose(found, expected, 1e-6, 'outputs');
    });
  });

  test('a million draws that hardly differ: their average keeps its digits', async () => {
    const few = makeData({ samples: 1 });
    await withModels(make({ ...options, draws: 1_000_000 }, 'tanh'), async (model) => {
      const values = await valuesOf(model);
      const weight = values['layers.0.weight'].map((w) => w / 1000);
      await model.setParameters({ 'layers.0.weight': weight });
      const bias = values['layers.0.bias'];
      const { means, variances } = preActivations(
        { p: 0.5, scaling: 'train' },
        weight,
        bias,
        few.images,
      );
      // The second order of the mean of tanh(mean + sd z); the next is below 1e-12.
      const expected = means.map((mean, i) => {
        const t = Math.tanh(mean);
        return t - t * (1 - t ** 2) * variances[i];
      });
      const found = await model.activations(few.images, { layer: 0 });
      // The mean of a million draws is off by a thousandth of their deviation, here below 1e-3.
      assertClose(found, expected, 2e-6, 'outputs');
    });
  });

  test('the number of draws counts, and 1000 is the default', async () => {
    const specs = [{}, { draws: 1000 }, { draws: 999 }].map((more) =>
      make({ ...options, ...more }),
    );
    await withModels(specs, async (one, same, fewer) => {
      const [found, asked, other] = await Promise.all(
        [one, same, fewer].map((model) => model.activations(data.images, { layer: 0 })),
      );
      assert.deepEqual(found, asked);
      assert.notDeepEqual(found, other);
    });
  });

  test('what has no rule is an error', () => {
    const make = (dropConnect) => () => dense(3, { dropConnect });
    const range = (message) => ({ name: 'RangeError', message });
    assert.throws(make({ inference, scaling: 'none' }), range(/inference|scaling/));
    assert.throws(make({ inference, p: 1 }), range(/p .*1/));
    assert.throws(make({ inference: 'median' }), range(/inference .*"median"/));
    assert.throws(make({ inference, draws: 0 }), range(/draws .*got 0/));
    assert.throws(make({ inference, draws: 2.5 }), range(/draws .*2\.5/));
    assert.throws(make({ inference, draws: '10' }), { name: 'TypeError', message: /draws .*"10"/ });
    assert.throws(make({ inference: true }), { name: 'TypeError', message: /inference .*true/ });
    assert.equal(dense(3, { dropConnect: { scaling: 'none' } }).dropConnect.scaling, 'none');
  });
});
