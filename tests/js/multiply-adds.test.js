/**
 * What is never multiplied, by the core's own count: the zeros of MNIST's images, units that a mask
 * drops for a whole step, zeros of hidden gradients. And that no bit of a result knows of it.
 */

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { dense, dropout, loadMnist, variants } from '../../dist/index.js';
import { CoreModel, rowsOf } from './support-core.js';

const [ROWS, INPUTS, UNITS, CLASSES, STEPS] = [64, 784, 512, 10, 3];

const nonzeros = (values) => values.reduce((count, value) => count + Number(value !== 0), 0);

let train;
before(async () => {
  ({ train } = await loadMnist());
});

/** Batches of MNIST, one a step. @returns {object[]} */
const batches = (count = STEPS, rows = ROWS) =>
  Array.from({ length: count }, (_, step) => rowsOf(train, step * rows, rows));

/**
 * Multiply-adds of a step of the article's network.
 * @param {object} part
 * @param {number} part.pixels that are not zero, in all rows
 * @param {number} part.computed entries of the second layer's output that are computed
 * @param {number} part.learning entries of its gradient that are multiplied
 * @param {number} [part.passed] of its units, for the last layer
 * @param {number} part.classes 0 where the second layer is the last
 */
const stepMacs = ({ pixels, computed, learning, passed = UNITS, classes }) =>
  2 * pixels * UNITS + // forward, weights' gradient
  computed * UNITS + // forward
  2 * learning * UNITS + // inputs' and weights' gradients
  3 * ROWS * passed * classes;

describe('the first layer multiplies pixels that are not zero', () => {
  const units = 48;
  const spec = { input: INPUTS, layers: [dense(units), dense(CLASSES)], seed: 1 };
  const last = 3 * ROWS * units * CLASSES;
  const all = 2 * ROWS * INPUTS * units + last;

  test('forward and in the gradient of weights, each once', () =>
    CoreModel.with(spec, {}, (model) => {
      for (const data of batches(5)) {
        const [{ macs, dense: wholly }] = model.steps(data);
        const pixels = nonzeros(data.images);
        assert.ok(pixels < 0.3 * ROWS * INPUTS, 'MNIST is dark');
        assert.deepEqual([macs, wholly], [2 * pixels * units + last, all]);
      }
    }));

  test('all of them where none is zero', () =>
    CoreModel.with(spec, {}, (model) => {
      for (const data of batches()) {
        const images = Float32Array.from(data.images, (value) => (value + 1) / 256);
        const [{ macs, dense: wholly }] = model.steps({ ...data, images });
        assert.deepEqual([macs, wholly], [all, all]);
      }
    }));

  test('by lists up to one density, and without them from there on', async () => {
    const [rows, features, classes] = [4, 100, 2];
    const size = rows * features;
    const layers = [dense(units), dense(classes)];
    const roads = await CoreModel.with({ input: features, layers, seed: 1 }, {}, (model) =>
      Array.from({ length: size + 1 }, (_, count) => {
        // 37 and 400 have no common factor, so every entry has its turn.
        const images = new Float32Array(size);
        for (let i = 0; i < count; i++) images[(37 * i) % size] = (i % 9) / 9 + 0.1;
        const [{ macs }] = model.steps({
          images,
          labels: [0, 1, 0, 1],
          samples: rows,
          features,
          classes,
        });
        const first = (macs - 3 * rows * units * classes) / (2 * units);
        assert.ok(first === count || first === size, `${count} of ${size}: ${first}`);
        return first === count;
      }),
    );
    const listed = roads.indexOf(false);
    assert.ok(listed > 0.4 * size && listed < 0.95 * size, `lists end at ${listed} of ${size}`);
    assert.ok(roads.slice(listed, -1).every((isListed) => !isListed));
  });
});

