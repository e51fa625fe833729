/** The workers of a comparison serve one model after another: one that has begun needs no connection. */

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

/** Runs in the page: `globalThis.data`, too small to take long. */
function makeData() {
  const rows = (/** @type {number} */ samples) => ({
    images: Uint8Array.from({ length: 784 * samples }, (_, i) => (i * i) % 251),
    labels: Uint8Array.from({ length: samples }, (_, i) => i % 10),
    samples,
    features: 784,
    classes: 10,
  });
  Reflect.set(globalThis, 'data', { train: rows(128), test: rows(32) });
}

/** Runs in the page: a comparison whose network goes after the first run. @param {string} address */
async function compareOffline(address) {
  const { compare, createModel, dense } = await import(`${address}index.js`);
  const data = Reflect.get(globalThis, 'data');
  const options = { epochs: 1, seeds: [1, 2, 3] };
  const names = ['article', 'standard'];
  const online = await compare(names, data, { ...options, workers: 2 });
  const cut = Reflect.get(globalThis, 'cut');
  // A second worker might still be fetching what it needs when the first has ended a run.
  const offline = await compare(names, data, { ...options, workers: 1, onRun: () => cut() });
  const created = await createModel({ input: 1, layers: [dense(1)] }).catch((error) => error);
  const hashes = [online, offline].map(({ runs }) => runs.map((run) => run.weightsHash));
  return { hashes, code: created.code };
}

const TIMEOUT = { timeout: 300_000 };

test(
  'the runs of a comparison share its workers: those after the cut fetch nothing',
  TIMEOUT,
  async (t) => {
    const server = await serve(DIST);
    t.after(() => server.close().catch(() => {})); // which the cut has closed, if it came
    const page = await chromium.browser.newPage();
    await page.goto(`${server.address}package.txt`); // a document of that origin, without a policy
    await page.evaluate(makeData);
    const scripts = [];
    page.on('request', (request) => {
      if (request.url().endsWith('worker.js')) scripts.push(request.url());
    });
    await page.exposeFunction('cut', () => server.close());
    const { hashes, code } = await page.evaluate(compareOffline, server.address);
    assert.equal(hashes[0].length, 6);
    assert.deepEqual(hashes[1], hashes[0]);
    assert.equal(code, 'WORKER_LOST', 'the connection was there all along');
    // Two workers for the first comparison, one for the other, and one for the model made after the cut.
    assert.equal(scripts.length, 4);
    // The browser tells of a worker's end when it likes.
    while (page.workers().length > 0) {
      await new Promise((resolve) => page.once('workerdestroyed', resolve));
    }
    await page.close();
  },
);

/** What a worker does in place of saying that its model is freed. */
const UNFREED = {
  'says that it could not free its model': `post({ kind: 'error', id: 0, error: { name: 'Error', message: 'not freed' } })`,
  'does not say whether its model is freed': '',
  'says nothing that has a kind': 'post(null)',
};

/** Runs in the page: two runs on one worker at a time, whose models are not freed. @param {string} address @param {string} instead */
async function compareUnfreed(address, instead) {
  const script = (/** @type {string} */ text) =>
    URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const lie = script(`
    const post = postMessage.bind(globalThis);
    globalThis.postMessage = (message, transfer) => {
      if (message.id !== 0) post(message, transfer);
      else { ${instead} }
    };
  `);
  const { compare } = await import(`${address}index.js`);
  const workerUrl = script(`import '${lie}'; import '${address}worker.js';`);
  const options = { epochs: 1, seeds: [1], workers: 1, workerUrl };
  const names = ['article', 'standard'];
  const { runs } = await compare(names, Reflect.get(globalThis, 'data'), options);
  return runs.length;
}

for (const [what, instead] of Object.entries(UNFREED)) {
  test(`a worker that ${what} gets no other one`, async (t) => {
    const server = await serve(DIST);
    t.after(() => server.close());
    const page = await chromium.browser.newPage();
    await page.goto(`${server.address}package.txt`);
    await page.evaluate(makeData);
    let workers = 0; // created; that one has ended, the browser tells some time later
    page.on('workercreated', () => workers++);
    const thrown = [];
    page.on('pageerror', (error) => thrown.push(error.message));
    assert.equal(await page.evaluate(compareUnfreed, server.address, instead), 2);
    assert.equal(workers, 2);
    assert.deepEqual(thrown, []);
    await page.close();
  });
}
