/** Live charts: a line a variant with its name at its end, axes that only ever grow. */

import uPlot from 'uplot';
import { LOG_AXIS, axisStyle, canvasFont, drawAt, spread, withOpacity } from '../canvas.js';
import { cssColour, lookOf } from '../looks.js';

const LABEL_GAP = 16;
const MARKER_RADIUS = 4.5;
const SEED_RADIUS = 2;
const BAND_OPACITY = 0.15;
/** Room on the right for a name: its marker and gaps, and about this much a letter, in CSS pixels. */
const MARKER_ROOM = 30;
const LETTER_ROOM = 6.4;

/** Of the epoch axis: whole and round, up to the most epochs that a run may have. */
const EPOCH_STEPS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6].flatMap((unit) => [unit, 2 * unit, 5 * unit]);

/**
 * @typedef {object} Line
 * @property {string} variant
 * @property {(number | null)[]} mean one a grid point: drawn with markers, named at its end
 * @property {(number | null)[]} low lower end of its interval
 * @property {(number | null)[]} high
 * @property {(number | null)[]} [under] a second, thin line without markers
 * @property {{ at: number, value: number }[]} dots single runs
 */

/**
 * @typedef {object} ChartOptions
 * @property {string} unit of the y axis
 * @property {boolean} logarithmic
 * @property {[number, number]} range of y at first
 * @property {number[]} floors where the lower end may go, descending
 * @property {number[]} ceilings where the upper end may go, ascending
 */

export class LiveChart {
  #container;
  #options;
  #plot = /** @type {uPlot | undefined} */ (undefined);
  #lines = /** @type {Line[]} */ ([]);
  #range;
  #grid = /** @type {number[]} */ ([]);

  /** @param {HTMLElement} container @param {ChartOptions} options */
  constructor(container, options) {
    this.#container = container;
    this.#options = options;
    this.#range = options.range;
    new ResizeObserver(() => this.#resize()).observe(container);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.redraw());
    document.fonts.ready.then(() => this.redraw());
  }

  /**
   * A new comparison: other lines, other axes.
   * @param {string[]} variants
   * @param {number[]} grid epochs at which there may be points, ascending from 0
   * @param {[number, number]} [range] of y at first, where it differs from the chart's
   */
  start(variants, grid, range = this.#options.range) {
    this.#grid = grid;
    this.#range = range;
    this.#lines = variants.map((variant) => ({ variant, mean: [], low: [], high: [], dots: [] }));
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#layout(variants), this.#data(), this.#container);
  }

  /** @param {Line[]} lines in the order of `start` */
  update(lines) {
    this.#lines = lines;
    this.#range = this.#grown();
    this.#plot?.setData(this.#data());
  }

  redraw() {
    this.#plot?.redraw(true, true);
  }

  #resize() {
    this.#plot?.setSize({ width: this.#container.clientWidth, height: this.#height() });
  }

  #height() {
    return Math.round(Math.min(380, Math.max(280, this.#container.clientWidth * 0.62)));
  }

  /** @returns {uPlot.AlignedData} */
  #data() {
    const fill = (/** @type {(number | null)[] | undefined} */ values) =>
      this.#grid.map((_, i) => values?.[i] ?? null);
    const columns = this.#lines.flatMap((line) => [
      fill(line.under),
      fill(line.low),
      fill(line.high),
      fill(line.mean),
    ]);
    return /** @type {uPlot.AlignedData} */ ([this.#grid, ...columns]);
  }

  /** Never smaller than before, and the next round number where a value would fall outside. */
  #grown() {
    let [low, high] = this.#range;
    const { floors, ceilings } = this.#options;
    for (const { mean, under, dots } of this.#lines) {
      for (const value of [...mean, ...(under ?? []), ...dots.map((dot) => dot.value)]) {
        if (value === null || value === undefined || !Number.isFinite(value)) continue;
        if (value < low) low = floors.find((floor) => floor <= value) ?? low;
        if (value > high) high = ceilings.find((ceiling) => ceiling >= value) ?? high;
      }
    }
    return /** @type {[number, number]} */ ([low, high]);
  }

