/** Live charts: a line a variant with its name at its end, axes that only ever grow. */

import uPlot from 'uplot';
import { LOG_AXIS, axisStyle, withOpacity } from '../canvas.js';
import { cssColour, followLooks, lookOf } from '../looks.js';
import { drawMarks, labelRoom } from './chart-marks.js';
import { Zoom } from './zoom.js';

const BAND_OPACITY = 0.15;
const UNDER_OPACITY = 0.55;
/** Columns of data a variant, in the order of `#data`. */
const COLUMNS = 4;

/** Of the epoch axis: whole and round, up to the most epochs that a run may have; parts when zoomed. */
const WHOLE_STEPS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6].flatMap((unit) => [unit, 2 * unit, 5 * unit]);
const ALL_STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, ...WHOLE_STEPS];

/** @typedef {import('../curves.js').Line} Line */

/**
 * @typedef {object} ChartOptions
 * @property {string} name as in 'Zoom in on the ends of ...'
 * @property {string} unit of the y axis
 * @property {boolean} logarithmic
 * @property {[number, number]} range of y at first
 * @property {number[]} floors where the lower end may go, descending
 * @property {number[]} ceilings where the upper end may go, ascending
 */

export class LiveChart {
  #container;
  #options;
  #legend;
  #plot = /** @type {uPlot | undefined} */ (undefined);
  #lines = /** @type {Line[]} */ ([]);
  #range;
  #grid = /** @type {number[]} */ ([]);
  #drag;
  /** @type {Zoom} */
  zoom;

  /** @param {HTMLElement} container @param {ChartOptions} options @param {import('./legend.js').Legend} legend */
  constructor(container, options, legend) {
    this.#container = container;
    this.#options = options;
    this.#legend = legend;
    this.#range = options.range;
    const again = () => this.#plot?.setData(this.#data());
    this.zoom = new Zoom(options.name, again, () => this.#look());
    this.#drag = this.zoom.options(container.parentElement ?? container);
    legend.addEventListener('change', () => this.#showSeries());
    new ResizeObserver(() => this.#resize()).observe(container);
    followLooks(() => this.redraw());
  }

  /**
   * A new comparison: other lines, other axes.
   * @param {string[]} variants
   * @param {number[]} grid epochs at which there may be points, ascending from 0
   */
  start(variants, grid) {
    this.#grid = grid;
    this.#range = this.#options.range;
    this.#lines = variants.map((variant) => ({ variant, mean: [], low: [], high: [], dots: [] }));
    this.zoom.reset();
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
    return Math.round(Math.min(360, Math.max(260, this.#container.clientWidth * 0.62)));
  }

  #showSeries() {
    this.#lines.forEach(({ variant }, i) => {
      const show = this.#legend.shows(variant);
      for (let k = 1; k <= COLUMNS; k++) this.#plot?.setSeries(COLUMNS * i + k, { show });
    });
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

  #shown() {
    return this.#lines.filter(({ variant }) => this.#legend.shows(variant));
  }

  /** What matters most are the last values. @returns {import('./zoom.js').Look | undefined} */
  #look() {
    const last = this.#grid[this.#grid.length - 1];
    const ends = this.#shown().flatMap(({ mean, under }) => {
      const end = lastOf(mean) ?? lastOf(under ?? []);
      return end ? [end] : [];
    });
    if (ends.length === 0) return undefined;
    const middle = ends.reduce((sum, { value }) => sum + value, 0) / ends.length;
    const at = Math.max(...ends.map(({ index }) => this.#grid[index]));
    return {
      x: this.zoom.x ?? /** @type {[number, number]} */ ([0, last]),
      y: this.zoom.y ?? this.#range,
      at: /** @type {[number, number]} */ ([at, middle]),
      isLogarithmic: this.#options.logarithmic,
    };
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
      cursor: this.#drag.cursor,
      scales: {
        x: { time: false, range: () => this.zoom.x ?? [0, last] },
        y: { distr: logarithmic ? 3 : 1, range: () => this.zoom.y ?? this.#range },
      },
      axes: [
        {
          ...axis,
          label: 'epoch',
          labelSize: 20,
          size: 28,
          gap: 4,
          incrs: () => (this.zoom.x ? ALL_STEPS : WHOLE_STEPS),
        },
        {
          ...axis,
          label: unit,
          labelSize: 22,
          size: 44,
          gap: 6,
          ...(logarithmic && LOG_AXIS),
        },
      ],
      series: [{}, ...variants.flatMap((variant) => this.#series(variant))],
      bands: variants.map((_, i) => ({
        series: /** @type {[number, number]} */ ([COLUMNS * i + 3, COLUMNS * i + 2]),
        fill: () => withOpacity(cssColour(lookOf(variants[i]).colour), BAND_OPACITY),
      })),
      hooks: { draw: [(plot) => this.#drawOver(plot)], setSelect: [this.#drag.setSelect] },
    };
  }

  /** @param {string} variant @returns {uPlot.Series[]} */
  #series(variant) {
    const { colour, dash } = lookOf(variant);
    const common = { points: { show: false }, spanGaps: true, show: this.#legend.shows(variant) };
    return [
      { ...common, stroke: () => withOpacity(cssColour(colour), UNDER_OPACITY), width: 1 },
      { ...common, stroke: 'transparent', width: 0 },
      { ...common, stroke: 'transparent', width: 0 },
      { ...common, stroke: () => cssColour(colour), width: 2, dash },
    ];
  }

  /** @param {uPlot} plot */
  #drawOver(plot) {
    const marks = this.#shown().map(({ variant, mean, under, dots }) => ({
      variant,
      points: mean.flatMap((y, i) =>
        y === null || y === undefined ? [] : [{ x: this.#grid[i], y }],
      ),
      dots: dots.map(({ at, value }) => ({ x: at, y: value })),
      end: (lastOf(mean) ?? lastOf(under ?? []))?.value,
    }));
    drawMarks(plot, marks);
  }
}

/** @param {(number | null | undefined)[]} values */
function lastOf(values) {
  for (let index = values.length - 1; index >= 0; index--) {
    const value = values[index];
    if (value !== null && value !== undefined) return { index, value };
  }
  return undefined;
}
