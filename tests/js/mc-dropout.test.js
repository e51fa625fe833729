/** Predictions with masks on (Gal, Ghahramani, ICML 2016): keras#9412, neon#266 found no clean way to ask
 *  for them. What they say is compared with float64 sums over the twin's masks. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { alphaDropout, dense, dropout, gaussianDropout } from '../../dist/index.js';
import { softmax } from './reference.js';
import { entropyOf, outputsOfPasses, predictByPasses } from './reference-passes.js';
import { assertClose, makeData, valuesOf, withModels } from './support-models.js';
import { KIND, kept } from './support-twin.js';

const TOLERANCE = 4e-6;
const SCALINGS = ['train', 'eval', 'none'];
const data = makeData({});
const { features, samples } = data;
const spec = (layers, seed = 3) => ({ input: features, layers, seed });
const relu = (units, options) => dense(units, { activation: 'relu', ...options });
const connect = (p, mask, scaling = 'train') => ({ dropConnect: { p, mask, scaling } });

const KINDS = {
  gaussian: [gaussianDropout(0.2), relu(12), gaussianDropout(0.4), dense(4)],
  alpha: [dense(12, { activation: 'selu' }), alphaDropout(0.3), dense(4)],
  'dropout last': [relu(12), dense(4), dropout(0.3)],
  'more units than classes': [relu(12), dropout(0.5), dense(6)],
  everything: [
    dropout(0.1),
    relu(12, connect(0.3, 'element')),
    gaussianDropout(0.2),
    dropout(0), // takes no index
    dense(9, { activation: 'selu' }),
    alphaDropout(0.2),
    dropout(0.3, { mask: 'batch', scaling: 'eval' }),
    dense(4, connect(0.2, 'batch', 'none')),
  ],
};
for (const scaling of SCALINGS) {
  for (const mask of ['element', 'batch']) {
    KINDS[`dropout, ${mask}, ${scaling}`] = [relu(12), dropout(0.4, { mask, scaling }), dense(4)];
    KINDS[`DropConnect, ${mask}, ${scaling}`] = [relu(12, connect(0.4, mask, scaling)), dense(4)];
  }
}

/** @param {any} found of `predict` with passes @param {any} expected of predictByPasses */
function assertTold(found, expected) {
  assert.deepEqual(Object.keys(found).sort(), [
    'entropy',
    'labels',
    'mutualInformation',
    'probabilities',
    'variationRatio',
  ]);
  assert.ok(found.labels instanceof Uint16Array);
  for (const key of ['probabilities', 'entropy', 'mutualInformation', 'variationRatio']) {
    assert.ok(found[key] instanceof Float32Array, key);
    assertClose(found[key], expected[key], TOLERANCE, key);
    assert.ok(
      found[key].every((value) => value >= 0 && !Object.is(value, -0)),
      key,
    );
  }
  assert.deepEqual(found.labels, expected.labels);
}

describe('keras#9412, neon#266: predict(x, { passes }) keeps dropout on, as float64 has it', () => {
  for (const [name, layers] of Object.entries(KINDS)) {
    test(name, async () => {
      const network = spec(layers);
      await withModels(network, async (model) => {
        // Far from even, so that passes disagree in earnest.
        const values = await valuesOf(model);
        const larger = Object.entries(values).map(([key, array]) => [key, array.map((v) => 2 * v)]);
        await model.setParameters(Object.fromEntries(larger));
        const parameters = await valuesOf(model);
        for (const options of [
          { passes: 1 },
          { passes: 9 },
          { passes: 9, sharedMask: true },
          { passes: 5, firstRow: 1_000_000 },
        ]) {
          const expected = predictByPasses(network, parameters, data.images, options);
          assert.ok(expected.doubt > 1e-6, `rounding could change a label: ${expected.doubt}`);
          assertTold(await model.predict(data.images, options), expected);
        }
        const one = await model.predict(data.images, { passes: 1 });
        assert.deepEqual(one.mutualInformation, new Float32Array(samples));
        assert.deepEqual(one.variationRatio, new Float32Array(samples));
        const plain = await model.predict(data.images);
        assert.notDeepEqual(one.probabilities, plain.probabilities);
      });
    });
  }
});

test('the label is the argmax of the mean, not the class with the most votes', async () => {
  const [p, passes, seed] = [0.4, 60, 5];
  const layers = [dropout(p, { scaling: 'none' }), dense(2)];
  await withModels({ input: 1, layers, seed }, async (model) => {
    // Kept, 0.55 for class 1; dropped, 0.99 for class 0.
    const bias = Float32Array.of(Math.log(99), 0);
    const weight = Float32Array.of(Math.log(0.45 / 0.55) - Math.log(99), 0);
    await model.setParameters({ 'layers.0.weight': weight, 'layers.0.bias': bias });
    const found = await model.predict(Float32Array.of(1), { passes });
    const votes = Array.from({ length: passes }, (_, step) =>
      Number(kept({ seed, kind: KIND.passes, step }, 1, p)[0]),
    ).reduce((a, b) => a + b, 0);
    assert.ok(votes > passes / 2 && votes < passes);
    assert.deepEqual([...found.labels], [0]);
    assertClose(found.variationRatio, [1 - votes / passes], 1e-6, 'variation ratio');
    const mean = (votes * 0.45 + (passes - votes) * 0.99) / passes;
    assertClose(found.probabilities, [mean, 1 - mean], TOLERANCE, 'probabilities');
    const entropy = entropyOf([mean, 1 - mean]);
    assertClose(found.entropy, [entropy], TOLERANCE, 'entropy');
    const inPasses = votes * entropyOf([0.45, 0.55]) + (passes - votes) * entropyOf([0.99, 0.01]);
    assertClose(found.mutualInformation, [entropy - inPasses / passes], TOLERANCE, 'information');
  });
});

