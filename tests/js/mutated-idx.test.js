/** Thousands of mutated IDX files, plain and packed: each is an array or a typed error, and takes what
 *  it holds. */

import { watched } from './support-allocations.js';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';

import fc from 'fast-check';

import { FileError, loadIdx, parseIdx } from '../../dist/index.js';
import { generator } from './support-random.js';
import { SEED, edited, edits } from './support-mutations.js';

const FILES = 10_000;
/** Of the unpacked file's bytes, for all arrays that reading it makes. */
const MOST = 4;
/** Packed bytes are handed on in copies, once for each place where a member may end. */
const MOST_PASSES = 18;
/** Where a header lies. */
const HEAD = 24;

/** @param {number} type @param {number[]} shape @param {ArrayBufferView} data big-endian */
function idx(type, shape, data) {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, type, shape.length]);
  shape.forEach((size, i) => head.writeUInt32BE(size, 4 + 4 * i));
  return new Uint8Array(Buffer.concat([head, Buffer.from(data.buffer)]));
}

const next = generator(7);
const bytes = (count, below = 256) =>
  Uint8Array.from({ length: count }, () => Math.floor(below * next()));
const floats = Buffer.alloc(4 * 300);
for (let i = 0; i < 300; i++) floats.writeFloatBE(next(), 4 * i);
const labels = idx(8, [30], bytes(30, 10));

/** Images of bytes, of floats, labels; a vector of each type that has more than a byte. */
const ORIGINALS = [
  idx(8, [30, 5, 4], bytes(600)),
  idx(13, [30, 10], new Uint8Array(floats)),
  labels,
  idx(9, [40], bytes(40)),
  idx(11, [3, 20], bytes(120)),
  idx(12, [7, 5], bytes(140)),
  idx(14, [9], new Uint8Array(72)),
];

/** Packed before it is mutated, after, or not at all; or two members, then mutated. */
const PACKINGS = {
  plain: (file, edit) => edit(file),
  'mutated, then packed': (file, edit) => new Uint8Array(gzipSync(edit(file))),
  'packed, then mutated': (file, edit) => edit(new Uint8Array(gzipSync(file))),
  'packed in two, then mutated': (file, edit) => {
    const parts = [file.subarray(0, file.length / 2), file.subarray(file.length / 2)];
    return edit(new Uint8Array(Buffer.concat(parts.map((part) => gzipSync(part)))));
  },
};

const mutation = fc.record({
  original: fc.nat(ORIGINALS.length - 1),
  packing: fc.constantFrom(...Object.keys(PACKINGS)),
  list: edits,
});

/** Bytes of the file, unpacked as far as another library can. @param {Uint8Array} file */
function unpackedLength(file) {
  try {
    return gunzipSync(file, { maxOutputLength: 2 ** 24, finishFlush: 2 }).length;
  } catch {
    return file.length;
  }
}

test(`${FILES} files, seed ${SEED}: an array or a FileError, and no array larger than the unpacked file`, async (t) => {
  const counts = { arrays: 0, data: 0, refused: 0 };
  let [most, biggest] = [0, 0];
  const property = fc.asyncProperty(mutation, async ({ original, packing, list }) => {
    const file = PACKINGS[packing](ORIGINALS[original], (bytes) => edited(bytes, list, HEAD));
    const copy = file.slice();
    const size = Math.max(unpackedLength(file), ORIGINALS[original].length, ORIGINALS[0].length);
    const isPacked = file[0] === 0x1f;
    const outcomes = [
      await watched(() => parseIdx(file)),
      await watched(() => loadIdx({ images: file, labels })),
      await watched(() => loadIdx({ images: ORIGINALS[0], labels: file })),
    ];
    for (const { error, arrays, largest } of outcomes) {
      if (error) assert.ok(error instanceof FileError && error.code === 'BAD_FILE', error.stack);
      assert.ok(largest <= Math.max(size, file.length), `an array of ${largest} for ${size} bytes`);
      const limit = MOST * size + (isPacked ? MOST_PASSES * file.length : 0);
      assert.ok(arrays <= limit, `${arrays} bytes for a file of ${size}`);
      most = Math.max(most, arrays / size);
      biggest = Math.max(biggest, largest / Math.max(size, file.length));
    }
    const [{ value: array }, { value: images }, { value: named }] = outcomes;
    if (array)
      assert.equal(
        array.data.length,
        array.shape.reduce((a, b) => a * b, 1),
      );
    if (images) assert.equal(images.images.length, images.samples * images.features);
    if (named) assert.ok(named.labels.every((label) => label < named.classes));
    assert.deepEqual(file, copy, 'the bytes are left as they are');
    if (!array) counts.refused++;
    else counts.arrays++;
    if (images || named) counts.data++;
  });
  await fc.assert(property, { numRuns: FILES, seed: SEED, includeErrorInReport: true });
  t.diagnostic(
    `${counts.arrays} arrays, ${counts.refused} refused, ${counts.data} data sets; the largest array ` +
      `${biggest.toFixed(2)} times the unpacked file, all that were made for one ${most.toFixed(2)}`,
  );
  assert.ok(
    counts.arrays > FILES / 100 && counts.refused > FILES / 4,
    'some are sound, many are not',
  );
});
