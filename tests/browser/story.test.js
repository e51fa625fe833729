/** The guided story in real Chromium: every figure answers a tap and a key, with the package's numbers. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  compare,
  createModel,
  dense,
  dropout,
  dropoutMask,
  loadMnist,
  variants,
} from '../../dist/index.js';
import { parseLink } from '../../js/link.js';
import { formatNumber } from '../../js/report.js';
import { RECORDED_CURVE } from '../../web/story/recorded-curve.js';
import { RECORDED_RUNS } from '../../web/story/recorded-runs.js';
import { findBarriers } from './axe.js';
import { PageDriver } from './page-driver.js';
import { openSite } from './site.js';

/** In the story's order: its steps, and the button of each that shows the answer. */
const STEPS = {
  mask: '#mask-guess [data-reveal]',
  batch: '#batch-guess [data-reveal]',
  expected: '#cloud-guess [data-reveal]',
  curve: '#valley-guess [data-reveal="recorded"]',
  rule: '#rule-guess [data-reveal]',
  connect: '#connect-guess [data-reveal]',
  rates: '#rates-guess [data-reveal]',
  pays: '#pays-guess [data-reveal]',
};
/** Two-sided 95 % quantiles of Student's t, from a table, by degrees of freedom. */
const T = new Map([
  [4, 2.776445],
  [9, 2.262157],
]);

/** In CSS pixels: less than a line of small text. */
const LINE = 18;

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;

before(async () => {
  site = await openSite();
});

after(async () => {
  await site?.close();
});

/** A first visit: the browser keeps nothing of the ones before. @param {(reader: PageDriver) => Promise<void>} body */
async function withPage(body) {
  const context = await site.browser.createBrowserContext();
  const reader = await PageDriver.open(context, `${site.address}page/`);
  // Nothing glides away from under the mouse.
  await reader.page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  try {
    await body(reader);
    assert.deepEqual(reader.complaints, [], 'the page complained');
    assert.equal(await reader.instances(), 0, 'the core ran on the page’s own thread');
  } finally {
    await context.close();
  }
}

/** @param {PageDriver} reader @param {keyof typeof STEPS} step */
async function reveal(reader, step) {
  await reader.click(STEPS[step]);
  await reader.page.waitForSelector(`#step-${step} .guess-answer:not([hidden])`);
}

/** @param {PageDriver} reader @param {string} selector @returns {Promise<string[][]>} the body's cells by row */
async function cells(reader, selector) {
  return reader.page.$$eval(`${selector} tbody tr`, (rows) =>
    rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')),
  );
}

