/** Whose memory an array is: what is handed in is never detached or changed, whatever it lies in, and
 *  what is handed out never changes. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import {
  dense,
  dropout,
  loadIdx,
  loadModel,
  parseIdx,
  parseSafetensors,
} from '../../dist/index.js';
import { WASM, compare } from './support-build.js';
import { makeData, untimed, withModels } from './support-models.js';

const spec = { input: 7, layers: [dense(9), dropout(0.5), dense(4)], seed: 2 };
const floats = makeData({ samples: 110 });
const bytes = makeData({ samples: 110, bytes: true });

/** The same values, elsewhere. @type {Record<string, (array: any) => any>} */
const places = {
  'a part of a larger buffer': (array) => {
    const whole = new array.constructor(array.length + 13);
    whole.set(array, 5);
    return whole.subarray(5, 5 + array.length);
  },
  'shared memory': (array) => filled(array, new SharedArrayBuffer(array.byteLength)),
  'a part of shared memory': (array) =>
    filled(array, new SharedArrayBuffer(array.byteLength + 64), 16, array.length),
  'a resizable buffer': (array) =>
    filled(array, new ArrayBuffer(array.byteLength, { maxByteLength: 2 * array.byteLength })),
  'shared memory that may grow': (array) =>
    filled(array, new SharedArrayBuffer(array.byteLength, { maxByteLength: 2 * array.byteLength })),
};

function filled(array, buffer, ...where) {
  const view = new array.constructor(buffer, ...where);
  view.set(array);
  return view;
}

/** Everything of a buffer, to see that nothing of it changed. */
const contents = ({ buffer }) => [...new Uint8Array(buffer)];

for (const worker of [true, false]) {
  const use = (callback) => withModels(spec, callback, { worker });

  describe(worker ? 'in a worker' : 'on the calling thread', () => {
    for (const [name, place] of Object.entries(places)) {
      test(`data in ${name} gives the same results, and stays`, async () => {
        for (const data of [floats, bytes]) {
          const all = (set) =>
            use(async (model) => [
              untimed(await model.fit(set, { validation: set, batchSize: 20, epochs: 2 })),
              await model.evaluate(set),
              await model.predict(set.images),
              await model.predict(set.images, { passes: 3 }),
              await model.moments(set.images, { layer: 1, passes: 3 }),
              await model.activations(set.images, { layer: 0 }),
              await model.hash(),
            ]);
          const placed = { ...data, images: place(data.images), labels: place(data.labels) };
          const before = [placed.images, placed.labels].map(contents);
          assert.deepEqual(await all(placed), await all(data));
          assert.deepEqual([placed.images, placed.labels].map(contents), before);
        }
      });

      test(`parameters in ${name}`, () =>
        use(async (model) => {
          const { data } = (await model.parameters())['layers.0.weight'];
          const given = place(data.map((value) => 2 * value));
          const before = contents(given);
          await model.setParameters({ 'layers.0.weight': given });
          await model.fit(floats);
          assert.deepEqual(contents(given), before);
        }));
    }

    test('data in a buffer that shrinks meanwhile is an error that names it', () =>
      use(async (model) => {
        const images = places['a resizable buffer'](floats.images);
        const fitting = model.fit({ ...floats, images });
        images.buffer.resize(28);
        await assert.rejects(fitting, /^TypeError: dataset\.images must keep its memory.* has 7$/);
        assert.equal((await model.fit(floats)).steps, 2);
      }));

    test("what was handed out is the caller's: changing it changes no model, and no model changes it", () =>
      use(async (model) => {
        const hash = await model.hash();
        const out = [
          await model.parameters(),
          await model.mask(1, { rows: 3 }),
          await model.predict(bytes.images),
          await model.evaluate(bytes),
          await model.summary(),
          await model.save(),
        ];
        const copy = structuredClone(out);
        await model.fit(bytes, { epochs: 3 });
        assert.deepEqual(out, copy);
        await model.setParameters(copy[0]);
        wipe(out);
        assert.equal(await model.hash(), hash);
        assert.deepEqual(await model.mask(1, { rows: 3 }), copy[1]);
        assert.deepEqual((await model.summary()).layers, copy[4].layers);
      }));
  });
}

/** Zero in place of every number. */
function wipe(value) {
  if (ArrayBuffer.isView(value)) value.fill(0);
  else if (Array.isArray(value)) value.forEach(wipe);
  else if (typeof value === 'object') {
    for (const key of Object.keys(value)) {
      if (typeof value[key] === 'number') value[key] = 0;
      else wipe(value[key]);
    }
  }
}

describe('files in memory of every kind', () => {
  const idx = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);
  const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 1, 0);

  for (const [name, place] of Object.entries(places)) {
    test(name, async () => {
      const file = await withModels(spec, (model) => model.save());
      for (const array of [idx, new Uint8Array(gzipSync(idx))]) {
        const given = place(array);
        const before = contents(given);
        assert.deepEqual([...(await parseIdx(given)).data], [1, 2, 3, 4, 5, 6]);
        const set = await loadIdx({ images: given, labels: place(labels) });
        assert.deepEqual([...set.images, ...set.labels], [1, 2, 3, 4, 5, 6, 1, 0]);
        assert.deepEqual(contents(given), before);
      }
      const garbage = place(new TextEncoder().encode('<!DOCTYPE html><title>no</title>'));
      await assert.rejects(parseIdx(garbage), { code: 'BAD_FILE', message: /an HTML page/ });
      const given = place(file);
      const before = contents(given);
      const model = await loadModel(given, { worker: false });
      await model.dispose();
      assert.equal(Object.keys(await parseSafetensors(given)).length, 4);
      assert.deepEqual(contents(given), before);
    });

    test(`the core in ${name}`, async () => {
      const wasm = place(new Uint8Array(readFileSync(WASM)));
      const before = contents(wasm);
      await withModels(spec, (model) => model.hash(), { wasm, worker: false });
      assert.deepEqual(contents(wasm), before);
    });
  }
});

test('compare on data in memory of every kind gives the same lines', async () => {
  const data = makeData({ samples: 20, features: 784, classes: 10, bytes: true });
  const options = { epochs: 1, seeds: [1], workers: 1 };
  const run = async (set) => {
    const { runs } = await compare(['article'], { train: set, test: set }, options);
    return [runs[0].weightsHash, runs[0].dataChecksum];
  };
  const expected = await run(data);
  for (const [name, place] of Object.entries(places)) {
    const set = { ...data, images: place(data.images), labels: place(data.labels) };
    assert.deepEqual(await run(set), expected, name);
  }
});

test('what becomes of options and buffers while the script for data comes changes nothing', async () => {
  const images = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 5, 6);
  const labels = (/** @type {number[]} */ ...values) =>
    Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, ...values);
  const options = { images, labels: labels(0, 1) };
  const loading = loadIdx(options);
  options.labels = labels(1, 1);
  assert.deepEqual([...(await loading).labels], [0, 1]);

  for (const read of [parseIdx, (bytes) => loadIdx({ images: bytes, labels: labels(0, 1) })]) {
    const buffer = images.slice().buffer;
    const moved = read(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    await assert.rejects(moved, { code: 'BAD_FILE', message: /an empty file/ });
    await assert.rejects(read(buffer), { code: 'BAD_FILE', message: /an empty file/ });
  }
});
