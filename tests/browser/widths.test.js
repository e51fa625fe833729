/** Every section at every width, with its answers shown, a comparison finished and its tables open. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closePage, openPage, trainInLaboratory } from './sections.js';
import { openSite } from './site.js';
import { STEPS, reveal } from './story.js';

const LINK = '#v=1&train-size=500&epochs=2&seeds=1-3&variants=article,article-scaled,unscaled,none';
/** CSS pixels: telephones, a window of 1280 at 200 %, a tablet, a laptop, a 4K screen. */
const WIDTHS = [360, 390, 640, 900, 1280, 3840];
/** That of a telephone: rows are stacked. */
const NARROW = 640;
/** Tables that nobody should have to push sideways, and those only a telephone stacks. */
const WHOLE = ['.evidence .scroll', '#rates-figure .scroll', '#pays-figure .scroll', '#summary'];
const STACKED = ['#run-list'];

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** @type {import('./page-driver.js').PageDriver} */
let reader;

before(async () => {
  site = await openSite();
  reader = await openPage(site, LINK);
  await trainInLaboratory(reader);
  for (const step of Object.keys(STEPS)) {
    await reveal(reader, /** @type {keyof typeof STEPS} */ (step));
  }
  await reader.page.$$eval('details', (all) => all.forEach((one) => (one.open = true)));
});

after(async () => {
  if (reader) await closePage(reader);
  await site?.close();
});

describe('at every width', () => {
  for (const width of WIDTHS) {
    test(`${width} px: the page does not scroll sideways, nor do tables of sentences`, async () => {
      await resize(width);
      const over = await reader.page.evaluate(
        () => document.documentElement.scrollWidth - innerWidth,
      );
      assert.ok(over <= 0, `${over} px too wide`);
      for (const place of width <= NARROW ? [...WHOLE, ...STACKED] : WHOLE) {
        const wider = await reader.page.$$eval(place, (all) =>
          all.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
        );
        assert.ok(wider.length > 0, `${place}: there is none`);
        assert.ok(Math.max(...wider) <= 0, `${place}: too wide by ${wider} px`);
      }
    });

    test(`${width} px: the line at zero runs through no words of steps 7 and 8`, async () => {
      await resize(width);
      for (const metric of ['accuracy', 'loss']) {
        for (const figure of ['rates', 'pays']) {
          await reader.choose(`${figure}-${metric}`);
          const { words, crossed } = await reader.page.$eval(`#${figure}-figure svg`, crossings);
          assert.ok(words >= 6, `${words} words`);
          assert.deepEqual(crossed, [], `${figure}, ${metric}`);
        }
      }
    });
  }
});

/** @param {number} width */
async function resize(width) {
  await reader.page.setViewport({ width, height: 900 });
  await reader.frames(3);
}

/**
 * Runs in the page. Of a difference chart: how many words of its rows there are, and those that the line
 * at zero runs through.
 * @param {Element} svg
 */
function crossings(svg) {
  const line = svg.querySelector('.zero')?.getAttribute('d') ?? '';
  const parts = [...line.matchAll(/M([\d.]+) ([\d.]+)V([\d.]+)/g)].map((part) =>
    part.slice(1).map(Number),
  );
  if (parts.length === 0) throw new Error(`no line at zero: ${line}`);
  const words = [...svg.querySelectorAll('text:not(.soft)')];
  const crossed = words.filter((text) => {
    const box = /** @type {SVGTextElement} */ (text).getBBox();
    return parts.some(
      ([x, from, to]) =>
        x > box.x && x < box.x + box.width && from < box.y + box.height && to > box.y,
    );
  });
  return { words: words.length, crossed: crossed.map(({ textContent }) => textContent) };
}
