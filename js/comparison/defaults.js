/** Defaults and limits of a comparison, the same in the API, the command line and the page. */

import { DEFAULTS } from '../defaults.js';

export const COMPARISON_DEFAULTS = Object.freeze({
  network: DEFAULTS.network,
  variants: Object.freeze(['article', 'article-scaled']),
  p: DEFAULTS.layer.p,
  epochs: 2,
  seeds: Object.freeze([1, 2, 3, 4, 5]),
  batchSize: DEFAULTS.fit.batchSize,
  optimizer: DEFAULTS.fit.optimizer,
  /** With ReLU the larger step trains well; the linear networks would diverge. */
  sgdLearningRate: Object.freeze({ printed: 0.01, intended: 0.01, relu: 0.1, srivastava: 0.1 }),
  /** The whole of MNIST; a smaller data set is used whole. */
  trainSize: 60_000,
  /** Rows for the loss without dropout, after each epoch: enough to be steady, quick to pass. */
  trainEvaluation: 10_000,
  numerics: DEFAULTS.runtime.numerics,
});

export const COMPARISON_LIMITS = Object.freeze({
  /** Models trained at once; each holds a thread and a copy of the data. */
  workers: { min: 1, max: 256 },
  /** A comparison's seeds: more is a typing error such as 1-50000. */
  seeds: { min: 1, max: 10_000 },
});
