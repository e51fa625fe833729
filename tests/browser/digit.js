/** A hand at the drawing pad, and what the page makes of its drawings. */

import assert from 'node:assert/strict';
import { scrollTo } from './sections.js';

/** @typedef {import('./page-driver.js').PageDriver} PageDriver */
/** @typedef {[number, number]} Place from the left and the top, of the pad's side */

const SIDE = 28;

/** @type {Place[]} */
export const THREE = [
  [0.3, 0.25],
  [0.45, 0.17],
  [0.62, 0.22],
  [0.66, 0.35],
  [0.5, 0.47],
  [0.66, 0.58],
  [0.68, 0.74],
  [0.5, 0.84],
  [0.3, 0.78],
];

/** Ink, as the network gets it. @param {PageDriver} reader */
export async function seenImage(reader) {
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

/** @param {PageDriver} reader @returns {Promise<(...place: Place) => Place>} where a place is on the screen */
export async function padBox(reader) {
  await scrollTo(reader, '#pad');
  const box = await (await reader.page.$('#pad'))?.boundingBox();
  assert.ok(box);
  return (x, y) => [box.x + x * box.width, box.y + y * box.height];
}

/** What is said when all that was asked is answered. @param {PageDriver} reader @param {() => Promise<unknown>} act */
export async function answered(reader, act) {
  await act();
  await reader.page.waitForSelector('.answer[aria-busy="false"]');
  return reader.text('#digit-words');
}

/** @param {PageDriver} reader */
export const clear = (reader) => answered(reader, () => reader.page.click('#pad-clear'));

/** @param {PageDriver} reader @param {string} table */
export async function rowsOf(reader, table) {
  return reader.page.$$eval(`${table} tbody tr`, (rows) =>
    rows.map((row) =>
      Array.from(row.children, (cell) => Number(cell.textContent?.replace('−', '-'))),
    ),
  );
}

/** Of the mouse. @param {PageDriver} reader @param {Place[]} places @param {Awaited<ReturnType<typeof padBox>>} [at] */
export async function stroke(reader, places, at) {
  at ??= await padBox(reader);
  await reader.page.mouse.move(...at(...places[0]));
  await reader.page.mouse.down();
  for (const place of places.slice(1)) await reader.page.mouse.move(...at(...place), { steps: 2 });
  await reader.page.mouse.up();
}

/**
 * The rows of an image as strokes, drawn in by the pen's radius, which is one of its pixels.
 * @param {Uint8Array} image
 * @returns {Place[][]}
 */
export function strokesOf(image) {
  /** @type {Place[][]} */
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
