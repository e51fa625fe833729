/** Mean and variance of what each kind of dropout gives while training, over 10,000 draws, and its rule
 *  in evaluation. That ten thousand steps give the mean too is in dropout-scaling.test.js. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { alphaDropout, dense, dropout, gaussianDropout } from '../../dist/index.js';
import { factors } from './reference.js';
import { assertClose, generator, withModels } from './support-models.js';

const PS = [0.1, 0.2, 0.5, 0.9];
const SCALINGS = ['train', 'eval', 'none'];
const MASKS = ['element', 'batch'];
/** Units are draws, and rows or steps. */
const [UNITS, TIMES] = [100, 100];
const DRAWS = UNITS * TIMES;
const STANDARD_ERRORS = 5;

const rules = MASKS.flatMap((mask) => SCALINGS.map((scaling) => ({ mask, scaling })));

/** @typedef {{ mean: number, variance: number, fourth: number }} Law `fourth`: central moment */

/** One of two values. @returns {Law} */
function twoValues(p, dropped, kept) {
  const mean = p * dropped + (1 - p) * kept;
  const central = (power) => p * (dropped - mean) ** power + (1 - p) * (kept - mean) ** power;
  return { mean, variance: central(2), fourth: central(4) };
}

/** A sum of independent numbers: cumulants add, the fourth is fourth - 3 variance^2. @param {Law[]} laws */
function sumOf(laws) {
  const add = (value) => laws.reduce((sum, law) => sum + value(law), 0);
  const variance = add((law) => law.variance);
  const fourth = add((law) => law.fourth - 3 * law.variance ** 2) + 3 * variance ** 2;
  return { mean: add((law) => law.mean), variance, fourth };
}

/** @param {number[]} values independent @param {Law} law @param {string} what */
function assertLaw(values, { mean, variance, fourth }, what) {
  const n = values.length;
  const average = (array) => array.reduce((a, b) => a + b, 0) / n;
  const rounding = 1e-6 * (1 + Math.abs(mean) + variance);
  const forMean = STANDARD_ERRORS * Math.sqrt(variance / n) + rounding;
  assertClose([average(values)], [mean], forMean, `mean of ${what}`);
  const squares = values.map((value) => (value - mean) ** 2);
  const error = Math.sqrt(Math.max(0, fourth - variance ** 2) / n);
  const forVariance = STANDARD_ERRORS * error + rounding;
  assertClose([average(squares)], [variance], forVariance, `variance of ${what}`);
}

/** What a layer gives in training: rows of one call, or one row a step where rows share a mask. */
async function drawn(model, layer, row, isShared) {
  const rows = isShared ? 1 : TIMES;
  const images = new Float32Array(rows * row.length);
  for (let r = 0; r < rows; r++) images.set(row, r * row.length);
  const values = [];
  for (let step = 0; values.length < DRAWS; step++) {
    values.push(...(await model.activations(images, { layer, mode: 'train', step })));
  }
  return values;
}

describe('dropout', () => {
  for (const { mask, scaling } of rules) {
    for (const p of PS) {
      test(`${mask}, ${scaling}, p ${p}`, async () => {
        const layers = [dropout(p, { mask, scaling }), dense(1)];
        await withModels({ input: UNITS, layers, seed: 5 }, async (model) => {
          const row = new Float32Array(UNITS).fill(-1.5);
          const factor = factors(p, scaling);
          const values = await drawn(model, 0, row, mask === 'batch');
          assertLaw(values, twoValues(p, 0, -1.5 * factor.train), 'values');
          const evaluated = await model.activations(row, { layer: 0 });
          assertClose(evaluated, new Array(UNITS).fill(-1.5 * factor.eval), 1e-6, 'evaluation');
          if (factor.eval === 1) assert.deepEqual(evaluated, row);
        });
      });
    }
  }
});

