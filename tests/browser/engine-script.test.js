/** worker.js on a page: a worker's script, and on the page's own thread only what it exports. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openSite } from './site.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;

before(async () => {
  site = await openSite();
});

after(async () => {
  await site?.close();
});

/** A fresh page, and the names of what it and its workers fetch. */
async function open() {
  const page = await site.browser.newPage();
  await page.goto(`${site.address}package.txt`); // a document of that origin, without a policy
  /** @type {string[]} */
  const fetched = [];
  page.on('request', (request) => fetched.push(request.url().split('/').at(-1)));
  return { page, fetched };
}

/** Run on the page or in a worker: the hash of a small model. */
const TRAIN = `async (address, worker) => {
  const { createModel, dense } = await import(address + 'index.js');
  const model = await createModel({ input: 4, layers: [dense(3)], seed: 1 }, { worker });
  const images = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);
  const labels = Uint8Array.of(0, 2);
  await model.fit({ images, labels, samples: 2, features: 4, classes: 3 });
  const hash = await model.hash();
  await model.dispose();
  return hash;
}`;

const train = (page, worker) =>
  page.evaluate(`(${TRAIN})(${JSON.stringify(site.address)}, ${worker})`);

test('a worker fetches one script; its engine, on the page itself, gives the same hash', async () => {
  const { page, fetched } = await open();
  const inWorker = await train(page, true);
  assert.match(inWorker, /^[0-9a-f]{64}$/);
  const scripts = fetched.filter((name) => name.endsWith('.js') && !name.startsWith('chunk-'));
  assert.deepEqual(scripts, ['index.js', 'worker.js']); // and what they import statically
  assert.equal(await train(page, false), inWorker);
  assert.equal(await page.evaluate('globalThis.onmessage'), null);
  await page.close();
});

test("a page named like the package's workers does not become one", async () => {
  const { page } = await open();
  await page.evaluate("globalThis.name = 'dropout-wasm'");
  await train(page, false);
  assert.equal(await page.evaluate('globalThis.onmessage'), null);
  await page.close();
});

test("in a worker of the page's own, worker: false leaves its messages alone", async () => {
  const { page } = await open();
  const expected = await train(page, true);
  const script = `onmessage = async ({ data }) => postMessage(await (${TRAIN})(data, false));`;
  const answer = await page.evaluate(
    (script, address) =>
      new Promise((resolve, reject) => {
        const type = 'text/javascript';
        const worker = new Worker(URL.createObjectURL(new Blob([script], { type })));
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(address);
      }),
    script,
    site.address,
  );
  assert.equal(answer, expected);
  await page.close();
});

test('a worker.js that is not there is an EngineError with its address', async () => {
  const { page } = await open();
  await page.setRequestInterception(true);
  page.on('request', (request) =>
    request.url().endsWith('worker.js') ? request.respond({ status: 404 }) : request.continue(),
  );
  const error = await page.evaluate(
    `(${TRAIN})(${JSON.stringify(site.address)}, false).catch(({ name, code, address }) => ({ name, code, address }))`,
  );
  const address = `${site.address}worker.js`;
  assert.deepEqual(error, { name: 'EngineError', code: 'ENGINE', address });
  await page.close();
});
