/** How every setting is offered: the rows behind the form, in the order of the algorithm. */

import { SCHEDULES } from '../js/comparison/schedule.js';
import { COMPARISON_DEFAULTS } from '../js/comparison/defaults.js';
import { OPTIMIZERS } from '../js/defaults.js';
import { networkInfo } from '../js/variant-words.js';
import { NETWORKS } from '../js/variants.js';

/** Training images of MNIST, the data of this page. */
export const IMAGES = COMPARISON_DEFAULTS.trainSize;

/**
 * @typedef {object} Control
 * @property {string} flag the setting's word in links
 * @property {'choice' | 'variants' | 'text' | 'select'} kind
 * @property {string} label
 * @property {string} group its heading
 * @property {string} [note] a line below the control
 * @property {{ value: string, label: string, note?: string }[]} [options] of a choice; the first stands
 *   for a setting that is left out
 * @property {number[]} [stops] what a slider offers beside the text; any valid value may be typed
 * @property {boolean} [optional] whether it may be left out; `empty` says what then holds
 * @property {(texts: URLSearchParams) => string} [empty]
 * @property {(texts: URLSearchParams) => string[]} [values] of a select; the first stands for the default
 * @property {(texts: URLSearchParams) => boolean} [used] whether it has an effect beside the others
 * @property {boolean} [isTold] whether sentences name it; true
 */

/** @param {number} first @param {number} last @param {number} step */
const evenly = (first, last, step) =>
  Array.from({ length: Math.round((last - first) / step) + 1 }, (_, i) =>
    Number((first + i * step).toFixed(6)),
  );

/** 1, 2 and 5 of the powers of ten from 10^first to 10^last. @param {number} first @param {number} last */
const roundNumbers = (first, last) =>
  evenly(first, last, 1).flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));

/** @param {URLSearchParams} texts */
const isSgd = (texts) => texts.get('optimizer') === 'sgd';

/** @param {URLSearchParams} texts */
const optimizerOf = (texts) =>
  OPTIMIZERS[
    /** @type {keyof typeof OPTIMIZERS} */ (texts.get('optimizer') ?? COMPARISON_DEFAULTS.optimizer)
  ];

/** @param {URLSearchParams} texts */
const variantsOf = (texts) =>
  (texts.get('variants') ?? COMPARISON_DEFAULTS.variants.join(',')).split(',');

/** @param {Control} control @param {URLSearchParams} texts */
export function isUsed({ used }, texts) {
  return used === undefined || used(texts);
}

/** @type {readonly Control[]} */
export const CONTROLS = [
  {
    flag: 'network',
    kind: 'choice',
    label: 'Network',
    group: 'Network',
    options: NETWORKS.map((value) => ({ value, label: value, note: networkInfo[value] })),
  },
  {
    flag: 'max-norm',
    kind: 'text',
    label: 'Max-norm',
    group: 'Network',
    note: 'The largest norm of the weights into a hidden unit.',
    optional: true,
    empty: () => 'none',
  },
  { flag: 'variants', kind: 'variants', label: 'Variants', group: 'Dropout' },
  {
    flag: 'p',
    kind: 'text',
    label: 'p, probability of dropping',
    group: 'Dropout',
    stops: evenly(0, 1, 0.05),
  },
  {
    flag: 'baseline',
    kind: 'select',
    label: 'Compare with',
    group: 'Dropout',
    note: 'Differences in the table are taken from it. No run changes.',
    optional: true,
    values: variantsOf,
    used: (texts) => {
      const baseline = texts.get('baseline');
      return baseline !== variantsOf(texts)[0] && variantsOf(texts).includes(`${baseline}`);
    },
    isTold: false,
  },
  {
    flag: 'optimizer',
    kind: 'choice',
    label: 'Optimizer',
    group: 'Training',
    options: [
      { value: 'adam', label: 'Adam' },
      { value: 'adamw', label: 'AdamW', note: 'weight decay beside the gradient' },
      { value: 'sgd', label: 'SGD' },
    ],
  },
  {
    flag: 'learning-rate',
    kind: 'text',
    label: 'Learning rate',
    group: 'Training',
    stops: [...roundNumbers(-5, -1), 1],
  },
  {
    flag: 'schedule',
    kind: 'choice',
    label: 'Schedule of the rate',
    group: 'Training',
    optional: true,
    options: [
      { value: SCHEDULES[0], label: 'constant rate' },
      { value: 'linear', label: 'rate falls in a line', note: 'to 0 over the epochs' },
      { value: 'cosine', label: 'rate falls in a cosine', note: 'to 0 over the epochs' },
    ],
  },
  {
    flag: 'momentum',
    kind: 'text',
    label: 'Momentum',
    group: 'Training',
    note: 'Only for SGD.',
    stops: [0, 0.5, 0.8, 0.9, 0.95, 0.99],
    optional: true,
    empty: () => String(OPTIMIZERS.sgd.defaults.momentum),
    used: isSgd,
  },
  {
    flag: 'weight-decay',
    kind: 'text',
    label: 'Weight decay',
    group: 'Training',
    stops: [0, ...roundNumbers(-6, -2)],
    optional: true,
    empty: (texts) => String(optimizerOf(texts).defaults.weightDecay),
  },
  {
    flag: 'epochs',
    kind: 'text',
    label: 'Epochs',
    group: 'Training',
    stops: [...evenly(1, 10, 1), 15, 20, 30, 40, 60, 80, 100],
  },
  {
    flag: 'batch',
    kind: 'text',
    label: 'Images per batch',
    group: 'Training',
    stops: [8, 16, 32, 64, 128, 256, 512],
  },
  {
    flag: 'train-size',
    kind: 'text',
    label: 'Training images',
    group: 'Training',
    stops: [500, 1000, 2000, 5000, 10_000, 20_000, IMAGES],
  },
  {
    flag: 'seeds',
    kind: 'text',
    label: 'Seeds',
    group: 'Repetition',
    note: 'One run for each seed and variant: 1-5, or 1,4,9.',
  },
  {
    flag: 'numerics',
    kind: 'choice',
    label: 'Numerics',
    group: 'Repetition',
    options: [
      { value: 'strict', label: 'strict', note: 'the same weights in every browser' },
      { value: 'fast', label: 'fast', note: 'may fuse multiply and add' },
    ],
  },
  {
    flag: 'workers',
    kind: 'text',
    label: 'Runs at once',
    group: 'Repetition',
    note: 'One per processor if left empty. Only for this computer; not saved in the link.',
    optional: true,
    empty: () => String(navigator.hardwareConcurrency || 1),
    isTold: false,
  },
];