/** @param {readonly number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('the story', () => {
  test('asks before it answers, by keys alone, and answers without a guess', () =>
    withPage(async (reader) => {
      const { page } = reader;
      for (const [step, button] of Object.entries(STEPS)) {
        const answer = `#step-${step} .guess-answer`;
        assert.equal(await page.$eval(answer, (place) => place.hidden), true, step);
        const guesses = step !== 'pays';
        if (guesses) {
          await page.focus(`#step-${step} .guess input`);
          await page.keyboard.press('Space');
          await page.keyboard.press('ArrowDown');
          await page.keyboard.press('Tab');
          if (step === 'curve') await page.keyboard.press('Tab');
        } else await page.focus(button);
        const focused = await page.$eval(button, (one) => one === document.activeElement);
        assert.ok(focused, `${step}: Tab does not lead to the answer`);
        await page.keyboard.press('Enter');
        await page.waitForSelector(`${answer}:not([hidden])`);
        const chosen = await page.$$eval(`#step-${step} .guess input:checked`, (inputs) =>
          inputs.map((input) => input.closest('label')?.textContent?.trim().replace(/\s+/g, ' ')),
        );
        assert.equal(chosen.length, guesses ? 1 : 0);
        const text = await reader.text(answer);
        assert.equal(text.startsWith(`You guessed: ${chosen[0]}.`), guesses, `${step}: ${text}`);
      }
    }));

  test('fetches MNIST for the step that needs it, not before', () =>
    withPage(async (reader) => {
      const fetched = () => reader.requests.filter((url) => /mnist/.test(url)).length;
      await reveal(reader, 'mask');
      await reveal(reader, 'batch');
      await reveal(reader, 'rule');
      assert.equal(fetched(), 0);
      await reveal(reader, 'expected');
      assert.equal(fetched(), 4);
    }));

  test('step 1 draws the package’s masks on a tap or a key, and their mean', () =>
    withPage(async (reader) => {
      const figure = '#mask-matrices [data-rule';
      const shown = async (/** @type {string} */ rule) =>
        (await reader.texts(`${figure}="${rule}"] .cell`)).map(Number);
      const masked = async (/** @type {string} */ mask, /** @type {number} */ step, p = 0.5) => {
        const seed = mask === 'batch' ? 1 : 27;
        const drawn = await dropoutMask(p, [2, 3], { mask, seed, step });
        return [1, 2, 3, 4, 5, 6].map((value, i) => value * drawn[i]);
      };
      await reader.click('#mask-matrices button');
      await reader.shows('#mask-figure-words', '1 mask drawn');
      for (const rule of ['batch', 'element']) {
        assert.deepEqual(await shown(rule), await masked(rule, 0));
      }
      await reader.page.keyboard.press('Enter');
      await reader.shows('#mask-figure-words', '2 masks drawn');
      for (const rule of ['batch', 'element']) {
        assert.deepEqual(await shown(rule), await masked(rule, 1));
      }

      await reveal(reader, 'mask');
      const means = await reader.texts('#mask-matrices .means span');
      const drawn = [];
      for (let step = 0; step < 502; step++) {
        drawn.push([...(await masked('batch', step)), ...(await masked('element', step))]);
      }
      const expected = drawn[0].map((_, i) => formatNumber(mean(drawn.map((row) => row[i]))));
      assert.deepEqual(means, expected);

      await reader.type('mask-p', '0.9');
      await reader.shows('#mask-figure-words', 'p = 0.9');
      assert.deepEqual(await shown('element'), await masked('element', 502, 0.9));
      await reader.type('mask-p', '1.5');
      assert.match(await reader.text('#mask-p-fault'), /1\.5/);
    }));

  test('step 2 shares one row among the batch, or draws each: the shares are the package’s', () =>
    withPage(async (reader) => {
      await reader.page.waitForSelector('#batch-figure .behind', { hidden: true });
      await reveal(reader, 'batch');
      await reader.page.waitForSelector('#batch-figure .behind', { visible: true });
      for (const step of [0, 1]) {
        if (step > 0) {
          await reader.page.focus('#batch-next');
          await reader.page.keyboard.press('Enter');
          await reader.shows('#batch-words', `Training step ${step + 1},`);
        }
        const table = await cells(reader, '#batch-table');
        assert.equal(table.length, 48);
        for (const [column, mask] of ['batch', 'element'].entries()) {
          const drawn = await dropoutMask(0.5, [32, 48], { mask, seed: 1, step });
          const shares = Array.from({ length: 48 }, (_, unit) =>
            mean(Array.from({ length: 32 }, (_, row) => drawn[row * 48 + unit])),
          );
          assert.deepEqual(
            table.map((row) => row[column + 1]),
            shares.map(formatNumber),
          );
          const whole = shares.every((share) => share === 0 || share === 1);
          assert.equal(whole, mask === 'batch');
        }
        // What is drawn, too: in every column of the first picture the same cells.
        const columns = await reader.page.$eval('#batch-grids path:nth-of-type(2)', (path) =>
          (path.getAttribute('d') ?? '').match(/M[\d.]+/g),
        );
        const counts = new Map();
        for (const x of columns ?? []) counts.set(x, (counts.get(x) ?? 0) + 1);
        assert.ok([...counts.values()].every((count) => count === 32));
      }
    }));

  test('step 3: the mean over masks is keep times evaluation, or equal with the factor', (t) =>
    withPage(async (reader) => {
      const slope = async () =>
        Number((await reader.text('#cloud-words')).match(/slope (\S+)/)?.[1]);
      await reveal(reader, 'expected');
      const first = await slope();
      assert.ok(Math.abs(first - 0.5) < 0.01, `slope ${first}`);
      const { test: images } = await loadMnist();
      const model = await createModel({ ...variants.unscaled('intended', 0.5), seed: 1 });
      const moments = await model.moments(images.images.subarray(0, 16 * 784), { layer: 2 });
      await model.dispose();
      assert.equal(first, Number(formatNumber(moments.slope)));
      assert.ok((await reader.pixels('#cloud-chart', '--c-ink')) > 20, 'no line is drawn');

      await reader.type('cloud-p', '0.2');
      await reader.shows('#cloud-table', '0.2');
      const second = await slope();
      assert.ok(Math.abs(second - 0.8) < 0.01, `slope ${second}`);
      for (const variant of ['standard', 'test-scaled']) {
        await reader.choose(`cloud-${variant}`);
        await reader.shows('#cloud-words', variant);
        await reader.shows('#cloud-table', variant);
        assert.ok(Math.abs((await slope()) - 1) < 0.01, variant);
      }
      t.diagnostic(`slope ${first} at p 0.5, ${second} at p 0.2, unscaled`);
    }));

  test('the figures of steps 2, 3 and 6 have their room before the answer', () =>
    withPage(async (reader) => {
      for (const [step, figure] of [
        ['batch', '#batch-figure'],
        ['expected', '#cloud-figure'],
        ['connect', '#connect-figure'],
      ]) {
        const height = () => reader.page.$eval(figure, ({ offsetHeight }) => offsetHeight);
        const before = await height();
        await reveal(reader, /** @type {keyof typeof STEPS} */ (step));
        await reader.page.waitForSelector(`${figure} .controls`, { visible: true });
        const grown = (await height()) - before;
        assert.ok(Math.abs(grown) < LINE, `${figure} grows by ${grown} px`);
      }
    }));

  test('step 4 trains in a worker, stops when asked, and gives the recorded weights and curve', (t) =>
    withPage(async (reader) => {
      const { page } = reader;
      await page.click('#valley-guess [data-reveal="train"]');
      await reader.shows('#valley-status', 'Training');
      assert.ok(page.workers().length > 0, 'no worker is at work');
      await reader.shows('#valley-words', 'steps, on 1,000 test images');
      await page.click('#valley-stop');
      await reader.shows('#valley-status', 'Stopped');
      assert.equal(await page.$eval('#valley-guess .guess-answer', (place) => place.hidden), true);

      await page.click('#valley-guess input[value="2"]');
      await page.click('#valley-guess [data-reveal="train"]');
      await page.waitForSelector('#valley-guess .guess-answer:not([hidden])');
      assert.match(await reader.text('#valley-table caption'), /in this tab/);
      const rows = RECORDED_CURVE.points.map(({ factor, loss, accuracy, macroF1, ece }) =>
        [factor, loss, accuracy, macroF1, ece].map(formatNumber),
      );
      assert.deepEqual(await cells(reader, '#valley-table'), rows);
      assert.ok((await reader.pixels('#valley-loss', '--c-vermilion')) > 20, 'no curve is drawn');
      assert.equal(await reader.text('#again dd:last-of-type code'), RECORDED_CURVE.weightsHash);
      for (const list of ['#inside-model', '#digit-model']) {
        const named = ['unscaled, network intended, seed 1, of step 4'];
        assert.deepEqual(await reader.texts(`${list} option`), named);
      }

      const best = [...RECORDED_CURVE.points].sort((a, b) => a.loss - b.loss)[0];
      assert.equal(best.factor, 0.5, 'the valley is not at keep');
      const accuracies = RECORDED_CURVE.points.map(({ accuracy }) => accuracy);
      assert.ok(Math.max(...accuracies) - Math.min(...accuracies) < 0.002);

      await reveal(reader, 'rule');
      const weights = await cells(reader, '#rule-weights');
      assert.deepEqual(
        weights.map((row) => row[1]),
        [0.5, 1, 2].map((factor) =>
          formatNumber(RECORDED_CURVE.points.find((point) => point.factor === factor)?.loss ?? NaN),
        ),
      );
      assert.match(await reader.text('#rule-weights caption'), /in this tab/);
      t.diagnostic(`hash ${RECORDED_CURVE.weightsHash.slice(0, 12)}`);
    }));

  test('step 4 names a curve of the laboratory by its run, and shows the record when asked', () =>
    withPage(async (reader) => {
      await reader.page.evaluate(() => {
        location.hash = '#v=1&variants=unscaled&train-size=6000&epochs=1&seeds=3';
      });
      await reader.type('seeds', '1');
      await reader.play();
      await reader.phase('done');
      const words = await reader.text('#valley-words');
      assert.match(words, /trained in the laboratory, 6,000 images, 1 epoch, p = 0\.5, seed 1/);
      assert.match(words, /Dashed, grey: the recorded run, unscaled, 60,000 images, 2 epochs/);
      const hash = await reader.text('#again dd:last-of-type code');
      assert.deepEqual(await reader.texts('#run-list code'), [hash]);

      await reveal(reader, 'curve');
      await reveal(reader, 'rule');
      const recorded = await reader.text('#valley-words');
      assert.match(recorded, /recorded, 60,000 images, 2 epochs, p = 0\.5, seed 1/);
      assert.doesNotMatch(recorded, /laboratory/);
      const losses = (await cells(reader, '#valley-table')).map((row) => row[1]);
      assert.deepEqual(
        losses,
        RECORDED_CURVE.points.map(({ loss }) => formatNumber(loss)),
      );
      assert.ok((await reader.pixels('#valley-loss', '--c-vermilion')) > 20, 'no curve is drawn');
      assert.match(await reader.text('#rule-weights caption'), /recorded, 60,000 images/);
      assert.equal(await reader.text('#again dd:last-of-type code'), hash, 'this tab’s own');
    }));

  test('a link of the story fills in the settings, says just that, and runs nothing', () =>
    withPage(async (reader) => {
      const link = '#batch-evidence .again a';
      assert.equal(await reader.text(link), 'Load these settings');
      const wanted = parseLink(await reader.page.$eval(link, ({ hash }) => hash));
      await reader.click(link);
      await reader.shows('[data-show="sentence"]', wanted.variants.join(', '));
      const all = { trainSize: 60_000, ...wanted };
      assert.deepEqual(parseLink(await reader.hash()), all);
      assert.equal(await reader.page.$eval('#run', ({ dataset }) => dataset.phase), 'idle');
    }));

  test('step 5 has the ratio of every rule at any p, and asks the package about 1 and NaN', () =>
    withPage(async (reader) => {
      const ratios = async () => (await cells(reader, '#rule-table')).map((row) => row[3]);
      assert.deepEqual(await ratios(), ['?', '?', '?', '?']);
      await reveal(reader, 'rule');
      assert.deepEqual(await ratios(), ['1', '1', '2', '4']);
      await reader.type('rule-p', '0.8');
      assert.deepEqual(await ratios(), ['1', '1', '5', '25']);
      await reader.type('rule-p', '1');
      assert.deepEqual(await ratios(), ['none: 0 / 0', 'none: 0 / 0', '∞', '∞']);
      await reader.click('#ends-try');
      await reader.shows('#ends', 'RangeError');
      const [one, nan] = await cells(reader, '#ends');
      assert.equal(one[2], 'the mask 0 0 0 0 0 0');
      assert.match(nan[2], /NaN/);
    }));

  test('step 6: Dropout silences units, DropConnect none, with the package’s masks', () =>
    withPage(async (reader) => {
      await reveal(reader, 'connect');
      const layers = [dense(12), dropout(0.5, { mask: 'batch' })];
      const units = await createModel({ input: 16, layers, seed: 1 });
      const connected = [dense(12, { dropConnect: 0.5 })];
      const weights = await createModel({ input: 16, layers: connected, seed: 1 });
      for (const step of [0, 1]) {
        if (step > 0) {
          await reader.click('#connect-next');
          await reader.shows('#connect-words', `Training step ${step + 1},`);
        }
        const kept = await units.mask(1, { step });
        const single = await weights.mask(0, { step });
        const expected = Array.from(kept, (one, unit) => [
          String(unit + 1),
          String(16 * one),
          String(single.subarray(16 * unit, 16 * (unit + 1)).reduce((sum, k) => sum + k, 0)),
        ]);
        assert.deepEqual(await cells(reader, '#connect-table'), expected);
        const silent = kept.filter((one) => one === 0).length;
        const below = await reader.texts('#connect-grids .grid-below');
        assert.match(below[0], new RegExp(`^${silent} units? of 12 silent`));
        assert.match(below[1], /^0 units of 12 silent/);
      }
      await units.dispose();
      await weights.dispose();
    }));

  test('steps 7 and 8 show paired differences of the recorded runs, with their t-intervals', () =>
    withPage(async (reader) => {
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
    withPage(async (reader) => {
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

  test('the lines it shows run as they stand', () =>
    withPage(async (reader) => {
      const snippets = await reader.texts('code[data-language="js"]');
      assert.equal(snippets.length, 8);
      const mnist = await loadMnist();
      const few = (/** @type {any} */ data, samples = 256) => ({
        ...data,
        samples,
        images: data.images.subarray(0, samples * 784),
        labels: data.labels.subarray(0, samples),
      });
      const scope = {
        p: 0.5,
        factor: 2,
        train: few(mnist.train),
        test: few(mnist.test),
        model: await createModel({ ...variants.article('intended', 0.5), seed: 1 }),
        createModel,
        dense,
        dropout,
        dropoutMask,
        // The comparison as it is written, but for the time it takes.
        compare: (/** @type {any} */ names, /** @type {any} */ data, /** @type {any} */ options) =>
          compare(names, data, { ...options, trainSize: 64, epochs: 1, seeds: [1] }),
      };
      const AsyncFunction = /** @type {any} */ (async () => {}).constructor;
      for (const snippet of snippets) {
        await new AsyncFunction(...Object.keys(scope), `{${snippet}\n}`)(...Object.values(scope));
      }
      await scope.model.dispose();
    }));

  test('its links are experiments that the page takes, and each leads to a recorded run', () =>
    withPage(async (reader) => {
      const links = await reader.page.$$eval('.step a[href^="#v="]', (nodes) =>
        nodes.map((node) => node.getAttribute('href') ?? ''),
      );
      assert.ok(links.length > 10);
      for (const link of links) parseLink(link);
      for (const runs of await reader.texts('.evidence td:nth-child(2)')) {
        assert.notEqual(runs, '–', 'a claim without its recorded number');
      }
    }));

  test('puts no barrier in anyone’s way, at any width, by day and by night', () =>
    withPage(async (reader) => {
      for (const step of Object.keys(STEPS)) {
        await reveal(reader, /** @type {keyof typeof STEPS} */ (step));
      }
      for (const scheme of ['light', 'dark']) {
        await reader.page.emulateMediaFeatures([
          { name: 'prefers-color-scheme', value: scheme },
          { name: 'prefers-reduced-motion', value: 'reduce' },
        ]);
        for (const width of [360, 1280]) {
          await reader.page.setViewport({ width, height: 800 });
          await reader.frames(2);
          const over = await reader.page.evaluate(
            () => document.documentElement.scrollWidth - innerWidth,
          );
          assert.ok(over <= 0, `${over} px too wide at ${width}`);
          assert.deepEqual(await findBarriers(reader.page), [], `${width} px, ${scheme}`);
        }
      }
    }));
});
