/** Means over seeds, and how far they can be trusted. */

import { cellName, cellsOf, findCell } from './comparison/cells.js';

/**
 * @param {readonly number[]} values at least one
 * @returns {number}
 */
export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * @param {readonly number[]} values
 * @returns {number} the sample standard deviation (n - 1); NaN for fewer than two values
 */
export function sd(values) {
  if (values.length < 2) return NaN;
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * P(|T| <= t) of Student's distribution: finite sums in theta = atan(t / sqrt(df)), exact for whole
 * degrees of freedom (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4).
 * @param {number} theta
 * @param {number} df a positive integer
 */
function centralProbability(theta, df) {
  const odd = df % 2;
  const cos2 = Math.cos(theta) ** 2;
  let term = odd ? Math.cos(theta) : 1;
  let sum = df === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < df; k += 2) {
    term *= ((k - 1) / k) * cos2;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
}

/**
 * Student's t such that |T| <= t with the given probability: 12.706 for one degree of freedom and
 * 0.95. By bisection on theta, so that no start can fail.
 * @param {number} probability in (0, 1), two-sided
 * @param {number} df degrees of freedom, a positive integer
 * @returns {number}
 */
export function tQuantile(probability, df) {
  let low = 0;
  let high = Math.PI / 2;
  // A double has 53 bits: more halvings change nothing.
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (centralProbability(middle, df) < probability) low = middle;
    else high = middle;
  }
  return Math.sqrt(df) * Math.tan((low + high) / 2);
}

/**
 * @param {readonly number[]} values
 * @param {number} [confidence] 0.95
 * @returns {[number, number]} the t-interval of the mean; NaN for fewer than two values
 */
export function interval(values, confidence = 0.95) {
  if (values.length < 2) return [NaN, NaN];
  const centre = mean(values);
  const half = (tQuantile(confidence, values.length - 1) * sd(values)) / Math.sqrt(values.length);
  return [centre - half, centre + half];
}

/**
 * The mean difference of values that belong together in pairs (the same seed), with its interval:
 * what the seeds have in common cancels.
 * @param {readonly number[]} values
 * @param {readonly number[]} baseline as long, pair by pair
 * @returns {{ mean: number, interval: [number, number] }}
 */
export function pairedDifference(values, baseline) {
  const differences = values.map((value, i) => value - baseline[i]);
  return { mean: mean(differences), interval: interval(differences) };
}

/** The figures of a run that are compared, all of the test set. */
export const METRICS = Object.freeze(
  /** @type {const} */ (['accuracy', 'macroF1', 'loss', 'ece', 'brier']),
);

/** @typedef {(typeof METRICS)[number]} Metric */
/** @typedef {{ variant: string, seed: number, p?: number, learningRate?: number | number[] } & Record<Metric, number>} Scored */

/**
 * @typedef {object} Summary
 * @property {string} variant its key
 * @property {number} [p] where runs differ in it and the variant has one
 * @property {number} [learningRate] where runs differ in it; of a schedule the first epoch's
 * @property {Metric} metric what is summed up
 * @property {number} n runs
 * @property {number} mean over the runs
 * @property {number} sd NaN for one run, as is the interval
 * @property {[number, number]} interval 95 %
 * @property {{ mean: number, interval: [number, number] }} [difference] from the baseline, paired
 *   over the seeds that both have; absent for the baseline itself
 */

/**
 * @param {readonly Scored[]} runs
 * @param {string} baseline a variant, for the first of its cells, or a cell by its name
 * @returns {Summary[]} cell by cell in their first order, metric by metric
 */
export function summarize(runs, baseline) {
  const cells = cellsOf(runs);
  const names = cells.map(cellName);
  const base = findCell(cells, baseline);
  /** @param {string} name */
  const bySeed = (name) =>
    new Map(runs.filter((_, i) => names[i] === name).map((run) => [run.seed, run]));
  const baseRuns = bySeed(base);
  return [...new Set(names)].flatMap((name) => {
    const own = bySeed(name);
    const common = [...own.keys()].filter((seed) => baseRuns.has(seed));
    return METRICS.map((metric) => {
      /** @param {Map<number, Scored>} runs @param {Iterable<number>} seeds */
      const column = (runs, seeds) =>
        Array.from(seeds, (seed) => /** @type {Scored} */ (runs.get(seed))[metric]);
      const values = column(own, own.keys());
      return {
        ...cells[names.indexOf(name)],
        metric,
        n: values.length,
        mean: mean(values),
        sd: sd(values),
        interval: interval(values),
        ...(name !== base &&
          common.length > 0 && {
            difference: pairedDifference(column(own, common), column(baseRuns, common)),
          }),
      };
    });
  });
}