  /** @param {string[]} variants @returns {uPlot.Options} */
  #layout(variants) {
    const { logarithmic, unit } = this.#options;
    const axis = axisStyle();
    const last = this.#grid[this.#grid.length - 1];
    return {
      width: this.#container.clientWidth,
      height: this.#height(),
      padding: [12, labelRoom(variants), 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: [0, last] },
        y: { distr: logarithmic ? 3 : 1, range: () => this.#range },
      },
      axes: [
        {
          ...axis,
          label: 'epoch',
          labelSize: 20,
          size: 28,
          gap: 4,
          incrs: EPOCH_STEPS,
        },
        {
          ...axis,
          label: unit,
          labelSize: 22,
          size: 40,
          gap: 6,
          ...(logarithmic && LOG_AXIS),
        },
      ],
      series: [{}, ...variants.flatMap((variant) => this.#series(variant))],
      bands: variants.map((_, i) => ({
        series: /** @type {[number, number]} */ ([4 * i + 3, 4 * i + 2]),
        fill: () => withOpacity(cssColour(lookOf(variants[i]).colour), BAND_OPACITY),
      })),
      hooks: { draw: [(/** @type {uPlot} */ plot) => this.#drawOver(plot)] },
    };
  }

  /** Four columns a variant, in the order of `#data`. @param {string} variant @returns {uPlot.Series[]} */
  #series(variant) {
    const { colour, dash } = lookOf(variant);
    const points = { show: false };
    return [
      {
        stroke: () => withOpacity(cssColour(colour), 0.55),
        width: 1,
        points,
        spanGaps: true,
      },
      { stroke: 'transparent', width: 0, points, spanGaps: true },
      { stroke: 'transparent', width: 0, points, spanGaps: true },
      { stroke: () => cssColour(colour), width: 2, dash, points, spanGaps: true },
    ];
  }

  /** Dots of single runs, markers of means, and the names at the lines' ends. @param {uPlot} plot */
  #drawOver(plot) {
    const { ctx } = plot;
    const scale = devicePixelRatio;
    const ends = [];
    for (const { variant, mean, under, dots } of this.#lines) {
      const { marker, colour } = lookOf(variant);
      const fill = cssColour(colour);
      ctx.fillStyle = withOpacity(fill, 0.6);
      for (const { at, value } of dots) {
        ctx.beginPath();
        const [x, y] = [plot.valToPos(at, 'x', true), plot.valToPos(value, 'y', true)];
        ctx.arc(x, y, SEED_RADIUS * scale, 0, 2 * Math.PI);
        ctx.fill();
      }
      ctx.fillStyle = fill;
      const shape = new Path2D(marker);
      mean.forEach((value, i) => {
        if (value === null || value === undefined) return;
        const x = plot.valToPos(this.#grid[i], 'x', true);
        drawAt(ctx, shape, x, plot.valToPos(value, 'y', true), MARKER_RADIUS * scale);
      });
      const last = lastOf(mean) ?? lastOf(under ?? []);
      if (last !== undefined) {
        ends.push({ variant, y: plot.valToPos(last, 'y', true), fill, shape });
      }
    }
    this.#drawNames(plot, ends);
  }

  /**
   * Names keep their order and are pushed apart until none covers another.
   * @param {uPlot} plot
   * @param {{ variant: string, y: number, fill: string, shape: Path2D }[]} ends
   */
  #drawNames(plot, ends) {
    const { ctx, bbox } = plot;
    const scale = devicePixelRatio;
    const gap = LABEL_GAP * scale;
    ends.sort((a, b) => a.y - b.y);
    const places = spread(
      ends.map(({ y }) => y),
      gap,
      bbox.top + gap / 2,
      bbox.top + bbox.height - gap / 2,
    );
    ctx.font = canvasFont(500);
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    const left = bbox.left + bbox.width;
    ends.forEach(({ variant, fill, shape }, i) => {
      ctx.fillStyle = fill;
      drawAt(ctx, shape, left + 13 * scale, places[i], MARKER_RADIUS * 0.85 * scale);
      ctx.fillText(variant, left + 22 * scale, places[i]);
    });
  }
}

/** @param {string[]} variants */
function labelRoom(variants) {
  return MARKER_ROOM + LETTER_ROOM * Math.max(6, ...variants.map((variant) => variant.length));
}

/** @param {(number | null | undefined)[]} values */
function lastOf(values) {
  return values.filter((value) => value !== null && value !== undefined).at(-1) ?? undefined;
}
