/** Handing data to the thread that owns the core: in pieces, so that neither thread stalls and no
 *  second copy of a data set ever exists whole. */

import { checkFinite } from './dataset.js';
import { arrayKind } from './check.js';
import { UPLOAD_BYTES } from './protocol.js';
import { nextTurn } from './turn.js';

const TYPES = { Uint8Array, Uint16Array, Float32Array };

/**
 * @typedef {object} Rows
 * @property {Uint8Array | Float32Array} images
 * @property {Uint8Array | Uint16Array} [labels]
 * @property {number} samples
 * @property {number} features
 * @property {number} classes 0: no labels
 */

/**
 * @param {import('./connection.js').Connection} connection
 * @param {Rows} rows
 * @param {AbortSignal} [signal]
 * @returns {Promise<number>} the data's id on the other side
 */
export async function upload(connection, rows, signal) {
  const { images, labels, samples, features, classes } = rows;
  const floats = arrayKind(images) === 'Float32Array';
  const id = await connection.call('openData', { samples, features, classes, floats }, { signal });
  try {
    await send(connection, id, 'images', images, signal);
    if (labels) await send(connection, id, 'labels', labels, signal);
    return id;
  } catch (error) {
    await release(connection, id);
    throw error;
  }
}

/**
 * @param {import('./connection.js').Connection} connection
 * @param {number} id
 * @param {'images' | 'labels'} part
 * @param {Uint8Array | Float32Array | Uint16Array} array
 * @param {AbortSignal} [signal]
 */
async function send(connection, id, part, array, signal) {
  const Type = TYPES[/** @type {keyof typeof TYPES} */ (arrayKind(array))];
  const length = UPLOAD_BYTES / Type.BYTES_PER_ELEMENT;
  // One piece is copied here while the thread copies the one before.
  let written;
  for (let offset = 0; offset < array.length; offset += length) {
    const start = array.byteOffset + offset * Type.BYTES_PER_ELEMENT;
    // A view of this realm's type, whatever the array is of; a copy by a constructor, since `slice`
    // of Node's Buffer shares the memory it is sliced from.
    const buffer = /** @type {ArrayBuffer} */ (array.buffer);
    const piece = new Type(buffer, start, Math.min(length, array.length - offset));
    const values = connection.isOwn ? piece : new Type(piece);
    const transfer = [/** @type {ArrayBuffer} */ (values.buffer)];
    const writing = connection.call(
      'writeData',
      { id, part, offset, values },
      { transfer, signal },
    );
    writing.catch(() => {}); // awaited in the next round
    await written;
    written = writing;
    if (connection.isOwn) await nextTurn();
  }
  await written;
}

/**
 * @param {import('./connection.js').Connection} connection
 * @param {number} id
 */
export async function release(connection, id) {
  try {
    await connection.call('closeData', { id });
  } catch (error) {
    // A connection that has ended holds no data; why it ended is what its calls reject with.
    if (connection.isOpen) throw error;
  }
}

/**
 * Rejects values that are not finite before anything else is done with them; gives way meanwhile.
 * @param {Rows} rows
 * @param {string} name
 */
export async function checkValues({ images }, name) {
  if (arrayKind(images) !== 'Float32Array') return;
  const values = /** @type {Float32Array} */ (images);
  for (let at = 0; at < values.length; at += UPLOAD_BYTES) {
    checkFinite(values.subarray(at, at + UPLOAD_BYTES), `${name}.images`, at);
    await nextTurn();
  }
}
