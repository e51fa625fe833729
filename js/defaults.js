/**
 * Defaults and limits of models and their training, the same in the API, the command line and the page.
 */

import { MAX_LAYERS } from './core/enums.js';

/** The largest finite float32: what the core can hold. */
const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

/** @typedef {'strict' | 'fast'} Numerics */
/** @typedef {import('./core/enums.js').OptimizerName} OptimizerName */

/**
 * How the core computes. 'strict': the same bits everywhere; 'fast': may fuse multiply and add, masks,
 * shuffles and initial weights are the same.
 * @type {readonly Numerics[]}
 */
export const NUMERICS = Object.freeze(['strict', 'fast']);

const NO_MOMENTUM = { momentum: 0, nesterov: false };
const NO_MOMENTS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/**
 * Each optimizer's defaults, and which of its numbers have an effect: any other one must keep its
 * default, since an option that does nothing in silence is a trap.
 */
export const OPTIMIZERS = Object.freeze({
  sgd: {
    defaults: { learningRate: 0.01, weightDecay: 0, ...NO_MOMENTUM, ...NO_MOMENTS },
    uses: ['learningRate', 'weightDecay', 'momentum', 'nesterov'],
  },
  adam: {
    defaults: { learningRate: 0.001, weightDecay: 0, ...NO_MOMENTUM, ...NO_MOMENTS },
    uses: ['learningRate', 'weightDecay', 'beta1', 'beta2', 'epsilon'],
  },
  adamw: {
    defaults: { learningRate: 0.001, weightDecay: 0.01, ...NO_MOMENTUM, ...NO_MOMENTS },
    uses: ['learningRate', 'weightDecay', 'beta1', 'beta2', 'epsilon'],
  },
});

export const DEFAULTS = Object.freeze({
  seed: 0,
  /** Of `variants`. */
  network: 'intended',
  runtime: Object.freeze({ worker: true, numerics: NUMERICS[0] }),
  layer: Object.freeze({
    activation: 'linear',
    p: 0.5,
    mask: 'element',
    scaling: 'train',
    /** One draw a step: a draw for every row costs a masked copy of the weights a row. */
    dropConnectMask: 'batch',
    inference: 'mean',
    draws: 1000,
  }),
  fit: Object.freeze({
    epochs: 1,
    batchSize: 64,
    shuffle: true,
    optimizer: 'adam',
    trainEvaluation: 0,
    resume: false,
  }),
  /** Of `moments`: the error of a mean is a tenth of the standard deviation. */
  momentPasses: 100,
});

export const LIMITS = Object.freeze({
  /** Two Philox key words hold a seed; JavaScript's integers end here. */
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER },
  /** A side of a weight: 2^16 units times 2^16 inputs is what a 32-bit core can still index. */
  input: { min: 1, max: 65_536 },
  units: { min: 1, max: 65_536 },
  /** Labels are `Uint16`. */
  classes: { min: 1, max: 65_536 },
  layers: { min: 1, max: MAX_LAYERS },
  /** Rows of a data set are counted in 32 bits, with room for a sign. */
  samples: { min: 1, max: 2 ** 31 - 1 },
  batchSize: { min: 1, max: 65_536 },
  /** Schedules are arrays of one number an epoch. */
  epochs: { min: 1, max: 1_000_000 },
  /** The core's float32: below it is 0, above it infinity. */
  evalScale: { min: 2 ** -126, max: FLOAT32_MAX },
  maxNorm: { min: 2 ** -126, max: FLOAT32_MAX },
  /** Of Gaussian inference: with the most, the error of a mean is a thousandth of the standard deviation. */
  draws: { min: 1, max: 1_000_000 },
  /** Steps, passes and rows are counted in 32 bits. */
  count: { min: 0, max: 2 ** 32 - 1 },
  /** Of a mask that is asked for: far more than any batch has. */
  maskRows: { min: 1, max: 2 ** 20 },
  maxSteps: { min: 1, max: Number.MAX_SAFE_INTEGER },
  learningRate: { min: 0, max: FLOAT32_MAX },
  momentum: { min: 0, max: 1 },
  weightDecay: { min: 0, max: FLOAT32_MAX },
  beta: { min: 0, below: 1 },
  /** The smallest normal float32: with 0, a weight that never has a gradient becomes 0 / 0. */
  epsilon: { min: 2 ** -126, max: FLOAT32_MAX },
  /** Bytes of a data file, unpacked: what one typed array holds in every browser. */
  fileBytes: 2 ** 31 - 1,
});