describe('DropConnect', () => {
  const row = Float32Array.of(0.5, -1, 2, 0.25, 0, 1.5, -0.75);
  const weight = Float32Array.of(1, 0.5, -0.25, 2, 3, -1, 0.125);
  const bias = 0.375;
  const products = Array.from(row, (value, i) => value * weight[i]);
  const whole = products.reduce((a, b) => a + b, 0);

  for (const { mask, scaling } of rules) {
    for (const p of PS) {
      test(`${mask}, ${scaling}, p ${p}`, async () => {
        const layers = [dense(UNITS, { dropConnect: { p, mask, scaling } })];
        await withModels({ input: row.length, layers, seed: 5 }, async (model) => {
          const weights = Float32Array.from({ length: UNITS * row.length }, (_, i) =>
            weight.at(i % row.length),
          );
          const biases = new Float32Array(UNITS).fill(bias);
          await model.setParameters({ 'layers.0.weight': weights, 'layers.0.bias': biases });
          const factor = factors(p, scaling);
          const terms = products.map((product) => twoValues(p, 0, product * factor.train));
          const constant = { mean: bias, variance: 0, fourth: 0 };
          const values = await drawn(model, 0, row, mask === 'batch');
          assertLaw(values, sumOf([...terms, constant]), 'pre-activations');
          const evaluated = await model.activations(row, { layer: 0 });
          const expected = new Array(UNITS).fill(factor.eval * whole + bias);
          assertClose(evaluated, expected, 1e-6, 'evaluation');
        });
      });
    }
  }
});

for (const p of PS) {
  test(`gaussian, p ${p}: mean x, variance x^2 p / keep`, async () => {
    const layers = [gaussianDropout(p), dense(1)];
    await withModels({ input: UNITS, layers, seed: 5 }, async (model) => {
      const row = new Float32Array(UNITS).fill(-1.5);
      const variance = (1.5 ** 2 * p) / (1 - p);
      const values = await drawn(model, 0, row, false);
      assertLaw(values, { mean: -1.5, variance, fourth: 3 * variance ** 2 }, 'values');
      assert.deepEqual(await model.activations(row, { layer: 0 }), row, 'evaluation');
    });
  });
}

describe('alpha', () => {
  /** -lambda alpha of SELU: Klambauer et al. 2017. */
  const FLOOR = -1.7580993408473766;

  for (const p of PS) {
    const keep = 1 - p;
    const a = (keep + FLOOR ** 2 * keep * p) ** -0.5;
    const b = -a * p * FLOOR;
    const layers = [alphaDropout(p), dense(1)];
    const spec = { input: UNITS, layers, seed: 5 };

    test(`p ${p}: x of mean 0 and variance 1 keep both`, async () => {
      await withModels(spec, async (model) => {
        const next = generator(3);
        const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
        const images = Float32Array.from({ length: DRAWS }, normal);
        const values = await model.activations(images, { layer: 0, mode: 'train' });
        // E y^4 of y = a x + b where x is kept, a FLOOR + b where it is not.
        const ofKept = 3 * a ** 4 + 6 * a ** 2 * b ** 2 + b ** 4;
        const fourth = keep * ofKept + p * (a * FLOOR + b) ** 4;
        assertLaw([...values], { mean: 0, variance: 1, fourth }, 'values');
        assert.deepEqual(await model.activations(images, { layer: 0 }), images, 'evaluation');
      });
    });

    test(`p ${p}: the mean given x lies on the line a keep x`, async () => {
      await withModels(spec, async (model) => {
        for (const x of [-3, -1.7580993, -0.5, 0, 1, 4]) {
          const values = await drawn(model, 0, new Float32Array(UNITS).fill(x), false);
          const law = twoValues(p, a * FLOOR + b, a * x + b);
          assert.ok(Math.abs(law.mean - a * keep * x) < 1e-12, 'the formula, by hand');
          assertLaw(values, law, `values of x = ${x}`);
        }
      });
    });
  }
});
