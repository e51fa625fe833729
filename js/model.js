/** What a user holds: a network, and everything that can be asked of it. */

// The types must stand where the user's own settings have no `Symbol.asyncDispose`, as es2022.
/// <reference lib="esnext.disposable" preserve="true" />

import { throwIfAborted } from './abort.js';
import { connect } from './connect.js';
import { engineName } from './core/variants.js';
import {
  LIMITS,
  checkBoolean,
  checkInteger,
  checkKeys,
  checkOneOf,
  checkSignal,
  resolveFit,
  resolveRuntime,
} from './options.js';
import { checkDataset } from './dataset.js';
import { checkEvalScale, checkFits, checkLayer, checkMasked, rowsOf } from './model-arguments.js';
import { resolveMoments, resolvePasses } from './predictions.js';
import { DropoutWasmError } from './errors.js';
import { loadFormats } from './lazy-formats.js';
import { resolveSpec } from './layers.js';
import { summarize } from './summary.js';
import { checkParameters, hashParameters } from './parameters.js';
import { checkValues, release, upload } from './upload.js';

/** @typedef {import('./dataset.js').Dataset} Dataset */
/** @typedef {import('./report-reader.js').Report} Report */
/** @typedef {import('./training.js').History} History */
/** @typedef {import('./layers.js').Spec} Spec */
/** @typedef {{ shape: number[], data: Float32Array }} Parameter */

/**
 * A network with its initial weights. Nothing is drawn but from the seed: the same spec gives the
 * same model everywhere.
 *
 * @param {import('./layers.js').SpecInput} spec `{ input, layers, seed: 0 }`
 * @param {import('./options.js').Runtime} [runtime] `{ worker: true, numerics: 'strict', wasm, workerUrl, signal }`
 * @returns {Promise<Model>}
 * @throws {TypeError | RangeError} naming the option and the value
 * @throws {import('./errors.js').EngineError} where the core cannot be loaded
 * @throws {import('./errors.js').OutOfMemoryError}
 * @throws {unknown} `signal.reason` after an abort
 */
export async function createModel(spec, runtime) {
  const resolved = resolveSpec(spec);
  return openModel(resolved, resolveRuntime(runtime), (connection) =>
    connection.call('create', resolved),
  );
}

/**
 * @param {Spec} spec
 * @param {import('./options.js').ResolvedRuntime} runtime
 * @param {(connection: import('./connection.js').Connection) => Promise<void>} make has the engine at
 *   its other end make the model
 * @returns {Promise<Model>}
 */
export async function openModel(spec, { numerics, ...where }, make) {
  const { connection, variant } = await connect(numerics, where);
  try {
    await make(connection);
    throwIfAborted(where.signal);
  } catch (error) {
    connection.dispose();
    throw error;
  }
  return new Model(connection, spec, { numerics, variant });
}

// Node 20 and browsers of its age have no such symbol; `await using`, compiled for them, looks for it.
if (!Symbol.asyncDispose) {
  Object.defineProperty(Symbol, 'asyncDispose', { value: Symbol.for('Symbol.asyncDispose') });
}

/** Made by `createModel` and `loadModel`. Every method returns a promise; after `dispose` each one rejects. */
export class Model {
  #connection;
  #spec;
  #engine;
  #isFitting = false;
  /** Of the last run that began. @type {Dataset | undefined} */
  #validation;

  /**
   * @param {import('./connection.js').Connection} connection
   * @param {Spec} spec
   * @param {{ numerics: import('./options.js').Numerics, variant: string }} engine
   */
  constructor(connection, spec, engine) {
    this.#connection = connection;
    this.#spec = spec;
    this.#engine = engine;
  }

