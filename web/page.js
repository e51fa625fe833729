/** Wiring only: settings, address, experiment, and the parts of the page that show them. */

import './language.js';
import { readAddress } from './address.js';
import { Data } from './data.js';
import { find } from './dom.js';
import { startLaboratory } from './laboratory/laboratory.js';
import { Models } from './laboratory/models.js';
import { startOffline } from './offline.js';
import { Experiment } from './run.js';
import { startSaying } from './say.js';
import { startSections } from './sections.js';
import { Store } from './state.js';
import { startStory } from './story/story.js';
import { Valley } from './story/valley.js';
import { Trained } from './trained.js';

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

valley.follow(experiment);
startStory({ data, experiment, valley, trained, say });
startLaboratory({ store, data, experiment, models, say, problem });
startSections({ trained, data, say });

startOffline(data);
performance.mark('usable'); // all of it answers
