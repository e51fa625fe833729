/** Variants times seeds, over a pool of models: what differs, and whether the seeds show it. */

import { throwIfAborted } from './abort.js';
import { COMPARISON_DEFAULTS, COMPARISON_LIMITS } from './comparison/defaults.js';
import { checkBaseline, resolveGrid } from './comparison/grid.js';
import { identityOf, indexLines } from './comparison/line.js';
import { runPool } from './comparison/pool.js';
import { Progress } from './comparison/progress.js';
import { dataChecksum, execute } from './comparison/run.js';
import { checkSeeds, checkVariants } from './comparison/checks.js';
import { checkDataset, firstRows } from './dataset.js';
import {
  checkCallback,
  checkInteger,
  checkKeys,
  checkPause,
  checkSignal,
  rangeError,
  resolveRuntime,
  typeError,
  withoutUndefined,
} from './options.js';
import { parallelism } from './platform.js';
import { summarize } from './statistics.js';
import { keepThreads } from './thread.js';

export * from './index.js'; // for one script that all share: format/model-file.js says how

/** @typedef {import('./dataset.js').Dataset} Dataset */
/** @typedef {import('./comparison/line.js').RunLine} RunLine */
/** @typedef {import('./variants.js').VariantKey} VariantKey */
/** @typedef {import('./variants.js').Network} Network */
/** @typedef {import('./comparison/progress.js').CompareProgress} CompareProgress */

/**
 * @typedef {object} CompareOptions
 * @property {Network} [network] 'intended'
 * @property {number | readonly number[]} [p] 0.5; of several, every variant at each of them
 * @property {number} [epochs] 2
 * @property {number[]} [seeds] 1 to 5
 * @property {number} [batchSize] 64
 * @property {import('./options.js').OptimizerOptions | import('./options.js').OptimizerName} [optimizer]
 *   adam, 0.001; sgd 0.1 on 'relu' and 'srivastava', else 0.01
 * @property {readonly number[]} [learningRates] instead of the optimizer's: every variant at each
 * @property {import('./comparison/schedule.js').Schedule} [schedule] 'constant'; 'linear' and
 *   'cosine' fall to 0 over the epochs: (1 - e / epochs) and (1 + cos(pi e / epochs)) / 2 times the
 *   rate, for e from 0
 * @property {number} [momentum] instead of the optimizer's
 * @property {number} [weightDecay] instead of the optimizer's
 * @property {number} [maxNorm] of the hidden layers of every variant; none
 * @property {number} [trainSize] the first rows; all
 * @property {import('./options.js').Numerics} [numerics] 'strict'
 * @property {number} [workers] models at once; one a processor
 * @property {string} [baseline] what the others are compared with: a variant, at the first p and
 *   rate, or a cell as tables name it, such as 'unscaled p 0.5 rate 0.02'; the first variant
 * @property {readonly RunLine[]} [completed] lines of earlier runs: those asked for again are taken
 *   over and not run
 * @property {AbortSignal} [signal] ends every run between two steps
 * @property {import('./pause.js').PauseController} [pause] holds every run between two steps
 * @property {(line: RunLine, more: { model: import('./model.js').Model }) => unknown} [onRun] when
 *   a run has ended; the model is there until the promise it may return is settled
 * @property {(epoch: import('./training.js').EpochHistory & { variant: VariantKey, cell: string, seed: number, run: number }) => void} [onEpoch]
 *   after every epoch of a run; only then is there a `validation`, the report on the test set
 * @property {(progress: CompareProgress) => void} [onProgress] at most ten times a second a run
 * @property {import('./options.js').Runtime['wasm']} [wasm] as in `createModel`
 * @property {import('./options.js').Runtime['workerUrl']} [workerUrl] as in `createModel`
 */

const KEYS = [
  'network',
  'p',
  'epochs',
  'seeds',
  'batchSize',
  'optimizer',
  'learningRates',
  'schedule',
  'momentum',
  'weightDecay',
  'maxNorm',
  'trainSize',
  'numerics',
  'workers',
  'baseline',
  'completed',
  'signal',
  'pause',
  'onRun',
  'onEpoch',
  'onProgress',
  'wasm',
  'workerUrl',
];

