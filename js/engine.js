/**
 * A model on the thread that owns the core. Every public method is a message's `method`; those whose
 * work grows with the data give way between short slices, so that others run between two steps of a
 * training.
 */

import { ACTIVATIONS, MASKS, SCALINGS } from './core/enums.js';
import { Training } from './training.js';
import { SLICE_ROWS } from './protocol.js';
import { readReport } from './report-reader.js';
import { OutOfMemoryError } from './errors.js';
import { summarize, unitsOf } from './summary.js';

/** `dw_image_format` */
const BYTES = 0;
const FLOATS = 1;

/** `enum dw_parameter`, by the name that PyTorch gives it */
const PARAMETERS = /** @type {const} */ ({ weight: 0, bias: 1 });

/** The slot of a parameter's values; the others hold optimizer state. */
const VALUES = 0;

/**
 * @param {string} name 'layers.2.bias'
 * @returns {[dense: number, which: number]} where the core keeps it
 */
function place(name) {
  const [, dense, kind] = name.split('.');
  return [Number(dense), PARAMETERS[/** @type {keyof typeof PARAMETERS} */ (kind)]];
}

/**
 * @template {Float32Array | Uint16Array} T
 * @param {new (length: number) => T} Type
 * @param {number} length
 * @returns {T}
 * @throws {OutOfMemoryError}
 */
function allocate(Type, length) {
  try {
    return new Type(length);
  } catch (cause) {
    throw new OutOfMemoryError(`not enough memory for a result of ${length} values`, { cause });
  }
}

/** @typedef {import('./core/core.js').Core} Core */
/** @typedef {import('./task.js').Task} Task */
/** @typedef {{ data: number, samples: number, features: number, classes: number, floats: boolean }} Stored */
/** @typedef {{ shape: number[], data: Float32Array }} Parameter */

export class Engine {
  /** @type {Core} */
  #core;
  #model = 0;
  /** @type {import('./layers.js').Spec} */
  #spec = { input: 0, layers: [], seed: 0 };
  /** Data sets that calls under way have handed over. @type {Map<number, Stored>} */
  #stored = new Map();
  #nextStored = 1;
  /** @type {Training | undefined} */
  #training;

  /** @param {Core} core */
  constructor(core) {
    this.#core = core;
  }

  /** @param {import('./layers.js').Spec} spec */
  create(spec) {
    const { call } = this.#core;
    const model = this.#core.made(call.dw_model_create(spec.input, spec.seed));
    try {
      for (const layer of spec.layers) this.#addLayer(model, layer);
      this.#core.check(call.dw_model_build(model));
    } catch (error) {
      call.dw_model_destroy(model);
      throw error;
    }
    this.#model = model;
    this.#spec = spec;
    this.#training = new Training(this.#core, model);
  }

