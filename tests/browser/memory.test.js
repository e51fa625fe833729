/** Models made and disposed of, predictions and passes leave a page's memory as it was. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { openModelPage } from './model-page.js';
import { openSite } from './site.js';

/** FULL=1, as `npm run test:everywhere` has it, makes as many models in workers as on the page's own thread. */
const WORKERS = process.env.FULL ? 1000 : 60;
/** All of a round in one call of the page. */
const BROWSER = { protocolTimeout: 600_000 };
const MEGABYTE = 1e6;

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;

before(async () => {
  site = await openSite(undefined, BROWSER);
});

after(async () => {
  await site?.close();
});

describe('tfjs#200, #481, #1167, #8326, #7983: memory stays', () => {
  /** @param {import('puppeteer-core').Page} page */
  async function look(page) {
    const client = await page.createCDPSession();
    for (let i = 0; i < 3; i++) {
      await client.send('HeapProfiler.collectGarbage');
      for (const worker of page.workers()) await worker.client.send('HeapProfiler.collectGarbage');
    }
    await client.send('Performance.enable');
    const { metrics } = await client.send('Performance.getMetrics');
    const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize').value;
    await client.detach();
    return { heap, resident: await resident(), workers: page.workers().length };
  }

  /** Of the browser's processes that show pages. */
  async function resident() {
    const client = await site.browser.target().createCDPSession();
    const { processInfo } = await client.send('SystemInfo.getProcessInfo');
    await client.detach();
    let pages = 0;
    for (const { type, id } of processInfo) {
      if (type !== 'renderer') continue;
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      pages += 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    }
    return pages;
  }

  const cases = [
    ['models', false, 1000],
    ['models', true, WORKERS],
    ['predictions', false, 10_000],
    ['predictions', true, 10_000],
    ['passes', true, 10_000],
  ];
  for (const [what, worker, count] of cases) {
    test(`${count} ${what}, worker: ${worker}`, async (t) => {
      const page = await openModelPage(site);
      const rounds = (n) =>
        page.evaluate(
          async (what, worker, n) => {
            const { createModel } = library;
            const rows = data.images.subarray(0, 64 * 8);
            globalThis.kept ??= what === 'models' ? 1 : await createModel(spec, { worker });
            for (let i = 0; i < n; i++) {
              if (what === 'predictions') await kept.predict(rows);
              else if (what === 'passes') await kept.predict(rows, { passes: 1 });
              else {
                const model = await createModel(spec, { worker });
                await model.fit(data, { maxSteps: 1 });
                await model.dispose();
              }
            }
          },
          what,
          worker,
          n,
        );
      await rounds(Math.ceil(count / 5));
      const before = await look(page);
      await rounds(count);
      const after = await look(page);
      const told = (key) =>
        `${(before[key] / MEGABYTE).toFixed(2)} -> ${(after[key] / MEGABYTE).toFixed(2)}`;
      t.diagnostic(
        `${count} ${what}, worker ${worker}: MB heap ${told('heap')}, resident ${told('resident')}`,
      );
      assert.ok(after.heap - before.heap < 0.7 * MEGABYTE, `heap ${told('heap')}`);
      // One worker that stays is 5 MB, what a browser's allocators keep is less than that of a dozen.
      assert.ok(after.resident - before.resident < 60 * MEGABYTE, `resident ${told('resident')}`);
      assert.equal(after.workers, before.workers);
      await page.close();
    });
  }
});
