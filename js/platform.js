/** What differs between Node and a browser, apart from threads. */

/** Node itself, also with a simulated document, as test runners have it. */
export const isNode = typeof process === 'object' && typeof process?.versions?.node === 'string';

/**
 * A module of Node's own. The specifier is put together at run time, so that bundlers for the
 * browser neither look for it nor complain that it is missing.
 * @template {keyof NodeModules} Name
 * @param {Name} name
 * @returns {Promise<NodeModules[Name]>}
 */
export function nodeModule(name) {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ `node:${name}`);
}

/**
 * @typedef {{
 *   'fs/promises': typeof import('node:fs/promises'),
 *   module: typeof import('node:module'),
 *   os: typeof import('node:os'),
 *   path: typeof import('node:path'),
 *   url: typeof import('node:url'),
 *   worker_threads: typeof import('node:worker_threads'),
 * }} NodeModules
 */

/** @returns {Promise<number>} processors that this process may use, at least 1 */
export async function parallelism() {
  if (isNode) return (await nodeModule('os')).availableParallelism();
  return globalThis.navigator?.hardwareConcurrency || 1;
}
