/** Images that a reader may choose from: one stop of the Tab key, arrows within. */

import { element } from '../dom.js';
import { digitCanvas, imageOf } from './images.js';

/** @typedef {{ index: number, label: string, caption?: string }} Item `label`: all that is said of it */

/**
 * @param {HTMLElement} place
 * @param {import('../../js/index.js').Dataset} data
 * @param {Item[]} items
 * @param {(index: number) => void} choose
 */
export function showGallery(place, data, items, choose) {
  const buttons = items.map(({ index, label, caption }, i) =>
    element(
      'button',
      {
        type: 'button',
        'aria-label': label,
        title: label,
        tabIndex: i === 0 ? 0 : -1,
        dataset: { index: String(index) },
        onclick: () => choose(index),
      },
      digitCanvas(imageOf(data, index)),
      ...(caption ? [element('span', { 'aria-hidden': 'true' }, caption)] : []),
    ),
  );
  place.onkeydown = (event) => move(event, buttons);
  place.replaceChildren(...buttons.map((button) => element('li', {}, button)));
}

const STEPS = new Map([
  ['ArrowRight', 1],
  ['ArrowDown', 1],
  ['ArrowLeft', -1],
  ['ArrowUp', -1],
  ['Home', -Infinity],
  ['End', Infinity],
]);

/** @param {KeyboardEvent} event @param {HTMLElement[]} buttons */
function move(event, buttons) {
  const step = STEPS.get(event.key);
  const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (step === undefined || at === -1) return;
  event.preventDefault();
  const next = buttons[Math.min(buttons.length - 1, Math.max(0, at + step))];
  buttons[at].tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
