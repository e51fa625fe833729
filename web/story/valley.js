/**
 * The one curve: a model trained without scaling, evaluated at many factors. Its weights stay the
 * same; only what multiplies the dropped layer's output changes.
 */

import { formatNumber } from '../../js/report.js';
import { element, find, table } from '../dom.js';
import { nameWithSwatch } from '../looks.js';
import { CURVE_LINK, curveOf, factorsFor } from './curve-run.js';
import { FactorChart } from './factor-chart.js';
import { RECORDED_CURVE } from './recorded-curve.js';

/** Variants whose training leaves the factor out. */
const UNSCALED = ['article', 'unscaled'];

/** @typedef {import('./curve-run.js').Point} Point */
/** @typedef {{ variant: string, seed: number, p: number, points: Point[], weightsHash: string }} Curve */

/** Fires 'curve' when another one is shown. */
export class Valley extends EventTarget {
  /** What the figure shows: recorded, until one is trained here. @type {Curve & { here: boolean }} */
  curve = { ...RECORDED_CURVE, here: false };
  #charts;
  #hidden = true;
  #guess = /** @type {number | undefined} */ (undefined);
  #experiment = /** @type {import('../run.js').Experiment | undefined} */ (undefined);
  /** The comparison whose model is shown: the first unscaled one of each. */
  #shown = /** @type {object | undefined} */ (undefined);

  constructor() {
    super();
    this.#charts = [
      new FactorChart(find('#valley-loss'), {
        unit: 'NLL, nats',
        logarithmic: true,
        range: [0.2, 2],
      }),
      new FactorChart(find('#valley-accuracy'), {
        unit: 'accuracy',
        logarithmic: false,
        range: [0.8, 1],
      }),
    ];
    this.#draw([]);
    find('#valley-words').textContent = 'The points appear with the answer.';
  }

  /** @param {import('../run.js').Experiment} experiment whose models are looked at */
  follow(experiment) {
    this.#experiment = experiment;
  }

  /** The recorded curve in grey, or the one trained here. @param {number} [guess] the factor the reader chose */
  reveal(guess) {
    this.#hidden = false;
    this.#guess = guess;
    this.#show();
  }

  /** While it trains: points of few images. @param {Point[]} points @param {string} words */
  glance(points, words) {
    this.#draw(points);
    find('#valley-words').textContent = words;
  }

  /** @param {Curve} curve trained in this tab @param {string} where */
  take(curve, where) {
    this.curve = { ...curve, here: true };
    this.#hidden = false;
    this.#show(where);
    this.dispatchEvent(new Event('curve'));
  }

  /** @type {import('../run.js').Inspect} */
  async inspect(line, model, test) {
    const comparison = this.#experiment?.curves;
    if (!UNSCALED.includes(line.variant) || comparison === this.#shown) return;
    this.#shown = comparison;
    const { variant, seed, p, weightsHash } = line;
    const points = await curveOf(model, test, factorsFor(p));
    this.take({ variant, seed, p, points, weightsHash }, 'in the laboratory');
  }

  /** @param {string} [where] it was trained */
  #show(where) {
    const { variant, seed, points, weightsHash, here } = this.curve;
    if (this.#hidden) return;
    this.#draw(here ? points : []);
    const name = here ? nameWithSwatch(variant) : element('strong', {}, 'Recorded: ');
    const trained = here ? `trained ${where ?? 'here'}` : 'unscaled';
    find('#valley-words').replaceChildren(
      name,
      ` ${trained}, seed ${seed}, weights hash ${weightsHash.slice(0, 12)}…`,
      ...(here ? [] : [' ', element('a', { href: CURVE_LINK }, 'Run it in the laboratory')]),
    );
    const caption = here ? 'Measured in this tab.' : 'Recorded; the link above repeats it.';
    find('#valley-table').replaceChildren(pointTable(caption, points));
  }

  /** @param {Point[]} points */
  #draw(points) {
    const [loss, accuracy] = this.#charts;
    const { variant, p } = this.curve;
    const recorded = this.#hidden ? [] : RECORDED_CURVE.points;
    const common = { variant, p, guess: this.#guess };
    loss.draw({ ...common, points: pairs(points, 'loss'), recorded: pairs(recorded, 'loss') });
    accuracy.draw({
      ...common,
      points: pairs(points, 'accuracy'),
      recorded: pairs(recorded, 'accuracy'),
    });
  }
}

/** @param {readonly Point[]} points @param {'loss' | 'accuracy'} metric @returns {[number, number][]} */
function pairs(points, metric) {
  return points.map((point) => [point.factor, point[metric]]);
}

/** @param {string} caption @param {readonly Point[]} points */
function pointTable(caption, points) {
  return table({
    caption,
    head: ['factor', 'NLL', 'accuracy', 'macro F1', 'ECE'],
    rows: points.map(({ factor, loss, accuracy, macroF1, ece }) =>
      [factor, loss, accuracy, macroF1, ece].map(formatNumber),
    ),
  });
}
