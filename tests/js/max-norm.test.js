/** Max-norm (Srivastava et al. 2014): after each step a unit's incoming weights are scaled back to norm
 *  <= c. A model without it, put on the same weights before every step, says what the step alone gives. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { alphaDropout, dense, dropout, gaussianDropout } from '../../dist/index.js';
import { createModel } from './support-build.js';
import { HERE, assertClose, makeData, valuesOf, withModels } from './support-models.js';

const STEPS = 6;
/** A scaled weight: float32 roundings of the norm, the quotient and the product. */
const SCALED = 4e-7;

/** Norms of the rows of a weight [units, inputs], float64. */
function norms(weight, units) {
  const inputs = weight.length / units;
  return Array.from({ length: units }, (_, o) =>
    Math.hypot(...weight.subarray(o * inputs, (o + 1) * inputs)),
  );
}

/** Scales rows whose norm is above the limit. @returns {{ rows: number[][], isAbove: boolean[] }} */
function limited(weight, units, limit) {
  const inputs = weight.length / units;
  const sizes = norms(weight, units);
  return {
    isAbove: sizes.map((norm) => norm > limit),
    rows: sizes.map((norm, o) => {
      const row = Array.from(weight.subarray(o * inputs, (o + 1) * inputs));
      return norm > limit ? row.map((w) => (w * limit) / norm) : row;
    }),
  };
}

/**
 * Steps of both models in turn, each from the weights of the one with max-norm.
 * @returns {Promise<{ above: number, below: number }>} units that were scaled, and those that were not
 */
async function follow(layers, data, optimizer, { batchSize = data.samples, steps = STEPS } = {}) {
  const dense = layers.filter(({ type }) => type === 'dense');
  const free = layers.map(({ maxNorm: _, ...layer }) => layer);
  const specs = [layers, free].map((list) => ({ input: data.features, layers: list, seed: 3 }));
  const counts = { above: 0, below: 0 };
  await withModels(specs, async (model, plain) => {
    for (let step = 0; step < steps; step++) {
      await plain.setParameters(await model.parameters());
      const options =
        step === 0
          ? { batchSize, epochs: steps, optimizer, maxSteps: 1 }
          : { resume: true, maxSteps: 1 };
      for (const each of [plain, model]) await each.fit(data, options);
      const [found, wanted] = [await valuesOf(model), await valuesOf(plain)];
      for (const [i, { units, maxNorm = Infinity }] of dense.entries()) {
        const what = `layer ${i}, step ${step}`;
        assert.deepEqual(found[`layers.${i}.bias`], wanted[`layers.${i}.bias`], `bias of ${what}`);
        const weight = found[`layers.${i}.weight`];
        const { rows, isAbove } = limited(wanted[`layers.${i}.weight`], units, maxNorm);
        for (const [o, norm] of norms(weight, units).entries()) {
          const row = weight.subarray(o * rows[o].length, (o + 1) * rows[o].length);
          assert.ok(norm <= maxNorm * (1 + 1e-6), `norm of unit ${o}, ${what}: ${norm}`);
          if (isAbove[o]) assertClose(row, rows[o], SCALED * maxNorm, `unit ${o}, ${what}`);
          else assert.deepEqual([...row], rows[o], `unit ${o} untouched, ${what}`);
          if (maxNorm < Infinity) counts[isAbove[o] ? 'above' : 'below']++;
        }
      }
    }
  });
  return counts;
}

const SGD = { name: 'sgd', learningRate: 0.5 };
const OPTIMIZERS = [
  SGD,
  { name: 'sgd', learningRate: 0.2, momentum: 0.9, weightDecay: 0.01 },
  { name: 'sgd', learningRate: 0.2, momentum: 0.9, nesterov: true },
  { name: 'adam', learningRate: 0.05 },
  { name: 'adamw', learningRate: 0.05 },
];
const relu = (units, options) => dense(units, { activation: 'relu', ...options });

describe('norms stay within the limit after every step, and what is below stays as the step left it', () => {
  const data = makeData({ samples: 30, features: 7 });
  const networks = {
    'the first layer': [relu(12, { maxNorm: 0.6 }), dense(4)],
    'a later layer': [relu(12), relu(9, { maxNorm: 0.6 }), dense(4)],
    'the last': [relu(12), dense(4, { maxNorm: 0.577 })],
    'all, behind dropout': [
      dropout(0.2),
      relu(12, { maxNorm: 0.6 }),
      dropout(0.5),
      dense(4, { maxNorm: 0.7 }),
    ],
    'all, one mask a batch': [
      dropout(0.3, { mask: 'batch' }),
      relu(12, { maxNorm: 0.6 }),
      dropout(0.5, { mask: 'batch' }),
      relu(9, { maxNorm: 0.6 }),
      dropout(0.5, { mask: 'batch', scaling: 'none' }),
      dense(4, { maxNorm: 0.7 }),
    ],
    'Gaussian and alpha dropout': [
      gaussianDropout(0.2),
      dense(12, { activation: 'selu', maxNorm: 0.9 }),
      alphaDropout(0.2),
      dense(4, { maxNorm: 0.9 }),
    ],
    'DropConnect: raw weights, not masked ones': [
      relu(12, { maxNorm: 0.6, dropConnect: 0.4 }),
      dense(4, { maxNorm: 0.7, dropConnect: { p: 0.4, mask: 'element' } }),
    ],
  };
  for (const [name, layers] of Object.entries(networks)) {
    for (const optimizer of OPTIMIZERS) {
      test(`${name}: ${JSON.stringify(optimizer)}`, async () => {
        for (const batchSize of [30, 7]) {
          const { above, below } = await follow(layers, data, optimizer, { batchSize });
          assert.ok(above > 0 && below > 0, `${above} scaled, ${below} not`);
        }
      });
    }
  }
});

