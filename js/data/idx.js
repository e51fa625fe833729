/**
 * IDX, the format of MNIST: two zero bytes, the type of the elements, the number of dimensions, the
 * dimensions as big-endian uint32, the elements in row-major order, big-endian.
 * (Described on MNIST's page by LeCun, Cortes and Burges.)
 */

import { LIMITS, arrayKind, typeError } from '../options.js';
import { describeBytes, fault, gunzip, isGzip, plainView, trailing } from './bytes.js';

/** @typedef {Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array} IdxData */
/** @typedef {{ shape: number[], data: IdxData }} Idx */

/**
 * Element types by their code. `get` is the method of `DataView`.
 * @type {ReadonlyMap<number, { array: new (length: number) => IdxData, bytes: number, get: 'getInt8' | 'getUint8' | 'getInt16' | 'getInt32' | 'getFloat32' | 'getFloat64' }>}
 */
const TYPES = new Map([
  [0x08, { array: Uint8Array, bytes: 1, get: 'getUint8' }],
  [0x09, { array: Int8Array, bytes: 1, get: 'getInt8' }],
  [0x0b, { array: Int16Array, bytes: 2, get: 'getInt16' }],
  [0x0c, { array: Int32Array, bytes: 4, get: 'getInt32' }],
  [0x0d, { array: Float32Array, bytes: 4, get: 'getFloat32' }],
  [0x0e, { array: Float64Array, bytes: 8, get: 'getFloat64' }],
]);

/** Four bytes, and four more for each of at most 255 dimensions. */
const MAX_HEADER = 4 + 4 * 255;

/**
 * @param {Uint8Array} bytes the file's beginning: all of the header, or all of the file
 * @param {string} address
 */
function readHeader(bytes, address) {
  const type = TYPES.get(bytes[2]);
  const dimensions = bytes[3];
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || !type || dimensions === 0) {
    throw fault(address, `expected an IDX file, got ${describeBytes(bytes)}`);
  }
  const start = 4 + 4 * dimensions;
  if (bytes.length < start) {
    throw fault(address, `truncated: the IDX header needs ${start} bytes, got ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, start);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  // Zero first, so that no product of the others can overflow before it.
  const count = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
  const length = start + count * type.bytes;
  if (length > LIMITS.fileBytes) {
    throw fault(
      address,
      `the IDX header claims ${shape.join(' x ')} elements, more than ${LIMITS.fileBytes} bytes`,
    );
  }
  return { shape, count, start, length, type };
}

/**
 * The file itself, unpacked where it is gzip, with as many bytes as its header says.
 * @param {Uint8Array} bytes
 * @param {string} address
 * @param {AbortSignal} [signal]
 * @returns {Promise<Uint8Array>} unpacked, or the same array
 */
export async function unpackIdx(bytes, address, signal) {
  const file = isGzip(bytes)
    ? await gunzip(bytes, address, MAX_HEADER, (head) => readHeader(head, address).length, signal)
    : bytes;
  const { shape, length } = readHeader(file, address);
  if (file.length < length) {
    throw fault(
      address,
      `truncated: ${shape.join(' x ')} elements need ${length} bytes, got ${file.length}`,
    );
  }
  if (file.length > length) throw trailing(address, length);
  return file;
}

/**
 * @param {Uint8Array} file as `unpackIdx` gives it
 * @param {string} address
 * @returns {Idx}
 */
export function decodeIdx(file, address) {
  const { shape, count, start, type } = readHeader(file, address);
  if (type.array === Uint8Array) return { shape, data: file.subarray(start) };
  const view = new DataView(file.buffer, file.byteOffset + start, count * type.bytes);
  const data = new type.array(count);
  for (let i = 0; i < count; i++) data[i] = view[type.get](i * type.bytes, false);
  return { shape, data };
}

/**
 * As `lazy-data.js` says.
 * @param {Uint8Array | ArrayBuffer} bytes
 * @param {string} [address]
 * @returns {Promise<Idx>}
 */
export async function parseIdx(bytes, address = 'bytes') {
  if (!['Uint8Array', 'ArrayBuffer'].includes(arrayKind(bytes))) {
    throw typeError('bytes', 'a Uint8Array or an ArrayBuffer', bytes);
  }
  const view = ArrayBuffer.isView(bytes) ? plainView(bytes) : new Uint8Array(bytes);
  return decodeIdx(await unpackIdx(view, address), address);
}
