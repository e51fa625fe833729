/** What a model promises of one data set: the same results by every road. Formulas are checked in
 *  model-reference.test.js, arguments in model-arguments.test.js. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';

import { dense, dropout } from '../../dist/index.js';
import { NUMERICS, VARIANT, createModel } from './support-build.js';
import { HERE, generator, makeData, untimed, valuesOf, withModels } from './support-models.js';

const data = makeData({ samples: 90 });
const layers = [
  dropout(0.1),
  dense(12, { activation: 'tanh' }),
  dropout(0.5, { mask: 'batch' }),
  dense(9, { activation: 'relu', dropConnect: 0.3 }),
  dense(4),
];
const spec = { input: data.features, layers, seed: 11 };

/** The hash after a training. */
async function trained(set, ...fits) {
  return withModels(spec, async (model) => {
    for (const options of fits) await model.fit(set, options);
    return model.hash();
  });
}

test('a worker and the calling thread give the same of everything', async () => {
  const results = [];
  for (const worker of [true, false]) {
    const use = async (model) => {
      const options = { epochs: 2, batchSize: 7, validation: data, trainEvaluation: 30 };
      const history = untimed(await model.fit(data, options));
      results.push({
        history,
        hash: await model.hash(),
        report: await model.evaluate(data, { evalScale: 0.7 }),
        predictions: await model.predict(data.images),
        activations: await model.activations(data.images, { layer: 3, mode: 'train', step: 4 }),
        masks: [await model.mask(2, { step: 5, rows: 3 }), await model.mask(3, { step: 6 })],
        parameters: await model.parameters(),
        info: await model.info(),
        summary: await model.summary(),
      });
    };
    await withModels(spec, use, { worker });
  }
  assert.deepEqual(results[0], results[1]);
});

describe('the same training by two roads gives the same weights', () => {
  test('bytes, and float32 values of byte / 255', async () => {
    const bytes = makeData({ samples: 90, bytes: true });
    const floats = { ...bytes, images: Float32Array.from(bytes.images, (value) => value / 255) };
    const hash = await trained(bytes, { epochs: 2 });
    assert.equal(await trained(floats, { epochs: 2 }), hash);
    const float64 = { ...bytes, images: Float32Array.from(bytes.images, (v) => v * (1 / 256)) };
    assert.notEqual(await trained(float64, { epochs: 2 }), hash);
  });

  test('labels of 8 and of 16 bits', async () => {
    const wide = { ...data, labels: Uint16Array.from(data.labels) };
    assert.equal(await trained(wide, {}), await trained(data, {}));
  });

  for (const optimizer of ['sgd', 'adam', 'adamw']) {
    test(`two fits of one epoch, and one of two: ${optimizer}`, async () => {
      const options = { batchSize: 8, optimizer: { name: optimizer, learningRate: 0.02 } };
      const together = await trained(data, { ...options, epochs: 2 });
      assert.equal(await trained(data, options, options), together);
      assert.notEqual(await trained(data, options), together);
    });
  }

  test('a schedule of learning rates and momenta, and one number a call', async () => {
    const rates = [0.1, 0.01, 0.05];
    const momenta = Float32Array.of(0, 0.5, 0.875);
    const schedule = { name: 'sgd', learningRate: rates, momentum: momenta };
    const calls = rates.map((learningRate, i) => ({
      optimizer: { name: 'sgd', learningRate, momentum: momenta[i] },
    }));
    const together = await trained(data, { epochs: 3, optimizer: schedule });
    assert.equal(await trained(data, ...calls), together);
    assert.notEqual(await trained(data, calls[0], calls[2], calls[1]), together);
  });

  test('defaults, written out and left out', async () => {
    const optimizer = {
      name: 'adam',
      learningRate: 0.001,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
    };
    const all = { epochs: 1, batchSize: 64, shuffle: true, optimizer, trainEvaluation: 0 };
    const hash = await trained(data, {});
    assert.equal(await trained(data, all), hash);
    assert.equal(await trained(data, undefined), hash);
    const sgd = { name: 'sgd', learningRate: 0.01, momentum: 0, nesterov: false, weightDecay: 0 };
    assert.equal(
      await trained(data, { optimizer: 'sgd' }),
      await trained(data, { optimizer: sgd }),
    );
    const adamw = { name: 'adamw', learningRate: 0.001, weightDecay: 0.01 };
    assert.equal(
      await trained(data, { optimizer: 'adamw' }),
      await trained(data, { optimizer: adamw }),
    );
  });

  test('a batch larger than the data, and one as large', async () => {
    assert.equal(
      await trained(data, { batchSize: 65_536, epochs: 3 }),
      await trained(data, { batchSize: data.samples, epochs: 3 }),
    );
  });
});

test('a change of optimizer starts new state, a change of its numbers keeps it', async () => {
  const plain = { input: data.features, layers: [dense(9, { activation: 'tanh' }), dense(4)] };
  const run = { shuffle: false, optimizer: { name: 'adam', learningRate: 0.01 } };
  await withModels([plain, plain, plain], async (changed, fresh, kept) => {
    await changed.fit(data, run);
    await fresh.setParameters(await changed.parameters());
    await changed.fit(data, { optimizer: { name: 'sgd', learningRate: 0 } });
    await changed.fit(data, run);
    await fresh.fit(data, run);
    assert.equal(await changed.hash(), await fresh.hash());
    await kept.fit(data, run);
    await kept.fit(data, { ...run, optimizer: { name: 'adam', learningRate: 0 } });
    await kept.fit(data, run);
    assert.notEqual(await kept.hash(), await fresh.hash());
  });
});

