/** A step's mask in words, and as a picture where it falls on weights. */

import { formatNumber } from '../../js/report.js';
import { cssColour } from '../looks.js';

/** @typedef {ReturnType<typeof import('../trained.js').droppedLayer>} Layer */

/**
 * @param {import('../../js/layers.js').Spec} spec
 * @param {Layer} layer
 * @param {Uint8Array | Float32Array | undefined} mask
 * @returns {string} one sentence
 */
export function keptWords(spec, { index, masks, p }, mask) {
  if (mask === undefined) return 'This variant masks nothing: a training step sees every unit.';
  if (masks === 'factors') {
    const sorted = Float32Array.from(mask).sort();
    const [least, most] = [sorted[0], sorted[sorted.length - 1]].map(formatNumber);
    return `Nothing is dropped: each unit has a factor around 1, here from ${least} to ${most}.`;
  }
  let kept = 0;
  for (const bit of mask) kept += bit;
  const share = ((100 * kept) / mask.length).toFixed(1);
  const what = masks === 'weights' ? 'weights' : 'units';
  const counted = `${kept.toLocaleString('en')} of ${mask.length.toLocaleString('en')} ${what} kept`;
  const expected = Number((100 * (1 - p)).toPrecision(3));
  return `${counted}, ${share} %; p = ${p} expects ${expected} %. ${scalingWords(spec, index)}`;
}

/** @param {import('../../js/layers.js').Spec} spec @param {number} index */
function scalingWords({ layers }, index) {
  const layer = layers[index];
  if (layer.type === 'alphaDropout') {
    return 'A dropped unit gives a fixed number, and the rest are moved to keep mean and variance.';
  }
  const { p, scaling } =
    layer.type === 'dense' ? (layer.dropConnect ?? { p: 0, scaling: '' }) : Object(layer);
  const factor = formatNumber(1 / (1 - p));
  if (scaling === 'train') return `What is kept is multiplied by 1/(1 − p) = ${factor}.`;
  if (scaling === 'eval') return `Evaluation multiplies by 1 − p = ${formatNumber(1 - p)} instead.`;
  return 'What is kept stays as it is, and evaluation is not scaled either.';
}

/** Kept weights as ink. @param {HTMLCanvasElement} canvas @param {ArrayLike<number>} mask [units, inputs] @param {number} units */
export function drawBits(canvas, mask, units) {
  canvas.height = units;
  canvas.width = mask.length / units;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const picture = context.createImageData(canvas.width, canvas.height);
  const ink = cssColour('--ink');
  const rgb = [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16));
  for (let i = 0; i < mask.length; i++) {
    picture.data.set([...rgb, mask[i] === 0 ? 0 : 255], 4 * i);
  }
  context.putImageData(picture, 0, 0);
}
