/** What the table of results says, in words. */

import { isShown, metricInfo } from '../js/report.js';
import { summarize } from '../js/statistics.js';
import { element } from './dom.js';
import { SHOWN } from './table.js';

/** @typedef {import('../js/statistics.js').Summary} Summary */

/**
 * @param {import('../js/comparison/line.js').RunLine[]} runs
 * @param {import('./state.js').Settings} settings
 * @returns {HTMLElement[]} a paragraph a variant, against the first
 */
export function summarySentences(runs, { variants, seeds }) {
  const [baseline, ...others] = variants;
  const summary = summarize(runs, baseline);
  const figures = (/** @type {string} */ variant) =>
    SHOWN.map((metric) => summary.find((row) => row.variant === variant && row.metric === metric));
  const base = figures(baseline);
  const told = others.flatMap((variant) => {
    const rows = figures(variant).filter((row) => row?.difference !== undefined);
    if (rows.some((row) => isShown(differenceOf(row)) === undefined) || rows.length === 0)
      return [];
    const parts = rows.map((row, i) => partOf(row, base[i]));
    return [
      element(
        'p',
        {},
        element('strong', {}, variant),
        ` against ${baseline}: ${parts.join('; ')}.`,
      ),
    ];
  });
  if (seeds.length === 1 && runs.length > 0 && others.length > 0) {
    return [
      element(
        'p',
        {},
        'One seed shows no interval, so no difference can be told from chance. Choose more seeds.',
      ),
    ];
  }
  return told;
}

/** @param {Summary | undefined} row @param {Summary | undefined} base */
function partOf(row, base) {
  const { mean } = differenceOf(row);
  const label = row && metricInfo[row.metric].label;
  if (!isShown(differenceOf(row)) || !base) return `no difference shown in ${label}`;
  const share = Math.abs((100 * mean) / base.mean);
  return `${label} ${Number(share.toPrecision(2))} % ${mean < 0 ? 'lower' : 'higher'}`;
}

/** @param {Summary | undefined} row */
function differenceOf(row) {
  if (row?.difference === undefined) throw new Error('a baseline has no difference from itself');
  return row.difference;
}
