/** The command `evaluate`: a saved model on the test set. */

import { FileError } from '../errors.js';
import { checkPlace, loadData } from './data.js';
import { readModel } from './model-files.js';
import { reportTable } from './tables.js';

/**
 * @param {Extract<import('./arguments.js').Request, { command: 'evaluate' }>} request
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export async function evaluateCommand({ file, numerics, data: base }, signal) {
  await checkPlace(base);
  const model = await readModel(file, { numerics });
  try {
    const { test } = await loadData(base, signal);
    const { layers } = await model.summary();
    const dense = layers.filter(({ type }) => type === 'dense');
    const sizes = [dense[0].inputs, ...dense.map(({ units }) => units)];
    checkFits(file, [sizes[0], sizes[sizes.length - 1]], test);
    const report = await model.evaluate(test, { signal });
    const { seed, step, epoch } = await model.info();
    process.stdout.write(
      `${file}: ${sizes.join('-')}, seed ${seed}, step ${step}, epoch ${epoch}\n\n`,
    );
    process.stdout.write(reportTable(report, await model.hash()));
  } finally {
    await model.dispose();
  }
}

/**
 * @param {string} file
 * @param {[number, number]} model its input and its outputs
 * @param {{ features: number, classes: number }} images
 * @throws {FileError}
 */
function checkFits(file, [input, outputs], { features, classes }) {
  if (input === features && outputs >= classes) return;
  const message =
    `${file}: the model takes images of ${input} values and knows ${outputs} classes; ` +
    `these have ${features} values and ${classes} classes`;
  throw new FileError(message, { address: file });
}
