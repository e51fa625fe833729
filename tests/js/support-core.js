/** A model driven by the C API alone, step by step, through WebAssembly. */

import { ACTIVATIONS, MASKS, NOISES, OPTIMIZER_NAMES, SCALINGS } from '../../js/core/enums.js';
import { resolveSpec } from '../../js/layers.js';

import { unitsOf } from '../../js/summary.js';
import { startCore } from './support-build.js';

/** `enum dw_train_field` and its end */
const [LAST_LOSS, MACS, MACS_DENSE, FIELDS] = [3, 5, 6, 7];
const [BYTES, FLOATS] = [0, 1];
/** `dw_activations`: with the masks of a step */
const TRAINING = 1;

/** `samples` rows of a data set from row `first` on, as one of their own. */
export function rowsOf({ images, labels, features, classes }, first, samples) {
  return {
    images: images.subarray(first * features, (first + samples) * features),
    labels: labels.subarray(first, first + samples),
    samples,
    features,
    classes,
  };
}

export class CoreModel {
  #core;
  #model;
  #spec;

  /**
   * @template R
   * @param {object} spec
   * @param {{ name?: string, momentum?: number }} optimizer
   * @param {(model: CoreModel) => R} use
   */
  static async with(spec, { name = 'sgd', momentum = 0 }, use) {
    const model = new CoreModel(await startCore(), resolveSpec(spec), name);
    model.momentum = momentum;
    try {
      return await use(model);
    } finally {
      model.#core.call.dw_model_destroy(model.#model);
    }
  }

  constructor(core, spec, optimizer) {
    const { call } = core;
    [this.#core, this.#spec] = [core, spec];
    this.#model = core.made(call.dw_model_create(spec.input, spec.seed));
    for (const layer of spec.layers) {
      const { p, mask, scaling } = layer.dropConnect ?? layer;
      const drop = [p, MASKS.indexOf(mask), SCALINGS.indexOf(scaling)];
      if (layer.type === 'dropout') {
        core.check(call.dw_model_add_dropout(this.#model, NOISES.indexOf(layer.type), ...drop));
        continue;
      }
      const activation = ACTIVATIONS.indexOf(layer.activation);
      core.check(call.dw_model_add_dense(this.#model, layer.units, activation));
      if (layer.dropConnect) core.check(call.dw_model_drop_connect(this.#model, ...drop, 0));
    }
    core.check(call.dw_model_build(this.#model));
    core.check(call.dw_model_initialize(this.#model));
    const kind = OPTIMIZER_NAMES.indexOf(optimizer);
    core.check(call.dw_optimizer_configure(this.#model, kind, 0, 0, 0.9, 0.999, 1e-8));
  }

  /** Holds the data for the time of `use`. */
  #withData({ images, labels, samples, features, classes }, use) {
    const { call } = this.#core;
    const format = images instanceof Uint8Array ? BYTES : FLOATS;
    const data = this.#core.made(call.dw_dataset_create(samples, features, classes, format));
    try {
      if (format === BYTES) {
        this.#core.given(images, (address) => call.dw_dataset_add_bytes(data, 0, samples, address));
      } else {
        const floats = call.dw_dataset_floats_view(data);
        this.#core.view(Float32Array, floats, images.length).set(images);
      }
      this.#core.view(Uint16Array, call.dw_dataset_labels_view(data), samples).set(labels);
      return use(data);
    } finally {
      call.dw_dataset_destroy(data);
    }
  }

  #counters() {
    return this.#core.copy(Float64Array, this.#core.call.dw_train_view(this.#model), FIELDS);
  }

  /**
   * One epoch in the rows' own order.
   * @param {number} [batch] default: one step on all of them
   * @returns {{ macs: number, dense: number, loss: number }[]} of every step:
   *   multiply-adds done and those of the dense network, the loss
   */
  steps(data, batch = data.samples, rate = 0.01) {
    const { call } = this.#core;
    return this.#withData(data, (pointer) => {
      this.#core.check(call.dw_train_begin(this.#model, pointer, data.samples, batch, 0, 0));
      return Array.from({ length: Math.ceil(data.samples / batch) }, () => {
        const before = this.#counters();
        this.#core.check(call.dw_train_step(this.#model, pointer, rate, this.momentum));
        const after = this.#counters();
        return {
          macs: after[MACS] - before[MACS],
          dense: after[MACS_DENSE] - before[MACS_DENSE],
          loss: after[LAST_LOSS],
        };
      });
    });
  }

  /** Bytes 0 or 1, rows x units. */
  mask(layer, step, rows) {
    const length = rows * unitsOf(this.#spec, layer);
    return this.#core.filled(Uint8Array, length, (address) =>
      this.#core.call.dw_mask(this.#model, layer, step, 0, rows, address),
    );
  }

  /** What the layer gives these rows in a training step, rows x units. */
  activations(data, layer, step) {
    const length = data.samples * unitsOf(this.#spec, layer);
    return this.#withData(data, (pointer) =>
      this.#core.filled(Float32Array, length, (address) =>
        this.#core.call.dw_activations(
          this.#model,
          pointer,
          0,
          data.samples,
          0,
          layer,
          TRAINING,
          step,
          address,
        ),
      ),
    );
  }

  /** Weights, then biases, of every dense layer. @returns {Float32Array[]} */
  parameters() {
    const read = (dense, which, length) =>
      this.#core.filled(Float32Array, length, (address) =>
        this.#core.call.dw_parameter_read(this.#model, dense, which, 0, address),
      );
    let inputs = this.#spec.input;
    return this.#spec.layers
      .filter(({ type }) => type === 'dense')
      .flatMap(({ units }, dense) => {
        const arrays = [read(dense, 0, units * inputs), read(dense, 1, units)];
        inputs = units;
        return arrays;
      });
  }
}
