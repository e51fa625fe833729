import assert from 'node:assert/strict';
import { test } from 'node:test';

import { checkBaseline, resolveGrid } from '../../js/comparison/grid.js';
import { variants } from '../../js/variants.js';

const GIVEN = { network: 'intended', p: 0.5, epochs: 2, batchSize: 64, optimizer: 'sgd' };
const grid = (keys, more) => resolveGrid(keys, { ...GIVEN, ...more });
const names = (cells) => cells.map(({ cell }) => cell);
const rates = (cells) => cells.map(({ options }) => options.optimizer.learningRate);

test('a single point names its cells by variant', () => {
  const cells = grid(['standard', 'none'], {});
  assert.deepEqual(names(cells), ['standard', 'none']);
  assert.deepEqual(rates(cells), [0.01, 0.01]);
  assert.deepEqual(cells[0].spec, variants.standard('intended', 0.5));
  assert.deepEqual(names(grid(['standard'], { p: [0.2], learningRates: [0.1] })), ['standard']);
});

test('every variant stands at every point, none once a rate; names tell what varies', () => {
  const cells = grid(['none', 'unscaled'], { p: [0.2, 0.5], learningRates: [0.01, 0.02] });
  assert.deepEqual(names(cells), [
    'none rate 0.01',
    'none rate 0.02',
    'unscaled p 0.2 rate 0.01',
    'unscaled p 0.2 rate 0.02',
    'unscaled p 0.5 rate 0.01',
    'unscaled p 0.5 rate 0.02',
  ]);
  assert.deepEqual(rates(cells), [0.01, 0.02, 0.01, 0.02, 0.01, 0.02]);
  assert.deepEqual(cells[3].spec, variants.unscaled('intended', 0.2));
  assert.deepEqual(
    names(grid(['none', 'alpha'], { p: [0.5, 0.2] })),
    ['none', 'alpha p 0.5', 'alpha p 0.2'],
    'in the order given',
  );
  assert.deepEqual(names(grid(['none'], { p: [0.2, 0.5] })), ['none']);
});

test('a schedule starts at the rate given, at each of several too, and names cells by it', () => {
  const cells = grid(['none'], { learningRates: [0.1, 0.2], schedule: 'linear' });
  assert.deepEqual(rates(cells), [
    [0.1, 0.05],
    [0.2, 0.1],
  ]);
  assert.deepEqual(names(cells), ['none rate 0.1', 'none rate 0.2']);
  assert.deepEqual(rates(grid(['none'], { schedule: 'linear' })), [[0.01, 0.005]]);
  assert.deepEqual(rates(grid(['none'], { schedule: 'constant' })), [0.01]);
});

test('momentum, weightDecay and maxNorm reach optimizer and spec', () => {
  const more = { momentum: 0.9, weightDecay: 1e-4, maxNorm: 3 };
  const [{ options, spec }] = grid(['standard'], more);
  assert.equal(options.optimizer.momentum, 0.9);
  assert.equal(options.optimizer.weightDecay, 1e-4);
  assert.deepEqual(spec, variants.standard('intended', 0.5, { maxNorm: 3 }));
  const [nesterov] = grid(['none'], { optimizer: { name: 'sgd', nesterov: true }, momentum: 0.9 });
  assert.equal(nesterov.options.optimizer.nesterov, true);
  const [adamw] = grid(['none'], { optimizer: 'adamw', weightDecay: 0.1 });
  assert.equal(adamw.options.optimizer.name, 'adamw');
  assert.equal(adamw.options.optimizer.weightDecay, 0.1);
  assert.equal(adamw.options.optimizer.learningRate, 0.001);
});

test("sgd's own rate is that of the network, under a schedule too", () => {
  for (const [network, rate] of Object.entries({ intended: 0.01, relu: 0.1, srivastava: 0.1 })) {
    assert.deepEqual(rates(grid(['none'], { network })), [rate]);
    assert.equal(rates(grid(['none'], { network, schedule: 'cosine' }))[0][0], rate);
  }
});

