/** Gaussian and alpha dropout and DropConnect by row against the slow network in float64, their masks
 *  frozen, and against the twin of every draw. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { alphaDropout, dense, dropout, dropoutMask, gaussianDropout } from '../../dist/index.js';
import { forward } from './reference.js';
import {
  assertClose,
  assertGradients,
  awayFromZero,
  gradientOf,
  makeData,
  masksOfStep,
  valuesOf,
  withModels,
} from './support-models.js';
import { KIND, masksOf } from './support-twin.js';

const TOLERANCE = 2e-6;
const data = makeData({});
const spec = (layers, seed = 3) => ({ input: data.features, layers, seed });
const relu = (units, options) => dense(units, { activation: 'relu', ...options });
const tanh = (units, options) => dense(units, { activation: 'tanh', ...options });
const selu = (units, options) => dense(units, { activation: 'selu', ...options });
const connect = (p, scaling = 'train') => ({ dropConnect: { p, mask: 'element', scaling } });

const networks = {
  'gaussian first': [gaussianDropout(0.3), relu(8), dense(4)],
  'gaussian in the middle': [relu(8), gaussianDropout(0.4), tanh(6), dense(4)],
  'gaussian last': [relu(8), dense(4), gaussianDropout(0.2)],
  'gaussian, far out': [tanh(8), gaussianDropout(0.9), dense(4)],
  'alpha first': [alphaDropout(0.3), selu(8), dense(4)],
  'alpha in the middle': [selu(8), alphaDropout(0.4), selu(6), dense(4)],
  'alpha last': [selu(8), dense(4), alphaDropout(0.2)],
  'alpha, far out': [selu(8), alphaDropout(0.9), dense(4)],
  'alpha behind ReLU': [relu(8), alphaDropout(0.3), dense(4)],
  'alpha, p 1': [tanh(8), alphaDropout(1), tanh(5), dense(4)],
  'layers in a row': [tanh(8), gaussianDropout(0.2), alphaDropout(0.2), dropout(0.3), dense(4)],
  'DropConnect by row behind dropout': [
    dropout(0.2),
    relu(8, connect(0.3)),
    dropout(0.4, { mask: 'batch' }),
    tanh(6, connect(0.3, 'eval')),
    dense(4),
  ],
  'DropConnect by row, p 1': [tanh(8), tanh(6, connect(1)), dense(4)],
  'everything at once': [
    gaussianDropout(0.1),
    selu(8, connect(0.3)),
    alphaDropout(0.2),
    dense(6, { activation: 'sigmoid', dropConnect: 0.2 }),
    dropout(0.3, { mask: 'batch', scaling: 'none' }),
    dense(4, connect(0.2, 'none')),
  ],
};
for (const scaling of ['train', 'eval', 'none']) {
  for (const place of [0, 1, 2]) {
    const options = (i) => (i === place ? connect(0.4, scaling) : {});
    networks[`DropConnect by row in layer ${place}, ${scaling}`] = [
      relu(8, options(0)),
      tanh(6, options(1)),
      dense(4, options(2)),
    ];
  }
}

describe('outputs of every layer, evaluating and training', () => {
  for (const [name, layers] of Object.entries(networks)) {
    test(name, async () => {
      await withModels(spec(layers), async (model) => {
        const parameters = await valuesOf(model);
        for (const step of [0, 1, 1000]) {
          const masks = await masksOfStep(model, spec(layers), data.samples, step);
          const modes = { eval: {}, train: { masks } };
          for (const [mode, options] of Object.entries(modes)) {
            const expected = forward(spec(layers), parameters, data.images, options);
            for (const [layer, values] of expected.entries()) {
              const found = await model.activations(data.images, { layer, mode, step });
              const size = values.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
              assertClose(found, values, TOLERANCE * size, `layer ${layer}, ${mode}, ${step}`);
            }
          }
        }
      });
    });
  }
});

describe('gradients agree with finite differences in float64, the mask frozen', () => {
  for (const [name, layers] of Object.entries(networks)) {
    test(name, async () => {
      await withModels(spec(layers), async (model) => {
        await awayFromZero(model);
        await assertGradients(model, spec(layers), data, TOLERANCE);
      });
    });
  }
});

describe('fastai2 PR#427, fastai#2591: a weight that no row keeps gets no gradient, any other does', () => {
  for (const scaling of ['train', 'eval', 'none']) {
    test(`DropConnect by row, ${scaling}`, async () => {
      const rows = 3;
      const few = makeData({ samples: rows });
      await withModels(spec([tanh(6, connect(0.6, scaling)), dense(4)]), async (model) => {
        const mask = await model.mask(0, { rows });
        const gradient = (await gradientOf(model, few))['layers.0.weight'];
        const size = gradient.length;
        const isKept = (i) => [0, 1, 2].some((r) => mask[r * size + i] === 1);
        const dead = [...gradient.keys()].filter((i) => !isKept(i));
        assert.ok(dead.length > 3 && dead.length < size / 2);
        gradient.forEach((value, i) => {
          if (isKept(i)) assert.notEqual(value, 0);
          else assert.ok(Object.is(value, 0), `${i}: ${value}`);
        });
      });
    });
  }
});

describe('pytorch#2976, #25690: masks are the twin of NumPy, in every place and size', () => {
  for (const width of [1, 2, 3, 7, 21]) {
    test(`${width} units`, async () => {
      const layers = [
        gaussianDropout(0.3),
        dropout(0), // takes no index
        dense(width, connect(0.4)),
        alphaDropout(0.2),
        gaussianDropout(0),
        gaussianDropout(0.6),
        dense(5, { dropConnect: 0.3 }),
        dropout(0.5, { mask: 'batch' }),
        dense(2),
      ];
      for (const seed of [0, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER]) {
        const network = { input: width, layers, seed };
        await withModels(network, async (model) => {
          for (const step of [0, 1000, 2 ** 32 - 1]) {
            const rows = 6;
            const expected = masksOf(network, { kind: KIND.training, step, rows });
            for (const [i, values] of Object.entries(expected)) {
              const found = await model.mask(Number(i), { step, rows });
              if (values instanceof Uint8Array) {
                assert.deepEqual(found, values, `layer ${i}`);
                continue;
              }
              assert.ok(found instanceof Float32Array);
              const { p } = layers[i];
              assertClose(found, values, 4e-6 * Math.sqrt(p / (1 - p)), `layer ${i}`);
            }
          }
        });
      }
    });
  }

  test("alpha's mask is that of dropout in its place", async () => {
    await withModels(spec([alphaDropout(0.3), dense(4)], 6), async (model) => {
      const expected = await dropoutMask(0.3, [9, data.features], { seed: 6, step: 4 });
      assert.deepEqual(await model.mask(0, { rows: 9, step: 4 }), expected);
    });
  });
});

test('masks belong to rows of the batch, wherever these stand in the data', async () => {
  const layers = [gaussianDropout(0.3), tanh(6, connect(0.4)), alphaDropout(0.2), dense(4)];
  const one = {
    ...data,
    images: data.images.slice(0, data.features),
    labels: data.labels.slice(0, 1),
    samples: 1,
  };
  const twice = {
    ...data,
    images: Float32Array.of(...one.images, ...one.images),
    labels: Uint8Array.of(one.labels[0], one.labels[0]),
    samples: 2,
  };
  await withModels([spec(layers), spec(layers)], async (model, other) => {
    // The second step's only row is row 0 again.
    const options = { batchSize: 1, shuffle: false, optimizer: { name: 'sgd', learningRate: 0.1 } };
    await model.fit(twice, options);
    await other.fit(one, { ...options, epochs: 2 });
    assert.equal(await model.hash(), await other.hash());
  });
});
