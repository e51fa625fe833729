/** Uncertainty against the angle of the drawing. */

import uPlot from 'uplot';
import { formatNumber } from '../../js/report.js';
import { axisStyle, canvasFont, spread } from '../canvas.js';
import { find, table } from '../dom.js';
import { cssColour, followLooks } from '../looks.js';

/** Degrees. */
export const ANGLES = Array.from({ length: 25 }, (_, i) => -180 + 15 * i);
const HEIGHT = 240;
/** Above the plot, for the number of the angle. */
const MARK_ROOM = 22;
const LABEL_ROOM = 82;
const LABEL_GAP = 30;
const LINE_HEIGHT = 15;

const LINES = [
  { name: 'entropy', colour: '--ink', dash: [] },
  { name: 'mutual information', colour: '--soft', dash: [5, 3] },
];

/** @typedef {{ entropy: Float32Array, mutualInformation: Float32Array }} Found */

export class TurningChart {
  #plot = /** @type {uPlot | undefined} */ (undefined);
  #found = /** @type {Found | undefined} */ (undefined);
  #angle = 0;
  #most = Math.log(10);
  #container;

  /** @param {HTMLElement} container */
  constructor(container) {
    this.#container = container;
    this.#make();
    new ResizeObserver(() =>
      this.#plot?.setSize({ width: container.clientWidth, height: HEIGHT }),
    ).observe(container);
    followLooks(() => this.#plot?.redraw(true, true));
  }

  /** @param {Found | undefined} found at `ANGLES`; undefined: none @param {number} most nats that there can be */
  show(found, most = this.#most) {
    this.#found = found;
    this.#most = most;
    this.#plot?.setData(this.#data());
    find('#turn-table').replaceChildren(...(found ? [turnTable(found)] : []));
  }

  /** @param {number} angle of the drawing now */
  mark(angle) {
    this.#angle = angle;
    this.#plot?.redraw(false, false);
  }

  /** @returns {uPlot.AlignedData} */
  #data() {
    const none = ANGLES.map(() => null);
    const { entropy, mutualInformation } = this.#found ?? {};
    return [
      ANGLES,
      entropy ? [...entropy] : none,
      mutualInformation ? [...mutualInformation] : none,
    ];
  }

  #make() {
    const axis = axisStyle();
    this.#plot = new uPlot(
      {
        width: this.#container.clientWidth,
        height: HEIGHT,
        padding: [MARK_ROOM, LABEL_ROOM, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: [-180, 180] },
          y: { range: () => [0, this.#most] },
        },
        axes: [
          {
            ...axis,
            label: 'angle, degrees clockwise',
            labelSize: 20,
            size: 28,
            gap: 8,
            splits: [-180, -90, 0, 90, 180],
          },
          { ...axis, label: 'nats', labelSize: 22, size: 40, gap: 6 },
        ],
        series: [
          {},
          ...LINES.map(({ colour, dash }) => ({
            stroke: () => cssColour(colour),
            width: 2,
            dash,
            points: { show: false },
          })),
        ],
        hooks: { draw: [(/** @type {uPlot} */ plot) => this.#drawOver(plot)] },
      },
      this.#data(),
      this.#container,
    );
  }

  /** The angle of the drawing now, and its number. @param {uPlot} plot */
  #drawMark(plot) {
    const { ctx, bbox } = plot;
    const scale = devicePixelRatio;
    const x = plot.valToPos(this.#angle, 'x', true);
    ctx.fillStyle = cssColour('--soft');
    ctx.fillRect(x - scale, bbox.top, 2 * scale, bbox.height);
    ctx.fillStyle = cssColour('--ink');
    ctx.font = canvasFont(500);
    ctx.textAlign = 'center';
    ctx.textBaseline = 'bottom';
    ctx.fillText(degrees(this.#angle), x, bbox.top - 3 * scale);
  }

  /** @param {uPlot} plot */
  #drawOver(plot) {
    const { ctx, bbox } = plot;
    const scale = devicePixelRatio;
    this.#drawMark(plot);
    if (!this.#found) return;
    const { entropy, mutualInformation } = this.#found;
    const ends = [entropy, mutualInformation]
      .map((values, i) => ({ ...LINES[i], y: plot.valToPos(values[values.length - 1], 'y', true) }))
      .sort((a, b) => a.y - b.y);
    const places = spread(
      ends.map(({ y }) => y),
      LABEL_GAP * scale,
      bbox.top,
      bbox.top + bbox.height - LINE_HEIGHT * scale, // above the axis
    );
    ctx.font = canvasFont(500);
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    ends.forEach(({ name, colour }, i) => {
      ctx.fillStyle = cssColour(colour);
      const words = name.split(' ');
      words.forEach((word, line) => {
        const shift = (line - (words.length - 1) / 2) * LINE_HEIGHT * scale;
        ctx.fillText(word, bbox.left + bbox.width + 8 * scale, places[i] + shift);
      });
    });
  }
}

/** @param {number} angle */
function degrees(angle) {
  return `${String(angle).replace('-', '−')}°`;
}

/** @param {Found} found */
function turnTable({ entropy, mutualInformation }) {
  return table({
    head: ['angle', 'entropy', 'mutual information'],
    rows: ANGLES.map((angle, i) =>
      [angle, entropy[i], mutualInformation[i]].map((value, column) =>
        column === 0 ? String(value).replace('-', '−') : formatNumber(value),
      ),
    ),
  });
}