  /** @param {number} model @param {import('./layers.js').Layer} layer */
  #addLayer(model, layer) {
    const { call } = this.#core;
    if (layer.type === 'dropout') {
      const mask = MASKS.indexOf(layer.mask);
      const scaling = SCALINGS.indexOf(layer.scaling);
      this.#core.check(call.dw_model_add_dropout(model, layer.p, mask, scaling));
      return;
    }
    const { p, scaling: scalingName } = layer.dropConnect ?? { p: 0, scaling: 'train' };
    const activation = ACTIVATIONS.indexOf(layer.activation);
    const scaling = SCALINGS.indexOf(scalingName);
    this.#core.check(call.dw_model_add_dense(model, layer.units, activation, p, scaling));
  }

  /** Frees everything; a core that failed holds nothing that could be freed. */
  destroy() {
    if (this.#core.isBroken) return;
    for (const id of this.#stored.keys()) this.closeData({ id });
    this.#core.call.dw_model_destroy(this.#model);
    this.#model = 0;
  }

  // Data: handed over in pieces, held while a call needs it.

  /**
   * @param {{ samples: number, features: number, classes: number, floats: boolean }} shape
   * @returns {number} an id
   */
  openData({ samples, features, classes, floats }) {
    const format = floats ? FLOATS : BYTES;
    const { call } = this.#core;
    const data = this.#core.made(call.dw_dataset_create(samples, features, classes, format));
    this.#stored.set(this.#nextStored, { data, samples, features, classes, floats });
    return this.#nextStored++;
  }

  /**
   * @param {{ id: number, part: 'images' | 'labels', offset: number, values: Uint8Array | Float32Array | Uint16Array }} piece
   *   `offset` in elements
   * @returns {ArrayBufferLike} the piece's, to be filled again
   */
  writeData({ id, part, offset, values }) {
    const { data, samples, features, floats } = this.#data(id);
    const { call } = this.#core;
    if (part === 'labels') {
      const labels = this.#core.view(Uint16Array, call.dw_dataset_labels_view(data), samples);
      labels.set(values, offset);
      return values.buffer;
    }
    const Type = floats ? Float32Array : Uint8Array;
    if (!(values instanceof Type)) throw new TypeError(`data set ${id} holds a ${Type.name}`);
    const images = call.dw_dataset_images_view(data);
    this.#core.view(Type, images, samples * features).set(values, offset);
    return values.buffer;
  }

  /** @param {{ id: number }} which */
  closeData({ id }) {
    this.#core.call.dw_dataset_destroy(this.#data(id).data);
    this.#stored.delete(id);
  }

  /** @param {number} id @returns {Stored} */
  #data(id) {
    const stored = this.#stored.get(id);
    if (!stored) throw new RangeError(`there is no data set ${id} on this thread`);
    return stored;
  }

  // Training and evaluation

  /** @param {{ samples: number, classes: number, plan: import('./training.js').Plan }} args */
  prepareFit({ plan, ...data }) {
    /** @type {Training} */ (this.#training).prepare(data, plan);
  }

  /**
   * The run that `prepareFit` prepared.
   * @param {{ train: number, validation?: number, maxSteps: number }} args
   * @param {Task} task
   */
  fit({ train, validation, maxSteps }, task) {
    const evaluate = (/** @type {number} */ id, /** @type {number} */ rows) =>
      this.#evaluate(this.#data(id), rows, 1, task);
    return /** @type {Training} */ (this.#training).run(this.#data(train), maxSteps, task, {
      lossNoDropout: async (rows) => (rows > 0 ? (await evaluate(train, rows)).loss : undefined),
      validation: validation === undefined ? undefined : () => evaluate(validation, Infinity),
    });
  }

  /** @param {{ data: number, evalScale: number }} args @param {Task} task */
  evaluate({ data, evalScale }, task) {
    return this.#evaluate(this.#data(data), Infinity, evalScale, task);
  }

  /**
   * @param {Stored} stored
   * @param {number} rows the first so many
   * @param {number} evalScale
   * @param {Task} task
   */
  async #evaluate({ data, samples, classes }, rows, evalScale, task) {
    const { call } = this.#core;
    const outputs = this.#outputs();
    const report = this.#core.made(call.dw_report_create(classes, outputs));
    try {
      const end = Math.min(rows, samples);
      for (let first = 0; first < end; first += SLICE_ROWS) {
        const count = Math.min(SLICE_ROWS, end - first);
        this.#core.check(call.dw_evaluate(this.#model, data, first, count, evalScale, report));
        await task.breathe();
      }
      return readReport(this.#core, report, classes, classes + Number(outputs > classes));
    } finally {
      call.dw_report_destroy(report);
    }
  }

  /** @param {{ data: number }} args @param {Task} task */
  async predict({ data }, task) {
    const { samples, data: pointer } = this.#data(data);
    const { call } = this.#core;
    const outputs = this.#outputs();
    const labels = allocate(Uint16Array, samples);
    const probabilities = allocate(Float32Array, samples * outputs);
    for (let first = 0; first < samples; first += SLICE_ROWS) {
      const count = Math.min(SLICE_ROWS, samples - first);
      // Labels lie behind the probabilities in one piece of scratch memory.
      const floats = count * outputs + Math.ceil(count / 2);
      const both = this.#core.filled(Float32Array, floats, (address) =>
        call.dw_predict(this.#model, pointer, first, count, address, address + 4 * count * outputs),
      );
      probabilities.set(both.subarray(0, count * outputs), first * outputs);
      labels.set(new Uint16Array(both.buffer, 4 * count * outputs, count), first);
      await task.breathe();
    }
    return { labels, probabilities };
  }

  /**
   * @param {{ data: number, layer: number, train: boolean, step: number }} args
   * @param {Task} task
   */
  async activations({ data, layer, train, step }, task) {
    const { samples, data: pointer } = this.#data(data);
    const { call } = this.#core;
    const units = this.#units(layer);
    const values = allocate(Float32Array, samples * units);
    for (let first = 0; first < samples; first += SLICE_ROWS) {
      const count = Math.min(SLICE_ROWS, samples - first);
      const part = this.#core.filled(Float32Array, count * units, (address) =>
        call.dw_activations(
          this.#model,
          pointer,
          first,
          count,
          layer,
          Number(train),
          step,
          address,
        ),
      );
      values.set(part, first * units);
      await task.breathe();
    }
    return values;
  }

  /**
   * The mask of a network whose first masking layer draws it, with no model.
   * @param {{ p: number, rows: number, columns: number, mask: import('./core/enums.js').Mask, seed: number, step: number }} args
   * @returns {Uint8Array}
   */
  dropoutMask({ p, rows, columns, mask, seed, step }) {
    const { call } = this.#core;
    const kind = MASKS.indexOf(mask);
    return this.#core.filled(Uint8Array, rows * columns, (address) =>
      call.dw_dropout_mask(p, rows, columns, kind, seed, step, address),
    );
  }

  // What a model is

  /** @param {{ layer: number, step: number, rows: number }} args */
  mask({ layer, step, rows }) {
    const chosen = this.#spec.layers[layer];
    const length =
      chosen.type === 'dense' ? chosen.units * this.#units(layer - 1) : rows * this.#units(layer);
    return this.#core.filled(Uint8Array, length, (address) =>
      this.#core.call.dw_mask(this.#model, layer, step, rows, address),
    );
  }

  /** @returns {Record<string, Parameter>} */
  parameters() {
    const { shapes } = summarize(this.#spec);
    return Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => {
        const length = shape.reduce((a, b) => a * b, 1);
        const data = this.#core.filled(Float32Array, length, (address) =>
          this.#core.call.dw_parameter_read(this.#model, ...place(name), VALUES, address),
        );
        return [name, { shape, data }];
      }),
    );
  }

  /** @param {Record<string, Float32Array>} values names and lengths were checked */
  setParameters(values) {
    for (const [name, data] of Object.entries(values)) {
      this.#core.given(data, (address) =>
        this.#core.call.dw_parameter_write(this.#model, ...place(name), VALUES, address),
      );
    }
  }

  info() {
    const { step, epoch } = /** @type {Training} */ (this.#training);
    return { step, epoch };
  }

  summary() {
    return { bytes: this.#core.call.dw_model_bytes(this.#model) };
  }

  /** @param {number} layer */
  #units(layer) {
    return unitsOf(this.#spec, layer);
  }

  #outputs() {
    return this.#units(this.#spec.layers.length - 1);
  }
}
