import assert from 'node:assert/strict';
import { test } from 'node:test';

import { alphaDropout, dense, dropout, gaussianDropout, resolveSpec } from '../../js/layers.js';

const BAD_P = [256, -0.1, 1.0000001, NaN, Infinity, -Infinity, '0.5', null, true, [0.5], {}, 1n];

for (const report of ['keras#10629 Dropout(256)', 'flax#5497', 'burn#2694']) {
  test(`${report}: NaN, negatives, values over 1 and what is no number are errors with the value`, () => {
    for (const p of BAD_P) {
      const says = (error) =>
        (error instanceof RangeError || error instanceof TypeError) && / got /.test(error.message);
      assert.throws(() => dropout(p), says, String(p));
      assert.throws(() => dense(4, { dropConnect: { p } }), says, String(p));
      const layers = [dense(4), { type: 'dropout', p }];
      assert.throws(() => resolveSpec({ input: 4, layers }), says, String(p));
    }
    assert.throws(
      () => dropout(256),
      new RangeError('p must be a finite number from 0 to 1, got 256'),
    );
  });
}

test('p from 0 to 1 is accepted, both ends included', () => {
  for (const p of [0, 0.5, 1, Number.MIN_VALUE]) assert.equal(dropout(p).p, p);
});

test('PyTorch-NLP#71, keras#217, #9841: a mask is drawn for every row unless batch is asked for', () => {
  assert.deepEqual(dropout(), { type: 'dropout', p: 0.5, mask: 'element', scaling: 'train' });
  assert.equal(dropout(0.5, { mask: 'batch' }).mask, 'batch');
});

test('pytorch#477: unscaled training can be had', () => {
  assert.equal(dropout(0.5, { scaling: 'eval' }).scaling, 'eval');
  assert.equal(dropout(0.5, { scaling: 'none' }).scaling, 'none');
});

test('a layer is a plain object that survives JSON', () => {
  assert.deepEqual(dense(10), { type: 'dense', units: 10, activation: 'linear' });
  const layer = dense(10, { activation: 'relu', dropConnect: 0.3 });
  assert.deepEqual(layer, {
    type: 'dense',
    units: 10,
    activation: 'relu',
    dropConnect: { p: 0.3, mask: 'batch', scaling: 'train', inference: 'mean', draws: 1000 },
  });
  assert.deepEqual(JSON.parse(JSON.stringify(layer)), layer);
  assert.deepEqual(gaussianDropout(0.2), { type: 'gaussianDropout', p: 0.2 });
  assert.deepEqual(alphaDropout(0.2), { type: 'alphaDropout', p: 0.2 });
  assert.equal(gaussianDropout().p, 0.5);
  assert.equal(alphaDropout().p, 0.5);
});

test('DropConnect may be a probability or an object', () => {
  assert.deepEqual(dense(4, { dropConnect: {} }), dense(4, { dropConnect: 0.5 }));
  assert.throws(() => dense(4, { dropConnect: null }), /dropConnect.*null/);
  assert.throws(() => dense(4, { dropConnect: 2 }), /dropConnect.*got 2/);
  assert.equal(dense(4, { dropConnect: { mask: 'element' } }).dropConnect.mask, 'element');
  assert.throws(() => dense(4, { dropConnect: { mask: 'row' } }), /mask.*'batch'.*got "row"/);
  assert.throws(() => dense(4, { dropConnect: { rate: 1 } }), /"rate"/);
});

test('builders reject unknown keys, also those of another builder', () => {
  assert.throws(() => dense(4, { units: 5 }), TypeError);
  assert.throws(() => dense(4, { activation: 'swish' }), /activation.*"swish"/);
  assert.throws(() => dropout(0.5, { activation: 'relu' }), TypeError);
  assert.throws(() => dropout({ p: 0.5 }), TypeError);
  for (const units of [0, 1.5, -3, 65_537, '10', undefined]) {
    assert.throws(() => dense(units), /units/, String(units));
  }
});

