/** What differs between Node and a browser, apart from threads. */

// Not by its bare name: Parcel would install a stand-in for it in the user's project.
const { process } = globalThis;

/** Node itself, also with a simulated document, as test runners have it; Deno and Bun, which follow it. */
export const isNode = typeof process?.versions?.node === 'string';

/**
 * A module of Node's own. Asked for and not imported, so that bundlers for the browser neither look for
 * it nor complain that it is missing.
 * @template {keyof NodeModules} Name
 * @param {Name} name
 * @returns {NodeModules[Name]}
 */
export function nodeModule(name) {
  return /** @type {any} */ (process.getBuiltinModule(name));
}

/**
 * @typedef {{
 *   'fs/promises': typeof import('node:fs/promises'),
 *   module: typeof import('node:module'),
 *   os: typeof import('node:os'),
 *   path: typeof import('node:path'),
 *   url: typeof import('node:url'),
 *   worker_threads: typeof import('node:worker_threads'),
 *   zlib: typeof import('node:zlib'),
 * }} NodeModules
 */

/** @type {Map<string, string>} */
const addresses = new Map();

/**
 * @param {string} script a module's text
 * @returns {string} an address from which a worker starts
 */
export function scriptAddress(script) {
  let address = addresses.get(script);
  if (address === undefined) {
    // Node takes no blob for a module, and pages take no data for a worker of their own origin.
    address = isNode
      ? `data:text/javascript,${encodeURIComponent(script)}`
      : URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    addresses.set(script, address);
  }
  return address;
}

/** @returns {number} processors that this process may use, at least 1 */
export function parallelism() {
  if (isNode) return nodeModule('os').availableParallelism();
  return globalThis.navigator?.hardwareConcurrency || 1;
}
