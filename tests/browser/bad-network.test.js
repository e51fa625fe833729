/** A network that fails: the page says what did not come and why, and goes on from what it has. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.js';
import { PageDriver } from './page-driver.js';
import { UnrulyServer } from './unruly-server.js';
import { LINK, PAGE, hashesIn, hashesOf, play, playUntil } from './visits.js';

const TIMEOUT = { timeout: 300_000 };
const IMAGES = '/mnist/train-images-idx3-ubyte.gz';
/** Of the 10 MB of the images, in bytes. */
const CUT = 6_000_000;
const HTML = '<!doctype html><title>Welcome</title>';

/** @type {Awaited<ReturnType<typeof launch>>} */
let chromium;
/** @type {string[]} */
let hashes;

before(async () => {
  chromium = await launch();
  hashes = await hashesOf(LINK);
});

after(async () => {
  await chromium?.close();
});

/**
 * A page that keeps nothing, so that the network is asked.
 * @param {import('node:test').TestContext} t
 * @param {string} [link]
 */
async function visit(t, link = LINK) {
  const server = await UnrulyServer.start(PAGE);
  const context = await chromium.browser.createBrowserContext();
  t.after(async () => {
    await context.close();
    await server.stop();
  });
  const keepsNothing = (/** @type {string} */ path) =>
    path === '/service-worker.js' ? { status: 404 } : undefined;
  server.rule = keepsNothing;
  const reader = await PageDriver.open(context, server.address, link);
  /** @param {import('./unruly-server.js').Rule} rule */
  const fail = (rule) => (server.rule = (...asked) => keepsNothing(asked[0]) ?? rule(...asked));
  return { server, reader, fail };
}

/** @param {PageDriver} reader @returns {Promise<string>} what the page says */
async function playInVain(reader) {
  await playUntil(reader, 'failed');
  reader.complaints = []; // the browser's own, about the same
  return reader.text('#problem');
}

/** Of one file: the others are fetched once. @type {[string, import('./unruly-server.js').Rule, RegExp][]} */
const FAULTS = [
  [
    'a connection that breaks',
    (path, _, file) => (path === IMAGES && file ? { body: file, cutAfter: CUT } : undefined),
    /images.*network|images.*fetch/i,
  ],
  [
    '404',
    (path) => (path.startsWith(IMAGES.slice(0, -3)) ? { status: 404 } : undefined),
    /HTTP 404/,
  ],
  ['503', (path) => (path === IMAGES ? { status: 503 } : undefined), /images.*HTTP 503/],
  [
    'a page in place of the file',
    (path) => (path.startsWith(IMAGES.slice(0, -3)) ? { body: HTML } : undefined),
    /images.*HTML page/,
  ],
  [
    'half a file that calls itself whole',
    (path, _, file) => (path === IMAGES && file ? { body: file.subarray(0, 9000) } : undefined),
    /images.*truncated/,
  ],
  [
    'another file',
    (path, _, file) => {
      if (!path.startsWith(IMAGES.slice(0, -3))) return undefined;
      return { body: Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7) };
    },
    /images.*SHA-256/,
  ],
];

test(
  'MNIST that does not come is named with its address and the reason, again and again, until it comes',
  TIMEOUT,
  async (t) => {
    const { server, reader, fail } = await visit(t);
    for (const [what, rule, words] of FAULTS) {
      fail(rule);
      const said = await playInVain(reader);
      assert.match(said, words, what);
      assert.ok(said.includes(`${server.address}mnist/`), `${what}: no address in ${said}`);
      assert.match(said, /press play/, what);
    }
    fail(() => undefined);
    assert.deepEqual(await play(reader), hashes);
    assert.equal(await reader.page.$eval('#problem', (place) => place.hidden), true);
    assert.deepEqual(reader.complaints, []);
  },
);

test(
  'what arrived before the connection broke is not fetched again, and the bar begins there',
  TIMEOUT,
  async (t) => {
    const { server, reader, fail } = await visit(t);
    fail((path, headers, file) => {
      if (path !== IMAGES || !file) return undefined;
      return { body: file, cutAfter: CUT, headers: { etag: '"mnist"' } };
    });
    await playInVain(reader);
    server.asked = [];

    /** @type {(value?: unknown) => void} */
    let asked = () => {};
    const askedAgain = new Promise((resolve) => (asked = resolve));
    let isHeld = true;
    fail((path, { range }, file) => {
      if (path !== IMAGES || !file) return undefined;
      const from = Number(/\d+/.exec(range ?? '0'));
      const rest = file.subarray(from);
      const headers = { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` };
      asked(from);
      // The first bytes only, at first: a bar that moves on is no measure of where it began.
      return isHeld
        ? { status: 206, headers, body: rest, holdAfter: 1 }
        : { status: 206, headers, body: rest };
    });
    await reader.play();
    const from = await askedAgain;
    assert.ok(from > 0 && from <= CUT, `asked for what follows byte ${from}`);
    await reader.page.waitForFunction(
      (least) =>
        Number(/([\d.]+) of [\d.]+ MB/.exec(document.body.textContent ?? '')?.[1]) >= least,
      { polling: 'raf' },
      Math.floor(Number(from) / 1e5) / 10,
    );
    assert.ok((await reader.progress()) >= Number(from) / 12e6);
    isHeld = false;
    server.release();
    await reader.phase('done');
    assert.deepEqual(await hashesIn(reader), hashes);
    assert.equal(server.asked.filter((path) => path.startsWith(IMAGES)).length, 1);
  },
);

/** @type {[string, string, import('./unruly-server.js').Reply, RegExp][]} */
const PARTS = [
  ['the core', '.wasm', { status: 503, body: 'busy' }, /\.wasm.*503/],
  ['the core, a page in its place', '.wasm', { body: HTML }, /\.wasm.*HTML page/],
  ['the worker', '/worker.js', { status: 503, body: 'busy' }, /worker\.js/],
];

for (const [what, name, reply, words] of PARTS) {
  test(
    `${what}: runs that are finished stay, and play goes on once it comes`,
    TIMEOUT,
    async (t) => {
      const { reader, fail } = await visit(t);
      fail((path) => (path.endsWith(name) ? reply : undefined));
      assert.match(await playInVain(reader), words);
      fail(() => undefined);
      assert.deepEqual(await play(reader), hashes);

      // The worker of every comparison is fetched anew; the core is there by now.
      fail((path) => (path.endsWith('/worker.js') ? { status: 503 } : undefined));
      await reader.type('seeds', '1-3');
      const said = await playInVain(reader);
      assert.match(said, /worker\.js.*finished runs are kept/is);
      assert.deepEqual(await hashesIn(reader), hashes);
      fail(() => undefined);
      const more = await play(reader);
      assert.equal(more.length, 3);
      assert.deepEqual(
        more.filter((hash) => hashes.includes(hash)),
        hashes,
      );
    },
  );
}