/**
 * As `lazy-compare.js` says.
 * @param {readonly VariantKey[]} names
 * @param {{ train: Dataset, test: Dataset }} data
 * @param {CompareOptions} [options]
 * @returns {Promise<{ runs: RunLine[], summary: import('./statistics.js').Summary[] }>}
 */
export async function compare(names, data, options = {}) {
  const plan = resolve(names, data, options);
  throwIfAborted(plan.signal);
  const checksum = await dataChecksum(plan.train, plan.test);
  const completed = indexLines(plan.completed);
  const runs = listRuns(plan, checksum).map((run) => ({
    ...run,
    line: completed.get(identityOf(run)),
  }));
  const open = runs.filter(({ line }) => !line).length;
  const progress = new Progress({
    runs: runs.length,
    done: runs.length - open,
    totalSteps: open * plan.epochs * Math.ceil(plan.train.samples / plan.batchSize),
    onProgress: plan.onProgress,
    pause: plan.pause,
  });
  const release = keepThreads();
  try {
    const tasks = runs.map((run) => async (/** @type {AbortSignal} */ signal) => {
      const { variant, network, p, learningRate } = run;
      if (run.line) return { ...run.line, variant, network, p, learningRate };
      const line = await execute(run, {
        data: plan,
        runtime: plan.runtime,
        pause: plan.pause,
        signal,
        onProgress: (step) => progress.step(run, step),
        onRun: plan.onRun,
        onEpoch: plan.onEpoch,
      });
      progress.end(run);
      return line;
    });
    const workers = plan.workers ?? parallelism();
    const lines = await runPool(tasks, workers, plan.signal);
    return { runs: lines, summary: summarize(lines, plan.baseline) };
  } finally {
    progress.close();
    release();
  }
}

/**
 * @param {readonly VariantKey[]} names
 * @param {{ train: Dataset, test: Dataset }} data
 * @param {CompareOptions} options
 */
function resolve(names, data, options) {
  const keys = checkVariants(names, 'names');
  checkKeys(data, ['train', 'test'], 'data');
  checkKeys(options, KEYS, 'options');
  const { trainEvaluation, ...defaults } = COMPARISON_DEFAULTS;
  const train = checkDataset(data.train, 'train');
  const test = checkDataset(data.test, 'test');
  const given = {
    ...defaults,
    trainSize: train.samples,
    baseline: keys[0],
    ...withoutUndefined(options),
  };
  const { completed = [], workers, wasm, workerUrl } = options;
  if (!Array.isArray(completed)) throw typeError('completed', 'an array of run lines', completed);
  const trainSize = checkInteger(given.trainSize, 'trainSize', { min: 1, max: train.samples });
  const cells = resolveGrid(keys, {
    ...given,
    trainEvaluation: Math.min(trainEvaluation, trainSize),
  });
  const { input } = cells[0].spec;
  for (const [name, { features }] of Object.entries({ train, test })) {
    if (features !== input) throw rangeError(`${name}.features`, `${input}`, features);
  }
  const { network, epochs, batchSize } = given;
  return {
    cells,
    network,
    epochs,
    batchSize,
    seeds: checkSeeds(given.seeds, 'seeds'),
    train: firstRows(train, trainSize),
    test,
    runtime: resolveRuntime({ numerics: given.numerics, wasm, workerUrl }),
    workers:
      workers === undefined
        ? undefined
        : checkInteger(workers, 'workers', COMPARISON_LIMITS.workers),
    baseline: checkBaseline(given.baseline, cells, 'baseline'),
    completed,
    signal: checkSignal(options.signal, 'signal'),
    pause: checkPause(options.pause, 'pause'),
    onRun: checkCallback(options.onRun, 'onRun'),
    onEpoch: checkCallback(options.onEpoch, 'onEpoch'),
    onProgress: checkCallback(options.onProgress, 'onProgress'),
  };
}

/** @typedef {ReturnType<typeof resolve>} Plan */

/**
 * Seeds first: an interrupted comparison then has whole pairs.
 * @param {Plan} plan
 * @param {string} dataChecksum
 * @returns {import('./comparison/run.js').Run[]}
 */
function listRuns({ cells, seeds, network, train, runtime }, dataChecksum) {
  return seeds
    .flatMap((seed) => cells.map((cell) => ({ ...cell, seed })))
    .map((run, i) => ({
      ...run,
      run: i + 1,
      network,
      trainSize: train.samples,
      numerics: runtime.numerics,
      dataChecksum,
    }));
}
