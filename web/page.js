/** Wiring only: settings, address, experiment, and the parts of the page that show them. */

import { readAddress, startAddress } from './address.js';
import { buildControls } from './controls.js';
import { Data } from './data.js';
import { find, show } from './dom.js';
import { startEnds } from './ends.js';
import { startFindings } from './findings.js';
import { startMasks } from './masks.js';
import { startOffline } from './offline.js';
import { Experiment } from './run.js';
import { Store, addressOf, defaultSettings, sentenceOf } from './state.js';
import { startStatus } from './status.js';
import { Valley } from './valley.js';
import { startView } from './view.js';

const { settings, problem } = readAddress();
const store = new Store(settings);
const data = new Data();
const valley = new Valley();
const experiment = new Experiment(data, (...trained) => valley.inspect(...trained));

startMasks();
buildControls(find('#controls'), store);
startView(experiment);
startFindings(experiment);
startEnds();
valley.follow(experiment);
startStatus(experiment, data, () => {
  experiment.play(store.settings);
  find('#run').scrollIntoView();
});
startAddress(store, problem, reportProblem);
store.follow(showSettings);
experiment.addEventListener('phase', () => showSettings(store.settings));

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

startOffline(data);

/** @param {import('./state.js').Settings} settings */
function showSettings(settings) {
  const sentence = sentenceOf(settings);
  show('sentence', `${sentence}.`);
  show('p', String(settings.p));
  if (experiment.phase === 'idle' && addressOf(settings) !== addressOf(defaultSettings())) {
    show('hero-status', `Trains ${sentence}. MNIST, 11 MB, is fetched on play.`);
  }
  const ran = experiment.settings;
  const stale = ran !== undefined && addressOf(ran) !== addressOf(settings);
  const place = find('#stale');
  place.hidden = !stale;
  if (stale) {
    place.textContent = experiment.busy
      ? `What is training is: ${sentenceOf(ran)}. Your change applies from the next play.`
      : `What stands below is: ${sentenceOf(ran)}. Press play to run your settings; finished runs stay in the list.`;
  }
  for (const ratio of document.querySelectorAll('[data-ratio]')) {
    const power = Number(/** @type {HTMLElement} */ (ratio).dataset.ratio);
    ratio.textContent = power === 0 ? '1' : ratioText((1 / (1 - settings.p)) ** power);
  }
}

/** @param {number} ratio */
function ratioText(ratio) {
  return Number.isFinite(ratio) ? String(Number(ratio.toPrecision(3))) : '∞';
}

/** @param {string} text empty: none */
function reportProblem(text) {
  const place = find('#problem');
  place.hidden = text === '';
  place.textContent = text;
}
