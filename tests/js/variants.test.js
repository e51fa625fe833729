import assert from 'node:assert/strict';
import { test } from 'node:test';

import { alphaDropout, dense, dropout, gaussianDropout, resolveSpec } from '../../js/layers.js';
import { networkInfo, variantInfo } from '../../js/variant-words.js';
import { NETWORKS, VARIANT_KEYS, variants } from '../../js/variants.js';

/** The table of dropout.md: key, mask, scaling. */
const MASKS = [
  ['article', 'batch', 'none'],
  ['article-scaled', 'batch', 'train'],
  ['standard', 'element', 'train'],
  ['test-scaled', 'element', 'eval'],
  ['unscaled', 'element', 'none'],
];

/** Units and activation of the two hidden layers, and the layers after them. */
const HIDDEN = {
  printed: [512, 'linear', []],
  intended: [512, 'linear', [dense(10)]],
  relu: [512, 'relu', [dense(10)]],
  srivastava: [800, 'relu', [dense(10)]],
};

/** What stands on the input, after the first and after the second hidden layer. */
const places = (network, layer, p) =>
  network === 'srivastava' ? [[layer(0.4 * p)], [layer(p)], [layer(p)]] : [[], [], [layer(p)]];

/** @returns {import('../../js/variants.js').VariantSpec} */
function expected(network, [input, first, second], more = {}, moreOfSecond = {}) {
  const [units, activation, output] = HIDDEN[network];
  const hidden = { activation, ...more };
  return {
    input: 784,
    layers: [
      ...input,
      dense(units, hidden),
      ...first,
      dense(units, { ...hidden, ...moreOfSecond }),
      ...second,
      ...output,
    ],
  };
}

test("the keys are dropout.md's, in its order", () => {
  assert.deepEqual(Object.keys(variants), [
    'none',
    ...MASKS.map(([key]) => key),
    'dropconnect',
    'gaussian',
    'alpha',
  ]);
  assert.deepEqual(NETWORKS, ['printed', 'intended', 'relu', 'srivastava']);
});

for (const [key, mask, scaling] of MASKS) {
  test(`${key} draws per ${mask} and scales '${scaling}', on every network`, () => {
    for (const network of NETWORKS) {
      const layer = (p) => dropout(p, { mask, scaling });
      assert.deepEqual(
        variants[key](network, 0.3),
        expected(network, places(network, layer, 0.3)),
        network,
      );
    }
  });
}

test('srivastava drops 0.2 of the input where it drops 0.5 of the hidden units', () => {
  const { layers } = variants.standard('srivastava', 0.5);
  assert.deepEqual(
    layers.filter(({ type }) => type === 'dropout').map(({ p }) => p),
    [0.2, 0.5, 0.5],
  );
  assert.equal(layers[0].type, 'dropout');
});

test('none drops nothing, dropconnect drops weights of the second layer alone', () => {
  const nowhere = [[], [], []];
  for (const network of NETWORKS) {
    assert.deepEqual(variants.none(network, 0.3), expected(network, nowhere));
    const { layers } = variants.dropconnect(network, 0.3);
    const rule = { mask: 'batch', scaling: 'train', inference: 'mean', draws: 1000 };
    assert.deepEqual(layers[1].dropConnect, { p: 0.3, ...rule });
    assert.deepEqual({ input: 784, layers }, expected(network, nowhere, {}, { dropConnect: 0.3 }));
  }
});

test('gaussian multiplies where the others drop; alpha is another network, of SELU, and spares the input', () => {
  for (const network of NETWORKS) {
    assert.deepEqual(
      variants.gaussian(network, 0.3),
      expected(network, places(network, gaussianDropout, 0.3)),
    );
    const [, ...hidden] = places(network, alphaDropout, 0.3);
    assert.deepEqual(
      variants.alpha(network, 0.3),
      expected(network, [[], ...hidden], { activation: 'selu' }),
    );
  }
  assert.match(variantInfo.alpha.description, /another network.*initial weights.*differ/);
  assert.throws(() => variants.gaussian('intended', 1), /^RangeError: p .*got 1$/);
});

test('maxNorm holds the hidden layers of every variant, and not the output', () => {
  for (const network of NETWORKS) {
    for (const key of VARIANT_KEYS) {
      const plain = variants[key](network, 0.3).layers;
      const held = variants[key](network, 0.3, { maxNorm: 3 }).layers;
      const hidden = held.filter(({ type, units }) => type === 'dense' && units > 10);
      assert.deepEqual(
        hidden.map(({ maxNorm }) => maxNorm),
        [3, 3],
      );
      for (const layer of hidden) delete layer.maxNorm;
      for (const layer of plain) delete layer.maxNorm;
      assert.deepEqual(held, plain);
    }
  }
  assert.throws(() => variants.none('relu', 0.5, { maxNorm: 0 }), /maxNorm .*got 0/);
  assert.throws(() => variants.none('relu', 0.5, { maxnorm: 3 }), /"maxnorm"/);
});

test('a variant is a valid spec without a seed', () => {
  for (const key of VARIANT_KEYS) {
    const spec = variants[key]();
    assert.ok(!('seed' in spec));
    assert.deepEqual(resolveSpec({ ...spec, seed: 3 }), { ...spec, seed: 3 });
  }
});

test('an unknown network or an impossible p is an error, also where nothing is dropped', () => {
  for (const key of VARIANT_KEYS) {
    assert.throws(() => variants[key]('mlp', 0.5), /network.*"mlp"/);
    assert.throws(() => variants[key]('relu', 1.5), /p .*1\.5/);
    assert.throws(() => variants[key]('relu', '0.5'), TypeError);
  }
});

test('every variant and network has words for a person, and the table is frozen', () => {
  assert.ok(Object.isFrozen(variants));
  assert.deepEqual(Object.keys(variantInfo), Object.keys(variants));
  assert.deepEqual(Object.keys(networkInfo), [...NETWORKS]);
  for (const { label, description } of Object.values(variantInfo)) assert.ok(label && description);
});
