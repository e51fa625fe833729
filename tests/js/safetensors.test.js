/** The safetensors format: what its description allows is read, everything else is named and refused. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { FileError, parseSafetensors } from '../../dist/index.js';
import { encodeSafetensors } from '../../js/format/safetensors.js';
import { entry, makeFile, takeApart } from './support-safetensors.js';

const two = Float32Array.of(1, 2, 3, 4, 5, -6);
const header = { a: entry([2, 2], 0, 16), b: entry([2], 16, 24) };

describe('what the format allows is read', () => {
  const expected = {
    a: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    b: { shape: [2], data: Float32Array.of(5, -6) },
  };
  const files = {
    'two tensors': makeFile(header, two),
    'spaces behind the header': makeFile(`${JSON.stringify(header)}      `, two),
    'a header that ends anywhere': makeFile(`${JSON.stringify(header)} `, two),
    'spaces and line breaks within': makeFile(JSON.stringify(header, null, 2), two),
    'metadata of texts': makeFile(
      { __metadata__: { format: 'pt', made: 'ü"{[\\' }, ...header },
      two,
    ),
    'a listing in another order than the data': makeFile({ b: header.b, a: header.a }, two),
  };
  for (const [name, file] of Object.entries(files)) {
    test(name, async () => assert.deepEqual(await parseSafetensors(file), expected));
  }

  test('a view, a buffer and shared memory', async () => {
    const file = files['two tensors'];
    const shared = new Uint8Array(new SharedArrayBuffer(file.length + 1), 1);
    shared.set(file);
    for (const bytes of [file.buffer, Buffer.from(file), shared]) {
      assert.deepEqual(await parseSafetensors(bytes), expected);
    }
  });

  test('as they are at the call, whatever becomes of them', async () => {
    const bytes = files['two tensors'].slice();
    const reading = parseSafetensors(bytes);
    bytes.fill(0);
    assert.deepEqual(await reading, expected);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    const message = /^TypeError: bytes must have its memory/;
    await assert.rejects(parseSafetensors(bytes), message);
    await assert.rejects(parseSafetensors(bytes.buffer), message);
  });

  test('no tensors, scalars, tensors without values', async () => {
    assert.deepEqual(await parseSafetensors(makeFile('{}')), {});
    const some = {
      scalar: entry([], 0, 4),
      nothing: entry([0], 4, 4),
      'nor here': entry([2 ** 40, 2 ** 40, 0], 4, 4),
    };
    const found = await parseSafetensors(makeFile(some, Float32Array.of(7)));
    assert.deepEqual(found.scalar, { shape: [], data: Float32Array.of(7) });
    assert.equal(found.nothing.data.length + found['nor here'].data.length, 0);
  });

  test('names that objects know already', async () => {
    const text = '{"__proto__":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}';
    const found = await parseSafetensors(makeFile(text, Float32Array.of(7)));
    assert.deepEqual(Object.entries(found), [
      ['__proto__', { shape: [], data: Float32Array.of(7) }],
    ]);
    assert.equal(Object.getPrototypeOf(found), Object.prototype);
  });

  test('the arrays are copies', async () => {
    const file = makeFile(header, two);
    const { a } = await parseSafetensors(file);
    file.fill(0);
    assert.equal(a.data[3], 4);
    assert.equal(a.data.buffer.byteLength, 16);
  });
});

test('what is written is read, and lies as described', async () => {
  const tensors = {
    z: { shape: [3], data: Float32Array.of(1, 2, 3) },
    a: { shape: [1, 2], data: new Float32Array([0, 4, 5, 0]).subarray(1, 3) },
  };
  const file = encodeSafetensors(tensors, { note: 'ü' });
  assert.deepEqual(await parseSafetensors(file), {
    ...tensors,
    a: { shape: [1, 2], data: Float32Array.of(4, 5) },
  });
  const { header: found, data } = takeApart(file);
  assert.deepEqual(Object.keys(found), ['__metadata__', 'z', 'a']);
  assert.deepEqual(found.__metadata__, { note: 'ü' });
  assert.deepEqual([found.z, found.a], [entry([3], 0, 12), entry([1, 2], 12, 20)]);
  assert.equal(data.length, 20);
  assert.throws(() => encodeSafetensors({}, { long: ' '.repeat(100_000_000) }), {
    name: 'RangeError',
    message: /<= 100000000 bytes, got 1000000\d\d/,
  });
});

/** Files by what is wrong, and what the error must say. */
const tensor = (info) => makeFile({ a: info }, two);
const text = (more) => makeFile(`{${more}}`, two);
const info = JSON.stringify(entry([6], 0, 24));
const nest = (levels) => '['.repeat(levels) + ']'.repeat(levels);
const WRONG = {
  'no bytes': [new Uint8Array(), /expected a safetensors file, got an empty file/],
  'seven bytes': [new Uint8Array(7), /got 7 bytes beginning 00/],
  'a header longer than the file': [
    makeFile('{}', two, { length: 27n }),
    /27, and 26 bytes follow/,
  ],
  'a header of 2^64 - 1 bytes': [
    makeFile('{}', two, { length: 2n ** 64n - 1n }),
    /18446744073709552000/,
  ],
  'a page': [new TextEncoder().encode('<!doctype html><html></html>'), /got an HTML page/],
  'a zip, as torch.save writes': [
    new TextEncoder().encode('PK\x03\x04\0\0\b\b\0\0'),
    /got .*50 4b 03 04/,
  ],
  'a header of no bytes': [makeFile('', two), /header must begin with \{/],
  'an array': [makeFile('[]'), /header must begin with \{, got/],
  'a byte order mark': [makeFile('\uFEFF{}'), /header must begin with \{/],
  'spaces first': [makeFile(' {}'), /header must begin with \{/],
  'no JSON': [makeFile('{"a":}'), /the header is not JSON/],
  'two values': [makeFile('{}{}'), /the header is not JSON/],
  'an open string': [makeFile('{"a'), /the header is not JSON/],
  'zeros for padding': [makeFile('{}\0\0'), /the header is not JSON/],
  'bytes that are no UTF-8': [
    makeFile(Uint8Array.of(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d)),
    /not UTF-8/,
  ],
  'half of a surrogate pair': [makeFile(Uint8Array.of(0x7b, 0xed, 0xa0, 0x80, 0x7d)), /not UTF-8/],
  'a name twice': [text(`"a":${info},"a":${info}`), /header has the key "a" twice/],
  'a name twice, once escaped': [text(`"a":${info},"\\u0061":${info}`), /the key "a" twice/],
  'a wrong escape in a name': [text('"\\x":1'), /a key that is not JSON/],
  'an offset twice': [text(`"a":${info.replace('{', '{"shape":[1],')}`), /the key "shape" twice/],
  'metadata twice': [text('"__metadata__":{},"__metadata__":{}'), /"__metadata__" twice/],
  'a key of metadata twice': [text('"__metadata__":{"x":"1","x":"2"}'), /the key "x" twice/],
  'nine levels': [text(`"a":${nest(8)}`), /nests more than 8 levels/],
  'a million levels': [text(`"a":${nest(1e6)}`), /nests more than 8 levels/],
  'a million levels, never closed': [makeFile(`{"a":${'['.repeat(1e6)}`), /nests more than 8/],
  'metadata that is a text': [
    text('"__metadata__":"x"'),
    /__metadata__ must be an object of texts/,
  ],
  'metadata that is an array': [text('"__metadata__":["x"]'), /__metadata__ must be an object/],
  'metadata of numbers': [text('"__metadata__":{"step":3}'), /"step" must be a text, got 3/],
  'metadata of objects': [text('"__metadata__":{"spec":{}}'), /"spec" must be a text/],
  'an entry that is null': [
    tensor(null),
    /tensor "a": expected \{ dtype, shape, data_offsets \}, got null/,
  ],
  'an entry that is an array': [tensor([]), /tensor "a": expected/],
  'an entry without offsets': [tensor({ dtype: 'F32', shape: [6] }), /tensor "a": expected/],
  'an entry with more': [tensor({ ...entry([6], 0, 24), strides: [4] }), /unknown key "strides"/],
  'half floats': [tensor(entry([12], 0, 24, 'F16')), /type must be "F32", got "F16"; .*float\(\)/],
  doubles: [tensor(entry([3], 0, 24, 'F64')), /got "F64"/],
  'a type that nobody knows': [tensor(entry([6], 0, 24, 'f32')), /got "f32"/],
  'a type that is a number': [tensor(entry([6], 0, 24, 32)), /got 32/],
  'a shape that is a number': [
    tensor(entry(6, 0, 24)),
    /shape must be an array of integers >= 0, got 6/,
  ],
  'a negative size': [tensor(entry([-6], 0, 24)), /shape must be an array .*got \[-6\]/],
  'half a value': [tensor(entry([5.5], 0, 22)), /shape must be an array .*got \[5\.5\]/],
  'sizes in quotes': [tensor(entry(['6'], 0, 24)), /shape must be an array .*got \["6"\]/],
  'a size of 1e400': [
    text('"a":{"dtype":"F32","shape":[1e400],"data_offsets":[0,24]}'),
    /got \[Infinity\]/,
  ],
  'a size of 2^53': [tensor(entry([2 ** 53], 0, 24)), /shape must be/],
  'sizes whose product is 2^64 + 6': [
    tensor(entry([2 ** 52, 2 ** 12], 0, 24)),
    /take 73786976294838210000 bytes/,
  ],
  'sizes whose product is infinite': [
    tensor(entry(Array(30).fill(2 ** 52), 0, 24)),
    /take Infinity bytes/,
  ],
  'a shape of more than its bytes': [
    tensor(entry([7], 0, 24)),
    /\[7\] elements take 28 bytes, .* hold 24/,
  ],
  'a shape of fewer': [tensor(entry([5], 0, 24)), /take 20 bytes, .* hold 24/],
  'one offset': [
    tensor({ ...entry([6], 0, 24), data_offsets: [0] }),
    /data_offsets must be \[begin, end\]/,
  ],
  'three offsets': [
    tensor({ ...entry([6], 0, 24), data_offsets: [0, 24, 24] }),
    /data_offsets must be/,
  ],
  'offsets the wrong way round': [tensor(entry([6], 24, 0)), /data_offsets .*got \[24, 0\]/],
  'a negative offset': [tensor(entry([6], -24, 0)), /data_offsets .*got \[-24, 0\]/],
  'an offset behind the file': [tensor(entry([7], 0, 28)), /within the 24 bytes .*got \[0, 28\]/],
  'an offset that is no number': [tensor(entry([6], '0', 24)), /data_offsets must be/],
  'an offset between bytes': [tensor(entry([6], 0.5, 24.5)), /data_offsets must be/],
  'a tensor that has the name of a class': [
    makeFile({ a: { constructor: { name: { toString: 1 } } } }),
    /tensor "a"/,
  ],
  'metadata that has': [
    makeFile({ __metadata__: { a: { constructor: { name: { toString: 1 } } } } }),
    /__metadata__/,
  ],
  'a misaligned tensor': [
    tensor(entry([5], 2, 22)),
    /tensor "a" begins at byte 2 .*hole before it/,
  ],
  'bytes before the tensors': [tensor(entry([5], 4, 24)), /begins at byte 4 .*hole/],
  'bytes behind them': [tensor(entry([5], 0, 20)), /end at byte 20 of the data, which has 24/],
  'bytes and no tensor': [makeFile('{}', two), /end at byte 0 of the data, which has 24/],
  'a hole': [
    makeFile({ a: entry([2], 0, 8), b: entry([3], 12, 24) }, two),
    /"b" begins at byte 12 .*hole/,
  ],
  'an overlap': [
    makeFile({ a: entry([4], 0, 16), b: entry([3], 12, 24) }, two),
    /"b" begins at byte 12 .*overlaps/,
  ],
  'one place for two': [
    makeFile({ a: entry([6], 0, 24), b: entry([6], 0, 24) }, two),
    /"b" .*overlaps/,
  ],
  'one within another': [
    makeFile({ a: entry([6], 0, 24), b: entry([1], 4, 8) }, two),
    /"b" .*overlaps/,
  ],
  'a file that was cut': [
    makeFile(header, two).subarray(0, -4),
    /"b": its data_offsets .*20 bytes/,
  ],
  NaN: [makeFile(header, Float32Array.of(1, 2, 3, 4, NaN, 6)), /tensor "b": element 0 is NaN/],
  infinity: [
    makeFile(header, Float32Array.of(1, 2, -Infinity, 4, 5, 6)),
    /tensor "a": element 2 is -Infinity/,
  ],
};

describe('what is wrong is a FileError that says so', () => {
  for (const [name, [file, message]] of Object.entries(WRONG)) {
    test(name, () =>
      assert.rejects(parseSafetensors(file), (error) => {
        assert.ok(error instanceof FileError);
        assert.equal(error.code, 'BAD_FILE');
        assert.match(error.message, message);
        assert.ok(error.message.length < 400, 'a sentence, and not the file');
        return true;
      }),
    );
  }
});

test('what is no file is a TypeError', async () => {
  for (const bytes of [undefined, null, 'file.safetensors', [1, 2], new Float32Array(4)]) {
    await assert.rejects(parseSafetensors(bytes), { name: 'TypeError', message: /^bytes must be/ });
  }
});