test('Gaussian and alpha dropout take no options, and say so', () => {
  for (const builder of [gaussianDropout, alphaDropout]) {
    const message = new RegExp(`^TypeError: ${builder.name}'s second argument must be absent, got`);
    for (const options of [{ mask: 'batch' }, {}, null, undefined]) {
      assert.throws(() => builder(0.5, options), message);
    }
  }
});

test('a spec written by hand comes out as one from the builders', () => {
  const byHand = {
    input: 784,
    layers: [
      { type: 'dense', units: 512, activation: 'relu' },
      { type: 'dropout' },
      { type: 'dense', units: 10 },
    ],
  };
  assert.deepEqual(resolveSpec(byHand), {
    input: 784,
    layers: [dense(512, { activation: 'relu' }), dropout(), dense(10)],
    seed: 0,
  });
  assert.deepEqual(resolveSpec(resolveSpec(byHand)), resolveSpec(byHand));
});

test('a spec is copied: changing it later changes nothing', () => {
  const layers = [dense(4)];
  const spec = resolveSpec({ input: 2, layers });
  layers[0].units = 5;
  assert.equal(spec.layers[0].units, 4);
});

test('errors in a spec name the place', () => {
  const spec = (...layers) => ({ input: 4, layers: [dense(4), ...layers] });
  const cases = [
    [spec(dropout(), { type: 'dropout', p: 2 }), RangeError, /layers\[2\]\.p .*got 2/],
    [spec({ type: 'dense', units: '5' }), TypeError, /layers\[1\]\.units .*"5"/],
    [
      spec({ type: 'dense', units: 5, dropConnect: { p: -1 } }),
      RangeError,
      /layers\[1\]\.dropConnect\.p/,
    ],
    [spec({ type: 'conv' }), RangeError, /layers\[1\]\.type .*"conv"/],
    [spec({ type: 'toString' }), RangeError, /layers\[1\]\.type/],
    [spec({ type: 'dropout', rate: 0.5 }), TypeError, /layers\[1\] .*"rate"/],
    [spec({ type: 'gaussianDropout', mask: 'batch' }), TypeError, /layers\[1\] .*"mask"/],
    [spec({ type: 'alphaDropout', scaling: 'eval' }), TypeError, /layers\[1\] .*"scaling"/],
    [spec({ type: 'gaussianDropout', p: 1 }), RangeError, /layers\[1\]\.p .*got 1/],
    [spec({ type: 'dense', units: 5, maxNorm: 0 }), RangeError, /layers\[1\]\.maxNorm .*got 0/],
    [
      spec({ type: 'dense', units: 5, dropConnect: { scaling: 'none', inference: 'gaussian' } }),
      RangeError,
      /layers\[1\]\.dropConnect\.inference .*"gaussian"/,
    ],
    [spec(undefined), TypeError, /layers\[1\] .*undefined/],
    [spec(512), TypeError, /layers\[1\] .*512/],
    [{ input: 4, layers: new Array(1) }, TypeError, /layers\[0\]/],
    [{ input: 4, layers: [dropout()] }, RangeError, /dense/],
    [{ input: 4, layers: [] }, RangeError, /layers\.length/],
    [{ input: 4, layers: 'dense' }, TypeError, /layers/],
    [{ input: 0, layers: [dense(4)] }, RangeError, /input .*got 0/],
    [{ layers: [dense(4)] }, TypeError, /input/],
    [{ input: 4, layers: [dense(4)], seed: -1 }, RangeError, /seed/],
    [{ input: 4, layers: [dense(4)], seeds: 1 }, TypeError, /"seeds"/],
    [undefined, TypeError, /spec/],
  ];
  for (const [value, constructor, message] of cases) {
    assert.throws(
      () => resolveSpec(value),
      (error) => error.constructor === constructor && message.test(error.message),
      `${JSON.stringify(value)}`,
    );
  }
});
