/** Step 4: the guess, the training in front of the reader, and what it says while it goes on. */

import { formatDuration } from '../../js/report.js';
import { megabytes } from '../data.js';
import { element, find } from '../dom.js';
import { runCurve } from './curve-run.js';
import { startGuess } from './guess.js';

/** @typedef {import('../../js/index.js').FitProgress} FitProgress */

/**
 * @param {object} page
 * @param {import('../data.js').Data} page.data
 * @param {import('./valley.js').Valley} page.valley
 * @param {import('../trained.js').Trained} page.trained
 * @param {import('../say.js').Say} page.say
 */
export function startCurveStep({ data, valley, trained, say }) {
  const status = find('#valley-status');
  const stop = element('button', { type: 'button', class: 'plain', hidden: true }, 'Stop');
  stop.id = 'valley-stop';
  status.after(stop);
  let abort = new AbortController();
  stop.addEventListener('click', () => abort.abort(new DOMException('Stopped', 'AbortError')));
  const buttons = document.querySelectorAll('#valley-guess [data-reveal]');
  const busy = (/** @type {boolean} */ on) => {
    stop.hidden = !on;
    for (const button of buttons) button.toggleAttribute('disabled', on);
  };
  data.addEventListener('progress', () => {
    if (stop.hidden || !data.loaded) return;
    status.textContent = `Fetching MNIST: ${megabytes(data.loaded.loadedBytes)} MB.`;
  });

  const train = async () => {
    abort = new AbortController();
    const { signal } = abort;
    busy(true);
    try {
      status.textContent = 'Fetching MNIST.';
      const loaded = await data.load();
      signal.throwIfAborted();
      const curve = await runCurve(loaded, {
        signal,
        trained,
        progress: (told) => (status.textContent = progressWords(told)),
        glance: (points, told) => valley.glance(points, glanceWords(told)),
      });
      valley.take(curve, 'in front of you');
      status.textContent = 'Trained. Train it again: the hash of the weights stays the same.';
    } catch (error) {
      status.textContent = signal.aborted
        ? 'Stopped. Start again, or look at the recorded run.'
        : `It could not be trained: ${/** @type {Error} */ (error).message}. Press the button to try again.`;
      throw error;
    } finally {
      busy(false);
    }
  };
  const guess = startGuess('#valley-guess', say, async (how) => {
    if (how === 'train') await train();
    else valley.showRecorded();
    const factor = guess.value();
    valley.reveal(factor === undefined ? undefined : Number(factor));
  });
}

/** @param {FitProgress} progress */
function progressWords({ step, steps, etaMs, samplesPerSecond }) {
  const rate = Math.round(samplesPerSecond).toLocaleString('en');
  return `Training: ${Math.round((100 * step) / steps)} %, ${formatDuration(etaMs)} left, ${rate} images per second.`;
}

/** @param {FitProgress} progress */
function glanceWords({ step, steps }) {
  return `After ${step.toLocaleString('en')} of ${steps.toLocaleString('en')} steps, on 1,000 test images.`;
}
