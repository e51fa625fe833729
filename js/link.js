/** A comparison as a link: the page's address and `#v=1&network=...`; without `v` it is 1. */

import { show } from './options.js';
import { SETTINGS, parseSettings } from './comparison/settings.js';

/** @typedef {import('./comparison/settings.js').Settings} Settings */

/** Of the words in a link. A change that gives an old link another meaning raises it. */
const LINK_VERSION = '1';

/**
 * @param {string} text an address with a fragment, or the fragment alone, with or without its #
 * @returns {Settings}
 * @throws {TypeError | RangeError} naming an unknown key or a value that cannot be
 */
export function parseLink(text) {
  const fragment = text.includes('#') ? text.slice(text.indexOf('#') + 1) : text;
  if (fragment === '' || /^[a-z]+:\/\//i.test(fragment)) {
    throw new TypeError(`link must end in #v=${LINK_VERSION}&..., got ${show(text)}`);
  }
  /** @type {Record<string, string>} */
  const texts = {};
  const known = ['v', ...SETTINGS.map(({ flag }) => flag)];
  for (const [key, value] of new URLSearchParams(fragment)) {
    if (!known.includes(key)) {
      throw new TypeError(`link has an unknown key ${show(key)}; known are ${known.join(', ')}`);
    }
    if (Object.hasOwn(texts, key)) throw new TypeError(`link names ${show(key)} twice`);
    texts[key] = value;
  }
  const { v = LINK_VERSION, ...settings } = texts;
  if (v !== LINK_VERSION) {
    throw new RangeError(`link's v must be ${LINK_VERSION}, got ${show(v)}`);
  }
  return parseSettings(settings);
}

/**
 * @param {Settings} settings
 * @returns {string} the fragment without its #, with every setting that has a value
 */
export function formatLink(settings) {
  const pairs = SETTINGS.flatMap(({ flag, format }) => {
    const text = format(settings);
    // A comma may stand in a fragment as it is, and reads better so.
    return text === undefined ? [] : `${flag}=${encodeURIComponent(text).replaceAll('%2C', ',')}`;
  });
  return [`v=${LINK_VERSION}`, ...pairs].join('&');
}
