/** The laboratory’s controls: every setting, runs step by step, and what a link repeats. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { SETTINGS, WORKERS } from '../../js/comparison/settings.js';
import { formatLink, parseLink } from '../../js/link.js';
import { SMALL, compareInNode, withTab } from './laboratory.js';
import { openSite } from './site.js';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const LONG = '#v=1&train-size=60000&epochs=50&seeds=1-2&variants=article,standard';
const HASHES = '#run-list code';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** What the page is compared with. @type {Awaited<ReturnType<typeof compareInNode>>} */
let small;

before(async () => {
  site = await openSite();
  small = await compareInNode(SMALL);
});

after(() => site?.close());

/** @param {string[]} hashes @param {any[]} runs */
const sameHashes = (hashes, runs) =>
  assert.deepEqual([...hashes].sort(), runs.map(({ weightsHash }) => weightsHash).sort());

describe('settings', () => {
  test('every setting of a comparison has a control, which shows its default', () =>
    withTab(site, '', async (reader) => {
      const defaults = parseLink('v=1');
      for (const { flag, format } of [...SETTINGS, { ...WORKERS, format: () => undefined }]) {
        const found = await reader.page.$$eval(`#controls [name="${flag}"]`, (inputs) =>
          inputs.map((input) => [input.type, input.value, input.checked]),
        );
        assert.ok(found.length > 0, `${flag} has no control`);
        const [[type, value]] = found;
        const text = format(defaults);
        if (/radio|checkbox/.test(type)) {
          const chosen = found.filter(([, , checked]) => checked).map(([, one]) => one);
          assert.equal(chosen.join(','), text ?? 'constant', flag);
        } else {
          assert.equal(value, text ?? (flag === 'baseline' ? 'article' : ''), flag);
        }
      }
    }));

  test('what has no need to be set is set by the reader, kept by the address, and trained by', () =>
    withTab(site, SMALL, async (reader) => {
      for (const id of ['optimizer-sgd', 'schedule-linear']) await reader.choose(id);
      const texts = { momentum: '0.9', 'weight-decay': '0.001', 'max-norm': '3', workers: '1' };
      for (const [flag, text] of Object.entries(texts)) await reader.type(flag, text);
      await reader.page.select('#baseline', 'standard');
      const hash = await reader.hash();
      const settings = parseLink(hash);
      assert.equal(`#${formatLink(settings)}`, hash);
      const { schedule, momentum, weightDecay, maxNorm, baseline } = settings;
      assert.deepEqual(
        { schedule, momentum, weightDecay, maxNorm, baseline },
        {
          schedule: 'linear',
          momentum: 0.9,
          weightDecay: 0.001,
          maxNorm: 3,
          baseline: 'standard',
        },
      );
      await reader.play();
      await reader.phase('done');
      assert.match(await reader.text('[data-show="engine"]'), /1 run at once/);
      const { runs } = await compareInNode(hash);
      sameHashes(await reader.texts(HASHES), runs);

      await reader.choose('optimizer-adam');
      assert.doesNotMatch(await reader.hash(), /momentum/);
      assert.equal(await reader.page.$eval('#momentum', (box) => box.disabled), true);
      await reader.choose('schedule-constant');
      await reader.type('max-norm', ' ');
      assert.doesNotMatch(await reader.hash(), /schedule|max-norm/);
      assert.equal(await reader.page.$eval('#workers', (box) => box.value), '1');
    }));

  test('another baseline changes the table and no run; without its variant it goes', () =>
    withTab(site, SMALL, async (reader) => {
      await reader.play();
      await reader.phase('done');
      assert.match(await reader.text('#summary caption'), /difference from article-scaled/);
      await reader.page.select('#baseline', 'standard');
      assert.match(await reader.text('#summary caption'), /difference from standard/);
      assert.match(await reader.text('#sentences'), /^article-scaled against standard/);
      assert.equal(await reader.page.$eval('#stale', (note) => note.hidden), true);
      await reader.choose('variants-standard');
      assert.doesNotMatch(await reader.hash(), /baseline/);
    }));

  test('a setting that contradicts another says so and changes nothing', () =>
    withTab(site, '#v=1&epochs=1', async (reader) => {
      await reader.choose('schedule-cosine');
      assert.match(await reader.text('#schedule-fault'), /one epoch/);
      assert.equal(await reader.page.$eval('#schedule-constant', (radio) => radio.checked), true);
      assert.doesNotMatch(await reader.hash(), /schedule/);
    }));
});

