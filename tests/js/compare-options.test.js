/** What the options of a comparison do to its runs: rates, grids, schedules, every variant and network. */

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { loadMnist, variants } from '../../dist/index.js';
import { compare, createModel } from './support-build.js';
import { rowsOf } from './support-core.js';

const QUICK = { epochs: 1, seeds: [1, 2], trainSize: 320, workers: 2 };

let data;
before(async () => {
  const { train, test: tested } = await loadMnist();
  data = { train: rowsOf(train, 0, 2000), test: rowsOf(tested, 0, 500) };
});

test("sgd's rate is 0.1 on relu, else 0.01; one named stands, also one an epoch", async () => {
  const one = { ...QUICK, seeds: [1], trainSize: 64 };
  const rate = async (options) => (await compare(['none'], data, { ...one, ...options })).runs[0];
  assert.equal((await rate({ optimizer: 'sgd' })).learningRate, 0.01);
  assert.equal((await rate({ optimizer: { name: 'sgd' }, network: 'relu' })).learningRate, 0.1);
  const optimizer = { name: 'sgd', learningRate: [0.2, 0.1] };
  assert.deepEqual((await rate({ optimizer, epochs: 2 })).learningRate, [0.2, 0.1]);
});

test('a grid runs every variant at every point, none once a rate, each as if alone', async () => {
  const one = { ...QUICK, trainSize: 64 };
  const cells = new Set();
  const { runs, summary } = await compare(['none', 'standard'], data, {
    ...one,
    p: [0.2, 0.5],
    learningRates: [0.001, 0.004],
    baseline: 'standard p 0.5 rate 0.001',
    onProgress: ({ cell }) => void cells.add(cell),
  });
  const points = [
    ['none', 0.2, 0.001],
    ['none', 0.2, 0.004],
    ['standard', 0.2, 0.001],
    ['standard', 0.2, 0.004],
    ['standard', 0.5, 0.001],
    ['standard', 0.5, 0.004],
  ];
  assert.deepEqual(
    runs.map(({ variant, p, learningRate, seed }) => [variant, p, learningRate, seed]),
    [1, 2].flatMap((seed) => points.map((point) => [...point, seed])),
  );
  assert.deepEqual([...cells].sort(), [
    'none rate 0.001',
    'none rate 0.004',
    'standard p 0.2 rate 0.001',
    'standard p 0.2 rate 0.004',
    'standard p 0.5 rate 0.001',
    'standard p 0.5 rate 0.004',
  ]);
  const alone = await compare(['standard'], data, {
    ...one,
    p: 0.2,
    optimizer: { name: 'adam', learningRate: 0.004 },
  });
  assert.deepEqual(
    alone.runs.map(({ weightsHash }) => weightsHash),
    [runs[3].weightsHash, runs[9].weightsHash],
  );
  assert.equal(summary.length, 6 * 5);
  const loss = summary.filter(({ metric }) => metric === 'loss');
  assert.deepEqual(
    loss.map(({ variant, p, learningRate }) => [variant, p, learningRate]),
    points.map(([variant, p, rate]) => [variant, variant === 'none' ? undefined : p, rate]),
  );
  const by = (i) => (runs[i].loss - runs[4].loss + runs[i + 6].loss - runs[10].loss) / 2;
  for (const i of [0, 1, 2, 3, 5]) assert.ok(Math.abs(loss[i].difference.mean - by(i)) < 1e-12);
  assert.equal(loss[4].difference, undefined);
});

test('schedule, momentum, weightDecay and maxNorm train as fit does with the same numbers', async () => {
  const one = {
    ...QUICK,
    seeds: [1],
    trainSize: 128,
    epochs: 2,
    optimizer: 'sgd',
    network: 'relu',
  };
  const { runs } = await compare(['standard'], data, {
    ...one,
    schedule: 'linear',
    momentum: 0.9,
    weightDecay: 0.01,
    maxNorm: 1,
  });
  const [line] = runs;
  assert.deepEqual(line.learningRate, [0.1, 0.05]);
  const spec = variants.standard('relu', 0.5, { maxNorm: 1 });
  assert.deepEqual(line.spec, spec);
  const model = await createModel({ ...spec, seed: 1 }, { worker: false });
  const optimizer = { name: 'sgd', learningRate: [0.1, 0.05], momentum: 0.9, weightDecay: 0.01 };
  await model.fit(rowsOf(data.train, 0, 128), { epochs: 2, optimizer });
  assert.equal(line.weightsHash, await model.hash());
  await model.dispose();
  const hashes = [];
  const each = [{ schedule: 'linear' }, { momentum: 0.9 }, { weightDecay: 0.01 }, { maxNorm: 0.1 }];
  for (const more of [{}, ...each]) {
    const { runs } = await compare(['standard'], data, { ...one, ...more });
    hashes.push(runs[0].weightsHash);
  }
  assert.equal(new Set(hashes).size, hashes.length, 'each of them has its effect');
});

test('all nine variants train on all four networks, for a seed from the same weights', async () => {
  const keys = Object.keys(variants);
  for (const network of ['printed', 'intended', 'relu', 'srivastava']) {
    const options = { ...QUICK, network, seeds: [1], trainSize: 32 };
    // A rate of 0 leaves the weights where they began.
    const { runs } = await compare(keys, data, { ...options, learningRates: [0, 0.001] });
    const hashes = (rate) =>
      runs
        .filter(({ learningRate }) => learningRate === rate)
        .map(({ weightsHash }) => weightsHash);
    const first = hashes(0);
    assert.equal(new Set(first).size, 2, network);
    assert.equal(first.filter((hash) => hash === first[0]).length, 8, 'all but alpha');
    assert.notEqual(first[keys.indexOf('alpha')], first[0]);
    // unscaled and test-scaled differ in evaluation alone; 'article' draws no such mask.
    assert.equal(new Set(hashes(0.001)).size, 8, network);
  }
});
