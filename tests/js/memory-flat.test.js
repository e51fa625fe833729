/**
 * tfjs#200, #481, #1167, #8326, #7983: models made, trained for a step and disposed of, predictions
 * and passes that keep dropout on leave the memory of the process as it was.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MEGABYTE = 1e6;

/** A worker costs tens of milliseconds: 1,000 of them with FULL=1, as `npm run test:everywhere` has it. */
const WORKERS = process.env.FULL ? 1000 : 100;
const MODELS = 1000;
const CALLS = 10_000;

/** Of the heap, for all calls: what engines note of code that runs often. A model that stays is 1 KB and more,
 *  a call 100 bytes. */
const HEAP = 0.7 * MEGABYTE;
const BUFFERS = 0.3 * MEGABYTE;
/**
 * Of the process: what the system's allocator and the engine's own pages keep after the first rounds. One worker that
 * stays takes 5 MB, one model of these in the core 0.2 MB.
 */
const RESIDENT = 40 * MEGABYTE;

/** Runs in a process of its own; garbage is collected before memory is looked at. */
const SCRIPT = `
  import { createModel, dense, dropout } from '${new URL('../../dist/index.js', import.meta.url)}';
  const [what, where, count] = process.argv.slice(-3);
  const runtime = { worker: where === 'worker' };
  const samples = 64;
  const images = Uint8Array.from({ length: samples * 100 }, (_, i) => i % 256);
  const labels = Uint8Array.from({ length: samples }, (_, i) => i % 10);
  const data = { images, labels, samples, features: 100, classes: 10 };
  const spec = { input: 100, layers: [dense(100, { activation: 'relu' }), dropout(0.5), dense(10)] };
  let exits = 0, started = 0;
  process.on('worker', (worker) => { started++; worker.once('exit', () => exits++); });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const model = what === 'models' ? undefined : await createModel(spec, runtime);
  const once = {
    async models() {
      const made = await createModel(spec, runtime);
      await made.fit(data, { maxSteps: 1 });
      await made.dispose();
    },
    predictions: () => model.predict(images),
    passes: () => model.predict(images.subarray(0, 100), { passes: 1 }),
    'passes of one call': () => model.predict(images, { passes: 100 }),
  }[what];
  const rounds = what === 'passes of one call' ? count / 100 : Number(count);
  async function look() {
    for (let i = 0; i < 5; i++) {
      while (exits < started && !model) await turn();
      await turn();
      gc();
    }
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    return { rss, heapUsed, external, arrayBuffers };
  }
  const warm = Math.ceil(rounds / 10);
  for (let i = 0; i < warm; i++) await once();
  const before = await look();
  for (let i = 0; i < rounds; i++) await once();
  const after = await look();
  await model?.dispose();
  console.log(JSON.stringify({ before, after, started, exits }));`;

const show = (/** @type {number} */ bytes) => (bytes / MEGABYTE).toFixed(2);

const cases = [
  ['models', MODELS, WORKERS],
  ['predictions', CALLS, CALLS],
  ['passes', CALLS, CALLS],
  ['passes of one call', CALLS, CALLS],
];
for (const where of ['here', 'worker']) {
  describe(where === 'here' ? 'on the calling thread' : 'in workers', () => {
    for (const [what, here, there] of cases) {
      const count = where === 'here' ? here : there;
      test(`${count} ${what}`, async (t) => {
        const args = ['--expose-gc', '--input-type=module', '--eval', SCRIPT, what, where, count];
        const { stdout } = await run(process.execPath, args.map(String));
        const { before, after, started, exits } = JSON.parse(stdout);
        const told = Object.keys(before).map(
          (key) => `${key} ${show(before[key])} -> ${show(after[key])}`,
        );
        t.diagnostic(`${count} ${what}, ${where}: MB before -> after ${told.join(', ')}`);
        const of = (key) => after[key] - before[key];
        assert.ok(of('heapUsed') < HEAP, `heap: ${of('heapUsed')} bytes more`);
        assert.ok(of('external') < BUFFERS, `external: ${of('external')} bytes more`);
        assert.ok(of('arrayBuffers') < BUFFERS, `array buffers: ${of('arrayBuffers')} bytes more`);
        assert.ok(of('rss') < RESIDENT, `resident: ${of('rss')} bytes more`);
        if (what === 'models') assert.equal(exits, started, 'every worker ended');
      });
    }
  });
}
