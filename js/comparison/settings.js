/**
 * The settings of a comparison as text, the same words in a link and on the command line. A row of
 * the table is all that a new setting needs.
 */

import {
  DEFAULTS,
  LIMITS,
  NUMERICS,
  OPTIMIZER_NAMES,
  checkInteger,
  checkNumber,
  checkOneOf,
  checkProbability,
  rangeError,
  typeError,
} from '../options.js';
import { NETWORKS, VARIANT_KEYS } from '../variants.js';
import { checkSeeds, checkVariants, defaultLearningRate } from './checks.js';

/** @typedef {import('../variants.js').Network} Network */
/** @typedef {import('../variants.js').VariantKey} VariantKey */
/** @typedef {import('../options.js').OptimizerName} OptimizerName */

/**
 * @typedef {object} Settings the variants, and options of `compare`
 * @property {VariantKey[]} variants
 * @property {Network} network
 * @property {number} p
 * @property {number} epochs
 * @property {number[]} seeds
 * @property {number} batchSize
 * @property {{ name: OptimizerName, learningRate: number }} optimizer
 * @property {number} [trainSize] all rows where left out
 * @property {import('../options.js').Numerics} numerics
 */

/**
 * @typedef {object} Row
 * @property {string} flag the word in links, and with two dashes on the command line
 * @property {string} value what stands for its value in help
 * @property {string} help
 * @property {(text: string, name: string) => any} parse
 * @property {(settings: Settings) => string} format
 */

/** @type {readonly Row[]} */
export const SETTINGS = Object.freeze([
  {
    flag: 'network',
    value: NETWORKS.join('|'),
    help: 'the network',
    parse: (text, name) => checkOneOf(text, NETWORKS, name),
    format: ({ network }) => network,
  },
  {
    flag: 'variants',
    value: 'a,b',
    help: `of ${VARIANT_KEYS.join(', ')}`,
    parse: (text, name) => checkVariants(text.split(','), name),
    format: ({ variants }) => variants.join(','),
  },
  {
    flag: 'p',
    value: '0.5',
    help: 'the probability of dropping',
    parse: (text, name) => checkProbability(toNumber(text, name), name),
    format: ({ p }) => String(p),
  },
  {
    flag: 'epochs',
    value: '2',
    help: 'passes over the training images',
    parse: (text, name) => checkInteger(toNumber(text, name), name, LIMITS.epochs),
    format: ({ epochs }) => String(epochs),
  },
  {
    flag: 'seeds',
    value: '1-5',
    help: 'ranges and single numbers, with commas',
    parse: parseSeeds,
    format: ({ seeds }) => formatSeeds(seeds),
  },
  {
    flag: 'batch',
    value: '64',
    help: 'rows a step',
    parse: (text, name) => checkInteger(toNumber(text, name), name, LIMITS.batchSize),
    format: ({ batchSize }) => String(batchSize),
  },
  {
    flag: 'optimizer',
    value: OPTIMIZER_NAMES.join('|'),
    help: 'how weights move',
    parse: (text, name) => checkOneOf(text, OPTIMIZER_NAMES, name),
    format: ({ optimizer }) => optimizer.name,
  },
  {
    flag: 'learning-rate',
    value: 'x',
    help: '0.001; with sgd 0.01, on the relu network 0.1',
    parse: (text, name) => checkNumber(toNumber(text, name), name, LIMITS.learningRate),
    format: ({ optimizer }) => String(optimizer.learningRate),
  },
  {
    flag: 'train-size',
    value: 'n',
    help: 'the first n training images; all',
    parse: (text, name) => checkInteger(toNumber(text, name), name, LIMITS.samples),
    format: ({ trainSize = DEFAULTS.comparison.trainSize }) => String(trainSize),
  },
  {
    flag: 'numerics',
    value: NUMERICS.join('|'),
    help: 'strict: the same bits in every engine',
    parse: (text, name) => checkOneOf(text, NUMERICS, name),
    format: ({ numerics }) => numerics,
  },
]);

/**
 * @param {Readonly<Record<string, string | undefined>>} texts by flag; what is left out has its
 *   default
 * @param {string} [prefix] before a flag's name in errors ('--')
 * @returns {Settings}
 */
export function parseSettings(texts, prefix = '') {
  const given = Object.fromEntries(
    SETTINGS.map(({ flag, parse }) => {
      const text = texts[flag];
      return [flag, text === undefined ? undefined : parse(text, prefix + flag)];
    }),
  );
  const { comparison } = DEFAULTS;
  const network = given.network ?? comparison.network;
  const name = given.optimizer ?? comparison.optimizer;
  return {
    variants: given.variants ?? [...comparison.variants],
    network,
    p: given.p ?? comparison.p,
    epochs: given.epochs ?? comparison.epochs,
    seeds: given.seeds ?? [...comparison.seeds],
    batchSize: given.batch ?? comparison.batchSize,
    optimizer: {
      name,
      learningRate: given['learning-rate'] ?? defaultLearningRate(name, network),
    },
    ...(given['train-size'] !== undefined && { trainSize: given['train-size'] }),
    numerics: given.numerics ?? comparison.numerics,
  };
}

/**
 * @param {string} text
 * @param {string} name
 */
function toNumber(text, name) {
  // Number('') is 0 and Number('0x10') 16: neither is what a person meant.
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw typeError(name, 'a number', text);
  return Number(text);
}

/**
 * @param {string} text '1-5', '0', '1-3,10'
 * @param {string} name
 * @returns {number[]}
 */
export function parseSeeds(text, name) {
  /** @type {number[]} */
  const seeds = [];
  for (const part of text.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (!match) throw typeError(name, 'seeds such as 1-5 or 1,3,7', text);
    const first = checkInteger(Number(match[1]), name, LIMITS.seed);
    const last = checkInteger(Number(match[2] ?? first), name, LIMITS.seed);
    if (last < first) throw rangeError(name, `ranges that run upwards, ${last}-${first}`, part);
    // Before they are listed: a range may hold more than fits into memory.
    checkInteger(seeds.length + last - first + 1, `number of ${name}`, LIMITS.seeds);
    for (let seed = first; seed <= last; seed++) seeds.push(seed);
  }
  return checkSeeds(seeds, name);
}

/**
 * @param {readonly number[]} seeds
 * @returns {string} runs of consecutive numbers as ranges
 */
export function formatSeeds(seeds) {
  /** @type {[number, number][]} */
  const ranges = [];
  for (const seed of seeds) {
    const range = ranges.at(-1);
    if (range && range[1] + 1 === seed) range[1] = seed;
    else ranges.push([seed, seed]);
  }
  return ranges
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
    .join(',');
}
