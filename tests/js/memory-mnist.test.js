/** Full MNIST is in the core's memory once and nowhere else. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MEGABYTE = 1e6;
/** The module's stack and data, and a page left over here and there. */
const SLACK = 3 * MEGABYTE;

/** Trains in a process of its own, and prints what it took. */
const SCRIPT = `
  import { createModel, dense, dropout, loadMnist } from '${new URL('../../dist/index.js', import.meta.url)}';
  const worker = process.argv.at(-1) === 'worker';
  const { train, test } = await loadMnist();
  const before = process.memoryUsage();
  let memory;
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...args) => {
    const instance = await instantiate(...args);
    memory = instance.exports.memory;
    return instance;
  };
  const layers = [dense(512), dense(512, { activation: 'relu' }), dropout(0.5), dense(10)];
  const model = await createModel({ input: 784, layers }, { worker });
  let buffers = 0;
  const watch = setInterval(() => {
    buffers = Math.max(buffers, process.memoryUsage().arrayBuffers - before.arrayBuffers);
  }, 2);
  await model.fit(train, { optimizer: 'adam', maxSteps: 40, validation: test });
  await model.evaluate(test);
  clearInterval(watch);
  const { bytes } = await model.summary();
  const data = [train, test].flatMap(({ images, labels }) => [images.length, 2 * labels.length]);
  const held = bytes + data.reduce((a, b) => a + b);
  console.log(JSON.stringify({ wasm: memory?.buffer.byteLength, held, buffers }));
  await model.dispose();`;

/** @param {'worker' | 'here'} where */
async function measure(where) {
  const args = ['--input-type=module', '--eval', SCRIPT, where];
  return JSON.parse((await run(process.execPath, args)).stdout);
}

test('the core holds the data set, the test set and the model, and no more', async () => {
  const { wasm, held, buffers } = await measure('here');
  assert.ok(wasm < held + SLACK, `${wasm} bytes for ${held}`);
  assert.equal(Math.round(wasm / MEGABYTE), 68, 'what README says that all of it is');
  assert.ok(buffers < MEGABYTE, `${buffers} bytes of copies on the way`);
});

test('on its way to a worker no second copy of it gathers', async () => {
  const { buffers } = await measure('worker');
  // Two pieces of 1 MB go to and fro; those before them may still wait for the collector.
  assert.ok(buffers < 12 * MEGABYTE, `${buffers} bytes of copies on the way`);
});
