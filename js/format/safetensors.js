/**
 * Safetensors: eight bytes with the length of the header (little-endian uint64), the header (JSON: by
 * name the type, shape and place of each tensor, and texts under `__metadata__`), the tensors end to
 * end, little-endian, row-major. (github.com/huggingface/safetensors, "Format".)
 */

import { show } from '../check.js';
import { describeBytes } from '../data/bytes.js';
import { FileError } from '../errors.js';
import { parseJson } from './strict-json.js';

/** @typedef {{ shape: number[], data: Float32Array }} Tensor */
/** @typedef {{ shape: number[], start: number, end: number }} Place bytes from `start` to `end` of the data */
/** @typedef {{ start: number, places: Map<string, Place>, metadata: Metadata }} Header `start`: of the data */
/** @typedef {Record<string, string>} Metadata */

const METADATA = '__metadata__';
const KEYS = ['dtype', 'shape', 'data_offsets'];
const LENGTH_BYTES = 8;
/** The header is filled up with spaces to a multiple of it, and so no tensor is misaligned. */
const ALIGNMENT = 8;
/** The format's own limit. */
const MAX_HEADER = 100_000_000;

/**
 * @param {Record<string, Tensor>} tensors
 * @param {Metadata} metadata
 * @returns {Uint8Array} the tensors in the order of the object
 */
export function encodeSafetensors(tensors, metadata) {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => [
    name,
    { dtype: 'F32', shape, data_offsets: [end, (end += data.byteLength)] },
  ]);
  const text = JSON.stringify({ [METADATA]: metadata, ...Object.fromEntries(entries) });
  const header = new TextEncoder().encode(text);
  const start = Math.ceil((LENGTH_BYTES + header.length) / ALIGNMENT) * ALIGNMENT;
  if (start - LENGTH_BYTES > MAX_HEADER) {
    throw new RangeError(
      `a header of a safetensors file must be <= ${MAX_HEADER} bytes, got ${header.length}: the reports of an ` +
        'interrupted run are too large for one; save({ weightsOnly: true }) leaves them out',
    );
  }
  const file = new Uint8Array(start + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - LENGTH_BYTES), true);
  file.set(header, LENGTH_BYTES);
  file.fill(' '.charCodeAt(0), LENGTH_BYTES + header.length, start);
  let at = start;
  for (const { data } of Object.values(tensors)) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * What a file says that it holds, and that the bytes behind its header are just that; no tensor is
 * read yet.
 * @param {Uint8Array} file
 * @returns {Header} `places` in the header's order
 * @throws {FileError}
 */
export function readHeader(file) {
  const length = headerLength(file);
  const start = LENGTH_BYTES + length;
  const header = parseJson(decodeText(file.subarray(LENGTH_BYTES, start)), 'the header');
  if (!isObject(header)) throw new FileError(`the header must be an object, got ${show(header)}`);
  const { [METADATA]: metadata = {}, ...tensors } = header;
  checkMetadata(metadata);
  const data = file.length - start;
  const places = Object.entries(tensors).map(
    ([name, info]) => /** @type {const} */ ([name, checkTensor(info, show(name), data)]),
  );
  checkLayout(places, data);
  return { start, places: new Map(places), metadata };
}

/**
 * @param {Uint8Array} file
 * @returns {number} bytes of the header, all of them in the file
 */
function headerLength(file) {
  if (file.length < LENGTH_BYTES) {
    throw new FileError(`expected a safetensors file, got ${describeBytes(file)}`);
  }
  const view = new DataView(file.buffer, file.byteOffset, LENGTH_BYTES);
  const length = Number(view.getBigUint64(0, true));
  if (length > file.length - LENGTH_BYTES) {
    throw new FileError(
      `expected a safetensors file, got ${describeBytes(file)}: as a header's length its first bytes are ` +
        `${length}, and ${file.length - LENGTH_BYTES} bytes follow`,
    );
  }
  if (length > MAX_HEADER) {
    throw new FileError(
      `the header has ${length} bytes, more than the ${MAX_HEADER} of the format`,
    );
  }
  return length;
}

