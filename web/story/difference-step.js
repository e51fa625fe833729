/** Steps 7 and 8: recorded differences, those of this tab once they are run, and how to run them. */

import { differenceSentence, metricInfo } from '../../js/report.js';
import { pairedDifference } from '../../js/statistics.js';
import { element, find, table } from '../dom.js';
import { drawDifferences } from './difference-chart.js';
import { withFigures } from './evidence.js';
import { startGuess } from './guess.js';
import { RECORDED, remarkOn, runsIn } from './runs.js';

/** @typedef {import('./differences.js').Differences} Differences */
/** @typedef {import('./runs.js').Metric} Metric */

/**
 * @param {string} name of the step on the page
 * @param {Differences} what
 * @param {import('../run.js').Experiment} experiment
 * @param {import('../say.js').Say} say
 */
export function startDifferenceStep(name, what, experiment, say) {
  const figure = find(`#${name}-figure`);
  const plot = element('div', { class: 'differences-plot' });
  const scroll = element('div', { class: 'scroll stacked', tabIndex: 0, role: 'group' });
  scroll.setAttribute('aria-label', 'Differences and links to the runs');
  let metric = /** @type {Metric} */ ('accuracy');
  let revealed = false;
  const show = () => {
    const recorded = what.rows.map((row) => differenceOf(row, metric, RECORDED));
    const bars = what.rows.map(({ label, of }, i) => ({
      label,
      difference: revealed ? recorded[i] : undefined,
      text: revealed ? wordsOf(recorded[i], of) : '',
    }));
    const label = `Difference in ${metricInfo[metric].label}. The table below has its numbers.`;
    const drawing = { bars, ...what.axes[metric], sides: what.sides, variant: what.variant, label };
    plot.replaceChildren(drawDifferences(drawing, Math.max(280, plot.clientWidth)));
    scroll.replaceChildren(tableOf(what, metric, revealed, experiment.history));
  };
  const choice = metricChoice(name, Object.keys(what.axes), (chosen) => {
    metric = chosen;
    show();
  });
  figure.append(choice, plot, element('figcaption', {}, what.caption), scroll);
  new ResizeObserver(show).observe(figure);
  experiment.addEventListener('run', show);
  startGuess(`#${name}-guess`, say, () => {
    revealed = true;
    show();
  });
}

/** @param {string} name @param {string[]} metrics @param {(metric: Metric) => void} choose */
function metricChoice(name, metrics, choose) {
  const rows = metrics.map((metric, i) => {
    const id = `${name}-${metric}`;
    const radio = element('input', { type: 'radio', name: `${name}-metric`, value: metric, id });
    radio.checked = i === 0;
    radio.onchange = () => choose(/** @type {Metric} */ (metric));
    return element(
      'label',
      { class: 'choice', for: id },
      radio,
      metricInfo[/** @type {Metric} */ (metric)].label,
    );
  });
  return element(
    'fieldset',
    { class: 'controls inline' },
    element('legend', {}, 'Measure'),
    ...rows,
  );
}

/**
 * Over the seeds that both sides have.
 * @param {import('./differences.js').Row} row
 * @param {Metric} metric
 * @param {import('./runs.js').Runs} runs
 */
function differenceOf({ of, minus }, metric, runs) {
  const baseline = new Map(runsIn(minus, runs).map((run) => [run.seed, run]));
  const pairs = runsIn(of, runs).flatMap((run) => {
    const other = baseline.get(run.seed);
    return other ? [[run[metric], other[metric]]] : [];
  });
  if (pairs.length === 0) return undefined;
  const [values, others] = [0, 1].map((side) => pairs.map((pair) => pair[side]));
  return { ...pairedDifference(values, others), n: pairs.length };
}

/** @param {ReturnType<typeof differenceOf>} difference @param {string} link */
function wordsOf(difference, link) {
  return difference ? differenceSentence(difference) + remarkOn(difference.n, link) : '–';
}

/** @param {Differences} what @param {Metric} metric @param {boolean} revealed @param {import('./runs.js').Runs} history */
function tableOf({ rows }, metric, revealed, history) {
  return table({
    caption: `Difference in ${metricInfo[metric].label}, paired by seed, with its 95 % interval.`,
    head: ['', 'recorded', 'this tab', 'again'],
    rows: rows.map((row) => [
      row.label,
      revealed ? withFigures(wordsOf(differenceOf(row, metric, RECORDED), row.of)) : '?',
      withFigures(wordsOf(differenceOf(row, metric, history), row.of)),
      element('span', {}, ...linksOf(row)),
    ]),
    numbers: false,
  });
}

/** What must run for a row: one comparison, or two where they differ in more than the variant. @param {import('./differences.js').Row} row */
function linksOf({ again, of, minus }) {
  const run = element('a', { href: again }, 'Load these settings');
  return again === of ? [run, ', ', element('a', { href: minus }, 'those of its baseline')] : [run];
}