  /**
   * Trains for `epochs` more epochs. Step, epoch and optimizer state go on from call to call.
   *
   * @param {Dataset} dataset
   * @param {import('./options.js').FitOptions} [options]
   * @returns {Promise<History>}
   * @throws {unknown} `signal.reason` after an abort: the weights are those of whole steps, and
   *   `fit(dataset, { resume: true })` finishes the run
   * @throws {import('./errors.js').DivergedError} the weights are those before the step that failed
   */
  async fit(dataset, options = {}) {
    this.#connection.check();
    const train = checkDataset(dataset);
    const { signal, pause, onProgress, onEpoch, ...settings } = resolveFit(options, train);
    checkFits(train, 'dataset', this.#spec);
    if ('validation' in settings) {
      const given = /** @type {Dataset} */ (settings.validation);
      settings.validation = checkDataset(given, 'validation');
      checkFits(settings.validation, 'validation', this.#spec);
    }
    throwIfAborted(signal);
    if (this.#isFitting) {
      throw new DropoutWasmError('BUSY', 'this model is already in a fit; await it or abort it');
    }
    this.#isFitting = true;
    try {
      return await this.#fit(train, settings, { signal, pause, onProgress, onEpoch });
    } finally {
      this.#isFitting = false;
    }
  }

  /**
   * @param {Dataset} dataset
   * @param {any} settings
   * @param {import('./options.js').FitControls} controls
   */
  async #fit(dataset, { validation, ...plan }, { signal, pause, onProgress, onEpoch }) {
    // The data stays here: a resumed run hands it over again.
    const held = plan.resume ? this.#validation : undefined;
    const data = { dataset, validation: validation ?? held };
    const prepare = async () => {
      const sizes = { ...sizeOf(dataset), validation: data.validation && sizeOf(data.validation) };
      await this.#connection.call('prepareFit', { data: sizes, plan });
      this.#validation = data.validation;
    };
    const onTold = (/** @type {any} */ told) =>
      told.epoch ? onEpoch?.(told.epoch) : onProgress?.(told.progress);
    const fit = (/** @type {Record<string, number>} */ ids) =>
      this.#connection.call(
        'fit',
        {
          train: ids.dataset,
          validation: ids.validation,
          maxSteps: plan.maxSteps,
          tellsEpochs: onEpoch !== undefined,
        },
        { signal, pause, onTold },
      );
    return this.#withData(data, signal, fit, prepare);
  }

  /**
   * The report on a data set, every mask off.
   *
   * @param {Dataset} dataset
   * @param {object} [options]
   * @param {number} [options.evalScale] 1: multiplies the output of every `dropout()` layer, after its
   *   own rule, in this evaluation only. After unscaled training 1 - p is right
   * @param {AbortSignal} [options.signal]
   * @returns {Promise<Report>}
   * @throws {TypeError | RangeError} naming the option and the value; RangeError also for `evalScale` of
   *   a model without a `dropout()` layer
   * @throws {unknown} `signal.reason` after an abort
   */
  async evaluate(dataset, options = {}) {
    this.#connection.check();
    const { evalScale, signal } = checkKeys(options, ['evalScale', 'signal'], 'options');
    const rows = checkDataset(dataset);
    checkFits(rows, 'dataset', this.#spec);
    checkSignal(signal, 'signal');
    if (evalScale !== undefined) checkEvalScale(evalScale, this.#spec);
    return this.#withData({ dataset: rows }, signal, (ids) =>
      this.#connection.call(
        'evaluate',
        { data: ids.dataset, evalScale: evalScale ?? 1 },
        { signal },
      ),
    );
  }

