/** The settings as a form: built from the table of controls, kept equal to the store both ways. */

import { variantInfo } from '../../js/variant-words.js';
import { VARIANT_KEYS } from '../../js/variants.js';
import { element } from '../dom.js';
import { faultLine, showFault, valueField } from '../field.js';
import { nameWithSwatch } from '../looks.js';
import { CONTROLS, isUsed } from '../controls-table.js';
import { addressOf, textOf, withChange } from '../state.js';

/** @typedef {import('../controls-table.js').Control} Control */
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
const BUILDERS = {
  choice: buildChoice,
  variants: buildVariants,
  text: buildText,
  select: buildSelect,
};

/** @param {Control} control @param {Store} store */
function buildChoice({ flag, label, optional, options = [] }, store) {
  const inputs = options.map(({ value }) =>
    element('input', { type: 'radio', name: flag, value, id: `${flag}-${value}` }),
  );
  const fault = faultLine(flag);
  for (const [i, input] of inputs.entries()) {
    input.onchange = () => {
      try {
        store.set(withChange(store.settings, flag, optional && i === 0 ? '' : input.value));
      } catch (error) {
        show(store.settings);
        showFault(fault, error);
      }
    };
  }
  const show = (/** @type {import('../state.js').Settings} */ settings) => {
    const text = textOf(flag, settings) || options[0].value;
    for (const input of inputs) input.checked = input.value === text;
    fault.hidden = true;
  };
  store.follow(show);
  const rows = options.map(({ label, note }, i) => choiceRow(inputs[i], label, note));
  return element('div', { role: 'radiogroup', 'aria-label': label }, ...rows, fault);
}

/** One of what other settings offer. @param {Control} control @param {Store} store */
function buildSelect({ flag, label, note = '', values = () => [] }, store) {
  const select = element('select', { id: flag, name: flag, 'aria-describedby': `${flag}-note` });
  select.onchange = () => store.set(withChange(store.settings, flag, select.value));
  store.follow((settings) => {
    const offered = values(textsOf(settings));
    select.replaceChildren(...offered.map((value) => element('option', { value }, value)));
    select.value = textOf(flag, settings) || offered[0];
  });
  return element(
    'div',
    { class: 'field' },
    element('label', { for: flag }, label),
    select,
    element('small', { id: `${flag}-note` }, note),
  );
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
        showFault(fault, error);
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

/** @param {Control} control @param {Store} store */
function buildText(control, store) {
  const { flag, label, stops, note, empty } = control;
  const take = (/** @type {string} */ text) => store.set(withChange(store.settings, flag, text));
  const { root, show } = valueField({ id: flag, label, stops, note, take });
  store.follow((settings) => {
    const texts = textsOf(settings);
    show(textOf(flag, settings), { empty: empty?.(texts), disabled: !isUsed(control, texts) });
  });
  return root;
}

/** The settings as a link has them. @param {import('../state.js').Settings} settings */
function textsOf(settings) {
  return new URLSearchParams(addressOf(settings).slice(1));
}
