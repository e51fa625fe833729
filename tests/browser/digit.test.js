/** "Draw a digit" in real Chromium: with the mouse, fingers, a pen and the keyboard. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createModel, loadMnist, variants } from '../../dist/index.js';
import { THREE, answered, clear, padBox, rowsOf, seenImage, stroke, strokesOf } from './digit.js';
import {
  assertNoBarriers,
  closePage,
  openPage,
  trainHere,
  trainInLaboratory,
  withPage,
} from './sections.js';
import { openSite } from './site.js';

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const PASSES = 100;

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** @type {Awaited<ReturnType<typeof loadMnist>>} */
let mnist;
/** The page's own model, trained in Node. @type {import('../../dist/index.js').Model} */
let twin;

before(async () => {
  site = await openSite();
  mnist = await loadMnist();
});

after(async () => {
  await twin?.dispose();
  await site?.close();
});

/** @param {number} index */
const imageOf = (index) => mnist.test.images.subarray(PIXELS * index, PIXELS * (index + 1));

/** @param {string} words */
const labelIn = (words) => Number(/it reads (\d)/.exec(words)?.[1]);

test('before any model, drawing a digit says so', () =>
  withPage(site, '', async (reader) => {
    assert.match(await reader.text('#digit-model .model-none'), /No model has been trained/);
    await reader.page.waitForFunction(() =>
      document.querySelector('#digit-words')?.textContent?.includes('No model'),
    );
  }));

test('variants of the laboratory answer, whichever is chosen', () =>
  withPage(
    site,
    '#v=1&network=relu&train-size=2000&epochs=1&seeds=1&variants=article,none,dropconnect',
    async (reader) => {
      await trainInLaboratory(reader);
      for (const variant of ['article', 'none', 'dropconnect']) {
        await reader.page.select('#digit-model-select', variant);
        await answered(reader, () => reader.page.click('#pad-put'));
        const rows = await rowsOf(reader, '#digit-table');
        const widest = Math.max(...rows.map(([, , , least, most]) => most - least));
        if (variant === 'none') assert.equal(widest, 0, 'there is no mask to differ by');
        else assert.ok(widest > 0.01, `the masks of ${variant} do not differ`);
      }
    },
  ));

