/** What the page's charts show of a comparison. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Curves } from '../../web/curves.js';

const BATCHES = 938;

test('a few epochs have points in between, and each its test score', () => {
  const curves = new Curves(['a'], 3, BATCHES);
  assert.deepEqual([curves.grid[0], curves.grid[30], curves.grid.at(-1)], [0, 1, 3]);
  for (let epoch = 1; epoch <= 3; epoch++) {
    curves.addEpoch('a', 1, { epoch, lossNoDropout: epoch, validation: { loss: epoch } });
  }
  const [{ mean }] = curves.lines('loss');
  assert.deepEqual([mean[30], mean[60], mean[90]], [1, 2, 3]);
});

test('a hundred thousand epochs make no more points than a chart has room for', () => {
  const epochs = 100_000;
  const curves = new Curves(['a'], epochs, BATCHES);
  assert.ok(curves.grid.length <= 601, `${curves.grid.length} points`);
  assert.ok(curves.grid.every((at, i) => i === 0 || at > curves.grid[i - 1]));
  assert.equal(curves.grid.at(-1), epochs);
  const steps = epochs * BATCHES;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const step = epoch * BATCHES;
    curves.addLoss('a', 1, { epoch, step, steps, epochs, loss: epoch });
    curves.addEpoch('a', 1, { epoch, lossNoDropout: epoch, validation: { loss: epoch } });
  }
  const [{ mean, under }] = curves.trainingLines();
  for (let i = 1; i < curves.grid.length; i++) {
    assert.equal(mean[i], curves.grid[i], 'a test score stands at its own epoch');
    const middle = (curves.grid[i - 1] + 1 + curves.grid[i]) / 2;
    assert.ok(Math.abs(under[i] - middle) < 1e-6, 'training loss is the mean since the last point');
  }
});

test('the bins of several runs are those of all their images', () => {
  const curves = new Curves(['a'], 1, BATCHES);
  const told = (/** @type {number[][]} */ bins) => ({
    epoch: 1,
    validation: {
      reliability: bins.map(([count, confidence, accuracy]) => ({ count, confidence, accuracy })),
    },
  });
  assert.deepEqual(curves.bins('a'), []);
  curves.addEpoch('a', 1, told([[0, 0, 0], [30, 0.6, 0.5], [0, 0, 0]])); // prettier-ignore
  curves.addEpoch('a', 2, told([[0, 0, 0], [10, 0.8, 0.9], [5, 0.95, 1]])); // prettier-ignore
  const [empty, both, one] = curves.bins('a');
  assert.deepEqual(empty, { count: 0, confidence: 0, accuracy: 0 });
  assert.equal(both.count, 40);
  assert.ok(Math.abs(both.confidence - 0.65) < 1e-12);
  assert.ok(Math.abs(both.accuracy - 0.6) < 1e-12);
  assert.deepEqual(one, { count: 5, confidence: 0.95, accuracy: 1 });
});

test('a run of an earlier comparison keeps its course', () => {
  const first = new Curves(['a'], 2, BATCHES);
  first.addLoss('a', 1, { epoch: 1, step: BATCHES, steps: 2 * BATCHES, epochs: 2, loss: 0.7 });
  first.addEpoch('a', 1, { epoch: 1, validation: { loss: 0.4, ece: 0.02 } });
  const next = new Curves(['b', 'a'], 2, BATCHES);
  next.adopt('a', 1, first.trace('a', 1));
  assert.deepEqual(next.lines('ece')[1], first.lines('ece')[0]);
  assert.deepEqual(next.trainingLines()[1], first.trainingLines()[0]);
});
