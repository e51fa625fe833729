import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

import { loadIdx } from '../../js/data/load-idx.js';
import { parseIdx } from '../../js/data/idx.js';
import { FileError } from '../../js/errors.js';

/** Bytes of a file, written as in the format's description. @param {string} hex */
const bytes = (hex) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** Two by three unsigned bytes. */
const MATRIX = bytes('00 00 08 02  00 00 00 02  00 00 00 03  01 02 03 04 05 ff');

/** @param {Promise<unknown>} promise @param {RegExp} message */
const rejects = (promise, message) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof FileError, `${error}`);
    assert.match(error.message, message);
    return true;
  });

test('every element type of the format is read, big-endian', async () => {
  const cases = [
    ['00 00 08 01 00 00 00 02  00 ff', Uint8Array, [0, 255]],
    ['00 00 09 01 00 00 00 02  80 7f', Int8Array, [-128, 127]],
    ['00 00 0b 01 00 00 00 02  80 00 00 01', Int16Array, [-32768, 1]],
    ['00 00 0c 01 00 00 00 02  80 00 00 00 00 00 00 01', Int32Array, [-(2 ** 31), 1]],
    ['00 00 0d 01 00 00 00 02  3f 80 00 00 c0 20 00 00', Float32Array, [1, -2.5]],
    ['00 00 0e 01 00 00 00 01  bf f0 00 00 00 00 00 00', Float64Array, [-1]],
  ];
  for (const [hex, array, values] of cases) {
    const { shape, data } = await parseIdx(bytes(hex));
    assert.deepEqual(shape, [values.length]);
    assert.ok(data instanceof array);
    assert.deepEqual([...data], values);
  }
});

test('the shape is row-major; a view, a buffer and an offset make no difference', async () => {
  const expected = { shape: [2, 3], data: new Uint8Array([1, 2, 3, 4, 5, 255]) };
  assert.deepEqual(await parseIdx(MATRIX), expected);
  assert.deepEqual(await parseIdx(MATRIX.slice().buffer), expected);
  const shifted = new Uint8Array(MATRIX.length + 3);
  shifted.set(MATRIX, 3);
  assert.deepEqual(await parseIdx(shifted.subarray(3)), expected);
  const floats = bytes('ff  00 00 0d 01 00 00 00 01  3f 80 00 00').subarray(1);
  assert.deepEqual([...(await parseIdx(floats)).data], [1]);
});

test('travisdesell/exact#3: gzip bytes are recognised and unpacked', async () => {
  assert.deepEqual(await parseIdx(gzipSync(MATRIX)), await parseIdx(MATRIX));
  const large = new Uint8Array(8 + 3_000_000);
  large.set(bytes('00 00 08 01'));
  new DataView(large.buffer).setUint32(4, 3_000_000);
  for (let i = 8; i < large.length; i++) large[i] = (i * i) >> 3;
  const { data } = await parseIdx(gzipSync(large));
  assert.deepEqual(data, large.subarray(8));
});

test('gzip of several members, as cat and bgzip make it, is one file', async () => {
  const size = 3 * 2 ** 17;
  const file = new Uint8Array(8 + size);
  file.set(bytes('00 00 08 01'));
  new DataView(file.buffer).setUint32(4, size);
  for (let i = 8; i < file.length; i++) file[i] = (i * i) >> 3;
  file.set(bytes('1f 8b 08 00'), 1000); // as stored bytes below: the start of a member that is none
  const cut = (/** @type {number[]} */ ...places) =>
    places.map((end, i) => file.subarray(places[i - 1] ?? 0, end));
  for (const parts of [cut(5, file.length), cut(0, 1, 2000, 2 ** 17, 2 ** 18, file.length)]) {
    for (const level of [0, 9]) {
      const members = parts.map((part) => gzipSync(part, { level }));
      assert.deepEqual(await parseIdx(Buffer.concat(members)), await parseIdx(file));
      await rejects(parseIdx(Buffer.concat([...members, Buffer.from('x')])), /other bytes behind/);
      await rejects(parseIdx(Buffer.concat([...members, gzipSync('x')])), /more than the .* bytes/);
      await rejects(parseIdx(Buffer.concat(members.slice(0, -1))), /truncated: .* bytes, got/);
    }
  }
});

