/** hey-buddy#29: an exported file is one file, has dropout off, and gives our logits everywhere. */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import {
  alphaDropout,
  dense,
  dropout,
  gaussianDropout,
  loadMnist,
  variants,
} from '../../dist/index.js';
import { exportOnnx } from '../../dist/onnx.js';
import { ACTIVATIONS, MASKS, NOISES, SCALINGS } from '../../js/core/enums.js';
import { MESSAGES } from '../../js/format/onnx-schema.js';
import { VERSION } from '../../js/version.js';
import { withModels } from './support-models.js';
import {
  ONNXRUNTIME_VERSION,
  openInOnnxruntime,
  python,
  relativeDifference,
} from './support-onnx.js';

/** Between float32 sums in other orders; of the greatest absolute logit. */
const TOLERANCE = 1e-5;
/** Of training, so that the weights are no initial ones. */
const STEPS = 100;
const FEATURES = 784;
/** Bytes of names, nodes and the spec beside the parameters. */
const ROOM = 8192;

const gaussian = { inference: 'gaussian', draws: 10 };
const connect = (p, options) => ({ dropConnect: { p, ...options } });

/** Layers by name: every kind, activation, mask and scaling among them. */
const NETWORKS = {
  'dropout on the input, by element': [
    dropout(0.2, { scaling: 'eval' }),
    dense(96, { activation: 'relu', maxNorm: 2 }),
    dropout(0.5),
    dense(64, { activation: 'tanh' }),
    dropout(0.25, { scaling: 'none' }),
    dense(10),
  ],
  'dropout by batch': [
    dense(96, { activation: 'sigmoid' }),
    dropout(0.4, { mask: 'batch', scaling: 'eval' }),
    dense(64, { activation: 'relu' }),
    dropout(0.3, { mask: 'batch' }),
    dense(32, { activation: 'linear' }),
    dropout(0.3, { mask: 'batch', scaling: 'none' }),
    dense(10),
  ],
  'SELU with alpha dropout': [
    dense(96, { activation: 'selu' }),
    alphaDropout(0.1),
    dense(64, { activation: 'selu' }),
    alphaDropout(0.2),
    dense(10),
  ],
  'Gaussian dropout': [
    gaussianDropout(0.2),
    dense(96, { activation: 'relu' }),
    gaussianDropout(0.5),
    dense(10),
  ],
  'DropConnect by batch': [
    dense(96, { activation: 'relu', ...connect(0.3, { scaling: 'eval' }) }),
    dense(64, { activation: 'tanh', ...connect(0.5, { scaling: 'train' }) }),
    dense(10, connect(0.2, { scaling: 'none' })),
  ],
  'DropConnect by row': [
    dense(16, { activation: 'relu' }),
    dense(16, { activation: 'sigmoid', ...connect(0.3, { mask: 'element', scaling: 'eval' }) }),
    dense(16, { activation: 'selu', ...connect(0.3, { mask: 'element' }) }),
    dense(10, connect(0.2, { mask: 'element', scaling: 'none' })),
  ],
  'DropConnect whose Gaussian is not drawn, the layer being linear': [
    dense(32, connect(0.5, gaussian)),
    dense(32, connect(0.3, { ...gaussian, scaling: 'eval' })),
    dense(10),
  ],
  'p = 0 everywhere': [
    dropout(0, { scaling: 'eval' }),
    dense(32, { activation: 'relu', ...connect(0, { ...gaussian, scaling: 'eval' }) }),
    alphaDropout(0),
    gaussianDropout(0),
    dense(10),
  ],
  'p = 1: biases alone': [
    dense(32, { activation: 'relu' }),
    dropout(1, { scaling: 'eval' }),
    dense(32, { activation: 'tanh', ...connect(1, { ...gaussian, scaling: 'eval' }) }),
    dense(10),
  ],
  'an output that is dropped': [
    dense(32, { activation: 'selu' }),
    dropout(0.5, { scaling: 'eval' }),
    dropout(0.5),
  ],
  "the article's with ReLU, test-scaled": variants['test-scaled']('relu').layers,
};

/** @type {Record<string, { path: string, bytes: Uint8Array, spec: object, logits: Float32Array, probabilities: Float32Array, facts?: any, torch?: Float32Array }>} */
const exported = {};
/** @type {string} */
let folder;
/** @type {string} */
let torchVersion;
/** MNIST's test images as others take them. @type {Float32Array} */
let images;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onnx-'));
  const { train, test } = await loadMnist();
  images = Float32Array.from(test.images, (byte) => byte / 255);
  for (const [i, [name, layers]] of Object.entries(NETWORKS).entries()) {
    await withModels({ input: FEATURES, layers, seed: 1 + i }, async (model) => {
      await model.fit(train, { maxSteps: STEPS });
      const bytes = await exportOnnx(model);
      const path = join(folder, `${i}.onnx`);
      await writeFile(path, bytes);
      const logits = await model.activations(test.images, { layer: layers.length - 1 });
      const { probabilities } = await model.predict(test.images);
      exported[name] = { path, bytes, spec: await model.spec(), logits, probabilities };
    });
  }
  const all = Object.values(exported);
  const paths = all.map(({ path }) => path);
  const facts = await python('check', ...paths);
  [torchVersion] = await python('logits', ...paths);
  for (const [i, one] of all.entries()) {
    one.facts = facts[i];
    const { buffer } = new Uint8Array(await readFile(`${one.path}.logits`));
    one.torch = new Float32Array(buffer);
  }
});

