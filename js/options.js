/**
 * The options of `createModel` and `fit` made whole: checked, and every default filled in.
 */

import {
  arrayKind,
  checkBoolean,
  checkCallback,
  checkInteger,
  checkKeys,
  checkNumber,
  checkOneOf,
  checkPause,
  checkSignal,
  rangeError,
  show,
  typeError,
  withoutUndefined,
} from './check.js';
import { OPTIMIZER_NAMES } from './core/enums.js';
import { DEFAULTS, LIMITS, NUMERICS, OPTIMIZERS } from './defaults.js';

export * from './check.js';
export { OPTIMIZER_NAMES } from './core/enums.js';
export * from './defaults.js';

/** @typedef {import('./defaults.js').Numerics} Numerics */
/** @typedef {import('./defaults.js').OptimizerName} OptimizerName */

/**
 * @param {unknown} seed
 * @param {string} [name]
 */
export function resolveSeed(seed = DEFAULTS.seed, name = 'seed') {
  return checkInteger(seed, name, LIMITS.seed);
}

/**
 * Where and how a model runs.
 * @typedef {object} Runtime
 * @property {boolean} [worker] true (default): in a thread of its own; false: in the caller's
 * @property {Numerics} [numerics] 'strict' (default): the same bits everywhere
 * @property {string | URL | ArrayBuffer | Uint8Array | WebAssembly.Module} [wasm] the core, where
 *   a bundler has moved it or a page brings its own
 * @property {string | URL} [workerUrl] the worker's script, likewise
 * @property {AbortSignal} [signal] ends the making of the model; no effect afterwards
 */

/**
 * Addresses are strings, since a `URL` cannot be sent to a thread.
 * @typedef {object} ResolvedRuntime
 * @property {boolean} worker
 * @property {import('./defaults.js').Numerics} numerics
 * @property {string | ArrayBuffer | Uint8Array | WebAssembly.Module} [wasm]
 * @property {string} [workerUrl]
 * @property {AbortSignal} [signal]
 */

export const RUNTIME_KEYS = ['worker', 'numerics', 'wasm', 'workerUrl', 'signal'];

/**
 * @param {Runtime} [runtime]
 * @returns {ResolvedRuntime}
 */
export function resolveRuntime(runtime = {}) {
  const {
    worker = DEFAULTS.runtime.worker,
    numerics = DEFAULTS.runtime.numerics,
    wasm,
    workerUrl,
    signal,
  } = checkKeys(runtime, RUNTIME_KEYS, 'runtime');
  const isCore =
    wasm === undefined ||
    isAddress(wasm) ||
    ['ArrayBuffer', 'Uint8Array', 'WebAssembly.Module'].includes(arrayKind(wasm));
  if (!isCore) throw typeError('wasm', 'an address, bytes or a WebAssembly.Module', wasm);
  if (workerUrl !== undefined && !isAddress(workerUrl)) {
    throw typeError('workerUrl', 'an address', workerUrl);
  }
  return {
    worker: checkBoolean(worker, 'worker'),
    numerics: checkOneOf(numerics, NUMERICS, 'numerics'),
    ...(wasm !== undefined && { wasm: wasm instanceof URL ? wasm.href : wasm }),
    ...(workerUrl !== undefined && { workerUrl: String(workerUrl) }),
    ...(signal !== undefined && { signal: checkSignal(signal, 'signal') }),
  };
}

/** @param {unknown} value @returns {value is string | URL} */
function isAddress(value) {
  return (typeof value === 'string' && value !== '') || value instanceof URL;
}

/**
 * @typedef {object} OptimizerOptions
 * @property {OptimizerName} [name] 'adam'
 * @property {number | ArrayLike<number>} [learningRate] 0.001, for sgd 0.01; one number, or one an epoch of
 *   this call
 * @property {number | ArrayLike<number>} [momentum] 0; sgd; likewise
 * @property {boolean} [nesterov] false; sgd
 * @property {number} [weightDecay] 0, for adamw 0.01
 * @property {number} [beta1] 0.9; adam, adamw
 * @property {number} [beta2] 0.999; adam, adamw
 * @property {number} [epsilon] 1e-8; adam, adamw
 */

