/** "Draw a digit" in real Chromium: with the mouse, fingers, a pen and the keyboard. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createModel, loadMnist, variants } from '../../dist/index.js';
import { openSite } from './site.js';
import {
  assertNoBarriers,
  closePage,
  openPage,
  scrollTo,
  trainHere,
  trainInLaboratory,
  withPage,
} from './sections.js';

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const PASSES = 100;
const MOST = Math.log(10);

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** @type {Awaited<ReturnType<typeof loadMnist>>} */
let mnist;
/** The page's own model, trained in Node. @type {import('../../dist/index.js').Model} */
let twin;
/** @type {import('./page-driver.js').PageDriver} */
let reader;

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

/** Ink, as the network gets it. */
async function seenImage() {
  const values = await reader.page.$eval('#digit-seen', (node) => {
    const canvas = /** @type {HTMLCanvasElement} */ (node);
    const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')).getImageData(
      0,
      0,
      canvas.width,
      canvas.height,
    );
    return Array.from(data).filter((_, i) => i % 4 === 3);
  });
  return Uint8Array.from(values);
}

async function padBox() {
  await scrollTo(reader, '#pad');
  const box = await (await reader.page.$('#pad'))?.boundingBox();
  assert.ok(box);
  return (/** @type {number} */ x, /** @type {number} */ y) =>
    /** @type {[number, number]} */ ([box.x + x * box.width, box.y + y * box.height]);
}

/** What is said when all that was asked is answered. @param {() => Promise<unknown>} act */
async function answered(act) {
  await act();
  await reader.page.waitForSelector('.answer[aria-busy="false"]');
  return reader.text('#digit-words');
}

const clear = () => answered(() => reader.page.click('#pad-clear'));

/** @param {string} words */
const labelIn = (words) => Number(/it reads (\d)/.exec(words)?.[1]);

/** @param {string} place */
async function rowsOf(place) {
  return reader.page.$$eval(`${place} tbody tr`, (rows) =>
    rows.map((row) =>
      Array.from(row.children, (cell) => Number(cell.textContent?.replace('−', '-'))),
    ),
  );
}

/** A stroke of the mouse. @param {[number, number][]} places from 0 to 1 @param {Awaited<ReturnType<typeof padBox>>} [at] */
async function stroke(places, at) {
  at ??= await padBox();
  await reader.page.mouse.move(...at(...places[0]));
  await reader.page.mouse.down();
  for (const place of places.slice(1)) await reader.page.mouse.move(...at(...place), { steps: 2 });
  await reader.page.mouse.up();
}

/**
 * The rows of an image as strokes, drawn in by the pen's radius, which is one of its pixels.
 * @param {Uint8Array} image
 * @returns {[number, number][][]}
 */
function strokesOf(image) {
  /** @type {[number, number][][]} */
  const strokes = [];
  const inked = (/** @type {number} */ x, /** @type {number} */ y) => image[SIDE * y + x] >= 128;
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      if (!inked(x, y) || inked(x - 1, y)) continue;
      let end = x;
      while (inked(end + 1, y)) end += 1;
      const [left, right] = end - x > 1 ? [x + 1, end] : [(x + end + 1) / 2, (x + end + 1) / 2];
      strokes.push([
        [left / SIDE, (y + 0.5) / SIDE],
        [right / SIDE, (y + 0.5) / SIDE],
      ]);
    }
  }
  return strokes;
}

const THREE = /** @type {[number, number][]} */ ([
  [0.3, 0.25],
  [0.45, 0.17],
  [0.62, 0.22],
  [0.66, 0.35],
  [0.5, 0.47],
  [0.66, 0.58],
  [0.68, 0.74],
  [0.5, 0.84],
  [0.3, 0.78],
]);

test('before any model, drawing a digit says so', () =>
  withPage(site, '', async (page) => {
    assert.match(await page.text('#digit-model .model-none'), /No model has been trained/);
    await page.page.waitForFunction(() =>
      document.querySelector('#digit-words')?.textContent?.includes('No model'),
    );
  }));

test('variants of the laboratory answer, whichever is chosen', () =>
  withPage(
    site,
    '#v=1&network=relu&train-size=2000&epochs=1&seeds=1&variants=article,none,dropconnect',
    async (page) => {
      reader = page;
      await trainInLaboratory(page);
      for (const variant of ['article', 'none', 'dropconnect']) {
        await page.page.select('#digit-model-select', variant);
        await answered(() => page.page.click('#pad-put'));
        const rows = await rowsOf('#digit-table');
        const widest = Math.max(...rows.map(([, , , least, most]) => most - least));
        if (variant === 'none') assert.equal(widest, 0, 'there is no mask to differ by');
        else assert.ok(widest > 0.01, `the masks of ${variant} do not differ`);
      }
    },
  ));

