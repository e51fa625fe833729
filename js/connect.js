/** From numerics to a connection: the best build of the core that starts here. */

import { connectTo } from './line.js';
import { loadModule } from './core/module.js';
import { candidates } from './core/variants.js';
import { EngineError } from './errors.js';

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
      const connection = await connectTo(loadModule(variant, wasm), where);
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
