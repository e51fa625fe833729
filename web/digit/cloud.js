/** Probabilities by digit: a bar with masks off, a dot a mask, a tick at their mean. */

import { formatNumber } from '../../js/report.js';
import { canvasFont, drawAt, withOpacity } from '../canvas.js';
import { table } from '../dom.js';
import { DIGITS } from '../inside/images.js';
import { cssColour, lookOf } from '../looks.js';

/** CSS pixels. */
const ROW = 30;
const LEFT = 26;
const RIGHT = 58;
const FOOT = 34;
const DOT = 2.6;
/** Of a row's height: what its dots spread over, and its bar. */
const SPREAD = 0.62;
const BAR = 0.7;
/** Spreads dots evenly in whichever number they come. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** @typedef {import('./answer.js').Answer} Answer */

/**
 * @param {HTMLCanvasElement} canvas as wide as its place
 * @param {Answer | undefined} answer undefined: axes alone
 * @param {string} variant whose colour and marker the dots have
 */
export function drawCloud(canvas, answer, variant) {
  const scale = devicePixelRatio;
  const width = canvas.clientWidth;
  const height = DIGITS * ROW + FOOT;
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.style.height = `${height}px`;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.scale(scale, scale);
  const place = (/** @type {number} */ p) => LEFT + p * (width - LEFT - RIGHT);
  drawAxis(context, place);
  for (let digit = 0; digit < DIGITS; digit++) {
    drawRow(context, { digit, answer, variant, place, y: digit * ROW + ROW / 2 });
  }
}

/** `canvasFont` counts in device pixels. @param {number} weight */
const font = (weight) =>
  canvasFont(weight).replace(/[\d.]+px/, (px) => `${parseFloat(px) / devicePixelRatio}px`);

/** @param {CanvasRenderingContext2D} context @param {(p: number) => number} place */
function drawAxis(context, place) {
  context.font = font(400);
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  for (const p of [0, 0.25, 0.5, 0.75, 1]) {
    context.fillStyle = cssColour('--grid');
    context.fillRect(place(p), 0, 1, DIGITS * ROW);
    context.fillStyle = cssColour('--soft');
    context.fillText(String(p), place(p), DIGITS * ROW + 14);
  }
  context.fillText('probability', place(0.5), DIGITS * ROW + 30);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ digit: number, answer: Answer | undefined, variant: string, place: (p: number) => number, y: number }} row
 */
function drawRow(context, { digit, answer, variant, place, y }) {
  const isAnswer = answer?.label === digit;
  context.fillStyle = cssColour('--ink');
  context.font = font(isAnswer ? 700 : 400);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(String(digit), 4, y);
  if (!answer) return;
  const [left, end] = [place(0), place(answer.evaluation[digit])];
  context.fillText(probabilityText(answer.evaluation[digit]), place(1) + 10, y);
  context.fillStyle = withOpacity(cssColour('--ink'), 0.16);
  context.fillRect(left, y - (ROW * BAR) / 2, end - left, ROW * BAR);
  context.fillStyle = withOpacity(cssColour(lookOf(variant).colour), 0.6);
  const shape = new Path2D(lookOf(variant).marker);
  answer.cloud.forEach((probabilities, i) => {
    const shift = (((i * GOLDEN) % 1) - 0.5) * SPREAD * ROW;
    drawAt(context, shape, place(probabilities[digit]), y + shift, DOT);
  });
  context.fillStyle = cssColour('--ink');
  context.fillRect(place(answer.mean[digit]) - 1, y - ROW * 0.42, 2, ROW * 0.84);
}

/** Three digits, and no pretence of 0 or 1. @param {number} p */
export function probabilityText(p) {
  if (p < 0.001) return '< 0.001';
  return p > 0.999 ? '> 0.999' : formatNumber(p);
}

/** @param {Answer} answer */
export function answerTable({ evaluation, mean, cloud }) {
  return table({
    head: ['digit', 'evaluation', 'mean over masks', 'least', 'most'],
    rows: Array.from({ length: DIGITS }, (_, digit) => {
      const under = cloud.map((probabilities) => probabilities[digit]);
      const figures = [evaluation[digit], mean[digit], Math.min(...under), Math.max(...under)];
      return [String(digit), ...figures.map(formatNumber)];
    }),
  });
}
