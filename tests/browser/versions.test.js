/** A new version is published while pages of the old one are open: none ever gets files of both. */

import assert from 'node:assert/strict';
import { appendFile, cp, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { publish } from '../../web/publish.js';
import { launch } from './chromium.js';
import { PageDriver } from './page-driver.js';
import { UnrulyServer } from './unruly-server.js';
import { LINK, PAGE, hashesOf, play, playUntil, untilKept, versionOf } from './visits.js';

const FILES = fileURLToPath(new URL('../../build/page/', import.meta.url));
const TIMEOUT = { timeout: 300_000 };

/** @type {Awaited<ReturnType<typeof launch>>} */
let chromium;
/** @type {string} */
let folder;
/** @type {string[]} */
let hashes;
/** Published one after the other. @type {{ version: string, place: string }[]} */
const editions = [];

before(async () => {
  chromium = await launch();
  hashes = await hashesOf(LINK);
  folder = await mkdtemp(join(tmpdir(), 'page-'));
  for (const edition of [1, 2, 3]) {
    const files = join(folder, `files-${edition}`);
    await cp(FILES, files, { recursive: true });
    for (const name of ['page.js', 'worker.js', 'style.css']) {
      await appendFile(join(files, name), `\n/* edition ${edition} */\n`);
    }
    const place = join(folder, `edition-${edition}`);
    const { version } = await publish(files, place);
    await cp(join(PAGE, 'mnist'), join(place, 'mnist'), { recursive: true });
    editions.push({ version, place });
  }
});

after(async () => {
  await chromium?.close();
  if (folder) await rm(folder, { recursive: true });
});

/** A first visit to the first edition. @param {import('node:test').TestContext} t */
async function visit(t) {
  const server = await UnrulyServer.start(editions[0].place);
  const context = await chromium.browser.createBrowserContext();
  t.after(async () => {
    await context.close();
    await server.stop();
  });
  const open = () => PageDriver.open(context, server.address, LINK);
  return { server, open };
}

/** @param {PageDriver} reader @returns {Promise<string[]>} folders of this page's files, for all that it loaded */
async function versionsIn(reader) {
  const loaded = await reader.page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => name),
  );
  const folders = loaded.map((name) => /\/([0-9a-f]{16})\//.exec(name)?.[1]);
  return [...new Set(folders.filter((name) => name !== undefined))];
}

/** @param {PageDriver} reader @param {number} count */
async function untilCaches(reader, count) {
  await reader.page.waitForFunction(
    async (count) => {
      const names = (await caches.keys()).filter((name) => name.startsWith('dropout-wasm http'));
      return names.length === count;
    },
    { polling: 100 },
    count,
  );
}

/** @param {PageDriver} reader @param {string} version that has taken over */
async function untilActive(reader, version) {
  await reader.page.waitForFunction(
    async (version) => {
      const { active, installing, waiting } = await navigator.serviceWorker.ready;
      if (installing || waiting || active?.state !== 'activated') return false;
      return (await caches.keys()).some((name) => name.endsWith(` ${version}`));
    },
    { polling: 100 },
    version,
  );
}

test('the same files are the same version, and one byte more is another', async () => {
  assert.equal(new Set(editions.map(({ version }) => version)).size, 3);
  const files = join(folder, 'files-1');
  const again = await publish(files, join(folder, 'again'));
  assert.equal(again.version, editions[0].version);
  await rename(join(files, 'style.css'), join(files, 'other.css'));
  const renamed = await publish(files, join(folder, 'renamed'));
  assert.notEqual(renamed.version, editions[0].version);
});

test(
  'an open page trains on with its own files, a reload has the new ones, without a network too',
  TIMEOUT,
  async (t) => {
    const { server, open } = await visit(t);
    const old = await open();
    await untilKept(old, /opens without/);
    assert.equal(await versionOf(old), editions[0].version);

    server.folder = editions[1].place; // the old files are gone
    const fresh = await open();
    assert.equal(await versionOf(fresh), editions[1].version);
    await untilActive(fresh, editions[1].version);
    assert.deepEqual(await play(old), hashes);
    assert.deepEqual(await versionsIn(old), [editions[0].version]);
    assert.deepEqual(await play(fresh), hashes);
    assert.deepEqual(await versionsIn(fresh), [editions[1].version]);
    await untilKept(fresh);

    await server.stop();
    for (const reader of [old, fresh]) {
      await reader.page.reload();
      assert.equal(await versionOf(reader), editions[1].version);
      assert.deepEqual(await play(reader), hashes);
      assert.deepEqual(await versionsIn(reader), [editions[1].version]);
      assert.deepEqual(reader.complaints, []);
    }
  },
);

test('what no tab can need any more is thrown away', TIMEOUT, async (t) => {
  const { server, open } = await visit(t);
  const reader = await open();
  await untilKept(reader, /opens without/);
  for (const { version, place } of editions.slice(1)) {
    server.folder = place;
    await reader.page.reload();
    await untilActive(reader, version);
  }
  await untilCaches(reader, 2);
});

test(
  'half a publication is none: the old version stays until the new one is whole',
  TIMEOUT,
  async (t) => {
    const { server, open } = await visit(t);
    const reader = await open();
    await untilKept(reader, /opens without/);
    const [, { version, place }] = editions;
    server.folder = place;
    // The page and one file of it are still those of before, as a network of caches gives them.
    const stale = new Map([
      ['/', join(editions[0].place, 'index.html')],
      [`/${version}/worker.js`, join(editions[0].place, editions[0].version, 'worker.js')],
    ]);
    const bytes = new Map();
    for (const [path, file] of stale) bytes.set(path, await readFile(file));
    server.rule = (path) => {
      const body = bytes.get(path);
      const type = path === '/' ? 'text/html' : 'text/javascript';
      return body && { body, headers: { 'content-type': type } };
    };
    const refused = await reader.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      await registration.update();
      const { installing } = registration;
      if (!installing) return 'nothing was installed';
      return new Promise((resolve) => {
        installing.addEventListener('statechange', () => resolve(installing.state));
      });
    });
    assert.equal(refused, 'redundant');
    reader.complaints = []; // of the browser, about the file that is not what it should be
    await server.stop();
    await reader.page.reload();
    assert.equal(await versionOf(reader), editions[0].version);

    await server.resume();
    server.rule = () => undefined;
    await reader.page.reload();
    assert.equal(await versionOf(reader), version);
    await untilActive(reader, version);
    assert.deepEqual(reader.complaints, []);
  },
);

test(
  'a page whose files are gone says which, and a reload has the settings and the new version',
  TIMEOUT,
  async (t) => {
    const { server, open } = await visit(t);
    const none = (/** @type {string} */ path) =>
      path === '/service-worker.js' ? { status: 404 } : undefined;
    server.rule = none; // nothing is kept
    const reader = await open();
    await reader.frames(2);
    server.folder = editions[1].place;
    await playUntil(reader, 'failed');
    const words = await reader.text('#problem');
    assert.match(words, new RegExp(`${editions[0].version}/[a-z/.-]+.*reload`, 'is'));
    const settings = await reader.hash();
    await reader.page.reload();
    assert.equal(await reader.hash(), settings);
    assert.deepEqual(await play(reader), hashes);
    assert.deepEqual(await versionsIn(reader), [editions[1].version]);
  },
);
