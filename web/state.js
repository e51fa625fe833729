/**
 * Settings as links, words and addresses, and the store of those in force. Words, default and validation
 * of each are the row of its flag in the package's own table, so that the page, a link and the command
 * line cannot differ; how each is offered stands in controls-table.js.
 */

import { COMPARISON_DEFAULTS } from '../js/comparison/defaults.js';
import { checkInteger } from '../js/check.js';
import { formatLink, parseLink } from '../js/link.js';
import { defaultLearningRate } from '../js/comparison/checks.js';
import { SETTINGS, WORKERS } from '../js/comparison/settings.js';
import { CONTROLS, IMAGES, isUsed } from './controls-table.js';

/** @typedef {import('../js/comparison/settings.js').Settings & { p: number, optimizer: { learningRate: number }, workers?: number }} Settings a comparison of one p and one learning rate; `workers` is of this machine, and in no link */

/** @param {string} flag */
function rowOf(flag) {
  const row = SETTINGS.find((setting) => setting.flag === flag);
  if (row === undefined) throw new Error(`the package has no setting ${flag}`);
  return row;
}

/** A setting as the words of its control. @param {string} flag @param {Settings} settings */
export function textOf(flag, settings) {
  if (flag === WORKERS.flag) return String(settings.workers ?? '');
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
      `${grid} has several values, and the page shows one at a time; the command line runs them all: npx dropout-wasm run "#${formatLink(settings)}"`,
    );
  }
  return /** @type {Settings} */ (settings);
}

/** Settings that are left out unless the reader wants them, in words. @param {Settings} settings */
function moreOf(settings) {
  const { numerics } = settings;
  const told = SETTINGS.flatMap(({ flag, format }) => {
    const { optional, isTold = true } = CONTROLS.find((control) => control.flag === flag) ?? {};
    const text = optional && isTold ? format(settings) : undefined;
    return text === undefined ? [] : [`${flag} ${text}`];
  });
  return numerics === COMPARISON_DEFAULTS.numerics ? told : [...told, `numerics ${numerics}`];
}

/**
 * The settings with one of them changed. The learning rate follows network and optimizer for as long
 * as it is their default; what the change leaves without an effect goes with it.
 * @param {Settings} settings
 * @param {string} flag
 * @param {string} text empty: left out, where the setting may be
 * @returns {Settings}
 * @throws {TypeError | RangeError} naming the setting and the value
 */
export function withChange(settings, flag, text) {
  const { optimizer, network, workers } = settings;
  if (flag === WORKERS.flag) {
    return { ...settings, workers: text === '' ? undefined : WORKERS.parse(text, flag) };
  }
  const texts = new URLSearchParams(formatLink(settings));
  const follows = optimizer.learningRate === defaultLearningRate(optimizer.name, network);
  if (follows) texts.delete('learning-rate');
  const isLeftOut = text === '' && CONTROLS.some((one) => one.flag === flag && one.optional);
  if (isLeftOut) texts.delete(flag);
  else texts.set(flag, text);
  for (const control of CONTROLS) if (!isUsed(control, texts)) texts.delete(control.flag);
  return { ...readLink(`${texts}`), workers };
}

/** @returns {Settings} */
export function defaultSettings() {
  return readLink('v=1');
}

/** @param {Settings} settings @returns {string} the fragment that names every one */
export function addressOf(settings) {
  return `#${formatLink(settings)}`;
}

/** The same for settings with the same runs. @param {Settings} settings */
export function runsOf(settings) {
  const views = SETTINGS.filter(({ isView }) => isView).map(({ flag }) => [flag, undefined]);
  return addressOf({ ...settings, ...Object.fromEntries(views) });
}

/** Whether other settings are chosen than those that ran. @param {Settings | undefined} ran @param {Settings} settings */
export function isStale(ran, settings) {
  return ran !== undefined && runsOf(ran) !== runsOf(settings);
}

/**
 * One run of a comparison.
 * @param {Settings} settings
 * @param {string} variant
 * @param {number} seed
 */
export function addressOfRun(settings, variant, seed) {
  const variants = /** @type {Settings['variants']} */ ([variant]);
  return runsOf({ ...settings, variants, seeds: [seed] });
}

/** What the others are compared with. @param {Settings} settings @returns {string} a variant */
export function baselineOf({ baseline, variants }) {
  return baseline ?? variants[0];
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
    variants.join(', '),
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