after(() => rm(folder, { recursive: true, force: true }));

test('the networks are of every kind, activation, mask and scaling', () => {
  const layers = Object.values(NETWORKS).flat();
  const dropping = (kind) =>
    layers.flatMap((layer) => (layer.type === kind ? [layer.dropConnect ?? layer] : []));
  const ofEach = (found, wanted) =>
    assert.deepEqual([...new Set(found)].sort(), [...wanted].sort());
  ofEach(
    layers.map(({ type }) => type),
    ['dense', ...NOISES],
  );
  ofEach(
    dropping('dense').flatMap(({ activation }) => activation ?? []),
    ACTIVATIONS,
  );
  const rules = MASKS.flatMap((mask) => SCALINGS.map((scaling) => `${mask} ${scaling}`));
  for (const kind of ['dense', 'dropout']) {
    ofEach(
      dropping(kind).flatMap(({ mask, scaling }) => (mask ? `${mask} ${scaling}` : [])),
      rules,
    );
  }
});

test("field numbers and types are those of Debian's onnx.proto", async () => {
  const [schema] = await python('schema');
  for (const [message, fields] of Object.entries(MESSAGES)) {
    for (const [name, field] of Object.entries(fields)) {
      assert.deepEqual(field, schema[message][name], `${message}.${name}`);
    }
  }
});

for (const name of Object.keys(NETWORKS)) {
  describe(name, () => {
    test("python3-onnx's checker accepts the one file, and reads what it says of itself", () => {
      const { bytes, facts, spec } = exported[name];
      const { input, layers } = spec;
      const units = layers.findLast(({ type }) => type === 'dense').units;
      assert.deepEqual(facts.external, []);
      assert.equal(facts.graphs, 1);
      assert.deepEqual(facts.operatorSets, { '': 13 });
      assert.deepEqual(facts.producer, ['dropout-wasm', VERSION]);
      assert.deepEqual(facts.spec, spec);
      assert.deepEqual(facts.inputs, [['images', 'FLOAT', ['rows', input]]]);
      assert.deepEqual(facts.outputs, [
        ['logits', 'FLOAT', ['rows', units]],
        ['probabilities', 'FLOAT', ['rows', units]],
      ]);
      const sizes = Object.values(facts.parameters).map((shape) => shape.reduce((a, b) => a * b));
      const beside = bytes.length - 4 * sizes.reduce((a, b) => a + b);
      assert.ok(beside > 0 && beside < ROOM, `${beside} bytes beside the parameters`);
      assert.equal(bytes.buffer.byteLength, bytes.length);
      const random = facts.operators.filter((type) => /Dropout|Random|Bernoulli/.test(type));
      assert.deepEqual(random, []);
    });

    test('onnxruntime gives our logits and probabilities for 10,000 images', async (t) => {
      const { bytes, logits, probabilities } = exported[name];
      const session = await openInOnnxruntime(bytes);
      try {
        assert.deepEqual(session.inputs, ['images']);
        assert.deepEqual(session.outputs, ['logits', 'probabilities']);
        const found = await session.run(images, FEATURES);
        assertAgrees(t, `onnxruntime-web ${ONNXRUNTIME_VERSION}`, found.logits, logits);
        const share = relativeDifference(found.probabilities, probabilities);
        t.diagnostic(`probabilities: ${share.toExponential(1)} of the greatest`);
        assert.ok(share <= 10 * TOLERANCE, `probabilities differ by ${share}`);
        for (const rows of [1, 7]) {
          const few = await session.run(images.slice(0, rows * FEATURES), FEATURES);
          const expected = logits.subarray(0, few.logits.length);
          assert.equal(few.logits.length, (rows * logits.length) / 10_000);
          assert.ok(relativeDifference(few.logits, expected) <= TOLERANCE, `${rows} rows`);
        }
      } finally {
        await session.end();
      }
    });

    test('PyTorch gives our logits from the weights and the spec in the file', (t) => {
      const { torch, logits } = exported[name];
      assertAgrees(t, `PyTorch ${torchVersion}`, torch, logits);
    });
  });
}

/** @param {import('node:test').TestContext} t @param {string} who */
function assertAgrees(t, who, found, expected) {
  assert.equal(found.length, expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const share = relativeDifference(found, expected);
  t.diagnostic(
    `${who}: ${expected.length} logits up to ${largest.toFixed(3)}, off by ${share.toExponential(1)} of it`,
  );
  assert.ok(share <= TOLERANCE, `logits differ by ${share} of the largest`);
}
