/** Play, pause, stop, and in words how far the comparison is. */

import { formatDuration } from '../../js/report.js';
import { megabytes } from '../data.js';
import { find, show } from '../dom.js';

/** @typedef {import('../run.js').Experiment} Experiment */

/**
 * @param {Experiment} experiment
 * @param {import('../data.js').Data} data
 * @param {import('../say.js').Say} say
 * @param {() => void} play
 */
export function startStatus(experiment, data, say, play) {
  const update = () => {
    showButtons(experiment);
    showWords(experiment, data);
  };
  for (const button of document.querySelectorAll('[data-action="play"]')) {
    button.addEventListener('click', () => {
      if (experiment.phase === 'running') experiment.pause();
      else if (experiment.phase === 'paused') experiment.resume();
      else if (!experiment.busy) play();
    });
  }
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
  update();
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
    button.toggleAttribute('disabled', experiment.phase === 'loading');
  }
  find('[data-action="stop"]').disabled = !experiment.busy;
  find('#run').dataset.phase = experiment.phase;
}

/** @param {Experiment} experiment @param {import('../data.js').Data} data */
function showWords(experiment, data) {
  const words = phaseWords(experiment, data);
  show('status', words);
  if (experiment.phase !== 'idle') show('hero-status', words);
  show('pace', paceWords(experiment));
  const bar = find('#progress');
  const { loaded } = data;
  bar.value =
    experiment.phase === 'loading' && loaded
      ? loaded.loadedBytes / (loaded.totalBytes ?? Infinity)
      : experiment.fraction;
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
  const rate = Math.round(pace.samplesPerSecond).toLocaleString('en');
  const left = formatDuration(pace.etaMs);
  return phase === 'paused' ? `${left} left` : `${left} left, ${rate} images a second`;
}

/** @param {Experiment} experiment */
function finishedWords(experiment) {
  const { variant, seed } = experiment.runs[experiment.runs.length - 1];
  return `${variant}, seed ${seed} finished: ${experiment.runs.length} of ${totalRuns(experiment)} runs.`;
}
