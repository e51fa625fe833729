/** Hosts and windows that give the page less than it could have: it trains there, too. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.js';
import { PageDriver } from './page-driver.js';
import { UnrulyServer } from './unruly-server.js';
import { LINK, PAGE, hashesOf, play, untilKept } from './visits.js';

const TIMEOUT = { timeout: 300_000 };
/** Reached without https and by a name: what browsers call no secure context. */
const PLAIN_HOST = 'plain.test';

/** @type {Awaited<ReturnType<typeof launch>>} */
let chromium;
/** @type {string[]} */
let hashes;

before(async () => {
  chromium = await launch({ args: [`--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`] });
  hashes = await hashesOf(LINK);
});

after(async () => {
  await chromium?.close();
});

/** @param {import('node:test').TestContext} t */
async function host(t) {
  const server = await UnrulyServer.start(PAGE);
  const context = await chromium.browser.createBrowserContext();
  t.after(async () => {
    await context.close();
    await server.stop();
  });
  return { server, context };
}

test(
  'no isolation headers, no types of fonts, data and cores, nothing but the length',
  TIMEOUT,
  async (t) => {
    const { server, context } = await host(t);
    const reader = await PageDriver.open(context, server.address, LINK);
    const isolated = await reader.page.evaluate(() => globalThis.crossOriginIsolated);
    assert.equal(isolated, false);
    assert.deepEqual(await play(reader), hashes);
    assert.equal(await reader.instances(), 0, 'the core ran on the page’s own thread');
    assert.deepEqual(reader.complaints, []);
  },
);

test('cores and data called pages, and files packed on the way', TIMEOUT, async (t) => {
  const { server, context } = await host(t);
  server.rule = (path, _, file) => {
    if (!file) return undefined;
    if (path.endsWith('.wasm')) return { body: file, headers: { 'content-type': 'text/html' } };
    if (!path.endsWith('.gz')) return undefined;
    // As hosts do that take .gz for an encoding: the browser unpacks it.
    return { body: file, headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip' } };
  };
  const reader = await PageDriver.open(context, server.address, LINK);
  assert.deepEqual(await play(reader), hashes);
  await untilKept(reader);
  await server.stop();
  await reader.page.reload();
  assert.deepEqual(await play(reader), hashes);
  assert.deepEqual(reader.complaints, []);
});

test(
  'plain http, where there are no service workers, no caches and no SHA-256',
  TIMEOUT,
  async (t) => {
    const { server, context } = await host(t);
    const reader = await PageDriver.open(context, `http://${PLAIN_HOST}:${server.port}/`, LINK);
    const missing = await reader.page.evaluate(() => [
      globalThis.isSecureContext,
      'serviceWorker' in navigator,
      'caches' in globalThis,
      globalThis.crypto.subtle === undefined,
    ]);
    assert.deepEqual(missing, [false, false, false, true]);
    assert.deepEqual(await play(reader), hashes);
    assert.equal(await reader.text('[data-show="offline"]'), '');
    assert.deepEqual(reader.complaints, []);
  },
);

/** Runs in the page, before anything else: what Firefox and Safari do in private windows, each in its way. */
function refuseToKeep() {
  const refuse = () =>
    Promise.reject(new DOMException('The operation is insecure.', 'SecurityError'));
  ServiceWorkerContainer.prototype.register = refuse;
  CacheStorage.prototype.open = refuse;
}

test('a window that refuses to keep anything', TIMEOUT, async (t) => {
  const { server, context } = await host(t);
  const reader = await PageDriver.open(context, 'about:blank');
  await reader.page.evaluateOnNewDocument(refuseToKeep);
  await reader.page.goto(server.address + LINK);
  assert.deepEqual(await play(reader), hashes);
  assert.equal(await reader.text('[data-show="offline"]'), '');
  assert.deepEqual(reader.complaints, []);
});

/** Runs in the page: tries what no script of its own does. @returns {Promise<string[]>} directives that refused */
async function tryForbidden() {
  /** @type {string[]} */
  const refused = [];
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
    refused.push(effectiveDirective),
  );
  const script = document.createElement('script');
  script.textContent = 'globalThis.intruder = true';
  document.head.append(script);
  const image = new Image();
  const failed = new Promise((resolve) => image.addEventListener('error', resolve));
  image.src = 'http://plain.test/pixel.png';
  const style = document.createElement('style');
  style.textContent = 'body { display: none }';
  document.head.append(style);
  await fetch('http://plain.test/').catch(() => {});
  const blob = URL.createObjectURL(new Blob([''], { type: 'text/javascript' }));
  try {
    new Worker(blob);
  } catch {
    // Some engines throw, others tell by an event.
  }
  await failed;
  await new Promise((resolve) => requestAnimationFrame(resolve)); // events of that come before it
  return 'intruder' in globalThis ? ['a script in the page ran'] : refused;
}

test('the page’s own policy lets in nothing that is not of its place', TIMEOUT, async (t) => {
  const { server, context } = await host(t);
  const reader = await PageDriver.open(context, server.address);
  const refused = await reader.page.evaluate(tryForbidden);
  assert.deepEqual([...new Set(refused)].sort(), [
    'connect-src',
    'img-src',
    'script-src-elem',
    'style-src-elem',
    'worker-src',
  ]);
});