describe('drawing a digit', () => {
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
    const words = await answered(() => reader.page.click('#pad-put'));
    const image = imageOf(0);
    assert.deepEqual(await seenImage(), image);
    const { probabilities, labels } = await twin.predict(image);
    const passes = await twin.predict(image, { passes: PASSES });
    const near = (/** @type {number} */ shown, /** @type {number} */ expected) =>
      assert.ok(Math.abs(shown - expected) <= 0.006 * expected, `${shown}, ${expected}`);
    for (const [digit, evaluation, mean, least, most] of await rowsOf('#digit-table')) {
      near(evaluation, probabilities[digit]);
      near(mean, passes.probabilities[digit]);
      assert.ok(least >= 0 && least <= most && most <= 1);
    }
    assert.equal(labelIn(words), labels[0]);
  });

  test('a drawing of another hand, size and place is an image like MNIST’s', async () => {
    await clear();
    const words = await answered(() =>
      stroke(THREE.map(([x, y]) => [0.35 + 0.4 * x, 0.05 + 0.4 * y])),
    );
    assert.equal(labelIn(words), 3);
    const image = await seenImage();
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
      await clear();
      const words = await answered(async () => {
        const at = await padBox();
        for (const places of strokesOf(imageOf(index))) await stroke(places, at);
      });
      read.push(labelIn(words));
    }
    const labels = indices.map((index) => mnist.test.labels[index]);
    t.diagnostic(`labels ${labels}, read as ${read}`);
    assert.deepEqual(read, labels);
  });

  test('a finger draws, and does not scroll the page', async () => {
    await clear();
    const at = await padBox();
    const before = await reader.page.evaluate(() => scrollY);
    await answered(async () => {
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
      await clear();
      await padBox();
      await answered(() => reader.page.evaluate(drawWithPen, pressure));
      widths.push(await reader.page.$eval('#pad', inkOf));
    }
    assert.ok(widths[1] > 1.3 * widths[0], `ink ${widths}`);
  });

  test('the keyboard draws, clears, and leaves the pad', async () => {
    await clear();
    await reader.page.focus('#pad');
    const press = async (/** @type {string} */ key, times = 1) => {
      for (let i = 0; i < times; i++) await reader.page.keyboard.press(key);
    };
    await press('ArrowUp', 10);
    const words = await answered(async () => {
      await press('Space');
      await press('ArrowDown', 20);
      await press('Space');
    });
    assert.equal(labelIn(words), 1);
    const cleared = await answered(() => press('Delete'));
    assert.match(cleared, /Nothing is drawn/);
    await press('Tab');
    assert.equal(await reader.page.evaluate(() => document.activeElement?.id), 'pad-clear');
  });

  test('undo takes back a stroke, and a whole drawing', async () => {
    await clear();
    await answered(() => stroke(THREE));
    const three = await seenImage();
    await answered(() =>
      stroke([
        [0.1, 0.1],
        [0.9, 0.9],
      ]),
    );
    assert.notDeepEqual(await seenImage(), three);
    await answered(() => reader.page.click('#pad-undo'));
    assert.deepEqual(await seenImage(), three);
    await clear();
    await answered(() => reader.page.click('#pad-undo'));
    assert.deepEqual(await seenImage(), three);
  });

  test('turned, the drawing is as uncertain as the curve says, within 0 and ln 10', async (t) => {
    await clear();
    await answered(() => stroke(THREE));
    const upright = await seenImage();
    const rows = await rowsOf('#turn-table');
    assert.deepEqual(
      rows.map(([angle]) => angle),
      Array.from({ length: 25 }, (_, i) => 15 * i - 180),
    );
    for (const [angle, entropy, information] of rows) {
      assert.ok(information >= 0 && information <= entropy && entropy <= MOST, `at ${angle}`);
    }
    assert.ok(
      new Set(rows.map(([, entropy]) => entropy)).size > 10,
      'the curve does not follow the angle',
    );
    const [angle, entropy, information] = rows.reduce((most, row) =>
      row[1] > most[1] ? row : most,
    );
    const words = await answered(async () => {
      await reader.click('#turn-box', { count: 3 });
      await reader.page.keyboard.type(String(angle));
      await reader.page.keyboard.press('Enter');
    });
    assert.notDeepEqual(await seenImage(), upright);
    const [, said, mutual] = /Entropy (\S+) nats .* information (\S+)\.$/.exec(words) ?? [];
    assert.deepEqual([Number(said), Number(mutual)], [entropy, information]);
    const own = await twin.predict(await seenImage(), { passes: PASSES });
    assert.ok(Math.abs(own.entropy[0] - entropy) <= 0.006 * entropy);
    t.diagnostic(`most uncertain at ${angle} degrees: ${entropy} nats`);
    const turnedBack = rows.find(([at]) => at === 0)?.[1] ?? NaN;
    assert.ok(entropy > turnedBack, 'upright is the most uncertain');
  });

  test('the slider turns at every step of the arrow keys, and drawing on keeps what is seen', async () => {
    await clear();
    await answered(() => stroke(THREE));
    await reader.page.focus('#turn');
    await answered(async () => {
      for (let i = 0; i < 6; i++) await reader.page.keyboard.press('ArrowRight');
    });
    assert.equal(await reader.page.$eval('#turn-box', (box) => box.value), '30');
    const turned = await seenImage();
    await answered(() =>
      stroke([
        [0.5, 0.5],
        [0.5, 0.5],
      ]),
    );
    assert.equal(await reader.page.$eval('#turn-box', (box) => box.value), '0');
    const difference = (await seenImage()).reduce(
      (sum, value, i) => sum + Math.abs(value - turned[i]),
      0,
    );
    const ink = turned.reduce((sum, value) => sum + value, 0);
    assert.ok(difference < 0.35 * ink, `${difference} of ${ink}`);
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
