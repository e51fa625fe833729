/** "Looking inside" in real Chromium: what the figures show is what the package gives in Node. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createModel, loadMnist, variants } from '../../dist/index.js';
import { formatNumber } from '../../js/report.js';
import { openSite } from './site.js';
import {
  assertNoBarriers,
  closePage,
  openPage,
  scrollTo,
  trainHere,
  trainInLaboratory,
  trainedTwin,
  withPage,
} from './sections.js';

const LINK =
  '#v=1&network=relu&train-size=2000&epochs=1&seeds=1&variants=standard,article,dropconnect,none';
const SEED = 1;
/** Of 2,000 images, 64 a batch. */
const STEPS = 32;
const CLASSES = 10;

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** @type {Awaited<ReturnType<typeof loadMnist>>} */
let mnist;
/** Has trained what the link names. @type {PageDriver} */
let reader;

before(async () => {
  site = await openSite();
  mnist = await loadMnist();
});

after(async () => {
  await site?.close();
});

/** @typedef {import('./page-driver.js').PageDriver} PageDriver */

/** @param {string} variant */
const twinOf = (variant) => trainedTwin(LINK, variant, mnist.train);

/** @param {string} variant */
async function choose(variant) {
  await reader.page.select('#inside-model-select', variant);
  await scrollTo(reader, '#inside');
}

/** @param {PageDriver} reader @param {string} pattern */
async function wordsBecome(reader, pattern) {
  await reader.page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector('#unit-kept')?.textContent ?? ''),
    {},
    pattern,
  );
}

/** @param {PageDriver} reader @param {string} id @param {number} value */
async function enter(reader, id, value) {
  await reader.click(`#${id}`, { count: 3 });
  await reader.page.keyboard.type(String(value));
  await reader.page.keyboard.press('Enter');
}

/** The test image that the figures show. */
async function shownImage() {
  const index = Number(await reader.page.$eval('#unit-image', (box) => box.value));
  return mnist.test.images.subarray(784 * index, 784 * (index + 1));
}

/** Cells of a table, a row each. @param {PageDriver} reader @param {string} place */
async function rowsOf(reader, place) {
  return reader.page.$$eval(`${place} tbody tr`, (rows) =>
    rows.map((row) => Array.from(row.children, (cell) => cell.textContent ?? '')),
  );
}

/** A number as `formatNumber` wrote it. @param {string} text */
const numberOf = (text) => Number(text.replace('−', '-'));

/** @param {number[]} shown @param {Float32Array | number[]} expected three digits are shown */
function assertShown(shown, expected, what) {
  assert.equal(shown.length, expected.length);
  shown.forEach((value, i) => {
    const error = Math.abs(value - expected[i]);
    assert.ok(
      error <= Math.abs(expected[i]) * 0.006 + 1e-9,
      `${what} ${i}: ${value}, ${expected[i]}`,
    );
  });
}

test('before any model, looking inside says so, and trains one on demand', () =>
  withPage(site, LINK, async (reader) => {
    assert.match(await reader.text('#inside-model .model-none'), /No model has been trained/);
    assert.equal(await reader.page.$eval('#inside-figures', (place) => place.hidden), true);
    assert.equal(await reader.page.$eval('#unit-behind', (place) => place.hidden), true);
    await trainHere(reader, 'inside');
    await scrollTo(reader, '#inside');
    await wordsBecome(reader, 'of 512 units kept');
    await reader.page.waitForSelector('#unit-behind', { visible: true });
    assert.match(await reader.text('#inside-model option'), /standard, network relu.*trained here/);
  }));

test('says which file did not come, and trains once it does', () =>
  withPage(site, LINK, async (reader) => {
    const { page } = reader;
    const answer = (/** @type {import('puppeteer-core').HTTPRequest} */ request) =>
      request.url().includes('/mnist/')
        ? request.respond({ status: 404, body: 'gone' })
        : request.continue();
    await page.setRequestInterception(true);
    page.on('request', answer);
    await page.click('#inside-model [data-action="own"]');
    await page.waitForFunction(() =>
      /idx\d-ubyte.*404.*try again/.test(
        document.querySelector('#inside-model')?.textContent ?? '',
      ),
    );
    reader.complaints = []; // The browser's own lines about status 404.
    page.off('request', answer);
    await page.setRequestInterception(false);
    await trainHere(reader, 'inside');
    assert.match(await reader.text('#inside-model option'), /trained here/);
  }));