/**
 * @typedef {object} Optimizer an optimizer with nothing left open
 * @property {OptimizerName} name
 * @property {number | number[]} learningRate of every epoch, or one an epoch of this call
 * @property {number | number[]} momentum likewise
 * @property {boolean} nesterov
 * @property {number} weightDecay
 * @property {number} beta1
 * @property {number} beta2
 * @property {number} epsilon
 */

export const OPTIMIZER_KEYS = ['name', ...Object.keys(OPTIMIZERS.sgd.defaults)];

/**
 * @param {OptimizerOptions | OptimizerName | undefined} optimizer a name alone will do
 * @param {number} epochs
 * @returns {Optimizer}
 */
export function resolveOptimizer(
  optimizer = /** @type {OptimizerName} */ (DEFAULTS.fit.optimizer),
  epochs,
) {
  const options = typeof optimizer === 'string' ? { name: optimizer } : optimizer;
  checkKeys(options, OPTIMIZER_KEYS, 'optimizer');
  const name = checkOneOf(
    options.name === undefined ? DEFAULTS.fit.optimizer : options.name,
    OPTIMIZER_NAMES,
    'optimizer.name',
  );
  const { defaults, uses } = OPTIMIZERS[name];
  const given = { ...defaults, ...withoutUndefined(options) };
  const resolved = {
    name,
    learningRate: schedule(given.learningRate, 'learningRate', epochs),
    momentum: schedule(given.momentum, 'momentum', epochs),
    nesterov: checkBoolean(given.nesterov, 'optimizer.nesterov'),
    weightDecay: checkNumber(given.weightDecay, 'optimizer.weightDecay', LIMITS.weightDecay),
    beta1: checkNumber(given.beta1, 'optimizer.beta1', LIMITS.beta),
    beta2: checkNumber(given.beta2, 'optimizer.beta2', LIMITS.beta),
    epsilon: checkNumber(given.epsilon, 'optimizer.epsilon', LIMITS.epsilon),
  };
  if (resolved.nesterov && ![resolved.momentum].flat().every((value) => value > 0)) {
    throw rangeError('optimizer.momentum', 'above 0 with nesterov', given.momentum);
  }
  for (const [key, value] of Object.entries(defaults)) {
    const chosen = [resolved[/** @type {keyof Optimizer} */ (key)]].flat();
    const isDefault = chosen.every((one) => one === value);
    if (!uses.includes(key) && !isDefault) {
      throw new RangeError(
        `optimizer.${key} has no effect with '${name}', got ${show(given[/** @type {keyof typeof given} */ (key)])}`,
      );
    }
  }
  return resolved;
}

/**
 * @param {unknown} value a number, or one an epoch
 * @param {'learningRate' | 'momentum'} key
 * @param {number} epochs
 * @returns {number | number[]}
 */
function schedule(value, key, epochs) {
  const name = `optimizer.${key}`;
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
  if (!isList) return checkNumber(value, name, LIMITS[key]);
  const values = Array.from(/** @type {ArrayLike<unknown>} */ (value));
  if (values.length !== epochs) {
    throw rangeError(`${name}.length`, `epochs (${epochs})`, values.length);
  }
  return values.map((one, epoch) => checkNumber(one, `${name}[${epoch}]`, LIMITS[key]));
}

/**
 * What a training tells, after a step.
 * @typedef {object} FitProgress
 * @property {number} epoch from 1, over the model's life
 * @property {number} epochs of the model's life when this call ends
 * @property {number} step finished steps in the model's life
 * @property {number} steps of the model's life when this call ends
 * @property {number} loss mean over this epoch so far, dropout on
 * @property {number} batchLoss of the last batch
 * @property {number} samplesPerSecond
 * @property {number} etaMs time left, in milliseconds
 */

