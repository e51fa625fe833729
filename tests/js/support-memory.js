/** A core of a test's own, so that the size of its memory says what the test did. */

import { readFileSync } from 'node:fs';

import { WASM, createModel } from './support-build.js';

const bytes = readFileSync(WASM);

/**
 * The size of its memory is caught where it is instantiated.
 * @param {object} spec of any model that it can make
 */
export async function ownCore(spec) {
  const wasm = new WebAssembly.Module(bytes);
  const original = WebAssembly.instantiate;
  /** @type {WebAssembly.Instance | undefined} */
  let instance;
  WebAssembly.instantiate = async (...args) => (instance = await original(...args));
  const runtime = { wasm, worker: false };
  try {
    await (await createModel(spec, runtime)).dispose();
  } finally {
    WebAssembly.instantiate = original;
  }
  return { runtime, size: () => instance.exports.memory.buffer.byteLength };
}
