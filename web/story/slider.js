/** What the story's figures are drawn with: a probability, a number of masks. */

import { toNumber } from '../../js/comparison/settings.js';
import { checkInteger, checkProbability } from '../../js/options.js';
import { valueField } from '../field.js';

/**
 * @param {object} how
 * @param {string} how.id of the box, unique on the page
 * @param {string} how.label
 * @param {string} how.name in what the reader is told
 * @param {readonly number[]} how.stops ascending
 * @param {number} how.value at first
 * @param {(value: number, name: string) => number} how.check throws what the reader should know
 * @param {(value: number) => void} how.onChange
 * @returns {HTMLElement}
 */
function slider({ id, label, name, stops, value, check, onChange }) {
  const { root, show } = valueField({
    id,
    label,
    stops,
    take(text) {
      const checked = check(toNumber(text, name), name);
      show(String(checked));
      onChange(checked);
    },
  });
  show(String(value));
  return root;
}

const SHARES = Object.freeze(Array.from({ length: 21 }, (_, i) => Number((i / 20).toFixed(2))));

/** The probability of dropping. @param {string} id @param {(p: number) => void} onChange */
export function shareSlider(id, onChange) {
  return slider({
    id,
    label: 'p, probability of dropping',
    name: 'p',
    stops: SHARES,
    value: 0.5,
    check: checkProbability,
    onChange,
  });
}

/** How many masks a mean is over. @param {string} id @param {number} value @param {(passes: number) => void} onChange */
export function passesSlider(id, value, onChange) {
  return slider({
    id,
    label: 'masks in the mean',
    name: 'masks',
    stops: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    value,
    check: (passes, name) => checkInteger(passes, name, { min: 1, max: 10_000 }),
    onChange,
  });
}
