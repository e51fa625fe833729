/** SHA-256 of data sets and weights. */

import { sha256 } from './sha256-portable.js';

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<string>} 64 hexadecimal digits
 */
export async function sha256Hex(bytes) {
  const digest = await sha256Bytes(bytes);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} */
async function sha256Bytes(bytes) {
  // Pages on plain http have no `subtle`, and it takes no shared memory.
  const { buffer } = bytes;
  if (!globalThis.crypto?.subtle || !(buffer instanceof ArrayBuffer)) return sha256(bytes);
  const view = new Uint8Array(buffer, bytes.byteOffset, bytes.byteLength);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', view));
}