describe('a run', () => {
  test('is a link: the page’s hashes are those that the command line prints for it', (t) =>
    withTab(site, SMALL, async (reader) => {
      await reader.play();
      await reader.phase('done');
      const command = await reader.text('#take-command');
      const link = command.match(/^npx dropout-wasm run '(.*)'$/)?.[1] ?? '';
      assert.equal(link, await reader.page.evaluate(() => location.href));
      const { stdout } = await promisify(execFile)(process.execPath, [CLI, 'run', link]);
      const printed = stdout.match(/\b[0-9a-f]{64}\b/g) ?? [];
      const hashes = await reader.texts(HASHES);
      t.diagnostic(`${hashes.length} runs, the first ${hashes.at(-1)}`);
      assert.equal(hashes.length, 4);
      assert.deepEqual([...hashes].sort(), printed.sort());

      const own = await reader.page.$$eval('#run-list a', (links) => links.map(({ hash }) => hash));
      const [newest] = await reader.texts('#run-list tbody tr');
      const { variants, seeds } = parseLink(own[0]);
      assert.ok(newest.startsWith(`${variants}${seeds}`), `${newest} has the link ${own[0]}`);
    }));

  test('goes step by step from the first, and ends with the same weights', () =>
    withTab(site, SMALL, async (reader) => {
      const step = () => reader.page.click('[data-action="step"]');
      const atStep = (/** @type {number} */ n) =>
        reader.page.waitForFunction(
          (least) => {
            const bar = /** @type {HTMLProgressElement} */ (document.querySelector('#progress'));
            return Math.round(bar.value * 80) === least;
          },
          { polling: 'raf' },
          n,
        );
      // Two workers at least, or one run after the other: 80 steps in all, 20 a run.
      await reader.type('workers', '2');
      await step();
      await reader.phase('paused');
      await atStep(2);
      await step();
      await atStep(4);
      await step();
      await atStep(6);
      await reader.standstill(30);
      assert.match(await reader.text('[data-show="pace"]'), /step 3 of 20, loss of its batch \d/);
      assert.doesNotMatch(await reader.text('[data-show="pace"]'), /left/, 'it stands still');
      await reader.play();
      await reader.phase('done');
      sameHashes(await reader.texts(HASHES), small.runs);
    }));

  test('says which settings have not run, refuses invalid ones, and goes on with its own', () =>
    withTab(site, SMALL, async (reader) => {
      const focused = () => reader.page.evaluate(() => document.activeElement?.id);
      await reader.type('p', '1.5');
      await reader.play();
      await reader.shows('#live', 'Not started');
      assert.equal(await focused(), 'p');
      await reader.type('p', '0.5');
      await reader.click('[data-action="step"]');
      await reader.phase('paused');
      await reader.standstill(30);
      const before = await reader.progress();
      await reader.type('p', '1.5');
      await reader.click('[data-action="step"]');
      await reader.progressBeyond(before);
      await reader.type('p', '0.5');
      await reader.play();
      await reader.phase('done');
      const status = () => reader.text('#run [data-show="status"]');
      assert.match(await status(), /^Done\./);
      await reader.type('p', '0.2');
      assert.equal(await status(), 'These settings: not run yet.');
      assert.equal(await reader.progress(), 0);
      await reader.type('p', '0.5');
      assert.match(await status(), /^Done\./);
      assert.equal(await reader.progress(), 1);
    }));

  test('is held by Step while it trains, and Stop ends it', () =>
    withTab(site, LONG, async (reader) => {
      await reader.play();
      await reader.progressBeyond(0);
      await reader.click('[data-action="step"]');
      await reader.phase('paused');
      await reader.stop();
      await reader.phase('stopped');
      assert.equal(reader.page.workers().length, 0, 'a worker outlived the stop');
    }));

  test('finishes in a hidden tab, where no frame is drawn', () =>
    withTab(
      site,
      '#v=1&train-size=6000&epochs=2&seeds=1-2&variants=article-scaled,standard',
      async (reader) => {
        await reader.page.evaluate(() => {
          document.addEventListener('visibilitychange', () => {
            const frames = () => {
              Reflect.set(globalThis, 'frames', (Reflect.get(globalThis, 'frames') ?? 0) + 1);
              requestAnimationFrame(frames);
            };
            if (document.visibilityState === 'hidden') requestAnimationFrame(frames);
          });
        });
        await reader.play();
        await reader.progressBeyond(0);
        const other = await site.browser.newPage();
        try {
          await other.bringToFront();
          const state = () => reader.page.evaluate(() => document.visibilityState);
          assert.equal(await state(), 'hidden');
          await reader.page.waitForSelector('#run[data-phase="done"]');
          assert.equal(await state(), 'hidden');
          assert.equal((await reader.texts(HASHES)).length, 4);
        } finally {
          await other.close();
        }
      },
    ));

  test('shows what computes, how fast, and the time left', () =>
    withTab(site, LONG, async (reader) => {
      await reader.play();
      await reader.progressBeyond(0);
      const pace = /^(\d+ h )?(\d+ min )?(\d+ s )?left, [\d,]+ images per second$/;
      assert.match(await reader.text('[data-show="pace"]'), pace);
      const engine = /^WebAssembly SIMD, numerics strict, \d+ runs? at once$/;
      assert.match(await reader.text('[data-show="engine"]'), engine);
      await reader.stop();
      await reader.phase('stopped');
    }));
});
