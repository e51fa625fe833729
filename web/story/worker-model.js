/** A model in a worker, for figures that ask it: the page's own thread compiles nothing. */

import { createModel } from '../../js/index.js';

/** @typedef {import('../../js/layers.js').SpecInput} SpecInput */
/** @typedef {import('../../js/model.js').Model} Model */

/** Holds one model, made when it is first asked for and again when another spec is asked for. */
export class WorkerModel {
  /** @type {{ key: string, model: Model } | undefined} */
  #made;
  /** One question at a time, so that no model goes before it has answered. @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * @template R
   * @param {SpecInput} spec
   * @param {(model: Model) => Promise<R>} question
   * @returns {Promise<R>}
   */
  ask(spec, question) {
    const answer = this.#last.then(async () => question(await this.#model(spec)));
    this.#last = answer.catch(() => {}); // told to who asked
    return answer;
  }

  /** @param {SpecInput} spec @returns {Promise<Model>} */
  async #model(spec) {
    const key = JSON.stringify(spec);
    if (this.#made?.key === key) return this.#made.model;
    await this.#made?.model.dispose();
    this.#made = undefined;
    const model = await createModel(spec);
    this.#made = { key, model };
    return model;
  }
}
