/** What is asked of predictions with masks on, and what is said of them. */

import {
  DEFAULTS,
  LIMITS,
  checkBoolean,
  checkInteger,
  checkKeys,
  checkSignal,
  show,
} from './options.js';

/**
 * @typedef {object} PassOptions
 * @property {number} [passes] 1 to 2^32 - 1: masks, of which pass t is the same in every call. Left
 *   out, `predict` evaluates once, masks off; `moments` makes 100
 * @property {boolean} [sharedMask] false: true draws one mask a pass for all rows, which gives smooth
 *   curves over inputs; in `predict` only with `passes`
 * @property {number} [firstRow] 0: the number of the first row, where these rows are a part of a larger
 *   input (its last row at most 2^32 - 1): masks are then those of the whole, and so are the draws of
 *   Gaussian inference, in `predict` without `passes` too
 * @property {AbortSignal} [signal] ends the call between two slices of some milliseconds
 */

/**
 * MC dropout (Gal, Ghahramani 2016).
 * @typedef {object} McPrediction
 * @property {Uint16Array} labels [rows], the largest mean probability
 * @property {Float32Array} probabilities rows x units, means over the passes
 * @property {Float32Array} entropy [rows], of the mean probabilities, nats
 * @property {Float32Array} mutualInformation [rows]: `entropy` less the mean entropy of the passes, at
 *   least 0, nats: what the masks disagree about
 * @property {Float32Array} variationRatio [rows]: the share of passes that vote for another label than
 *   the most voted one
 */

/**
 * A layer's output over masks, against its output in evaluation.
 * @typedef {object} Moments
 * @property {number} rows images
 * @property {number} units of the layer
 * @property {number} passes masks
 * @property {Float32Array} evaluation rows x units
 * @property {Float32Array} mean rows x units, over the passes
 * @property {Float32Array} sd rows x units, the sample standard deviation over the passes; 0
 *   for one pass
 * @property {number} slope of the line through the origin that fits `mean` over `evaluation` best: 1 - p
 *   behind unscaled dropout, 1 where the scaling is right; NaN where all of `evaluation` is 0
 * @property {number} sdEvaluation standard deviation of all values, in evaluation
 * @property {number} sdTraining the same with masks on, over rows, units and passes: dropout adds noise
 *   also where the scaling is right
 */

/**
 * @param {PassOptions} options
 * @param {string[]} [keys] more that are known
 * @param {number} [defaultPasses]
 * @returns {{ signal?: AbortSignal, firstRow: number, passes?: number, sharedMask: boolean }}
 */
export function resolvePasses(options, keys = [], defaultPasses = undefined) {
  const known = ['passes', 'sharedMask', 'firstRow', 'signal', ...keys];
  checkKeys(options, known, 'options');
  const { passes = defaultPasses, sharedMask, firstRow = 0, signal } = options;
  if (sharedMask !== undefined && passes === undefined) {
    throw new TypeError(`sharedMask needs passes, got sharedMask ${show(sharedMask)} alone`);
  }
  return {
    signal: checkSignal(signal, 'signal'),
    firstRow: checkInteger(firstRow, 'firstRow', LIMITS.count),
    ...(passes !== undefined && {
      passes: checkInteger(passes, 'passes', { ...LIMITS.count, min: 1 }),
    }),
    sharedMask: sharedMask === undefined ? false : checkBoolean(sharedMask, 'sharedMask'),
  };
}

/** @param {PassOptions & { layer: number }} options */
export function resolveMoments(options) {
  const resolved = resolvePasses(options, ['layer'], DEFAULTS.momentPasses);
  return { ...resolved, layer: options.layer };
}
