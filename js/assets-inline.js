/** The package's own files, all of them in one script: `assets.js` of `dropout-wasm/inline`. */

// @ts-expect-error the bundler puts the file here, in base64
import relaxed from '../dist/wasm/dropout-relaxed.wasm';
import { bytesOf } from './base64.js';
import { simd, worker } from './embedded.js';
import { scriptAddress } from './platform.js';
import { THREAD_NAME } from './protocol.js';

/** Wherever this script lies, nothing is beside it. @type {string | undefined} */
export const here = undefined;

/** @type {typeof import('./assets.js').cores} */
export const cores = { simd: () => bytesOf(simd), relaxed: () => bytesOf(relaxed) };

export const workerScript = () => scriptAddress(worker);

export const newWorker = () => new Worker(workerScript(), { type: 'module', name: THREAD_NAME });

/** There is nothing else to try. @returns {Promise<typeof import('./embedded.js')>} */
export const loadEmbedded = () => Promise.reject(new Error('all files are in this script'));
