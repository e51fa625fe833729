/** Charts and tables that follow the experiment, redrawn at most once a frame. */

import { find } from '../dom.js';
import { LiveChart } from './charts.js';
import { FIGURES, buildFigure } from './figures.js';
import { Legend } from './legend.js';
import { ReliabilityChart } from './reliability.js';
import { summarySentences } from './sentences.js';
import { binTable, curveTable, runTable, summaryTable, trainingTable } from './table.js';

/** @typedef {import('./figures.js').Figure} Figure */
/** @typedef {import('../curves.js').Curves} Curves */
/** @typedef {{ start: (curves: Curves) => void, update: (curves: Curves) => void, table: (curves: Curves) => HTMLElement }} Shown */

/** What is there before the first comparison: axes of two epochs. */
const EMPTY_GRID = [0, 2];

/** @param {import('../run.js').Experiment} experiment @param {import('../state.js').Store} store */
export function startView(experiment, store) {
  const legend = new Legend(find('#legend'));
  const figures = FIGURES.map((figure) => ({ figure, shown: place(figure, legend) }));
  legend.start([]);

  /** @type {Curves | undefined} */
  let comparison;
  const restart = () => {
    const { curves } = experiment;
    if (curves === undefined || curves === comparison) return;
    comparison = curves;
    legend.start(curves.variants);
    for (const { shown } of figures) shown.start(curves);
  };
  const showNumbers = () => {
    if (comparison === undefined) return;
    for (const { figure, shown } of figures) {
      find(`#${figure.id}-table`).replaceChildren(shown.table(comparison));
    }
  };
  let frame = 0;
  const drawSoon = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      if (comparison) for (const { shown } of figures) shown.update(comparison);
    });
  };
  experiment.addEventListener('phase', () => {
    restart();
    showNumbers();
    showResults(experiment, store);
    showProblem(experiment);
    drawSoon();
  });
  experiment.addEventListener('progress', drawSoon);
  experiment.addEventListener('run', () => {
    showNumbers();
    showResults(experiment, store);
    drawSoon();
  });
  store.follow(() => showResults(experiment, store)); // The baseline may be another one.
}

/** @param {Figure} figure @param {Legend} legend @returns {Shown} */
function place(figure, legend) {
  const { id, name, axis, metric } = figure;
  const tools = document.createElement('div');
  find('#charts').append(buildFigure(figure, tools));
  const container = find(`#${id}-chart`);
  if (axis === undefined || metric === undefined) {
    const chart = new ReliabilityChart(container, legend);
    tools.replaceWith(chart.zoom.tools);
    chart.start([]);
    return {
      start: ({ variants }) => chart.start(variants),
      update: (curves) =>
        chart.update(curves.variants.map((variant) => ({ variant, bins: curves.bins(variant) }))),
      table: binTable,
    };
  }
  const chart = new LiveChart(container, { name, ...axis }, legend);
  tools.replaceWith(chart.zoom.tools);
  chart.start([], EMPTY_GRID);
  const isTraining = metric === 'lossNoDropout';
  return {
    start: ({ variants, grid }) => chart.start(variants, grid),
    update: (curves) => chart.update(isTraining ? curves.trainingLines() : curves.lines(metric)),
    table: (curves) => (isTraining ? trainingTable(curves) : curveTable(curves, metric)),
  };
}

/** @param {import('../run.js').Experiment} experiment @param {import('../state.js').Store} store */
function showResults({ runs, settings, history }, store) {
  if (!settings) return;
  const { baseline } = store.settings;
  // What the reader chose since; a variant that did not run is compared with nothing.
  const isThere = baseline !== undefined && settings.variants.some((one) => one === baseline);
  const shown = { ...settings, baseline: isThere ? baseline : undefined };
  find('#summary').replaceChildren(summaryTable(runs, shown));
  find('#sentences').replaceChildren(...summarySentences(runs, shown));
  find('#run-list').replaceChildren(runTable(history));
  find('#runs').hidden = history.size === 0;
}

/** @param {import('../run.js').Experiment} experiment */
function showProblem({ error }) {
  const place = find('#problem');
  place.hidden = error === undefined;
  if (error) place.textContent = `${error.message.replace(/\.?$/, '.')} ${remedyFor(error)}`;
}

/** What to do, beside what went wrong. @param {Error & { code?: string }} error */
function remedyFor({ name, code }) {
  if (code === 'DIVERGED') return 'Choose a smaller learning rate and press play.';
  if (code === 'NO_MEMORY')
    return 'Close other tabs or choose fewer training images, then press play.';
  if (code === 'BAD_FILE')
    return 'Check the connection and press play: what has arrived is not fetched again.';
  if (code === 'ENGINE' || code === 'WORKER_LOST')
    return 'Finished runs are kept. Check the connection and press play; if the page was updated meanwhile, reload it: its address keeps your settings.';
  if (name === 'RangeError' || name === 'TypeError') return 'Change that setting and press play.';
  return 'Finished runs are kept. Press play to start again.';
}
