/**
 * SHA-256 (FIPS 180-4) where the platform offers none. Written out: it checks files and names runs,
 * keeps no secret, and the libraries that do more would be a sixteenth of the package.
 */

import { nextTurn } from '../turn.js';

/** Bytes hashed at a stretch: about 5 ms, so that a page keeps drawing. */
const SLICE = 2 ** 20;
const BLOCK = 64;

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<Uint8Array>} 32 bytes
 */
export async function sha256(bytes) {
  const constants = fractions(64, (prime) => Math.cbrt(prime));
  const state = fractions(8, (prime) => Math.sqrt(prime));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const rest = bytes.length % BLOCK;
  for (let at = 0; at < bytes.length - rest; at += BLOCK) {
    compress(state, constants, view, at);
    if (at % SLICE === 0) await nextTurn();
  }
  // A one bit, zeros, and the length in bits end the last block.
  const tail = new DataView(new ArrayBuffer(rest < BLOCK - 8 ? BLOCK : 2 * BLOCK));
  const tailBytes = new Uint8Array(tail.buffer);
  tailBytes.set(bytes.subarray(bytes.length - rest));
  tailBytes[rest] = 0x80;
  tail.setBigUint64(tail.byteLength - 8, 8n * BigInt(bytes.length));
  for (let at = 0; at < tail.byteLength; at += BLOCK) compress(state, constants, tail, at);

  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => digest.setInt32(4 * i, word));
  return new Uint8Array(digest.buffer);
}

/**
 * @param {number} count
 * @param {(prime: number) => number} root
 * @returns {Int32Array} the first 32 bits of the fractions of the first primes' roots
 */
function fractions(count, root) {
  /** @type {number[]} */
  const primes = [];
  for (let n = 2; primes.length < count; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return Int32Array.from(primes, (prime) => (root(prime) % 1) * 2 ** 32);
}

const words = new Int32Array(64);

/**
 * @param {Int32Array} state
 * @param {Int32Array} constants
 * @param {DataView} view
 * @param {number} at of the block
 */
function compress(state, constants, view, at) {
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const x = words[i - 15];
    const y = words[i - 2];
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    words[i] = words[i - 16] + s0 + words[i - 7] + s1;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < 64; i++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + sum1 + choice + constants[i] + words[i]) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + sum0 + majority) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

/** @param {number} word @param {number} by bits, to the right */
function rotate(word, by) {
  return (word >>> by) | (word << (32 - by));
}
