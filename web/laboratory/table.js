/** The results as tables: a row a variant, a row a run, and the charts' own numbers. */

import {
  differenceSentence,
  formatMean,
  formatNumber,
  isShown,
  metricInfo,
} from '../../js/report.js';
import { summarize } from '../../js/statistics.js';
import { element, table } from '../dom.js';
import { nameWithSwatch } from '../looks.js';
import { baselineOf } from '../state.js';

/** The figures the article leaves out stand beside the one it gives. */
export const SHOWN = /** @type {const} */ (['macroF1', 'loss', 'ece']);

/**
 * @param {any[]} runs finished ones
 * @param {import('../state.js').Settings} settings of the comparison
 */
export function summaryTable(runs, settings) {
  const { variants, seeds } = settings;
  const baseline = baselineOf(settings);
  const summary = summarize(runs, baseline);
  const done = (/** @type {string} */ variant) =>
    runs.filter((run) => run.variant === variant).length;
  const rows = variants.map((variant) => [
    nameWithSwatch(variant),
    ...SHOWN.map((metric) =>
      cell(
        summary.find((row) => row.variant === variant && row.metric === metric),
        baseline,
      ),
    ),
    `${done(variant)} of ${seeds.length}`,
  ]);
  return table({
    caption:
      `Means over seeds on the 10,000 test images, ± half of the 95 % t-interval. Below each: the ` +
      `difference from ${baseline}, paired by seed, with its interval.`,
    head: ['', ...SHOWN.map((metric) => metricInfo[metric].label), 'seeds'],
    rows,
  });
}

/** @param {import('../../js/statistics.js').Summary | undefined} figures @param {string} baseline */
function cell(figures, baseline) {
  if (figures === undefined) return '–';
  const { mean, interval, difference, variant } = figures;
  const lines = [element('span', { class: 'mean' }, formatMean(mean, interval))];
  if (variant !== baseline && difference && isShown(difference) !== undefined) {
    // 'no difference shown: ...': the words on a line, the figures unbroken on the next.
    const parts = differenceSentence(difference).split(': ');
    const spans = parts.map((part) => element('span', {}, part));
    lines.push(element('span', { class: 'difference' }, ...spans));
  }
  return element('div', {}, ...lines);
}

/** Newest first. @param {Map<string, any>} runs by the address that repeats them */
export function runTable(runs) {
  const rows = [...runs]
    .reverse()
    .map(([address, run]) => [
      nameWithSwatch(run.variant),
      String(run.seed),
      ...SHOWN.map((metric) => formatNumber(run[metric])),
      perSecond(run),
      element('code', { title: run.weightsHash }, run.weightsHash),
      element('a', { href: address }, 'these settings'),
    ]);
  return table({
    caption:
      'The hash is SHA-256 over the trained weights. Equal settings and seed give equal hashes, in any browser and in Node.',
    head: [
      'variant',
      'seed',
      ...SHOWN.map((metric) => metricInfo[metric].label),
      'images / s',
      'weights hash',
      'again',
    ],
    rows,
    numbers: false,
  });
}

/** @param {any} run */
function perSecond(run) {
  return Math.round(run.trainSize / run.secondsPerEpoch).toLocaleString('en');
}

/**
 * The numbers behind a chart, a row an epoch that it shows.
 * @param {import('../curves.js').Curves} curves
 * @param {'loss' | 'macroF1' | 'ece'} metric
 */
export function curveTable(curves, metric) {
  const columns = curves.means(metric);
  return table({
    caption: `${metricInfo[metric].label} on the test images, mean over the seeds that have finished the epoch.`,
    head: ['epoch', ...curves.variants],
    rows: curves.tested.map((epoch, i) => [
      String(epoch),
      ...columns.map((values) => formatNumber(values[i])),
    ]),
  });
}

/** With dropout and without, side by side. @param {import('../curves.js').Curves} curves */
export function trainingTable(curves) {
  const [off, on] = [curves.means('lossNoDropout'), curves.batchMeans()];
  return table({
    caption:
      'Training loss in nats, mean over seeds. On: the batches of the epoch, dropout on. Off: the first 10,000 training images, or all, after it, dropout off.',
    head: ['epoch', ...curves.variants.flatMap((name) => [`${name}, on`, `${name}, off`])],
    rows: curves.tested.map((epoch, i) => [
      String(epoch),
      ...curves.variants.flatMap((_, k) => [formatNumber(on[k][i]), formatNumber(off[k][i])]),
    ]),
  });
}

/** The bins of the reliability diagram. @param {import('../curves.js').Curves} curves */
export function binTable(curves) {
  const columns = curves.variants.map((variant) => curves.bins(variant));
  const bins = Math.max(0, ...columns.map(({ length }) => length));
  return table({
    caption:
      'Accuracy among the test images by the probability of the digit that wins, and how many images of all seeds these are; after the last finished epoch of each run.',
    head: ['how sure', ...curves.variants],
    rows: Array.from({ length: bins }, (_, k) => [
      `${(k / bins).toFixed(2)} to ${((k + 1) / bins).toFixed(2)}`,
      ...columns.map((column) => {
        const { count = 0, accuracy = NaN } = column[k] ?? {};
        return count === 0 ? '–' : `${formatNumber(accuracy)} (${count.toLocaleString('en')})`;
      }),
    ]),
  });
}
