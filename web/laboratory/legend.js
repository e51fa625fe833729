/** Which variants the charts show: a button each, for all charts at once. */

import { element } from '../dom.js';
import { nameWithSwatch } from '../looks.js';

/** Fires 'change'. */
export class Legend extends EventTarget {
  /** @type {Set<string>} */
  #hidden = new Set();
  #list;

  /** @param {HTMLElement} list */
  constructor(list) {
    super();
    this.#list = list;
  }

  /** @param {string[]} variants of the comparison in view */
  start(variants) {
    this.#list.hidden = variants.length === 0;
    this.#list.replaceChildren(...variants.map((variant) => this.#item(variant)));
  }

  /** @param {string} variant */
  shows(variant) {
    return !this.#hidden.has(variant);
  }

  /** @param {string} variant */
  #item(variant) {
    const button = element('button', { type: 'button' }, nameWithSwatch(variant));
    const update = () => button.setAttribute('aria-pressed', String(this.shows(variant)));
    button.onclick = () => {
      if (!this.#hidden.delete(variant)) this.#hidden.add(variant);
      update();
      this.dispatchEvent(new Event('change'));
    };
    update();
    return element('li', {}, button);
  }
}
