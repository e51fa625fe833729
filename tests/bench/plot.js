/** Line charts as an SVG file: rows of panels, a logarithmic x axis of powers of two. */

const WIDTH = 380;
const HEIGHT = 280;
/** Around the axes of a panel. */
const MARGIN = { left: 52, right: 84, top: 34, bottom: 44 };
/** Okabe and Ito's colours, apart also for the colour-blind. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

/**
 * @typedef {object} Panel
 * @property {string} title
 * @property {string} xLabel
 * @property {string} yLabel
 * @property {boolean} logarithmic the y axis; otherwise it starts at 0
 * @property {{ name: string, points: number[][] }[]} series points: [x, y]
 */

/** @param {Panel[][]} rows @returns {string} */
export function plot(rows) {
  const width = WIDTH * Math.max(...rows.map(({ length }) => length));
  const panels = rows.flatMap((row, r) =>
    row.map(
      (panel, c) => `<g transform="translate(${c * WIDTH} ${r * HEIGHT})">${draw(panel)}</g>`,
    ),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT * rows.length}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
${panels.join('\n')}
</svg>
`;
}

/** @param {Panel} panel */
function draw({ title, xLabel, yLabel, logarithmic, series }) {
  const all = series.flatMap(({ points }) => points);
  const xs = [...new Set(all.map(([x]) => x))].sort((a, b) => a - b);
  const ticks = ticksOf(
    all.map(([, y]) => y),
    logarithmic,
  );
  const [left, right] = [MARGIN.left, WIDTH - MARGIN.right];
  const [top, bottom] = [MARGIN.top, HEIGHT - MARGIN.bottom];
  const x = scale(Math.log2(xs[0]), Math.log2(xs[xs.length - 1]), left, right);
  const warp = logarithmic ? Math.log10 : Number;
  const y = scale(warp(ticks[0]), warp(ticks[ticks.length - 1]), bottom, top);
  const at = ([px, py]) => [x(Math.log2(px)), y(warp(py))];
  const grid = ticks.map(
    (tick) =>
      `<path d="M${left} ${round(y(warp(tick)))}H${right}" stroke="#ddd"/>` +
      text(left - 6, y(warp(tick)) + 4, String(tick), 'end'),
  );
  const names = xs.map((value) => text(x(Math.log2(value)), bottom + 16, String(value), 'middle'));
  const lines = series.map(({ name, points }, i) => {
    const path = points.map(at).map(([px, py]) => `${round(px)} ${round(py)}`);
    const dots = path.map(
      (p) => `<circle cx="${p.split(' ')[0]}" cy="${p.split(' ')[1]}" r="2.5"/>`,
    );
    const colour = COLOURS[i % COLOURS.length];
    return (
      `<g fill="${colour}"><path d="M${path.join('L')}" fill="none" stroke="${colour}" stroke-width="1.5"/>` +
      `${dots.join('')}${text(right + 8, top + 10 + 16 * i, name)}</g>`
    );
  });
  return [
    text(left, 18, title),
    text((left + right) / 2, HEIGHT - 10, xLabel, 'middle'),
    text(left - 6, top - 6, yLabel, 'end'),
    ...grid,
    ...names,
    ...lines,
  ].join('\n');
}

/** @param {number[]} values @param {boolean} logarithmic */
function ticksOf(values, logarithmic) {
  const most = Math.max(...values);
  if (logarithmic) {
    const [low, high] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(most))];
    return Array.from({ length: high - low + 1 }, (_, i) => Number(`1e${low + i}`));
  }
  const step = [1, 2, 5, 10, 20, 50, 100].find((size) => most / size <= 8) ?? most;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => i * step);
}

/** @param {number} from @param {number} to @param {number} low @param {number} high */
const scale = (from, to, low, high) => (/** @type {number} */ value) =>
  low + ((value - from) / (to - from)) * (high - low);

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10;

/** @param {number} x @param {number} y @param {string} content @param {'start' | 'middle' | 'end'} [anchor] */
const text = (x, y, content, anchor = 'start') =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${content}</text>`;
