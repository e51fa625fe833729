/** Parameters by name: checked on their way in, and their hash. */

import { arrayKind, checkKeys, rangeError, typeError } from './check.js';
import { sha256Hex } from './data/sha256.js';
import { checkFinite } from './dataset.js';

/** @typedef {{ shape?: number[], data: Float32Array } | Float32Array} ParameterInput */

/**
 * @param {Record<string, ParameterInput>} values some or all parameters
 * @param {Record<string, number[]>} known the shape of every parameter
 * @returns {Record<string, Float32Array>} copies
 * @throws {TypeError | RangeError} naming the parameter and the value
 */
export function checkParameters(values, known) {
  checkKeys(values, Object.keys(known), 'values');
  /** @type {Record<string, Float32Array>} */
  const arrays = {};
  for (const [name, value] of Object.entries(values)) {
    const isArray = arrayKind(value) === 'Float32Array';
    const data = /** @type {Float32Array} */ (isArray ? value : /** @type {any} */ (value)?.data);
    if (arrayKind(data) !== 'Float32Array') {
      throw typeError(name, 'a Float32Array, or { data: Float32Array }', data ?? value);
    }
    const length = known[name].reduce((a, b) => a * b, 1);
    if (data.length !== length) {
      throw rangeError(`${name}.length`, `${known[name].join(' x ')} = ${length}`, data.length);
    }
    const shape = isArray ? undefined : /** @type {any} */ (value).shape;
    if (shape && String(shape) !== String(known[name])) {
      throw rangeError(`${name}.shape`, `[${known[name]}]`, shape);
    }
    checkFinite(data, name);
    arrays[name] = new Float32Array(data);
  }
  return arrays;
}

/**
 * @param {Record<string, { data: Float32Array }>} parameters all of a model's, in order; each array
 *   is the whole of its buffer
 * @returns {Promise<string>} SHA-256, hex, over their little-endian values
 */
export function hashParameters(parameters) {
  const arrays = Object.values(parameters).map(({ data }) => data);
  const bytes = new Uint8Array(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const { buffer, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer), at); // wasm's memory is little-endian, and so are its hosts
    at += byteLength;
  }
  return sha256Hex(bytes);
}
