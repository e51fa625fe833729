/** Finding the WebAssembly module and compiling it, once for each address. */

import { cores, loadEmbedded } from '#assets';
import { EngineError, reasonOf } from '../errors.js';
import { isNode, nodeModule } from '../platform.js';

/** @typedef {{ bytes: Uint8Array, address: string }} Found */

/** The four bytes that every module begins with, "\0asm". */
const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/** By address, the package's own by variant. @type {Map<string, Promise<WebAssembly.Module>>} */
const compiled = new Map();

/**
 * @param {import('./variants.js').CoreVariant} variant
 * @param {string | ArrayBuffer | Uint8Array | WebAssembly.Module} [source] default: the package's own
 * @returns {Promise<WebAssembly.Module>}
 * @throws {EngineError} naming the address and what came instead
 */
export function loadModule(variant, source) {
  if (source === undefined) return once(`own ${variant}`, findOwn(variant));
  if (source instanceof WebAssembly.Module) return Promise.resolve(source);
  if (typeof source === 'string') return once(source, () => find(source));
  return find(source).then(compile);
}

/** @param {string} key @param {() => Promise<Found>} find */
function once(key, find) {
  const known = compiled.get(key);
  if (known) return known;
  const loading = find().then(compile);
  compiled.set(key, loading);
  // What failed once may be there at the next try.
  loading.catch(() => compiled.delete(key));
  return loading;
}

/** @param {import('./variants.js').CoreVariant} variant @returns {() => Promise<Found>} */
const findOwn = (variant) => async () => {
  try {
    return await find(cores[variant]());
  } catch (missing) {
    const embedded = async () => find((await loadEmbedded()).core(variant));
    return embedded().catch(() => {
      throw missing; // whose address says more
    });
  }
};

/**
 * @param {string | ArrayBuffer | Uint8Array | Promise<Uint8Array>} source a promise: of this script's own
 * @returns {Promise<Found>} a module's bytes
 */
async function find(source) {
  const own = source instanceof Promise ? 'this script' : 'the given bytes';
  const address = typeof source === 'string' ? source : own;
  const bytes = await bytesOf(source, address);
  if (MAGIC.every((byte, i) => bytes[i] === byte)) return { bytes, address };
  // A copy: decoders take no memory that may be resized.
  const start = new TextDecoder().decode(bytes.slice(0, 40)).trim();
  const what = /^<!doctype|^<html/i.test(start) ? 'an HTML page' : JSON.stringify(start);
  throw new EngineError(`${address} is no WebAssembly module: ${what} arrived`, { address });
}

/**
 * @param {Parameters<typeof find>[0]} source
 * @param {string} address of it, for a person
 * @returns {Promise<Uint8Array>}
 */
async function bytesOf(source, address) {
  try {
    if (typeof source !== 'string') return new Uint8Array(await source);
    if (isNode && !/^(https?|data|blob):/.test(address)) {
      const { readFile } = nodeModule('fs/promises');
      return await readFile(address.startsWith('file:') ? new URL(address) : address);
    }
    const response = await fetch(address);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    const message = `cannot load the WebAssembly core from ${address}: ${reasonOf(cause)}`;
    throw new EngineError(message, { cause, address });
  }
}

/** @param {Found} found */
async function compile({ bytes, address }) {
  try {
    return await WebAssembly.compile(/** @type {BufferSource} */ (bytes));
  } catch (cause) {
    const reason = reasonOf(cause);
    const hint = /content.security|unsafe-eval|CSP/i.test(reason)
      ? "; the page's policy must allow 'wasm-unsafe-eval' in script-src"
      : '; this needs WebAssembly SIMD: Chrome 91, Firefox 89, Safari 16.4, Node 20 or later';
    const message = `cannot compile the WebAssembly core from ${address}: ${reason}${hint}`;
    throw new EngineError(message, { cause, address });
  }
}
