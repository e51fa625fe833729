/**
 * A model on the thread that owns the core. Every public method but `initialize` is a message's `method`; those whose
 * work grows with the data give way between short slices, so that others run between two steps of a
 * training.
 */

import { ACTIVATIONS, MASKS, NOISES, OPTIMIZER_SLOTS, SCALINGS } from './core/enums.js';
import { Training } from './training.js';
import {
  activations,
  dropoutMask,
  evaluate,
  mask,
  moments,
  predict,
  predictPasses,
} from './reads.js';
import { summarize } from './summary.js';

/** `dw_image_format` */
const BYTES = 0;
const FLOATS = 1;

/** `enum dw_parameter`, by the name that PyTorch gives it */
const PARAMETERS = /** @type {const} */ ({ weight: 0, bias: 1 });

/** The slot of a parameter's values; those behind it hold the optimizer's state. */
const VALUES = 0;

/**
 * @param {string} name 'layers.2.bias'
 * @returns {[dense: number, which: number]} where the core keeps it
 */
function place(name) {
  const [, dense, kind] = name.split('.');
  return [Number(dense), PARAMETERS[/** @type {keyof typeof PARAMETERS} */ (kind)]];
}

/** @typedef {import('./core/core.js').Core} Core */
/** @typedef {import('./task.js').Task} Task */
/** @typedef {{ data: number, samples: number, features: number, classes: number, floats: boolean }} Stored */
/** @typedef {{ shape: number[], data: Float32Array }} Parameter */

/**
 * All that a model is: its parameters and, unless those alone were asked for, the optimizer's state,
 * slot by slot, and what training has come to.
 * @typedef {{ parameters: Record<string, Parameter>, state?: Record<string, Parameter>[], training?: import('./training.js').SavedTraining }} Saved
 */

export class Engine {
  /** @type {Core} */
  #core;
  #model = 0;
  /** @type {import('./layers.js').Spec} */
  #spec = { input: 0, layers: [], seed: 0 };
  /** Data sets that calls under way have handed over. @type {Map<number, Stored>} */
  #stored = new Map();
  #nextStored = 1;
  /** Calls under way that read the weights. */
  #readers = 0;
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

  /** Draws the weights of a new model; one that was saved brings its own. */
  initialize() {
    this.#core.check(this.#core.call.dw_model_initialize(this.#model));
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

  /**
   * A model as `save` gave it, parameters by their data.
   * @param {{ spec: import('./layers.js').Spec, slots: Record<string, Float32Array>[], training?: import('./training.js').SavedTraining }} saved
   *   checked; `slots`: the parameters and, with `training`, the optimizer's state
   */
  load({ spec, slots, training }) {
    this.create(spec);
    if (training) this.#trained.load(training);
    else this.#trained.isOfWeights = true;
    for (const [slot, values] of slots.entries()) this.#write(values, slot);
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
   *   `offset` in elements; images come in order and by whole rows
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
    if (floats) {
      const images = call.dw_dataset_floats_view(data);
      this.#core.view(Type, images, samples * features).set(values, offset);
    } else {
      const first = offset / features;
      const rows = values.length / features;
      this.#core.given(values, (address) => call.dw_dataset_add_bytes(data, first, rows, address));
    }
    return values.buffer;
  }

  /** @param {{ id: number }} which */
  closeData({ id }) {
    this.#core.call.dw_dataset_destroy(this.#data(id).data);
    this.#stored.delete(id);
  }

  /** @returns {import('./reads.js').Subject} */
  get #subject() {
    return { core: this.#core, model: this.#model, spec: this.#spec };
  }

  /** @param {number} id @returns {Stored} */
  #data(id) {
    const stored = this.#stored.get(id);
    if (!stored) throw new RangeError(`there is no data set ${id} on this thread`);
    return stored;
  }

  // Training and evaluation

  get #trained() {
    return /** @type {Training} */ (this.#training);
  }

  /** @param {{ data: import('./training.js').RunData, plan: import('./training.js').Plan }} args */
  prepareFit({ data, plan }) {
    this.#trained.prepare(data, plan);
  }

