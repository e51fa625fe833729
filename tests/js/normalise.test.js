/** Drawings become images as MNIST's were made: its own images, moved and enlarged, come back. */

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { loadMnist } from '../../dist/index.js';
import { normalise } from '../../web/digit/normalise.js';
import { SIDE } from '../../web/inside/images.js';

const PIXELS = SIDE * SIDE;

/** @type {import('../../dist/index.js').Dataset} */
let images;

before(async () => {
  images = (await loadMnist()).test;
});

/** @param {number} index */
const imageOf = (index) => images.images.subarray(PIXELS * index, PIXELS * (index + 1));

/** @param {Uint8Array} image @param {number} scale whole @param {{ left: number, top: number, size: number }} place */
function enlarged(image, scale, { left, top, size }) {
  const ink = new Uint8Array(size * size);
  for (let y = 0; y < SIDE * scale; y++) {
    for (let x = 0; x < SIDE * scale; x++) {
      const value = image[SIDE * Math.floor(y / scale) + Math.floor(x / scale)];
      if (value > 0) ink[size * (y + top) + x + left] = value;
    }
  }
  return ink;
}

/** @param {ArrayLike<number>} image */
function centreOf(image) {
  let [mass, x, y] = [0, 0, 0];
  for (let i = 0; i < PIXELS; i++) {
    mass += image[i];
    x += image[i] * (i % SIDE);
    y += image[i] * Math.floor(i / SIDE);
  }
  return [x / mass, y / mass];
}

/** Longer side of the frame around all ink. @param {ArrayLike<number>} image */
function longSide(image) {
  const inked = Array.from({ length: PIXELS }, (_, i) => i).filter((i) => image[i] > 0);
  const spanOf = (/** @type {number[]} */ at) => Math.max(...at) - Math.min(...at) + 1;
  return Math.max(
    spanOf(inked.map((i) => i % SIDE)),
    spanOf(inked.map((i) => Math.floor(i / SIDE))),
  );
}

/** All but a few of MNIST's images are 20 pixels long; one of 19 would not come back. */
const isTypical = (/** @type {Uint8Array} */ image) => longSide(image) === 20;

test('MNIST’s images come back to the bit, moved anywhere and enlarged by whole factors', (t) => {
  const places = [
    { scale: 1, left: 0, top: 0, size: 28 },
    { scale: 1, left: 5, top: 31, size: 60 },
    { scale: 3, left: 19, top: 2, size: 110 },
    { scale: 10, left: 0, top: 0, size: 280 },
  ];
  let compared = 0;
  for (let index = 0; index < images.samples; index += 20) {
    if (!isTypical(imageOf(index))) continue;
    const { scale, ...place } = places[(index / 20) % places.length];
    assert.deepEqual(normalise(enlarged(imageOf(index), scale, place), place.size), imageOf(index));
    compared += 1;
  }
  t.diagnostic(`${compared} images`);
  assert.ok(compared >= 495);
});

/** Every pixel's value at fractional places, the mean over where it lies. @param {Uint8Array} image @param {number} factor below 2 */
function stretched(image, factor) {
  const size = Math.ceil(SIDE * factor);
  return Uint8Array.from({ length: size * size }, (_, i) => {
    const [x, y] = [i % size, Math.floor(i / size)].map((at) => Math.floor((at + 0.5) / factor));
    return x < SIDE && y < SIDE ? image[SIDE * y + x] : 0;
  });
}

/**
 * The share of ink that differs. A centre of mass halfway between two pixels may go to either, so an
 * image may also be one pixel away.
 * @param {Uint8Array} image
 * @param {Uint8Array} original
 */
function changed(image, original) {
  const ink = original.reduce((sum, value) => sum + value, 0);
  const shifts = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((across) => SIDE * down + across));
  const differences = shifts.map((shift) =>
    image.reduce((sum, value, i) => sum + Math.abs(value - (original[i + shift] ?? 0)), 0),
  );
  return Math.min(...differences) / ink;
}

test('at fractional factors: 20 pixels long, centre of mass at (14, 14), ink where it was', (t) => {
  let [farthest, worst] = [0, 0];
  for (let index = 0; index < images.samples; index += 100) {
    const original = imageOf(index);
    if (!isTypical(original)) continue;
    const image = normalise(stretched(original, 5.3), Math.ceil(SIDE * 5.3));
    assert.equal(longSide(image), 20);
    for (const at of centreOf(image)) farthest = Math.max(farthest, Math.abs(at - 14));
    worst = Math.max(worst, changed(image, original));
  }
  t.diagnostic(
    `centre within ${farthest.toFixed(3)} pixels, ${worst.toFixed(3)} of the ink changed`,
  );
  assert.ok(farthest <= 0.51);
  assert.ok(worst <= 0.15);
});

test('keeps the aspect ratio, and all ink in the field', () => {
  const size = 280;
  const line = new Uint8Array(size * size);
  for (let y = 40; y < 240; y++) line.fill(255, size * y + 100, size * y + 120);
  const image = normalise(line, size);
  assert.equal(
    image.filter((value) => value === 255).length,
    20 * 2,
    'a line of 200 x 20 is one of 20 x 2',
  );
  // A heavy end draws the centre of mass to itself: the light end must not fall off the field.
  const heavy = line.slice();
  for (let y = 200; y < 240; y++) heavy.fill(255, size * y + 20, size * y + 200);
  const [before, after] = [line, heavy].map((ink) => longSide(normalise(ink, size)));
  assert.deepEqual([before, after], [20, 20]);
});

test('a dot is drawn, and nothing is nothing', () => {
  assert.equal(normalise(new Uint8Array(100), 10), undefined);
  const dot = new Uint8Array(100);
  dot[37] = 255;
  assert.equal(normalise(dot, 10).filter((value) => value === 255).length, 20 * 20);
});
