/** The laboratory’s charts: the numbers behind them are the package’s, lines hide, and a drag comes closer. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { formatNumber } from '../../js/report.js';
import { SMALL, compareInNode } from './laboratory.js';
import { closePage, openPage, scrollTo, trainInLaboratory } from './sections.js';
import { openSite } from './site.js';
import { mean } from './story.js';

const CHARTS = ['#loss-chart', '#nll-chart', '#f1-chart', '#ece-chart', '#reliability-chart'];

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** Has trained what the link names. @type {import('./page-driver.js').PageDriver} */
let reader;

before(async () => {
  site = await openSite();
  reader = await openPage(site, SMALL);
  await trainInLaboratory(reader);
  await reader.frames(5);
});

after(async () => {
  if (reader) await closePage(reader);
  await site?.close();
});

/** @param {string} selector */
const picture = (selector) =>
  reader.page.$eval(`${selector} canvas`, (canvas) =>
    /** @type {HTMLCanvasElement} */ (canvas).toDataURL(),
  );

test('charts have behind them the numbers that Node gives: training loss on and off, NLL, ECE, bins', async () => {
  const { told } = await compareInNode(SMALL);
  const of = (/** @type {string} */ variant, /** @type {number} */ epoch) =>
    told.filter((/** @type {any} */ one) => one.variant === variant && one.epoch === epoch);
  const rows = (/** @type {string} */ id) =>
    reader.page.$$eval(`#${id}-table tbody tr`, (lines) =>
      lines.map((line) => [...line.children].map(({ textContent }) => textContent)),
    );
  const variants = ['article-scaled', 'standard'];
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
});

test('charts show what the legend names: a press hides a line everywhere, another brings it back', async () => {
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
  assert.ok((await reader.pixels('#nll-chart', '--c-blue')) > 20);
  await reader.page.keyboard.press('Space');
  assert.ok((await count()).every((pixels) => pixels > 20));
});

test('charts zoom by a drag and by the keyboard, and show all again', async () => {
  for (const chart of ['nll', 'reliability']) {
    const whole = await picture(`#${chart}-chart`);
    const plot = `#${chart}-chart .u-over`;
    await scrollTo(reader, plot);
    const box = await (await reader.page.$(plot))?.boundingBox();
    assert.ok(box);
    await reader.page.mouse.move(box.x + 0.5 * box.width, box.y + 0.2 * box.height);
    await reader.page.mouse.down();
    await reader.page.mouse.move(box.x + 0.9 * box.width, box.y + 0.8 * box.height, {
      steps: 4,
    });
    await reader.page.mouse.up();
    await reader.frames(3);
    assert.notEqual(await picture(`#${chart}-chart`), whole, 'the drag changed nothing');
    const [closer, all] = await reader.page.$$(`#${chart}-figure .chart-tools button`);
    await all.focus();
    await reader.page.keyboard.press('Enter');
    await reader.frames(3);
    assert.equal(await picture(`#${chart}-chart`), whole, 'not all is shown');
    assert.equal(await all.evaluate((button) => button.hidden), true);
    assert.equal(await closer.evaluate((one) => one === document.activeElement), true);
    await reader.page.keyboard.press('Enter');
    await reader.frames(3);
    assert.notEqual(await picture(`#${chart}-chart`), whole, 'a press changed nothing');
    await reader.page.keyboard.press('Escape');
    await reader.frames(3);
    assert.equal(await picture(`#${chart}-chart`), whole);
  }
});
