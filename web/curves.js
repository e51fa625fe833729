/** What a comparison's progress adds up to: a line a variant, over all its seeds. */

import { poolBins } from './bins.js';
import { interval, mean } from '../js/statistics.js';

/** Points of a chart's line, at most, and within one epoch. */
const MAX_POINTS = 600;
const MAX_POINTS_PER_EPOCH = 30;
/** Fewer batches in a point would show little but their noise. */
const MIN_BATCHES_PER_POINT = 12;
/** With two seeds the interval is a hundred times wider than what it encloses. */
const MIN_SEEDS_FOR_BAND = 3;

/** @typedef {import('./bins.js').Bin} Bin of a reliability diagram */
/** @typedef {'loss' | 'macroF1' | 'ece' | 'lossNoDropout'} Metric the first three of the test images */
/** @typedef {Partial<Record<Metric, number>>} Scores */

/**
 * @typedef {object} Line
 * @property {string} variant
 * @property {(number | null)[]} mean one a grid point: drawn with markers, named at its end
 * @property {(number | null)[]} low lower end of its interval
 * @property {(number | null)[]} high
 * @property {(number | null)[]} [under] a second, thin line without markers
 * @property {{ at: number, value: number }[]} dots single runs
 */

/**
 * What the page keeps of one run's course.
 * @typedef {object} Trace
 * @property {Float64Array} sums a grid point: of the training loss of the batches up to it
 * @property {Uint32Array} counts of these batches
 * @property {{ epoch: number, step: number, sum: number }} last report
 * @property {Map<number, Scores>} scores by epoch, of those that are shown
 * @property {Bin[]} bins of its last epoch's report
 */

export class Curves {
  /** @param {string[]} variants @param {number} epochs @param {number} batches in an epoch */
  constructor(variants, epochs, batches) {
    this.variants = variants;
    this.epochs = epochs;
    /** Of more epochs than points, one in `stride` has a point. */
    this.stride = Math.ceil(epochs / MAX_POINTS);
    /** Epochs whose test scores are shown, the last one among them. */
    this.tested = Array.from({ length: Math.ceil(epochs / this.stride) }, (_, i) =>
      Math.min(epochs, (i + 1) * this.stride),
    );
    const enough = Math.min(
      MAX_POINTS_PER_EPOCH,
      MAX_POINTS / this.tested.length,
      batches / MIN_BATCHES_PER_POINT,
    );
    /** From one of them to the next. */
    this.pointsPerTest = Math.max(1, Math.floor(enough));
    const points = this.tested.length * this.pointsPerTest + 1;
    /** Epochs, ascending from 0; every one that is tested is one of them. */
    this.grid = Array.from({ length: points }, (_, i) =>
      Math.min(epochs, (i / this.pointsPerTest) * this.stride),
    );
    /** By variant and seed. @type {Map<string, Map<number, Trace>>} */
    this.runs = new Map(variants.map((variant) => [variant, new Map()]));
  }

