/** What a training tells while it runs, throttled where it arises. */

import { PROGRESS_MS } from './protocol.js';
import { LAST_LOSS, LOSS_SUM, POSITION, STEP } from './training.js';

/** @typedef {import('./options.js').FitProgress} FitProgress */

export class Progress {
  #options;
  #samples;
  #task;
  #told = -Infinity;
  /** Rows of the epoch that were used before this call came to it. */
  #firstRow = 0;

  /**
   * @param {import('./training.js').Run} options
   * @param {number} samples
   * @param {import('./task.js').Task} task its clock runs from the call of `begin`
   */
  constructor(options, samples, task) {
    this.#options = options;
    this.#samples = samples;
    this.#task = task;
  }

  /** @param {number} position rows of the epoch already used */
  begin(position) {
    this.#firstRow = position;
  }

  /**
   * @param {number} epoch over the model's life
   * @param {number} epochIndex within the run
   * @param {Float64Array} fields `enum dw_train_field`
   * @param {boolean} always whether somebody looks at every step
   */
  tell(epoch, epochIndex, fields, always) {
    const now = performance.now();
    const position = fields[POSITION];
    const { epochs, batchSize } = this.#options;
    const epochsLeft = epochs - epochIndex - 1;
    const rowsLeft = epochsLeft * this.#samples + this.#samples - position;
    // Ends of epochs, too, may come by the thousand a second; that of the run is told.
    if (!always && rowsLeft > 0 && now - this.#told < PROGRESS_MS) return;
    this.#told = now;
    const stepsLeft =
      epochsLeft * Math.ceil(this.#samples / batchSize) +
      Math.ceil((this.#samples - position) / batchSize);
    const rowsPerMs = (position - this.#firstRow) / this.#task.settle();
    /** @type {FitProgress} */
    const progress = {
      epoch,
      epochs: epoch + epochsLeft,
      step: fields[STEP],
      steps: fields[STEP] + stepsLeft,
      loss: fields[LOSS_SUM] / position,
      batchLoss: fields[LAST_LOSS],
      samplesPerSecond: 1000 * rowsPerMs,
      etaMs: rowsLeft / rowsPerMs,
    };
    this.#task.report({ progress });
  }
}