/** @param {Uint8Array} bytes @returns {string} */
function decodeText(bytes) {
  if (bytes[0] !== '{'.charCodeAt(0)) {
    throw new FileError(
      `expected a safetensors file: the header must begin with {, got ${bytes.length === 0 ? 'an empty one' : describeBytes(bytes)}`,
    );
  }
  try {
    // A copy: decoders take no memory that is shared or may be resized.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.slice());
  } catch (cause) {
    throw new FileError('the header is not UTF-8', { cause });
  }
}

/** @param {unknown} value @returns {value is Record<string, any>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param {unknown} metadata */
function checkMetadata(metadata) {
  if (!isObject(metadata)) {
    throw new FileError(`${METADATA} must be an object of texts, got ${show(metadata)}`);
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') {
      throw new FileError(`${METADATA}: ${show(key)} must be a text, got ${show(value)}`);
    }
  }
}

/**
 * @param {any} info
 * @param {string} name
 * @param {number} bytes behind the header
 * @returns {Place} in the data
 */
function checkTensor(info, name, bytes) {
  const wrong = (/** @type {string} */ what) => new FileError(`tensor ${name}: ${what}`);
  if (!isObject(info) || KEYS.some((key) => info[key] === undefined)) {
    throw wrong(`expected { ${KEYS.join(', ')} }, got ${show(info)}`);
  }
  const unknown = Object.keys(info).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw wrong(`an unknown key ${show(unknown)}`);
  const { dtype, shape, data_offsets: offsets } = info;
  if (dtype !== 'F32') {
    throw wrong(
      `its type must be "F32", got ${show(dtype)}; in PyTorch tensor.float() makes it so`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw wrong(`its shape must be an array of integers >= 0, got ${show(shape)}`);
  }
  const isPair = Array.isArray(offsets) && offsets.length === 2 && offsets.every(isCount);
  if (!isPair || offsets[0] > offsets[1] || offsets[1] > bytes) {
    const expected = `[begin, end] within the ${bytes} bytes behind the header`;
    throw wrong(`its data_offsets must be ${expected}, got ${show(offsets)}`);
  }
  // Too large a product is no longer exact, and equals no length that a file can have.
  const count = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
  const length = count * Float32Array.BYTES_PER_ELEMENT;
  if (length !== offsets[1] - offsets[0]) {
    throw wrong(
      `${show(shape)} elements take ${length} bytes, and its data_offsets hold ${offsets[1] - offsets[0]}`,
    );
  }
  return { shape, start: offsets[0], end: offsets[1] };
}

/** @param {unknown} value */
function isCount(value) {
  return Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;
}

/**
 * No byte belongs to two tensors, and none to nobody.
 * @param {(readonly [string, Place])[]} places
 * @param {number} bytes behind the header
 */
function checkLayout(places, bytes) {
  const sorted = [...places].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let end = 0;
  for (const [name, { start, end: next }] of sorted) {
    if (start !== end) {
      const what = start < end ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw new FileError(`tensor ${show(name)} begins at byte ${start} of the data and ${what}`);
    }
    end = next;
  }
  if (end !== bytes) {
    throw new FileError(`the tensors end at byte ${end} of the data, which has ${bytes}`);
  }
}

/**
 * @param {Uint8Array} file
 * @param {Header} header of it
 * @param {string} name
 * @param {(value: number) => boolean} [isValue] what may stand there: what is finite
 * @returns {Float32Array} a copy
 * @throws {FileError} for another value
 */
export function readTensor(file, { start, places }, name, isValue = Number.isFinite) {
  const place = /** @type {Place} */ (places.get(name));
  // A view of the file would have to begin at a multiple of 4, and a header may end anywhere.
  const data = new Float32Array(file.slice(start + place.start, start + place.end).buffer);
  const at = data.findIndex((value) => !isValue(value));
  if (at !== -1) throw new FileError(`tensor ${show(name)}: element ${at} is ${data[at]}`);
  return data;
}

/**
 * @param {Uint8Array} file
 * @returns {Record<string, Tensor>} copies
 * @throws {FileError}
 */
export function decodeTensors(file) {
  const header = readHeader(file);
  return Object.fromEntries(
    Array.from(header.places, ([name, { shape }]) => [
      name,
      { shape, data: readTensor(file, header, name) },
    ]),
  );
}
