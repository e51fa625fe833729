/** What all charts draw with: axes in the page's type, logarithmic ticks, markers, labels. */

import { cssColour } from './looks.js';

const FONT_SIZE = 13;
const FAMILY = "'Source Sans 3', sans-serif";

/** Of text drawn by hand, in device pixels. @param {number} weight */
export function canvasFont(weight) {
  return `${weight} ${FONT_SIZE * devicePixelRatio}px ${FAMILY}`;
}

/** In CSS pixels, on either side of a letter. */
const RIM = 3;

/**
 * Words with a rim of paper, so that no line runs through them.
 * @param {CanvasRenderingContext2D} ctx
 * @param {string} words
 * @param {number} x
 * @param {number} y
 */
export function drawWords(ctx, words, x, y) {
  ctx.save();
  ctx.strokeStyle = cssColour('--paper');
  ctx.lineWidth = 2 * RIM * devicePixelRatio;
  ctx.lineJoin = 'round';
  ctx.setLineDash([]);
  ctx.strokeText(words, x, y);
  ctx.restore();
  ctx.fillText(words, x, y);
}

const AXIS_NUMBERS = new Intl.NumberFormat('en', { maximumFractionDigits: 6 });

/** With thousands apart and a true minus sign. @param {number | null} value */
function axisNumber(value) {
  return value === null ? '' : AXIS_NUMBERS.format(value).replace('-', '−');
}

/** Colours are asked for at every draw, so that a change of scheme needs only a redraw. */
export function axisStyle() {
  return {
    font: `${FONT_SIZE}px ${FAMILY}`,
    labelFont: `${FONT_SIZE}px ${FAMILY}`,
    stroke: () => cssColour('--soft'),
    grid: { stroke: () => cssColour('--grid'), width: 1 },
    ticks: { show: false },
    values: (/** @type {any} */ _, /** @type {(number | null)[]} */ splits) =>
      splits.map(axisNumber),
  };
}

/** The round numbers of a logarithmic axis. */
const LOG_STEPS = Array.from({ length: 9 }, (_, i) => i - 6).flatMap((power) =>
  [1, 2, 5].map((digit) => Number(`${digit}e${power}`)),
);

/** Where fewer of them are in view, they are no scale. */
const MIN_LOG_STEPS = 3;

/** Ticks at 1, 2 and 5 of every power of ten, all of them named; even ones where few of these are in view. */
export const LOG_AXIS = {
  /** @param {any} _ @param {number} __ @param {number} low @param {number} high */
  splits: (_, __, low, high) => {
    const steps = LOG_STEPS.filter((step) => step >= low * 0.999 && step <= high * 1.001);
    return steps.length < MIN_LOG_STEPS ? evenSteps(low, high) : steps;
  },
  /** @param {any} _ @param {number[]} splits */
  filter: (_, splits) => splits,
  /** @param {any} _ @param {number[]} splits */
  values: (_, splits) => splits.map(String),
};

/** Four to ten round numbers, evenly apart. @param {number} low @param {number} high */
function evenSteps(low, high) {
  const unit = 10 ** Math.floor(Math.log10(high - low));
  const step = [0.1, 0.2, 0.5, 1].map((part) => part * unit).find((one) => (high - low) / one < 10);
  const first = Math.ceil(low / (step ?? unit));
  const last = Math.floor(high / (step ?? unit));
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * (step ?? unit)).toPrecision(6)),
  );
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Path2D} shape in a box from -1 to 1
 * @param {number} x
 * @param {number} y
 * @param {number} radius in device pixels
 */
export function drawAt(ctx, shape, x, y, radius) {
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(radius, radius);
  ctx.fill(shape);
  ctx.restore();
}

/**
 * Places at least `gap` apart and within bounds, as near to the wanted ones as one pass each way
 * brings them.
 * @param {number[]} wanted ascending
 * @param {number} gap
 * @param {number} top
 * @param {number} bottom
 */
export function spread(wanted, gap, top, bottom) {
  const places = [...wanted];
  for (let i = 0; i < places.length; i++) {
    places[i] = Math.max(places[i], i === 0 ? top : places[i - 1] + gap);
  }
  for (let i = places.length - 1; i >= 0; i--) {
    places[i] = Math.min(places[i], i === places.length - 1 ? bottom : places[i + 1] - gap);
  }
  return places;
}

/** @param {string} colour as `#rrggbb` @param {number} opacity 0 to 1 */
export function withOpacity(colour, opacity) {
  return `${colour}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`;
}