test('a file full of what looks like members is unpacked a few times, not for each', async () => {
  const packed = gzipSync(MATRIX).subarray(0, -8);
  const beginnings = Buffer.concat(Array(10_000).fill(Buffer.from('1f8b0800', 'hex')));
  let passes = 0;
  const Own = globalThis.DecompressionStream;
  globalThis.DecompressionStream = class extends Own {
    constructor(/** @type {any} */ format) {
      super(format);
      passes++;
    }
  };
  try {
    await rejects(parseIdx(Buffer.concat([packed, beginnings])), /truncated or damaged/);
  } finally {
    globalThis.DecompressionStream = Own;
  }
  assert.ok(passes > 0 && passes < 20, `${passes} passes`);
});

test('no elements are an empty array, whatever the other dimensions', async () => {
  const file = bytes('00 00 08 03  00 00 00 00  ff ff ff ff  ff ff ff ff');
  assert.deepEqual((await parseIdx(file)).data.length, 0);
});

test('what is not an IDX file is an error with the address and what arrived', async () => {
  const text = (s) => new TextEncoder().encode(s);
  const cases = [
    [new Uint8Array(0), /data\/x: expected an IDX file, got an empty file/],
    [text('<!DOCTYPE html><title>Not found</title>'), /got an HTML page/],
    [text('\n<html lang="en">'), /got an HTML page/],
    [text('version https://git-lfs.github.com/spec/v1'), /got text beginning "version https:/],
    [bytes('89 50 4e 47 0d 0a 1a 0a 00'), /got 9 bytes beginning 89 50 4e 47/],
    [bytes('00 00 08'), /expected an IDX file/],
    [bytes('00 00 0a 01 00 00 00 01 00'), /expected an IDX file/],
    [bytes('00 00 08 00'), /expected an IDX file/],
    [bytes('00 00 08 02 00 00 00 01'), /truncated: the IDX header needs 12 bytes, got 8/],
  ];
  for (const [file, message] of cases) {
    await rejects(parseIdx(file, 'data/x'), message);
    if (file.length > 0) await rejects(parseIdx(gzipSync(file), 'data/x'), message);
  }
  await assert.rejects(parseIdx(MATRIX.slice(1), 'data/x'), {
    address: 'data/x',
    code: 'BAD_FILE',
  });
});

test('truncated files and trailing bytes are errors, packed or not', async () => {
  const short = MATRIX.subarray(0, -1);
  const long = Buffer.concat([MATRIX, Buffer.from('x')]);
  for (const pack of [(file) => file, gzipSync]) {
    await rejects(parseIdx(pack(short)), /truncated: 2 x 3 elements need 18 bytes, got 17/);
    await rejects(parseIdx(pack(long)), /more than the 18 bytes/);
  }
  await rejects(parseIdx(new Uint8Array(gzipSync(MATRIX)).subarray(0, -3)), /truncated or damaged/);
  await rejects(parseIdx(Buffer.concat([gzipSync(MATRIX), Buffer.from('trailing')])), /gzip/);
  const damaged = new Uint8Array(gzipSync(MATRIX));
  damaged[damaged.length - 6] ^= 1; // the checksum
  await rejects(parseIdx(damaged), /truncated or damaged/);
  await rejects(parseIdx(bytes('1f 8b')), /truncated or damaged/);
});

test('absurd dimensions are refused before anything is reserved for them', async () => {
  const claims = [
    '00 00 08 03  ff ff ff ff  ff ff ff ff  ff ff ff ff  00',
    '00 00 0e 01  ff ff ff ff  00',
    `00 00 08 ff  ${'ff ff ff ff '.repeat(255)}`,
  ];
  for (const hex of claims) {
    await rejects(parseIdx(bytes(hex)), /claims .* more than 2147483647 bytes/);
    await rejects(parseIdx(gzipSync(bytes(hex))), /claims .* more than 2147483647 bytes/);
  }
  const before = process.memoryUsage().arrayBuffers;
  await rejects(parseIdx(bytes('00 00 08 01  7f ff ff 00  00')), /truncated/);
  await rejects(parseIdx(gzipSync(bytes('00 00 0d 01  1f 00 00 00  00'))), /truncated/);
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 22);
});

