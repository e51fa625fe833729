/** Bytes of files: from where they are, unpacked when packed, and described when they surprise. */

import { throwIfAborted } from '../abort.js';
import { FileError, reasonOf } from '../errors.js';
import { LIMITS } from '../options.js';
import { isNode, nodeModule } from '../platform.js';

/** @typedef {string | URL | Uint8Array | ArrayBuffer} Source an address, in Node also a path, or bytes */

/**
 * @typedef {object} ReadOptions
 * @property {AbortSignal} [signal]
 * @property {(loaded: number, total: number | undefined) => void} [onBytes] bytes so far; `total`
 *   is undefined where the server does not say
 * @property {typeof globalThis.fetch} [fetch] in place of the global one
 */

/**
 * @param {Source} source
 * @param {ReadOptions} [options]
 * @returns {Promise<{ bytes: Uint8Array, address: string }>}
 */
export async function readBytes(source, options = {}) {
  throwIfAborted(options.signal);
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source), address: 'bytes' };
  if (ArrayBuffer.isView(source)) return { bytes: plainView(source), address: 'bytes' };
  const address = String(source);
  try {
    const isFile = isNode && (!isUrl(address) || address.startsWith('file:'));
    return { bytes: await (isFile ? readFile : download)(address, options), address };
  } catch (error) {
    throwIfAborted(options.signal);
    if (error instanceof FileError) throw error;
    throw fault(address, `an IDX file cannot be read there: ${reasonOf(error)}`, error);
  }
}

/** @param {string} address @param {string} what is wrong there @param {unknown} [cause] */
export function fault(address, what, cause) {
  return new FileError(`${address}: ${what}`, { address, cause });
}

/** A letter and a colon is a drive, not a scheme. @param {string} address */
export function isUrl(address) {
  return /^[a-z][a-z0-9+.-]+:/i.test(address);
}

/**
 * Without Node's `Buffer` around it; empty where its memory has moved away.
 * @param {ArrayBufferView} view
 */
export function plainView({ buffer, byteOffset, byteLength }) {
  return byteLength === 0 ? new Uint8Array(0) : new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * @param {string} address a path or a file: URL
 * @param {ReadOptions} options
 */
async function readFile(address, { signal, onBytes }) {
  const { readFile } = nodeModule('fs/promises');
  const bytes = await readFile(isUrl(address) ? new URL(address) : address, { signal });
  onBytes?.(bytes.length, bytes.length);
  return plainView(bytes);
}

/**
 * @param {string} address
 * @param {ReadOptions} options
 */
async function download(address, { signal, onBytes, fetch = globalThis.fetch }) {
  const response = await fetch(address, { signal });
  address = response.url || address;
  if (!response.ok) {
    const status = `HTTP ${response.status} ${response.statusText}`.trimEnd();
    throw fault(address, `${status} instead of an IDX file`);
  }
  // With a Content-Encoding the length is that of other bytes than those which arrive here.
  const length = Number(response.headers.get('content-length'));
  const total = length > 0 && !response.headers.has('content-encoding') ? length : undefined;
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  return collect(response.body, (bytes) => {
    if (bytes > LIMITS.fileBytes) throw fault(address, `larger than ${LIMITS.fileBytes} bytes`);
    onBytes?.(bytes, total);
  });
}

/**
 * All chunks of a stream in one array.
 * @param {ReadableStream<Uint8Array>} stream cancelled when `onChunk` throws
 * @param {(length: number, chunks: Uint8Array[]) => void} onChunk told the bytes so far; may throw
 * @returns {Promise<Uint8Array>}
 */
async function collect(stream, onChunk) {
  const reader = stream.getReader();
  /** @type {Uint8Array[]} */
  const chunks = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      length += value.length;
      onChunk(length, chunks);
    }
  } catch (error) {
    reader.cancel(error).catch(() => {}); // The stream is done with either way.
    throw error;
  }
  return concatenate(chunks, length);
}

