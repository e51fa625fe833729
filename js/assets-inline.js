/** The package's own files, all of them in one script: `assets.js` of `dropout-wasm/inline`. */

import { core, worker } from './embedded.js';
import { scriptAddress } from './platform.js';
import { THREAD_NAME } from './protocol.js';

/** Wherever this script lies, nothing is beside it. @type {string | undefined} */
export const here = undefined;

/** @type {typeof import('./assets.js').cores} */
export const cores = { simd: () => core('simd'), relaxed: () => core('relaxed') };

export const workerScript = () => scriptAddress(worker);

export const newWorker = () => new Worker(workerScript(), { type: 'module', name: THREAD_NAME });

/** There is nothing else to try. @returns {Promise<typeof import('./embedded.js')>} */
export const loadEmbedded = () => Promise.reject(new Error('all files are in this script'));
