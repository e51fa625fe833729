/** Masks, shuffles and initial weights are the NumPy twin's, which follows the published Philox. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { dense, dropout, dropoutMask, gaussianDropout } from '../../dist/index.js';
import { createModel } from './support-build.js';
import { HERE, assertClose, stepLosses, withModels } from './support-models.js';
import { philox, shuffle } from './support-twin.js';

const goldens = JSON.parse(
  readFileSync(new URL('../fixtures/goldens.json', import.meta.url), 'utf8'),
);

const sha256 = (array) =>
  createHash('sha256')
    .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    .digest('hex');

const describePlace = (place) =>
  ['seed', 'p', 'shape', 'mask', 'step', 'pass', 'firstRow', 'index', 'n', 'epoch']
    .filter((key) => place[key] !== undefined)
    .map((key) => `${key} ${[place[key]].flat().join('x')}`)
    .join(', ');

function assertMask(mask, golden) {
  assert.deepEqual([...mask.subarray(0, golden.first.length)], golden.first, describePlace(golden));
  assert.equal(sha256(mask), golden.sha256, describePlace(golden));
}

/** A layer that draws: what stands behind it has index 1. */
const before = (index) => (index === 0 ? [] : [dropout(0.25)]);

describe('pytorch#2976, #25690: masks are the same on every device', () => {
  const shapes = [...new Set(goldens.masks.map(({ shape }) => String(shape)))];
  assert.equal(goldens.masks.length, 288);

  for (const shape of shapes) {
    test(`dropout ${shape}: dropoutMask and a model's mask()`, async () => {
      for (const golden of goldens.masks.filter((one) => String(one.shape) === shape)) {
        const { seed, p, mask, step, index } = golden;
        const [rows, columns] = golden.shape;
        if (index === 0) {
          assertMask(await dropoutMask(p, [rows, columns], { mask, seed, step }), golden);
        }
        const layers = [...before(index), dropout(p, { mask }), dense(1)];
        await withModels({ input: columns, layers, seed }, async (model) => {
          assertMask(await model.mask(index, { step, rows }), golden);
        });
      }
    });
  }

  test('DropConnect, one draw a step', async () => {
    const drawn = goldens.dropConnectMasks.filter(({ mask }) => mask === 'batch');
    assert.ok(drawn.length >= 12);
    for (const golden of drawn) {
      const { seed, p, step, index } = golden;
      const [units, input] = golden.shape;
      const layers = [...before(index), dense(units, { dropConnect: p })];
      await withModels({ input, layers, seed }, async (model) => {
        assertMask(await model.mask(index, { step }), golden);
      });
    }
  });

  test('DropConnect, a draw a row', async () => {
    const drawn = goldens.dropConnectMasks.filter(({ mask }) => mask === 'element');
    assert.equal(drawn.length, 8);
    for (const golden of drawn) {
      const { seed, p, mask, step, index } = golden;
      const [rows, units, input] = golden.shape;
      const layers = [...before(index), dense(units, { dropConnect: { p, mask } })];
      await withModels({ input, layers, seed }, async (model) => {
        assertMask(await model.mask(index, { step, rows }), golden);
      });
    }
  });

  test('factors of Gaussian dropout', async () => {
    assert.equal(goldens.gaussianFactors.length, 16);
    for (const golden of goldens.gaussianFactors) {
      const { seed, p, step, index, data } = golden;
      const [rows, columns] = golden.shape;
      const layers = [...before(index), gaussianDropout(p), dense(1)];
      await withModels({ input: columns, layers, seed }, async (model) => {
        const factors = await model.mask(index, { step, rows });
        assert.ok(factors instanceof Float32Array);
        assertClose(factors, data, 4e-6 * Math.sqrt(p / (1 - p)), describePlace(golden));
      });
    }
  });

  test('MC passes: what a pass adds to the sum over passes, on ones, is its mask', async () => {
    assert.equal(goldens.passMasks.length, 24);
    for (const golden of goldens.passMasks) {
      const { seed, p, mask, pass, firstRow, index } = golden;
      const [rows, columns] = golden.shape;
      const layers = [...before(index), dropout(p, { mask, scaling: 'none' }), dense(1)];
      await withModels({ input: columns, layers, seed }, async (model) => {
        const ones = new Float32Array(rows * columns).fill(1);
        const sums = async (passes) => {
          if (passes === 0) return new Float32Array(ones.length);
          const { mean } = await model.moments(ones, { layer: index, passes, firstRow });
          return mean.map((value) => Math.round(value * passes));
        };
        const [until, with_] = [await sums(pass), await sums(pass + 1)];
        assertMask(
          Uint8Array.from(with_, (value, i) => value - until[i]),
          golden,
        );
      });
    }
  });

  test('in a worker', async () => {
    const golden = goldens.masks.find(({ index, step }) => index === 1 && step === 1000);
    const { seed, p, mask, step } = golden;
    const [rows, columns] = golden.shape;
    const layers = [...before(1), dropout(p, { mask }), dense(1)];
    const use = async (model) => assertMask(await model.mask(1, { step, rows }), golden);
    await withModels({ input: columns, layers, seed }, use, { worker: true });
  });
});

