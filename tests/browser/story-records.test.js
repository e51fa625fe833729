/** What the story says of recorded runs follows from them, and they come out of the laboratory again. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { formatNumber } from '../../js/report.js';
import { RECORDED_RUNS } from '../../web/story/recorded-runs.js';
import { withPage } from './sections.js';
import { openSite } from './site.js';
import { cells, mean, reveal } from './story.js';

/** Two-sided 95 % quantiles of Student's t, from a table, by degrees of freedom. */
const T = new Map([
  [4, 2.776445],
  [9, 2.262157],
]);

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;

before(async () => {
  site = await openSite();
});

after(async () => {
  await site?.close();
});

test('steps 7 and 8 show paired differences of the recorded runs, with their t-intervals', () =>
  withPage(site, '', async (reader) => {
    const column = (
      /** @type {string} */ link,
      /** @type {string} */ variant,
      /** @type {number} */ index,
    ) =>
      RECORDED_RUNS[link]
        .filter(([name]) => name === variant)
        .sort((a, b) => a[1] - b[1])
        .map((row) => Number(row[index]));
    const check = (
      /** @type {string} */ text,
      /** @type {number[]} */ a,
      /** @type {number[]} */ b,
    ) => {
      const differences = a.map((value, i) => value - b[i]);
      const n = differences.length;
      const centre = mean(differences);
      const variance = differences.reduce((sum, d) => sum + (d - centre) ** 2, 0) / (n - 1);
      const half = (T.get(n - 1) ?? NaN) * Math.sqrt(variance / n);
      const numbers = text
        .replaceAll('−', '-')
        .match(/[+-]?\d[\d.e-]*/g)
        ?.map(Number);
      assert.equal(numbers?.length, 3, text);
      for (const [i, expected] of [centre, centre - half, centre + half].entries()) {
        // Three digits are shown.
        const near = Math.abs(numbers[i] - expected) <= 0.0051 * Math.abs(expected);
        assert.ok(near, `${text}: ${expected}`);
      }
      const holdsZero = Math.abs(centre) < half;
      assert.equal(text.startsWith('no difference shown'), holdsZero, text);
    };
    const sgd = (/** @type {number} */ rate) => `#v=1&optimizer=sgd&learning-rate=${rate}`;
    const few = [
      '#v=1&network=relu&epochs=40&train-size=1000',
      '#v=1&network=relu&epochs=30&train-size=5000',
      '#v=1&network=relu&epochs=2',
    ];
    await reveal(reader, 'rates');
    await reveal(reader, 'pays');
    for (const [metric, index] of [
      ['accuracy', 2],
      ['loss', 4],
    ]) {
      await reader.page.focus(`#rates-${metric}`);
      await reader.page.keyboard.press('Space');
      await reader.choose(`pays-${metric}`);
      const rates = await cells(reader, '#rates-figure');
      for (const [i, rate] of [0.01, 0.02, 0.04].entries()) {
        const unscaled = column(sgd(rate), 'unscaled', Number(index));
        check(rates[i][1], unscaled, column(sgd(0.01), 'standard', Number(index)));
      }
      const sizes = await cells(reader, '#pays-figure');
      for (const [i, link] of few.entries()) {
        const [standard, none] = ['standard', 'none'].map((name) =>
          column(link, name, Number(index)),
        );
        check(sizes[i][1], standard, none);
      }
    }
  }));

test('a recorded run comes out of the laboratory again, and stands beside the record', () =>
  withPage(site, '', async (reader) => {
    const figures = '#batch-evidence';
    await reader.click(`${figures} .again a`);
    await reader.page.waitForFunction(() => location.hash.includes('standard,article-scaled'));
    await reader.type('seeds', '1');
    await reader.play();
    await reader.phase('done');
    const [scaled, standard] = ['article-scaled', 'standard'].map((variant) =>
      RECORDED_RUNS['#v=1'].find(([name, seed]) => name === variant && seed === 1),
    );
    const rows = await cells(reader, figures);
    for (const [i, index] of [3, 4].entries()) {
      const difference = Number(scaled?.[index]) - Number(standard?.[index]);
      const text = rows[i][2];
      assert.match(text, /1 of 3 seeds/);
      assert.ok(
        text.slice(1).startsWith(formatNumber(Math.abs(difference))),
        `${text}: ${difference}`,
      );
    }
  }));
