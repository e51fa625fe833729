/** The reliability diagram: how often a network is right, against how sure it is. */

import uPlot from 'uplot';
import { axisStyle, canvasFont, drawWords } from '../canvas.js';
import { cssColour, followLooks, lookOf } from '../looks.js';
import { drawMarks, labelRoom } from './chart-marks.js';
import { Zoom } from './zoom.js';

/** @typedef {import('../curves.js').Bin} Bin */
/** @typedef {{ variant: string, bins: Bin[] }} Reliability */

const FULL = /** @type {[number, number]} */ ([0, 1]);
/** A marker's size: this for no image, and `GROWTH` more for all of them; its area tells the share. */
const LEAST = 0.45;
const GROWTH = 1.4;

export class ReliabilityChart {
  #container;
  #legend;
  #plot = /** @type {uPlot | undefined} */ (undefined);
  #shown = /** @type {Reliability[]} */ ([]);
  #drag;
  /** @type {Zoom} */
  zoom;

  /** @param {HTMLElement} container @param {import('./legend.js').Legend} legend */
  constructor(container, legend) {
    this.#container = container;
    this.#legend = legend;
    this.zoom = new Zoom(
      'the reliability diagram',
      () => this.#plot?.setData(this.#data()),
      () => ({
        x: this.zoom.x ?? FULL,
        y: this.zoom.y ?? FULL,
        at: /** @type {[number, number]} */ ([1, 1]),
        isLogarithmic: false,
      }),
    );
    this.#drag = this.zoom.options(container.parentElement ?? container);
    legend.addEventListener('change', () => {
      this.#shown.forEach(({ variant }, i) =>
        this.#plot?.setSeries(i + 1, { show: legend.shows(variant) }),
      );
    });
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(container);
    followLooks(() => this.redraw());
  }

  /** @param {string[]} variants */
  start(variants) {
    this.#shown = variants.map((variant) => ({ variant, bins: [] }));
    this.zoom.reset();
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#layout(variants), this.#data(), this.#container);
  }

  /** @param {Reliability[]} shown in the order of `start` */
  update(shown) {
    this.#shown = shown;
    this.#plot?.setData(this.#data());
  }

  redraw() {
    this.#plot?.redraw(true, true);
  }

  #size() {
    const width = this.#container.clientWidth;
    return { width, height: Math.round(Math.min(420, Math.max(280, width * 0.7))) };
  }

  /** Each variant has confidences of its own: one axis of all, with gaps. @returns {uPlot.AlignedData} */
  #data() {
    const tables = this.#shown.map(({ bins }) => {
      const used = bins.filter(({ count }) => count > 0);
      return /** @type {uPlot.AlignedData} */ ([
        used.map(({ confidence }) => confidence),
        used.map(({ accuracy }) => accuracy),
      ]);
    });
    // An aligned table needs a row.
    return uPlot.join([[[0, 1]], ...tables]);
  }

  /** @param {string[]} variants @returns {uPlot.Options} */
  #layout(variants) {
    const axis = axisStyle();
    return {
      ...this.#size(),
      padding: [12, labelRoom(variants), 0, 0],
      legend: { show: false },
      cursor: this.#drag.cursor,
      scales: {
        x: { time: false, range: () => this.zoom.x ?? FULL },
        y: { range: () => this.zoom.y ?? FULL },
      },
      axes: [
        {
          ...axis,
          label: 'how sure: mean top probability',
          labelSize: 20,
          size: 28,
          gap: 4,
        },
        { ...axis, label: 'how often right: accuracy', labelSize: 22, size: 44, gap: 6 },
      ],
      series: [
        {},
        ...variants.map((variant) => {
          const { colour, dash } = lookOf(variant);
          return {
            stroke: () => cssColour(colour),
            width: 2,
            dash,
            spanGaps: true,
            points: { show: false },
            show: this.#legend.shows(variant),
          };
        }),
      ],
      hooks: {
        drawAxes: [drawDiagonal],
        draw: [(plot) => this.#drawOver(plot)],
        setSelect: [this.#drag.setSelect],
      },
    };
  }

  /** @param {uPlot} plot */
  #drawOver(plot) {
    nameSides(plot);
    const marks = this.#shown
      .filter(({ variant }) => this.#legend.shows(variant))
      .map(({ variant, bins }) => {
        const used = bins.filter(({ count }) => count > 0);
        const all = used.reduce((sum, { count }) => sum + count, 0);
        const points = used.map(({ confidence, accuracy, count }) => ({
          x: confidence,
          y: accuracy,
          size: LEAST + GROWTH * Math.sqrt(count / all),
        }));
        return { variant, points, end: points.at(-1)?.y };
      });
    drawMarks(plot, marks);
  }
}

/** As sure as right; what lies below it is too sure. @param {uPlot} plot */
function drawDiagonal(plot) {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  const at = (/** @type {number} */ v) =>
    /** @type {const} */ ([plot.valToPos(v, 'x', true), plot.valToPos(v, 'y', true)]);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = cssColour('--soft');
  ctx.lineWidth = scale;
  ctx.setLineDash([3 * scale, 3 * scale]);
  ctx.beginPath();
  ctx.moveTo(...at(0));
  ctx.lineTo(...at(1));
  ctx.stroke();
  ctx.restore();
}

/** What both sides of the diagonal mean. @param {uPlot} plot */
function nameSides({ ctx, bbox }) {
  const inset = 10 * devicePixelRatio;
  ctx.save();
  ctx.font = canvasFont(400);
  ctx.fillStyle = cssColour('--soft');
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  drawWords(ctx, 'not sure enough', bbox.left + inset, bbox.top + inset);
  ctx.textBaseline = 'bottom';
  ctx.textAlign = 'right';
  drawWords(ctx, 'too sure', bbox.left + bbox.width - inset, bbox.top + bbox.height - inset);
  ctx.restore();
}
