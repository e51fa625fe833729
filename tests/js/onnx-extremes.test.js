/** What exportOnnx refuses, and files of the smallest, deepest and largest networks. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { DisposedError, alphaDropout, dense, dropout, gaussianDropout } from '../../dist/index.js';
import { exportOnnx } from '../../dist/onnx.js';
import { createModel } from './support-build.js';
import { HERE, makeData, valuesOf, withModels } from './support-models.js';
import { signalled } from './support-runs.js';
import { openInOnnxruntime, python, relativeDifference } from './support-onnx.js';

const TOLERANCE = 1e-5;
const gaussian = { p: 0.3, inference: 'gaussian' };
const gaussianSpec = (activation, p = gaussian.p) => ({
  input: 3,
  layers: [dense(3), dropout(), dense(2, { activation, dropConnect: { ...gaussian, p } })],
});

describe('exportOnnx refuses', () => {
  for (const [what, value] of Object.entries({
    nothing: undefined,
    null: null,
    'a number': 5,
    'a spec': { input: 2, layers: [dense(2)] },
    'what has a spec alone': { spec: async () => ({}) },
    'a promise of a model': Promise.resolve(),
  })) {
    test(what, async () => {
      const expected = { name: 'TypeError', message: /^model must be a Model, .*got / };
      await assert.rejects(exportOnnx(value), expected);
    });
  }

  test('a model that was disposed of', async () => {
    const model = await createModel({ input: 2, layers: [dense(2)] }, HERE);
    await model.dispose();
    await assert.rejects(exportOnnx(model), DisposedError);
  });

  for (const activation of ['relu', 'tanh', 'sigmoid', 'selu']) {
    test(`an evaluation that draws: Gaussian inference before ${activation}, by its layer`, async () => {
      await withModels(gaussianSpec(activation), async (model) => {
        const message = /^layers\[2\]\.dropConnect\.inference must be 'mean' .*got "gaussian"$/;
        await assert.rejects(exportOnnx(model), { name: 'RangeError', message });
      });
    });
  }

  test('and says how such weights become a file', async () => {
    const mean = gaussianSpec('relu');
    mean.layers[2] = dense(2, { activation: 'relu', dropConnect: { p: gaussian.p } });
    await withModels([gaussianSpec('relu'), mean], async (drawing, other) => {
      await other.setParameters(await drawing.parameters());
      assert.ok((await exportOnnx(other)).length > 0);
    });
  });

  test('more parameters than Protocol Buffers can hold, before it copies any', async () => {
    const layers = [dense(8192)];
    const model = {
      spec: async () => ({ input: 65_536, layers, seed: 0 }),
      parameters: () => assert.fail('copied'),
    };
    const bytes = 4 * (65_536 + 1) * 8192;
    const message = new RegExp(`parameters must be <= \\d+, got ${bytes}$`);
    await assert.rejects(exportOnnx(model), { name: 'RangeError', message });
  });
});

describe('exportOnnx leaves the model as it was', () => {
  const layers = [dense(64, { activation: 'relu' }), dropout(), dense(4)];
  const spec = { input: 7, layers, seed: 3 };
  const data = makeData({ samples: 2000 });

  test('two files are the same, byte for byte; the model goes on as without them', async () => {
    await withModels([spec, spec], async (model, without) => {
      for (const one of [model, without]) await one.fit(data, { maxSteps: 5 });
      const file = await exportOnnx(model);
      assert.deepEqual(await exportOnnx(model), file);
      for (const one of [model, without]) await one.fit(data, { resume: true });
      assert.equal(await model.hash(), await without.hash());
      assert.notDeepEqual(await exportOnnx(model), file);
    });
  });

  test('during a fit the file has the weights of one step, and the fit goes on', async () => {
    await withModels([spec, spec], async (model, other) => {
      const begun = signalled();
      const fit = model.fit(data, { epochs: 20, onProgress: begun.resolve });
      await begun.promise;
      const file = await exportOnnx(model);
      const { steps } = await fit;
      let step = 0;
      do {
        step++;
        assert.ok(step < steps, 'a step before the last has these weights');
        await other.fit(data, { ...(step === 1 ? { epochs: 20 } : { resume: true }), maxSteps: 1 });
      } while (Buffer.compare(await exportOnnx(other), file) !== 0);
      await other.fit(data, { resume: true });
      assert.equal(await other.hash(), await model.hash());
    });
  });
});

/** Weights of the first two layers whose products float32 does not hold. */
const tooLarge = (values, name) => (/[01]\.weight/.test(name) ? values.map(() => 3e38) : values);

