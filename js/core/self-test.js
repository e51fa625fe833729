/** What a core must get right before it is trusted: integer lanes, and a product with its softmax. */

/** @typedef {import('./core.js').Core} Core */

/** Of probabilities: far above float32's rounding, far below any wrong lane. */
export const TOLERANCE = 1e-6;

/** Inputs of the product: more than one tile, and odd. */
export const INPUTS = 37;
export const HIDDEN = 5;
/** What the product and its softmax are in float64, to ten decimals. */
export const PROBABILITIES = [0.3090908133, 0.2814303881, 0.4094787985];
const OUTPUTS = PROBABILITIES.length;

/**
 * @param {Core} core
 * @returns {{ what: string, found: number[], expected: number[] }[]}
 */
export function selfTests(core) {
  return [
    { what: 'the mask', found: mask(core), expected: [0, 0, 1, 0] },
    { what: 'the probabilities', found: probabilities(core), expected: PROBABILITIES },
  ];
}

/** Row 0 of the first layer's mask at step 0, p 0.5, seed 0: Philox4x32-10 of (0, 0, 0, 2^17).
 * @param {Core} core */
function mask(core) {
  const bytes = core.filled(Uint8Array, 4, (address) =>
    core.call.dw_dropout_mask(0.5, 0, 1, 4, 0, 0, 0, address),
  );
  return [...bytes];
}

// Exact in float32, so that only sums and exponentials round.
export const input = (/** @type {number} */ i) => ((i % 7) - 3) / 4;
export const hiddenWeight = (/** @type {number} */ o, /** @type {number} */ i) =>
  ((i * (o + 2)) % 5) / 8 - 0.25;
export const outputWeight = (/** @type {number} */ o, /** @type {number} */ i) =>
  ((o + 2 * i) % 3) / 2 - 0.5;

/** Two dense layers, so that both layouts of weights and their kernels are passed. @param {Core} core */
function probabilities(core) {
  const { call } = core;
  const model = core.made(call.dw_model_create(INPUTS, 0));
  let data = 0;
  try {
    core.check(call.dw_model_add_dense(model, HIDDEN, 0));
    core.check(call.dw_model_add_dense(model, OUTPUTS, 0));
    core.check(call.dw_model_build(model));
    core.check(call.dw_model_initialize(model));
    write(core, model, 0, HIDDEN, INPUTS, hiddenWeight);
    write(core, model, 1, OUTPUTS, HIDDEN, outputWeight);
    data = core.made(call.dw_dataset_create(1, INPUTS, 0, 1));
    const images = core.view(Float32Array, call.dw_dataset_floats_view(data), INPUTS);
    images.set(Float32Array.from({ length: INPUTS }, (_, i) => input(i)));
    return [
      ...core.filled(Float32Array, OUTPUTS, (address) =>
        call.dw_predict(model, data, 0, 1, 0, address, 0),
      ),
    ];
  } finally {
    call.dw_dataset_destroy(data);
    call.dw_model_destroy(model);
  }
}

/**
 * @param {Core} core
 * @param {number} model
 * @param {number} dense
 * @param {number} units
 * @param {number} inputs
 * @param {(o: number, i: number) => number} weight
 */
function write(core, model, dense, units, inputs, weight) {
  const values = Float32Array.from({ length: units * inputs }, (_, at) =>
    weight(Math.floor(at / inputs), at % inputs),
  );
  core.given(values, (address) => core.call.dw_parameter_write(model, dense, 0, 0, address));
  const bias = new Float32Array(units);
  core.given(bias, (address) => core.call.dw_parameter_write(model, dense, 1, 0, address));
}
