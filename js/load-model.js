/** Models and tensors from files. */

import { arrayKind, typeError } from './check.js';
import { loadFormats } from './lazy-formats.js';
import { openModel } from './model.js';
import { resolveRuntime } from './options.js';

/**
 * The model that `model.save()` wrote: every option of every layer, the seed, the parameters and,
 * unless the file is of weights only, position and optimizer state, so that `fit` goes on as if
 * nothing had been between, an interrupted run by `fit(data, { resume: true })` (with `validation`
 * where the run had one: the data are not in the file).
 *
 * @param {Uint8Array | ArrayBuffer} bytes kept as they are
 * @param {import('./options.js').Runtime} [runtime] as of `createModel`
 * @returns {Promise<import('./model.js').Model>}
 * @throws {import('./errors.js').FileError} what is wrong with the file: nothing is made of a part of it
 * @throws {TypeError | RangeError} naming the option and the value
 * @throws {import('./errors.js').EngineError} where the core cannot be loaded
 * @throws {import('./errors.js').OutOfMemoryError}
 */
export async function loadModel(bytes, runtime) {
  const file = copyOf(bytes);
  const where = resolveRuntime(runtime);
  const { decodeModel } = await loadFormats();
  const { spec, slots, training } = decodeModel(file);
  const transfer = slots.flatMap((slot) =>
    Object.values(slot).map(({ buffer }) => /** @type {ArrayBuffer} */ (buffer)),
  );
  return openModel(spec, where, (connection) =>
    connection.call('load', { spec, slots, training }, { transfer }),
  );
}

/**
 * The tensors of any safetensors file of float32 values, as PyTorch users save them: what has this
 * model's names and shapes can be given to `setParameters`.
 *
 * @param {Uint8Array | ArrayBuffer} bytes kept as they are
 * @returns {Promise<Record<string, { shape: number[], data: Float32Array }>>} copies, by name, in the
 *   order of the file's header
 * @throws {import('./errors.js').FileError} what is wrong with the file; other types than F32 and
 *   values that are not finite are wrong, too
 */
export async function parseSafetensors(bytes) {
  const file = copyOf(bytes);
  const { decodeTensors } = await loadFormats();
  return decodeTensors(file);
}

/** @param {Uint8Array | ArrayBuffer} bytes */
function copyOf(bytes) {
  if (!['Uint8Array', 'ArrayBuffer'].includes(arrayKind(bytes))) {
    throw typeError('bytes', 'a Uint8Array or an ArrayBuffer', bytes);
  }
  try {
    return new Uint8Array(ArrayBuffer.isView(bytes) ? bytes : new Uint8Array(bytes));
  } catch (cause) {
    throw new TypeError('bytes must have its memory, which was transferred', { cause });
  }
}