/** @param {Uint8Array[]} chunks @param {number} length */
function concatenate(chunks, length) {
  if (chunks.length === 1) return chunks[0];
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** @param {Uint8Array} bytes */
export function isGzip(bytes) {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Bytes that look like another member's beginning stand by chance in one of 2^27 places; a file that is
 * full of them would be unpacked for each.
 */
const MAX_WRONG_ENDS = 16;

/** Packed bytes handed over at a time: deflate makes at most 1032 times as many of them. */
const PACKED_SLICE = 2 ** 16;

/**
 * Unpacks gzip without trusting it: the head decides how long the rest may be.
 * @param {Uint8Array} packed one member, or several as `cat` and bgzip put them together
 * @param {string} address
 * @param {number} headLength bytes that `unpackedLength` wants to see, fewer at the end of the file
 * @param {(head: Uint8Array) => number} unpackedLength of the whole file; may throw
 * @param {AbortSignal} [signal]
 * @returns {Promise<Uint8Array>}
 */
export async function gunzip(packed, address, headLength, unpackedLength, signal) {
  /** Of the members before this one. @type {Uint8Array[]} */
  const done = [];
  let [start, total, limit] = [0, 0, Infinity];
  const check = (/** @type {number} */ length, /** @type {Uint8Array[]} */ chunks) => {
    throwIfAborted(signal);
    length += total;
    if (limit === Infinity && length >= headLength) {
      limit = unpackedLength(concatenate([...done, ...chunks], length).subarray(0, headLength));
    }
    if (length > limit) throw trailing(address, limit);
  };
  let cause;
  let wrong = 0;
  for (const end of memberEnds(packed)) {
    if (wrong > MAX_WRONG_ENDS) break;
    try {
      done.push(await unpackMember(packed.subarray(start, end), check));
    } catch (error) {
      throwIfAborted(signal);
      if (error instanceof FileError) throw error;
      cause = error; // Most often the end was none.
      wrong++;
      continue;
    }
    start = end;
    total += done[done.length - 1].length;
    if (end === packed.length) return concatenate(done, total);
  }
  throw fault(address, 'gzip data truncated or damaged, or other bytes behind it', cause);
}

/**
 * Where a member may end: with the file, or where another begins. A decompressor does not tell, and
 * in browsers fails at what follows.
 * @param {Uint8Array} packed
 */
function* memberEnds(packed) {
  yield packed.length;
  for (let at = packed.indexOf(0x1f, 1); at > 0; at = packed.indexOf(0x1f, at + 1)) {
    // What follows are the method and flags, three of them reserved.
    if (isGzip(packed.subarray(at)) && packed[at + 2] === 8 && packed[at + 3] < 0x20) yield at;
  }
  yield packed.length;
}

/**
 * @param {Uint8Array} packed
 * @param {Parameters<typeof collect>[1]} onChunk
 */
async function unpackMember(packed, onChunk) {
  let at = 0;
  /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */
  const source = new ReadableStream({
    pull(controller) {
      if (at >= packed.length) controller.close();
      else controller.enqueue(packed.slice(at, (at += PACKED_SLICE)));
    },
  });
  const bytes = await collect(source.pipeThrough(new DecompressionStream('gzip')), onChunk);
  // The last four bytes hold the length: Node takes what follows a member for another, or for nothing.
  const end = new DataView(packed.buffer, packed.byteOffset + packed.length - 4);
  if (end.getUint32(0, true) !== bytes.length) throw new Error('the length is another');
  return bytes;
}

/** @param {string} address @param {number} length */
export function trailing(address, length) {
  return fault(address, `more than the ${length} bytes that its header promises`);
}

/**
 * What arrived, for a person: most often a page that a server sent in place of a file.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function describeBytes(bytes) {
  if (bytes.length === 0) return 'an empty file';
  if (isGzip(bytes)) return 'gzip data';
  // A copy: decoders take no memory that is shared or may be resized.
  const text = new TextDecoder('latin1').decode(bytes.slice(0, 256)).trimStart();
  if (/^(ï»¿)?<(!doctype html|html|head|body)/i.test(text)) return 'an HTML page';
  if (/^[\t\n\r -~]{4}/.test(text)) return `text beginning ${JSON.stringify(text.slice(0, 24))}`;
  const first = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0'));
  return `${bytes.length} bytes beginning ${first.join(' ')}`;
}
