/** What a comparison came to, as tables for a terminal. */

import Table from 'cli-table3';

import { differenceSentence, formatMean, formatNumber, metricInfo } from '../report.js';
import { METRICS } from '../statistics.js';

/** @typedef {import('../statistics.js').Summary} Summary */
/** @typedef {import('../comparison/line.js').RunLine} RunLine */

/** Rules under the head alone, and no colours: a table that can be pasted anywhere. */
const PLAIN = {
  chars: Object.fromEntries(
    ['top', 'bottom', 'mid'].flatMap((side) =>
      ['', '-mid', '-left', '-right'].map((part) => [side + part, '']),
    ),
  ),
  style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
};

/** @param {string[]} head @param {string[][]} rows */
function table(head, rows) {
  const chars = {
    ...PLAIN.chars,
    left: '',
    'left-mid': '',
    right: '',
    'right-mid': '',
    middle: '',
  };
  const made = new Table({ ...PLAIN, chars, head });
  made.push(...rows);
  return `${made.toString().replace(/ +$/gm, '')}\n`;
}

/**
 * @param {Summary[]} summary
 * @param {string} baseline
 * @returns {string}
 */
export function summaryTables(summary, baseline) {
  const variants = [...new Set(summary.map(({ variant }) => variant))];
  const cell = (/** @type {string} */ variant, /** @type {string} */ metric) =>
    /** @type {Summary} */ (summary.find((s) => s.variant === variant && s.metric === metric));
  const counts = [...new Set(summary.map(({ n }) => n))];
  const seeds = `${counts.join(' or ')} seed${counts[0] === 1 ? '' : 's'}`;
  const means = table(
    ['', ...METRICS.map((metric) => metricInfo[metric].label)],
    variants.map((variant) => [
      variant,
      ...METRICS.map((metric) => {
        const { mean, interval } = cell(variant, metric);
        return formatMean(mean, interval);
      }),
    ]),
  );
  const title = `Test set, mean ± half of the 95 % interval, ${seeds}\n\n${means}`;
  const others = variants.filter((variant) => variant !== baseline);
  if (others.length === 0) return title;
  const differences = table(
    ['', '', 'difference and 95 % interval'],
    others.flatMap((variant) =>
      METRICS.map((metric, i) => {
        const { difference } = cell(variant, metric);
        const words = difference ? differenceSentence(difference) : 'no seed in common';
        return [i === 0 ? variant : '', metricInfo[metric].label, words];
      }),
    ),
  );
  return `${title}\nMinus ${baseline}, seed by seed\n\n${differences}`;
}

/**
 * @param {RunLine[]} runs
 * @returns {string} the weights hash of every run
 */
export function hashTable(runs) {
  return table(
    ['variant', 'seed', 'accuracy', 'SHA-256 of the weights'],
    runs.map(({ variant, seed, accuracy, weightsHash }) => [
      variant,
      String(seed),
      formatNumber(accuracy),
      weightsHash,
    ]),
  );
}