  /**
   * Labels and probabilities in evaluation; with `passes` MC dropout: means over so many masks, which
   * alone stay on, scaled as in training.
   *
   * @template {import('./predictions.js').PassOptions} O
   * @param {Uint8Array | Float32Array} images rows x input values; bytes count as value / 255
   * @param {O} [options]
   * @returns {Promise<O extends { passes: number } ? import('./predictions.js').McPrediction :
   *   { labels: Uint16Array, probabilities: Float32Array }>} one label a row, and rows x units of the
   *   last layer
   * @throws {TypeError | RangeError} naming the option and the value: TypeError also for `sharedMask`
   *   without `passes`, RangeError for rows past 2^32
   * @throws {import('./errors.js').OutOfMemoryError}
   * @throws {unknown} `signal.reason` after an abort
   */
  async predict(images, options = /** @type {O} */ ({})) {
    this.#connection.check();
    const { signal, ...args } = resolvePasses(options);
    const method = args.passes === undefined ? 'predict' : 'predictPasses';
    return this.#withData({ images: rowsOf(images, this.#spec, args.firstRow) }, signal, (ids) =>
      this.#connection.call(method, { data: ids.images, ...args }, { signal }),
    );
  }

  /**
   * What a layer gives over masks, against what it gives in evaluation, unit by unit and row by row:
   * the next layer must see the same mean in both.
   *
   * @param {Uint8Array | Float32Array} images rows x input values
   * @param {import('./predictions.js').PassOptions & { layer: number }} options `layer`: index in
   *   `spec.layers`; `passes`: 100
   * @returns {Promise<import('./predictions.js').Moments>}
   * @throws {TypeError | RangeError} naming the option and the value
   * @throws {import('./errors.js').OutOfMemoryError}
   * @throws {unknown} `signal.reason` after an abort
   */
  async moments(images, options) {
    this.#connection.check();
    const { signal, ...args } = resolveMoments(options);
    checkLayer(args.layer, this.#spec);
    return this.#withData({ images: rowsOf(images, this.#spec, args.firstRow) }, signal, (ids) =>
      this.#connection.call('moments', { data: ids.images, ...args }, { signal }),
    );
  }

  /**
   * What a layer gives for these rows.
   *
   * @param {Uint8Array | Float32Array} images rows x input values
   * @param {object} options
   * @param {number} options.layer index in `spec.layers`
   * @param {'eval' | 'train'} [options.mode] 'eval'; 'train' applies the masks of `step`
   * @param {number} [options.step] 0
   * @param {AbortSignal} [options.signal]
   * @returns {Promise<Float32Array>} rows x units, after the activation
   */
  async activations(images, options) {
    this.#connection.check();
    const keys = ['layer', 'mode', 'step', 'signal'];
    const { layer, mode = 'eval', step = 0, signal } = checkKeys(options, keys, 'options');
    checkSignal(signal, 'signal');
    const args = {
      layer: checkLayer(layer, this.#spec),
      train: checkOneOf(mode, ['eval', 'train'], 'mode') === 'train',
      step: checkInteger(step, 'step', LIMITS.count),
      firstRow: 0,
    };
    return this.#withData({ images: rowsOf(images, this.#spec) }, signal, (ids) =>
      this.#connection.call('activations', { data: ids.images, ...args }, { signal }),
    );
  }

  /**
   * The exact mask of a training step.
   *
   * @param {number} layer index in `spec.layers`
   * @param {object} [options]
   * @param {number} [options.step] 0, the first: steps count through all `fit` calls
   * @param {number} [options.rows] 1, at most 2^20: rows of the batch; not for DropConnect's mask 'batch'
   * @param {AbortSignal} [options.signal]
   * @returns {Promise<Uint8Array | Float32Array>} 0 dropped, 1 kept. dropout, alpha: rows x units;
   *   DropConnect: [out, in], with mask 'element' [rows, out, in]; Gaussian: `Float32Array` of factors,
   *   rows x units
   * @throws {TypeError | RangeError} naming the option and the value; RangeError also for a layer that
   *   masks nothing
   * @throws {unknown} `signal.reason` after an abort
   */
  async mask(layer, options = {}) {
    this.#connection.check();
    const {
      step = 0,
      rows = 1,
      signal,
    } = checkKeys(options, ['step', 'rows', 'signal'], 'options');
    checkSignal(signal, 'signal');
    checkMasked(layer, this.#spec);
    checkInteger(step, 'step', LIMITS.count);
    checkInteger(rows, 'rows', LIMITS.maskRows);
    return this.#connection.call('mask', { layer, step, rows }, { signal });
  }

  /**
   * Copies of all weights [out, in] and biases [out], under PyTorch's names.
   * @returns {Promise<Record<string, Parameter>>} `layers.i.weight`, `layers.i.bias`; i counts dense layers
   */
  async parameters() {
    return this.#connection.call('parameters');
  }

  /**
   * Sets some or all parameters; optimizer state stays.
   * @param {Record<string, { shape?: number[], data: Float32Array } | Float32Array>} values
   */
  async setParameters(values) {
    this.#connection.check();
    const arrays = checkParameters(values, summarize(this.#spec).shapes);
    await this.#connection.call('setParameters', arrays);
  }

  /**
   * What the model was made from, every default filled in: `createModel` makes the same model of it.
   * @returns {Promise<Spec>} a copy
   */
  async spec() {
    this.#connection.check();
    return structuredClone(this.#spec);
  }

  /**
   * What runs, and how far it is.
   * @returns {Promise<{ engine: string, variant: string, numerics: string, seed: number, step: number, epoch: number }>}
   *   `step`, `epoch`: finished steps and begun epochs of the model's life
   */
  async info() {
    const info = await this.#connection.call('info');
    const engine = engineName(this.#engine.variant);
    return { engine, ...this.#engine, seed: this.#spec.seed, ...info };
  }

  /**
   * What the network is made of and what it costs.
   * @returns {Promise<{ layers: import('./summary.js').LayerSummary[], parameters: number, multiplyAdds: number, bytes: number }>}
   *   `multiplyAdds` a row, forward; `bytes`: what the core holds for the model now
   */
  async summary() {
    const { bytes } = await this.#connection.call('summary');
    const { layers, parameters, multiplyAdds } = summarize(this.#spec);
    return { layers, parameters, multiplyAdds, bytes };
  }

  /**
   * The weights in one word: equal for models whose parameters are equal bit by bit.
   * @returns {Promise<string>} SHA-256, hex, over little-endian float32 weights then bias of each dense
   *   layer in order
   */
  async hash() {
    return hashParameters(await this.parameters());
  }

  /**
   * The model as a safetensors file: weights and biases under PyTorch's names and in its order, and
   * the spec, the position in training and the optimizer's state, so that `loadModel` gives the same
   * model back and `fit` goes on, an interrupted run too. During a `fit` it is the model between two
   * steps. Where it runs (`worker`, `numerics`) is no part of it.
   *
   * @param {object} [options]
   * @param {boolean} [options.weightsOnly] false: true leaves position and optimizer state out
   *   (a third of the bytes after Adam), for evaluation or for PyTorch's strict `load_state_dict`
   * @returns {Promise<Uint8Array>} the caller's own
   * @throws {TypeError} naming the option and the value
   * @throws {import('./errors.js').DivergedError} where weights are not finite any more
   */
  async save(options = {}) {
    this.#connection.check();
    const { weightsOnly = false } = checkKeys(options, ['weightsOnly'], 'options');
    checkBoolean(weightsOnly, 'weightsOnly');
    // At once, so that what is called next finds the model saved before.
    const saving = this.#connection.call('save', { weightsOnly });
    const [saved, { encodeModel }] = await Promise.all([saving, loadFormats()]);
    return encodeModel(this.#spec, saved);
  }

  /** Ends the model and its worker; what is pending rejects with `DisposedError`. Idempotent. */
  async dispose() {
    this.#connection.dispose();
  }

  async [Symbol.asyncDispose]() {
    await this.dispose();
  }

  /**
   * Hands data over for the time of one call.
   * @template R
   * @param {Record<string, import('./upload.js').Rows | undefined>} data by the name the user knows
   * @param {AbortSignal | undefined} signal
   * @param {(ids: Record<string, number>) => Promise<R>} use
   * @param {() => Promise<void>} [prepare] once the values are known to be good: bad data is refused
   *   before a new run takes the place of an interrupted one
   * @returns {Promise<R>}
   */
  async #withData(data, signal, use, prepare) {
    const given = Object.entries(data).flatMap(([name, rows]) => (rows ? [{ name, rows }] : []));
    // An aborted run is there to be resumed: its abort waits for the check.
    for (const { name, rows } of given) await checkValues(rows, name, prepare ? undefined : signal);
    await prepare?.();
    /** @type {Record<string, number>} */
    const ids = {};
    try {
      for (const { name, rows } of given) {
        ids[name] = await upload(this.#connection, rows, name, signal);
      }
      return await use(ids);
    } finally {
      for (const id of Object.values(ids)) await release(this.#connection, id);
    }
  }
}

/** @param {Dataset} dataset @returns {import('./training.js').Size} */
function sizeOf({ samples, classes }) {
  return { samples, classes };
}