describe('a tie of classes goes to the lowest', () => {
  test('in labels and in votes', async () => {
    await withModels(spec([dropout(0.5), dense(4)]), async (model) => {
      await model.setParameters({
        'layers.0.weight': new Float32Array(4 * features),
        'layers.0.bias': Float32Array.of(0, 1, 1, 0),
      });
      const found = await model.predict(data.images, { passes: 7 });
      assert.deepEqual(found.labels, new Uint16Array(samples).fill(1));
      assert.deepEqual(found.variationRatio, new Float32Array(samples));
    });
  });
});

describe('where every pass is the same, it knows no doubt between them', () => {
  for (const [name, layers] of Object.entries({
    'no layer that masks': [relu(12), dense(4)],
    'p = 0': [
      dropout(0),
      relu(12, connect(0, 'element')),
      gaussianDropout(0),
      alphaDropout(0),
      dense(4),
    ],
    'p = 1': [relu(12), dropout(1), dense(4)],
    'alpha, p = 1': [relu(12), alphaDropout(1), dense(4)],
    'DropConnect, p = 1': [relu(12), dense(4, connect(1, 'element'))],
  })) {
    test(name, async () => {
      await withModels(spec(layers), async (model) => {
        const one = await model.predict(data.images, { passes: 1 });
        for (const passes of [2, 7, 100]) {
          const found = await model.predict(data.images, { passes });
          assert.deepEqual(found.labels, one.labels);
          assert.deepEqual(found.variationRatio, new Float32Array(samples));
          assertClose(found.probabilities, one.probabilities, 1e-7, 'probabilities');
          assertClose(found.mutualInformation, new Float32Array(samples), 1e-6, 'information');
          assert.ok(found.mutualInformation.every((value) => value >= 0 && !Object.is(value, -0)));
        }
        const masks = layers.some(({ p, dropConnect }) => p > 0 || dropConnect?.p > 0);
        const plain = await model.predict(data.images);
        if (!masks) assertClose(one.probabilities, plain.probabilities, 1e-7, 'probabilities');
        else assert.equal(new Set(one.labels).size, 1, 'the bias alone');
      });
    });
  }
});

test('certainty has no entropy: what has underflowed to 0 adds nothing, and no NaN', async () => {
  await withModels(spec([dropout(0.5, { scaling: 'none' }), dense(4)]), async (model) => {
    await model.setParameters({
      'layers.0.weight': new Float32Array(4 * features),
      'layers.0.bias': Float32Array.of(0, 1000, -1000, 0),
    });
    const found = await model.predict(data.images, { passes: 6 });
    for (const key of ['entropy', 'mutualInformation', 'variationRatio']) {
      assert.deepEqual(found[key], new Float32Array(samples), key);
    }
    assert.deepEqual([...found.probabilities.subarray(0, 4)], [0, 1, 0, 0]);
  });
});

describe('sharedMask uses one mask a pass for all rows', () => {
  for (const [name, layers] of Object.entries(KINDS)) {
    test(`${name}: each row as if it were the first`, async () => {
      await withModels(spec(layers), async (model) => {
        const options = { passes: 6, sharedMask: true };
        const whole = await model.predict(data.images, options);
        assert.deepEqual(await model.predict(data.images, { ...options, firstRow: 99 }), whole);
        for (let r = 0; r < samples; r++) {
          const image = data.images.subarray(r * features, (r + 1) * features);
          const alone = await model.predict(image, { passes: 6 });
          for (const [key, values] of Object.entries(alone)) {
            const row = whole[key].subarray(r * values.length, (r + 1) * values.length);
            assert.deepEqual(row, values, `${key} of row ${r}`);
          }
        }
      });
    });
  }

  test('equal rows are answered alike, which they are not without it', async () => {
    const same = new Float32Array(20 * features).fill(0.5);
    await withModels(spec([relu(12), dropout(0.5), dense(4)]), async (model) => {
      for (const sharedMask of [true, false]) {
        const { entropy } = await model.predict(same, { passes: 3, sharedMask });
        assert.equal(new Set(entropy).size === 1, sharedMask);
      }
    });
  });
});

test('the mean over thousands of passes keeps its digits', async () => {
  const network = spec([relu(12), dropout(0.5), dense(4)]);
  await withModels(network, async (model) => {
    const image = data.images.subarray(0, features);
    const passes = 4000;
    const { probabilities } = await model.predict(image, { passes });
    const outputs = outputsOfPasses(network, await valuesOf(model), image, { passes });
    const all = outputs.map((logits) => softmax(logits, 4));
    for (let c = 0; c < 4; c++) {
      const mean = all.reduce((sum, row) => sum + row[c], 0) / passes;
      assertClose([probabilities[c]], [mean], 1e-6, `class ${c}`);
    }
  });
});