test('a training of its own stops when the reader says so', () =>
  withPage(site, LINK, async (reader) => {
    const button = '#inside-model [data-action="own"]';
    await reader.click(button);
    await reader.page.waitForFunction(() =>
      /Training: \d/.test(document.querySelector('#inside-model')?.textContent ?? ''),
    );
    assert.equal(await reader.text(button), 'Stop');
    await reader.click(button);
    await reader.page.waitForFunction(
      (selector) => document.querySelector(selector)?.textContent === 'Train one now',
      {},
      button,
    );
    assert.match(await reader.text('#inside-model .model-none'), /No model has been trained/);
  }));

describe('looking inside a model of the laboratory', () => {
  before(async () => {
    reader = await openPage(site, LINK);
    await trainInLaboratory(reader);
  });

  after(async () => {
    await closePage(reader);
  });

  test('shows the mask of a step, and both outputs of the layer, unit by unit', async () => {
    await choose('standard');
    await wordsBecome(reader, 'units kept');
    await reader.click('#unit-behind summary');
    const twin = await twinOf('standard');
    const layer = 2;
    for (const { step, index } of [
      { step: 0, index: 0 },
      { step: STEPS - 1, index: 41 },
    ]) {
      await enter(reader, 'unit-image', index);
      await enter(reader, 'unit-step', step + 1);
      const mask = await twin.mask(layer, { step });
      const kept = mask.reduce((sum, bit) => sum + bit, 0);
      await wordsBecome(reader, `^${kept} of 512 units kept`);
      const rows = await rowsOf(reader, '#unit-table');
      assert.deepEqual(
        rows.map(([, , , fate]) => Number(fate === 'kept')),
        [...mask],
      );
      const image = mnist.test.images.subarray(784 * index, 784 * (index + 1));
      const column = (/** @type {number} */ at) => rows.map((row) => numberOf(row[at]));
      const evaluation = await twin.activations(image, { layer });
      assertShown(column(1), evaluation, 'evaluation');
      const training = await twin.activations(image, { layer, mode: 'train', step });
      assertShown(column(2), training, 'training');
    }
    assert.equal(await reader.page.$eval('#unit-step', (box) => box.max), String(STEPS));
    await twin.dispose();
  });

  test('plays the steps until it is paused', async () => {
    await choose('standard');
    await wordsBecome(reader, 'units kept');
    await reader.click('#unit-play');
    await reader.page.waitForFunction(
      () => Number(document.querySelector('#unit-step')?.value) >= 4,
    );
    await reader.click('#unit-play');
    assert.equal(await reader.text('#unit-play'), 'Play the steps');
  });

  test('says what masks weights, and what masks nothing', async () => {
    await choose('dropconnect');
    await enter(reader, 'unit-step', 1);
    const twin = await createModel({ ...variants.dropconnect('relu', 0.5), seed: SEED });
    const mask = await twin.mask(1, { step: 0 });
    await twin.dispose();
    const kept = mask.reduce((sum, bit) => sum + bit, 0).toLocaleString('en');
    await wordsBecome(reader, `^${kept} of 262,144 weights kept`);
    assert.equal(await reader.page.$eval('#unit-weights', (place) => place.hidden), false);
    await reader.click('#unit-step', { count: 3 });
    await reader.page.keyboard.type('7');
    await choose('none');
    await wordsBecome(reader, 'masks nothing');
    const box = () => reader.page.$eval('#unit-step', ({ value }) => value);
    assert.equal(await box(), '7', 'a new answer writes over what is being typed');
    await reader.page.keyboard.press('Enter');
    assert.equal(await box(), '7');
    assert.equal(await reader.page.$eval('#unit-weights', (place) => place.hidden), true);
  });

  test('counts confusions as the package does, and a cell opens just its images', async () => {
    await choose('article');
    await reader.page.waitForSelector('#confusion-table button');
    const twin = await twinOf('article');
    const { confusion } = await twin.evaluate(mnist.test);
    const { labels } = await twin.predict(mnist.test.images);
    await twin.dispose();
    const shown = (await rowsOf(reader, '#confusion-table')).map((row) => row.slice(1).map(Number));
    assert.deepEqual(shown.flat(), [...confusion]);

    const wrong = [...confusion.keys()].filter((i) => i % 11 !== 0 && confusion[i] > 0);
    const busiest = wrong.reduce((most, i) => (confusion[i] > confusion[most] ? i : most));
    for (const cell of [busiest, wrong[0], 0]) {
      const [label, answer] = [Math.floor(cell / CLASSES), cell % CLASSES];
      await reader.click(`#confusion-table button[data-label="${label}"][data-answer="${answer}"]`);
      const opened = await reader.page.$$eval('#confusion-images button', (buttons) =>
        buttons.map((button) => Number(button.dataset.index)),
      );
      assert.equal(opened.length, confusion[cell]);
      for (const index of opened) {
        assert.deepEqual([mnist.test.labels[index], labels[index]], [label, answer]);
      }
    }
  });

  test('a gallery is one stop of the Tab key, arrows move in it, Enter chooses', async () => {
    await choose('standard');
    await reader.page.waitForSelector('#uncertain-images button');
    const gallery = '#uncertain-images button';
    assert.equal((await reader.page.$$(`${gallery}[tabindex="0"]`)).length, 1);
    await reader.page.focus(gallery);
    for (const key of ['End', 'ArrowLeft']) await reader.page.keyboard.press(key);
    const index = await reader.page.evaluate(() => document.activeElement?.dataset.index);
    const all = await reader.page.$$eval(gallery, (nodes) => nodes.map((n) => n.dataset.index));
    assert.equal(index, all.at(-2));
    await reader.page.keyboard.press('Enter');
    await reader.page.waitForFunction(
      (wanted) => document.querySelector('#unit-image')?.value === wanted,
      {},
      index,
    );
    assert.match(await reader.text('#feature-digit'), new RegExp(`image ${index},`));
  });

  for (const variant of ['standard', 'article']) {
    test(`finds the images that the package is least sure of, ${variant}`, async () => {
      await choose(variant);
      await reader.page.waitForSelector('#uncertain-images button');
      const twin = await twinOf(variant);
      const whole = await twin.predict(mnist.test.images, { passes: 50 });
      await twin.dispose();
      for (const [column, key] of [
        [3, 'entropy'],
        [4, 'mutualInformation'],
      ]) {
        await reader.click(`#uncertain-by input[value="${key}"]`);
        const rows = await rowsOf(reader, '#uncertain-table');
        const expected = [...whole[key]].sort((a, b) => b - a).slice(0, rows.length);
        assertShown(
          rows.map((row) => numberOf(row[column])),
          expected,
          key,
        );
        for (const [index, digit, answer, entropy, information] of rows) {
          assert.equal(Number(digit), mnist.test.labels[Number(index)]);
          assert.equal(Number(answer), whole.labels[Number(index)]);
          assert.ok(numberOf(information) >= 0 && numberOf(entropy) <= Math.log(CLASSES) + 0.01);
          assert.ok(numberOf(information) <= numberOf(entropy));
        }
      }
    });
  }

  test('shows the weights of the units that the image drives most', async () => {
    await choose('standard');
    const twin = await twinOf('standard');
    const outputs = await twin.activations(await shownImage(), { layer: 0 });
    const { data } = (await twin.parameters())['layers.0.weight'];
    await twin.dispose();
    const expected = [...outputs].sort((a, b) => b - a).slice(0, 24);
    await reader.page.waitForFunction(
      (first) => document.querySelector('#feature-table tbody td')?.textContent === first,
      {},
      formatNumber(expected[0]),
    );
    const rows = await rowsOf(reader, '#feature-table');
    assertShown(
      rows.map((row) => numberOf(row[1])),
      expected,
      'output',
    );
    const unit = Number(rows[0][0]);
    const weights = data.subarray(784 * unit, 784 * (unit + 1));
    assertShown([numberOf(rows[0][3])], [Math.max(...weights)], 'largest weight');
    const greys = await reader.page.$eval('#feature-list canvas', (canvas) => {
      const context = /** @type {HTMLCanvasElement} */ (canvas).getContext('2d');
      return Array.from(context?.getImageData(0, 0, 28, 28).data ?? []).filter(
        (_, i) => i % 4 === 0,
      );
    });
    const most = Math.max(...weights.map(Math.abs));
    greys.forEach((grey, i) => {
      assert.ok(Math.abs(grey - 127.5 * (1 + weights[i] / most)) <= 1, `pixel ${i}`);
    });
  });

  test('has no barrier that axe-core knows, all of it open', async () => {
    await choose('dropconnect');
    await reader.page.waitForSelector('#uncertain-images button');
    await reader.click('#confusion-table button.wrong');
    await reader.page.$$eval('#inside details', (all) => all.forEach((one) => (one.open = true)));
    await assertNoBarriers(reader, '#inside');
  });
});
