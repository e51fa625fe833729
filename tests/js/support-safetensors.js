/** Safetensors files put together by hand, also wrong ones. */

/**
 * @param {string | Uint8Array | object} header an object becomes JSON
 * @param {Float32Array | Uint8Array} [data]
 * @param {{ length?: bigint }} [lies] in place of the header's own length
 * @returns {Uint8Array}
 */
export function makeFile(header, data = new Uint8Array(), { length } = {}) {
  const isBytes = header instanceof Uint8Array;
  const text = isBytes || typeof header === 'string' ? header : JSON.stringify(header);
  const bytes = isBytes ? header : new TextEncoder().encode(/** @type {string} */ (text));
  const file = new Uint8Array(8 + bytes.length + data.byteLength);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(bytes.length), true);
  file.set(bytes, 8);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + bytes.length);
  return file;
}

/** @param {Uint8Array} file @returns {{ header: any, data: Uint8Array }} by the format's description alone */
export function takeApart(file) {
  const start = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  return {
    header: JSON.parse(new TextDecoder().decode(file.subarray(8, start))),
    data: file.subarray(start),
  };
}

/** A tensor's entry. */
export const entry = (shape, begin, end, dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

/**
 * The file with its header changed.
 * @param {Uint8Array} file
 * @param {(header: any) => void} change
 */
export function withHeader(file, change) {
  const { header, data } = takeApart(file);
  change(header);
  return makeFile(header, data);
}

/**
 * The file with the JSON under one of its metadata's keys changed.
 * @param {Uint8Array} file
 * @param {'spec' | 'training'} key
 * @param {(value: any) => any} change what it returns, if anything, takes the value's place
 */
export const withMetadata = (file, key, change) =>
  withHeader(file, ({ __metadata__: metadata }) => {
    const value = JSON.parse(metadata[key]);
    metadata[key] = JSON.stringify(change(value) ?? value);
  });
