/** The first figure: the two matrices that the article prints, and others on a tap. */

import { find } from '../dom.js';
import { latest } from '../latest.js';
import { MatrixMasks, RULES, SEEDS, drawMatrix } from './matrix-pair.js';

const P = 0.5;

/** Index.html shows the first draw, so nothing is loaded before the reader asks for another. */
export function startHeroMasks() {
  const masks = new MatrixMasks();
  const words = find('#mask-words');
  let taps = 0;
  const draw = latest(async (/** @type {number} */ step) => {
    try {
      const drawn = await masks.draw(P, step);
      for (const rule of RULES) drawMatrix(find(`#mask-${rule} .matrix`), drawn[rule]);
      words.textContent = `Step ${step} of seeds ${SEEDS.batch} and ${SEEDS.element}: every step has fresh masks, the same ones in every browser.`;
    } catch (error) {
      words.textContent = `The masks could not be drawn: ${/** @type {Error} */ (error).message}`;
    }
  });
  find('#masks button').addEventListener('click', () => draw(++taps));
}
