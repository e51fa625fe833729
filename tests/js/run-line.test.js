import assert from 'node:assert/strict';
import { test } from 'node:test';

import { resolveGrid } from '../../js/comparison/grid.js';
import { identityOf, indexLines, resolveRunOptions } from '../../js/comparison/line.js';
import { variants } from '../../js/variants.js';

const line = (more = {}) => ({
  spec: variants.standard('intended', 0.5),
  options: resolveRunOptions({ epochs: 2, trainEvaluation: 10 }),
  engine: 'node',
  version: '0.1.0',
  variant: 'standard',
  seed: 1,
  trainSize: 100,
  numerics: 'strict',
  accuracy: 0.9,
  macroF1: 0.9,
  loss: 0.3,
  ece: 0.1,
  brier: 0.1,
  dataChecksum: 'abc',
  ...more,
});

test('the same run is the same whatever the engine, version, seconds and order of keys', () => {
  const other = line({ engine: 'firefox', version: '9.9.9', secondsPerEpoch: 1, workers: 8 });
  assert.equal(identityOf(line()), identityOf(other));
  const reversed = Object.fromEntries(Object.entries(line()).reverse());
  reversed.options = Object.fromEntries(Object.entries(line().options).reverse());
  assert.equal(identityOf(reversed), identityOf(line()));
  assert.equal(identityOf(JSON.parse(JSON.stringify(line()))), identityOf(line()));
});

test('defaults left out are defaults written out', () => {
  const options = {
    epochs: 2,
    trainEvaluation: 10,
    optimizer: { name: 'adam', learningRate: [0.001, 0.001] },
  };
  assert.equal(identityOf(line({ options })), identityOf(line()));
  const spec = {
    input: 784,
    layers: [
      { type: 'dense', units: 512 },
      { type: 'dense', units: 512 },
      { type: 'dropout' },
      { type: 'dense', units: 10 },
    ],
  };
  assert.equal(identityOf(line({ spec })), identityOf(line()));
});

test('a line of a version that knew fewer options is the same run', () => {
  const dense = (units, more) => ({ type: 'dense', units, activation: 'linear', ...more });
  const dropConnect = { p: 0.5, mask: 'batch', scaling: 'train' };
  const spec = { input: 784, layers: [dense(512), dense(512, { dropConnect }), dense(10)] };
  const options = {
    epochs: 2,
    batchSize: 64,
    shuffle: true,
    optimizer: {
      name: 'adam',
      learningRate: 0.001,
      weightDecay: 0,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
    },
    trainEvaluation: 10,
  };
  const [now] = resolveGrid(['dropconnect'], {
    network: 'intended',
    p: 0.5,
    epochs: 2,
    batchSize: 64,
    trainEvaluation: 10,
  });
  const then = line({ spec, options });
  assert.equal(identityOf(then), identityOf(line({ spec: now.spec, options: now.options })));
});

test('a largest norm, a schedule and momentum each make another run', () => {
  const given = { network: 'relu', p: 0.5, epochs: 2, batchSize: 64, optimizer: 'sgd' };
  const others = [
    {},
    { maxNorm: 3 },
    { maxNorm: 4 },
    { schedule: 'linear' },
    { momentum: 0.9 },
    { weightDecay: 0.1 },
  ].map((more) => {
    const [{ spec, options }] = resolveGrid(['standard'], { ...given, ...more });
    return identityOf(line({ spec, options }));
  });
  assert.equal(new Set(others).size, others.length);
});

test('spec, options, seed, trainSize, numerics and data each make another run', () => {
  const others = [
    line(),
    line({ spec: variants.standard('intended', 0.4) }),
    line({ spec: variants.unscaled('intended', 0.5) }),
    line({ options: resolveRunOptions({ epochs: 3, trainEvaluation: 10 }) }),
    line({ options: resolveRunOptions({ epochs: 2, trainEvaluation: 10, optimizer: 'sgd' }) }),
    line({ seed: 2 }),
    line({ trainSize: 99 }),
    line({ numerics: 'fast' }),
    line({ dataChecksum: 'abd' }),
  ];
  assert.equal(new Set(others.map(identityOf)).size, others.length);
});

test('options of a run can be handed to fit, and hold what the optimizer uses', () => {
  const options = resolveRunOptions({
    epochs: 2,
    optimizer: { name: 'sgd', learningRate: [1, 2] },
  });
  assert.deepEqual(options.optimizer, {
    name: 'sgd',
    learningRate: [1, 2],
    weightDecay: 0,
    momentum: 0,
    nesterov: false,
  });
  assert.deepEqual(resolveRunOptions(options), options);
});

test('lines without results or of unknown layers are left out of the index', () => {
  const unknown = line({ spec: { input: 4, layers: [{ type: 'conv' }] } });
  const lines = [line(), unknown, line({ seed: 2, accuracy: null }), null, {}, 'text'];
  assert.deepEqual([...indexLines(lines).values()], [line()]);
});
