/**
 * The settings of a comparison as text, the same words in a link and on the command line. A row of
 * the table is all that a new setting needs.
 */

import {
  LIMITS,
  NUMERICS,
  OPTIMIZERS,
  OPTIMIZER_NAMES,
  checkInteger,
  checkNumber,
  checkOneOf,
  checkProbability,
  rangeError,
  typeError,
  withoutUndefined,
} from '../options.js';
import { NETWORKS } from '../variants.js';
import { checkList, checkSeeds, checkVariants, defaultLearningRate } from './checks.js';
import { COMPARISON_DEFAULTS, COMPARISON_LIMITS } from './defaults.js';
import { checkBaseline, resolveGrid } from './grid.js';
import { SCHEDULES } from './schedule.js';

/** @typedef {import('../variants.js').Network} Network */
/** @typedef {import('../variants.js').VariantKey} VariantKey */
/** @typedef {import('../options.js').OptimizerName} OptimizerName */

/**
 * @typedef {object} Settings the variants, and options of `compare`
 * @property {VariantKey[]} variants
 * @property {Network} network
 * @property {number | number[]} p an array where there are several
 * @property {number} epochs
 * @property {number[]} seeds
 * @property {number} batchSize
 * @property {{ name: OptimizerName, learningRate?: number }} optimizer
 * @property {number[]} [learningRates] where there are several, instead of the optimizer's
 * @property {import('./schedule.js').Schedule} [schedule]
 * @property {number} [momentum]
 * @property {number} [weightDecay]
 * @property {number} [maxNorm]
 * @property {number} [trainSize] all rows where left out
 * @property {import('../options.js').Numerics} numerics
 * @property {string} [baseline] a variant or the name of a cell; the first variant
 */

/**
 * @typedef {object} Row
 * @property {string} flag the word in links, and with two dashes on the command line
 * @property {string} value what stands for its value in help
 * @property {string} help
 * @property {(text: string, name: string) => any} parse
 * @property {(settings: Settings) => string | undefined} format undefined: left out
 * @property {boolean} [isView] whether it only changes how runs are shown: no run depends on it
 */

const { sgd, adam, adamw } = OPTIMIZERS;
const sgdRates = COMPARISON_DEFAULTS.sgdLearningRate;
/** '0.01 on printed and intended, 0.1 on relu and srivastava' */
const sgdRatesText = [...new Set(Object.values(sgdRates))]
  .map((rate) => `${rate} on ${NETWORKS.filter((key) => sgdRates[key] === rate).join(' and ')}`)
  .join(', ');

