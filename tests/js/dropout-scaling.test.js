/** What scaling keeps equal: expectations, networks that convert, variants that train alike. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { dense, dropout, variants } from '../../dist/index.js';
import { assertClose, makeData, valuesOf, withModels } from './support-models.js';

const data = makeData({});
const spec = (layers, seed = 3) => ({ input: data.features, layers, seed });
const PS = [0.1, 0.2, 0.5, 0.9];
const PASSES = 10_000;
const UNITS = 8;

describe('brain.js dropout.ts: the mean of 10,000 training passes is the evaluation output', () => {
  /** Means over passes, a unit each, of a layer on rows of ones. */
  async function means(model, layer, rows, units) {
    const ones = new Float32Array(rows * UNITS).fill(1);
    const sums = new Float64Array(units);
    for (let step = 0; step < PASSES / rows; step++) {
      const values = await model.activations(ones, { layer, mode: 'train', step });
      values.forEach((value, i) => (sums[i % units] += value));
    }
    return sums.map((sum) => sum / PASSES);
  }

  for (const p of PS) {
    const keep = 1 - p;
    for (const mask of ['element', 'batch']) {
      // Ten thousand calls take a while: 'none' shares its training with 'eval'.
      for (const scaling of mask === 'element' ? ['train', 'eval', 'none'] : ['train', 'eval']) {
        test(`p ${p}, ${mask}, ${scaling}`, async () => {
          const layers = [dropout(p, { mask, scaling }), dense(1)];
          await withModels({ input: UNITS, layers, seed: 5 }, async (model) => {
            // Rows that share a mask are one draw.
            const found = await means(model, 0, mask === 'element' ? 100 : 1, UNITS);
            const ones = new Float32Array(UNITS).fill(1);
            const evaluated = await model.activations(ones, { layer: 0 });
            const size = scaling === 'train' ? 1 / keep : 1;
            const standardError = (Math.sqrt(keep * p) * size) / Math.sqrt(PASSES);
            // 'none' is the article's rule, whose fault this is: keep times the evaluation output.
            const expected = evaluated.map((value) => (scaling === 'none' ? keep : 1) * value);
            assertClose(found, expected, 5 * standardError, 'mean');
            assertClose(evaluated, new Array(UNITS).fill(scaling === 'eval' ? keep : 1), 1e-7, '');
          });
        });
      }
    }

    for (const scaling of p === 0.5 ? ['train', 'eval'] : ['train']) {
      test(`DropConnect p ${p}, ${scaling}`, async () => {
        const layers = [dense(4, { dropConnect: { p, scaling } })];
        await withModels({ input: UNITS, layers, seed: 5 }, async (model) => {
          await model.setParameters({
            'layers.0.weight': new Float32Array(4 * UNITS).fill(1),
            'layers.0.bias': new Float32Array(4).fill(-3),
          });
          const found = await means(model, 0, 1, 4);
          const evaluated = await model.activations(new Float32Array(UNITS).fill(1), { layer: 0 });
          const size = scaling === 'train' ? 1 / keep : 1;
          const standardError = size * Math.sqrt((UNITS * keep * p) / PASSES);
          assertClose(found, evaluated, 5 * standardError, 'mean');
        });
      });
    }
  }
});

describe('pytorch#477: weights of unscaled training convert: keep goes into the next layer', () => {
  for (const p of [0.5, 0.3]) {
    // Halves are exact, so nothing rounds otherwise.
    const tolerance = p === 0.5 ? 0 : 1e-6;
    test(`p ${p}`, async () => {
      const make = (scaling) =>
        spec([dense(9, { activation: 'tanh' }), dropout(p, { scaling }), dense(4)]);
      await withModels([make('none'), make('train')], async (unscaled, scaled) => {
        await unscaled.fit(data, { epochs: 2, batchSize: 6, optimizer: 'adam' });
        const values = await valuesOf(unscaled);
        const folded = values['layers.1.weight'].map((w) => w * (1 - p));
        await scaled.setParameters({ ...values, 'layers.1.weight': folded });
        for (const step of [0, 3]) {
          const options = { layer: 2, mode: 'train', step };
          const expected = await unscaled.activations(data.images, options);
          const found = await scaled.activations(data.images, options);
          assertClose(found, expected, tolerance, 'logits while training');
        }
        const expected = await unscaled.evaluate(data, { evalScale: 1 - p });
        const found = await scaled.evaluate(data);
        assertClose([found.loss, found.brier], [expected.loss, expected.brier], tolerance, '');
        assert.deepEqual(found.confusion, expected.confusion);
        assert.notEqual((await unscaled.evaluate(data)).loss, expected.loss);
      });
    });
  }
});