describe('drawing a digit', () => {
  /** @type {import('./page-driver.js').PageDriver} */
  let reader;

  before(async () => {
    reader = await openPage(site, '');
    await trainHere(reader, 'digit');
    twin = await createModel({ ...variants.standard('relu'), seed: 1 });
    await twin.fit(mnist.train, { epochs: 1 });
  });

  after(async () => {
    await closePage(reader);
  });

  test('a test image on the pad is what the network gets, and the answer is the package’s', async () => {
    const words = await answered(reader, () => reader.page.click('#pad-put'));
    const image = imageOf(0);
    assert.deepEqual(await seenImage(reader), image);
    const { probabilities, labels } = await twin.predict(image);
    const passes = await twin.predict(image, { passes: PASSES });
    const near = (/** @type {number} */ shown, /** @type {number} */ expected) =>
      assert.ok(Math.abs(shown - expected) <= 0.006 * expected, `${shown}, ${expected}`);
    for (const [digit, evaluation, mean, least, most] of await rowsOf(reader, '#digit-table')) {
      near(evaluation, probabilities[digit]);
      near(mean, passes.probabilities[digit]);
      assert.ok(least >= 0 && least <= most && most <= 1);
    }
    assert.equal(labelIn(words), labels[0]);
  });

  test('a drawing of another hand, size and place is an image like MNIST’s', async () => {
    await clear(reader);
    const words = await answered(reader, () =>
      stroke(
        reader,
        THREE.map(([x, y]) => [0.35 + 0.4 * x, 0.05 + 0.4 * y]),
      ),
    );
    assert.equal(labelIn(words), 3);
    const image = await seenImage(reader);
    const centre = [0, 0];
    const mass = image.reduce((sum, value) => sum + value, 0);
    image.forEach((value, i) => {
      centre[0] += (value * (i % SIDE)) / mass;
      centre[1] += (value * Math.floor(i / SIDE)) / mass;
    });
    for (const at of centre) assert.ok(Math.abs(at - 14) <= 0.51, `centre of mass at ${centre}`);
    const rows = [...image.keys()].filter((i) => image[i] > 0).map((i) => Math.floor(i / SIDE));
    assert.equal(Math.max(...rows) - Math.min(...rows) + 1, 20);
  });

  test('drawn by strokes of the mouse, test images are read as they are labelled', async (t) => {
    const indices = [0, 1, 2, 3, 4, 25];
    const read = [];
    for (const index of indices) {
      await clear(reader);
      const words = await answered(reader, async () => {
        const at = await padBox(reader);
        for (const places of strokesOf(imageOf(index))) await stroke(reader, places, at);
      });
      read.push(labelIn(words));
    }
    const labels = indices.map((index) => mnist.test.labels[index]);
    t.diagnostic(`labels ${labels}, read as ${read}`);
    assert.deepEqual(read, labels);
  });

  test('a finger draws, and does not scroll the page', async () => {
    await clear(reader);
    const at = await padBox(reader);
    const before = await reader.page.evaluate(() => scrollY);
    await answered(reader, async () => {
      const finger = await reader.page.touchscreen.touchStart(...at(0.5, 0.15));
      for (const y of [0.3, 0.45, 0.6, 0.75, 0.9]) await finger.move(...at(0.5, y));
      await finger.end();
    });
    assert.equal(labelIn(await reader.text('#digit-words')), 1);
    assert.equal(await reader.page.evaluate(() => scrollY), before);
  });

  test('a pen that is pressed harder draws broader', async () => {
    const widths = [];
    for (const pressure of [0.2, 0.9]) {
      await clear(reader);
      await padBox(reader);
      await answered(reader, () => reader.page.evaluate(drawWithPen, pressure));
      widths.push(await reader.page.$eval('#pad', inkOf));
    }
    assert.ok(widths[1] > 1.3 * widths[0], `ink ${widths}`);
  });

  test('the keyboard draws, clears, and leaves the pad', async () => {
    await clear(reader);
    await reader.page.focus('#pad');
    const press = async (/** @type {string} */ key, times = 1) => {
      for (let i = 0; i < times; i++) await reader.page.keyboard.press(key);
    };
    await press('ArrowUp', 10);
    const words = await answered(reader, async () => {
      await press('Space');
      await press('ArrowDown', 20);
      await press('Space');
    });
    assert.equal(labelIn(words), 1);
    const cleared = await answered(reader, () => press('Delete'));
    assert.match(cleared, /Nothing is drawn/);
    await press('Tab');
    assert.equal(await reader.page.evaluate(() => document.activeElement?.id), 'pad-clear');
  });

  test('undo takes back a stroke, and a whole drawing', async () => {
    await clear(reader);
    await answered(reader, () => stroke(reader, THREE));
    const three = await seenImage(reader);
    await answered(reader, () =>
      stroke(reader, [
        [0.1, 0.1],
        [0.9, 0.9],
      ]),
    );
    assert.notDeepEqual(await seenImage(reader), three);
    await answered(reader, () => reader.page.click('#pad-undo'));
    assert.deepEqual(await seenImage(reader), three);
    await clear(reader);
    await answered(reader, () => reader.page.click('#pad-undo'));
    assert.deepEqual(await seenImage(reader), three);
  });

  test('has no barrier that axe-core knows', async () => {
    await reader.page.$$eval('#digit details', (all) => all.forEach((one) => (one.open = true)));
    await assertNoBarriers(reader, '#digit');
  });
});

/** Runs in the page. @param {number} pressure */
function drawWithPen(pressure) {
  const pad = /** @type {HTMLCanvasElement} */ (document.querySelector('#pad'));
  const { left, top, width } = pad.getBoundingClientRect();
  pad.setPointerCapture = () => {}; // No such pointer is active.
  const send = (/** @type {string} */ type, /** @type {number} */ y) =>
    pad.dispatchEvent(
      new PointerEvent(type, {
        pointerId: 7,
        pointerType: 'pen',
        pressure,
        button: type === 'pointermove' ? -1 : 0,
        clientX: left + width / 2,
        clientY: top + y * width,
      }),
    );
  send('pointerdown', 0.2);
  send('pointermove', 0.8);
  send('pointerup', 0.8);
}

/** Runs in the page: pixels of ink. @param {Element} pad */
function inkOf(pad) {
  const canvas = /** @type {HTMLCanvasElement} */ (pad);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, i) => i % 4 === 3 && value > 127).length;
}