  /** @param {string} variant */
  #traces(variant) {
    const traces = this.runs.get(variant);
    if (traces === undefined) throw new Error(`no curve for ${variant}`);
    return traces;
  }

  /** @param {string} variant @param {number} seed @returns {Trace} */
  trace(variant, seed) {
    const traces = this.#traces(variant);
    let trace = traces.get(seed);
    if (trace === undefined) {
      trace = {
        sums: new Float64Array(this.grid.length),
        counts: new Uint32Array(this.grid.length),
        last: { epoch: 0, step: 0, sum: 0 },
        scores: new Map(),
        bins: [],
      };
      traces.set(seed, trace);
    }
    return trace;
  }

  /** Takes over a run of an earlier comparison with the same epochs and batches. @param {string} variant @param {number} seed @param {Trace} trace */
  adopt(variant, seed, trace) {
    this.#traces(variant).set(seed, trace);
  }

  /**
   * Progress tells the mean since the epoch began; a line shows what is new since the last report.
   * @param {string} variant
   * @param {number} seed
   * @param {{ epoch: number, step: number, steps: number, epochs: number, loss: number }} progress
   */
  addLoss(variant, seed, { epoch, step, steps, epochs, loss }) {
    const run = this.trace(variant, seed);
    const stepsAnEpoch = steps / epochs;
    const since = step - (epoch - 1) * stepsAnEpoch;
    const last = run.last.epoch === epoch ? run.last : { step: step - since, sum: 0 };
    const sum = loss * since;
    run.last = { epoch, step, sum };
    if (step === last.step) return;
    const point = Math.ceil(((step / stepsAnEpoch) * this.pointsPerTest) / this.stride - 1e-9);
    const cell = Math.min(this.grid.length - 1, point);
    run.sums[cell] += sum - last.sum;
    run.counts[cell] += step - last.step;
  }

  /**
   * @param {string} variant
   * @param {number} seed
   * @param {{ epoch: number, lossNoDropout?: number, validation?: Scores & { reliability?: Bin[] } }} told
   *   as `compare` tells of an epoch
   */
  addEpoch(variant, seed, { epoch, lossNoDropout, validation = {} }) {
    const trace = this.trace(variant, seed);
    trace.bins = validation.reliability ?? [];
    const isShown = epoch % this.stride === 0 || epoch === this.epochs;
    if (!isShown) return;
    const { loss, macroF1, ece } = validation;
    trace.scores.set(epoch, { loss, macroF1, ece, lossNoDropout });
  }

  /** The loss with dropout off, a value an epoch, over that of the batches as a thin line. @returns {Line[]} */
  trainingLines() {
    return this.variants.map((variant) => ({
      ...this.#line(variant, 'lossNoDropout'),
      under: this.#batches(variant),
    }));
  }

  /** @param {Metric} metric @returns {Line[]} a value an epoch */
  lines(metric) {
    return this.variants.map((variant) => this.#line(variant, metric));
  }

  /** The mean over seeds, a value an epoch that is shown. @param {Metric} metric */
  means(metric) {
    return this.lines(metric).map(({ mean }) =>
      this.tested.map((_, i) => mean[(i + 1) * this.pointsPerTest] ?? NaN),
    );
  }

  /** The training loss of an epoch's batches, mean over them and over seeds. */
  batchMeans() {
    return this.variants.map((variant) => {
      const line = this.#batches(variant);
      return this.tested.map((_, i) => {
        const from = i * this.pointsPerTest + 1;
        const values = line.slice(from, from + this.pointsPerTest).filter((one) => one !== null);
        return values.length < this.pointsPerTest ? NaN : mean(values);
      });
    });
  }

  /** The reliability of a variant's runs, taken together. @param {string} variant @returns {Bin[]} */
  bins(variant) {
    const reports = [...this.#traces(variant).values()].map(({ bins }) => bins);
    return poolBins(reports.filter(({ length }) => length > 0));
  }

  /** @param {string} variant */
  #batches(variant) {
    const runs = [...this.#traces(variant).values()];
    return this.grid.map((_, i) => {
      const losses = runs.filter(({ counts }) => counts[i] > 0);
      if (losses.length === 0) return null;
      return mean(losses.map(({ sums, counts }) => sums[i] / counts[i]));
    });
  }

  /** @param {string} variant @param {Metric} metric @returns {Line} */
  #line(variant, metric) {
    const runs = [...this.#traces(variant).values()];
    /** @type {Line} */
    const line = { variant, mean: [], low: [], high: [], dots: [] };
    for (const [i, epoch] of this.tested.entries()) {
      const values = runs.flatMap(({ scores }) => scores.get(epoch)?.[metric] ?? []);
      if (values.length === 0) continue;
      const point = (i + 1) * this.pointsPerTest;
      line.mean[point] = mean(values);
      if (values.length > 1) {
        line.dots.push(...values.map((value) => ({ at: epoch, value })));
      }
      if (values.length >= MIN_SEEDS_FOR_BAND) {
        [line.low[point], line.high[point]] = interval(values);
      }
    }
    return line;
  }
}
