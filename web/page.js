/** Wiring only: settings, address, experiment, and the parts of the page that show them. */

import { readAddress } from './address.js';
import { Data } from './data.js';
import { find, show } from './dom.js';
import { startEnds } from './ends.js';
import { startFindings } from './findings.js';
import { startLaboratory } from './laboratory/laboratory.js';
import { Models } from './laboratory/models.js';
import { startMasks } from './masks.js';
import { startOffline } from './offline.js';
import { Experiment } from './run.js';
import { startSaying } from './say.js';
import { startSections } from './sections.js';
import { Store } from './state.js';
import { Trained } from './trained.js';
import { Valley } from './valley.js';

const { settings, problem } = readAddress();
const store = new Store(settings);
const data = new Data();
const say = startSaying(find('#live'));
const valley = new Valley();
const trained = new Trained();
const models = new Models();
const experiment = new Experiment(data, async (...run) => {
  await Promise.all([valley.inspect(...run), trained.keep(...run), models.keep(...run)]);
});

startMasks();
startFindings(experiment);
startEnds();
valley.follow(experiment);
startLaboratory({ store, data, experiment, models, say, problem });
startSections({ trained, data, say });
store.follow(({ p }) => showRatios(p));

startOffline(data);

/** What the next layer meets in evaluation, over training, for each rule. @param {number} p */
function showRatios(p) {
  show('p', String(p));
  for (const ratio of document.querySelectorAll('[data-ratio]')) {
    const power = Number(/** @type {HTMLElement} */ (ratio).dataset.ratio);
    ratio.textContent = power === 0 ? '1' : ratioText((1 / (1 - p)) ** power);
  }
}

/** @param {number} ratio */
function ratioText(ratio) {
  return Number.isFinite(ratio) ? String(Number(ratio.toPrecision(3))) : '∞';
}
