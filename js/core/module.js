/** Finding the WebAssembly module and compiling it, once for each address. */

import { EngineError } from '../errors.js';
import { isNode, nodeModule } from '../platform.js';

/**
 * Where a build puts the modules: beside the script, in `wasm/`. Written out, so that bundlers find
 * the files.
 * @type {Record<import('./variants.js').CoreVariant, () => string>}
 */
const ADDRESS = {
  simd: () => new URL('./wasm/dropout-simd.wasm', import.meta.url).href,
  relaxed: () => new URL('./wasm/dropout-relaxed.wasm', import.meta.url).href,
};

/** The four bytes that every module begins with, "\0asm". */
const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/** @type {Map<string, Promise<WebAssembly.Module>>} */
const compiled = new Map();

/**
 * @param {import('./variants.js').CoreVariant} variant
 * @param {string | ArrayBuffer | Uint8Array | WebAssembly.Module} [source] default: the package's own
 * @returns {Promise<WebAssembly.Module>}
 * @throws {EngineError} naming the address and what came instead
 */
export function loadModule(variant, source = ADDRESS[variant]()) {
  if (source instanceof WebAssembly.Module) return Promise.resolve(source);
  if (typeof source !== 'string') return compile(source, 'the given bytes');
  const known = compiled.get(source);
  if (known) return known;
  const loading = fetchBytes(source).then((bytes) => compile(bytes, source));
  compiled.set(source, loading);
  // What failed once may be there at the next try.
  loading.catch(() => compiled.delete(source));
  return loading;
}

/**
 * @param {string} address
 * @returns {Promise<Uint8Array>}
 */
async function fetchBytes(address) {
  try {
    if (isNode && !/^(https?|data|blob):/.test(address)) {
      const { readFile } = await nodeModule('fs/promises');
      return await readFile(address.startsWith('file:') ? new URL(address) : address);
    }
    const response = await fetch(address);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(`cannot load the WebAssembly core from ${address}: ${reason}`, {
      cause,
      address,
    });
  }
}

/**
 * @param {ArrayBuffer | Uint8Array} source
 * @param {string} address
 */
async function compile(source, address) {
  const bytes = source instanceof Uint8Array ? source : new Uint8Array(source);
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) {
    const start = new TextDecoder().decode(bytes.subarray(0, 40)).trim();
    const what = /^<!doctype|^<html/i.test(start) ? 'an HTML page' : JSON.stringify(start);
    throw new EngineError(`${address} is no WebAssembly module: ${what} arrived`, { address });
  }
  try {
    return await WebAssembly.compile(/** @type {BufferSource} */ (bytes));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = /content.security|unsafe-eval/i.test(reason)
      ? "; the page's policy must allow 'wasm-unsafe-eval' in script-src"
      : '; this needs WebAssembly SIMD: Chrome 91, Firefox 89, Safari 16.4, Node 20 or later';
    throw new EngineError(`cannot compile the WebAssembly core from ${address}: ${reason}${hint}`, {
      cause,
      address,
    });
  }
}
