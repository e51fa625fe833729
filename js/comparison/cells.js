/** The cells of a comparison: its variants and, where these vary, each p and learning rate. */

/**
 * @typedef {object} Cell
 * @property {string} variant
 * @property {number} [p] where it varies and the variant uses it
 * @property {number} [learningRate] where it varies; of a schedule the first
 */

/**
 * @param {readonly { variant: string, p?: number, learningRate?: number | ArrayLike<number> }[]} runs
 *   all of one comparison
 * @returns {Cell[]} of each run
 */
export function cellsOf(runs) {
  const points = runs.map(({ variant, p, learningRate }) => ({
    variant,
    p: variant === 'none' ? undefined : p,
    learningRate: typeof learningRate === 'object' ? learningRate[0] : learningRate,
  }));
  const varies = (/** @type {'p' | 'learningRate'} */ key) =>
    new Set(points.map((point) => point[key]).filter((value) => value !== undefined)).size > 1;
  const [byP, byRate] = [varies('p'), varies('learningRate')];
  return points.map(({ variant, p, learningRate }) => ({
    variant,
    ...(byP && p !== undefined && { p }),
    ...(byRate && { learningRate }),
  }));
}

/** @param {Cell} cell @returns {string} 'unscaled p 0.5 rate 0.02', or the variant alone */
export function cellName({ variant, p, learningRate }) {
  return [
    variant,
    ...(p === undefined ? [] : [`p ${p}`]),
    ...(learningRate === undefined ? [] : [`rate ${learningRate}`]),
  ].join(' ');
}

/**
 * @param {readonly Cell[]} cells
 * @param {string} name of a cell; that of a variant means the first of its cells
 * @returns {string} of a cell; the name given where there is none
 */
export function findCell(cells, name) {
  const found = cells.find((cell) => cell.variant === name || cellName(cell) === name);
  return found ? cellName(found) : name;
}