test("the article's two matrices come from the seeds 1 and 27", async () => {
  const [units, weights] = goldens.article;
  const printed = [
    { ...units, seed: 1, mask: 'batch', matrix: [0, 2, 3, 0, 5, 6] },
    { ...weights, seed: 27, mask: 'element', matrix: [1, 2, 0, 0, 5, 6] },
  ];
  for (const { p, shape, mask, seed, kept, matrix } of printed) {
    assert.equal(p, 0.5);
    const drawn = await dropoutMask(p, shape, { mask, seed });
    assert.deepEqual([...drawn], kept.flat());
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6].map((value, i) => value * drawn[i]),
      matrix,
    );
  }
});

test('seed 0 and step 0 by default, one draw an entry', async () => {
  const asked = await dropoutMask(0.5, [3, 7], { mask: 'element', seed: 0, step: 0 });
  assert.deepEqual(await dropoutMask(0.5, [3, 7]), asked);
});

describe('tfjs#7104, #316: initial weights follow the seed', () => {
  /** Dense layer `index` of shape [units, input], behind as many others as it takes. */
  function specOf({ seed, index, shape: [units, input] }, activation) {
    const widths = [1, 1, input].slice(3 - index);
    const layers = widths.map((width) => dense(width));
    return {
      input: index === 0 ? input : 1,
      layers: [...layers, dense(units, { activation })],
      seed,
    };
  }

  test('uniform weights and biases, bit for bit', async () => {
    assert.equal(goldens.initialUniform.length, 48);
    for (const golden of goldens.initialUniform) {
      await withModels(specOf(golden, 'linear'), async (model) => {
        const parameters = await model.parameters();
        for (const kind of ['weight', 'bias']) {
          const { data } = parameters[`layers.${golden.index}.${kind}`];
          const { first } = golden[kind];
          assert.deepEqual(data.subarray(0, first.length), Float32Array.from(first));
          assert.equal(sha256(data), golden[kind].sha256, describePlace(golden));
        }
      });
    }
  });

  test('normal weights and zero biases for selu', async () => {
    assert.equal(goldens.initialNormal.length, 48);
    for (const golden of goldens.initialNormal) {
      await withModels(specOf(golden, 'selu'), async (model) => {
        const parameters = await model.parameters();
        const { data, shape } = parameters[`layers.${golden.index}.weight`];
        assert.deepEqual(shape, golden.shape);
        const { first } = golden.weight;
        const tolerance = 4e-6 / Math.sqrt(shape[1]);
        assertClose(data.subarray(0, first.length), first, tolerance, describePlace(golden));
        const bias = parameters[`layers.${golden.index}.bias`].data;
        assert.deepEqual(bias, new Float32Array(shape[0]));
      });
    }
  });
});

describe('the order of rows is the twin of NumPy', () => {
  test('the twin here has the published vectors and the golden orders', () => {
    for (const { key, counter, answer } of goldens.philox) {
      assert.deepEqual(philox(key, counter), answer);
    }
    for (const { seed, n, epoch, first, sha256: hash } of goldens.shuffles) {
      const order = shuffle(seed, epoch, n);
      assert.deepEqual([...order.subarray(0, first.length)], first);
      assert.equal(sha256(order), hash);
    }
  });

  /** Row i has the loss log(1 + exp(i / n)), so losses tell rows. */
  function told(n) {
    const images = Float32Array.from({ length: n }, (_, i) => i / n);
    return { images, labels: new Uint8Array(n), samples: n, features: 1, classes: 2 };
  }
  const still = { optimizer: { name: 'sgd', learningRate: 0 } };

  async function teller(seed) {
    const model = await createModel({ input: 1, layers: [dense(2)], seed }, HERE);
    await model.setParameters({
      'layers.0.weight': Float32Array.of(0, 1),
      'layers.0.bias': new Float32Array(2),
    });
    return model;
  }
  const lossOf = (x) => Math.log1p(Math.exp(x));

  for (const seed of [...new Set(goldens.shuffles.map((golden) => golden.seed))]) {
    test(`row by row, seed ${seed}, epochs 0, 1 and 7`, async () => {
      for (const n of [1, 2, 5, 1000]) {
        const model = await teller(seed);
        const data = told(n);
        for (const epoch of [0, 1, 7]) {
          const skipped = epoch - (await model.info()).epoch;
          if (skipped > 0) await model.fit(data, { ...still, epochs: skipped });
          const losses = await stepLosses(model, data, { ...still, batchSize: 1 }, n);
          const order = shuffle(seed, epoch, n);
          const rows = losses.map((loss) => Math.round(n * Math.log(Math.expm1(loss))));
          assert.deepEqual(rows, [...order], `n ${n}, epoch ${epoch}`);
        }
        await model.dispose();
      }
    });
  }

  test('60,000 rows, batch by batch', async () => {
    const [n, batchSize] = [60_000, 600];
    const model = await teller(1);
    const losses = await stepLosses(model, told(n), { ...still, batchSize }, n / batchSize);
    const order = shuffle(1, 0, n);
    const expected = losses.map((_, batch) => {
      const rows = order.subarray(batch * batchSize, (batch + 1) * batchSize);
      return rows.reduce((sum, row) => sum + lossOf(row / n), 0) / batchSize;
    });
    assertClose(losses, expected, 2e-6, 'batch losses');
    await model.dispose();
  });

  test('without shuffle rows come as they stand', async () => {
    const model = await teller(1);
    const losses = await stepLosses(model, told(5), { ...still, batchSize: 1, shuffle: false }, 5);
    assertClose(
      losses,
      [0, 1, 2, 3, 4].map((row) => lossOf(row / 5)),
      1e-6,
      'losses',
    );
    await model.dispose();
  });
});
