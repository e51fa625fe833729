/** A box that takes any value, where there are usual ones with a slider over them, and what is wrong with it. */

import { element } from './dom.js';

/**
 * @typedef {object} Field
 * @property {HTMLElement} root
 * @property {(text: string, how?: { empty?: string, disabled?: boolean }) => void} show the value that
 *   holds; `empty`: what holds where the text is empty
 */

/**
 * @param {object} how
 * @param {string} how.id of the box, unique on the page
 * @param {string} how.label
 * @param {readonly number[]} [how.stops] of the slider, ascending
 * @param {string} [how.note] a line below
 * @param {(text: string) => void} how.take what the reader entered; throws what the reader should know
 * @returns {Field}
 */
export function valueField({ id, label, stops, note, take }) {
  const box = element('input', { type: 'text', id, name: id, spellcheck: false });
  const fault = faultLine(id);
  box.setAttribute('aria-errormessage', fault.id);
  const change = (/** @type {string} */ text) => {
    try {
      take(text);
    } catch (error) {
      showFault(fault, error);
      box.setAttribute('aria-invalid', 'true');
    }
  };
  box.onchange = () => change(box.value.trim());
  const slider = stops && usualValues(label, stops, change);
  if (slider) box.inputMode = 'decimal';
  if (note) box.setAttribute('aria-describedby', `${id}-note`);
  return {
    root: element(
      'div',
      { class: 'field' },
      element('label', { for: id }, label),
      box,
      ...(slider ? [slider.root] : []),
      ...(note ? [element('small', { id: `${id}-note` }, note)] : []),
      fault,
    ),
    show(text, { empty = '', disabled = false } = {}) {
      box.value = text;
      box.placeholder = empty;
      box.disabled = disabled;
      box.setAttribute('aria-invalid', 'false');
      fault.hidden = true;
      slider?.show(text || empty, disabled);
    },
  };
}

/** @param {string} label @param {readonly number[]} stops @param {(text: string) => void} change */
function usualValues(label, stops, change) {
  const root = element('input', {
    type: 'range',
    min: '0',
    max: String(stops.length - 1),
    step: '1',
    'aria-label': `${label}, usual values`,
  });
  root.oninput = () => change(String(stops[root.valueAsNumber]));
  return {
    root,
    /** At the largest stop not above it. @param {string} text @param {boolean} disabled */
    show(text, disabled) {
      const below = stops.filter((stop) => stop <= Number(text)).length - 1;
      root.value = String(Math.max(0, below));
      root.setAttribute('aria-valuetext', text);
      root.disabled = disabled;
    },
  };
}

/** Where it is said what is wrong. @param {string} id of what it belongs to */
export function faultLine(id) {
  return element('p', { class: 'fault', id: `${id}-fault`, hidden: true, role: 'alert' });
}

/** @param {HTMLElement} fault @param {unknown} error */
export function showFault(fault, error) {
  fault.textContent = `${/** @type {Error} */ (error).message}.`;
  fault.hidden = false;
}
