/** A figure's value against the evaluation factor, with marks where the three rules lie. */

import uPlot from 'uplot';
import { LOG_AXIS, axisStyle, canvasFont, drawAt, withOpacity } from './canvas.js';
import { cssColour, lookOf } from './looks.js';

const HEIGHT = 300;
const MARKER_RADIUS = 4.5;
const FACTOR_NAMES = new Map([
  [0.0625, '1/16'],
  [0.125, '1/8'],
  [0.25, '1/4'],
  [0.5, '1/2'],
]);

/** @typedef {[factor: number, value: number][]} Points */

/**
 * @typedef {object} FactorChartOptions
 * @property {string} unit of the y axis
 * @property {boolean} logarithmic
 * @property {[number, number]} range of y; grows where a value would fall outside
 * @property {Points} measured elsewhere, drawn in grey for comparison
 */

export class FactorChart {
  #container;
  #options;
  /** @type {[number, number]} */
  #range;
  #points = /** @type {Points} */ ([]);
  #p = 0.5;
  #variant = 'unscaled';
  #plot = /** @type {uPlot | undefined} */ (undefined);

  /** @param {HTMLElement} container @param {FactorChartOptions} options */
  constructor(container, options) {
    this.#container = container;
    this.#options = options;
    this.#range = options.range;
    const redraw = () => this.#plot?.redraw(true, true);
    new ResizeObserver(() =>
      this.#plot?.setSize({ width: container.clientWidth, height: HEIGHT }),
    ).observe(container);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
    document.fonts.ready.then(redraw);
  }

  /** @param {string} variant @param {number} p @param {Points} points by ascending factor */
  draw(variant, p, points) {
    this.#variant = variant;
    this.#points = points;
    this.#p = p;
    const values = points.map(([, value]) => value);
    this.#range = [Math.min(this.#range[0], ...values), Math.max(this.#range[1], ...values)];
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#layout(), this.#data(), this.#container);
  }

  /** @returns {uPlot.AlignedData} */
  #data() {
    const { measured } = this.#options;
    const factors = [...new Set([...measured, ...this.#points].map(([factor]) => factor))];
    factors.sort((a, b) => a - b);
    const column = (/** @type {Points} */ points) => {
      const values = new Map(points);
      return factors.map((factor) => values.get(factor));
    };
    return [factors, column(measured), column(this.#points)];
  }

  /** @returns {uPlot.Options} */
  #layout() {
    const { unit, logarithmic } = this.#options;
    const axis = axisStyle();
    const factors = /** @type {number[]} */ (this.#data()[0]);
    const range = /** @type {[number, number]} */ ([
      factors[0] / 1.12,
      factors[factors.length - 1] * 1.12,
    ]);
    const powers = Array.from({ length: 9 }, (_, i) => 2 ** (i - 4));
    const points = { show: false };
    return {
      width: this.#container.clientWidth,
      height: HEIGHT,
      padding: [46, 12, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, distr: 3, log: 2, range },
        y: { distr: logarithmic ? 3 : 1, range: () => this.#range },
      },
      axes: [
        {
          ...axis,
          label: 'factor in evaluation',
          labelSize: 20,
          size: 28,
          gap: 4,
          splits: () => powers.filter((power) => power > range[0] && power < range[1]),
          filter: (_, splits) => splits,
          values: (_, splits) => splits.map((split) => FACTOR_NAMES.get(split) ?? String(split)),
        },
        { ...axis, label: unit, labelSize: 22, size: 40, gap: 6, ...(logarithmic && LOG_AXIS) },
      ],
      series: [
        {},
        { stroke: () => cssColour('--soft'), width: 1, dash: [3, 3], points },
        { stroke: () => cssColour(lookOf(this.#variant).colour), width: 2, points },
      ],
      hooks: {
        drawAxes: [(plot) => this.#drawRules(plot)],
        draw: [(plot) => this.#drawMarkers(plot)],
      },
    };
  }

  /** Where the right rule, no rule and the text's rule lie. @param {uPlot} plot */
  #drawRules(plot) {
    const keep = 1 - this.#p;
    const { ctx, bbox } = plot;
    const scale = devicePixelRatio;
    ctx.font = canvasFont(400);
    ctx.textAlign = 'center';
    ctx.textBaseline = 'bottom';
    const rules = [
      [keep, 'keep', 'right'],
      [1, '1', 'its layer'],
      [1 / keep, '1/keep', 'its text'],
    ];
    for (const [factor, name, who] of rules) {
      const x = plot.valToPos(Number(factor), 'x', true);
      if (!(x >= bbox.left && x <= bbox.left + bbox.width)) continue;
      ctx.fillStyle = withOpacity(cssColour('--soft'), 0.45);
      ctx.fillRect(Math.round(x), bbox.top - 6 * scale, scale, bbox.height + 6 * scale);
      ctx.fillStyle = cssColour('--soft');
      ctx.fillText(String(who), x, bbox.top - 8 * scale);
      ctx.fillStyle = cssColour('--ink');
      ctx.fillText(String(name), x, bbox.top - 24 * scale);
    }
  }

  /** @param {uPlot} plot */
  #drawMarkers(plot) {
    const scale = devicePixelRatio;
    const { marker, colour } = lookOf(this.#variant);
    const sets = [
      { points: this.#options.measured, shape: lookOf('none').marker, fill: '--soft' },
      { points: this.#points, shape: marker, fill: colour },
    ];
    for (const { points, shape, fill } of sets) {
      plot.ctx.fillStyle = cssColour(fill);
      const path = new Path2D(shape);
      for (const [factor, value] of points) {
        const x = plot.valToPos(factor, 'x', true);
        const y = plot.valToPos(value, 'y', true);
        drawAt(plot.ctx, path, x, y, MARKER_RADIUS * scale);
      }
    }
  }
}
