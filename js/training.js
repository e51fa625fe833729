/** The training of one model: epochs, progress, and a run that may be interrupted and finished. */

import { OPTIMIZER_NAMES } from './core/enums.js';
import { OPTIMIZERS } from './defaults.js';
import { Progress } from './progress.js';

/** `enum dw_train_field` */
export const STEP = 0;
export const POSITION = 1;
export const LOSS_SUM = 2;
export const LAST_LOSS = 3;
const UPDATES = 4;
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
 * @property {number} samplesPerSecond of these steps
 * @property {number} [lossNoDropout] the loss in evaluation, over the first `trainEvaluation` rows
 * @property {Report} [validation] on the data given as `validation`
 */

/**
 * @typedef {object} History
 * @property {EpochHistory[]} epochs every whole epoch of the run, those before an interruption too
 * @property {number} steps finished steps in the model's life
 */

/**
 * What tells one data set from another where the rows themselves are not at hand.
 * @typedef {{ samples: number, classes: number }} Size
 * @typedef {Size & { validation?: Size }} RunData
 */

/**
 * A run under way or interrupted.
 * @typedef {object} RunState
 * @property {Run} options
 * @property {RunData} data
 * @property {number} epochIndex within this run
 * @property {boolean} begun whether this epoch's order is drawn and its steps counted
 * @property {import('./task.js').Task} [clock] of this epoch's steps, while its time is theirs
 * @property {number} busyMs spent in steps of this epoch before
 * @property {EpochHistory[]} history
 * @property {{ position: number, lossSum: number }} [loaded] of an epoch begun in another process: put
 *   back once its data is there
 */

/**
 * A run as a file holds it. `position`: rows of the epoch already used; `lossSum`: of the training loss
 * over them.
 * @typedef {Omit<RunState, 'clock' | 'loaded'> & { position: number, lossSum: number }} SavedRun
 */

/**
 * What a training has come to.
 * @typedef {object} SavedTraining
 * @property {number} step finished steps in the model's life
 * @property {number} epoch epochs begun in the model's life
 * @property {number} updates Adam's t
 * @property {import('./core/enums.js').OptimizerName | null} optimizer whose state the model holds
 * @property {SavedRun | null} run interrupted, or under way
 */

/**
 * What is taken after an epoch, and whether others read the weights: steps wait for them.
 * @typedef {object} Measures
 * @property {() => boolean} isRead
 * @property {(rows: number) => Promise<number | undefined>} lossNoDropout
 * @property {(() => Promise<Report>) | undefined} validation
 * @property {((entry: EpochHistory) => void) | undefined} onEpoch
 */

export class Training {
  #core;
  #model;
  /** Epochs begun in the model's life. */
  epoch = 0;
  /** Whose state the core holds. @type {import('./core/enums.js').OptimizerName | null} */
  optimizer = null;
  /** Whether the model comes from a file that holds no training. */
  isOfWeights = false;
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
   * @param {RunData} data
   * @param {Plan} plan
   * @throws {RangeError} where there is nothing to resume, or not with this data
   */
  prepare(data, { resume, maxSteps: _, ...options }) {
    if (!resume) {
      this.#run = {
        options: /** @type {Run} */ (options),
        data,
        epochIndex: 0,
        begun: false,
        busyMs: 0,
        history: [],
      };
      return;
    }
    if (!this.#run) {
      const why = this.isOfWeights ? ': the model comes from a file of weights only' : '';
      throw new RangeError(`resume must follow an interrupted fit, and there is none${why}`);
    }
    checkSame(this.#run.data, data, 'data');
    checkSame(this.#run.data.validation, data.validation, 'validation data');
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
      this.#configure(run.options.optimizer);
      await this.#epochs(run, data, maxSteps, task, measures);
      return structuredClone({ epochs: run.history, steps: this.step });
    } catch (error) {
      // What diverged cannot go on; the weights before it stay.
      if (/** @type {any} */ (error)?.code === 'DIVERGED') this.#run = undefined;
      throw error;
    } finally {
      stopClock(run);
    }
  }

