/** The example that README links: one file beside index.js in the package, from any static server. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { newProject, removeInstalled } from '../packaging/places/project.js';
import { PageDriver } from './page-driver.js';
import { openSite } from './site.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** @type {Awaited<ReturnType<typeof newProject>>} */
let project;

before(async () => {
  project = await newProject({});
  site = await openSite(join(project.folder, 'node_modules/dropout-wasm/dist'));
});

after(async () => {
  await site?.close();
  await project?.remove();
  await removeInstalled();
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
