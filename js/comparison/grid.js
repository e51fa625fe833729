/** What a comparison trains: every variant at every p and every learning rate. */

import {
  LIMITS,
  OPTIMIZER_KEYS,
  checkInteger,
  checkKeys,
  checkNumber,
  checkOneOf,
  checkProbability,
  rangeError,
  resolveOptimizer,
  show,
  withoutUndefined,
} from '../options.js';
import { NETWORKS, variants } from '../variants.js';
import { cellName, cellsOf } from './cells.js';
import { checkList, defaultLearningRate } from './checks.js';
import { resolveRunOptions } from './line.js';
import { CONSTANT, SCHEDULES, scheduleRates } from './schedule.js';

/** @typedef {import('../variants.js').Network} Network */
/** @typedef {import('../variants.js').VariantKey} VariantKey */

/**
 * @typedef {object} GridOptions as in `compare`, which says what they mean
 * @property {Network} network
 * @property {number | readonly number[]} p
 * @property {number} epochs
 * @property {number} batchSize
 * @property {import('../options.js').OptimizerOptions | import('../options.js').OptimizerName} [optimizer]
 * @property {readonly number[]} [learningRates]
 * @property {import('./schedule.js').Schedule} [schedule]
 * @property {number} [momentum]
 * @property {number} [weightDecay]
 * @property {number} [maxNorm]
 * @property {number} [trainEvaluation]
 */

/**
 * @typedef {object} GridCell
 * @property {string} cell its name
 * @property {VariantKey} variant
 * @property {number} p
 * @property {number | number[]} learningRate one an epoch if it changes
 * @property {import('../variants.js').VariantSpec} spec
 * @property {import('./line.js').RunOptions} options
 */

/**
 * @param {readonly VariantKey[]} keys
 * @param {GridOptions} given
 * @returns {GridCell[]} variant by variant, in it p by p, in it rate by rate; 'none', which has no
 *   p, once a rate
 * @throws {TypeError | RangeError} naming option and value
 */
export function resolveGrid(keys, given) {
  const { epochs, batchSize, trainEvaluation, maxNorm } = given;
  const network = checkOneOf(given.network, NETWORKS, 'network');
  const ps = checkList([given.p].flat(), 'p', (p) => checkProbability(p, 'p'));
  checkInteger(epochs, 'epochs', LIMITS.epochs);
  const optimizers = resolveOptimizers({ ...given, network });
  const options = optimizers.map((optimizer) =>
    resolveRunOptions({ epochs, batchSize, optimizer, trainEvaluation }),
  );
  const cells = keys.flatMap((variant) =>
    ps.slice(0, variant === 'none' ? 1 : ps.length).flatMap((p) => {
      const spec = variants[variant](network, p, { maxNorm });
      return options.map((options) => {
        // As a line has it; `resolveRunOptions` makes arrays of everything else.
        const learningRate = /** @type {number | number[]} */ (options.optimizer.learningRate);
        return { variant, p, learningRate, spec, options };
      });
    }),
  );
  const names = cellsOf(cells).map(cellName);
  return cells.map((cell, i) => ({ ...cell, cell: names[i] }));
}

/** Options of a comparison, and what they stand for in its optimizer's. */
const SHORT = /** @type {const} */ ([
  ['momentum', 'momentum'],
  ['weightDecay', 'weightDecay'],
  ['learningRates', 'learningRate'],
]);

/**
 * @param {GridOptions} given
 * @returns {import('../options.js').OptimizerOptions[]} one a learning rate
 */
function resolveOptimizers(given) {
  const { optimizer = {}, epochs, momentum, weightDecay, schedule = CONSTANT } = given;
  const own = typeof optimizer === 'string' ? { name: optimizer } : optimizer;
  checkKeys(own, OPTIMIZER_KEYS, 'optimizer');
  for (const [key, inner] of SHORT) {
    if (given[key] !== undefined && own[inner] !== undefined) {
      throw new TypeError(
        `${key} and optimizer.${inner} exclude each other, got ${show(given[key])} and ${show(own[inner])}`,
      );
    }
  }
  const options = { ...own, ...withoutUndefined({ momentum, weightDecay }) };
  const { name } = resolveOptimizer(options, epochs); // also checks them
  const { learningRate = defaultLearningRate(name, given.network) } = own;
  checkOneOf(schedule, SCHEDULES, 'schedule');
  if (typeof learningRate !== 'number') {
    if (schedule === CONSTANT) return [options];
    const expected = `'${CONSTANT}' where optimizer.learningRate has one rate an epoch`;
    throw rangeError('schedule', expected, schedule);
  }
  if (schedule !== CONSTANT && epochs === 1) {
    throw rangeError(
      'schedule',
      `'${CONSTANT}' for one epoch: a rate falls between epochs`,
      schedule,
    );
  }
  const { learningRates = [learningRate] } = given;
  return checkList(learningRates, 'learningRates', (rate, place) =>
    checkNumber(rate, place, LIMITS.learningRate),
  ).map((rate) => ({ ...options, name, learningRate: scheduleRates(rate, schedule, epochs) }));
}

/**
 * @param {unknown} baseline
 * @param {GridCell[]} cells
 * @param {string} name
 * @returns {string} the name of a cell, or a variant, for the first of its cells
 */
export function checkBaseline(baseline, cells, name) {
  const choices = new Set(cells.flatMap(({ variant, cell }) => [variant, cell]));
  return checkOneOf(baseline, [...choices], name);
}
