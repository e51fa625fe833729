/** Where threads, realms and memory meet: sizes that wrap, arrays of other realms, cores that trap. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import vm from 'node:vm';

import { OutOfMemoryError, dense } from '../../dist/index.js';
import { Core } from '../../js/core/core.js';
import { EngineError } from '../../js/errors.js';
import { WASM, createModel } from './support-build.js';
import { HERE, makeData, withModels } from './support-models.js';

const spec = { input: 7, layers: [dense(5, { activation: 'relu' }), dense(4)], seed: 2 };
const data = makeData({});

describe('memory', () => {
  for (const worker of [true, false]) {
    test(`65,536 rows of 65,536 units are too much, and the model stays usable: worker ${worker}`, () =>
      withModels(
        { input: 1, layers: [dense(65536)] },
        async (model) => {
          const samples = 65536;
          const images = new Uint8Array(samples);
          const labels = new Uint8Array(samples);
          const wide = { images, labels, samples, features: 1, classes: 1 };
          const before = await model.hash();
          await assert.rejects(
            model.fit(wide, { batchSize: 65536, maxSteps: 1 }),
            (error) => error instanceof OutOfMemoryError && error.code === 'NO_MEMORY',
          );
          assert.equal(await model.hash(), before);
          await model.fit(wide, { batchSize: 2, maxSteps: 1 });
          assert.equal((await model.info()).step, 1);
        },
        { worker },
      ));
  }

  test('a prediction that no array can hold is NO_MEMORY', () =>
    withModels({ input: 1, layers: [dense(65536)] }, (model) =>
      assert.rejects(model.predict(new Uint8Array(200_000)), OutOfMemoryError),
    ));
});

describe('arrays of another realm are what they say', () => {
  const foreign = (/** @type {Float32Array} */ values) => {
    const copy = vm.runInNewContext(`new Float32Array(${values.length})`);
    copy.set(values);
    assert.ok(!(copy instanceof Float32Array));
    return copy;
  };

  for (const worker of [true, false]) {
    test(`in data, predictions and parameters, worker ${worker}`, () =>
      withModels(
        [spec, spec],
        async (own, other) => {
          const images = foreign(data.images);
          await own.fit(data);
          await other.fit({ ...data, images });
          assert.equal(await other.hash(), await own.hash());
          assert.deepEqual(await other.predict(images), await own.predict(data.images));
          assert.deepEqual(await other.evaluate({ ...data, images }), await own.evaluate(data));
          const bias = Float32Array.of(1, 2, 3, 4);
          await other.setParameters({ 'layers.1.bias': foreign(bias) });
          assert.deepEqual((await other.parameters())['layers.1.bias'].data, bias);
        },
        { worker },
      ));
  }
});

test('data that is refused leaves an interrupted run as it was', () =>
  withModels([spec, spec], async (model, whole) => {
    await whole.fit(data, { epochs: 3, batchSize: 4 });
    await model.fit(data, { epochs: 3, batchSize: 4, maxSteps: 5 });
    const images = Float32Array.from(data.images);
    images[9] = NaN;
    await assert.rejects(model.fit({ ...data, images }, { epochs: 7 }), /images\[9\].*NaN/);
    const history = await model.fit(data, { resume: true });
    assert.equal(history.epochs.length, 3);
    assert.equal(await model.hash(), await whole.hash());
  }));

test('a core that traps says so in a typed error, and is not called again', async () => {
  // (module (memory (export "memory") 1) (func (export "dw_trap") unreachable))
  // prettier-ignore
  const bytes = new Uint8Array([
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 20, 2,
    6, 109, 101, 109, 111, 114, 121, 2, 0, 7, 100, 119, 95, 116, 114, 97, 112, 0, 0,
    10, 5, 1, 3, 0, 0, 11,
  ]);
  const core = new Core((await WebAssembly.instantiate(bytes)).instance);
  for (let i = 0; i < 2; i++) assert.throws(() => core.call.dw_trap(), EngineError);
  assert.ok(core.isBroken);
});

test('activations of many rows give way between slices, and draw the mask of each row', () =>
  withModels(
    { ...spec, layers: [...spec.layers, { type: 'dropout', p: 0.5 }] },
    async (model) => {
      const rows = 1000;
      const { images } = makeData({ samples: rows });
      const values = await model.activations(images, { layer: 2, mode: 'train', step: 3 });
      const mask = await model.mask(2, { step: 3, rows });
      for (let i = 0; i < mask.length; i++) assert.equal(values[i] !== 0, mask[i] === 1, `${i}`);
      const controller = new AbortController();
      const ended = model.activations(images, { layer: 2, signal: controller.signal });
      controller.abort(new Error('enough'));
      await assert.rejects(ended, /enough/);
    },
    HERE,
  ));

test('createModel of a wasm file that the caller brings is named custom', async () => {
  const model = await createModel(spec, { ...HERE, wasm: WASM, numerics: 'fast' });
  assert.equal((await model.info()).variant, 'custom');
  await model.dispose();
});
