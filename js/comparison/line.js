/** A run of a comparison as a line of JSON, and when two lines are the same run. */

import { resolveSpec } from '../layers.js';
import { OPTIMIZERS, resolveFit } from '../options.js';
import { METRICS } from '../statistics.js';

/** @typedef {import('../options.js').FitOptions} FitOptions */
/** @typedef {import('../options.js').Optimizer} Optimizer */
/** @typedef {import('../variants.js').VariantSpec} VariantSpec */

/**
 * Options of `fit` that decide a run, every default written out.
 * @typedef {object} RunOptions
 * @property {number} epochs
 * @property {number} batchSize
 * @property {boolean} shuffle
 * @property {import('../options.js').OptimizerOptions} optimizer with the numbers that it uses
 * @property {number} trainEvaluation
 */

/**
 * @typedef {object} RunLine accuracy, macroF1, loss, ece and brier are the test set's
 * @property {VariantSpec} spec without the seed
 * @property {RunOptions} options of `fit`, with their defaults
 * @property {string} engine as `info()` names it
 * @property {string} version of this package
 * @property {import('../variants.js').VariantKey} variant what was trained
 * @property {import('../variants.js').Network} network its architecture
 * @property {number} p probability of dropping
 * @property {number} seed of weights, order and masks
 * @property {number} epochs trained
 * @property {number} batch rows a step
 * @property {import('../options.js').OptimizerName} optimizer its name
 * @property {number | number[]} learningRate one an epoch if it changes
 * @property {number} trainSize training rows used, the first ones
 * @property {import('../options.js').Numerics} numerics 'strict' or 'fast'
 * @property {number} accuracy 0 to 1
 * @property {number} macroF1 0 to 1
 * @property {number} loss mean negative log-likelihood, nats
 * @property {number} ece expected calibration error, 15 bins
 * @property {number} brier 0 to 2
 * @property {number} secondsPerEpoch of the training steps alone
 * @property {string} weightsHash `hash()` at the end
 * @property {string} dataChecksum SHA-256 over the training rows used and the test set
 * @property {import('../training.js').History} history epoch by epoch
 */

/**
 * @param {FitOptions} options
 * @returns {RunOptions} the same for the same run, however it was asked for
 */
export function resolveRunOptions(options) {
  const plan = resolveFit(options);
  if (plan.resume) throw new RangeError('resume must be false in a comparison, got true');
  const { epochs, batchSize, shuffle, optimizer, trainEvaluation } = plan;
  return { epochs, batchSize, shuffle, optimizer: compact(optimizer), trainEvaluation };
}

/**
 * @param {Optimizer} optimizer
 * @returns {import('../options.js').OptimizerOptions} schedules that never change as one number
 */
function compact(optimizer) {
  /** @param {unknown} value */
  const shorten = (value) =>
    Array.isArray(value) && value.every((one) => one === value[0]) ? value[0] : value;
  const { name } = optimizer;
  const used = /** @type {(keyof Optimizer)[]} */ (OPTIMIZERS[name].uses);
  return { name, ...Object.fromEntries(used.map((key) => [key, shorten(optimizer[key])])) };
}

/** @typedef {Pick<RunLine, 'spec' | 'options' | 'seed' | 'trainSize' | 'numerics' | 'dataChecksum'>} Identity */

/**
 * @param {Identity} line
 * @returns {string} equal for lines of the same run, whatever the engine, version and seconds
 */
export function identityOf({ spec, options, seed, trainSize, numerics, dataChecksum }) {
  // Both made whole again: an older version wrote fewer defaults, another program other orders.
  const { input, layers } = resolveSpec({ ...spec, seed: 0 });
  const whole = resolveRunOptions(options);
  return JSON.stringify(
    sortKeys({ input, layers, options: whole, seed, trainSize, numerics, dataChecksum }),
  );
}

/**
 * @param {unknown} value
 * @returns {unknown} with the keys of all objects in one order
 */
function sortKeys(value) {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

/**
 * @param {readonly RunLine[]} lines
 * @returns {Map<string, RunLine>} by identity; lines without results, or of layers or options that
 *   this version does not know, are of no use to it and left out
 */
export function indexLines(lines) {
  /** @type {Map<string, RunLine>} */
  const index = new Map();
  for (const line of lines) {
    try {
      if (METRICS.every((metric) => Number.isFinite(line[metric])))
        index.set(identityOf(line), line);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    }
  }
  return index;
}
