/** Variants and networks in words, for the command line and the page: no page of a user loads them. */

/** @typedef {import('./variants.js').Network} Network */
/** @typedef {import('./variants.js').VariantKey} VariantKey */

/** What each network is. @type {Readonly<Record<Network, string>>} */
export const networkInfo = Object.freeze({
  printed: '784-512-512, dropout; those 512 values are the logits, as the article prints it',
  intended: '784-512-512, dropout, 10; linear throughout, as the article means it',
  relu: '784-512-512, dropout, 10; ReLU after both hidden layers',
  srivastava:
    '784-800-800-10, ReLU; dropout after both hidden layers and, with 0.4 p, on the input (not alpha)',
});

/**
 * A name and a sentence for each variant.
 * @type {Readonly<Record<VariantKey, { label: string, description: string }>>}
 */
export const variantInfo = Object.freeze({
  none: { label: 'No dropout', description: 'nothing is dropped' },
  article: {
    label: "The article's Dropout",
    description: 'one mask for the whole batch, never scaled',
  },
  'article-scaled': {
    label: "The article's TrueDropout",
    description: 'one mask for the whole batch, what is kept times 1 / (1 - p) while training',
  },
  standard: {
    label: 'Standard dropout',
    description: 'a mask for every row, times 1 / (1 - p) while training, as in PyTorch and Keras',
  },
  'test-scaled': {
    label: 'Scaled in evaluation',
    description: 'a mask for every row, times 1 - p in evaluation, as in Srivastava et al. 2014',
  },
  unscaled: {
    label: 'Never scaled',
    description: 'a mask for every row, never scaled',
  },
  dropconnect: {
    label: 'DropConnect',
    description: 'single weights of the second layer, drawn once a step, times 1 / (1 - p)',
  },
  gaussian: {
    label: 'Gaussian dropout',
    description: 'times a normal number of mean 1 and variance p / (1 - p), nothing is dropped',
  },
  alpha: {
    label: 'Alpha dropout',
    description:
      'another network: SELU and its initial weights, which differ from those of all others',
  },
});
