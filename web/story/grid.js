/** A mask as a grid of filled and empty cells, with a bar below each column. */

import { svgElement } from '../dom.js';

const CELL = 10;
const GAP = 2;
/** Between the grid and its bars, and the height of a full bar. */
const SPACE = 12;
const BAR = 46;

/**
 * @typedef {object} Grid
 * @property {number} rows
 * @property {number} columns
 * @property {Uint8Array} mask rows x columns
 * @property {number[]} [bars] one a column, 0 to 1
 * @property {string} colour a custom property of style.css
 * @property {string} label what is seen, for those who do not see it
 */

/** @param {Grid} grid @returns {SVGSVGElement} */
export function drawGrid({ rows, columns, mask, bars, colour, label }) {
  const width = columns * CELL;
  const height = rows * CELL + (bars ? SPACE + BAR : 0);
  const svg = svgElement('svg', { viewBox: `0 0 ${width} ${height}`, class: 'grid', role: 'img' });
  svg.setAttribute('aria-label', label);
  const side = CELL - GAP;
  /** @param {number} state */
  const cells = (state) => {
    let path = '';
    mask.forEach((kept, i) => {
      if (kept !== state) return;
      const x = (i % columns) * CELL + GAP / 2;
      const y = Math.floor(i / columns) * CELL + GAP / 2;
      path += `M${x} ${y}h${side}v${side}h-${side}z`;
    });
    return path;
  };
  svg.append(
    svgElement('path', { d: cells(0), fill: 'var(--grid)' }),
    svgElement('path', { d: cells(1), fill: `var(${colour})` }),
  );
  if (bars) svg.append(...barsOf(bars, height, width, colour));
  return /** @type {SVGSVGElement} */ (svg);
}

/** @param {number[]} bars @param {number} bottom @param {number} width @param {string} colour */
function barsOf(bars, bottom, width, colour) {
  const path = bars
    .map((share, i) => {
      const height = share * BAR;
      return `M${i * CELL + GAP / 2} ${bottom - height}h${CELL - GAP}v${height}h-${CELL - GAP}z`;
    })
    .join('');
  const lines = [0, BAR / 2, BAR].map((above) => `M0 ${bottom - above}h${width}`).join('');
  return [
    svgElement('path', { d: lines, stroke: 'var(--rule)', 'stroke-width': '1', fill: 'none' }),
    svgElement('path', { d: path, fill: `var(${colour})` }),
  ];
}
