/** A figure's value against the evaluation factor, with marks where the three rules lie. */

import uPlot from 'uplot';
import { LOG_AXIS, axisStyle, canvasFont, drawAt, drawWords, withOpacity } from '../canvas.js';
import { cssColour, followLooks, lookOf } from '../looks.js';

const HEIGHT = 300;
const MARKER_RADIUS = 4.5;
/** Of the axis, without any points. */
const ENDS = [0.25, 4];
const FACTOR_NAMES = new Map([
  [0.0625, '1/16'],
  [0.125, '1/8'],
  [0.25, '1/4'],
  [0.5, '1/2'],
]);

/** @typedef {[factor: number, value: number][]} Points by ascending factor */

/**
 * @typedef {object} FactorChartOptions
 * @property {string} unit of the y axis
 * @property {boolean} logarithmic
 * @property {[number, number]} range of y; grows where a value would fall outside
 */

/**
 * @typedef {object} Drawn
 * @property {string} variant whose points they are
 * @property {number} p where the rules stand
 * @property {Points} points
 * @property {Points} recorded drawn in grey for comparison
 * @property {number} [guess] the factor that the reader chose
 */

export class FactorChart {
  #container;
  #options;
  /** @type {[number, number]} */
  #range;
  #drawn = /** @type {Drawn} */ ({ variant: 'unscaled', p: 0.5, points: [], recorded: [] });
  #plot = /** @type {uPlot | undefined} */ (undefined);

  /** @param {HTMLElement} container @param {FactorChartOptions} options */
  constructor(container, options) {
    this.#container = container;
    this.#options = options;
    this.#range = options.range;
    new ResizeObserver(() =>
      this.#plot?.setSize({ width: container.clientWidth, height: HEIGHT }),
    ).observe(container);
    followLooks(() => this.#plot?.redraw(true, true));
  }

  /** @param {Drawn} drawn */
  draw(drawn) {
    this.#drawn = drawn;
    const values = [...drawn.points, ...drawn.recorded].map(([, value]) => value);
    this.#range = [Math.min(this.#range[0], ...values), Math.max(this.#range[1], ...values)];
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#layout(), this.#data(), this.#container);
  }

  /** @returns {uPlot.AlignedData} */
  #data() {
    const { points, recorded } = this.#drawn;
    const all = [...points, ...recorded].map(([factor]) => factor);
    const factors = [...new Set([...ENDS, ...all])].sort((a, b) => a - b);
    const column = (/** @type {Points} */ pairs) => {
      const values = new Map(pairs);
      return factors.map((factor) => values.get(factor));
    };
    return [factors, column(recorded), column(points)];
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
    // Between two of the points of fewer factors lie those of more.
    const line = { points, spanGaps: true };
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
        { stroke: () => cssColour('--soft'), width: 1, dash: [3, 3], ...line },
        { stroke: () => cssColour(lookOf(this.#drawn.variant).colour), width: 2, ...line },
      ],
      hooks: {
        drawAxes: [(plot) => this.#drawRules(plot)],
        draw: [(plot) => this.#drawMarkers(plot)],
      },
    };
  }

  /** Where the right rule, no rule and the text's rule lie. @param {uPlot} plot */
  #drawRules(plot) {
    const { p, guess } = this.#drawn;
    const keep = 1 - p;
    const { ctx, bbox } = plot;
    const scale = devicePixelRatio;
    ctx.font = canvasFont(400);
    ctx.textAlign = 'center';
    ctx.textBaseline = 'bottom';
    const rules = [
      [keep, 'keep', '2014 paper'],
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
      if (factor !== guess) continue;
      drawWords(ctx, 'your guess', x, bbox.top + bbox.height - 6 * scale);
    }
  }

  /** @param {uPlot} plot */
  #drawMarkers(plot) {
    const scale = devicePixelRatio;
    const { variant, recorded, points } = this.#drawn;
    const { marker, colour } = lookOf(variant);
    const sets = [
      { points: recorded, shape: lookOf('none').marker, fill: '--soft' },
      { points, shape: marker, fill: colour },
    ];
    for (const { points: pairs, shape, fill } of sets) {
      plot.ctx.fillStyle = cssColour(fill);
      const path = new Path2D(shape);
      for (const [factor, value] of pairs) {
        const x = plot.valToPos(factor, 'x', true);
        const y = plot.valToPos(value, 'y', true);
        drawAt(plot.ctx, path, x, y, MARKER_RADIUS * scale);
      }
    }
  }
}
