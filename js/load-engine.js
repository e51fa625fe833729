/**
 * The engine on the caller's own thread, fetched the first time that it is needed.
 *
 * It is the worker's own script, and not a chunk that both share: a worker starts with one file and
 * one round trip, there is one file to copy beside a script that a bundler has moved, and what most
 * pages never run is not in `index.js`. Vite and webpack make a chunk of the import, esbuild takes it
 * into the bundle.
 */

import { loadPart } from './lazy.js';

/** @throws {import('./errors.js').EngineError} with the reason why the script is not there */
export const loadEngine = () => loadPart('the engine', './worker.js', () => import('./worker.js'));