test('what cannot be is an error with option and value', () => {
  const cases = [
    [{ p: [] }, RangeError, /^p must be at least one/],
    [{ p: [0.5, 0.5] }, RangeError, /^p must be without repetition, got \[0\.5, 0\.5\]/],
    [{ p: [0.5, 1.5] }, RangeError, /^p must be .*got 1\.5/],
    [{ p: [0.5, '0.2'] }, TypeError, /^p must be .*got "0\.2"/],
    [{ learningRates: 0.1 }, TypeError, /^learningRates must be an array, got 0\.1/],
    [{ learningRates: [] }, RangeError, /^learningRates/],
    [{ learningRates: [-1] }, RangeError, /^learningRates\[0\] .*got -1/],
    [{ learningRates: [0.1, 0.1] }, RangeError, /^learningRates .*repetition/],
    [
      { learningRates: [0.1], optimizer: { learningRate: 0.2 } },
      TypeError,
      /^learningRates and optimizer\.learningRate exclude each other, got \[0\.1\] and 0\.2/,
    ],
    [{ momentum: 1, optimizer: { name: 'sgd', momentum: 0 } }, TypeError, /^momentum and/],
    [{ weightDecay: 1, optimizer: { weightDecay: 0 } }, TypeError, /^weightDecay and/],
    [{ momentum: 1.5 }, RangeError, /momentum .*got 1\.5/],
    [{ momentum: 0.9, optimizer: 'adam' }, RangeError, /momentum has no effect with 'adam'/],
    [{ weightDecay: -1 }, RangeError, /weightDecay .*got -1/],
    [{ weightDecay: '0' }, TypeError, /weightDecay .*got "0"/],
    [{ maxNorm: 0 }, RangeError, /maxNorm .*got 0/],
    [{ maxNorm: '3' }, TypeError, /maxNorm .*got "3"/],
    [{ schedule: 'step' }, RangeError, /^schedule must be 'constant' or .*got "step"/],
    [{ schedule: 'cosine', epochs: 1 }, RangeError, /^schedule .*for one epoch.*got "cosine"/],
    [{ schedule: null }, TypeError, /^schedule .*got null/],
    [
      { schedule: 'cosine', optimizer: { learningRate: [0.2, 0.1] } },
      RangeError,
      /^schedule must be 'constant' where optimizer\.learningRate .*got "cosine"/,
    ],
    [{ epochs: 0 }, RangeError, /^epochs/],
    [{ network: 'mlp' }, RangeError, /^network .*"mlp"/],
  ];
  for (const [more, constructor, message] of cases) {
    assert.throws(
      () => grid(['none'], more),
      (error) => error.constructor === constructor && message.test(error.message),
      JSON.stringify(more),
    );
  }
  assert.throws(() => grid(['gaussian'], { p: [0.5, 1] }), /^RangeError: p .*got 1$/);
});

test('a schedule of its own stays, one that is a single cell', () => {
  const cells = grid(['none'], { optimizer: { name: 'sgd', learningRate: [0.2, 0.1] } });
  assert.deepEqual(rates(cells), [[0.2, 0.1]]);
  assert.deepEqual(names(cells), ['none']);
});

test('a baseline is a variant or a cell', () => {
  const cells = grid(['standard', 'unscaled'], { learningRates: [0.01, 0.02] });
  assert.equal(checkBaseline('unscaled', cells, 'baseline'), 'unscaled');
  assert.equal(checkBaseline('unscaled rate 0.02', cells, 'baseline'), 'unscaled rate 0.02');
  assert.throws(
    () => checkBaseline('unscaled rate 0.03', cells, 'baseline'),
    /^RangeError: baseline must be 'standard' or 'standard rate 0\.01' or .*got "unscaled rate 0\.03"/,
  );
});
