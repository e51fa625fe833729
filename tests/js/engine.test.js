/** The engine behind its messages: the order in which they may come. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Engine } from '../../js/engine.js';
import { resolveSpec, dense } from '../../js/layers.js';
import { startCore } from './support-build.js';

const FEATURES = 784;
const MiB = 2 ** 20;

async function engineWith(samples) {
  const engine = new Engine(await startCore());
  const shape = { samples, features: FEATURES, classes: 0, floats: false };
  return { engine, id: engine.openData(shape) };
}

test('a piece of the rows that is lost, doubled or too long is refused, and the next right one is not', async () => {
  const { engine, id } = await engineWith(3000);
  const rows = Math.floor(MiB / FEATURES);
  const write = (first, count) =>
    engine.writeData({
      id,
      part: 'images',
      offset: first * FEATURES,
      values: new Uint8Array(count * FEATURES).fill(1),
    });
  write(0, rows);
  assert.throws(() => write(0, rows), /first must be the first row that is not there, not 0/);
  assert.throws(() => write(2 * rows, 10), new RegExp(`not there, not ${2 * rows}`));
  assert.throws(() => write(rows, 3001 - rows), new RegExp(`not be ${3001 - rows}`));
  write(rows, 3000 - rows);
  engine.closeData({ id });
});

test('weights are drawn once the answer is out, and once', async () => {
  const engine = new Engine(await startCore());
  const spec = resolveSpec({ input: 3, layers: [dense(2)], seed: 1 });
  const sum = () => engine.parameters()['layers.0.weight'].data.reduce((a, b) => a + b * b, 0);
  engine.create(spec);
  assert.equal(sum(), 0);
  engine.complete();
  const drawn = sum();
  assert.ok(drawn > 0);
  const values = { 'layers.0.weight': new Float32Array(6), 'layers.0.bias': new Float32Array(2) };
  await engine.setParameters(values);
  engine.complete();
  assert.equal(sum(), 0, 'not over what was set since');
  engine.destroy();
});
