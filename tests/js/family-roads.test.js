/** The core takes other roads for images that are mostly black, for first layers and for wide ones:
 *  Gaussian and alpha dropout, DropConnect by row, passes and inference are the same on all of them. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { alphaDropout, dense, dropout, gaussianDropout } from '../../dist/index.js';
import { forward } from './reference.js';
import { averaged, preActivations } from './reference-gaussian.js';
import { predictByPasses } from './reference-passes.js';
import {
  assertClose,
  assertGradients,
  awayFromZero,
  makeData,
  masksOfStep,
  valuesOf,
  withModels,
} from './support-models.js';

const TOLERANCE = 4e-6;
const tanh = (units, options) => dense(units, { activation: 'tanh', ...options });
const connect = (p, mask = 'element') => ({ dropConnect: { p, mask } });

/** Bytes of which so many in a hundred are not 0. */
function bytes(percent, shape) {
  const data = makeData({ bytes: true, ...shape });
  const isLit = makeData({ ...shape, seed: 7 }).images;
  data.images.forEach((_, i) => {
    if (isLit[i] >= percent / 50 - 1) data.images[i] = 0;
  });
  return data;
}

const floats = (images) => Float32Array.from(images, (byte) => byte / 255);

const FIRST = {
  dense: [tanh(6), gaussianDropout(0.3), dense(4)],
  'DropConnect by row': [tanh(6, connect(0.4)), dense(4)],
  'DropConnect by batch': [tanh(6, connect(0.4, 'batch')), alphaDropout(0.2), dense(4)],
  gaussian: [gaussianDropout(0.3), tanh(6), dense(4)],
  alpha: [alphaDropout(0.3), tanh(6), dense(4)],
  'dropout before DropConnect by row': [dropout(0.3), tanh(6, connect(0.4)), dense(4)],
};

describe('images of bytes, black to bright', () => {
  for (const percent of [0, 10, 100]) {
    const data = bytes(percent, { samples: 19, features: 11 });
    const images = floats(data.images);
    for (const [name, layers] of Object.entries(FIRST)) {
      const spec = { input: 11, layers, seed: 12 };

      test(`${percent} %, ${name} first: outputs and gradients`, async () => {
        await withModels(spec, async (model) => {
          const parameters = await awayFromZero(model);
          const masks = await masksOfStep(model, spec, data.samples);
          for (const [layer, values] of forward(spec, parameters, images, { masks }).entries()) {
            const found = await model.activations(data.images, { layer, mode: 'train' });
            assertClose(found, values, TOLERANCE, `layer ${layer}`);
          }
          await assertGradients(model, spec, data, TOLERANCE, images);
        });
      });

      test(`${percent} %, ${name} first: passes`, async () => {
        await withModels(spec, async (model) => {
          const parameters = await valuesOf(model);
          for (const options of [{ passes: 4 }, { passes: 3, sharedMask: true, firstRow: 2 }]) {
            const found = await model.predict(data.images, options);
            const expected = predictByPasses(spec, parameters, images, options);
            for (const key of ['probabilities', 'entropy', 'mutualInformation']) {
              assertClose(found[key], expected[key], TOLERANCE, key);
            }
          }
        });
      });
    }
  }
});

describe('Gaussian inference of a first layer', () => {
  for (const percent of [0, 10, 100]) {
    for (const units of [1, 5, 33]) {
      test(`${percent} % of the pixels, ${units} units`, async () => {
        const data = bytes(percent, { samples: 9, features: 37 });
        for (const scaling of ['train', 'eval']) {
          const rule = { p: 0.3, scaling, inference: 'gaussian', draws: 5 };
          const layers = [dense(units, { activation: 'relu', dropConnect: rule }), dense(4)];
          await withModels({ input: 37, layers, seed: 12 }, async (model) => {
            const values = await valuesOf(model);
            const [weight, bias] = ['weight', 'bias'].map((name) => values[`layers.0.${name}`]);
            const gaussian = preActivations(rule, weight, bias, floats(data.images));
            const place = { seed: 12, index: 0, draws: 5, units };
            const expected = averaged(gaussian, 'relu', place);
            const found = await model.activations(data.images, { layer: 0 });
            assertClose(found, expected, TOLERANCE, scaling);
          });
        }
      });
    }
  }
});

describe('with one row a batch, a mask a row is a mask a batch, in every size', () => {
  for (const [input, hidden, units] of [
    [1, 1, 3],
    [7, 33, 31],
    [100, 130, 65],
    [784, 40, 10],
  ]) {
    test(`${input}-${hidden}-${units}`, async () => {
      const data = makeData({ samples: 12, features: input, classes: 3 });
      const make = (mask) => ({
        input,
        layers: [
          dense(hidden, { activation: 'relu', ...connect(0.3, mask) }),
          dropout(0.4, { mask: 'batch' }),
          dense(units, connect(0.5, mask)),
        ],
        seed: 4,
      });
      const optimizer = { name: 'sgd', learningRate: 0.1, momentum: 0.9 };
      await withModels([make('element'), make('batch')], async (byRow, byBatch) => {
        for (const model of [byRow, byBatch]) await model.fit(data, { batchSize: 1, optimizer });
        const expected = await valuesOf(byBatch);
        for (const [key, values] of Object.entries(await valuesOf(byRow))) {
          const size = expected[key].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
          assertClose(values, expected[key], 4e-6 * (1 + size), key);
        }
        assert.deepEqual(await byRow.mask(0, { step: 5 }), await byBatch.mask(0, { step: 5 }));
      });
    });
  }
});

/** What lies between a mask that all rows share and a dense layer, which may leave out what it drops. */
const BETWEEN = {
  gaussian: gaussianDropout(0.3),
  alpha: alphaDropout(0.3),
  'alpha of p 0': alphaDropout(0),
  'dropout by row': dropout(0.4),
  'another shared mask': dropout(0.4, { mask: 'batch' }),
};

describe('a shared mask, and another kind between it and the dense layers beside it', () => {
  const data = makeData({ samples: 19, features: 11 });
  for (const [name, layer] of Object.entries(BETWEEN)) {
    test(`${name}: outputs and gradients`, async () => {
      const shared = dropout(0.5, { mask: 'batch' });
      const layers = [shared, layer, tanh(9), layer, shared, tanh(6), shared, layer, dense(4)];
      const spec = { input: 11, layers, seed: 5 };
      await withModels(spec, async (model) => {
        const parameters = await awayFromZero(model);
        const masks = await masksOfStep(model, spec, data.samples);
        for (const [i, values] of forward(spec, parameters, data.images, { masks }).entries()) {
          const found = await model.activations(data.images, { layer: i, mode: 'train' });
          assertClose(found, values, TOLERANCE, `layer ${i}`);
        }
        const options = { passes: 6 };
        const passed = await model.predict(data.images, options);
        const wanted = predictByPasses(spec, parameters, data.images, options);
        assertClose(passed.probabilities, wanted.probabilities, TOLERANCE, 'passes');
        await assertGradients(model, spec, data, TOLERANCE);
      });
    });
  }
});
