/** The article's two snippets as a function. */

import { Core } from './core/core.js';
import { loadModule } from './core/module.js';
import {
  DEFAULTS,
  LIMITS,
  checkInteger,
  checkKeys,
  checkOneOf,
  checkProbability,
  resolveSeed,
  typeError,
} from './options.js';
import { MASKS } from './layers.js';

/**
 * The mask that a model draws whose first masking layer is `dropout(p, { mask })`.
 *
 * @param {number} p 0 to 1: the probability of dropping
 * @param {[number, number]} shape rows, columns
 * @param {object} [options]
 * @param {import('./layers.js').Mask} [options.mask] 'element' (default): a draw an entry; 'batch': a
 *   draw a column
 * @param {number} [options.seed] 0
 * @param {number} [options.step] 0
 * @returns {Promise<Uint8Array>} rows x columns; 0 dropped, 1 kept
 */
export async function dropoutMask(p, shape, options = {}) {
  checkProbability(p, 'p');
  if (!Array.isArray(shape) || shape.length !== 2)
    throw typeError('shape', '[rows, columns]', shape);
  const rows = checkInteger(shape[0], 'shape[0]', { min: 1, max: 2 ** 20 });
  const columns = checkInteger(shape[1], 'shape[1]', LIMITS.units);
  const {
    mask = /** @type {import('./layers.js').Mask} */ (DEFAULTS.layer.mask),
    seed,
    step = 0,
  } = checkKeys(options, ['mask', 'seed', 'step'], 'options');
  const kind = MASKS.indexOf(checkOneOf(mask, MASKS, 'mask'));
  const from = resolveSeed(seed);
  checkInteger(step, 'step', { min: 0, max: 2 ** 32 - 1 });
  const core = await Core.of(await loadModule('simd'));
  return core.filled(Uint8Array, rows * columns, (address) =>
    core.call.dw_dropout_mask(p, rows, columns, kind, from, step, address),
  );
}
