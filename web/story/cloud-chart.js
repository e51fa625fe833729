/** A point a value: its mean over masks against its value in evaluation, with lines of two slopes. */

import uPlot from 'uplot';
import { axisStyle, canvasFont, spread, withOpacity } from '../canvas.js';
import { cssColour, followLooks, lookOf } from '../looks.js';

const POINT = 2.2;
const OPACITY = 0.35;
/** Right of the picture, for the names of the lines, in CSS pixels. */
const NAME_ROOM = 84;
const NAME_GAP = 34;
const MAX_HEIGHT = 460;

/**
 * @typedef {object} Cloud
 * @property {string} variant
 * @property {Float32Array} evaluation
 * @property {Float32Array} mean as long
 * @property {{ slope: number, name: string[] }[]} lines through the origin; a name in lines of its own
 */

export class CloudChart {
  #container;
  #plot = /** @type {uPlot | undefined} */ (undefined);
  #cloud = /** @type {Cloud | undefined} */ (undefined);

  /** @param {HTMLElement} container */
  constructor(container) {
    this.#container = container;
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(container);
    followLooks(() => this.#plot?.redraw(true, true));
  }

  /** Both axes reach from -limit to limit. @param {Cloud} cloud @param {number} limit */
  draw(cloud, limit) {
    this.#cloud = cloud;
    this.#plot?.destroy();
    const data = /** @type {uPlot.AlignedData} */ ([
      [-limit, limit],
      [null, null],
    ]);
    this.#plot = new uPlot(this.#layout(limit), data, this.#container);
  }

  #size() {
    const width = this.#container.clientWidth;
    return { width, height: Math.min(MAX_HEIGHT, Math.max(300, width)) };
  }

  /** @param {number} limit @returns {uPlot.Options} */
  #layout(limit) {
    const axis = axisStyle();
    const range = /** @type {[number, number]} */ ([-limit, limit]);
    return {
      ...this.#size(),
      padding: [22, NAME_ROOM, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range }, y: { range } },
      axes: [
        { ...axis, label: 'in evaluation', labelSize: 20, size: 28, gap: 4 },
        { ...axis, label: 'mean over masks', labelSize: 22, size: 46, gap: 6 },
      ],
      series: [{}, { show: false }],
      hooks: {
        draw: [
          (/** @type {uPlot} */ plot) => {
            this.#drawPoints(plot);
            this.#drawLines(plot, limit);
          },
        ],
      },
    };
  }

  /** @param {uPlot} plot */
  #drawPoints({ ctx, bbox, valToPos }) {
    if (this.#cloud === undefined) return;
    const { variant, evaluation, mean } = this.#cloud;
    const size = POINT * devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.fillStyle = withOpacity(cssColour(lookOf(variant).colour), OPACITY);
    evaluation.forEach((value, i) => {
      const x = valToPos(value, 'x', true);
      const y = valToPos(mean[i], 'y', true);
      ctx.fillRect(x - size / 2, y - size / 2, size, size);
    });
    ctx.restore();
  }

  /** @param {uPlot} plot @param {number} limit */
  #drawLines({ ctx, bbox, valToPos }, limit) {
    const scale = devicePixelRatio;
    ctx.save();
    ctx.strokeStyle = cssColour('--ink');
    ctx.lineWidth = 1.25 * scale;
    ctx.setLineDash([6 * scale, 4 * scale]);
    ctx.font = canvasFont(500);
    ctx.fillStyle = cssColour('--ink');
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    const right = bbox.left + bbox.width;
    const lines = [...(this.#cloud?.lines ?? [])].sort((a, b) => b.slope - a.slope);
    const places = spread(
      lines.map(({ slope }) => valToPos(limit * slope, 'y', true)),
      NAME_GAP * scale,
      bbox.top,
      bbox.top + bbox.height,
    );
    lines.forEach(({ slope, name }, i) => {
      ctx.beginPath();
      ctx.moveTo(bbox.left, valToPos(-limit * slope, 'y', true));
      ctx.lineTo(right, valToPos(limit * slope, 'y', true));
      ctx.stroke();
      name.forEach((words, line) =>
        ctx.fillText(words, right + 8 * scale, places[i] + 15 * line * scale),
      );
    });
    ctx.restore();
  }
}
