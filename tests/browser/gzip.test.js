/** Browsers refuse what follows the first member of a gzip file, where Node reads on: both give the file. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openSite } from './site.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;

before(async () => {
  site = await openSite();
});

after(async () => {
  await site?.close();
});

const parse = async (/** @type {string} */ address, /** @type {number[]} */ packed) => {
  const { parseIdx } = await import(`${address}index.js`);
  const bytes = Uint8Array.from(packed);
  return parseIdx(bytes).then(
    ({ data }) => [...data],
    (/** @type {Error} */ { name, message }) => `${name}: ${message}`,
  );
};

test('gzip of one member or several gives the same data, and other bytes behind it an error', async () => {
  const page = await site.browser.newPage();
  await page.goto(`${site.address}package.txt`); // a document of that origin, without a policy
  const values = Array.from({ length: 200 }, (_, i) => (i * i) % 251);
  const file = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 200, ...values);
  for (const ends of [[208], [3, 208], [0, 100, 101, 208]]) {
    const members = ends.map((end, i) => gzipSync(file.subarray(ends[i - 1] ?? 0, end)));
    const packed = Buffer.concat(members);
    assert.deepEqual(await page.evaluate(parse, site.address, [...packed]), values);
    const more = await page.evaluate(parse, site.address, [...packed, 1]);
    assert.match(more, /^FileError: bytes: gzip data .* other bytes behind it$/);
  }
  await page.close();
});
