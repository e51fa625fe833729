/** Play, pause, step, stop, and in words how far the comparison is. */

import { candidates, engineName } from '../../js/core/variants.js';
import { formatDuration, formatNumber } from '../../js/report.js';
import { megabytes } from '../data.js';
import { find, show } from '../dom.js';
import { count, isStale } from '../state.js';

/** @typedef {import('../run.js').Experiment} Experiment */
/** @typedef {{ play: () => void, step: () => void }} Actions */

/**
 * @param {object} page
 * @param {Experiment} page.experiment
 * @param {import('../data.js').Data} page.data
 * @param {import('../state.js').Store} page.store
 * @param {import('../say.js').Say} page.say
 * @param {Actions} actions
 */
export function startStatus({ experiment, data, store, say }, { play, step }) {
  const update = () => {
    showButtons(experiment);
    const isNew = !experiment.busy && isStale(experiment.settings, store.settings);
    if (isNew) showUnrun();
    else showWords(experiment, data);
  };
  for (const button of document.querySelectorAll('[data-action="play"]')) {
    button.addEventListener('click', () => {
      if (experiment.phase === 'running') experiment.pause();
      else if (experiment.phase === 'paused') experiment.resume();
      else if (!experiment.busy) play();
    });
  }
  find('[data-action="step"]').addEventListener('click', step);
  find('[data-action="stop"]').addEventListener('click', () => experiment.stop());
  experiment.addEventListener('phase', () => {
    update();
    say(`${phaseWords(experiment, data)}`);
  });
  experiment.addEventListener('progress', update);
  experiment.addEventListener('run', () => {
    update();
    say(`${finishedWords(experiment)}`);
  });
  data.addEventListener('progress', update);
  store.follow(update);
}

const PLAY_LABELS = {
  idle: 'Play',
  loading: 'Loading',
  running: 'Pause',
  paused: 'Resume',
  done: 'Play',
  stopped: 'Play',
  failed: 'Play',
};

/** @param {Experiment} experiment */
function showButtons(experiment) {
  for (const button of document.querySelectorAll('[data-action="play"]')) {
    button.textContent = PLAY_LABELS[experiment.phase];
    setDisabled(button, experiment.phase === 'loading');
  }
  setDisabled(find('[data-action="step"]'), experiment.phase === 'loading');
  setDisabled(find('[data-action="stop"]'), !experiment.busy);
  find('#run').dataset.phase = experiment.phase;
}

/** A button that loses its effect keeps the focus: `disabled` would drop it. @param {Element} button @param {boolean} disabled */
function setDisabled(button, disabled) {
  button.setAttribute('aria-disabled', String(disabled));
}

/** @param {Experiment} experiment @param {import('../data.js').Data} data */
function showWords(experiment, data) {
  const words = phaseWords(experiment, data);
  show('status', words);
  const failed = experiment.phase === 'failed';
  if (experiment.phase !== 'idle') {
    show('hero-status', failed ? `${words} The laboratory below says why.` : words);
  }
  show('pace', paceWords(experiment));
  show('engine', engineWords(experiment));
  const bar = find('#progress');
  const { loaded } = data;
  bar.value =
    experiment.phase === 'loading' && loaded
      ? loaded.loadedBytes / (loaded.totalBytes ?? Infinity)
      : experiment.fraction;
}

/** Of settings that differ from those which ran. */
function showUnrun() {
  const words = 'These settings: not run yet.';
  for (const key of ['status', 'hero-status']) show(key, words);
  for (const key of ['pace', 'engine']) show(key, '');
  find('#progress').value = 0;
}

const PHASE_WORDS = {
  running: 'Training',
  paused: 'Paused',
  done: 'Done',
  stopped: 'Stopped',
  failed: 'Failed',
};

/** @param {Experiment} experiment @param {import('../data.js').Data} data */
function phaseWords(experiment, { loaded }) {
  const { phase, runs } = experiment;
  if (phase === 'idle') return 'Nothing has run yet.';
  if (phase === 'loading') return loaded ? `Fetching MNIST: ${sizeOf(loaded)}` : 'Fetching MNIST';
  const all = totalRuns(experiment);
  if (all === 0) return `${PHASE_WORDS[phase]}.`;
  return `${PHASE_WORDS[phase]}. ${runs.length} of ${all} runs finished.`;
}

/** @param {Experiment} experiment */
function totalRuns({ settings }) {
  return settings ? settings.variants.length * settings.seeds.length : 0;
}

/** @param {import('../data.js').Loaded} loaded */
function sizeOf({ loadedBytes, totalBytes }) {
  const all = totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)}`;
  return `${megabytes(loadedBytes)}${all} MB`;
}

/** @param {Experiment} experiment */
function paceWords({ phase, pace }) {
  if (!pace || (phase !== 'running' && phase !== 'paused')) return '';
  if (phase === 'paused') {
    const { variant, seed, step, steps, batchLoss } = pace.latest;
    const at = `step ${step.toLocaleString('en')} of ${steps.toLocaleString('en')}`;
    return `${variant}, seed ${seed}: ${at}, loss of its batch ${formatNumber(batchLoss)}`;
  }
  const rate = Math.round(pace.samplesPerSecond).toLocaleString('en');
  return `${formatDuration(pace.etaMs)} left, ${rate} images per second`;
}

/** What computes, as soon as something does. @param {Experiment} experiment */
function engineWords({ phase, settings, runs }) {
  if (settings === undefined || phase === 'loading') return '';
  const { numerics, workers = navigator.hardwareConcurrency || 1 } = settings;
  const engine = runs.at(-1)?.engine ?? engineName(candidates(numerics)[0]);
  const all = settings.variants.length * settings.seeds.length;
  const atOnce = Math.min(workers, all);
  return `${engine}, numerics ${numerics}, ${count(atOnce, 'run')} at once`;
}

/** @param {Experiment} experiment */
function finishedWords(experiment) {
  const { variant, seed } = experiment.runs[experiment.runs.length - 1];
  return `${variant}, seed ${seed} finished: ${experiment.runs.length} of ${totalRuns(experiment)} runs.`;
}
