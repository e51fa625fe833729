/** What training has come to, as JSON in a file, and read from one that nobody vouches for. */

import {
  LIMITS,
  OPTIMIZER_KEYS,
  OPTIMIZER_NAMES,
  checkBoolean,
  checkInteger,
  checkKeys,
  checkNumber,
  checkOneOf,
  rangeError,
  resolveFit,
  typeError,
} from '../options.js';
import { BINS, FIELDS } from '../report-reader.js';
import { unitsOf } from '../summary.js';

/** @typedef {import('../training.js').SavedTraining} SavedTraining */
/** @typedef {import('../training.js').SavedRun} SavedRun */
/** @typedef {import('../training.js').EpochHistory} EpochHistory */
/** @typedef {import('../training.js').Size} Size */
/** @typedef {import('../report-reader.js').Report} Report */

/** Of a loss over rows: what the core takes back. */
const SUM = { min: -1e300, max: 1e300 };

/**
 * @param {SavedTraining} training
 * @returns {string} JSON
 */
export function encodeTraining({ run, ...training }) {
  const history = run?.history.map(({ epoch: _, samplesPerSecond: __, ...entry }) => entry);
  return JSON.stringify({ ...training, run: run && { ...run, history } }, (_, value) => {
    if (ArrayBuffer.isView(value)) return Array.from(/** @type {Uint32Array} */ (value));
    // A loss in evaluation may be infinite, which is no JSON.
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  });
}

/**
 * @param {any} training
 * @param {import('../layers.js').Spec} spec
 * @returns {SavedTraining}
 * @throws {TypeError | RangeError} naming the place
 */
export function decodeTraining(training, spec) {
  checkKeys(training, ['step', 'epoch', 'updates', 'optimizer', 'run'], 'training');
  const step = checkInteger(training.step, 'step', LIMITS.count);
  const epoch = checkInteger(training.epoch, 'epoch', LIMITS.count);
  const updates = checkInteger(training.updates, 'updates', { min: 0, max: step });
  const optimizer =
    training.optimizer === null
      ? null
      : checkOneOf(training.optimizer, OPTIMIZER_NAMES, 'optimizer');
  if (optimizer === null && step > 0) throw rangeError('optimizer', 'a name after a step', null);
  const run = training.run === null ? null : decodeRun(training.run, epoch, spec);
  return { step, epoch, updates, optimizer, run };
}

/**
 * @param {any} run
 * @param {number} epoch epochs begun in the model's life
 * @param {import('../layers.js').Spec} spec
 * @returns {SavedRun}
 */
function decodeRun(run, epoch, spec) {
  const keys = [
    'options',
    'data',
    'epochIndex',
    'begun',
    'busyMs',
    'history',
    'position',
    'lossSum',
  ];
  checkKeys(run, keys, 'run');
  const data = decodeData(run.data);
  const options = decodeOptions(run.options, data.samples);
  const begun = checkBoolean(run.begun, 'run.begun');
  const finished = Math.min(epoch - Number(begun), options.epochs - 1);
  const epochIndex = checkInteger(run.epochIndex, 'run.epochIndex', { min: 0, max: finished });
  const { history, position } = run;
  if (!Array.isArray(history) || history.length !== epochIndex) {
    throw rangeError('run.history', `an array of ${epochIndex} epochs`, history);
  }
  const batch = Math.min(options.batchSize, data.samples);
  checkInteger(position, 'run.position', { min: 0, max: begun ? data.samples : 0 });
  if (position % batch !== 0 && position !== data.samples) {
    throw rangeError('run.position', `a multiple of the batch (${batch})`, position);
  }
  const first = epoch - Number(begun) - epochIndex + 1;
  const wants = { data, outputs: unitsOf(spec, spec.layers.length - 1), options };
  return {
    options,
    data,
    epochIndex,
    begun,
    busyMs: checkNumber(run.busyMs, 'run.busyMs', { min: 0 }),
    history: history.map((entry, i) => decodeEpoch(entry, `run.history[${i}]`, first + i, wants)),
    position,
    lossSum: checkNumber(run.lossSum, 'run.lossSum', begun ? SUM : { min: 0, max: 0 }),
  };
}

const RUN_KEYS = ['epochs', 'batchSize', 'shuffle', 'optimizer', 'trainEvaluation'];

/** @param {any} options @param {number} samples @returns {SavedRun['options']} */
function decodeOptions(options, samples) {
  // A default in place of what is missing would be another run.
  checkAll(options, RUN_KEYS, 'run.options');
  checkAll(options.optimizer, OPTIMIZER_KEYS, 'run.options.optimizer');
  const plan = resolveFit(options, { samples });
  const { epochs, batchSize, shuffle, optimizer, trainEvaluation } =
    /** @type {import('../options.js').FitPlan} */ (plan);
  return { epochs, batchSize, shuffle, optimizer, trainEvaluation };
}