test('a prediction in 20 pieces gives the same bits', async () => {
  const many = makeData({ samples: 700 });
  await withModels(spec, async (model) => {
    const whole = await model.predict(many.images);
    assert.equal(new Set(whole.labels).size > 1, true);
    const next = generator(9);
    const cuts = Array.from({ length: 19 }, () => 1 + Math.floor(699 * next()));
    const ends = [...new Set([...cuts, 700])].sort((a, b) => a - b);
    assert.ok(ends.length > 15);
    let start = 0;
    for (const end of ends) {
      const part = await model.predict(many.images.subarray(7 * start, 7 * end));
      assert.deepEqual(part.labels, whole.labels.slice(start, end));
      assert.deepEqual(part.probabilities, whole.probabilities.slice(4 * start, 4 * end));
      start = end;
    }
  });
});

describe('parameters', () => {
  test('names, shapes, order, and the way back', async () => {
    await withModels([spec, { ...spec, seed: 12 }], async (one, other) => {
      const values = await one.parameters();
      assert.deepEqual(
        Object.entries(values).map(([name, { shape }]) => [name, shape]),
        [
          ['layers.0.weight', [12, 7]],
          ['layers.0.bias', [12]],
          ['layers.1.weight', [9, 12]],
          ['layers.1.bias', [9]],
          ['layers.2.weight', [4, 9]],
          ['layers.2.bias', [4]],
        ],
      );
      assert.notEqual(await other.hash(), await one.hash());
      assert.equal(await other.setParameters(values), undefined);
      assert.equal(await other.hash(), await one.hash());
      assert.deepEqual(await other.predict(data.images), await one.predict(data.images));
    });
  });

  test('one alone, as a bare array; the others stay', async () => {
    await withModels(spec, async (model) => {
      const before = await valuesOf(model);
      const bias = Float32Array.of(1, -0, 3, 4);
      await model.setParameters({ 'layers.2.bias': bias });
      assert.deepEqual(await valuesOf(model), { ...before, 'layers.2.bias': bias });
      await model.setParameters({});
      assert.deepEqual(await valuesOf(model), { ...before, 'layers.2.bias': bias });
    });
  });

  test('the hash is SHA-256 over little-endian float32 weights, then bias, layer by layer', async () => {
    await withModels(spec, async (model) => {
      const hash = createHash('sha256');
      for (const { data: values } of Object.values(await model.parameters())) {
        const bytes = Buffer.alloc(4 * values.length);
        values.forEach((value, i) => bytes.writeFloatLE(value, 4 * i));
        hash.update(bytes);
      }
      assert.equal(await model.hash(), hash.digest('hex'));
    });
  });
});

test('info and summary say what the model is', async () => {
  const model = await createModel(spec, HERE);
  assert.deepEqual(await model.info(), {
    engine: { simd: 'WebAssembly SIMD', relaxed: 'WebAssembly relaxed SIMD' }[VARIANT],
    variant: VARIANT,
    numerics: NUMERICS,
    seed: 11,
    step: 0,
    epoch: 0,
  });
  const { steps } = await model.fit(data, { epochs: 3, batchSize: 20 });
  assert.equal(steps, 15);
  const { step, epoch } = await model.info();
  assert.deepEqual([step, epoch], [15, 3]);
  const { bytes, ...summary } = await model.summary();
  assert.deepEqual(summary, {
    layers: [
      { type: 'dropout', inputs: 7, units: 7, parameters: 0, multiplyAdds: 0 },
      { type: 'dense', inputs: 7, units: 12, parameters: 96, multiplyAdds: 84 },
      { type: 'dropout', inputs: 12, units: 12, parameters: 0, multiplyAdds: 0 },
      { type: 'dense', inputs: 12, units: 9, parameters: 117, multiplyAdds: 108 },
      { type: 'dense', inputs: 9, units: 4, parameters: 40, multiplyAdds: 36 },
    ],
    parameters: 253,
    multiplyAdds: 228,
  });
  assert.ok(bytes >= 253 * 4 * 3, 'weights and two moments of Adam');
  await model.dispose();
});

test('history: epochs over the life of the model, losses as met, whole reports', async () => {
  await withModels(spec, async (model) => {
    const told = [];
    const options = { epochs: 2, batchSize: 40, validation: data };
    const history = await model.fit(data, { ...options, onProgress: (p) => told.push(p) });
    assert.deepEqual(
      history.epochs.map(({ epoch }) => epoch),
      [1, 2],
    );
    assert.equal(history.steps, 6);
    assert.deepEqual(history.epochs[1].validation, await model.evaluate(data));
    for (const { epochs, steps } of told) assert.deepEqual([epochs, steps], [2, 6]);
    const [first, last] = [told[0], told.at(-1)];
    assert.deepEqual([first.epoch, first.step, last.epoch, last.step], [1, 1, 2, 6]);
    assert.equal(last.loss, history.epochs[1].loss);
    assert.equal(last.etaMs, 0);
    const next = await model.fit(data, { batchSize: 40 });
    assert.deepEqual([next.epochs.length, next.epochs[0].epoch, next.steps], [1, 3, 9]);
  });
});