test('a gzip bomb is unpacked no further than its header promises', async () => {
  const bomb = gzipSync(Buffer.concat([MATRIX, Buffer.alloc(2 ** 28)]));
  assert.ok(bomb.length < 2 ** 19);
  const before = process.memoryUsage().arrayBuffers;
  await rejects(parseIdx(bomb), /more than the 18 bytes/);
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 27);
});

test('parseIdx rejects with TypeError for what is no bytes', async () => {
  for (const wrong of ['path', undefined, [0, 0, 8, 1], new Float32Array(4)]) {
    await assert.rejects(parseIdx(wrong), TypeError);
  }
});

const IMAGES = bytes('00 00 08 03 00 00 00 02 00 00 00 01 00 00 00 02  01 02 03 04');
const LABELS = bytes('00 00 08 01 00 00 00 02  00 02');

let directory;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'idx-'));
  await writeFile(join(directory, 'images'), gzipSync(IMAGES));
  await writeFile(join(directory, 'labels'), LABELS);
});
after(() => rm(directory, { recursive: true }));

test('loadIdx makes a data set from bytes, paths and file addresses', async () => {
  const expected = {
    images: new Uint8Array([1, 2, 3, 4]),
    labels: new Uint8Array([0, 2]),
    samples: 2,
    features: 2,
    classes: 3,
  };
  const paths = { images: join(directory, 'images'), labels: join(directory, 'labels') };
  assert.deepEqual(await loadIdx({ images: IMAGES, labels: LABELS.slice().buffer }), expected);
  assert.deepEqual(await loadIdx(paths), expected);
  const images = pathToFileURL(paths.images);
  const labels = pathToFileURL(paths.labels).href;
  assert.deepEqual(await loadIdx({ images, labels, classes: 10 }), { ...expected, classes: 10 });
});

test('nodejs/node#51744: Node reads file addresses from disk', async () => {
  const missing = pathToFileURL(join(directory, 'missing'));
  await rejects(
    loadIdx({ images: missing, labels: LABELS }),
    /missing: an IDX file cannot be read there: ENOENT/,
  );
});

test('an address that cannot be, or where nobody answers, is named with what was expected there', async () => {
  for (const [images, reason] of [
    ['http://', /^http:\/\/: an IDX file cannot be read there: .*URL/],
    ['http://127.0.0.1:1/images', /^http:.*images: an IDX file .*there: fetch failed: \S/],
    ['file://elsewhere/images', /^file:.*images: an IDX file cannot be read there: .*host/],
  ]) {
    await rejects(loadIdx({ images, labels: LABELS }), reason);
  }
});

test('loadIdx takes floats as images and integers of any width as labels', async () => {
  const images = bytes('00 00 0e 02 00 00 00 01 00 00 00 01  3f e0 00 00 00 00 00 00');
  const labels = bytes('00 00 0c 01 00 00 00 01  00 00 01 00');
  const data = await loadIdx({ images, labels });
  assert.deepEqual(data.images, new Float32Array([0.5]));
  assert.deepEqual(data.labels, new Uint16Array([256]));
  assert.equal(data.classes, 257);
});

test('files that do not belong together are errors that name the file', async () => {
  const nan = bytes('00 00 0d 02 00 00 00 02 00 00 00 01  7f c0 00 00 00 00 00 00');
  const cases = [
    [{ images: LABELS, labels: LABELS }, /expected images of shape/],
    [{ images: IMAGES, labels: IMAGES }, /expected 2 labels, got shape \[2, 1, 2\]/],
    [{ images: IMAGES, labels: bytes('00 00 08 01 00 00 00 01 00') }, /expected 2 labels/],
    [{ images: IMAGES, labels: LABELS, classes: 2 }, /label 1 is 2, not an integer from 0 to 1/],
    [{ images: IMAGES, labels: bytes('00 00 09 01 00 00 00 02 00 ff') }, /label 1 is -1/],
    [{ images: IMAGES, labels: bytes('00 00 0d 01 00 00 00 02 3f 00 00 00 00 00 00 00') }, /0\.5/],
    [{ images: nan, labels: LABELS }, /element 0 is NaN/],
  ];
  for (const [options, message] of cases) await rejects(loadIdx(options), message);
  await assert.rejects(loadIdx({ images: IMAGES }), /labels must be an address or bytes/);
  await assert.rejects(loadIdx({ images: IMAGES, labels: LABELS, base: '.' }), /"base"/);
});
