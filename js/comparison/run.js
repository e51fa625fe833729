/** One run of a comparison: a model made, trained, evaluated, written down and disposed of. */

import { sha256Hex } from '../data/sha256.js';
import { DivergedError } from '../errors.js';
import { createModel } from '../model.js';
import { mean } from '../statistics.js';
import { VERSION } from '../version.js';

/** @typedef {import('../dataset.js').Dataset} Dataset */
/** @typedef {import('../options.js').FitProgress} FitProgress */
/** @typedef {import('./line.js').RunLine} RunLine */
/** @typedef {import('./line.js').Identity & Pick<RunLine, 'variant' | 'network' | 'p' | 'learningRate'> & { cell: string, run: number }} Run
 *   `run` counts from 1; `cell` is the variant and what varies */

/**
 * Over what the runs see, so that the first thousand rows of a set and a set of those are the same.
 * @param {Dataset[]} datasets
 * @returns {Promise<string>} SHA-256, hex, of a text with each set's shape, kinds and SHA-256s
 */
export async function dataChecksum(...datasets) {
  const parts = await Promise.all(
    datasets.map(async ({ images, labels, samples, features, classes }) => {
      const sums = await Promise.all([images, labels].map((array) => sha256Hex(bytesOf(array))));
      const kinds = [images, labels].map((array) => array.BYTES_PER_ELEMENT);
      return [samples, features, classes, ...kinds, ...sums].join(' ');
    }),
  );
  return sha256Hex(new TextEncoder().encode(parts.join('\n')));
}

/** @param {ArrayBufferView} array */
function bytesOf(array) {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/**
 * @param {Run} run
 * @param {object} how
 * @param {{ train: Dataset, test: Dataset }} how.data
 * @param {import('../options.js').Runtime} how.runtime
 * @param {import('../pause.js').PauseController | undefined} how.pause
 * @param {AbortSignal} how.signal
 * @param {(progress: FitProgress) => void} how.onProgress
 * @param {import('../compare.js').CompareOptions['onRun']} how.onRun
 * @param {import('../compare.js').CompareOptions['onEpoch']} how.onEpoch
 * @returns {Promise<RunLine>}
 */
export async function execute(run, { data, runtime, pause, signal, onProgress, onRun, onEpoch }) {
  const model = await createModel({ ...run.spec, seed: run.seed }, { ...runtime, signal });
  try {
    const { variant, cell, seed, run: number } = run;
    const history = await model.fit(data.train, {
      ...run.options,
      signal,
      pause,
      onProgress,
      ...(onEpoch && {
        validation: data.test,
        onEpoch: (epoch) => onEpoch({ variant, cell, seed, run: number, ...epoch }),
      }),
    });
    const report =
      history.epochs.at(-1)?.validation ?? (await model.evaluate(data.test, { signal }));
    if (!Number.isFinite(report.loss))
      throw new DivergedError('the loss on the test set is not finite');
    const line = await describe(run, model, history, report);
    await onRun?.(line, { model });
    return line;
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    const message = `${run.cell}, seed ${run.seed}: ${error.message}`;
    throw new DivergedError(message, { cause: error });
  } finally {
    await model.dispose();
  }
}

/**
 * @param {Run} run
 * @param {import('../model.js').Model} model
 * @param {import('../training.js').History} history
 * @param {import('../report-reader.js').Report} report on the test set
 * @returns {Promise<RunLine>}
 */
async function describe(run, model, history, report) {
  const { options, variant, network, p, learningRate, seed, trainSize, numerics } = run;
  const { accuracy, macroF1, loss, ece, brier } = report;
  return {
    spec: run.spec,
    options,
    engine: (await model.info()).engine,
    version: VERSION,
    variant,
    network,
    p,
    seed,
    epochs: options.epochs,
    batch: options.batchSize,
    optimizer: /** @type {import('../options.js').OptimizerName} */ (options.optimizer.name),
    learningRate,
    trainSize,
    numerics,
    accuracy,
    macroF1,
    loss,
    ece,
    brier,
    secondsPerEpoch: mean(history.epochs.map(({ seconds }) => seconds)),
    weightsHash: await model.hash(),
    dataChecksum: run.dataChecksum,
    // Reports after each epoch went to `onEpoch`; a line holds the last one, as everywhere.
    history: { ...history, epochs: history.epochs.map(({ validation: _, ...epoch }) => epoch) },
  };
}
