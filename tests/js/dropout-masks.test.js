/** Which numbers a mask shares with another, and which it must not. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { dense, dropout, dropoutMask, variants } from '../../dist/index.js';
import { createModel } from './support-build.js';
import { HERE, makeData, valuesOf, withModels } from './support-models.js';

const data = makeData({});
const spec = (layers, seed) => ({
  input: data.features,
  layers,
  ...(seed !== undefined && { seed }),
});
const network = [dense(16, { activation: 'relu' }), dropout(0.5), dense(4)];

test('Paddle#7796, axon#423, tfjs: a fresh mask a step, the same sequence a seed', async () => {
  await withModels([spec(network, 6), spec(network, 6)], async (one, other) => {
    const steps = Array.from({ length: 50 }, (_, step) => step);
    const sequence = async (model) => {
      const masks = [];
      for (const step of steps) masks.push((await model.mask(1, { step, rows: 4 })).join(''));
      return masks;
    };
    const masks = await sequence(one);
    assert.equal(new Set(masks).size, steps.length);
    assert.deepEqual(await sequence(other), masks);
    for (const model of [one, other]) await model.fit(data, { batchSize: 6 });
    assert.deepEqual(await sequence(one), masks, 'a place has one mask, before and after training');
    assert.equal(await one.hash(), await other.hash());
  });
});

describe('PyTorch-NLP#71, keras#217, #9841: a mask for every row unless batch is asked for', () => {
  const [rows, units] = [20, 64];
  const ones = new Float32Array(rows * units).fill(1);
  for (const [mask, different] of [
    ['element', rows],
    ['batch', 1],
  ]) {
    test(mask, async () => {
      const layers = [dropout(0.5, { mask, scaling: 'none' }), dense(1)];
      await withModels({ input: units, layers, seed: 2 }, async (model) => {
        const seen = await model.activations(ones, { layer: 0, mode: 'train', step: 3 });
        const drawn = await model.mask(0, { step: 3, rows });
        assert.deepEqual([...drawn], [...seen]);
        assert.deepEqual(await dropoutMask(0.5, [rows, units], { mask, seed: 2, step: 3 }), drawn);
        const lines = Array.from({ length: rows }, (_, r) =>
          drawn.subarray(r * units, (r + 1) * units).join(''),
        );
        assert.equal(new Set(lines).size, different);
      });
    });
  }

  test('element is the default', () => assert.equal(dropout(0.5).mask, 'element'));
});

test('a mask of many rows gives way between slices, and is what its parts are', async () => {
  const [rows, columns] = [2 ** 16, 40];
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const whole = await dropoutMask(0.5, [rows, columns], { seed: 3 });
  clearInterval(timer);
  assert.ok(turns > 0, 'the thread was blocked from beginning to end');
  for (const some of [1, 100]) {
    const part = await dropoutMask(0.5, [some, columns], { seed: 3 });
    assert.deepEqual(whole.subarray(0, some * columns), part);
  }
  await withModels({ input: 8, layers: [dropout(0.5), dense(columns)], seed: 3 }, async (model) => {
    const drawn = await model.mask(0, { rows });
    const again = await dropoutMask(0.5, [rows, 8], { seed: 3 });
    assert.deepEqual(drawn, again);
  });
  const kept = whole.reduce((sum, value) => sum + value, 0) / whole.length;
  assert.ok(Math.abs(kept - 0.5) < 5 * Math.sqrt(0.25 / whole.length));
});

describe('tfjs#7104, #316, MPRandGauss: seed 0 is a seed', () => {
  test('two runs with seed 0 have equal hashes, and so have those without a seed', async () => {
    const hashes = [];
    for (const seed of [0, 0, undefined, 1]) {
      await withModels(spec(network, seed), async (model) => {
        await model.fit(data, { batchSize: 6 });
        hashes.push(await model.hash());
      });
    }
    const [first, ...others] = hashes;
    assert.deepEqual(
      others.map((hash) => hash === first),
      [true, true, false],
    );
  });

  test('both words of a seed count', async () => {
    const seeds = [5, 5 + 2 ** 32, 2 ** 32, 0, Number.MAX_SAFE_INTEGER];
    const masks = await Promise.all(
      seeds.map(async (seed) => (await dropoutMask(0.5, [8, 32], { seed })).join('')),
    );
    assert.equal(new Set(masks).size, seeds.length);
  });
});

test('pytorch#5059, fairseq#1383: workers draw the same numbers only for the same seed', async () => {
  const models = await Promise.all([1, 1, 2].map((seed) => createModel(spec(network, seed))));
  const results = await Promise.all(
    models.map(async (model) => {
      const mask = (await model.mask(1, { rows: 8 })).join('');
      await model.fit(data, { batchSize: 6 });
      return { mask, hash: await model.hash() };
    }),
  );
  await Promise.all(models.map((model) => model.dispose()));
  assert.deepEqual(results[0], results[1]);
  assert.notEqual(results[0].mask, results[2].mask);
  assert.notEqual(results[0].hash, results[2].hash);
});

describe('masks of different places are independent', () => {
  const units = 4096;
  for (const p of [0.1, 0.5, 0.9]) {
    test(`p ${p}: steps, layers, rows and seeds, pair by pair`, async () => {
      const places = [];
      const layers = [dropout(p), dropout(p), dense(1)];
      for (const seed of [0, 1, 2 ** 32]) {
        await withModels({ input: units, layers, seed }, async (model) => {
          for (const layer of [0, 1]) {
            for (const step of [0, 1, 2]) {
              const rows = 4;
              const mask = await model.mask(layer, { step, rows });
              for (let row = 0; row < rows; row++) {
                const drawn = mask.subarray(row * units, (row + 1) * units);
                places.push({ name: `${seed} ${layer} ${step} ${row}`, drawn });
              }
            }
          }
        });
      }
      assert.equal(places.length, 72);
      const agreement = (1 - p) ** 2 + p ** 2;
      const sigma = Math.sqrt((agreement * (1 - agreement)) / units);
      for (const [i, one] of places.entries()) {
        const kept = one.drawn.reduce((sum, value) => sum + value, 0) / units;
        const keptSigma = Math.sqrt((p * (1 - p)) / units);
        assert.ok(Math.abs(kept - (1 - p)) < 5 * keptSigma, `${one.name} keeps ${kept}`);
        for (const other of places.slice(i + 1)) {
          let agree = 0;
          for (let u = 0; u < units; u++) agree += Number(one.drawn[u] === other.drawn[u]);
          const difference = Math.abs(agree / units - agreement);
          assert.ok(difference < 5 * sigma, `${one.name} and ${other.name}: ${agree / units}`);
        }
      }
    });
  }
});

describe('a layer of dropout touches nothing but its own draws', () => {
  test('removing it changes no initial weight', async () => {
    const relu = () => dense(16, { activation: 'relu' });
    const specs = [
      spec([dropout(0.1), relu(), dropout(0.5), dense(4)], 8),
      spec([relu(), dropout(0.5, { mask: 'batch', scaling: 'none' }), dense(4)], 8),
      spec([dense(16, { activation: 'relu', dropConnect: 0.5 }), dense(4)], 8),
      spec([relu(), dense(4)], 8),
    ];
    await withModels(specs, async (...models) => {
      const values = [];
      for (const model of models) values.push(await valuesOf(model));
      for (const other of values.slice(1)) assert.deepEqual(other, values[0]);
    });
  });

  test('every variant but alpha starts from the same weights for a seed', async () => {
    const hashes = new Set();
    for (const [key, variant] of Object.entries(variants)) {
      if (key === 'alpha') continue; // SELU throughout, and its initial weights
      const model = await createModel({ ...variant('relu'), seed: 4 }, HERE);
      hashes.add(await model.hash());
      await model.dispose();
    }
    assert.ok(Object.keys(variants).length >= 7);
    assert.equal(hashes.size, 1);
  });

  test('a layer with p = 0 takes no index, and its mask is ones', async () => {
    const layers = [dropout(0), dense(16, { dropConnect: 0 }), dropout(0.5), dense(4)];
    await withModels(spec(layers, 8), async (model) => {
      assert.deepEqual(await model.mask(0, { rows: 3 }), new Uint8Array(21).fill(1));
      assert.deepEqual(await model.mask(1), new Uint8Array(16 * 7).fill(1));
      const expected = await dropoutMask(0.5, [3, 16], { seed: 8, step: 2 });
      assert.deepEqual(await model.mask(2, { step: 2, rows: 3 }), expected);
    });
  });
});

describe('dropping selects, it does not multiply', () => {
  for (const mask of ['element', 'batch']) {
    for (const scaling of ['train', 'eval', 'none']) {
      test(`a dropped Inf is 0: ${mask}, ${scaling}`, async () => {
        const layers = [dense(16), dropout(0.5, { mask, scaling }), dense(4)];
        await withModels(spec(layers, 8), async (model) => {
          // Every other unit goes to -Inf.
          const huge = Float32Array.from({ length: 16 * data.features }, (_, i) =>
            Math.floor(i / data.features) % 2 ? -3e38 : 3e38,
          );
          await model.setParameters({ 'layers.0.weight': huge });
          const images = new Float32Array(5 * data.features).fill(1e3);
          const before = await model.activations(images, { layer: 0, mode: 'train' });
          assert.ok(before.every((value) => Math.abs(value) === Infinity));
          const after = await model.activations(images, { layer: 1, mode: 'train' });
          const kept = await model.mask(1, { rows: 5 });
          assert.ok(kept.includes(0) && kept.includes(1));
          const expected = before.map((value, i) => (kept[i] ? value : 0));
          assert.deepEqual(after, expected);
        });
      });
    }
  }

  test('a dropped weight meets no Inf either: DropConnect', async () => {
    const layers = [dropout(0.5, { scaling: 'none' }), dense(3, { dropConnect: 1 })];
    await withModels(spec(layers, 8), async (model) => {
      const { 'layers.0.bias': bias } = await valuesOf(model);
      await model.setParameters({ 'layers.0.weight': new Float32Array(21).fill(3e38) });
      const images = new Float32Array(7).fill(3e38);
      const outputs = await model.activations(images, { layer: 1, mode: 'train' });
      assert.deepEqual(outputs, bias);
    });
  });
});

test('keras#472, #4531, tensorflow#37792: the loss without dropout stands beside the training loss', async () => {
  await withModels(spec(network, 8), async (model) => {
    const rows = 9;
    const first = {
      ...data,
      images: data.images.subarray(0, rows * data.features),
      labels: data.labels.subarray(0, rows),
      samples: rows,
    };
    const { epochs } = await model.fit(data, { epochs: 2, trainEvaluation: rows, batchSize: 6 });
    assert.equal(epochs[1].lossNoDropout, (await model.evaluate(first)).loss);
    assert.notEqual(epochs[0].lossNoDropout, epochs[1].lossNoDropout);
    assert.notEqual(epochs[1].lossNoDropout, epochs[1].loss);
    const plain = await model.fit(data);
    assert.ok(!('lossNoDropout' in plain.epochs[0]));
  });
});