describe('units that a mask drops for the whole step take no product anywhere', () => {
  for (const network of ['intended', 'printed']) {
    for (const variant of ['article', 'article-scaled']) {
      for (const p of [0, 0.25, 0.5, 1]) {
        test(`${variant} on ${network}, p ${p}`, () =>
          CoreModel.with({ ...variants[variant](network, p), seed: 3 }, {}, (model) => {
            for (const [step, data] of batches().entries()) {
              const kept = nonzeros(model.mask(2, step, 1));
              assert.ok(
                p % 1 === 0 ? kept === (1 - p) * UNITS : Math.abs(kept / UNITS - 1 + p) < 0.1,
              );
              const [{ macs }] = model.steps(data);
              const expected = stepMacs({
                pixels: nonzeros(data.images),
                computed: ROWS * kept,
                learning: ROWS * kept,
                passed: kept,
                classes: network === 'printed' ? 0 : CLASSES,
              });
              assert.equal(macs, expected, `step ${step}`);
            }
          }));
      }
    }
  }

  test('before it and behind it, on the data, the first layer, a hidden one and the last', () => {
    const [first, second] = [100, 70];
    const layers = [
      dropout(0.2, { mask: 'batch' }),
      dense(first, { activation: 'tanh' }),
      dropout(0.5, { mask: 'batch' }),
      dense(second, { activation: 'tanh' }),
      dropout(0.5, { mask: 'batch' }),
      dense(CLASSES),
    ];
    return CoreModel.with({ input: INPUTS, layers, seed: 3 }, {}, (model) => {
      for (const [step, data] of batches().entries()) {
        const masks = [0, 2, 4].map((layer) => model.mask(layer, step, 1));
        const [, a, b] = masks.map(nonzeros);
        assert.ok(a < first && b < second);
        const seen = data.images.filter((_, i) => masks[0][i % INPUTS]);
        // each of a layer's products has the sizes that are left: two of the first, three of others
        const expected = 2 * nonzeros(seen) * a + 3 * ROWS * a * b + 3 * ROWS * b * CLASSES;
        assert.equal(model.steps(data)[0].macs, expected, `step ${step}`);
      }
    });
  });

  test('with ReLU, only entries that are kept and positive learn', () =>
    CoreModel.with({ ...variants.article('relu'), seed: 3 }, {}, (model) => {
      for (const [step, data] of batches().entries()) {
        const kept = nonzeros(model.mask(2, step, 1));
        const learning = nonzeros(model.activations(data, 2, step));
        assert.ok(learning < 0.6 * ROWS * kept);
        const pixels = nonzeros(data.images);
        const [{ macs }] = model.steps(data);
        const counts = { pixels, computed: ROWS * kept, learning, passed: kept, classes: CLASSES };
        assert.equal(macs, stepMacs(counts));
      }
    }));
});

describe('zeros of a hidden gradient take no product', () => {
  // The share of entries that are neither dropped nor, behind ReLU, below zero.
  const shares = [
    ['intended', 'standard', 0.5],
    ['relu', 'standard', 0.25],
    ['relu', 'none', 0.5],
  ];
  for (const [network, variant, share] of shares) {
    test(`${variant} on ${network}`, () =>
      CoreModel.with({ ...variants[variant](network), seed: 3 }, {}, (model) => {
        for (const [step, data] of batches().entries()) {
          const masked = variant === 'none' ? 1 : 2;
          const learning = nonzeros(model.activations(data, masked, step));
          assert.ok(Math.abs(learning / (ROWS * UNITS) - share) < 0.1, `${learning} learn`);
          const pixels = nonzeros(data.images);
          const [{ macs }] = model.steps(data);
          const computed = ROWS * UNITS;
          assert.equal(macs, stepMacs({ pixels, computed, learning, classes: CLASSES }));
        }
      }));
  }
});

describe('what is skipped changes no bit', () => {
  /** Losses and parameters after a step on each batch. */
  const trained = (spec, optimizer, sets) =>
    CoreModel.with(spec, optimizer, (model) => {
      const steps = sets.map((data) => model.steps(data)[0]);
      return {
        macs: steps.map(({ macs }) => macs),
        losses: steps.map(({ loss }) => loss),
        parameters: model.parameters(),
      };
    });

  const optimizers = [{ name: 'sgd' }, { name: 'sgd', momentum: 0.9 }, { name: 'adam' }];
  for (const optimizer of optimizers) {
    const name = `${optimizer.name}, momentum ${optimizer.momentum ?? 0}`;

    // Times any weight or gradient of a training, 2^-149 rounds to zero: to the sums it is one, to
    // the lists it is none.
    test(`2^-149 for 0 takes the dense road to the same weights: ${name}`, async () => {
      const spec = { ...variants.standard('relu'), seed: 3 };
      const sparse = batches(6);
      const full = sparse.map((data) => ({
        ...data,
        images: Float32Array.from(data.images, (value) => (value ? value / 255 : 2 ** -149)),
      }));
      const [few, all] = [
        await trained(spec, optimizer, sparse),
        await trained(spec, optimizer, full),
      ];
      for (const [step, { images }] of sparse.entries()) {
        const zeros = images.length - nonzeros(images);
        assert.equal(all.macs[step] - few.macs[step], 2 * zeros * UNITS);
      }
      assert.deepEqual(few.losses, all.losses);
      assert.deepEqual(few.parameters, all.parameters);
    });

    // The first row of a batch has the numbers that a shared mask has.
    test(`on single rows a shared mask and a row's own give the same weights: ${name}`, async () => {
      const spec = (mask) => ({
        input: INPUTS,
        layers: [
          dropout(0.2, { mask }),
          dense(80, { activation: 'relu' }),
          dropout(0.3, { mask }),
          dense(48, { activation: 'tanh' }),
          dropout(0.5, { mask }),
          dense(33, { activation: 'tanh' }),
          dropout(0.5, { mask }),
          dense(CLASSES),
        ],
        seed: 3,
      });
      const rows = batches(30, 1);
      const [shared, own] = [
        await trained(spec('batch'), optimizer, rows),
        await trained(spec('element'), optimizer, rows),
      ];
      assert.ok(shared.macs.every((macs, step) => macs < own.macs[step]));
      assert.deepEqual(shared.losses, own.losses);
      assert.deepEqual(shared.parameters, own.parameters);
    });
  }
});
