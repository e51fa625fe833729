/** What a comparison came to, as tables for a terminal. */

import Table from 'cli-table3';

import { cellName, cellsOf, findCell } from '../comparison/cells.js';
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
 * @param {string} baseline a variant, or a cell's name
 * @returns {string}
 */
export function summaryTables(summary, baseline) {
  const names = [...new Set(summary.map(cellName))];
  const base = findCell(summary, baseline);
  const figures = (/** @type {string} */ name, /** @type {string} */ metric) =>
    /** @type {Summary} */ (summary.find((s) => cellName(s) === name && s.metric === metric));
  const counts = [...new Set(summary.map(({ n }) => n))];
  const seeds = `${counts.join(' or ')} seed${counts[0] === 1 ? '' : 's'}`;
  const means = table(
    ['', ...METRICS.map((metric) => metricInfo[metric].label)],
    names.map((name) => [
      name,
      ...METRICS.map((metric) => {
        const { mean, interval } = figures(name, metric);
        return formatMean(mean, interval);
      }),
    ]),
  );
  const title = `Test set, mean ± half of the 95 % interval, ${seeds}\n\n${means}`;
  const others = names.filter((name) => name !== base);
  if (others.length === 0) return title;
  const differences = table(
    ['', '', 'difference and 95 % interval'],
    others.flatMap((name) =>
      METRICS.map((metric, i) => {
        const { difference } = figures(name, metric);
        const words = difference ? differenceSentence(difference) : 'no seed in common';
        return [i === 0 ? name : '', metricInfo[metric].label, words];
      }),
    ),
  );
  return `${title}\nMinus ${base}, seed by seed\n\n${differences}`;
}

/**
 * @param {Record<import('../statistics.js').Metric | 'samples', number>} report on the test set
 * @param {string} hash of the weights
 * @returns {string} one model's figures, with as many digits as 10,000 images tell apart
 */
export function reportTable(report, hash) {
  const rows = METRICS.map((metric) => [metricInfo[metric].label, report[metric].toFixed(4)]);
  const title = `Test set, ${report.samples} images\n\n`;
  return `${title}${table([], rows)}\nSHA-256 of the weights ${hash}\n`;
}

/**
 * @param {RunLine[]} runs
 * @returns {string} the weights hash of every run
 */
export function hashTable(runs) {
  const names = cellsOf(runs).map(cellName);
  return table(
    ['variant', 'seed', 'accuracy', 'SHA-256 of the weights'],
    runs.map(({ seed, accuracy, weightsHash }, i) => [
      names[i],
      String(seed),
      formatNumber(accuracy),
      weightsHash,
    ]),
  );
}
