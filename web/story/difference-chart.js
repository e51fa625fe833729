/** Paired differences with their intervals on one axis, a row each; SVG, drawn anew at any width. */

import { isShown } from '../../js/report.js';
import { svgElement } from '../dom.js';
import { lookOf } from '../looks.js';

const ROW = 62;
/** In a narrow picture the figures stand below the name. */
const NARROW_ROW = 80;
/** Of a narrow row's height, what the words take. */
const NARROW_WORDS = 44;
const TOP = 26;
const BOTTOM = 30;
const SIDE = 14;
const MARKER = 6;
/** Below this width words beside a name would reach over zero, and every other tick is named. */
const NARROW = 960;

/**
 * @typedef {object} Bar
 * @property {string} label
 * @property {{ mean: number, interval: [number, number] } | undefined} difference undefined: not shown yet
 * @property {string} text the difference in words
 */

/**
 * @typedef {object} Drawing
 * @property {Bar[]} bars
 * @property {[number, number]} range
 * @property {number[]} ticks
 * @property {[string, string]} sides names of both sides of zero
 * @property {string} variant
 * @property {string} label for those who do not see it
 */

/** @param {Drawing} drawing @param {number} width in CSS pixels @returns {SVGSVGElement} */
export function drawDifferences({ bars, range, ticks, sides, variant, label }, width) {
  const narrow = width < NARROW;
  const row = narrow ? NARROW_ROW : ROW;
  const height = TOP + row * bars.length + BOTTOM;
  const at = (/** @type {number} */ value) =>
    SIDE + ((value - range[0]) / (range[1] - range[0])) * (width - 2 * SIDE);
  const svg = svgElement('svg', {
    class: 'differences',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  const bottom = height - BOTTOM;
  const spans = narrow ? linesBeside(bars) : [[TOP, bottom]];
  ticks.forEach((tick, i) => {
    const zero = tick === 0;
    const d = spans.map(([from, to]) => `M${at(tick)} ${from}V${to}`).join('');
    svg.append(svgElement('path', { d, class: zero ? 'zero' : 'tick' }));
    if (narrow && i % 2 !== ticks.indexOf(0) % 2) return;
    svg.append(text(at(tick), bottom + 19, signed(tick), 'middle', 'soft'));
  });
  svg.append(
    text(at(0) - 8, TOP - 9, `← ${sides[0]}`, 'end', 'soft'),
    text(at(0) + 8, TOP - 9, `${sides[1]} →`, 'start', 'soft'),
  );
  bars.forEach((bar, i) => svg.append(...rowOf(bar, TOP + row * i, at, variant, width, narrow)));
  return /** @type {SVGSVGElement} */ (svg);
}

/**
 * From where to where the upright lines of a narrow picture go: its words reach over zero, so beside
 * the marks alone.
 * @param {Bar[]} bars
 */
function linesBeside(bars) {
  return bars.map((_, i) => [TOP + NARROW_ROW * i + NARROW_WORDS, TOP + NARROW_ROW * (i + 1)]);
}

/**
 * @param {Bar} bar
 * @param {number} top
 * @param {(value: number) => number} at
 * @param {string} variant
 * @param {number} width
 * @param {boolean} narrow
 */
function rowOf({ label, difference, text: words }, top, at, variant, width, narrow) {
  const parts = [text(SIDE, top + 18, label, 'start', 'strong')];
  if (difference === undefined) return parts;
  const { colour, marker } = lookOf(variant);
  const { mean, interval } = difference;
  const [low, high] = interval.map(at);
  const y = top + (narrow ? 58 : 40);
  const shown = isShown(difference);
  parts.push(
    svgElement('path', {
      d: `M${low} ${y}H${high}M${low} ${y - 5}v10M${high} ${y - 5}v10`,
      class: 'interval',
    }),
    svgElement('path', {
      d: marker,
      transform: `translate(${at(mean)} ${y}) scale(${MARKER})`,
      class: shown ? 'mark' : 'mark open',
    }),
    narrow
      ? text(SIDE, top + 38, words, 'start', '')
      : text(width - SIDE, top + 18, words, 'end', ''),
  );
  for (const part of parts.slice(1, 3)) {
    part.setAttribute('stroke', `var(${colour})`);
    part.setAttribute('fill', shown ? `var(${colour})` : 'var(--paper)');
  }
  return parts;
}

/** @param {number} x @param {number} y @param {string} words @param {string} anchor @param {string} style */
function text(x, y, words, anchor, style) {
  const made = svgElement('text', { x, y, 'text-anchor': anchor, class: style });
  made.textContent = words;
  return made;
}

/** @param {number} value */
function signed(value) {
  return `${value > 0 ? '+' : ''}${value}`.replace('-', '−');
}
