/** SHA-256 of data sets: by the platform where it offers it, else by a library. */

import { loadPart } from '../lazy.js';
import { nextTurn } from '../turn.js';

/** Bytes hashed at a stretch on the caller's thread: about 5 ms, so that a page keeps drawing. */
const SLICE = 2 ** 20;

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<string>} 64 hexadecimal digits
 */
export async function sha256Hex(bytes) {
  return toHex(await digest(bytes));
}

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} */
async function digest(bytes) {
  // Pages on plain http have no `subtle`, and it takes no memory that is shared or may be resized.
  const { buffer } = bytes;
  const isPlain = buffer instanceof ArrayBuffer && !(/** @type {any} */ (buffer).resizable);
  if (globalThis.crypto?.subtle && isPlain) {
    const view = new Uint8Array(buffer, bytes.byteOffset, bytes.byteLength);
    return new Uint8Array(await crypto.subtle.digest('SHA-256', view));
  }
  const { sha256 } = await library();
  const hash = sha256.create();
  for (let at = 0; at < bytes.length; at += SLICE) {
    hash.update(bytes.subarray(at, at + SLICE));
    await nextTurn();
  }
  return hash.digest();
}

const library = () =>
  loadPart('SHA-256', './sha256-library.js', () => import('./sha256-library.js'));

/** @param {Uint8Array} bytes */
function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
