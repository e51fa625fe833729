/** The page in real Chromium, trained on the real MNIST: what a reader does, and what must follow. */

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { compare, dropoutMask, loadMnist } from '../../dist/index.js';
import { parseLink } from '../../js/link.js';
import { formatMean } from '../../js/report.js';
import { withPage } from './sections.js';
import { openSite } from './site.js';

/** A parent of the page, so that an address from the root would miss. */
const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const SMALL = '#v=1&train-size=2000&epochs=2&seeds=1-2&variants=article,article-scaled';
/** Long enough that every reader is quicker. */
const LONG = '#v=1&train-size=60000&epochs=50&seeds=1-2&variants=article,article-scaled';
/** Chromium draws 60 frames a second: half a second in which nothing came. */
const STILL_FRAMES = 30;

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;

before(async () => {
  site = await openSite();
});

after(async () => {
  await site?.close();
});

const HASHES = '#run-list code';

describe('the page', () => {
  test('trains what the link names: curves, table, hashes, all of them those of Node', () =>
    withPage(site, SMALL, async (reader) => {
      await reader.play('.hero');
      await reader.phase('running');
      await reader.page.waitForFunction(() => document.querySelector('progress')?.value);
      assert.ok(reader.page.workers().length > 0, 'no worker is at work');
      await reader.phase('done');

      const hashes = await reader.texts(HASHES);
      assert.equal(new Set(hashes).size, 4);
      const { variants, ...options } = parseLink(SMALL);
      const { runs, summary } = await compare(variants, await loadMnist(), options);
      assert.deepEqual(new Set(hashes), new Set(runs.map((run) => run.weightsHash)));

      const rows = await reader.texts('#summary tbody tr');
      assert.equal(rows.length, 2);
      for (const row of summary.filter(({ metric }) => metric === 'macroF1')) {
        const text = rows.find((one) =>
          one.startsWith(row.variant + formatMean(row.mean, row.interval)),
        );
        assert.ok(text, `no row for ${row.variant} in ${rows.join(' | ')}`);
      }
      assert.ok((await reader.texts('#sentences p')).length > 0, 'the table says nothing in words');
      for (const chart of ['#loss-chart', '#f1-chart']) {
        for (const colour of ['--c-vermilion', '--c-blue']) {
          assert.ok((await reader.pixels(chart, colour)) > 20, `${chart} has no line in ${colour}`);
        }
      }
      assert.match(await reader.text('#valley-table caption'), /in this tab/);
      const outside = reader.requests.filter((url) => !/^(data:|blob:)/.test(url));
      assert.ok(
        outside.every((url) => url.startsWith(`${site.address}page/`)),
        outside.join(),
      );
    }));

  test('fetches MNIST when the reader plays, not before', () =>
    withPage(site, SMALL, async (reader) => {
      await reader.frames(STILL_FRAMES);
      assert.deepEqual(
        reader.requests.filter((url) => /mnist/.test(url)),
        [],
      );
      await reader.play('.hero');
      await reader.phase('done');
      assert.equal(reader.requests.filter((url) => /mnist/.test(url)).length, 4);
    }));

  test('pauses, resumes, stops, takes an edit and starts again, and keeps what was computed', () =>
    withPage(site, LONG, async (reader) => {
      await reader.play();
      await reader.phase('running');
      await reader.progressBeyond(0);
      await reader.play();
      await reader.phase('paused');
      await reader.standstill(STILL_FRAMES);
      const held = await reader.progress();
      await reader.frames(STILL_FRAMES);
      assert.equal(await reader.progress(), held, 'a paused comparison went on');
      await reader.play();
      await reader.phase('running');
      await reader.progressBeyond(held);
      await reader.stop();
      await reader.phase('stopped');
      assert.equal(reader.page.workers().length, 0, 'a worker outlived the stop');

      await reader.type('train-size', '1000');
      await reader.type('epochs', '1');
      assert.match(await reader.text('#stale'), /60,000 images/);
      await reader.play();
      await reader.phase('done');
      const first = await reader.texts(HASHES);
      assert.equal(first.length, 4);
      assert.equal(await reader.page.$eval('#stale', (note) => note.hidden), true);

      await reader.type('seeds', '1-3');
      await reader.play();
      await reader.phase('done');
      const second = await reader.texts(HASHES);
      assert.equal(second.length, 6);
      assert.ok(
        first.every((hash) => second.includes(hash)),
        'a finished run was lost',
      );
    }));

  test('draws a comparison of a hundred thousand epochs', () =>
    withPage(
      site,
      '#v=1&train-size=64&epochs=100000&seeds=1-2&variants=article',
      async (reader) => {
        await reader.play();
        await reader.phase('running');
        await reader.progressBeyond(0);
        await reader.frames(STILL_FRAMES);
        const rows = (await reader.texts('#loss-table tbody tr')).length;
        assert.ok(rows > 100 && rows <= 600, `${rows} rows`);
        await reader.stop();
        await reader.phase('stopped');
      },
    ));

  test('stays usable while it trains', () =>
    withPage(site, LONG, async (reader) => {
      await reader.play();
      await reader.progressBeyond(0);
      await reader.frames(STILL_FRAMES);
      await reader.choose('network-relu');
      await reader.type('seeds', '1,4,9');
      assert.match(await reader.hash(), /network=relu.*seeds=1,4,9/);
      await reader.phase('running');
      assert.match(await reader.text('#stale'), /next play/);
      await reader.stop();
      await reader.phase('stopped');
    }));

  test('a box shows that it is under the pointer, but for one of no use and one with a wrong value', () =>
    withPage(site, '#v=1', async (reader) => {
      const border = (/** @type {string} */ box) =>
        reader.page.$eval(box, (one) => getComputedStyle(one).borderTopColor);
      const hovered = async (/** @type {string} */ box) => {
        await reader.page.hover(box);
        return border(`${box}:hover`);
      };
      const [used, unused] = [await border('#epochs'), await border('#momentum:disabled')];
      assert.notEqual(await hovered('#epochs'), used);
      assert.equal(await hovered('#momentum'), unused);
      await reader.type('p', '1.5');
      const alarm = await reader.page.$eval('#p-fault', (words) => getComputedStyle(words).color);
      assert.equal(await hovered('#p'), alarm);
    }));

  test('names the file that did not come, and plays once it does', () =>
    withPage(site, SMALL, async (reader) => {
      const answer = (/** @type {import('puppeteer-core').HTTPRequest} */ request) =>
        request.url().includes('/mnist/')
          ? request.respond({ status: 503, body: 'busy' })
          : request.continue();
      await reader.page.setRequestInterception(true);
      reader.page.on('request', answer);
      await reader.play();
      await reader.phase('failed');
      assert.match(await reader.text('#problem'), /idx\d-ubyte.*503.*press play/s);
      reader.complaints = []; // The browser's own lines about status 503.
      // The driver holds back requests of workers now and then, if it is to look at all of them.
      reader.page.off('request', answer);
      await reader.page.setRequestInterception(false);
      await reader.play();
      await reader.phase('done');
      assert.equal(await reader.page.$eval('#problem', (place) => place.hidden), true);
    }));

  test('draws the article’s two matrices, and others on a tap, with the library’s masks', () =>
    withPage(site, '', async (reader) => {
      const cells = (/** @type {string} */ kind) => reader.texts(`#mask-${kind} .cell`);
      assert.deepEqual((await cells('batch')).map(Number), [0, 2, 3, 0, 5, 6]);
      assert.deepEqual((await cells('element')).map(Number), [1, 2, 0, 0, 5, 6]);
      const matrix = [1, 2, 3, 4, 5, 6];
      for (const step of [0, 1, 2]) {
        if (step > 0) {
          await reader.click('#masks button');
          await reader.shows('#mask-words', `Step ${step} of seeds 1 and 27`);
        }
        for (const [mask, seed] of Object.entries({ batch: 1, element: 27 })) {
          const expected = await dropoutMask(0.5, [2, 3], { mask, seed, step });
          assert.deepEqual(
            (await cells(mask)).map(Number),
            matrix.map((value, i) => value * expected[i]),
          );
        }
      }
    }));

  test('fits every width from 360 px up, with ink on paper by day and by night', () =>
    withPage(site, '', async (reader) => {
      for (const scheme of ['light', 'dark']) {
        await reader.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        for (const width of [360, 390, 768, 1280, 1920]) {
          await reader.page.setViewport({ width, height: 800 });
          const { over, contrast } = await reader.page.evaluate(measure);
          assert.ok(over <= 0, `${over} px too wide at ${width}`);
          assert.ok(contrast >= 7, `contrast ${contrast} in ${scheme}`);
        }
        await reader.page.setViewport({ width: 390, height: 844 });
        const play = await reader.page.$eval('.hero [data-action="play"]', (button) =>
          Math.round(button.getBoundingClientRect().bottom),
        );
        assert.ok(play <= 844, `play ends at ${play} px, below the first screen`);
      }
    }));
});

/** Runs in the page: how much wider it is than the window, and its contrast as WCAG 2 counts it. */
function measure() {
  const light = (/** @type {string} */ colour) => {
    const parts = colour.match(/\d+/g)?.map((part) => Number(part) / 255) ?? [];
    const [r, g, b] = parts.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const ink = light(getComputedStyle(document.body).color);
  const paper = light(getComputedStyle(document.documentElement).backgroundColor);
  return {
    over: document.documentElement.scrollWidth - innerWidth,
    contrast: Math.max(ink, paper) / Math.min(ink, paper),
  };
}