describe('every size has its rows', () => {
  const SIZES = [1, 3, 31, 33, 100];
  for (const features of SIZES) {
    test(`${features} inputs`, async () => {
      const data = makeData({ samples: 20, features, seed: features });
      let scaled = 0;
      for (const units of SIZES) {
        // Initial norms are about 1 / sqrt(3), whatever the size.
        const limit = { maxNorm: 0.577 };
        const layers = [
          relu(units, limit),
          dropout(0.3, { mask: 'batch' }),
          relu(features, limit),
          dense(4, limit),
        ];
        for (const optimizer of [SGD, OPTIMIZERS[3]]) {
          scaled += (await follow(layers, data, optimizer, { steps: 3 })).above;
        }
      }
      assert.ok(scaled > 50, `${scaled}`);
    });
  }

  test('the same with images that are mostly black', async () => {
    const data = makeData({ samples: 20, features: 100, bytes: true, seed: 2 });
    data.images.forEach((_, i) => {
      if (i % 7 !== 0) data.images[i] = 0;
    });
    for (const optimizer of OPTIMIZERS) {
      const layers = [relu(33, { maxNorm: 0.577 }), dropout(0.5), dense(4)];
      const { above, below } = await follow(layers, data, optimizer);
      assert.ok(above > 0 && below > 0);
    }
  });
});

describe('extremes', () => {
  const black = { ...makeData({ samples: 3 }), images: new Float32Array(21) };
  const layers = [dense(3, { maxNorm: 3 }), dense(4)];

  test('zero rows stay zero, tiny ones as they are, enormous ones come back', async () => {
    await withModels({ input: 7, layers, seed: 1 }, async (model) => {
      const weight = new Float32Array(21);
      weight.fill(1e-30, 7, 14);
      weight.fill(1e18, 14);
      await model.setParameters({ 'layers.0.weight': weight });
      await model.fit(black, { optimizer: 'sgd', batchSize: 3 });
      const found = (await valuesOf(model))['layers.0.weight'];
      assert.deepEqual(found.subarray(0, 14), weight.subarray(0, 14));
      assertClose([norms(found, 3)[2]], [3], 3e-6, 'norm');
    });
  });

  test('a norm whose square is no float32 is no NaN', async () => {
    await withModels({ input: 7, layers, seed: 1 }, async (model) => {
      await model.setParameters({ 'layers.0.weight': new Float32Array(21).fill(1e25) });
      await model.fit(black, { optimizer: 'sgd', batchSize: 3 });
      const found = (await valuesOf(model))['layers.0.weight'];
      assert.ok(norms(found, 3).every((norm) => Math.abs(norm - 3) <= 3e-6));
    });
  });

  test('a limit nobody reaches is bit for bit none', async () => {
    const data = makeData({});
    const make = (options) => ({
      input: 7,
      layers: [relu(9, options), dense(4, options)],
      seed: 1,
    });
    await withModels([make({ maxNorm: 1e6 }), make({})], async (limit, none) => {
      for (const model of [limit, none]) await model.fit(data, { epochs: 3, batchSize: 6 });
      assert.equal(await limit.hash(), await none.hash());
    });
  });

  test('initial weights wait for the first step', async () => {
    const make = (options) => ({ input: 7, layers: [dense(9, options), dense(4)], seed: 1 });
    await withModels([make({ maxNorm: 0.01 }), make({})], async (limit, none) => {
      assert.equal(await limit.hash(), await none.hash());
      const { images } = makeData({});
      assert.deepEqual(await limit.predict(images), await none.predict(images));
    });
  });
});

describe('maxNorm is a finite number above 0', () => {
  for (const maxNorm of [0, -1, NaN, Infinity, -Infinity, '3', null, true, [3], 3n]) {
    const shown = typeof maxNorm === 'string' ? `"${maxNorm}"` : `${maxNorm}`;
    test(`${typeof maxNorm} ${shown}`, async () => {
      const name = typeof maxNorm === 'number' ? 'RangeError' : 'TypeError';
      const error = (start) => ({ name, message: new RegExp(`^${start}maxNorm .*got .*${shown}`) });
      assert.throws(() => dense(3, { maxNorm }), error(''));
      const wrong = [dense(2), { type: 'dense', units: 3, maxNorm }];
      await assert.rejects(
        createModel({ input: 2, layers: wrong }, HERE),
        error('layers\\[1\\]\\.'),
      );
    });
  }

  test('and part of the layer, plain as JSON', () => {
    const layer = dense(3, { maxNorm: 2.5 });
    assert.equal(layer.maxNorm, 2.5);
    assert.deepEqual(JSON.parse(JSON.stringify(layer)), layer);
    assert.ok(!('maxNorm' in dense(3)));
  });
});
