/** What the page's charts show of a comparison. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Curves } from '../../web/laboratory/curves.js';

const BATCHES = 938;

test('a few epochs have points in between, and each its test score', () => {
  const curves = new Curves(['a'], 3, BATCHES);
  assert.deepEqual([curves.grid[0], curves.grid[30], curves.grid.at(-1)], [0, 1, 3]);
  for (let epoch = 1; epoch <= 3; epoch++) {
    curves.addTest('a', 1, epoch, { loss: epoch, macroF1: 0.5 });
  }
  const [{ mean }] = curves.testLines('loss');
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
    curves.addTest('a', 1, epoch, { loss: epoch, macroF1: 0.5 });
  }
  const [{ mean, under }] = curves.lossLines();
  for (let i = 1; i < curves.grid.length; i++) {
    assert.equal(mean[i], curves.grid[i], 'a test score stands at its own epoch');
    const middle = (curves.grid[i - 1] + 1 + curves.grid[i]) / 2;
    assert.ok(Math.abs(under[i] - middle) < 1e-6, 'training loss is the mean since the last point');
  }
});
