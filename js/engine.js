/**
 * A model on the thread that owns the core. Every public method is a message's `method`; those whose
 * work grows with the data give way between short slices, so that others run between two steps of a
 * training.
 */

import { ACTIVATIONS, MASKS, NOISES, SCALINGS } from './core/enums.js';
import { Training } from './training.js';
import { SLICE_MASK, SLICE_ROWS, SLICE_WORK } from './protocol.js';
import { describeMoments } from './predictions.js';
import { readReport } from './report-reader.js';
import { OutOfMemoryError } from './errors.js';
import { summarize, unitsOf } from './summary.js';

/** `dw_image_format` */
const BYTES = 0;
const FLOATS = 1;

/** `enum dw_parameter`, by the name that PyTorch gives it */
const PARAMETERS = /** @type {const} */ ({ weight: 0, bias: 1 });

/** `DW_PROBABILITIES`: in place of a layer. */
const PROBABILITIES = 1024;

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
 * Uses all rows, giving way between slices of them.
 * @param {number} rows
 * @param {number} slice
 * @param {import('./task.js').Task} task
 * @param {(first: number, count: number) => void} use
 */
async function inSlices(rows, slice, task, use) {
  for (let first = 0; first < rows; first += slice) {
    use(first, Math.min(slice, rows - first));
    await task.breathe();
  }
}

/** Rows of a mask that one call draws. @param {number} width */
const maskRows = (width) => Math.ceil(SLICE_MASK / width);

