/** Images of MNIST's size, and such images as small canvases. */

import { element } from '../dom.js';

export const SIDE = 28;
export const PIXELS = SIDE * SIDE;
/** What they show; a network may have further outputs. */
export const DIGITS = 10;

/**
 * Ink on nothing, so that the page's paper shows through; style.css turns the ink white at night.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} image 784 bytes, 0 paper to 255 ink
 */
export function drawDigit(canvas, image) {
  draw(canvas, (data) => {
    for (let i = 0; i < PIXELS; i++) data[4 * i + 3] = image[i];
  });
}

/**
 * Weights as greys: 0 is mid grey, the largest of either sign white or black.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} weights 784
 */
export function drawWeights(canvas, weights) {
  const most = weights.reduce((max, weight) => Math.max(max, Math.abs(weight)), 0) || 1;
  draw(canvas, (data) => {
    for (let i = 0; i < PIXELS; i++) {
      const grey = 127.5 * (1 + weights[i] / most);
      data.set([grey, grey, grey, 255], 4 * i);
    }
  });
}

/** @param {HTMLCanvasElement} canvas @param {(data: Uint8ClampedArray) => void} fill RGBA */
function draw(canvas, fill) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const picture = context.createImageData(SIDE, SIDE);
  fill(picture.data);
  context.putImageData(picture, 0, 0);
}

/** @param {Record<string, any>} [properties] @returns {HTMLCanvasElement} */
export function smallCanvas(properties = {}) {
  return element('canvas', { width: SIDE, height: SIDE, ...properties });
}

/** @param {Uint8Array} image @returns {HTMLCanvasElement} said in words beside it */
export function digitCanvas(image) {
  const canvas = smallCanvas({ class: 'digit-image', 'aria-hidden': 'true' });
  drawDigit(canvas, image);
  return canvas;
}

/** @param {import('../../js/index.js').Dataset} data @param {number} index @returns {Uint8Array} a view */
export function imageOf({ images }, index) {
  return /** @type {Uint8Array} */ (images.subarray(PIXELS * index, PIXELS * (index + 1)));
}
