/** The article's matrix under its two rules: one draw per column, one draw per entry. */

import { dense, dropout } from '../../js/index.js';
import { element } from '../dom.js';
import { WorkerModel } from './worker-model.js';

/** @typedef {'batch' | 'element'} Rule */
/** @typedef {Record<Rule, Uint8Array>} Masks rows x columns each */

export const MATRIX = [1, 2, 3, 4, 5, 6];
const ROWS = 2;
const COLUMNS = 3;

/** Step 0 of these seeds gives the two matrices that the article prints. */
export const SEEDS = { batch: 1, element: 27 };

/** @type {Rule[]} */
export const RULES = ['batch', 'element'];

const NAMES = {
  batch: ['Dropout', 'one draw per column'],
  element: ['DropConnect', 'one draw per entry'],
};

/** Both masks of a step, drawn in workers. */
export class MatrixMasks {
  #models = RULES.map((mask) => ({ mask, model: new WorkerModel() }));

  /** @param {number} p @param {number} step @returns {Promise<Masks>} */
  async draw(p, step) {
    const [batch, single] = await Promise.all(
      this.#models.map(({ mask, model }) => {
        const layers = [dense(COLUMNS), dropout(p, { mask })];
        return model.ask({ input: 1, layers, seed: SEEDS[mask] }, (one) =>
          one.mask(1, { step, rows: ROWS }),
        );
      }),
    );
    return /** @type {Masks} */ ({ batch, element: single });
  }
}

/** @param {Rule} rule @returns {HTMLElement} its name over the matrix, nothing dropped yet */
export function matrixOf(rule) {
  const [name, how] = NAMES[rule];
  return element(
    'span',
    { class: 'mask', dataset: { rule } },
    element('span', { class: 'mask-name' }, name),
    element('span', { class: 'mask-rule' }, how),
    element(
      'span',
      { class: 'matrix', role: 'img', 'aria-label': words(MATRIX) },
      ...MATRIX.map((value) => element('span', { class: 'cell' }, String(value))),
    ),
  );
}

/** @param {HTMLElement} matrix @param {Uint8Array} mask */
export function drawMatrix(matrix, mask) {
  const values = MATRIX.map((value, i) => value * mask[i]);
  values.forEach((value, i) => {
    const cell = matrix.children[i];
    cell.textContent = String(value);
    cell.classList.toggle('dropped', mask[i] === 0);
  });
  matrix.setAttribute('aria-label', words(values));
}

/** @param {(number | string)[]} values */
function words(values) {
  return `${values.slice(0, COLUMNS).join(' ')}; ${values.slice(COLUMNS).join(' ')}`;
}
