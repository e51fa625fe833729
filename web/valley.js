/**
 * The one curve: a model trained without scaling, evaluated at many factors. Its weights stay the
 * same; only what multiplies the dropped layer's output changes.
 */

import { formatNumber } from '../js/report.js';
import { find, table } from './dom.js';
import { FactorChart } from './factor-chart.js';
import { nameWithSwatch } from './looks.js';

/** The right factor at p = 0.5 is 1/2, the rule of the article's text 2: both well within. */
const FACTORS = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2].map((power) => 2 ** power);

/** Variants whose training leaves the factor out. */
const UNSCALED = ['article', 'unscaled'];

/** @typedef {{ factor: number, loss: number, accuracy: number }} Point */

/** Measured in PyTorch: `unscaled`, `intended`, Adam 0.001, two epochs, p 0.5, all images. @type {Point[]} */
const MEASURED = [
  { factor: 0.25, loss: 0.413, accuracy: 0.91 },
  { factor: 0.5, loss: 0.31, accuracy: 0.911 },
  { factor: 1, loss: 0.445, accuracy: 0.912 },
  { factor: 2, loss: 0.823, accuracy: 0.912 },
  { factor: 4, loss: 1.614, accuracy: 0.912 },
];

export class Valley {
  #charts;
  #experiment = /** @type {import('./run.js').Experiment | undefined} */ (undefined);
  /** The comparison whose model is shown: the first unscaled one of each. */
  #shown = /** @type {object | undefined} */ (undefined);

  constructor() {
    this.#charts = [
      new FactorChart(find('#valley-loss'), {
        unit: 'NLL, nats',
        logarithmic: true,
        range: [0.2, 2],
        measured: MEASURED.map(({ factor, loss }) => [factor, loss]),
      }),
      new FactorChart(find('#valley-accuracy'), {
        unit: 'accuracy',
        logarithmic: false,
        range: [0.8, 1],
        measured: MEASURED.map(({ factor, accuracy }) => [factor, accuracy]),
      }),
    ];
    this.#draw('unscaled', 0.5, []);
    find('#valley-table').replaceChildren(pointTable('Measured in PyTorch.', MEASURED));
  }

  /** @param {import('./run.js').Experiment} experiment whose models are looked at */
  follow(experiment) {
    this.#experiment = experiment;
  }

  /** @type {import('./run.js').Inspect} */
  async inspect(line, model, test) {
    const comparison = this.#experiment?.curves;
    if (!UNSCALED.includes(line.variant) || comparison === this.#shown) return;
    this.#shown = comparison;
    const { variant, seed, p } = line;
    const points = /** @type {Point[]} */ ([]);
    for (const factor of factorsFor(p)) {
      const { loss, accuracy } = await model.evaluate(test, { evalScale: factor });
      points.push({ factor, loss, accuracy });
    }
    this.#draw(variant, p, points);
    const words = `trained on this page, seed ${seed}, weights hash ${line.weightsHash.slice(0, 12)}…`;
    find('#valley-words').replaceChildren(nameWithSwatch(variant), words);
    find('#valley-table').replaceChildren(pointTable('Measured on this page.', points));
  }

  /** @param {string} variant @param {number} p @param {Point[]} points */
  #draw(variant, p, points) {
    const [loss, accuracy] = this.#charts;
    loss.draw(
      variant,
      p,
      points.map((point) => [point.factor, point.loss]),
    );
    accuracy.draw(
      variant,
      p,
      points.map((point) => [point.factor, point.accuracy]),
    );
  }
}

/** The factors of the figure, keep and 1 / keep among them. @param {number} p */
function factorsFor(p) {
  const keep = 1 - p;
  const rules = keep > 0 ? [keep, 1 / keep] : [];
  return [...new Set([...FACTORS, ...rules])].sort((a, b) => a - b);
}

/** @param {string} caption @param {Point[]} points */
function pointTable(caption, points) {
  return table({
    caption,
    head: ['factor', 'NLL', 'accuracy'],
    rows: points.map((point) => [point.factor, point.loss, point.accuracy].map(formatNumber)),
  });
}
