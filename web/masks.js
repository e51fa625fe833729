/** The first figure: the article's matrix under one draw a column and one draw an entry. */

import { dropoutMask } from '../js/index.js';
import { find } from './dom.js';

const MATRIX = [1, 2, 3, 4, 5, 6];
/** @type {[number, number]} rows, columns */
const SHAPE = [2, 3];
const P = 0.5;

/** The seeds whose masks give the two matrices that the article prints; each tap takes the next. */
const FIRST_SEEDS = { batch: 1, element: 27 };

/** Index.html shows the first draw, so nothing is loaded before the reader asks for another. */
export function startMasks() {
  let taps = 0;
  find('#masks button').addEventListener('click', async () => {
    taps += 1;
    const seeds = { batch: FIRST_SEEDS.batch + taps, element: FIRST_SEEDS.element + taps };
    const words = find('#mask-words');
    try {
      const [batch, single] = await Promise.all([
        dropoutMask(P, SHAPE, { mask: 'batch', seed: seeds.batch }),
        dropoutMask(P, SHAPE, { mask: 'element', seed: seeds.element }),
      ]);
      draw(find('#mask-batch .matrix'), batch);
      draw(find('#mask-element .matrix'), single);
      words.textContent = `Drawn from seeds ${seeds.batch} and ${seeds.element}; the same seed draws the same mask again.`;
    } catch (error) {
      words.textContent = `The masks could not be drawn: ${/** @type {Error} */ (error).message}`;
    }
  });
}

/** @param {HTMLElement} matrix @param {Uint8Array} mask */
function draw(matrix, mask) {
  const values = MATRIX.map((value, i) => value * mask[i]);
  values.forEach((value, i) => {
    const cell = matrix.children[i];
    cell.textContent = String(value);
    cell.classList.toggle('dropped', mask[i] === 0);
  });
  matrix.setAttribute(
    'aria-label',
    `${values.slice(0, 3).join(' ')}; ${values.slice(3).join(' ')}`,
  );
}
