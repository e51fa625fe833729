import assert from 'node:assert/strict';
import { test } from 'node:test';

import { resolveSpec } from '../../js/layers.js';
import { NETWORKS, VARIANT_KEYS, networkInfo, variantInfo, variants } from '../../js/variants.js';

/** The table of dropout.md: key, mask, scaling. */
const MASKS = [
  ['article', 'batch', 'none'],
  ['article-scaled', 'batch', 'train'],
  ['standard', 'element', 'train'],
  ['test-scaled', 'element', 'eval'],
  ['unscaled', 'element', 'none'],
];

const layer = (units, activation) => ({ type: 'dense', units, activation });

test('the networks are the three of the article', () => {
  const mask = { type: 'dropout', p: 0.5, mask: 'element', scaling: 'train' };
  assert.deepEqual(variants.standard('printed', 0.5), {
    input: 784,
    layers: [layer(512, 'linear'), layer(512, 'linear'), mask],
  });
  assert.deepEqual(variants.standard('intended', 0.5), {
    input: 784,
    layers: [layer(512, 'linear'), layer(512, 'linear'), mask, layer(10, 'linear')],
  });
  assert.deepEqual(variants.standard('relu', 0.5), {
    input: 784,
    layers: [layer(512, 'relu'), layer(512, 'relu'), mask, layer(10, 'linear')],
  });
});

for (const [key, mask, scaling] of MASKS) {
  test(`${key} draws per ${mask} and scales '${scaling}', on every network`, () => {
    for (const network of NETWORKS) {
      const found = variants[key](network, 0.3).layers.filter(({ type }) => type === 'dropout');
      assert.deepEqual(found, [{ type: 'dropout', p: 0.3, mask, scaling }]);
    }
  });
}

test('none drops nothing, dropconnect drops weights of the second layer alone', () => {
  for (const network of NETWORKS) {
    const plain = variants.none(network, 0.3);
    assert.ok(plain.layers.every(({ type, dropConnect }) => type === 'dense' && !dropConnect));
    const { layers } = variants.dropconnect(network, 0.3);
    const rule = { mask: 'batch', scaling: 'train', inference: 'mean', draws: 1000 };
    assert.deepEqual(layers[1].dropConnect, { p: 0.3, ...rule });
    delete layers[1].dropConnect;
    assert.deepEqual(layers, plain.layers);
  }
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
