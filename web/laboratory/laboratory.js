/** The laboratory: its controls, its charts and tables, and what stands between settings and runs. */

import { startAddress } from '../address.js';
import { find, show } from '../dom.js';
import { addressOf, defaultSettings, isStale, sentenceOf } from '../state.js';
import { buildControls } from './controls.js';
import { buildPresets } from './presets.js';
import { startStatus } from './status.js';
import { startTakeAway } from './take-away.js';
import { startView } from './view.js';

/**
 * @param {object} page
 * @param {import('../state.js').Store} page.store
 * @param {import('../data.js').Data} page.data
 * @param {import('../run.js').Experiment} page.experiment
 * @param {import('../say.js').Say} page.say
 * @param {import('./models.js').Models} page.models
 * @param {string} page.problem of the address
 */
export function startLaboratory({ store, data, experiment, models, say, problem }) {
  buildPresets(find('#presets'), store);
  buildControls(find('#controls'), store);
  startView(experiment, store);
  const step = () => experiment.step(store.settings);
  const begin = unlessFaulty(say, step);
  startStatus(
    { experiment, data, store, say },
    {
      play: unlessFaulty(say, () => {
        experiment.play(store.settings);
        find('#run').scrollIntoView();
      }),
      step: () => (experiment.busy ? step() : begin()), // What is under way has its own settings.
    },
  );
  startTakeAway({ experiment, models, store, say });
  startAddress(store, problem, reportProblem);
  const update = () => showSettings(store.settings, experiment);
  store.follow(update);
  experiment.addEventListener('phase', update);

  // Two columns have room for the settings; one column shows them on demand.
  find('#settings').open = matchMedia('(min-width: 960px)').matches;

  // MNIST is fetched early for a reader who comes near the laboratory, never before.
  new IntersectionObserver((entries, observer) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    data.load().catch(() => {
      // Play tries again, and says what is wrong.
    });
  }).observe(find('#laboratory'));
}

/** A field that says what is wrong with it is not left out of a run in silence. @param {import('../say.js').Say} say @param {() => void} act */
const unlessFaulty = (say, act) => () => {
  const box = find('#controls').querySelector('[aria-invalid="true"]');
  if (!box) return act();
  find('#settings').open = true;
  box.focus();
  say('Not started: a setting is not valid.');
};

/** @param {import('../state.js').Settings} settings @param {import('../run.js').Experiment} experiment */
function showSettings(settings, { phase, busy, settings: ran }) {
  const sentence = sentenceOf(settings);
  show('sentence', `${sentence}.`);
  if (phase === 'idle' && addressOf(settings) !== addressOf(defaultSettings())) {
    show('hero-status', `Trains ${sentence}. MNIST, 11\u00a0MB, is fetched on play.`);
  }
  const place = find('#stale');
  place.hidden = !isStale(ran, settings);
  if (ran && !place.hidden) {
    place.textContent = busy
      ? `What is training is: ${sentenceOf(ran)}. Your change applies from the next play.`
      : `The results below are from: ${sentenceOf(ran)}. Press play to run your settings; finished runs stay in the list.`;
  }
}

/** @param {string} text empty: none */
function reportProblem(text) {
  const place = find('#problem');
  place.hidden = text === '';
  place.textContent = text;
}
