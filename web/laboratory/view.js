/** Charts and tables that follow the experiment, redrawn at most once a frame. */

import { LiveChart } from './charts.js';
import { find } from '../dom.js';
import { summarySentences } from './sentences.js';
import { curveTable, runTable, summaryTable } from './table.js';

/** Of an untrained network with ten classes: ln 10 = 2.30. */
const LOSS_RANGE = /** @type {[number, number]} */ ([0.2, 3]);
const F1_RANGE = /** @type {[number, number]} */ ([0.8, 1]);

/** @param {import('../run.js').Experiment} experiment */
export function startView(experiment) {
  const loss = new LiveChart(find('#loss-chart'), {
    unit: 'loss, nats',
    logarithmic: true,
    range: LOSS_RANGE,
    floors: [0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 1e-4, 1e-5, 1e-6],
    ceilings: [5, 10, 20, 50, 100, 1000],
  });
  const f1 = new LiveChart(find('#f1-chart'), {
    unit: 'macro F1',
    logarithmic: false,
    range: F1_RANGE,
    floors: [0.6, 0.4, 0],
    ceilings: [1],
  });
  let comparison = experiment.curves;
  const restart = () => {
    const { curves } = experiment;
    if (curves === undefined || curves === comparison) return;
    comparison = curves;
    loss.start(curves.variants, curves.grid);
    f1.start(curves.variants, curves.grid);
    showTables(experiment);
  };
  loss.start([], [0, 2]);
  f1.start([], [0, 2]);

  let frame = 0;
  const drawSoon = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      if (!comparison) return;
      loss.update(comparison.lossLines());
      f1.update(comparison.testLines('macroF1'));
    });
  };
  experiment.addEventListener('phase', () => {
    restart();
    showProblem(experiment);
    drawSoon();
  });
  experiment.addEventListener('progress', drawSoon);
  experiment.addEventListener('run', () => {
    showTables(experiment);
    drawSoon();
  });
}

/** @param {import('../run.js').Experiment} experiment */
function showTables({ runs, settings, curves, history }) {
  if (!settings || !curves) return;
  find('#summary').replaceChildren(summaryTable(runs, settings));
  find('#sentences').replaceChildren(...summarySentences(runs, settings));
  find('#run-list').replaceChildren(runTable(history));
  find('#runs').hidden = history.size === 0;
  find('#loss-table').replaceChildren(curveTable(curves, 'loss'));
  find('#f1-table').replaceChildren(curveTable(curves, 'macroF1'));
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
