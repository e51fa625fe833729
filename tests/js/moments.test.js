/** What the next layer must see: a layer's mean over masks against its output in evaluation. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { alphaDropout, dense, dropout, gaussianDropout } from '../../dist/index.js';
import { momentsByPasses } from './reference-passes.js';
import { assertClose, makeData, valuesOf, withModels } from './support-models.js';

const data = makeData({});
const { features, samples } = data;
const spec = (layers, seed = 3) => ({ input: features, layers, seed });
const relu = (units, options) => dense(units, { activation: 'relu', ...options });

const KINDS = {
  'dropout, element, train': dropout(0.3),
  'dropout, batch, eval': dropout(0.3, { mask: 'batch', scaling: 'eval' }),
  'dropout, element, none': dropout(0.3, { scaling: 'none' }),
  gaussian: gaussianDropout(0.3),
  alpha: alphaDropout(0.3),
  'DropConnect, element, train': dense(6, { dropConnect: { p: 0.3, mask: 'element' } }),
  'DropConnect, batch, none': dense(6, { dropConnect: { p: 0.3, scaling: 'none' } }),
};

describe('moments are those of float64 over the masks of the twin', () => {
  for (const [name, layer] of Object.entries(KINDS)) {
    test(name, async () => {
      const network = spec([
        relu(8),
        layer,
        dense(5, { activation: 'tanh' }),
        dropout(0.2),
        dense(4),
      ]);
      await withModels(network, async (model) => {
        const parameters = await valuesOf(model);
        for (const [at, units] of [8, layer.units ?? 8, 5, 5, 4].entries()) {
          for (const options of [
            { layer: at, passes: 2 },
            { layer: at, passes: 12, firstRow: 40 },
            { layer: at, passes: 5, sharedMask: true },
          ]) {
            const found = await model.moments(data.images, options);
            const expected = momentsByPasses(network, parameters, data.images, options);
            const { passes } = options;
            assert.deepEqual([found.rows, found.units, found.passes], [samples, units, passes]);
            for (const key of ['evaluation', 'mean', 'sd']) {
              assert.ok(found[key] instanceof Float32Array, key);
              assertClose(found[key], expected[key], 4e-6, `${key} of layer ${at}`);
            }
            for (const key of ['slope', 'sdEvaluation', 'sdTraining']) {
              assertClose([found[key]], [expected[key]], 4e-6, `${key} of layer ${at}`);
            }
          }
        }
      });
    });
  }
});

test('a shared mask behind the layer that is looked at skips none of its units', async () => {
  const layers = [relu(8), dropout(0.3), dropout(0.4, { mask: 'batch' }), dense(5)];
  const network = spec([...layers, alphaDropout(0.2), dropout(0.5, { mask: 'batch' }), dense(4)]);
  await withModels(network, async (model) => {
    const parameters = await valuesOf(model);
    for (const layer of network.layers.keys()) {
      const found = await model.moments(data.images, { layer, passes: 7 });
      const expected = momentsByPasses(network, parameters, data.images, { layer, passes: 7 });
      for (const key of ['evaluation', 'mean', 'sd']) {
        assertClose(found[key], expected[key], 4e-6, `${key} of layer ${layer}`);
      }
    }
  });
});

test('evaluation is what activations gives, and 100 passes are the default', async () => {
  await withModels(spec([relu(8), dropout(0.5, { scaling: 'eval' }), dense(4)]), async (model) => {
    for (const layer of [0, 1, 2]) {
      const found = await model.moments(data.images, { layer });
      assert.equal(found.passes, 100);
      assert.deepEqual(found.evaluation, await model.activations(data.images, { layer }));
      assert.deepEqual(found, await model.moments(data.images, { layer, passes: 100 }));
    }
  });
});

test('before the first mask every pass is the evaluation: no spread, slope 1', async () => {
  await withModels(spec([relu(8), dropout(0.5), dense(4)]), async (model) => {
    const found = await model.moments(data.images, { layer: 0, passes: 9 });
    assertClose(found.mean, found.evaluation, 1e-6, 'mean');
    assertClose(found.sd, new Float32Array(8 * samples), 1e-6, 'sd');
    assertClose([found.slope, found.sdTraining], [1, found.sdEvaluation], 1e-6, 'slope and spread');
  });
});

test('one pass has a mean, and no NaN', async () => {
  await withModels(spec([dropout(0.5, { scaling: 'none' }), dense(4)]), async (model) => {
    const { mean, sd, slope } = await model.moments(data.images, { layer: 0, passes: 1 });
    mean.forEach((value, i) => assert.ok(value === 0 || value === data.images[i]));
    assert.deepEqual(sd, new Float32Array(features * samples));
    assert.ok(Number.isFinite(slope));
  });
});

test('a layer that gives only zeros has no slope, and numbers else', async () => {
  await withModels(spec([dense(6), dropout(1, { scaling: 'eval' }), dense(4)]), async (model) => {
    const found = await model.moments(data.images, { layer: 1, passes: 3 });
    for (const key of ['evaluation', 'mean', 'sd']) {
      assert.ok(found[key].length === 6 * samples && found[key].every((v) => v === 0), key);
    }
    assert.deepEqual([found.sdEvaluation, found.sdTraining], [0, 0]);
    assert.ok(Number.isNaN(found.slope));
  });
});

describe('mean over masks against evaluation: a line of slope 1 scaled, keep unscaled', () => {
  const p = 0.4;
  const many = makeData({ samples: 200, seed: 9 });
  const floor = -1.7580993408473766;
  const a = (1 - p + floor ** 2 * (1 - p) * p) ** -0.5;
  for (const [name, layer, expected] of [
    ['train', dropout(p), 1],
    ['eval', dropout(p, { scaling: 'eval' }), 1],
    ['none', dropout(p, { scaling: 'none' }), 1 - p],
    ['gaussian', gaussianDropout(p), 1],
    ['alpha: a keep', alphaDropout(p), a * (1 - p)],
    ['DropConnect, train', dense(9, { dropConnect: p }), 1],
    ['DropConnect, eval', dense(9, { dropConnect: { p, scaling: 'eval' } }), 1],
    ['DropConnect, none', dense(9, { dropConnect: { p, scaling: 'none' } }), 1 - p],
  ]) {
    test(name, async () => {
      await withModels(spec([dense(9, { activation: 'relu' }), layer, dense(4)]), async (model) => {
        // Without biases, whose share no mask touches.
        const bias = { 'layers.1.bias': new Float32Array(layer.type === 'dense' ? 9 : 4) };
        await model.setParameters(bias);
        const found = await model.moments(many.images, { layer: 1, passes: 400 });
        const weightsSquared = found.evaluation.reduce((sum, e) => sum + e ** 2, 0);
        // The slope is a weighted mean of the values' means, each of which has this error.
        const error = found.sd.reduce((sum, sd, i) => sum + (sd * found.evaluation[i]) ** 2, 0);
        // A shared mask moves all rows alike: by Cauchy's inequality at most so much.
        const isShared = layer.type === 'dense';
        const rows = isShared ? many.samples : 1;
        const standardError = Math.sqrt((rows * error) / 400) / weightsSquared;
        assertClose([found.slope], [expected], 5 * standardError, 'slope');
        assert.ok(standardError < 0.05, `${standardError}`);
        // Dropout adds noise on purpose: the spread is greater even where the scaling is right.
        if (expected === 1) assert.ok(found.sdTraining > 1.02 * found.sdEvaluation);
      });
    });
  }
});
