/**
 * The one table of settings that have a control: what it is called, where it stands, how it is
 * offered. Its words in the address, its default and its validation are the row of the same flag in
 * the package's own table, so that the page, a link and the command line cannot differ.
 */

import { DEFAULTS } from '../js/defaults.js';
import { checkInteger } from '../js/check.js';
import { formatLink, parseLink } from '../js/link.js';
import { defaultLearningRate } from '../js/comparison/checks.js';
import { SETTINGS } from '../js/comparison/settings.js';
import { networkInfo } from '../js/variant-words.js';
import { NETWORKS } from '../js/variants.js';

/** @typedef {import('../js/comparison/settings.js').Settings & { p: number, optimizer: { learningRate: number } }} Settings a comparison of one p and one learning rate */

/** Training images of MNIST, the data of this page. */
const IMAGES = DEFAULTS.comparison.trainSize;

/**
 * @typedef {object} Control
 * @property {string} flag the setting's word in links
 * @property {'choice' | 'variants' | 'text'} kind
 * @property {string} label
 * @property {string} group its heading, in the order of the algorithm
 * @property {string} [note] a line below the control
 * @property {{ value: string, label: string, note?: string }[]} [options] of a choice
 * @property {number[]} [stops] what a slider offers beside the text; any valid value may be typed
 */

/** @param {number} first @param {number} last @param {number} step */
const evenly = (first, last, step) =>
  Array.from({ length: Math.round((last - first) / step) + 1 }, (_, i) =>
    Number((first + i * step).toFixed(6)),
  );

/** 1, 2 and 5 of every power of ten. */
const LEARNING_RATES = evenly(-5, -1, 1)
  .flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)))
  .concat(1);

/** @type {Control[]} */
export const CONTROLS = [
  {
    flag: 'network',
    kind: 'choice',
    label: 'Network',
    group: 'Network',
    options: NETWORKS.map((value) => ({ value, label: value, note: networkInfo[value] })),
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
    flag: 'optimizer',
    kind: 'choice',
    label: 'Optimizer',
    group: 'Training',
    options: [
      { value: 'adam', label: 'Adam' },
      { value: 'adamw', label: 'AdamW', note: 'weight decay 0.01' },
      { value: 'sgd', label: 'SGD' },
    ],
  },
  {
    flag: 'learning-rate',
    kind: 'text',
    label: 'Learning rate',
    group: 'Training',
    stops: LEARNING_RATES,
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
    label: 'Images a batch',
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
    note: 'One run a seed and variant: 1-5, or 1,4,9.',
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
];

/** @param {string} flag */
function rowOf(flag) {
  const row = SETTINGS.find((setting) => setting.flag === flag);
  if (row === undefined) throw new Error(`the package has no setting ${flag}`);
  return row;
}

/** A setting as the words of its control. @param {string} flag @param {Settings} settings */
export function textOf(flag, settings) {
  return rowOf(flag).format(settings) ?? '';
}

/**
 * @param {string} link
 * @returns {Settings}
 * @throws {TypeError | RangeError} naming a key or value that cannot be, or that the page cannot show
 */
export function readLink(link) {
  const settings = parseLink(link);
  checkInteger(settings.trainSize ?? IMAGES, 'train-size', { min: 1, max: IMAGES });
  const grid = [settings.p].flat().length > 1 ? 'p' : settings.learningRates && 'learning-rate';
  if (grid) {
    throw new RangeError(
      `${grid} has several values, and the page shows one at a time; the command line runs them all: dropout-wasm run "#${formatLink(settings)}"`,
    );
  }
  return /** @type {Settings} */ (settings);
}

/** Settings that have no control and are not left out, in words. @param {Settings} settings */
export function moreOf(settings) {
  return SETTINGS.filter(({ flag }) => !CONTROLS.some((control) => control.flag === flag)).flatMap(
    ({ flag, format }) => {
      const text = format(settings);
      return text === undefined ? [] : [`${flag} ${text}`];
    },
  );
}

/**
 * The settings with one of them changed. The learning rate follows network and optimizer for as long
 * as it is their default; momentum, which only sgd has, goes with another optimizer.
 * @param {Settings} settings
 * @param {string} flag
 * @param {string} text
 * @returns {Settings}
 * @throws {TypeError | RangeError} naming the setting and the value
 */
export function withChange(settings, flag, text) {
  const { optimizer, network } = settings;
  const texts = new URLSearchParams(formatLink(settings));
  const follows = optimizer.learningRate === defaultLearningRate(optimizer.name, network);
  if (follows) texts.delete('learning-rate');
  if (flag === 'optimizer') texts.delete('momentum');
  texts.set(flag, text);
  return readLink(`${texts}`);
}

/** @returns {Settings} */
export function defaultSettings() {
  return readLink('v=1');
}

/** @param {Settings} settings @returns {string} the fragment that names every one */
export function addressOf(settings) {
  return `#${formatLink(settings)}`;
}

/** @param {string} hash of the address; one that names no settings is a place on the page */
export function isLink(hash) {
  return hash.includes('=');
}

/** A comparison in one plain sentence, without its full stop. @param {Settings} settings */
export function sentenceOf(settings) {
  const { network, variants, p, optimizer, epochs, seeds } = settings;
  const { trainSize = IMAGES } = settings;
  const names = { adam: 'Adam', adamw: 'AdamW', sgd: 'SGD' };
  return [
    `network ${network}`,
    variants.join(' against '),
    `p = ${p}`,
    `${names[optimizer.name]} at ${optimizer.learningRate}`,
    ...moreOf(settings),
    `${count(epochs, 'epoch')} of ${count(trainSize, 'image')}`,
    count(seeds.length, 'seed'),
  ].join(', ');
}

/** @param {number} n @param {string} noun */
export function count(n, noun) {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}

/** The settings in force, and whoever follows them. */
export class Store {
  #settings;
  #followers = /** @type {((settings: Settings) => void)[]} */ ([]);

  /** @param {Settings} settings */
  constructor(settings) {
    this.#settings = settings;
  }

  get settings() {
    return this.#settings;
  }

  /** @param {Settings} settings */
  set(settings) {
    this.#settings = settings;
    for (const follower of this.#followers) follower(settings);
  }

  /** @param {(settings: Settings) => void} follower called now and after every change */
  follow(follower) {
    this.#followers.push(follower);
    follower(this.#settings);
  }
}
