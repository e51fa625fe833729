/** The article's two snippets as a function. */

import { connect } from './connect.js';
import { MASKS } from './core/enums.js';
import {
  DEFAULTS,
  LIMITS,
  checkInteger,
  checkKeys,
  checkOneOf,
  checkProbability,
  checkSignal,
  resolveSeed,
  typeError,
} from './options.js';

/**
 * The mask that a model draws whose first masking layer is `dropout(p, { mask })`.
 *
 * @param {number} p 0 to 1: the probability of dropping
 * @param {[number, number]} shape rows (1 to 2^20), columns (1 to 65536)
 * @param {object} [options]
 * @param {import('./core/enums.js').Mask} [options.mask] 'element' (default): a draw an entry; 'batch': a
 *   draw a column
 * @param {number} [options.seed] 0
 * @param {number} [options.step] 0
 * @param {AbortSignal} [options.signal]
 * @returns {Promise<Uint8Array>} rows x columns; 0 dropped, 1 kept
 * @throws {TypeError | RangeError} naming the option and the value
 * @throws {unknown} `signal.reason` after an abort
 */
export async function dropoutMask(p, shape, options = {}) {
  checkProbability(p, 'p');
  if (!Array.isArray(shape) || shape.length !== 2)
    throw typeError('shape', '[rows, columns]', shape);
  const rows = checkInteger(shape[0], 'shape[0]', LIMITS.maskRows);
  const columns = checkInteger(shape[1], 'shape[1]', LIMITS.units);
  const {
    mask = /** @type {import('./core/enums.js').Mask} */ (DEFAULTS.layer.mask),
    seed,
    step = 0,
    signal,
  } = checkKeys(options, ['mask', 'seed', 'step', 'signal'], 'options');
  const args = {
    p,
    rows,
    columns,
    mask: checkOneOf(mask, MASKS, 'mask'),
    seed: resolveSeed(seed),
    step: checkInteger(step, 'step', LIMITS.count),
  };
  checkSignal(signal, 'signal');
  const { connection } = await connect('strict', { worker: false, signal });
  try {
    return await connection.call('dropoutMask', args, { signal });
  } finally {
    connection.dispose();
  }
}