  /**
   * The run that `prepareFit` prepared.
   * @param {{ train: number, validation?: number, maxSteps: number, tellsEpochs: boolean }} args
   * @param {Task} task
   */
  fit({ train, validation, maxSteps, tellsEpochs }, task) {
    const read = (/** @type {number} */ id, /** @type {number} */ rows) =>
      evaluate(this.#subject, { stored: this.#data(id), rows, evalScale: 1 }, task);
    return this.#trained.run(this.#data(train), maxSteps, task, {
      lossNoDropout: async (rows) => (rows > 0 ? (await read(train, rows)).loss : undefined),
      validation: validation === undefined ? undefined : () => read(validation, Infinity),
      isRead: () => this.#readers > 0,
      onEpoch: tellsEpochs ? (epoch) => task.report({ epoch: structuredClone(epoch) }) : undefined,
    });
  }

  /**
   * Steps and new parameters wait until it has ended: what is read is of one set of weights.
   * @template R
   * @param {(subject: import('./reads.js').Subject, args: any, task: Task) => Promise<R>} read
   * @param {{ data: number }} args whose `data` becomes `stored`
   * @param {Task} task
   * @returns {Promise<R>}
   */
  async #read(read, { data, ...args }, task) {
    this.#readers++;
    try {
      return await read(this.#subject, { ...args, stored: this.#data(data) }, task);
    } finally {
      this.#readers--;
    }
  }

  /** @param {{ data: number, evalScale: number }} args @param {Task} task */
  evaluate(args, task) {
    const all = { ...args, rows: Infinity };
    return this.#read(evaluate, all, task);
  }

  /** @param {{ data: number, firstRow: number }} args @param {Task} task */
  predict(args, task) {
    return this.#read(predict, args, task);
  }

  /** @param {{ data: number } & import('./reads.js').PassesArgs} args @param {Task} task */
  predictPasses(args, task) {
    return this.#read(predictPasses, args, task);
  }

  /** @param {{ data: number, layer: number } & import('./reads.js').PassesArgs} args @param {Task} task */
  moments(args, task) {
    return this.#read(moments, args, task);
  }

  /**
   * @param {{ data: number, layer: number, train: boolean, step: number, firstRow: number }} args
   * @param {Task} task
   */
  activations(args, task) {
    return this.#read(activations, args, task);
  }

  /** @param {Parameters<typeof mask>[1]} args @param {Task} task */
  mask(args, task) {
    return mask(this.#subject, args, task);
  }

  /** @param {Parameters<typeof dropoutMask>[1]} args @param {Task} task */
  dropoutMask(args, task) {
    return dropoutMask(this.#core, args, task);
  }

  // What a model is

  /** @returns {Record<string, Parameter>} */
  parameters() {
    return this.#slot(VALUES);
  }

  /** @param {{ weightsOnly: boolean }} how @returns {Saved} */
  save({ weightsOnly }) {
    const parameters = this.parameters();
    if (weightsOnly) return { parameters };
    const training = this.#trained.save();
    const slots = training.optimizer ? OPTIMIZER_SLOTS[training.optimizer] : 0;
    const state = Array.from({ length: slots }, (_, i) => this.#slot(VALUES + 1 + i));
    return { parameters, state, training };
  }

  /** @param {number} slot @returns {Record<string, Parameter>} */
  #slot(slot) {
    const { shapes } = summarize(this.#spec);
    return Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => {
        const length = shape.reduce((a, b) => a * b, 1);
        const data = this.#core.filled(Float32Array, length, (address) =>
          this.#core.call.dw_parameter_read(this.#model, ...place(name), slot, address),
        );
        return [name, { shape, data }];
      }),
    );
  }

  /**
   * @param {Record<string, Float32Array>} values names and lengths were checked
   * @param {Task} task
   */
  async setParameters(values, task) {
    while (this.#readers > 0) await task.giveWay();
    this.#write(values, VALUES);
  }

  /** @param {Record<string, Float32Array>} values @param {number} slot */
  #write(values, slot) {
    for (const [name, data] of Object.entries(values)) {
      this.#core.given(data, (address) =>
        this.#core.call.dw_parameter_write(this.#model, ...place(name), slot, address),
      );
    }
  }

  info() {
    const { step, epoch } = this.#trained;
    return { step, epoch };
  }

  summary() {
    return { bytes: this.#core.call.dw_model_bytes(this.#model) };
  }
}