/**
 * Networks at the edges of what a spec may say, and what is done to
 * their parameters; `overflows`: a layer whose outputs are not finite.
 */
const EDGES = {
  'one layer of one unit on one input': { spec: { input: 1, layers: [dense(1)] } },
  'the deepest: 1024 layers of every kind': {
    spec: {
      input: 5,
      layers: Array.from({ length: 128 }, () => [
        dense(6, { activation: 'selu' }),
        alphaDropout(0.1),
        dense(5, { activation: 'tanh', dropConnect: { p: 0.1, scaling: 'eval' } }),
        dropout(0.01, { scaling: 'eval' }),
        dense(4, { activation: 'relu' }),
        gaussianDropout(0.2),
        dense(5, { activation: 'sigmoid', maxNorm: 1 }),
        dropout(0.1, { scaling: 'none' }),
      ]).flat(),
    },
  },
  'the widest input and output': { spec: { input: 65_536, layers: [dense(1), dense(65_536)] } },
  'logits of 1e37': {
    spec: { input: 3, layers: [dense(3, { activation: 'relu' }), dense(4)] },
    change: (values) => values.map((value) => 3e18 * value),
  },
  'infinities that are dropped': {
    spec: {
      input: 3,
      layers: [
        dense(3),
        dense(3),
        dropout(1, { scaling: 'eval' }),
        dense(3, { activation: 'tanh' }),
      ],
    },
    change: tooLarge,
    overflows: 1,
  },
  'infinities whose weights are dropped': {
    spec: {
      input: 3,
      layers: [dense(3), dense(3), dense(3, { dropConnect: { p: 1, scaling: 'eval' } })],
    },
    change: tooLarge,
    overflows: 1,
  },
};

describe('at the edges a file is accepted and gives our logits', () => {
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onnx-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [name, { spec, change = (values) => values, overflows }] of Object.entries(EDGES)) {
    test(name, async (t) => {
      await withModels({ ...spec, seed: 2 }, async (model) => {
        const before = Object.entries(await valuesOf(model));
        await model.setParameters(
          Object.fromEntries(before.map(([key, values]) => [key, change(values, key)])),
        );
        const { images } = makeData({ samples: 5, features: spec.input });
        const logits = await model.activations(images, { layer: spec.layers.length - 1 });
        const { probabilities } = await model.predict(images);
        assert.ok(logits.every(Number.isFinite));
        if (overflows !== undefined) {
          const values = await model.activations(images, { layer: overflows });
          assert.ok(!values.some(Number.isFinite));
        }
        const bytes = await exportOnnx(model);
        const path = join(folder, 'edge.onnx');
        await writeFile(path, bytes);
        const [facts] = await python('check', path);
        assert.deepEqual(facts.spec, await model.spec());
        const session = await openInOnnxruntime(bytes);
        const found = await session.run(images, spec.input);
        await session.end();
        const share = relativeDifference(found.logits, logits);
        t.diagnostic(`off by ${share.toExponential(1)} of the largest logit`);
        assert.ok(share <= TOLERANCE);
        assert.ok(relativeDifference(found.probabilities, probabilities) <= TOLERANCE);
      });
    });
  }
});
