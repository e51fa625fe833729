/**
 * Scripts that most pages never need lie beside `index.js` and are fetched at the first use. They are
 * entries of the build, so that their names are those of their sources.
 */

import { here } from '#assets';
import { throwIfAborted, untilAborted } from './abort.js';
import { EngineError, reasonOf } from './errors.js';

/** As engines write an address into the reason why a script did not come. */
const ADDRESS = /\b[a-z-]+:\/\/[^\s'"()]+/;

/**
 * @template T
 * @param {string} what a person would call it
 * @param {string} name of the script
 * @param {() => Promise<T>} load an `import()` written out: bundlers look for exactly this
 * @param {unknown} [signal] the caller's option, which the part itself checks
 * @returns {Promise<T>}
 * @throws {EngineError} with the address and the reason why the script is not there
 * @throws {unknown} the signal's reason
 */
export async function loadPart(what, name, load, signal) {
  const given = /** @type {AbortSignal | undefined} */ (signal);
  const stop = typeof given?.addEventListener === 'function' ? given : undefined;
  throwIfAborted(stop);
  try {
    return await untilAborted(load(), stop);
  } catch (cause) {
    throwIfAborted(stop);
    const reason = reasonOf(cause);
    // A bundler gives scripts other names, and some engines tell them.
    const address =
      ADDRESS.exec(reason)?.[0] ?? (here === undefined ? name : new URL(name, here).href);
    throw new EngineError(`cannot load ${what} from ${address}: ${reason}`, { cause, address });
  }
}
