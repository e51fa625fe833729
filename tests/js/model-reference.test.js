/** The core against a slow network in float64 (reference.js), and against rows counted by hand. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { dense, dropout } from '../../dist/index.js';
import { bruteReport, forward, softmax, trainingLoss } from './reference.js';
import {
  assertClose,
  assertGradients,
  awayFromZero,
  makeData,
  masksOfStep,
  stepLosses,
  valuesOf,
  withModels,
} from './support-models.js';

const ACTIVATIONS = ['linear', 'relu', 'tanh', 'sigmoid', 'selu'];
const TOLERANCE = 2e-6;
const data = makeData({});
const spec = (layers, seed = 3) => ({ input: data.features, layers, seed });

describe('activations', () => {
  for (const activation of ACTIVATIONS) {
    test(`${activation}: every layer, evaluating and training`, async () => {
      const layers = [
        dropout(0.2),
        dense(13, { activation }),
        dropout(0.4, { scaling: 'eval' }),
        dense(6, { activation, dropConnect: 0.3 }),
        dropout(0.3, { scaling: 'none' }),
        dense(4, { activation }),
      ];
      await withModels(spec(layers), async (model) => {
        const parameters = await valuesOf(model);
        const masks = await masksOfStep(model, spec(layers), data.samples);
        const modes = { eval: {}, train: { masks } };
        for (const [mode, options] of Object.entries(modes)) {
          const expected = forward(spec(layers), parameters, data.images, options);
          for (const [layer, values] of expected.entries()) {
            const found = await model.activations(data.images, { layer, mode });
            assert.ok(found instanceof Float32Array);
            assertClose(found, values, TOLERANCE, `layer ${layer}, ${mode}`);
          }
        }
      });
    });

    test(`${activation}: a layer's output is told before the dropout behind it`, async () => {
      const layers = [
        dense(13, { activation }),
        dropout(0.5, { mask: 'batch' }),
        dense(6, { activation }),
        dropout(0.5, { mask: 'batch' }),
        dense(4),
      ];
      await withModels(spec(layers), async (model) => {
        const masks = await masksOfStep(model, spec(layers), data.samples);
        const expected = forward(spec(layers), await valuesOf(model), data.images, { masks });
        for (const layer of [0, 2]) {
          const found = await model.activations(data.images, { layer, mode: 'train' });
          assertClose(found, expected[layer], TOLERANCE, `layer ${layer}`);
        }
      });
    });

    test(`${activation}: far from zero`, async () => {
      const values = [-1e4, -100, -88, -20, -1, -1e-4, -1e-8, 0, 1e-8, 1e-4, 1, 20, 88, 100, 1e4];
      await withModels({ input: 1, layers: [dense(1, { activation })] }, async (model) => {
        await model.setParameters({
          'layers.0.weight': Float32Array.of(1),
          'layers.0.bias': Float32Array.of(0),
        });
        const images = Float32Array.from(values);
        const found = await model.activations(images, { layer: 0 });
        const layers = [dense(1, { activation })];
        const parameters = { 'layers.0.weight': [1], 'layers.0.bias': [0] };
        const [expected] = forward({ input: 1, layers }, parameters, images);
        for (const [i, value] of expected.entries()) {
          const difference = Math.abs(found[i] - value);
          const allowed = 1e-6 * Math.abs(value) + 1e-37; // far tails may end at zero
          assert.ok(difference <= allowed, `${activation}(${values[i]}): ${found[i]} for ${value}`);
        }
      });
    });
  }
});

describe('gradients agree with finite differences in float64', () => {
  const relu = (units, options) => dense(units, { activation: 'relu', ...options });
  const networks = {
    ...Object.fromEntries(
      ACTIVATIONS.map((activation) => [
        `dense, ${activation}`,
        [dense(8, { activation }), dense(5, { activation }), dense(4)],
      ]),
    ),
    ...Object.fromEntries(
      ACTIVATIONS.map((activation) => [
        `the last layer ${activation}`,
        [relu(8), dense(4, { activation })],
      ]),
    ),
    'more units than classes': [relu(8), dense(6)],
    'a layer of one unit': [dense(1, { activation: 'tanh' }), dense(4)],
    'dropout first': [dropout(0.3), relu(8), dense(4)],
    'dropout last': [relu(8), dense(4), dropout(0.3)],
    'everything at once': [
      dropout(0.1),
      dense(8, { activation: 'selu', dropConnect: 0.3 }),
      dropout(0.4, { mask: 'batch', scaling: 'eval' }),
      dense(6, { activation: 'sigmoid' }),
      dropout(0.2),
      dropout(0.3, { scaling: 'none' }),
      dense(4, { dropConnect: { p: 0.2, scaling: 'none' } }),
    ],
  };
  for (const mask of ['element', 'batch']) {
    for (const scaling of ['train', 'eval', 'none']) {
      networks[`dropout, ${mask}, ${scaling}`] = [
        relu(8),
        dropout(0.4, { mask, scaling }),
        dense(6, { activation: 'tanh' }),
        dense(4),
      ];
    }
  }
  for (const scaling of ['train', 'eval', 'none']) {
    for (const place of [0, 1, 2]) {
      const options = (i) => (i === place ? { dropConnect: { p: 0.4, scaling } } : {});
      networks[`DropConnect in layer ${place}, ${scaling}`] = [
        relu(8, options(0)),
        dense(6, { activation: 'tanh', ...options(1) }),
        dense(4, options(2)),
      ];
    }
  }

  for (const [name, layers] of Object.entries(networks)) {
    test(name, async () => {
      await withModels(spec(layers), async (model) => {
        await awayFromZero(model);
        await assertGradients(model, spec(layers), data, TOLERANCE);
      });
    });
  }
});

describe('odd sizes', () => {
  const sizes = [
    { input: 1, hidden: 1, classes: 3, samples: 5, batchSize: 1 },
    { input: 1, hidden: 7, classes: 3, samples: 1, batchSize: 1 },
    { input: 3, hidden: 1, classes: 2, samples: 7, batchSize: 3 },
    { input: 5, hidden: 33, classes: 3, samples: 65, batchSize: 64 },
    { input: 17, hidden: 31, classes: 11, samples: 29, batchSize: 13 },
    { input: 4, hidden: 4, classes: 1, samples: 6, batchSize: 4 },
    { input: 2, hidden: 3, classes: 300, samples: 12, batchSize: 5 },
  ];
  for (const { input, hidden, classes, samples, batchSize } of sizes) {
    test(`${input}-${hidden}-${classes}, ${samples} rows by ${batchSize}`, async () => {
      const narrow = makeData({ samples, features: input, classes, seed: 4 });
      const labels = Uint16Array.from(narrow.labels, (label, i) => (label + 257 * i) % classes);
      const odd = { ...narrow, labels };
      const layers = [dense(hidden, { activation: 'tanh' }), dropout(0.3), dense(classes)];
      const network = { input, layers, seed: 2 };
      await withModels(network, async (model) => {
        const parameters = await valuesOf(model);
        const steps = Math.ceil(samples / batchSize);
        const still = { shuffle: false, batchSize, optimizer: { name: 'sgd', learningRate: 0 } };
        const losses = await stepLosses(model, odd, still, steps);
        for (const [step, loss] of losses.entries()) {
          const [start, end] = [step * batchSize, Math.min((step + 1) * batchSize, samples)];
          const batch = {
            images: odd.images.slice(start * input, end * input),
            labels: labels.slice(start, end),
          };
          const masks = { 1: await model.mask(1, { step, rows: end - start }) };
          const expected = trainingLoss(network, parameters, batch, masks);
          assertClose([loss], [expected], TOLERANCE, `loss of step ${step}`);
        }
        const logits = forward(network, parameters, odd.images).at(-1);
        const { probabilities } = await model.predict(odd.images);
        assertClose(probabilities, softmax(logits, classes), TOLERANCE, 'probabilities');
        await model.fit(odd, { batchSize, epochs: 2 });
        const { loss } = await model.evaluate(odd);
        assert.ok(Number.isFinite(loss));
      });
    });
  }
});

describe('evaluate agrees with rows counted one by one', () => {
  for (const [name, units, classes, samples] of [
    ['as many units as classes', 4, 4, 600],
    ['more units than classes: one column more', 6, 4, 600],
    ['many more', 40, 3, 300],
    ['two classes', 2, 2, 257],
    ['one class', 3, 1, 10],
  ]) {
    test(name, async () => {
      const set = makeData({ samples, classes, seed: 8 });
      const layers = [dense(9, { activation: 'tanh' }), dropout(0.5, { scaling: 'none' })];
      const network = { input: 7, layers: [...layers, dense(units)], seed: 8 };
      await withModels(network, async (model) => {
        await model.fit(set, { epochs: 2, optimizer: { name: 'adam', learningRate: 0.02 } });
        for (const evalScale of [1, 0.5, 7]) {
          const found = await model.evaluate(set, { evalScale });
          const options = { evalScale };
          const logits = forward(network, await valuesOf(model), set.images, options).at(-1);
          const expected = bruteReport(softmax(logits, units), set.labels, classes);
          for (const key of ['loss', 'accuracy', 'macroF1', 'ece', 'brier']) {
            assertClose([found[key]], [expected[key]], TOLERANCE, key);
          }
          assert.equal(found.samples, samples);
          assert.equal(found.confusion.length, classes * (classes + Number(units > classes)));
          assert.deepEqual(found.confusion, expected.confusion);
          for (const key of ['perClass', 'reliability']) {
            const flat = (list) => list.flatMap((one) => Object.values(one));
            assertClose(flat(found[key]), flat(expected[key]), TOLERANCE, key);
          }
        }
      });
    });
  }
});
