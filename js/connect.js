/** From numerics to a connection: the best build of the core that starts here. */

import { loadEmbedded } from '#assets';
import { throwIfAborted } from './abort.js';
import { connectTo } from './line.js';
import { loadModule } from './core/module.js';
import { candidates } from './core/variants.js';
import { EngineError, WorkerLostError } from './errors.js';
import { scriptAddress } from './platform.js';

/** @typedef {{ worker: boolean, workerUrl?: string, signal?: AbortSignal }} Where */

/**
 * @param {import('./defaults.js').Numerics} numerics
 * @param {Omit<import('./options.js').ResolvedRuntime, 'numerics'>} where
 * @returns {Promise<{ connection: import('./connection.js').Connection, variant: string }>} variant:
 *   the build, 'custom' for one that the caller brought
 */
export async function connect(numerics, { wasm, ...where }) {
  const variants = candidates(numerics);
  for (const [i, variant] of variants.entries()) {
    try {
      const connection = await connectAnywhere(() => loadModule(variant, wasm), where);
      return { connection, variant: wasm === undefined ? variant : 'custom' };
    } catch (error) {
      // What an engine says that it can run, and then cannot, is no reason to fail while another
      // build can.
      const isLast = wasm !== undefined || i === variants.length - 1;
      if (isLast || !(error instanceof EngineError)) throw error;
    }
  }
  throw new EngineError(`there is no build of the core for numerics '${numerics}'`);
}

/** The embedded worker's address, once the file proved to be missing. @type {string | undefined} */
let embeddedUrl;

/**
 * Some bundlers leave `worker.js` behind: then a worker starts from the copy that this script holds.
 * @param {() => Promise<WebAssembly.Module>} load
 * @param {Where} where
 */
async function connectAnywhere(load, where) {
  const { workerUrl = embeddedUrl } = where;
  try {
    return await connectTo(load, { ...where, workerUrl });
  } catch (error) {
    if (workerUrl !== undefined || !(error instanceof WorkerLostError)) throw error;
    const failed = () => {
      throwIfAborted(where.signal);
      throw error; // why the file itself did not do says more
    };
    const address = scriptAddress((await loadEmbedded().catch(failed)).worker);
    const connection = await connectTo(load, { ...where, workerUrl: address }).catch(failed);
    embeddedUrl = address;
    return connection;
  }
}
