/** The guided story in real Chromium: it asks before it answers, shows lines that run, and is in nobody’s way. */

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
import { findBarriers } from './axe.js';
import { withPage } from './sections.js';
import { openSite } from './site.js';
import { STEPS, reveal } from './story.js';

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

describe('the story', () => {
  test('asks before it answers, by keys alone, and answers without a guess', () =>
    withPage(site, '', async (reader) => {
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
    withPage(site, '', async (reader) => {
      const fetched = () => reader.requests.filter((url) => /mnist/.test(url)).length;
      await reveal(reader, 'mask');
      await reveal(reader, 'batch');
      await reveal(reader, 'rule');
      assert.equal(fetched(), 0);
      await reveal(reader, 'expected');
      assert.equal(fetched(), 4);
    }));

  test('the figures of steps 2, 3 and 6 have their room before the answer', () =>
    withPage(site, '', async (reader) => {
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

  test('a link of the story fills in the settings, says just that, and runs nothing', () =>
    withPage(site, '', async (reader) => {
      const link = '#batch-evidence .again a';
      assert.equal(await reader.text(link), 'Load these settings');
      const wanted = parseLink(await reader.page.$eval(link, ({ hash }) => hash));
      await reader.click(link);
      await reader.shows('[data-show="sentence"]', wanted.variants.join(', '));
      const all = { trainSize: 60_000, ...wanted };
      assert.deepEqual(parseLink(await reader.hash()), all);
      assert.equal(await reader.page.$eval('#run', ({ dataset }) => dataset.phase), 'idle');
    }));

  test('the lines it shows run as they stand', () =>
    withPage(site, '', async (reader) => {
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
    withPage(site, '', async (reader) => {
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
    withPage(site, '', async (reader) => {
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
