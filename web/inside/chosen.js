/** The test image that the figures show. Fires 'change'. */
export class Chosen extends EventTarget {
  #index = 0;

  get index() {
    return this.#index;
  }

  /** @param {number} index from 0 */
  set(index) {
    if (index === this.#index) return;
    this.#index = index;
    this.dispatchEvent(new Event('change'));
  }
}
