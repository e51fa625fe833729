/** The training of one model: epochs, progress, and a run that may be interrupted and finished. */

import { OPTIMIZER_NAMES } from './core/enums.js';
import { Progress } from './progress.js';

/** `enum dw_train_field` */
export const STEP = 0;
export const POSITION = 1;
export const LOSS_SUM = 2;
export const LAST_LOSS = 3;
const FIELDS = 7;

/**
 * @typedef {import('./options.js').FitPlan} FitPlan
 * @typedef {Pick<FitPlan, 'epochs' | 'batchSize' | 'shuffle' | 'optimizer' | 'trainEvaluation'>} Run
 * @typedef {{ resume: boolean, maxSteps: number } & Partial<Run>} Plan
 * @typedef {import('./report-reader.js').Report} Report
 */

/**
 * @typedef {object} EpochHistory
 * @property {number} epoch from 1, over the model's life
 * @property {number} loss mean over samples of the training loss as met, dropout on
 * @property {number} seconds of the training steps alone
 * @property {number} samplesPerSecond
 * @property {number} [lossNoDropout] the loss in evaluation, over the first `trainEvaluation` rows
 * @property {Report} [validation]
 */

/**
 * @typedef {object} History
 * @property {EpochHistory[]} epochs every whole epoch of the run, those before an interruption too
 * @property {number} steps finished steps in the model's life
 */

/**
 * A run under way or interrupted.
 * @typedef {object} RunState
 * @property {Run} options
 * @property {{ samples: number, classes: number }} data
 * @property {number} epochIndex within this run
 * @property {boolean} begun whether this epoch's order is drawn and its steps counted
 * @property {boolean} isStepping whether the task's time is that of steps
 * @property {number} busyMs spent in steps of this epoch
 * @property {EpochHistory[]} history
 */

/**
 * What is taken after an epoch, and whether others read the weights: steps wait for them.
 * @typedef {object} Measures
 * @property {() => boolean} isRead
 * @property {(rows: number) => Promise<number | undefined>} lossNoDropout
 * @property {(() => Promise<Report>) | undefined} validation
 */

export class Training {
  #core;
  #model;
  /** Epochs begun in the model's life. */
  epoch = 0;
  /** @type {RunState | undefined} */
  #run;
  #view = new Float64Array(0);

  /** @param {import('./core/core.js').Core} core @param {number} model */
  constructor(core, model) {
    this.#core = core;
    this.#model = model;
  }

