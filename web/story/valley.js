/**
 * The one curve: a model trained without scaling, evaluated at many factors. Its weights stay the
 * same; only what multiplies the dropped layer's output changes.
 */

import { formatNumber } from '../../js/report.js';
import { element, find, table } from '../dom.js';
import { nameWithSwatch } from '../looks.js';
import { count } from '../state.js';
import { CURVE_LINK, curveOf, factorsFor } from './curve-run.js';
import { FactorChart } from './factor-chart.js';
import { RECORDED_CURVE } from './recorded-curve.js';

/** Variants whose training leaves the factor out. */
const UNSCALED = ['article', 'unscaled'];

/** @typedef {import('./curve-run.js').Point} Point */
/** @typedef {{ variant: string, seed: number, p: number, trainSize: number, epochs: number, points: Point[], weightsHash: string }} Curve */

/** Fires 'curve' when another one is shown. */
export class Valley extends EventTarget {
  /** What the figure shows: recorded, until one is trained here or after it is asked for. @type {Curve & { here: boolean, where?: string }} */
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
    this.#draw([], []);
    find('#valley-words').textContent = 'The points appear with the answer.';
  }

  /** @param {import('../run.js').Experiment} experiment whose models are looked at */
  follow(experiment) {
    this.#experiment = experiment;
  }

  /** The recorded curve, or the one trained here over it. @param {number} [guess] the factor the reader chose */
  reveal(guess) {
    this.#hidden = false;
    this.#guess = guess;
    this.#show();
  }

  /** What was trained here gives way to the record. */
  showRecorded() {
    this.curve = { ...RECORDED_CURVE, here: false };
    this.dispatchEvent(new Event('curve'));
  }

  /** While it trains: points of few images. @param {Point[]} points @param {string} words */
  glance(points, words) {
    this.#draw(points, this.#hidden ? [] : RECORDED_CURVE.points);
    find('#valley-words').textContent = words;
  }

  /** @param {Curve} curve trained in this tab @param {string} where */
  take(curve, where) {
    this.curve = { ...curve, here: true, where };
    this.#hidden = false;
    this.#show();
    this.dispatchEvent(new Event('curve'));
  }

  /** @type {import('../run.js').Inspect} */
  async inspect(line, model, test) {
    const comparison = this.#experiment?.curves;
    if (!UNSCALED.includes(line.variant) || comparison === this.#shown) return;
    this.#shown = comparison;
    const { variant, seed, p, trainSize, epochs, weightsHash } = line;
    const points = await curveOf(model, test, factorsFor(p));
    const curve = { variant, seed, p, trainSize, epochs, points, weightsHash };
    this.take(curve, 'in the laboratory');
  }

  #show() {
    const { points, here, where } = this.curve;
    if (this.#hidden) return;
    this.#draw(points, here ? RECORDED_CURVE.points : []);
    find('#valley-words').replaceChildren(
      nameWithSwatch(this.curve.variant),
      ` ${here ? `trained ${where}` : 'recorded'}, ${wordsOf(this.curve)}. `,
      here
        ? `Dashed, grey: the recorded run, ${RECORDED_CURVE.variant}, ${wordsOf(RECORDED_CURVE)}.`
        : element('a', { href: CURVE_LINK }, 'Load these settings'),
    );
    const caption = here ? 'Measured in this tab.' : 'Recorded; the link above repeats it.';
    find('#valley-table').replaceChildren(pointTable(caption, points));
  }

  /** @param {readonly Point[]} points @param {readonly Point[]} recorded beside them */
  #draw(points, recorded) {
    const [loss, accuracy] = this.#charts;
    const { variant, p } = this.curve;
    const common = { variant, p, guess: this.#guess };
    loss.draw({ ...common, points: pairs(points, 'loss'), recorded: pairs(recorded, 'loss') });
    accuracy.draw({
      ...common,
      points: pairs(points, 'accuracy'),
      recorded: pairs(recorded, 'accuracy'),
    });
  }
}

/** Which run it was. @param {Omit<Curve, 'variant' | 'points'>} curve */
function wordsOf({ trainSize, epochs, p, seed, weightsHash }) {
  return `${count(trainSize, 'image')}, ${count(epochs, 'epoch')}, p = ${p}, seed ${seed} (weights hash ${weightsHash.slice(0, 12)}…)`;
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