describe('variants that must agree', () => {
  const images = makeData({ samples: 40, features: 784, classes: 10, bytes: true });

  for (const network of ['printed', 'intended', 'relu']) {
    test(`${network}: unscaled and test-scaled train to equal weights, and evalScale makes their reports equal`, async () => {
      const p = 0.5;
      const specs = ['unscaled', 'test-scaled'].map((key) => ({
        ...variants[key](network, p),
        seed: 2,
      }));
      await withModels(specs, async (unscaled, testScaled) => {
        for (const model of [unscaled, testScaled]) await model.fit(images, { batchSize: 16 });
        assert.equal(await unscaled.hash(), await testScaled.hash());
        const expected = await testScaled.evaluate(images, { evalScale: 1 });
        assert.deepEqual(await testScaled.evaluate(images), expected);
        assert.deepEqual(await unscaled.evaluate(images, { evalScale: 1 - p }), expected);
        assert.notEqual((await unscaled.evaluate(images)).loss, expected.loss);
        assert.notEqual((await unscaled.evaluate(images, { evalScale: 2 })).loss, expected.loss);
      });
    });
  }

  test('the same at a p that rounds', async () => {
    const make = (scaling) => spec([dense(9), dropout(0.37, { scaling }), dense(4)]);
    await withModels([make('none'), make('eval')], async (unscaled, testScaled) => {
      const expected = await testScaled.evaluate(data);
      assert.deepEqual(await unscaled.evaluate(data, { evalScale: 1 - 0.37 }), expected);
    });
  });

  test('evalScale multiplies every dropout layer once, and DropConnect never', async () => {
    const layers = [
      dense(6, { dropConnect: { p: 0.5, scaling: 'eval' } }),
      dropout(0.5, { scaling: 'none' }),
      dense(5),
      dropout(0.5, { scaling: 'eval' }),
      dense(4),
    ];
    await withModels(spec(layers), async (model) => {
      const found = await model.evaluate(data, { evalScale: 4 });
      const values = await valuesOf(model);
      for (const name of ['layers.1.weight', 'layers.2.weight']) {
        await model.setParameters({ [name]: values[name].map((w) => 4 * w) });
      }
      assert.deepEqual(await model.evaluate(data), found); // powers of two round nowhere
    });
  });
});

describe('p = 0 is bit for bit the network without the layer', () => {
  for (const mask of ['element', 'batch']) {
    for (const scaling of ['train', 'eval', 'none']) {
      test(`dropout, ${mask}, ${scaling}`, async () => {
        const none = dropout(0, { mask, scaling });
        const tanh = () => dense(6, { activation: 'tanh' });
        const specs = [
          spec([none, tanh(), none, dropout(0.5), dense(4), none]),
          spec([tanh(), dropout(0.5), dense(4)]),
        ];
        await assertAlike(specs);
      });
    }
  }

  for (const scaling of ['train', 'eval', 'none']) {
    test(`DropConnect, ${scaling}`, async () => {
      const specs = [{ dropConnect: { p: 0, scaling } }, {}].map((options) =>
        spec([dense(6, { activation: 'relu', ...options }), dropout(0.5), dense(4)]),
      );
      await assertAlike(specs);
    });
  }

  /** The same weights, losses and reports, step by step. */
  async function assertAlike(specs) {
    await withModels(specs, async (...models) => {
      const seen = [];
      for (const model of models) {
        const initial = await model.hash();
        const { epochs } = await model.fit(data, { epochs: 2, batchSize: 6 });
        const losses = epochs.map(({ loss }) => loss);
        seen.push({ initial, losses, report: await model.evaluate(data), end: await model.hash() });
      }
      assert.deepEqual(seen[0], seen[1]);
      assert.notEqual(seen[0].initial, seen[0].end);
    });
  }
});
