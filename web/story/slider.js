/** A slider over usual values with a box that shows the value and takes any other. */

import { checkInteger, checkProbability } from '../../js/options.js';
import { element } from '../dom.js';

/**
 * @param {object} how
 * @param {string} how.id of the box, unique on the page
 * @param {string} how.label
 * @param {readonly number[]} how.stops ascending
 * @param {number} how.value at first
 * @param {(value: number) => number} how.check throws what the reader should know
 * @param {(value: number) => void} how.onChange
 * @returns {HTMLElement}
 */
function slider({ id, label, stops, value, check, onChange }) {
  const box = element('input', { type: 'text', id, inputMode: 'decimal', spellcheck: false });
  const range = element('input', {
    type: 'range',
    min: '0',
    max: String(stops.length - 1),
    step: '1',
    'aria-label': `${label}, usual values`,
  });
  const fault = element('p', { class: 'fault', id: `${id}-fault`, hidden: true, role: 'alert' });
  box.setAttribute('aria-errormessage', fault.id);
  const show = (/** @type {number} */ now) => {
    box.value = String(now);
    range.value = String(stops.filter((stop) => stop <= now).length - 1);
    range.setAttribute('aria-valuetext', String(now));
  };
  const take = (/** @type {number} */ asked) => {
    try {
      const checked = check(asked);
      fault.hidden = true;
      box.setAttribute('aria-invalid', 'false');
      show(checked);
      onChange(checked);
    } catch (error) {
      fault.textContent = `${/** @type {Error} */ (error).message}.`;
      fault.hidden = false;
      box.setAttribute('aria-invalid', 'true');
    }
  };
  range.oninput = () => take(stops[range.valueAsNumber]);
  box.onchange = () => take(box.value.trim() === '' ? NaN : Number(box.value));
  show(value);
  return element(
    'div',
    { class: 'field' },
    element('label', { for: id }, label),
    box,
    range,
    fault,
  );
}

const SHARES = Object.freeze(Array.from({ length: 21 }, (_, i) => Number((i / 20).toFixed(2))));

/** The probability of dropping. @param {string} id @param {(p: number) => void} onChange */
export function shareSlider(id, onChange) {
  return slider({
    id,
    label: 'p, probability of dropping',
    stops: SHARES,
    value: 0.5,
    check: (p) => checkProbability(p, 'p'),
    onChange,
  });
}

/** How many masks a mean is over. @param {string} id @param {number} value @param {(passes: number) => void} onChange */
export function passesSlider(id, value, onChange) {
  return slider({
    id,
    label: 'masks in the mean',
    stops: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    value,
    check: (passes) => checkInteger(passes, 'masks', { min: 1, max: 10_000 }),
    onChange,
  });
}