/**
 * What accompanies a call and is no part of the run.
 * @typedef {object} FitControls
 * @property {AbortSignal} [signal] stops the run between two steps
 * @property {import('./pause.js').PauseController} [pause] holds it there
 * @property {(progress: FitProgress) => void} [onProgress] at most twenty times a second
 * @property {(epoch: import('./training.js').EpochHistory) => void} [onEpoch] after every epoch, with
 *   its entry of the history
 * @property {number} [maxSteps] stop after this many steps of this call
 */

/**
 * @typedef {object} FitSettings
 * @property {number} [epochs] 1: this many more
 * @property {number} [batchSize] 64: the last batch of an epoch may be smaller
 * @property {boolean} [shuffle] true: a new order every epoch
 * @property {OptimizerOptions | OptimizerName} [optimizer] adam
 * @property {import('./dataset.js').Dataset} [validation] evaluated after every epoch; with `resume`
 *   the run's own, which a model loaded from a file has to be given again
 * @property {number} [trainEvaluation] 0: rows on which the loss without dropout is taken
 * @property {boolean} [resume] false: finish the interrupted run, whose options stand
 */

/** @typedef {FitSettings & FitControls} FitOptions */

/**
 * @typedef {object} FitPlan
 * @property {false} resume
 * @property {number} epochs
 * @property {number} batchSize
 * @property {boolean} shuffle
 * @property {Optimizer} optimizer
 * @property {import('./dataset.js').Dataset} [validation] not checked here: it depends on the model
 * @property {number} trainEvaluation
 * @property {number} maxSteps Infinity: no limit
 */

/** @typedef {{ resume: true, maxSteps: number, validation?: import('./dataset.js').Dataset }} ResumePlan */

const CONTROL_KEYS = ['signal', 'pause', 'onProgress', 'onEpoch', 'maxSteps'];
const RESUME_KEYS = ['resume', 'validation', ...CONTROL_KEYS];
const FIT_KEYS = ['epochs', 'batchSize', 'shuffle', 'optimizer', 'trainEvaluation', ...RESUME_KEYS];

/**
 * @param {FitOptions} [options]
 * @param {{ samples?: number }} [data] `samples`: rows of the training set
 * @returns {(FitPlan | ResumePlan) & FitControls & { maxSteps: number }}
 */
export function resolveFit(options = {}, { samples = LIMITS.samples.max } = {}) {
  checkKeys(options, FIT_KEYS, 'options');
  const resume = checkBoolean(
    options.resume === undefined ? DEFAULTS.fit.resume : options.resume,
    'resume',
  );
  const controls = resolveControls(options);
  if (resume) {
    checkKeys(withoutUndefined(options), RESUME_KEYS, 'options of a resumed run');
    const { validation } = options;
    return { resume: true, ...(validation !== undefined && { validation }), ...controls };
  }
  const given = { ...DEFAULTS.fit, ...withoutUndefined(options) };
  const epochs = checkInteger(given.epochs, 'epochs', LIMITS.epochs);
  return {
    resume: false,
    epochs,
    batchSize: checkInteger(given.batchSize, 'batchSize', LIMITS.batchSize),
    shuffle: checkBoolean(given.shuffle, 'shuffle'),
    optimizer: resolveOptimizer(options.optimizer, epochs),
    ...(given.validation !== undefined && { validation: given.validation }),
    trainEvaluation: checkInteger(given.trainEvaluation, 'trainEvaluation', {
      min: 0,
      max: samples,
    }),
    ...controls,
  };
}

/**
 * @param {FitControls} options
 * @returns {FitControls & { maxSteps: number }}
 */
function resolveControls({ signal, pause, onProgress, onEpoch, maxSteps }) {
  return {
    signal: checkSignal(signal, 'signal'),
    pause: checkPause(pause, 'pause'),
    onProgress: checkCallback(onProgress, 'onProgress'),
    onEpoch: checkCallback(onEpoch, 'onEpoch'),
    maxSteps:
      maxSteps === undefined ? Infinity : checkInteger(maxSteps, 'maxSteps', LIMITS.maxSteps),
  };
}