/**
 * @template {Uint8Array | Float32Array | Uint16Array} T
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
    const places = (/** @type {any} */ { mask = MASKS[0], scaling = SCALINGS[0] }) => [
      MASKS.indexOf(mask),
      SCALINGS.indexOf(scaling),
    ];
    if (layer.type !== 'dense') {
      const noise = NOISES.indexOf(layer.type);
      this.#core.check(call.dw_model_add_dropout(model, noise, layer.p, ...places(layer)));
      return;
    }
    const { units, activation, dropConnect, maxNorm } = layer;
    this.#core.check(call.dw_model_add_dense(model, units, ACTIVATIONS.indexOf(activation)));
    if (dropConnect) {
      const { p, inference, draws } = dropConnect;
      const samples = inference === 'gaussian' ? draws : 0;
      this.#core.check(call.dw_model_drop_connect(model, p, ...places(dropConnect), samples));
    }
    if (maxNorm) this.#core.check(call.dw_model_max_norm(model, maxNorm));
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
      await inSlices(Math.min(rows, samples), this.#sliceRows(), task, (first, count) =>
        this.#core.check(call.dw_evaluate(this.#model, data, first, count, evalScale, report)),
      );
      return readReport(this.#core, report, classes, classes + Number(outputs > classes));
    } finally {
      call.dw_report_destroy(report);
    }
  }

  /** @param {{ data: number, firstRow: number }} args @param {Task} task */
  async predict({ data, firstRow }, task) {
    const { samples, data: pointer } = this.#data(data);
    const { call } = this.#core;
    const outputs = this.#outputs();
    const labels = allocate(Uint16Array, samples);
    const probabilities = allocate(Float32Array, samples * outputs);
    await inSlices(samples, this.#sliceRows(), task, (first, count) => {
      // Labels lie behind the probabilities in one piece of scratch memory.
      const at = count * outputs;
      const both = this.#core.filled(Float32Array, at + Math.ceil(count / 2), (address) =>
        call.dw_predict(this.#model, pointer, first, count, firstRow, address, address + 4 * at),
      );
      probabilities.set(both.subarray(0, at), first * outputs);
      labels.set(new Uint16Array(both.buffer, 4 * at, count), first);
    });
    return { labels, probabilities };
  }

  /**
   * Rows x units of a layer.
   * @param {{ data: number, layer: number, train: boolean, step: number, firstRow: number }} args
   * @param {Task} task
   */
  activations({ data, layer, train, step, firstRow }, task) {
    const { samples, data: pointer } = this.#data(data);
    return this.#collect(
      { Type: Float32Array, rows: samples, width: this.#units(layer), slice: this.#sliceRows() },
      task,
      (first, count, address) =>
        this.#core.call.dw_activations(
          this.#model,
          pointer,
          first,
          count,
          firstRow,
          layer,
          Number(train),
          step,
          address,
        ),
    );
  }

  /**
   * MC dropout: means and uncertainties over `passes` masks.
   * @param {PassesArgs} args
   * @param {Task} task
   * @returns {Promise<import('./predictions.js').McPrediction>}
   */
  async predictPasses(args, task) {
    const outputs = this.#outputs();
    const parts = await this.#passes({ ...args, layer: PROBABILITIES }, outputs, 4, 1, task);
    const [probabilities, entropy, mutualInformation, variationRatio, labels] = parts;
    return {
      labels: Uint16Array.from(labels),
      probabilities,
      entropy,
      mutualInformation,
      variationRatio,
    };
  }

  /**
   * A layer's output over `passes` masks, against its output in evaluation.
   * @param {PassesArgs & { layer: number }} args
   * @param {Task} task
   * @returns {Promise<import('./predictions.js').Moments>}
   */
  async moments(args, task) {
    const units = this.#units(args.layer);
    const [mean, sd] = await this.#passes(args, units, 1, units, task);
    const evaluation = await this.activations({ ...args, train: false, step: 0 }, task);
    return describeMoments({ units, passes: args.passes, evaluation, mean, sd });
  }

  /**
   * @typedef {{ data: number, passes: number, sharedMask: boolean, firstRow: number }} PassesArgs
   * @param {PassesArgs & { layer: number }} args
   * @param {number} width of the means
   * @param {number} more arrays behind them
   * @param {number} moreWidth theirs
   * @param {Task} task
   * @returns {Promise<Float32Array[]>} the means and the others, each rows x its width
   */
  async #passes({ data, layer, passes, sharedMask, firstRow }, width, more, moreWidth, task) {
    const { samples, data: pointer } = this.#data(data);
    const { call } = this.#core;
    const slice = this.#sliceRows(true);
    const widths = [width, ...new Array(more).fill(moreWidth)];
    const whole = widths.map((one) => allocate(Float32Array, samples * one));
    for (let first = 0; first < samples; first += slice) {
      const count = Math.min(slice, samples - first);
      const handle = this.#core.made(
        call.dw_passes_create(
          this.#model,
          pointer,
          first,
          count,
          firstRow,
          Number(sharedMask),
          layer,
        ),
      );
      try {
        for (let pass = 0; pass < passes; pass++) {
          if (task.isDue) await task.breathe();
          this.#core.check(call.dw_passes_run(handle, 1));
        }
        const length = count * (width + more * moreWidth);
        const values = this.#core.filled(Float32Array, length, (address) =>
          call.dw_passes_read(handle, address),
        );
        let at = 0;
        for (const [i, one] of widths.entries()) {
          whole[i].set(values.subarray(at, (at += count * one)), first * one);
        }
      } finally {
        if (!this.#core.isBroken) call.dw_passes_destroy(handle);
      }
    }
    return whole;
  }

  /**
   * The mask of a network whose first masking layer draws it, with no model.
   * @param {{ p: number, rows: number, columns: number, mask: import('./core/enums.js').Mask, seed: number, step: number }} args
   * @param {Task} task
   * @returns {Promise<Uint8Array>}
   */
  dropoutMask({ p, rows, columns, mask, seed, step }, task) {
    const { call } = this.#core;
    const kind = MASKS.indexOf(mask);
    return this.#collect(
      { Type: Uint8Array, rows, width: columns, slice: maskRows(columns) },
      task,
      (first, count, address) =>
        call.dw_dropout_mask(p, first, count, columns, kind, seed, step, address),
    );
  }

  // What a model is

  /**
   * @param {{ layer: number, step: number, rows: number }} args
   * @param {Task} task
   */
  mask({ layer, step, rows }, task) {
    const chosen = this.#spec.layers[layer];
    const isDense = chosen.type === 'dense';
    const width = this.#units(layer) * (isDense ? this.#units(layer - 1) : 1);
    return this.#collect(
      {
        Type: chosen.type === 'gaussianDropout' ? Float32Array : Uint8Array,
        rows: isDense && chosen.dropConnect?.mask === 'batch' ? 1 : rows,
        width,
        slice: maskRows(width),
      },
      task,
      (first, count, address) =>
        this.#core.call.dw_mask(this.#model, layer, step, first, count, address),
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

  /**
   * An array of rows x width that the core fills slice by slice.
   * @param {{ Type: any, rows: number, width: number, slice: number }} shape
   * @param {Task} task
   * @param {(first: number, count: number, address: number) => number} fill returns a status
   * @returns {Promise<any>}
   */
  async #collect({ Type, rows, width, slice }, task, fill) {
    const values = allocate(Type, rows * width);
    await inSlices(rows, slice, task, (first, count) => {
      const part = this.#core.filled(Type, count * width, (address) => fill(first, count, address));
      values.set(part, first * width);
    });
    return values;
  }

  /**
   * Rows that one call evaluates: fewer where layers draw much for every row.
   * @param {boolean} [masked] with masks on
   */
  #sliceRows(masked = false) {
    let draws = 1;
    for (const [i, layer] of this.#spec.layers.entries()) {
      if (layer.type !== 'dense' || !layer.dropConnect) continue;
      const { mask, inference, draws: samples } = layer.dropConnect;
      if (masked && mask === 'element') draws += layer.units * this.#units(i - 1);
      if (!masked && inference === 'gaussian') draws += layer.units * samples;
    }
    return Math.min(SLICE_ROWS, Math.ceil(SLICE_WORK / draws));
  }

  /** @param {number} layer */
  #units(layer) {
    return unitsOf(this.#spec, layer);
  }

  #outputs() {
    return this.#units(this.#spec.layers.length - 1);
  }
}
