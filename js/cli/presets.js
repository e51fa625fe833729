/** Comparisons by name, in the words of the command line. */

/** @typedef {{ description: string, options: Readonly<Record<string, string>> }} Preset `options` by flag */

/** @type {Readonly<Record<string, Preset>>} */
export const presets = Object.freeze({
  printed: {
    description: 'the article as printed, the dropped 512 values being the logits; SGD at 0.01',
    options: { network: 'printed', optimizer: 'sgd' },
  },
  intended: {
    description: 'the article as it is meant: linear throughout; Adam at 0.001',
    options: { network: 'intended', optimizer: 'adam' },
  },
  relu: {
    description: 'the same with ReLU after both hidden layers',
    options: { network: 'relu', optimizer: 'adam' },
  },
  'matched-rates': {
    description: 'unscaled at the same, twice and four times the rate against standard; SGD',
    options: {
      network: 'intended',
      variants: 'standard,unscaled',
      optimizer: 'sgd',
      'learning-rate': '0.01,0.02,0.04',
    },
  },
  'small-data': {
    description: '1,000 images, 40 epochs, 10 seeds, with dropout and without: where it pays',
    options: {
      network: 'relu',
      variants: 'none,standard',
      'train-size': '1000',
      epochs: '40',
      seeds: '1-10',
      optimizer: 'adam',
      'learning-rate': '0.001',
    },
  },
  srivastava: {
    description: 'Srivastava et al. 2014: 784-800-800-10, input 0.2, hidden 0.5; 40 epochs, cosine',
    options: {
      network: 'srivastava',
      variants: 'standard',
      seeds: '1',
      batch: '128',
      epochs: '40',
      optimizer: 'adam',
      'learning-rate': '0.001',
      schedule: 'cosine',
    },
  },
});
