/** Every wrong argument rejects, with the option's name and the value; nothing is thrown at once. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { createModel, dense, dropout, dropoutMask } from '../../dist/index.js';
import { HERE, makeData, withModels } from './support-models.js';

const data = makeData({});
const spec = { input: 7, layers: [dense(5), dropout(0.5), dense(4)], seed: 3 };

/** @param {() => Promise<unknown>} call */
async function assertRejects(call, name, pattern) {
  let promise;
  assert.doesNotThrow(() => {
    promise = call();
  }, 'a method that returns a promise throws nothing');
  assert.ok(promise instanceof Promise);
  await assert.rejects(promise, { name, message: pattern });
}

const T = 'TypeError';
const R = 'RangeError';
const with_ = (changes) => ({ ...data, ...changes });
const at = (array, index, value) => Object.assign(array.slice(), { [index]: value });

/** @type {Record<string, [(model: any) => Promise<unknown>, string, RegExp][]>} */
const cases = {
  'fit and evaluate, data': ['fit', 'evaluate'].flatMap((method) => {
    const call = (set) => (model) => model[method](set);
    return [
      [call(undefined), T, /^dataset .*undefined/],
      [call(null), T, /^dataset .*null/],
      [call(with_({ images: undefined })), T, /^dataset\.images .*undefined/],
      [call(with_({ images: [...data.images] })), T, /^dataset\.images .*got \[/],
      [call(with_({ images: new Float64Array(161) })), T, /^dataset\.images .*Float64Array/],
      [call(with_({ images: new Uint8ClampedArray(161) })), T, /^dataset\.images .*Clamped/],
      [
        call(with_({ images: new Float32Array(160) })),
        R,
        /^dataset\.images\.length .*161.*160|23 \* 7.*160/,
      ],
      [call(with_({ images: at(data.images, 9, NaN) })), R, /^dataset\.images\[9\] .*NaN/],
      [call(with_({ images: at(data.images, 160, Infinity) })), R, /images\[160\] .*Infinity/],
      [call(with_({ labels: [...data.labels] })), T, /^dataset\.labels .*got \[/],
      [call(with_({ labels: Int32Array.from(data.labels) })), T, /^dataset\.labels .*Int32Array/],
      [call(with_({ labels: data.labels.subarray(1) })), R, /^dataset\.labels\.length .*23.*22/],
      [call(with_({ labels: at(data.labels, 5, 4) })), R, /^dataset\.labels\[5\] .*4\).*got 4/],
      [
        call(with_({ labels: at(data.labels, 6, 4), classes: 5 })),
        R,
        /^dataset\.labels\[6\] .*units \(4\).*got 4/,
      ],
      [call(with_({ samples: 0 })), R, /^dataset\.samples .*got 0/],
      [call(with_({ samples: '23' })), T, /^dataset\.samples .*"23"/],
      [call(with_({ samples: 22 })), R, /^dataset\.images\.length/],
      [call(with_({ features: 1.5 })), R, /^dataset\.features .*1\.5/],
      [call(with_({ classes: null })), T, /^dataset\.classes .*null/],
      [call(with_({ classes: 0 })), R, /^dataset\.classes .*got 0/],
      [call(makeData({ features: 8 })), R, /^dataset\.features .*7.*8/],
    ];
  }),
  'fit, options': [
    [{ epoch: 1 }, T, /unknown key "epoch"/],
    [null, T, /^options .*null/],
    [5, T, /^options .*5/],
    [[], T, /^options .*\[/],
    [{ epochs: 0 }, R, /^epochs .*got 0/],
    [{ epochs: 1.5 }, R, /^epochs .*1\.5/],
    [{ epochs: NaN }, R, /^epochs .*NaN/],
    [{ epochs: '2' }, T, /^epochs .*"2"/],
    [{ epochs: null }, T, /^epochs .*null/],
    [{ batchSize: 0 }, R, /^batchSize .*got 0/],
    [{ batchSize: -64 }, R, /^batchSize .*-64/],
    [{ batchSize: Infinity }, R, /^batchSize .*Infinity/],
    [{ shuffle: 1 }, T, /^shuffle .*got 1/],
    [{ resume: 'yes' }, T, /^resume .*"yes"/],
    [{ maxSteps: 0 }, R, /^maxSteps .*got 0/],
    [{ maxSteps: 2.5 }, R, /^maxSteps .*2\.5/],
    [{ trainEvaluation: 24 }, R, /^trainEvaluation .*23.*24/],
    [{ trainEvaluation: -1 }, R, /^trainEvaluation .*-1/],
    [{ validation: {} }, T, /^validation\.images/],
    [{ validation: null }, T, /^validation .*null/],
    [{ validation: makeData({ features: 8 }) }, R, /^validation\.features .*8/],
    [{ validation: with_({ labels: at(data.labels, 2, 9) }) }, R, /^validation\.labels\[2\] .*9/],
    [{ validation: with_({ images: at(data.images, 3, NaN) }) }, R, /^validation\.images\[3\]/],
    [{ signal: {} }, T, /^signal /],
    [{ signal: null }, T, /^signal .*null/],
    [{ pause: true }, T, /^pause .*true/],
    [{ onProgress: 3 }, T, /^onProgress .*3/],
    [{ optimizer: 'rmsprop' }, R, /^optimizer\.name .*"rmsprop"/],
    [{ optimizer: 3 }, T, /^optimizer .*3/],
    [{ optimizer: null }, T, /^optimizer .*null/],
    [{ optimizer: { name: 'sgd', lr: 1 } }, T, /^optimizer has an unknown key "lr"/],
    [{ optimizer: { learningRate: -1 } }, R, /^optimizer\.learningRate .*-1/],
    [{ optimizer: { learningRate: NaN } }, R, /^optimizer\.learningRate .*NaN/],
    [{ optimizer: { learningRate: '0.1' } }, T, /^optimizer\.learningRate .*"0\.1"/],
    [{ optimizer: { learningRate: [0.1, 0.2] } }, R, /^optimizer\.learningRate\.length .*1.*2/],
    [
      { epochs: 2, optimizer: { learningRate: [0.1, NaN] } },
      R,
      /^optimizer\.learningRate\[1\] .*NaN/,
    ],
    [{ optimizer: { name: 'sgd', momentum: 1.5 } }, R, /^optimizer\.momentum .*1\.5/],
    [{ optimizer: { name: 'adam', momentum: 0.9 } }, R, /^optimizer\.momentum .*0\.9/],
    [{ optimizer: { name: 'sgd', beta1: 0.5 } }, R, /^optimizer\.beta1 .*0\.5/],
    [{ optimizer: { name: 'sgd', nesterov: true } }, R, /^optimizer\.momentum/],
    [{ optimizer: { beta2: 1 } }, R, /^optimizer\.beta2 .*got 1/],
    [{ optimizer: { epsilon: 0 } }, R, /^optimizer\.epsilon .*got 0/],
    [{ optimizer: { weightDecay: -1 } }, R, /^optimizer\.weightDecay .*-1/],
  ].map(([options, ...rest]) => [(model) => model.fit(data, options), ...rest]),
  'evaluate, options': [
    [{ evalScale: 0 }, R, /^evalScale .*got 0/],
    [{ evalScale: -1 }, R, /^evalScale .*-1/],
    [{ evalScale: NaN }, R, /^evalScale .*NaN/],
    [{ evalScale: Infinity }, R, /^evalScale .*Infinity/],
    [{ evalScale: '1' }, T, /^evalScale .*"1"/],
    [{ evalScale: null }, T, /^evalScale .*null/],
    [{ scale: 1 }, T, /unknown key "scale"/],
    [{ signal: 1 }, T, /^signal .*1/],
    [null, T, /^options .*null/],
  ].map(([options, ...rest]) => [(model) => model.evaluate(data, options), ...rest]),
  predict: [
    [(model) => model.predict(), T, /^images .*undefined/],
    [(model) => model.predict(null), T, /^images .*null/],
    [(model) => model.predict(data), T, /^images /],
    [(model) => model.predict(new Float64Array(7)), T, /^images .*Float64Array/],
    [(model) => model.predict(new Float32Array(0)), R, /^images\.length .*7.*got 0/],
    [(model) => model.predict(new Float32Array(13)), R, /^images\.length .*7.*13/],
    [(model) => model.predict(Float32Array.of(1, 2, NaN, 4, 5, 6, 7)), R, /^images.*\[2\] .*NaN/],
    [(model) => model.predict(data.images, { pases: 3 }), T, /unknown key "pases"/],
    [(model) => model.predict(data.images, { signal: 'no' }), T, /^signal .*"no"/],
    [(model) => model.predict(data.images, null), T, /^options .*null/],
  ],
  activations: [
    [(model) => model.activations(data.images), T, /options|layer/],
    [(model) => model.activations(data.images, null), T, /^options .*null/],
    [(model) => model.activations(data.images, {}), T, /^layer .*undefined/],
    [(model) => model.activations(data.images, { layer: -1 }), R, /^layer .*-1/],
    [(model) => model.activations(data.images, { layer: 3 }), R, /^layer .*2.*3/],
    [(model) => model.activations(data.images, { layer: 0.5 }), R, /^layer .*0\.5/],
    [(model) => model.activations(data.images, { layer: '0' }), T, /^layer .*"0"/],
    [(model) => model.activations(data.images, { layer: 0, mode: 'test' }), R, /^mode .*"test"/],
    [(model) => model.activations(data.images, { layer: 0, mode: true }), T, /^mode .*true/],
    [(model) => model.activations(data.images, { layer: 0, step: -1 }), R, /^step .*-1/],
    [
      (model) => model.activations(data.images, { layer: 0, step: 2 ** 32 }),
      R,
      /^step .*4294967296/,
    ],
    [(model) => model.activations(data.images, { layer: 0, rows: 1 }), T, /unknown key "rows"/],
    [(model) => model.activations(new Float32Array(8), { layer: 0 }), R, /^images\.length/],
  ],
  mask: [
    [(model) => model.mask(), T, /^layer .*undefined/],
    [(model) => model.mask(0), R, /^layer 0 masks nothing/],
    [(model) => model.mask(3), R, /^layer .*3/],
    [(model) => model.mask('1'), T, /^layer .*"1"/],
    [(model) => model.mask(1, null), T, /^options .*null/],
    [(model) => model.mask(1, { row: 1 }), T, /unknown key "row"/],
    [(model) => model.mask(1, { rows: 0 }), R, /^rows .*got 0/],
    [(model) => model.mask(1, { rows: '2' }), T, /^rows .*"2"/],
    [(model) => model.mask(1, { step: 0.5 }), R, /^step .*0\.5/],
  ],
  setParameters: [
    [undefined, T, /^values .*undefined/],
    [[], T, /^values /],
    [{ 'layers.2.weight': new Float32Array(1) }, T, /unknown key "layers\.2\.weight"/],
    [{ 'layers.1.bias': new Float32Array(5) }, R, /^layers\.1\.bias\.length .*4.*5/],
    [{ 'layers.1.bias': [1, 2, 3, 4] }, T, /^layers\.1\.bias .*1, 2, 3, 4/],
    [{ 'layers.1.bias': new Float64Array(4) }, T, /^layers\.1\.bias .*Float64Array/],
    [{ 'layers.1.bias': null }, T, /^layers\.1\.bias .*null/],
    [{ 'layers.1.bias': undefined }, T, /^layers\.1\.bias .*undefined/],
    [{ 'layers.1.bias': Float32Array.of(1, 2, NaN, 4) }, R, /^layers\.1\.bias\[2\] .*NaN/],
    [
      { 'layers.1.weight': { shape: [5, 4], data: new Float32Array(20) } },
      R,
      /^layers\.1\.weight\.shape .*4,5.*5, 4/,
    ],
    // What is right beside what is wrong is not set either.
    [
      { 'layers.0.bias': new Float32Array(5), 'layers.1.bias': new Float32Array(3) },
      R,
      /^layers\.1\.bias\.length/,
    ],
  ].map(([values, ...rest]) => [(model) => model.setParameters(values), ...rest]),
};

for (const [name, calls] of Object.entries(cases)) {
  test(`${name}: wrong calls leave the model as it was`, async (t) => {
    await withModels(spec, async (model) => {
      const before = [await model.hash(), await model.info()];
      for (const [call, type, pattern] of calls) {
        await t.test(`${type} ${pattern.source}`, () =>
          assertRejects(() => call(model), type, pattern),
        );
      }
      assert.deepEqual([await model.hash(), await model.info()], before);
      await model.fit(data);
      assert.notEqual(await model.hash(), before[0]);
    });
  });
}

test('evalScale needs a dropout layer: DropConnect is none', async () => {
  const layers = [dense(4, { dropConnect: 0.5 })];
  await withModels({ input: 7, layers }, async (model) => {
    await assertRejects(() => model.evaluate(data, { evalScale: 1 }), R, /^evalScale .*dropout/);
    assert.ok(Number.isFinite((await model.evaluate(data)).loss));
  });
});

describe('createModel', () => {
  const good = spec.layers;
  const calls = [
    [undefined, T, /^spec .*undefined/],
    [{}, T, /^input .*undefined/],
    [{ input: 0, layers: good }, R, /^input .*got 0/],
    [{ input: 7 }, T, /^layers .*undefined/],
    [{ input: 7, layers: [] }, R, /^layers\.length .*got 0/],
    [{ input: 7, layers: [dropout(0.5)] }, R, /^layers .*dense/],
    [{ input: 7, layers: [{ type: 'conv', units: 3 }] }, R, /^layers\[0\]\.type .*"conv"/],
    [{ input: 7, layers: [null] }, T, /^layers\[0\] .*null/],
    [{ input: 7, layers: [{ type: 'dense', units: 0 }] }, R, /^layers\[0\]\.units .*got 0/],
    [{ input: 7, layers: [{ type: 'dense', units: 2, unit: 3 }] }, T, /unknown key "unit"/],
    [{ input: 7, layers: good, seed: -1 }, R, /^seed .*-1/],
    [{ input: 7, layers: good, seed: 2 ** 53 }, R, /^seed .*9007199254740992/],
    [{ input: 7, layers: good, seed: '1' }, T, /^seed .*"1"/],
    [{ input: 7, layers: good, seeds: 1 }, T, /unknown key "seeds"/],
  ];
  for (const [wrong, type, pattern] of calls) {
    test(`${type} ${pattern.source}`, () => assertRejects(() => createModel(wrong), type, pattern));
  }
  const runtimes = [
    [null, T, /^runtime .*null/],
    [{ workers: 1 }, T, /unknown key "workers"/],
    [{ worker: 1 }, T, /^worker .*1/],
    [{ numerics: 'exact' }, R, /^numerics .*"exact"/],
    [{ wasm: 5 }, T, /^wasm .*5/],
    [{ wasm: '' }, T, /^wasm .*""/],
    [{ workerUrl: 5 }, T, /^workerUrl .*5/],
  ];
  for (const [wrong, type, pattern] of runtimes) {
    test(`runtime: ${type} ${pattern.source}`, () =>
      assertRejects(() => createModel(spec, wrong), type, pattern));
  }
});

test('dropoutMask rejects shapes and places', async () => {
  for (const [args, type, pattern] of [
    [[], T, /^p .*undefined/],
    [[0.5], T, /^shape .*undefined/],
    [[0.5, [2]], T, /^shape .*\[2\]/],
    [[0.5, [0, 2]], R, /^shape\[0\] .*got 0/],
    [[0.5, [2, 1.5]], R, /^shape\[1\] .*1\.5/],
    [[0.5, [2, 3], { mask: 'row' }], R, /^mask .*"row"/],
    [[0.5, [2, 3], { seed: 1.5 }], R, /^seed .*1\.5/],
    [[0.5, [2, 3], { step: -1 }], R, /^step .*-1/],
    [[0.5, [2, 3], { rows: 2 }], T, /unknown key "rows"/],
    [[0.5, [2, 3], null], T, /^options .*null/],
  ]) {
    await assertRejects(() => dropoutMask(...args), type, pattern);
  }
});
