/** What a comparison's progress adds up to: a line a variant, over all its seeds. */

import { interval, mean } from '../../js/statistics.js';

/** Points of a chart's line, at most, and within one epoch. */
const MAX_POINTS = 600;
const MAX_POINTS_PER_EPOCH = 30;
/** Fewer batches in a point would show little but their noise. */
const MIN_BATCHES_PER_POINT = 12;
/** With two seeds the interval is a hundred times wider than what it encloses. */
const MIN_SEEDS_FOR_BAND = 3;

/** @typedef {import('./charts.js').Line} Line */
/** @typedef {{ loss: number, macroF1: number }} Scores of the test images */

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
    /** @type {Map<string, Map<number, { sums: Float64Array, counts: Uint32Array, tests: Map<number, Scores>, last: { epoch: number, step: number, sum: number } }>>} */
    this.runs = new Map(variants.map((variant) => [variant, new Map()]));
  }

  /** @param {string} variant @param {number} seed */
  #run(variant, seed) {
    const runs = this.runs.get(variant);
    if (runs === undefined) throw new Error(`no curve for ${variant}`);
    let run = runs.get(seed);
    if (run === undefined) {
      run = {
        sums: new Float64Array(this.grid.length),
        counts: new Uint32Array(this.grid.length),
        tests: new Map(),
        last: { epoch: 0, step: 0, sum: 0 },
      };
      runs.set(seed, run);
    }
    return run;
  }

  /**
   * Progress tells the mean since the epoch began; a line shows what is new since the last report.
   * @param {string} variant
   * @param {number} seed
   * @param {{ epoch: number, step: number, steps: number, epochs: number, loss: number }} progress
   */
  addLoss(variant, seed, { epoch, step, steps, epochs, loss }) {
    const run = this.#run(variant, seed);
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

  /** @param {string} variant @param {number} seed @param {number} epoch from 1 @param {Scores} scores */
  addTest(variant, seed, epoch, scores) {
    const isShown = epoch % this.stride === 0 || epoch === this.epochs;
    if (isShown) this.#run(variant, seed).tests.set(epoch, scores);
  }

  /** Training loss as a thin line under the test loss of each epoch. @returns {Line[]} */
  lossLines() {
    return this.variants.map((variant) => ({
      ...this.#testLine(variant, 'loss'),
      under: this.#trainingLine(variant),
    }));
  }

  /** @param {keyof Scores} metric @returns {Line[]} */
  testLines(metric) {
    return this.variants.map((variant) => this.#testLine(variant, metric));
  }

  /** @param {string} variant */
  #trainingLine(variant) {
    const runs = [...(this.runs.get(variant)?.values() ?? [])];
    return this.grid.map((_, i) => {
      const losses = runs.filter(({ counts }) => counts[i] > 0);
      if (losses.length === 0) return null;
      return mean(losses.map(({ sums, counts }) => sums[i] / counts[i]));
    });
  }

  /** @param {string} variant @param {keyof Scores} metric @returns {Line} */
  #testLine(variant, metric) {
    const runs = [...(this.runs.get(variant)?.values() ?? [])];
    /** @type {Line} */
    const line = { variant, mean: [], low: [], high: [], dots: [] };
    for (const [i, epoch] of this.tested.entries()) {
      const values = runs.flatMap(({ tests }) => tests.get(epoch)?.[metric] ?? []);
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
