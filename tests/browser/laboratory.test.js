/** The laboratory: every setting, step by step, what the charts show, and what a link repeats. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { compare, loadMnist } from '../../dist/index.js';
import { SETTINGS, WORKERS } from '../../js/comparison/settings.js';
import { formatLink, parseLink } from '../../js/link.js';
import { formatNumber } from '../../js/report.js';
import { mean } from '../../js/statistics.js';
import { PageDriver } from './page-driver.js';
import { openSite } from './site.js';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const SMALL = '#v=1&train-size=640&epochs=2&seeds=1-2&variants=article,standard';
const LONG = '#v=1&train-size=60000&epochs=50&seeds=1-2&variants=article,standard';
const CHARTS = ['#loss-chart', '#nll-chart', '#f1-chart', '#ece-chart', '#reliability-chart'];
const HASHES = '#run-list code';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** What the page is compared with: the same comparison in Node. @type {any} */
let small;

before(async () => {
  site = await openSite();
  const { variants, ...options } = parseLink(SMALL);
  const told = /** @type {any[]} */ ([]);
  const { runs } = await compare(variants, await loadMnist(), {
    ...options,
    onEpoch: (epoch) => told.push(epoch),
  });
  small = { runs, told };
});

after(() => site?.close());

/** @param {string} link @param {(reader: PageDriver) => Promise<void>} body */
async function withPage(link, body) {
  const reader = await PageDriver.open(site.browser, `${site.address}page/`, link);
  try {
    await body(reader);
    assert.deepEqual(reader.complaints, [], 'the page complained');
  } finally {
    await reader.page.close();
  }
}

/** @param {PageDriver} reader @param {string} selector */
const picture = (reader, selector) =>
  reader.page.$eval(`${selector} canvas`, (canvas) =>
    /** @type {HTMLCanvasElement} */ (canvas).toDataURL(),
  );

/** @param {string[]} hashes @param {any[]} runs */
const sameHashes = (hashes, runs) =>
  assert.deepEqual([...hashes].sort(), runs.map(({ weightsHash }) => weightsHash).sort());

