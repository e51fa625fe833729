/** The example that README links: one file beside index.js, from any static server. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PageDriver } from './page-driver.js';
import { openSite } from './site.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;

before(async () => {
  site = await openSite();
});

after(async () => {
  await site?.close();
});

test('example.html trains on points of its own in a worker, and writes its accuracy', async () => {
  const { page, complaints, requests } = await PageDriver.open(
    site.browser,
    `${site.address}example.html`,
  );
  const found = await page.waitForFunction(
    () => /new points: (.*)/.exec(document.querySelector('#result')?.textContent ?? '')?.[1],
  );
  const accuracy = Number(await found.jsonValue());
  assert.ok(accuracy > 0.9 && accuracy <= 1, `an accuracy of ${accuracy}`);
  assert.equal(await page.evaluate(() => Reflect.get(globalThis, 'wasmInstances')), 0);
  assert.ok(requests.every((url) => url.startsWith(site.address) || url.startsWith('data:')));
  assert.deepEqual(complaints, []);
  await page.close();
});
