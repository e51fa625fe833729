/**
 * The package's own files, which lie beside its scripts. Addresses are written out where they are
 * used: bundlers look for exactly that. `dropout-wasm/inline` is built with `assets-inline.js`
 * instead.
 */

/** The script that this module is in. @type {string | undefined} */
export const here = import.meta.url;

/**
 * The builds of the core: an address, or the bytes, unpacked from this script.
 * @type {Record<import('./core/variants.js').CoreVariant, () => string | Promise<Uint8Array>>}
 */
export const cores = {
  simd: () => new URL('./wasm/dropout-simd.wasm', import.meta.url).href,
  relaxed: () => new URL('./wasm/dropout-relaxed.wasm', import.meta.url).href,
};

/** @returns {string} the address of the worker's script */
export const workerScript = () => new URL('./worker.js', import.meta.url).href;

/** @returns {Worker} a browser's; its name is THREAD_NAME, which Vite 5 must see as it is */
export const newWorker = () =>
  new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'dropout-wasm' });

/** The files once more, for where a bundler has left them behind. */
export const loadEmbedded = () => import('./embedded.js');
