import assert from 'node:assert/strict';
import { test } from 'node:test';

import { interval, mean, pairedDifference, sd, summarize, tQuantile } from '../../js/statistics.js';

/**
 * Two-sided 95 % points of Student's t for 1 to 30 degrees of freedom and 100, from the regularised
 * incomplete beta function at 40 digits (mpmath); to their three decimals those of printed tables.
 */
const T95 = [
  12.706204736, 4.3026527297, 3.1824463053, 2.7764451052, 2.5705818356, 2.4469118511, 2.3646242516,
  2.3060041352, 2.2621571628, 2.228138852, 2.2009851601, 2.1788128297, 2.1603686565, 2.1447866879,
  2.1314495456, 2.1199052992, 2.1098155778, 2.1009220402, 2.0930240544, 2.0859634473, 2.0796138447,
  2.0738730679, 2.0686576104, 2.0638985616, 2.0595385528, 2.0555294386, 2.0518305165, 2.0484071418,
  2.0452296421, 2.0422724563,
];

/** @param {number} actual @param {number} expected @param {number} tolerance */
const near = (actual, expected, tolerance) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

test("Student's t agrees with the tables to 1e-6 for 1 to 30 degrees of freedom and 100", () => {
  T95.forEach((expected, i) => near(tQuantile(0.95, i + 1), expected, 1e-6));
  near(tQuantile(0.95, 100), 1.9839715185, 1e-6);
  near(tQuantile(0.99, 9), 3.2498355416, 1e-6);
});

test('mean, sd (n - 1) and the t-interval of Student (1908), hours of sleep gained', () => {
  // Biometrika 6: the differences of ten patients; mean 1.58, t = 4.06 on 9 degrees of freedom.
  const differences = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
  near(mean(differences), 1.58, 1e-12);
  near(sd(differences), 1.229995, 1e-6);
  const [low, high] = interval(differences);
  near(low, 0.7001142, 1e-6);
  near(high, 2.4598858, 1e-6);
});

test('a paired difference is the interval of the differences', () => {
  const drug2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
  const drug1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
  const difference = pairedDifference(drug2, drug1);
  near(difference.mean, 1.58, 1e-12);
  near(difference.interval[0], 0.7001142, 1e-6);
});

test('one value has a mean and no interval', () => {
  assert.equal(mean([3]), 3);
  assert.deepEqual([sd([3]), ...interval([3])], [NaN, NaN, NaN]);
});

test('equal values have an interval of no width', () => {
  assert.deepEqual(interval([2, 2, 2]), [2, 2]);
});

/** @param {string} variant @param {number} seed @param {number} accuracy */
const run = (variant, seed, accuracy) => ({
  variant,
  seed,
  accuracy,
  macroF1: accuracy,
  loss: 1 - accuracy,
  ece: 0.1,
  brier: 0.2,
});

test('the summary pairs runs by seed, whatever their order, over the seeds both have', () => {
  const runs = [
    run('a', 1, 0.5),
    run('b', 2, 0.9),
    run('b', 1, 0.6),
    run('a', 2, 0.7),
    run('a', 3, 0),
  ];
  const summary = summarize(runs, 'a');
  assert.equal(summary.length, 10);
  const find = (variant) => summary.find((s) => s.variant === variant && s.metric === 'accuracy');
  assert.equal(find('a').n, 3);
  assert.equal(find('a').difference, undefined);
  assert.equal(find('b').n, 2);
  near(find('b').difference.mean, 0.15, 1e-12);
  const half = (12.706204736 * Math.SQRT1_2 * 0.1) / Math.SQRT2;
  near(find('b').difference.interval[0], 0.15 - half, 1e-8);
});

test('variants without a common seed have no difference', () => {
  const summary = summarize([run('a', 1, 0.5), run('b', 2, 0.9)], 'a');
  assert.ok(summary.every(({ difference }) => difference === undefined));
});

/** @param {string} variant @param {number} seed @param {number} p @param {number | number[]} learningRate @param {number} accuracy */
const at = (variant, seed, p, learningRate, accuracy) => ({
  ...run(variant, seed, accuracy),
  p,
  learningRate,
});

const GRID = [
  at('scaled', 1, 0.5, 0.01, 0.9),
  at('scaled', 1, 0.5, [0.02, 0.01], 0.8),
  at('unscaled', 1, 0.5, 0.01, 0.5),
  at('unscaled', 1, 0.5, [0.02, 0.01], 0.88),
  at('scaled', 2, 0.5, 0.01, 0.7),
  at('scaled', 2, 0.5, [0.02, 0.01], 0.6),
  at('unscaled', 2, 0.5, 0.01, 0.4),
  at('unscaled', 2, 0.5, [0.02, 0.01], 0.66),
];

test('a grid has a summary a cell, with p and rate where they vary', () => {
  const cells = summarize(GRID, 'scaled').filter(({ metric }) => metric === 'accuracy');
  assert.deepEqual(
    cells.map(({ variant, p, learningRate, n }) => [variant, p, learningRate, n]),
    [
      ['scaled', undefined, 0.01, 2],
      ['scaled', undefined, 0.02, 2],
      ['unscaled', undefined, 0.01, 2],
      ['unscaled', undefined, 0.02, 2],
    ],
  );
  assert.ok(!('p' in cells[0]));
  // By hand, against scaled at 0.01 (0.9 and 0.7).
  const means = [undefined, -0.1, (0.5 - 0.9 + 0.4 - 0.7) / 2, (0.88 - 0.9 + 0.66 - 0.7) / 2];
  means.forEach((expected, i) => {
    if (expected === undefined) assert.equal(cells[i].difference, undefined);
    else near(cells[i].difference.mean, expected, 1e-12);
  });
  // unscaled 0.02: differences -0.02 and -0.04, half 12.706 x 0.01.
  near(cells[3].difference.interval[0], -0.03 - 0.12706204736, 1e-8);
});

test('a baseline may be any cell: unscaled at twice the rate as against scaled', () => {
  const summary = summarize(GRID, 'unscaled rate 0.02');
  const accuracy = summary.filter(({ metric }) => metric === 'accuracy');
  assert.equal(accuracy[3].difference, undefined);
  near(accuracy[0].difference.mean, 0.03, 1e-12);
});

test('none has no p, so it is one cell beside several p', () => {
  const runs = [at('none', 1, 0.2, 1, 0.5), at('b', 1, 0.2, 1, 0.6), at('b', 1, 0.5, 1, 0.8)];
  const accuracy = summarize(runs, 'none').filter(({ metric }) => metric === 'accuracy');
  assert.deepEqual(
    accuracy.map(({ variant, p, learningRate }) => [variant, p, learningRate]),
    [
      ['none', undefined, undefined],
      ['b', 0.2, undefined],
      ['b', 0.5, undefined],
    ],
  );
  near(accuracy[2].difference.mean, 0.3, 1e-12);
});