/** @param {any} object @param {string[]} keys @param {string} name */
function checkAll(object, keys, name) {
  checkKeys(object, keys, name);
  const missing = keys.find((key) => object[key] === undefined);
  if (missing !== undefined) throw typeError(`${name}.${missing}`, 'there', undefined);
}

/** @param {any} data @returns {import('../training.js').RunData} */
function decodeData(data) {
  const { validation, ...size } = checkKeys(data, ['samples', 'classes', 'validation'], 'run.data');
  return {
    ...decodeSize(size, 'run.data'),
    ...(validation !== undefined && { validation: decodeSize(validation, 'run.data.validation') }),
  };
}

/** @param {any} size @param {string} name @returns {Size} */
function decodeSize(size, name) {
  const { samples, classes } = checkKeys(size, ['samples', 'classes'], name);
  return {
    samples: checkInteger(samples, `${name}.samples`, LIMITS.samples),
    classes: checkInteger(classes, `${name}.classes`, LIMITS.classes),
  };
}

/** @typedef {{ data: import('../training.js').RunData, outputs: number, options: SavedRun['options'] }} Wants what an epoch's entry follows from */

/**
 * @param {any} entry
 * @param {string} name
 * @param {number} epoch
 * @param {Wants} wants
 * @returns {EpochHistory}
 */
function decodeEpoch(entry, name, epoch, { data, outputs, options }) {
  checkKeys(entry, ['loss', 'seconds', 'lossNoDropout', 'validation'], name);
  const { samples, validation: size } = data;
  const seconds = checkNumber(entry.seconds, `${name}.seconds`, { min: 0 });
  const [evaluated, validated] = [options.trainEvaluation > 0, size !== undefined];
  if (evaluated !== 'lossNoDropout' in entry || validated !== 'validation' in entry) {
    throw rangeError(name, "what the run's options ask for", entry);
  }
  return {
    epoch,
    loss: checkNumber(entry.loss, `${name}.loss`),
    seconds,
    samplesPerSecond: samples / seconds,
    ...(evaluated && { lossNoDropout: decodeFigure(entry.lossNoDropout, `${name}.lossNoDropout`) }),
    ...(size && {
      validation: decodeReport(entry.validation, `${name}.validation`, size, outputs),
    }),
  };
}

/** What `String` makes of numbers that JSON has not. */
const NOT_FINITE = ['NaN', 'Infinity', '-Infinity'];

/** @param {any} value @param {string} name @returns {number} */
function decodeFigure(value, name) {
  return NOT_FINITE.includes(value) ? Number(value) : checkNumber(value, name);
}

/**
 * @param {any} report
 * @param {string} name
 * @param {Size} size of the data
 * @param {number} outputs of the model
 * @returns {Report}
 */
function decodeReport(report, name, { classes }, outputs) {
  checkKeys(report, [...FIELDS, 'reliability', 'perClass', 'confusion'], name);
  const columns = classes + Number(outputs > classes);
  const { confusion } = report;
  checkLength(confusion, `${name}.confusion`, classes * columns);
  return /** @type {Report} */ ({
    ...decodeFigures(report, FIELDS, name),
    reliability: decodeRows(report, 'reliability', BINS, ['count', 'confidence', 'accuracy'], name),
    perClass: decodeRows(
      report,
      'perClass',
      classes,
      ['precision', 'recall', 'f1', 'support'],
      name,
    ),
    confusion: Uint32Array.from(confusion, (/** @type {any} */ count, /** @type {number} */ i) =>
      checkInteger(count, `${name}.confusion[${i}]`, LIMITS.count),
    ),
  });
}

/**
 * @param {any} report
 * @param {string} key
 * @param {number} length
 * @param {string[]} figures of each row
 * @param {string} name
 */
function decodeRows(report, key, length, figures, name) {
  checkLength(report[key], `${name}.${key}`, length);
  return report[key].map((/** @type {any} */ row, /** @type {number} */ i) => {
    const place = `${name}.${key}[${i}]`;
    return decodeFigures(checkKeys(row, figures, place), figures, place);
  });
}

/** @param {any} object @param {string[]} keys @param {string} name */
function decodeFigures(object, keys, name) {
  return Object.fromEntries(keys.map((key) => [key, decodeFigure(object[key], `${name}.${key}`)]));
}

/** @param {any} array @param {string} name @param {number} length */
function checkLength(array, name, length) {
  if (!Array.isArray(array)) throw typeError(name, 'an array', array);
  if (array.length !== length) throw rangeError(`${name}.length`, String(length), array.length);
}
