/** What a training tells while it runs, throttled where it arises. */

import { PROGRESS_MS } from './protocol.js';
import { LAST_LOSS, LOSS_SUM, POSITION, STEP } from './training.js';

/** @typedef {import('./options.js').FitProgress} FitProgress */

export class Progress {
  #options;
  #samples;
  #firstStep;
  #task;
  #told = -Infinity;

  /**
   * @param {import('./training.js').Run} options
   * @param {number} samples
   * @param {number} firstStep finished steps before this call
   * @param {import('./task.js').Task} task
   */
  constructor(options, samples, firstStep, task) {
    this.#options = options;
    this.#samples = samples;
    this.#firstStep = firstStep;
    this.#task = task;
    this.#started = performance.now();
  }

  /** @type {number} */
  #started;

  /**
   * @param {number} epoch over the model's life
   * @param {number} epochIndex within the run
   * @param {Float64Array} fields `enum dw_train_field`
   */
  tell(epoch, epochIndex, fields) {
    const now = performance.now();
    const isEnd = fields[POSITION] === this.#samples;
    if (!isEnd && now - this.#told < PROGRESS_MS) return;
    this.#told = now;
    const { epochs, batchSize } = this.#options;
    const left = (epochs - epochIndex) * this.#samples - fields[POSITION];
    const stepsLeft =
      (epochs - epochIndex - 1) * Math.ceil(this.#samples / batchSize) +
      Math.ceil((this.#samples - fields[POSITION]) / batchSize);
    const msAStep = (now - this.#started) / (fields[STEP] - this.#firstStep);
    /** @type {FitProgress} */
    const progress = {
      epoch,
      epochs: epoch - epochIndex - 1 + epochs,
      step: fields[STEP],
      steps: fields[STEP] + stepsLeft,
      loss: fields[LOSS_SUM] / fields[POSITION],
      batchLoss: fields[LAST_LOSS],
      samplesPerSecond: (1000 * left) / (msAStep * stepsLeft) || (1000 * batchSize) / msAStep,
      etaMs: msAStep * stepsLeft,
    };
    this.#task.report(progress);
  }
}
