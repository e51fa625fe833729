/**
 * The confusion matrix on the test images; each of its cells opens the images it counts. A column more
 * is for what no digit is.
 */

import { element, find } from '../dom.js';
import { showGallery } from './gallery.js';
import { DIGITS } from './images.js';

/**
 * @param {{ confusion: Uint32Array, predicted: Uint16Array, test: import('../../js/index.js').Dataset }} found
 * @param {(index: number) => void} choose
 */
export function showConfusion({ confusion, predicted, test }, choose) {
  const columns = confusion.length / DIGITS;
  const isOther = (/** @type {number} */ i) => i % columns >= DIGITS;
  const others = confusion.some((n, i) => isOther(i) && n > 0);
  const names = Array.from({ length: others ? columns : DIGITS }, (_, i) =>
    i < DIGITS ? String(i) : 'other',
  );
  const rows = Array.from({ length: DIGITS }, (_, label) => {
    const counts = confusion.subarray(columns * label, columns * label + names.length);
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, String(label)),
      ...Array.from(counts, (n, answer) => {
        const open = () =>
          openCell({ label, answer, n, name: names[answer] }, predicted, test, choose);
        return element(
          'td',
          {},
          ...(n === 0 ? [] : [cellButton({ label, answer, n, names, open })]),
        );
      }),
    );
  });
  const head = element(
    'tr',
    {},
    element('td', {}),
    ...names.map((name) => element('th', { scope: 'col' }, name)),
  );
  find('#confusion-table').replaceChildren(
    element(
      'table',
      {},
      element(
        'caption',
        {},
        'Rows: the digit. Columns: the answer. 10,000 test images, masks off.',
      ),
      element('thead', {}, head),
      element('tbody', {}, ...rows),
    ),
  );
  find('#confusion-cell').hidden = true;
}

/** @param {{ label: number, answer: number, n: number, names: string[], open: () => void }} cell */
function cellButton({ label, answer, n, names, open }) {
  const button = element(
    'button',
    {
      type: 'button',
      'aria-label': cellWords(label, names[answer], n),
      'aria-pressed': 'false',
      dataset: { label: String(label), answer: names[answer] },
      class: label === answer ? 'right' : 'wrong',
      onclick: open,
    },
    String(n),
  );
  // Of a digit's thousand images: a tenth taken for another is as dark as it gets.
  button.style.setProperty('--share', String(Math.min(1, Math.sqrt(n / 100))));
  return button;
}

/** @param {number} label @param {string} answer @param {number} n */
function cellWords(label, answer, n) {
  const images = n === 1 ? '1 image' : `${n} images`; // as in the cell, without a comma
  return String(label) === answer
    ? `${images} of ${label} read rightly`
    : `${images} of ${label} taken for ${answer === 'other' ? 'no digit' : answer}`;
}

/**
 * @param {{ label: number, answer: number, n: number, name: string }} cell
 * @param {Uint16Array} predicted
 * @param {import('../../js/index.js').Dataset} test
 * @param {(index: number) => void} choose
 */
function openCell({ label, answer, n, name }, predicted, test, choose) {
  for (const button of document.querySelectorAll('#confusion-table button')) {
    const { dataset } = /** @type {HTMLElement} */ (button);
    const isOpen = dataset.label === String(label) && dataset.answer === name;
    button.setAttribute('aria-pressed', String(isOpen));
  }
  const falls = (/** @type {number} */ i) =>
    answer < DIGITS ? predicted[i] === answer : predicted[i] >= DIGITS;
  const indices = Array.from(test.labels.keys()).filter(
    (i) => test.labels[i] === label && falls(i),
  );
  const place = find('#confusion-cell');
  place.hidden = false;
  find('#confusion-words').textContent =
    `${cellWords(label, name, n)}. Choose one to see its units above.`;
  const items = indices.map((index) => ({ index, label: `Test image ${index}, a ${label}` }));
  showGallery(find('#confusion-images'), test, items, choose);
}
