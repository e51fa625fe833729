/** JSON out of files: what `JSON.parse` lets pass in silence is refused first, without recursion. */

import { FileError } from '../errors.js';
import { show } from '../check.js';

/** Levels of objects and arrays: ours have five. */
const MAX_DEPTH = 8;

const [QUOTE, BACKSLASH, COLON] = ['"', '\\', ':'].map((text) => text.charCodeAt(0));
const SPACE = /\s*/y;

/**
 * @param {string} text
 * @param {string} what it is, for errors
 * @returns {any}
 * @throws {FileError} for what is no JSON, nests deeply or has a key twice
 */
export function parseJson(text, what) {
  checkNesting(text, what);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FileError(`${what} is not JSON: ${/** @type {Error} */ (cause).message}`, { cause });
  }
}

/**
 * Looks at brackets and strings alone: whether they make JSON is for `JSON.parse` to say.
 * @param {string} text
 * @param {string} what
 */
function checkNesting(text, what) {
  /** Keys of the objects that are open; an array has none. @type {(Set<string> | undefined)[]} */
  const open = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      if (open.length === MAX_DEPTH) {
        throw new FileError(`${what} nests more than ${MAX_DEPTH} levels deep`);
      }
      open.push(character === '{' ? new Set() : undefined);
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      const keys = open[open.length - 1];
      if (keys && isFollowedByColon(text, end)) addKey(keys, text.slice(at, end), what);
      at = end - 1;
    }
  }
}

/**
 * @param {string} text
 * @param {number} start of the string, at its quote
 * @returns {number} behind its closing quote, or the text's end
 */
function endOfString(text, start) {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at + 1;
  }
  return text.length;
}

/** @param {string} text @param {number} at */
function isFollowedByColon(text, at) {
  SPACE.lastIndex = at;
  SPACE.test(text);
  return text.charCodeAt(SPACE.lastIndex) === COLON;
}

/** @param {Set<string>} keys @param {string} quoted @param {string} what */
function addKey(keys, quoted, what) {
  // An escape is another spelling of the same key.
  const key = quoted.includes('\\') ? parseQuoted(quoted, what) : quoted.slice(1, -1);
  if (keys.has(key)) throw new FileError(`${what} has the key ${show(key)} twice`);
  keys.add(key);
}

/** @param {string} quoted @param {string} what @returns {string} */
function parseQuoted(quoted, what) {
  try {
    return JSON.parse(quoted);
  } catch (cause) {
    throw new FileError(`${what} has a key that is not JSON: ${show(quoted)}`, { cause });
  }
}
