/** A data set from a pair of IDX files. */

import { follow, throwIfAborted } from '../abort.js';
import { LIMITS, checkInteger, checkKeys, checkSignal, typeError } from '../options.js';
import { fault, readBytes } from './bytes.js';
import { decodeIdx, unpackIdx } from './idx.js';

/** @typedef {import('../dataset.js').Dataset} Dataset */
/** @typedef {import('./bytes.js').Source} Source */
/** @typedef {import('./idx.js').Idx} Idx */

/**
 * As `lazy-data.js` says.
 * @param {Parameters<typeof import('../lazy-data.js').loadIdx>[0]} options
 * @returns {Promise<Dataset>}
 */
export async function loadIdx(options) {
  const { images, labels, classes } = checkKeys(
    options,
    ['images', 'labels', 'classes', 'signal'],
    'options',
  );
  if (classes !== undefined) checkInteger(classes, 'classes', LIMITS.classes);
  checkSource(images, 'images');
  checkSource(labels, 'labels');
  const { controller, release } = follow(checkSignal(options.signal, 'signal'));
  try {
    const { signal } = controller;
    const files = await Promise.all([readIdx(images, signal), readIdx(labels, signal)]);
    return toDataset(files[0], files[1], classes);
  } catch (error) {
    controller.abort(error); // Nobody waits for the other file any more.
    throw error;
  } finally {
    release();
  }
}

/** @param {unknown} source @param {string} name */
function checkSource(source, name) {
  const isSource =
    (typeof source === 'string' && source !== '') ||
    source instanceof URL ||
    source instanceof ArrayBuffer ||
    source instanceof Uint8Array;
  if (!isSource) throw typeError(name, 'an address or bytes', source);
}

/**
 * @param {Source} source
 * @param {AbortSignal} signal
 */
async function readIdx(source, signal) {
  const { bytes, address } = await readBytes(source, { signal });
  const file = await unpackIdx(bytes, address, signal);
  throwIfAborted(signal);
  return { ...decodeIdx(file, address), address };
}

/**
 * @param {Idx & { address: string }} images
 * @param {Idx & { address: string }} labels
 * @param {number} [classes]
 * @returns {Dataset}
 */
export function toDataset(images, labels, classes) {
  const [samples, ...sizes] = images.shape;
  const features = sizes.reduce((product, size) => product * size, 1);
  if (sizes.length === 0 || samples === 0 || features === 0 || features > LIMITS.input.max) {
    const expected = `[samples, ...] with up to ${LIMITS.input.max} values each`;
    throw fault(
      images.address,
      `expected images of shape ${expected}, got [${images.shape.join(', ')}]`,
    );
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== samples) {
    throw fault(
      labels.address,
      `expected ${samples} labels, got shape [${labels.shape.join(', ')}]`,
    );
  }
  const checked = checkLabels(labels, classes);
  return { images: checkImages(images), samples, features, ...checked };
}

/** @param {Idx & { address: string }} file */
function checkImages(file) {
  const { data } = file;
  if (data instanceof Uint8Array) return data;
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw fault(file.address, `expected unsigned bytes or floats, got ${data.constructor.name}`);
  }
  const images = Float32Array.from(data);
  const bad = images.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1) throw fault(file.address, `element ${bad} is ${data[bad]}, not a finite float32`);
  return images;
}

/**
 * @param {Idx & { address: string }} file
 * @param {number} [classes]
 */
function checkLabels(file, classes) {
  const { data } = file;
  const limit = classes ?? LIMITS.classes.max;
  let highest = 0;
  for (let i = 0; i < data.length; i++) {
    if (!(Number.isInteger(data[i]) && data[i] >= 0 && data[i] < limit)) {
      throw fault(file.address, `label ${i} is ${data[i]}, not an integer from 0 to ${limit - 1}`);
    }
    highest = Math.max(highest, data[i]);
  }
  const labels = data instanceof Uint8Array ? data : Uint16Array.from(data);
  return { labels, classes: classes ?? highest + 1 };
}