describe('settings', () => {
  test('every setting of a comparison has a control, which shows its default', () =>
    withPage('', async (reader) => {
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
    withPage(SMALL, async (reader) => {
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
      const { variants, ...options } = settings;
      const { runs } = await compare(variants, await loadMnist(), options);
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
    withPage(SMALL, async (reader) => {
      await reader.play();
      await reader.phase('done');
      assert.match(await reader.text('#summary caption'), /difference from article/);
      await reader.page.select('#baseline', 'standard');
      assert.match(await reader.text('#summary caption'), /difference from standard/);
      assert.match(await reader.text('#sentences'), /^article against standard/);
      assert.equal(await reader.page.$eval('#stale', (note) => note.hidden), true);
      await reader.choose('variants-standard');
      assert.doesNotMatch(await reader.hash(), /baseline/);
    }));

  test('a setting that contradicts another says so and changes nothing', () =>
    withPage('#v=1&epochs=1', async (reader) => {
      await reader.choose('schedule-cosine');
      assert.match(await reader.text('#schedule-fault'), /one epoch/);
      assert.equal(await reader.page.$eval('#schedule-constant', (radio) => radio.checked), true);
      assert.doesNotMatch(await reader.hash(), /schedule/);
    }));
});

describe('a run', () => {
  test('is a link: the page’s hashes are those that the command line prints for it', (t) =>
    withPage(SMALL, async (reader) => {
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
    withPage(SMALL, async (reader) => {
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
    withPage(SMALL, async (reader) => {
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
    withPage(LONG, async (reader) => {
      await reader.play();
      await reader.progressBeyond(0);
      await reader.click('[data-action="step"]');
      await reader.phase('paused');
      await reader.stop();
      await reader.phase('stopped');
      assert.equal(reader.page.workers().length, 0, 'a worker outlived the stop');
    }));

  test('finishes in a hidden tab, where no frame is drawn', () =>
    withPage(
      '#v=1&train-size=6000&epochs=2&seeds=1-2&variants=article,standard',
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
    withPage(LONG, async (reader) => {
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

describe('the charts', () => {
  test('have behind them the numbers that Node gives: training loss on and off, NLL, ECE, bins', () =>
    withPage(SMALL, async (reader) => {
      await reader.play();
      await reader.phase('done');
      const { told } = small;
      const of = (/** @type {string} */ variant, /** @type {number} */ epoch) =>
        told.filter((/** @type {any} */ one) => one.variant === variant && one.epoch === epoch);
      const rows = (/** @type {string} */ id) =>
        reader.page.$$eval(`#${id}-table tbody tr`, (lines) =>
          lines.map((line) => [...line.children].map(({ textContent }) => textContent)),
        );
      const variants = ['article', 'standard'];
      for (const [id, metric] of [
        ['nll', 'loss'],
        ['f1', 'macroF1'],
        ['ece', 'ece'],
      ]) {
        const expected = [1, 2].map((epoch) => [
          String(epoch),
          ...variants.map((variant) =>
            formatNumber(mean(of(variant, epoch).map(({ validation }) => validation[metric]))),
          ),
        ]);
        assert.deepEqual(await rows(id), expected, id);
      }
      const training = await rows('loss');
      for (const [i, variant] of variants.entries()) {
        const off = formatNumber(mean(of(variant, 2).map(({ lossNoDropout }) => lossNoDropout)));
        assert.equal(training[1][2 + 2 * i], off);
        const on = mean(of(variant, 2).map(({ loss }) => loss));
        assert.ok(Math.abs(Number(training[1][1 + 2 * i]) - on) < 0.006 * on, 'dropout on');
      }
      const bins = await rows('reliability');
      assert.equal(bins.length, 15);
      const counts = (/** @type {number} */ column) =>
        bins.map((row) => Number(row[column]?.match(/\(([\d,]+)\)/)?.[1].replaceAll(',', '') ?? 0));
      for (const [i, variant] of variants.entries()) {
        const expected = of(variant, 2).map(({ validation }) => validation.reliability);
        assert.deepEqual(
          counts(1 + i),
          expected[0].map(
            (/** @type {any} */ bin, /** @type {number} */ k) => bin.count + expected[1][k].count,
          ),
        );
      }
    }));

  test('show what the legend names: a press hides a line everywhere, another brings it back', () =>
    withPage(SMALL, async (reader) => {
      await reader.play();
      await reader.phase('done');
      await reader.frames(5);
      const button = '#legend li:nth-child(2) button';
      const count = async () => {
        await reader.frames(2);
        return Promise.all(CHARTS.map((chart) => reader.pixels(chart, '--c-green')));
      };
      assert.ok((await count()).every((pixels) => pixels > 20));
      await reader.page.focus(button);
      await reader.page.keyboard.press('Space');
      assert.deepEqual(await count(), [0, 0, 0, 0, 0]);
      assert.equal(await reader.page.$eval(button, (one) => one.ariaPressed), 'false');
      assert.ok((await reader.pixels('#nll-chart', '--c-vermilion')) > 20);
      await reader.page.keyboard.press('Space');
      assert.ok((await count()).every((pixels) => pixels > 20));
    }));

  test('zoom by a drag and by the keyboard, and show all again', () =>
    withPage(SMALL, async (reader) => {
      await reader.play();
      await reader.phase('done');
      await reader.frames(5);
      for (const chart of ['nll', 'reliability']) {
        const whole = await picture(reader, `#${chart}-chart`);
        const plot = await reader.page.$(`#${chart}-chart .u-over`);
        await plot?.scrollIntoView();
        const box = /** @type {import('puppeteer-core').BoundingBox} */ (await plot?.boundingBox());
        await reader.page.mouse.move(box.x + 0.5 * box.width, box.y + 0.2 * box.height);
        await reader.page.mouse.down();
        await reader.page.mouse.move(box.x + 0.9 * box.width, box.y + 0.8 * box.height, {
          steps: 4,
        });
        await reader.page.mouse.up();
        await reader.frames(3);
        assert.notEqual(
          await picture(reader, `#${chart}-chart`),
          whole,
          'the drag changed nothing',
        );
        const [closer, all] = await reader.page.$$(`#${chart}-figure .chart-tools button`);
        await all.focus();
        await reader.page.keyboard.press('Enter');
        await reader.frames(3);
        assert.equal(await picture(reader, `#${chart}-chart`), whole, 'not all is shown');
        assert.equal(await all.evaluate((button) => button.hidden), true);
        assert.equal(await closer.evaluate((one) => one === document.activeElement), true);
        await reader.page.keyboard.press('Enter');
        await reader.frames(3);
        assert.notEqual(await picture(reader, `#${chart}-chart`), whole, 'a press changed nothing');
        await reader.page.keyboard.press('Escape');
        await reader.frames(3);
        assert.equal(await picture(reader, `#${chart}-chart`), whole);
      }
    }));
});
