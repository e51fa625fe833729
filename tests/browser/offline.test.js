/** A connection that is gone does not end a comparison that has begun. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch } from './chromium.js';
import { serve } from './serve.js';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

/** @type {Awaited<ReturnType<typeof launch>>} */
let chromium;

before(async () => {
  chromium = await launch();
});

after(async () => {
  await chromium?.close();
});

/** Runs in the page: a comparison whose network goes after the first run. @param {string} address */
async function compareOffline(address) {
  const { compare, createModel, dense } = await import(`${address}index.js`);
  const rows = (/** @type {number} */ samples) => ({
    images: Uint8Array.from({ length: 784 * samples }, (_, i) => (i * i) % 251),
    labels: Uint8Array.from({ length: samples }, (_, i) => i % 10),
    samples,
    features: 784,
    classes: 10,
  });
  const data = { train: rows(128), test: rows(32) };
  const options = { epochs: 1, seeds: [1, 2, 3], workers: 2 };
  const names = ['article', 'standard'];
  const online = await compare(names, data, options);
  const cut = Reflect.get(globalThis, 'cut');
  const offline = await compare(names, data, { ...options, onRun: () => cut() });
  const created = await createModel({ input: 1, layers: [dense(1)] }).catch((error) => error);
  const hashes = [online, offline].map(({ runs }) => runs.map((run) => run.weightsHash));
  return { hashes, code: created.code };
}

test('the runs of a comparison share its workers: those after the cut fetch nothing', async () => {
  const server = await serve(DIST);
  const page = await chromium.browser.newPage();
  await page.goto(`${server.address}package.txt`); // a document of that origin, without a policy
  const scripts = [];
  page.on('request', (request) => {
    if (request.url().endsWith('worker.js')) scripts.push(request.url());
  });
  await page.exposeFunction('cut', () => server.close());
  const { hashes, code } = await page.evaluate(compareOffline, server.address);
  assert.equal(hashes[0].length, 6);
  assert.deepEqual(hashes[1], hashes[0]);
  assert.equal(code, 'WORKER_LOST', 'the connection was there all along');
  // Two workers for each comparison, and one for the model made after the cut.
  assert.equal(scripts.length, 5);
  assert.equal(page.workers().length, 0);
  await page.close();
});
