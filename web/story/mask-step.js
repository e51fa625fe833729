/** Step 1: the article's matrix, its next masks on a tap, and their mean over many. */

import { formatNumber } from '../../js/report.js';
import { element, find } from '../dom.js';
import { MATRIX, MatrixMasks, RULES, drawMatrix, matrixOf } from './matrix-pair.js';
import { shareSlider } from './slider.js';
import { stepFigure } from './step-figure.js';

/** Masks of one tap on the answer: enough for a mean within 0.3 of the entry 6, quick on a telephone. */
const MANY = 500;

/** @param {import('../say.js').Say} say */
export function startMaskStep(say) {
  const masks = new MatrixMasks();
  const tally = new Tally();
  const parts = new Map(RULES.map((rule) => [rule, partOf(rule)]));
  find('#mask-matrices').append(...[...parts.values()].map(({ root }) => root));
  let p = 0.5;
  let step = 0;

  const show = (/** @type {import('./matrix-pair.js').Masks} */ drawn) => {
    for (const [rule, { matrix, mean }] of parts) {
      drawMatrix(matrix, drawn[rule]);
      mean.replaceChildren(...tally.means(rule).map((value) => element('span', {}, value)));
    }
    figure.words.textContent = `${tally.count} ${tally.count === 1 ? 'mask' : 'masks'} drawn at p = ${p}.`;
  };
  const draw = async (/** @type {number} */ times) => {
    const asked = p;
    for (let i = 0; i < times; i++) {
      const drawn = await masks.draw(asked, step++);
      if (p !== asked) return; // the tally has begun anew
      tally.add(drawn);
      if (i === times - 1) show(drawn);
    }
  };
  const figure = stepFigure(
    'mask',
    'The masks could not be drawn',
    () => draw(1),
    '#mask-figure-words',
  );
  for (const { button } of parts.values()) button.addEventListener('click', figure.redraw);
  const slide = shareSlider('mask-p', (value) => {
    p = value;
    tally.clear();
    figure.redraw();
  });
  const reveal = async () => {
    figure.words.textContent = `Drawing ${MANY} masks.`;
    await draw(MANY);
    for (const { over } of parts.values()) over.hidden = false;
  };
  figure.start(say, [slide], { reveal, open: true });
}

/** What was drawn so far: how often each entry was kept. */
class Tally {
  count = 0;
  #kept = { batch: new Uint32Array(MATRIX.length), element: new Uint32Array(MATRIX.length) };

  /** @param {import('./matrix-pair.js').Masks} drawn */
  add(drawn) {
    this.count += 1;
    for (const rule of RULES) drawn[rule].forEach((kept, i) => (this.#kept[rule][i] += kept));
  }

  clear() {
    this.count = 0;
    for (const rule of RULES) this.#kept[rule].fill(0);
  }

  /** Of the entries, over all masks drawn. @param {import('./matrix-pair.js').Rule} rule */
  means(rule) {
    return MATRIX.map((value, i) => formatNumber((value * this.#kept[rule][i]) / this.count));
  }
}

/** @param {import('./matrix-pair.js').Rule} rule */
function partOf(rule) {
  const labelled = matrixOf(rule);
  const matrix = /** @type {HTMLElement} */ (labelled.querySelector('.matrix'));
  const hint = element('span', { class: 'visually-hidden' }, 'Draw the next mask.');
  const button = element('button', { type: 'button', class: 'mask-button' }, hint, labelled);
  const mean = element('p', { class: 'means' });
  const over = element(
    'div',
    { class: 'mask-mean', hidden: true },
    element('p', { class: 'mask-rule' }, 'mean over all masks drawn'),
    mean,
  );
  const root = element('div', { class: 'mask-part' }, button, over);
  return { root, button, matrix, mean, over };
}
