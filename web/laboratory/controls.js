/** The settings as a form: built from the table in state.js, kept equal to the store both ways. */

import { variantInfo } from '../../js/variant-words.js';
import { VARIANT_KEYS } from '../../js/variants.js';
import { element } from '../dom.js';
import { nameWithSwatch } from '../looks.js';
import { CONTROLS, textOf, withChange } from '../state.js';

/** @typedef {import('../state.js').Control} Control */
/** @typedef {import('../state.js').Store} Store */

/** @param {HTMLFormElement} form @param {Store} store */
export function buildControls(form, store) {
  for (const group of new Set(CONTROLS.map((control) => control.group))) {
    const parts = CONTROLS.filter((control) => control.group === group).map((control) =>
      BUILDERS[control.kind](control, store),
    );
    form.append(element('fieldset', { class: 'group' }, element('legend', {}, group), ...parts));
  }
  form.addEventListener('submit', (event) => event.preventDefault());
}

/** @type {Record<Control['kind'], (control: Control, store: Store) => HTMLElement>} */
const BUILDERS = { choice: buildChoice, variants: buildVariants, text: buildText };

/** @param {Control} control @param {Store} store */
function buildChoice({ flag, label, options = [] }, store) {
  const inputs = options.map(({ value }) =>
    element('input', { type: 'radio', name: flag, value, id: `${flag}-${value}` }),
  );
  for (const input of inputs) {
    input.onchange = () => store.set(withChange(store.settings, flag, input.value));
  }
  store.follow((settings) => {
    for (const input of inputs) input.checked = input.value === textOf(flag, settings);
  });
  const rows = options.map(({ label, note }, i) => choiceRow(inputs[i], label, note));
  return element('div', { role: 'radiogroup', 'aria-label': label }, ...rows);
}

/** The order in which variants were chosen stays: the first is the baseline. @param {Control} control @param {Store} store */
function buildVariants({ flag, label }, store) {
  const inputs = VARIANT_KEYS.map((value) =>
    element('input', { type: 'checkbox', name: flag, value, id: `${flag}-${value}` }),
  );
  const fault = faultLine(flag);
  for (const input of inputs) {
    input.onchange = () => {
      const others = store.settings.variants.filter((variant) => variant !== input.value);
      const chosen = input.checked ? [...others, input.value] : others;
      try {
        if (chosen.length === 0) throw new RangeError('One variant has to stay');
        store.set(withChange(store.settings, flag, chosen.join(',')));
      } catch (error) {
        input.checked = !input.checked;
        fault.textContent = `${/** @type {Error} */ (error).message}.`;
        fault.hidden = false;
      }
    };
  }
  store.follow(({ variants }) => {
    for (const input of inputs) input.checked = variants.includes(input.value);
    fault.hidden = true;
  });
  const rows = VARIANT_KEYS.map((value, i) =>
    choiceRow(
      inputs[i],
      nameWithSwatch(value),
      variantInfo[value].description.replaceAll(' - ', ' − '),
    ),
  );
  return element('div', { role: 'group', 'aria-label': label }, ...rows, fault);
}

/** @param {HTMLElement} input @param {Node | string} name @param {string} [note] */
function choiceRow(input, name, note) {
  return element(
    'label',
    { class: 'choice', for: input.id },
    input,
    name,
    ...(note ? [element('small', {}, note)] : []),
  );
}

/** A box that takes any value, and where there are usual ones a slider over them. @param {Control} control @param {Store} store */
function buildText({ flag, label, stops, note }, store) {
  const box = element('input', { type: 'text', id: flag, name: flag, spellcheck: false });
  if (stops) box.inputMode = 'decimal';
  const fault = faultLine(flag);
  const mark = (/** @type {string} */ problem) => {
    box.setAttribute('aria-invalid', String(problem !== ''));
    fault.textContent = problem;
    fault.hidden = problem === '';
  };
  box.setAttribute('aria-errormessage', fault.id);
  const change = (/** @type {string} */ text) => {
    try {
      store.set(withChange(store.settings, flag, text));
    } catch (error) {
      mark(`${/** @type {Error} */ (error).message}.`);
    }
  };
  box.onchange = () => change(box.value.trim());
  store.follow((settings) => {
    box.value = textOf(flag, settings);
    mark('');
  });
  const parts = [element('label', { for: flag }, label), box];
  if (stops) parts.push(buildSlider(flag, label, stops, store, change));
  if (note) {
    box.setAttribute('aria-describedby', `${flag}-note`);
    parts.push(element('small', { id: `${flag}-note` }, note));
  }
  return element('div', { class: 'field' }, ...parts, fault);
}

/** @param {string} flag @param {string} label @param {number[]} stops @param {Store} store @param {(text: string) => void} change */
function buildSlider(flag, label, stops, store, change) {
  const slider = element('input', {
    type: 'range',
    min: '0',
    max: String(stops.length - 1),
    step: '1',
    'aria-label': `${label}, usual values`,
  });
  slider.oninput = () => change(String(stops[slider.valueAsNumber]));
  store.follow((settings) => {
    const text = textOf(flag, settings);
    slider.value = String(nearest(stops, Number(text)));
    slider.setAttribute('aria-valuetext', text);
  });
  return slider;
}

/** @param {string} flag */
function faultLine(flag) {
  return element('p', { class: 'fault', id: `${flag}-fault`, hidden: true, role: 'alert' });
}

/** The slider's place for a typed value: that of the largest stop not above it. @param {number[]} stops @param {number} value */
function nearest(stops, value) {
  return Math.max(0, stops.filter((stop) => stop <= value).length - 1);
}