/** @type {readonly Row[]} */
export const SETTINGS = Object.freeze([
  {
    flag: 'network',
    value: 'NAME',
    help: 'of the networks below',
    parse: (text, name) => checkOneOf(text, NETWORKS, name),
    format: ({ network }) => network,
  },
  {
    flag: 'variants',
    value: 'a,b',
    help: 'of the variants below',
    parse: (text, name) => checkVariants(text.split(','), name),
    format: ({ variants }) => variants.join(','),
  },
  {
    flag: 'p',
    value: '0.5',
    help: 'the probability of dropping; several with commas: every variant at each',
    parse: (text, name) => parseNumbers(text, name, checkProbability),
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
    help: `${adam.defaults.learningRate}; with sgd ${sgdRatesText}; several as for p`,
    parse: (text, name) =>
      parseNumbers(text, name, (rate, place) => checkNumber(rate, place, LIMITS.learningRate)),
    format: ({ optimizer, learningRates }) => String(learningRates ?? optimizer.learningRate),
  },
  {
    flag: 'schedule',
    value: SCHEDULES.join('|'),
    help: `${SCHEDULES[0]}, or the rate falls to 0 over the epochs`,
    parse: (text, name) => checkOneOf(text, SCHEDULES, name),
    format: ({ schedule }) => schedule,
  },
  {
    flag: 'momentum',
    value: 'x',
    help: `of sgd; ${sgd.defaults.momentum}`,
    parse: (text, name) => checkNumber(toNumber(text, name), name, LIMITS.momentum),
    format: ({ momentum }) => momentum?.toString(),
  },
  {
    flag: 'weight-decay',
    value: 'x',
    help: `${adam.defaults.weightDecay}; with adamw ${adamw.defaults.weightDecay}`,
    parse: (text, name) => checkNumber(toNumber(text, name), name, LIMITS.weightDecay),
    format: ({ weightDecay }) => weightDecay?.toString(),
  },
  {
    flag: 'max-norm',
    value: 'x',
    help: 'the largest norm of the weights into a hidden unit; none',
    parse: (text, name) => checkNumber(toNumber(text, name), name, LIMITS.maxNorm),
    format: ({ maxNorm }) => maxNorm?.toString(),
  },
  {
    flag: 'train-size',
    value: 'n',
    help: 'the first n training images; all',
    parse: (text, name) => checkInteger(toNumber(text, name), name, LIMITS.samples),
    format: ({ trainSize = COMPARISON_DEFAULTS.trainSize }) => String(trainSize),
  },
  {
    flag: 'numerics',
    value: NUMERICS.join('|'),
    help: 'strict: the same bits in every engine',
    parse: (text, name) => checkOneOf(text, NUMERICS, name),
    format: ({ numerics }) => numerics,
  },
  {
    flag: 'baseline',
    value: 'KEY',
    help: "compare with this variant, or a row as the table names it, such as 'unscaled rate 0.02'; the first",
    parse: (text) => text, // checked once all cells are known
    format: ({ baseline }) => baseline,
    isView: true,
  },
]);

/** Of the machine, and no part of a comparison: no link holds it. */
export const WORKERS = Object.freeze({
  flag: 'workers',
  value: 'n',
  help: 'models at once; one a processor',
  parse: (/** @type {string} */ text, /** @type {string} */ name) =>
    checkInteger(toNumber(text, name), name, COMPARISON_LIMITS.workers),
});

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
  const network = given.network ?? COMPARISON_DEFAULTS.network;
  const name = given.optimizer ?? COMPARISON_DEFAULTS.optimizer;
  const rate = given['learning-rate'] ?? defaultLearningRate(name, network);
  const { schedule, momentum } = given;
  const settings = {
    variants: given.variants ?? [...COMPARISON_DEFAULTS.variants],
    network,
    p: given.p ?? COMPARISON_DEFAULTS.p,
    epochs: given.epochs ?? COMPARISON_DEFAULTS.epochs,
    seeds: given.seeds ?? [...COMPARISON_DEFAULTS.seeds],
    batchSize: given.batch ?? COMPARISON_DEFAULTS.batchSize,
    optimizer: Array.isArray(rate) ? { name } : { name, learningRate: rate },
    ...withoutUndefined({
      learningRates: Array.isArray(rate) ? rate : undefined,
      schedule,
      momentum,
      weightDecay: given['weight-decay'],
      maxNorm: given['max-norm'],
      trainSize: given['train-size'],
    }),
    numerics: given.numerics ?? COMPARISON_DEFAULTS.numerics,
    ...withoutUndefined({ baseline: given.baseline }),
  };
  const cells = resolveGrid(settings.variants, settings); // throws where two settings contradict each other
  if (given.baseline !== undefined) checkBaseline(given.baseline, cells, `${prefix}baseline`);
  return settings;
}

/**
 * @param {string} text
 * @param {string} name
 * @param {(value: unknown, name: string) => number} check
 * @returns {number | number[]} one number, or several with commas
 */
function parseNumbers(text, name, check) {
  const values = text.split(',').map((part) => toNumber(part, name));
  const checked = checkList(values, name, (value) => check(value, name));
  return checked.length === 1 ? checked[0] : checked;
}

/**
 * @param {string} text
 * @param {string} name
 * @returns {number}
 */
export function toNumber(text, name) {
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
    checkInteger(seeds.length + last - first + 1, `number of ${name}`, COMPARISON_LIMITS.seeds);
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
