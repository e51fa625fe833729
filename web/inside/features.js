/** What units of the first layer look for: their weights as images, those first which the image drives most. */

import { formatNumber } from '../../js/report.js';
import { element, find, table } from '../dom.js';
import { latest } from '../latest.js';
import { PIXELS, drawWeights, imageOf, smallCanvas } from './images.js';

/** Units shown. */
const SHOWN = 24;

export class Features {
  #trained;
  #chosen;
  #report;
  #test = /** @type {import('../../js/index.js').Dataset | undefined} */ (undefined);
  #ask = latest(() => this.#update());

  /**
   * @param {import('../trained.js').Trained} trained
   * @param {import('./chosen.js').Chosen} chosen
   * @param {{ report: (error: unknown) => void }} tell
   */
  constructor(trained, chosen, { report }) {
    this.#trained = trained;
    this.#chosen = chosen;
    this.#report = report;
    chosen.addEventListener('change', () => this.#ask(undefined));
  }

  /** @param {import('../../js/index.js').Dataset} test */
  start(test) {
    this.#test = test;
    this.#ask(undefined);
  }

  async #update() {
    const [test, kept] = [this.#test, this.#trained.chosen];
    if (!test || !kept) return;
    const { index } = this.#chosen;
    try {
      const model = await this.#trained.model();
      const image = imageOf(test, index);
      const layer = kept.spec.layers.findIndex(({ type }) => type === 'dense');
      const outputs = await model.activations(image, { layer });
      const order = Array.from(outputs.keys()).sort((a, b) => outputs[b] - outputs[a]);
      const { data } = kept.parameters['layers.0.weight'];
      const units = order.slice(0, SHOWN).map((unit) => ({
        unit,
        output: outputs[unit],
        weights: data.subarray(PIXELS * unit, PIXELS * (unit + 1)),
      }));
      find('#feature-list').replaceChildren(...units.map(featureItem));
      find('#feature-digit').textContent = `test image ${index}, a ${test.labels[index]},`;
      find('#feature-table').replaceChildren(featureTable(units));
    } catch (error) {
      if (kept === this.#trained.chosen) this.#report(error);
    }
  }
}

/** @typedef {{ unit: number, output: number, weights: Float32Array }} Feature */

/** @param {Feature} feature */
function featureItem({ unit, output, weights }) {
  const words = `Weights into unit ${unit}, which gives ${formatNumber(output)}`;
  const canvas = smallCanvas({ class: 'feature-image', role: 'img', 'aria-label': words });
  drawWeights(canvas, weights);
  return element(
    'li',
    {},
    canvas,
    element('span', { 'aria-hidden': 'true' }, formatNumber(output)),
  );
}

/** @param {Feature[]} features */
function featureTable(features) {
  return table({
    head: ['unit', 'output', 'smallest weight', 'largest weight'],
    rows: features.map(({ unit, output, weights }) => [
      String(unit),
      ...[output, Math.min(...weights), Math.max(...weights)].map(formatNumber),
    ]),
  });
}