  /** Made again only when memory has grown: a step allocates nothing. */
  #fields() {
    if (this.#view.length === 0) {
      const address = this.#core.call.dw_train_view(this.#model);
      this.#view = this.#core.view(Float64Array, address, FIELDS);
    }
    return this.#view;
  }

  /** Finished steps in the model's life. */
  get step() {
    return this.#fields()[STEP];
  }

  /**
   * Begins a run, or finds the interrupted one, before any data is there: what is aborted from here
   * on can be resumed.
   * @param {{ samples: number, classes: number }} data
   * @param {Plan} plan
   * @throws {RangeError} where there is nothing to resume, or not with this data
   */
  prepare({ samples, classes }, { resume, maxSteps: _, ...options }) {
    if (!resume) {
      this.#run = {
        options: /** @type {Run} */ (options),
        data: { samples, classes },
        epochIndex: 0,
        begun: false,
        isStepping: false,
        busyMs: 0,
        history: [],
      };
      return;
    }
    const run = this.#run;
    if (!run) throw new RangeError('resume must follow an interrupted fit, and there is none');
    if (run.data.samples !== samples || run.data.classes !== classes) {
      throw new RangeError(
        `a resumed fit needs the data it began with: ${run.data.samples} samples of ` +
          `${run.data.classes} classes, got ${samples} of ${classes}`,
      );
    }
  }

  /**
   * Runs what was prepared.
   * @param {import('./engine.js').Stored} data
   * @param {number} maxSteps
   * @param {import('./task.js').Task} task
   * @param {Measures} measures
   * @returns {Promise<History>}
   */
  async run(data, maxSteps, task, measures) {
    const run = /** @type {RunState} */ (this.#run);
    try {
      this.#configure(run.options);
      await this.#epochs(run, data, maxSteps, task, measures);
      return structuredClone({ epochs: run.history, steps: this.step });
    } catch (error) {
      // What diverged cannot go on; the weights before it stay.
      if (/** @type {any} */ (error)?.code === 'DIVERGED') this.#run = undefined;
      throw error;
    } finally {
      if (run.isStepping) stopClock(run, task);
    }
  }

  /** @param {Run} options */
  #configure({ optimizer: { name, nesterov, weightDecay, beta1, beta2, epsilon } }) {
    this.#core.check(
      this.#core.call.dw_optimizer_configure(
        this.#model,
        OPTIMIZER_NAMES.indexOf(name),
        Number(nesterov),
        weightDecay,
        beta1,
        beta2,
        epsilon,
      ),
    );
  }

  /**
   * @param {RunState} run
   * @param {import('./engine.js').Stored} data
   * @param {number} maxSteps
   * @param {import('./task.js').Task} task
   * @param {Measures} measures
   */
  async #epochs(run, data, maxSteps, task, measures) {
    const { epochs, batchSize, shuffle, optimizer, trainEvaluation } = run.options;
    const stop = this.step + maxSteps;
    const progress = new Progress(run.options, data.samples, task);
    for (; run.epochIndex < epochs; run.epochIndex++) {
      if (this.step === stop) return;
      if (!run.begun) this.#beginEpoch(run, data, batchSize, shuffle);
      startClock(run, task);
      progress.begin(this.#fields()[POSITION]);
      const rate = optimizer.learningRate[run.epochIndex];
      const momentum = optimizer.momentum[run.epochIndex];
      while (this.#fields()[POSITION] < data.samples) {
        if (this.step === stop) return;
        if (task.isDue) await task.breathe();
        while (measures.isRead()) await task.giveWay();
        this.#core.check(this.#core.call.dw_train_step(this.#model, data.data, rate, momentum));
        progress.tell(this.epoch, run.epochIndex, this.#fields());
      }
      await this.#endEpoch(run, data.samples, trainEvaluation, task, measures);
    }
    this.#run = undefined;
  }

  /**
   * @param {RunState} run
   * @param {import('./engine.js').Stored} data
   * @param {number} batchSize
   * @param {boolean} shuffle
   */
  #beginEpoch(run, { data, samples }, batchSize, shuffle) {
    this.#core.check(
      this.#core.call.dw_train_begin(
        this.#model,
        data,
        samples,
        batchSize,
        Number(shuffle),
        this.epoch,
      ),
    );
    run.begun = true;
    this.epoch++;
  }

  /**
   * @param {RunState} run
   * @param {number} samples
   * @param {number} trainEvaluation
   * @param {import('./task.js').Task} task
   * @param {Measures} measures
   */
  async #endEpoch(run, samples, trainEvaluation, task, measures) {
    stopClock(run, task);
    const seconds = run.busyMs / 1000;
    const loss = this.#fields()[LOSS_SUM] / samples;
    const lossNoDropout = await measures.lossNoDropout(trainEvaluation);
    const validation = await measures.validation?.();
    const entry = {
      epoch: this.epoch,
      loss,
      seconds,
      samplesPerSecond: samples / seconds,
      ...(lossNoDropout !== undefined && { lossNoDropout }),
      ...(validation && { validation }),
    };
    run.history.push(entry);
    task.report({ epoch: structuredClone(entry) });
    run.begun = false;
    run.busyMs = 0;
  }
}

/** @param {RunState} run @param {import('./task.js').Task} task */
function startClock(run, task) {
  task.restart();
  run.isStepping = true;
}

/** @param {RunState} run @param {import('./task.js').Task} task */
function stopClock(run, task) {
  run.busyMs += task.settle();
  run.isStepping = false;
}
