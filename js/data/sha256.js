/** SHA-256 of data sets: by the platform where it offers it, else by a library. */

import { sha256 } from '@noble/hashes/sha2.js';

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
  // Pages on plain http have no `subtle`, and it takes no shared memory.
  const { buffer } = bytes;
  if (globalThis.crypto?.subtle && buffer instanceof ArrayBuffer) {
    const view = new Uint8Array(buffer, bytes.byteOffset, bytes.byteLength);
    return new Uint8Array(await crypto.subtle.digest('SHA-256', view));
  }
  const hash = sha256.create();
  for (let at = 0; at < bytes.length; at += SLICE) {
    hash.update(bytes.subarray(at, at + SLICE));
    await nextTask();
  }
  return hash.digest();
}

/** A turn of the event loop; unlike a timer, a message is not held back in a hidden tab. */
function nextTask() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(undefined);
  });
}

/** @param {Uint8Array} bytes */
function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
