/** What is drawn over a chart's lines: single runs, markers, and names at the lines' ends. */

import { canvasFont, drawAt, spread, withOpacity } from '../canvas.js';
import { cssColour, lookOf } from '../looks.js';

const LABEL_GAP = 16;
const MARKER_RADIUS = 4.5;
const SEED_RADIUS = 2;
/** Room on the right for a name: its marker and gaps, and about this much a letter, in CSS pixels. */
const MARKER_ROOM = 30;
const LETTER_ROOM = 6.4;

/** @typedef {{ variant: string, points: { x: number, y: number, size?: number }[], dots?: { x: number, y: number }[], end?: number }} Marks
 *   in the chart's values; `size` of a marker, 1; `end`: where the name belongs */

/** @param {string[]} variants */
export function labelRoom(variants) {
  return MARKER_ROOM + LETTER_ROOM * Math.max(6, ...variants.map((variant) => variant.length));
}

/** @param {import('uplot')} plot @param {Marks[]} marks */
export function drawMarks(plot, marks) {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  const xOf = (/** @type {number} */ x) => plot.valToPos(x, 'x', true);
  const yOf = (/** @type {number} */ y) => plot.valToPos(y, 'y', true);
  ctx.save();
  ctx.beginPath();
  // A marker on the frame is whole.
  const margin = MARKER_RADIUS * scale;
  ctx.rect(
    bbox.left - margin,
    bbox.top - margin,
    bbox.width + 2 * margin,
    bbox.height + 2 * margin,
  );
  ctx.clip();
  for (const { variant, points, dots = [] } of marks) {
    const { marker, colour } = lookOf(variant);
    const fill = cssColour(colour);
    ctx.fillStyle = withOpacity(fill, 0.6);
    for (const { x, y } of dots) {
      ctx.beginPath();
      ctx.arc(xOf(x), yOf(y), SEED_RADIUS * scale, 0, 2 * Math.PI);
      ctx.fill();
    }
    ctx.fillStyle = fill;
    const shape = new Path2D(marker);
    for (const { x, y, size = 1 } of points) {
      drawAt(ctx, shape, xOf(x), yOf(y), MARKER_RADIUS * scale * size);
    }
  }
  ctx.restore();
  drawNames(plot, marks, yOf);
}

/**
 * Names keep their order and are pushed apart until none covers another; that of a line that ends out
 * of sight is left out.
 * @param {import('uplot')} plot
 * @param {Marks[]} marks
 * @param {(y: number) => number} yOf
 */
function drawNames({ ctx, bbox }, marks, yOf) {
  const scale = devicePixelRatio;
  const gap = LABEL_GAP * scale;
  const bottom = bbox.top + bbox.height;
  const ends = marks
    .flatMap(({ variant, end }) => (end === undefined ? [] : [{ variant, y: yOf(end) }]))
    .filter(({ y }) => y >= bbox.top - 1 && y <= bottom + 1)
    .sort((a, b) => a.y - b.y);
  const wanted = ends.map(({ y }) => y);
  const places = spread(wanted, gap, bbox.top + gap / 2, bottom - gap / 2);
  ctx.font = canvasFont(500);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  const left = bbox.left + bbox.width;
  ends.forEach(({ variant }, i) => {
    const { marker, colour } = lookOf(variant);
    ctx.fillStyle = cssColour(colour);
    const shape = new Path2D(marker);
    drawAt(ctx, shape, left + 13 * scale, places[i], MARKER_RADIUS * 0.85 * scale);
    ctx.fillText(variant, left + 22 * scale, places[i]);
  });
}
