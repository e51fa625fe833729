/** After the first visit the page needs no server: it opens, draws, trains, and gives the same weights. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.js';
import { PageDriver } from './page-driver.js';
import { UnrulyServer } from './unruly-server.js';
import { LINK, PAGE, hashesOf, play, untilKept } from './visits.js';

const TIMEOUT = { timeout: 300_000 };

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

/** Runs in the page: names of fonts that did not come. */
async function missingFonts() {
  const fonts = [...document.fonts];
  await Promise.allSettled(fonts.map((font) => font.load()));
  return fonts.length === 0
    ? ['all']
    : fonts.filter(({ status }) => status !== 'loaded').map(({ family }) => family);
}

/** @param {UnrulyServer} server @param {string} [file] of the address by which the page is opened */
async function visitTwice(server, file = '') {
  const reader = await PageDriver.open(chromium.browser, server.address + file, LINK);
  assert.deepEqual(await play(reader), hashes);
  await untilKept(reader);
  await server.stop();
  await reader.page.reload();
  assert.deepEqual(await reader.page.evaluate(missingFonts), []);
  assert.deepEqual(await play(reader), hashes);
  assert.equal(await reader.instances(), 0, 'the core ran on the page’s own thread');
  assert.deepEqual(reader.complaints, []);
  return reader;
}

test('with the server stopped a reload trains to the hash of Node', TIMEOUT, async (t) => {
  const server = await UnrulyServer.start(PAGE);
  t.after(() => server.stop());
  const reader = await visitTwice(server);
  await reader.page.close();
});

test(
  'below any path too, of a host that answers to the name of the file only',
  TIMEOUT,
  async (t) => {
    const server = await UnrulyServer.start(PAGE);
    t.after(() => server.stop());
    server.place = '/a/path%20of/more/';
    server.rule = (path) => (path.endsWith('/') ? { status: 404 } : undefined);
    const reader = await visitTwice(server, 'index.html');
    const asked = server.asked.filter((path) => !path.startsWith('/a/path of/more/'));
    assert.deepEqual(asked, []);
    await reader.page.close();
  },
);

test('a second visit fetches no file again', TIMEOUT, async (t) => {
  const server = await UnrulyServer.start(PAGE);
  t.after(() => server.stop());
  const reader = await PageDriver.open(chromium.browser, server.address, LINK);
  await play(reader);
  await untilKept(reader);
  server.asked = [];
  await reader.page.reload();
  await play(reader);
  // The page itself and the worker's script say whether there is a newer version.
  const again = server.asked.filter((path) => !['/', '/service-worker.js'].includes(path));
  assert.deepEqual(again, []);
  await reader.page.close();
});

test('a network that says nothing keeps nobody waiting for ever', TIMEOUT, async (t) => {
  const server = await UnrulyServer.start(PAGE);
  t.after(() => server.stop());
  const reader = await PageDriver.open(chromium.browser, server.address, LINK);
  await untilKept(reader, /opens without/);
  server.rule = () => 'silence';
  await reader.page.reload({ waitUntil: 'domcontentloaded' });
  assert.match(await reader.text('[data-show="status"]'), /Nothing has run yet/);
  server.rule = () => ({ status: 503, body: 'busy' });
  await reader.page.reload({ waitUntil: 'domcontentloaded' });
  assert.match(await reader.text('[data-show="status"]'), /Nothing has run yet/);
  await reader.page.close();
});
