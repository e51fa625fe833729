/** The figures that need all test images: what is taken for what, and what is uncertain. */

import { formatNumber } from '../../js/report.js';
import { find } from '../dom.js';
import { showConfusion } from './confusion.js';
import { measureUncertainty, showUncertain } from './uncertain.js';

/** @typedef {import('../../js/index.js').Dataset} Dataset */
/** @typedef {import('./uncertain.js').By} By */

export class Whole {
  #trained;
  #choose;
  #found = /** @type {import('./uncertain.js').Uncertainty | undefined} */ (undefined);
  #test = /** @type {Dataset | undefined} */ (undefined);

  /** @param {import('../trained.js').Trained} trained @param {(index: number) => void} choose an image */
  constructor(trained, choose) {
    this.#trained = trained;
    this.#choose = choose;
    find('#uncertain-by').addEventListener('change', () => this.#drawUncertain());
  }

  /** Asks the chosen model. @param {Dataset} test @param {AbortSignal} signal */
  async start(test, signal) {
    this.#test = test;
    this.#clear();
    const model = await this.#trained.model();
    const { confusion, accuracy } = await model.evaluate(test, { signal });
    const { labels } = await model.predict(test.images, { signal });
    showConfusion({ confusion, predicted: labels, test }, this.#choose);
    find('#confusion-accuracy').textContent = `Accuracy ${formatNumber(accuracy)}.`;
    this.#found = await measureUncertainty(model, test, {
      signal,
      onRows: (rows) => this.#tell(rows),
    });
    this.#drawUncertain();
  }

  /** Nothing of another model stays in sight while this one is asked. */
  #clear() {
    this.#found = undefined;
    for (const place of ['#confusion-table', '#uncertain-images', '#uncertain-table']) {
      find(place).replaceChildren();
    }
    find('#confusion-cell').hidden = true;
    find('#confusion-accuracy').textContent = 'Reading 10,000 test images.';
    find('#uncertain-words').textContent = '';
  }

  /** @param {number} rows read so far */
  #tell(rows) {
    const all = this.#test?.samples ?? rows;
    const read = `${rows.toLocaleString('en')} of ${all.toLocaleString('en')} images read.`;
    find('#uncertain-words').textContent = rows < all ? read : this.#words();
  }

  #words() {
    return this.#trained.chosen?.variant === 'none'
      ? 'This variant has no masks: every pass is the same, and mutual information is 0.'
      : 'Below each: the digit → the answer.';
  }

  #drawUncertain() {
    if (!this.#found || !this.#test) return;
    const by = /** @type {By} */ (find('#uncertain-by input:checked').value);
    showUncertain(this.#found, by, this.#test, this.#choose);
  }
}
