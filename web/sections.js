/** The sections that ask a trained model: one choice of model and of test image for all of them. */

import { startDigit } from './digit/digit.js';
import { Chosen } from './inside/chosen.js';
import { startInside } from './inside/inside.js';
import { OwnTraining } from './model-choice.js';

/**
 * @typedef {object} Shared
 * @property {import('./trained.js').Trained} trained
 * @property {OwnTraining} own
 * @property {import('./data.js').Data} data
 * @property {Chosen} chosen
 * @property {import('./say.js').Say} say
 */

/** @param {Omit<Shared, 'own' | 'chosen'>} page */
export function startSections({ trained, data, say }) {
  const shared = { trained, data, say, own: new OwnTraining(trained, data), chosen: new Chosen() };
  startInside(shared);
  startDigit(shared);
}
