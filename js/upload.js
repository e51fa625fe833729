/** Handing data to the thread that owns the core: in pieces, so that neither thread stalls and no
 *  second copy of a data set ever exists whole. */

import { throwIfAborted } from './abort.js';
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

/** Images alone are an argument of their own. @param {Rows} rows @param {string} name of the argument */
const imagesName = ({ labels }, name) => (labels ? `${name}.images` : name);

/**
 * @param {import('./connection.js').Connection} connection
 * @param {Rows} rows
 * @param {string} name by which the user knows them
 * @param {AbortSignal} [signal]
 * @returns {Promise<number>} the data's id on the other side
 * @throws {TypeError} where an array has lost its memory since it was checked
 */
export async function upload(connection, rows, name, signal) {
  const { images, labels, samples, features, classes } = rows;
  const floats = arrayKind(images) === 'Float32Array';
  const id = await connection.call('openData', { samples, features, classes, floats }, { signal });
  try {
    const to = { connection, id, signal };
    await send(to, 'images', images, rows, imagesName(rows, name));
    if (labels) await send(to, 'labels', labels, { samples, features: 1 }, `${name}.labels`);
    return id;
  } catch (error) {
    await release(connection, id);
    throw error;
  }
}

/**
 * @param {{ connection: import('./connection.js').Connection, id: number, signal?: AbortSignal }} to
 * @param {'images' | 'labels'} part
 * @param {Uint8Array | Float32Array | Uint16Array} array
 * @param {{ samples: number, features: number }} shape that was checked
 * @param {string} name of the array
 */
async function send({ connection, id, signal }, part, array, { samples, features }, name) {
  const Type = TYPES[/** @type {keyof typeof TYPES} */ (arrayKind(array))];
  const total = samples * features;
  const rowBytes = features * Type.BYTES_PER_ELEMENT; // at most 65,536 floats, a quarter of a piece
  const length = Math.min(Math.floor(UPLOAD_BYTES / rowBytes) * features, total);
  // Two buffers go to and fro: one is filled here while the thread empties the other. New ones for
  // every piece would lie there until garbage is collected, and be a second copy of the data.
  /** @type {Promise<ArrayBuffer>[]} */
  const sent = [];
  for (let offset = 0; offset < total; offset += length) {
    const buffer = connection.isOwn
      ? await nextTurn()
      : sent.length < 2
        ? new Type(length).buffer
        : await sent.shift();
    // The turns above belong to the caller too, who may have transferred the array to a thread.
    if (array.length !== total) {
      throw new TypeError(
        `${name} must keep its memory until the call ends; it had ${total} elements and has ${array.length}`,
      );
    }
    const start = array.byteOffset + offset * Type.BYTES_PER_ELEMENT;
    const count = Math.min(length, total - offset);
    // A view of this realm's type, whatever the array is of.
    let values = new Type(/** @type {ArrayBuffer} */ (array.buffer), start, count);
    /** @type {ArrayBuffer[]} */
    const transfer = [];
    if (buffer) {
      const copy = new Type(buffer, 0, count);
      copy.set(values);
      values = copy;
      transfer.push(copy.buffer);
    }
    const writing = connection.call(
      'writeData',
      { id, part, offset, values },
      { transfer, signal },
    );
    writing.catch(() => {}); // awaited below, or in the round after the next
    sent.push(writing);
  }
  await Promise.all(sent);
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
 * @param {AbortSignal} [signal]
 */
export async function checkValues(rows, name, signal) {
  const { images } = rows;
  if (arrayKind(images) !== 'Float32Array') return;
  const values = /** @type {Float32Array} */ (images);
  const length = UPLOAD_BYTES / Float32Array.BYTES_PER_ELEMENT;
  for (let at = 0; at < values.length; at += length) {
    checkFinite(values.subarray(at, at + length), imagesName(rows, name), at);
    await nextTurn();
    throwIfAborted(signal);
  }
}