  /** @param {Omit<import('./options.js').Optimizer, 'learningRate' | 'momentum'>} optimizer */
  #configure({ name, nesterov, weightDecay, beta1, beta2, epsilon }) {
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
    this.optimizer = name;
  }

  /**
   * @param {RunState} run
   * @param {import('./engine.js').Stored} data
   * @param {number} maxSteps
   * @param {import('./task.js').Task} task
   * @param {Measures} measures
   */
  async #epochs(run, data, maxSteps, task, measures) {
    const { epochs, optimizer, trainEvaluation } = run.options;
    const stop = this.step + maxSteps;
    const progress = new Progress(run.options, data.samples, task);
    while (run.epochIndex < epochs) {
      if (this.step === stop) return;
      if (!run.begun) this.#beginEpoch(run, data);
      if (run.loaded) this.#returnToEpoch(run, data);
      startClock(run, task);
      progress.begin(this.#fields()[POSITION]);
      const rate = ofEpoch(optimizer.learningRate, run.epochIndex);
      const momentum = ofEpoch(optimizer.momentum, run.epochIndex);
      while (this.#fields()[POSITION] < data.samples) {
        if (this.step === stop) return;
        task.endStep();
        if (task.isDue) await task.breathe();
        while (measures.isRead()) await task.giveWay();
        const isGranted = task.beginStep();
        this.#core.check(this.#core.call.dw_train_step(this.#model, data.data, rate, momentum));
        progress.tell(this.epoch, run.epochIndex, this.#fields(), isGranted);
      }
      await this.#endEpoch(run, data.samples, trainEvaluation, measures);
    }
  }

  /**
   * @param {RunState} run
   * @param {import('./engine.js').Stored} data
   */
  #beginEpoch(run, data) {
    this.#order(run, data, this.epoch);
    run.begun = true;
    this.epoch++;
  }

  /**
   * The epoch that was under way when the model was saved.
   * @param {RunState} run
   * @param {import('./engine.js').Stored} data
   */
  #returnToEpoch(run, data) {
    const [step, updates] = [this.step, this.#fields()[UPDATES]];
    const { position, lossSum } = /** @type {{ position: number, lossSum: number }} */ (run.loaded);
    this.#order(run, data, this.epoch - 1);
    this.#core.check(
      this.#core.call.dw_train_restore(this.#model, step, position, lossSum, updates),
    );
    run.loaded = undefined;
  }

  /**
   * The rows of an epoch (from 0, over the model's life) in its order.
   * @param {RunState} run
   * @param {import('./engine.js').Stored} data
   * @param {number} epoch
   */
  #order({ options: { batchSize, shuffle } }, { data, samples }, epoch) {
    const { call } = this.#core;
    this.#core.check(
      call.dw_train_begin(this.#model, data, samples, batchSize, Number(shuffle), epoch),
    );
  }

  /**
   * @param {RunState} run
   * @param {number} samples
   * @param {number} trainEvaluation
   * @param {Measures} measures
   */
  async #endEpoch(run, samples, trainEvaluation, measures) {
    stopClock(run);
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
    run.epochIndex++;
    run.begun = false;
    run.busyMs = 0;
    if (run.epochIndex === run.options.epochs) this.#run = undefined;
    // Last: on the caller's own thread who hears of it may save the model at once.
    measures.onEpoch?.(entry);
  }

  /** @returns {SavedTraining} a copy; between two steps, where every call is */
  save() {
    const fields = this.#fields();
    const { epoch, optimizer } = this;
    const saved = { step: fields[STEP], epoch, updates: fields[UPDATES], optimizer, run: null };
    if (!this.#run) return saved;
    const { clock, loaded, ...run } = this.#run;
    const [position, lossSum] = !run.begun
      ? [0, 0]
      : loaded
        ? [loaded.position, loaded.lossSum]
        : [fields[POSITION], fields[LOSS_SUM]];
    const busyMs = run.busyMs + (clock?.busyMs ?? 0);
    return structuredClone({ ...saved, run: { ...run, busyMs, position, lossSum } });
  }

  /**
   * Puts back what `save` gave; the optimizer's state is then the caller's to write.
   * @param {SavedTraining} saved
   */
  load({ step, epoch, updates, optimizer, run }) {
    // Its numbers are those of the fit to come: a change of them keeps the state.
    if (optimizer) this.#configure({ name: optimizer, ...OPTIMIZERS[optimizer].defaults });
    this.#core.check(this.#core.call.dw_train_restore(this.#model, step, 0, 0, updates));
    this.epoch = epoch;
    if (!run) return;
    const { position, lossSum, ...rest } = run;
    this.#run = { ...rest, ...(run.begun && { loaded: { position, lossSum } }) };
  }
}

/** @param {number | number[]} schedule @param {number} epochIndex within the run */
function ofEpoch(schedule, epochIndex) {
  return typeof schedule === 'number' ? schedule : schedule[epochIndex];
}

/** @param {RunState} run @param {import('./task.js').Task} task */
function startClock(run, task) {
  task.restart();
  run.clock = task;
}

/** @param {RunState} run whose clock may stand already */
function stopClock(run) {
  run.busyMs += run.clock?.settle() ?? 0;
  run.clock = undefined;
}

/**
 * @param {Size | undefined} expected
 * @param {Size | undefined} given
 * @param {string} name
 */
function checkSame(expected, given, name) {
  if (expected?.samples === given?.samples && expected?.classes === given?.classes) return;
  const show = (/** @type {Size | undefined} */ size) =>
    size ? `${size.samples} samples of ${size.classes} classes` : 'none';
  throw new RangeError(
    `a resumed fit needs the ${name} it began with: ${show(expected)}, got ${show(given)}`,
  );
}
