/**
 * Values as squares (Hinton's diagram): the area is the size, filled is positive, an outline
 * negative, a small cross dropped. No colour is needed to tell them apart.
 */

import { cssColour } from '../looks.js';

/** Of a cell's side: what the largest value covers, and a cross. */
const LARGEST = 0.92;
const CROSS = 0.26;

/** Columns of the picture; layers here have 512 or 800 units. @param {number} units */
function columnsFor(units) {
  return units % 40 === 0 ? 40 : 32;
}

/**
 * @param {HTMLCanvasElement} canvas as wide as its place
 * @param {Float32Array} values
 * @param {{ most: number, dropped?: (unit: number) => boolean }} how `most`: the value of a full square
 */
export function drawSquares(canvas, values, { most, dropped }) {
  const columns = columnsFor(values.length);
  const rows = Math.ceil(values.length / columns);
  const cell = Math.max(1, Math.floor((canvas.clientWidth * devicePixelRatio) / columns));
  canvas.width = cell * columns;
  canvas.height = cell * rows;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.fillStyle = context.strokeStyle = cssColour('--ink');
  const faint = cssColour('--soft');
  for (const [unit, value] of values.entries()) {
    const x = cell * (unit % columns) + cell / 2;
    const y = cell * Math.floor(unit / columns) + cell / 2;
    if (dropped?.(unit)) {
      context.strokeStyle = faint;
      drawCross(context, x, y, cell * CROSS);
      context.strokeStyle = context.fillStyle;
    } else {
      drawSquare(context, x, y, cell * LARGEST * Math.sqrt(Math.abs(value) / most), value < 0);
    }
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} side @param {boolean} hollow */
function drawSquare(context, x, y, side, hollow) {
  const line = devicePixelRatio;
  if (!hollow) context.fillRect(x - side / 2, y - side / 2, side, side);
  else if (side > line) {
    context.lineWidth = line;
    const inner = side - line;
    context.strokeRect(x - inner / 2, y - inner / 2, inner, inner);
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} r */
function drawCross(context, x, y, r) {
  context.lineWidth = devicePixelRatio;
  context.beginPath();
  context.moveTo(x - r, y - r);
  context.lineTo(x + r, y + r);
  context.moveTo(x + r, y - r);
  context.lineTo(x - r, y + r);
  context.stroke();
}

/**
 * The unit under the pointer.
 * @param {HTMLCanvasElement} canvas
 * @param {PointerEvent} event
 * @param {number} units
 * @returns {number | undefined}
 */
export function unitAt(canvas, { offsetX, offsetY }, units) {
  const columns = columnsFor(units);
  const cell = canvas.clientWidth / columns;
  const unit = columns * Math.floor(offsetY / cell) + Math.floor(offsetX / cell);
  return unit >= 0 && unit < units ? unit : undefined;
}

/** @param {Float32Array[]} arrays @returns {number} the largest size in them */
export function mostOf(...arrays) {
  let most = 0;
  for (const values of arrays) for (const value of values) most = Math.max(most, Math.abs(value));
  return most || 1;
}
