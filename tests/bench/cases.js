/**
 * What is trained: 784-512-512-dropout(0.5)-10 with ReLU on all of MNIST, batch 64. A case is a
 * variant of dropout and an optimizer: 'article-sgd'.
 */

export const NETWORK = { inputs: 784, units: 512, classes: 10 };
export const BATCH = 64;
/** Steps of an epoch: ceil(60000 / 64). */
export const EPOCH_STEPS = 938;

/** Options of `fit`. */
export const OPTIMIZERS = {
  sgd: { name: 'sgd', learningRate: 0.1 },
  adam: { name: 'adam', learningRate: 0.001 },
};

/** Mask and scale of what is kept, for the rivals; their meaning: README, "What the article says". */
export const DROPOUTS = {
  none: { mask: undefined, scale: 1 },
  article: { mask: 'batch', scale: 1 },
  'article-scaled': { mask: 'batch', scale: 2 },
  standard: { mask: 'element', scale: 2 },
};

export const CASES = Object.keys(DROPOUTS).flatMap((variant) =>
  Object.keys(OPTIMIZERS).map((optimizer) => `${variant}-${optimizer}`),
);
export const DEFAULT_CASES = ['article-sgd', 'article-scaled-sgd', 'standard-sgd', 'standard-adam'];

/** @param {string} name */
export function parseCase(name) {
  const at = name.lastIndexOf('-');
  return { variant: name.slice(0, at), optimizer: name.slice(at + 1) };
}
