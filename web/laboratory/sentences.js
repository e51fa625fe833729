/** What the table of results says, in words. */

import { isShown, metricInfo } from '../../js/report.js';
import { summarize } from '../../js/statistics.js';
import { element } from '../dom.js';
import { baselineOf } from '../state.js';
import { SHOWN } from './table.js';

/** @typedef {import('../../js/statistics.js').Summary} Summary */

/**
 * @param {import('../../js/comparison/line.js').RunLine[]} runs
 * @param {import('../state.js').Settings} settings
 * @returns {HTMLElement[]} a paragraph a variant, against the baseline
 */
export function summarySentences(runs, settings) {
  const { variants, seeds } = settings;
  const baseline = baselineOf(settings);
  const others = variants.filter((variant) => variant !== baseline);
  const summary = summarize(runs, baseline);
  const figures = (/** @type {string} */ variant) =>
    SHOWN.map((metric) => summary.find((row) => row.variant === variant && row.metric === metric));
  const base = figures(baseline);
  const told = others.flatMap((variant) => {
    const rows = figures(variant).filter((row) => row?.difference !== undefined);
    if (rows.some((row) => isShown(differenceOf(row)) === undefined) || rows.length === 0)
      return [];
    const seen = rows.flatMap((row, i) => partOf(row, base[i]));
    const unseen = rows.filter((row) => !isShown(differenceOf(row))).map(labelOf);
    if (unseen.length > 0) seen.push(`no difference shown in ${listOf(unseen)}`);
    return [
      element('p', {}, element('strong', {}, variant), ` against ${baseline}: ${seen.join('; ')}.`),
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

/**
 * How much lower or higher, as a share of the baseline's mean; nothing where chance explains it.
 * @param {Summary | undefined} row
 * @param {Summary | undefined} base
 * @returns {string[]}
 */
function partOf(row, base) {
  const difference = differenceOf(row);
  if (!isShown(difference) || base === undefined) return [];
  const ratio = 1 + difference.mean / base.mean;
  if (ratio > 2) return [`${labelOf(row)} ${twoDigits(ratio)} times as high`];
  const share = twoDigits(Math.abs(100 * (ratio - 1)));
  return [`${labelOf(row)} ${share} % ${ratio < 1 ? 'lower' : 'higher'}`];
}

/** @param {number} value */
function twoDigits(value) {
  return Number(value.toPrecision(2));
}

/** @param {Summary | undefined} row */
function labelOf(row) {
  return row ? metricInfo[row.metric].label : '';
}

/** @param {string[]} words */
function listOf(words) {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** @param {Summary | undefined} row */
function differenceOf(row) {
  if (row?.difference === undefined) throw new Error('a baseline has no difference from itself');
  return row.difference;
}
