/**
 * How a variant looks, everywhere on the page: colour, dash and marker tell variants apart, so that none of the three is ever the only difference. Unscaled layers are vermilion.
 */

import { svgElement } from './dom.js';

/** Outlines in a box from -1 to 1, for canvas (`Path2D`) and SVG alike. */
const CIRCLE = 'M-1 0a1 1 0 1 0 2 0a1 1 0 1 0-2 0z';
const SQUARE = 'M-.88-.88h1.76v1.76h-1.76z';
const TRIANGLE = 'M0-1.1L1.1.85h-2.2z';
const POINT_DOWN = 'M0 1.1L1.1-.85h-2.2z';
const DIAMOND = 'M0-1.25L1.05 0 0 1.25-1.05 0z';
const PLUS = 'M-.32-1.1h.64v.78h.78v.64h-.78v.78h-.64v-.78h-.78v-.64h.78z';
const HEXAGON = 'M-.58-1h1.16L1.15 0 .58 1h-1.16L-1.15 0z';
const BAR = 'M-.4-1.15h.8v2.3h-.8z';
const WIDE_BAR = 'M-1.15-.4h2.3v.8h-2.3z';

/**
 * @typedef {object} Look
 * @property {string} colour a custom property of style.css
 * @property {number[]} dash in CSS pixels; empty: solid
 * @property {string} marker SVG path data
 */

/** @type {Record<string, Look>} */
const LOOKS = {
  none: { colour: '--c-grey', dash: [2, 3], marker: PLUS },
  article: {
    colour: '--c-vermilion',
    dash: [],
    marker: CIRCLE,
  },
  'article-scaled': {
    colour: '--c-blue',
    dash: [],
    marker: SQUARE,
  },
  standard: {
    colour: '--c-green',
    dash: [],
    marker: TRIANGLE,
  },
  'test-scaled': {
    colour: '--c-sky',
    dash: [9, 3],
    marker: POINT_DOWN,
  },
  unscaled: {
    colour: '--c-vermilion',
    dash: [9, 3],
    marker: DIAMOND,
  },
  dropconnect: {
    colour: '--c-purple',
    dash: [9, 3, 2, 3],
    marker: HEXAGON,
  },
  gaussian: {
    colour: '--c-orange',
    dash: [4, 3],
    marker: BAR,
  },
  alpha: {
    colour: '--c-ink',
    dash: [9, 3, 2, 3, 2, 3],
    marker: WIDE_BAR,
  },
};

/** @param {string} variant @returns {Look} */
export function lookOf(variant) {
  return LOOKS[variant] ?? { colour: '--c-ink', dash: [], marker: CIRCLE };
}

/** The colour itself, of the scheme in force. @param {string} property @returns {string} */
export function cssColour(property) {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}

/**
 * For what is drawn and not laid out: a canvas takes colours and fonts as they are when it is drawn.
 * @param {() => void} redraw after a change of scheme, and once the page's fonts are there
 */
export function followLooks(redraw) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  document.fonts.ready.then(redraw);
}

/** A short piece of the variant's line with its marker. @param {string} variant */
function swatch(variant) {
  const { colour, dash, marker } = lookOf(variant);
  const svg = svgElement('svg', { class: 'swatch', viewBox: '0 0 30 12', 'aria-hidden': 'true' });
  const stroke = `var(${colour})`;
  const line = svgElement('path', { d: 'M0 6h30', stroke, 'stroke-width': 2 });
  if (dash.length > 0) line.setAttribute('stroke-dasharray', dash.join(' '));
  const transform = 'translate(15 6) scale(4.4)';
  svg.append(line, svgElement('path', { d: marker, transform, fill: stroke }));
  return svg;
}

/** A variant's name as it stands in every table and list. @param {string} variant */
export function nameWithSwatch(variant) {
  const name = document.createElement('span');
  name.className = 'name';
  name.append(swatch(variant), variant);
  return name;
}
