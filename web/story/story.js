/** The guided story above the laboratory: every step with its figure. */

import { startAgain } from './again.js';
import { startBatchStep } from './batch-step.js';
import { CLAIMS } from './claims.js';
import { startCloudStep } from './cloud-step.js';
import { startConnectStep } from './connect-step.js';
import { startCurveStep } from './curve-step.js';
import { startDifferenceStep } from './difference-step.js';
import { RATES, SIZES } from './differences.js';
import { startEnds } from './ends.js';
import { showEvidence } from './evidence.js';
import { startHeroMasks } from './hero-masks.js';
import { startMaskStep } from './mask-step.js';
import { startRuleStep } from './rule-step.js';

/**
 * @param {object} page
 * @param {import('../data.js').Data} page.data
 * @param {import('../run.js').Experiment} page.experiment
 * @param {import('./valley.js').Valley} page.valley
 * @param {import('../trained.js').Trained} page.trained
 * @param {import('../say.js').Say} page.say
 */
export function startStory({ data, experiment, valley, trained, say }) {
  startHeroMasks();
  startMaskStep(say);
  startBatchStep(say);
  startCloudStep(data, say);
  startCurveStep({ data, valley, trained, say });
  startRuleStep(valley, say);
  startConnectStep(say);
  startDifferenceStep('rates', RATES, experiment, say);
  startDifferenceStep('pays', SIZES, experiment, say);
  for (const [place, claims] of Object.entries(CLAIMS)) {
    for (const claim of claims) showEvidence(place, claim, experiment);
  }
  startEnds();
  startAgain(valley);
}
