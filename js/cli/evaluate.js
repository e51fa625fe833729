/** The command `evaluate`: a saved model on the test set. */

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
    const report = await model.evaluate(test, { signal });
    const { seed, step, epoch } = await model.info();
    const { layers } = await model.summary();
    const dense = layers.filter(({ type }) => type === 'dense');
    const sizes = [dense[0].inputs, ...dense.map(({ units }) => units)].join('-');
    process.stdout.write(`${file}: ${sizes}, seed ${seed}, step ${step}, epoch ${epoch}\n\n`);
    process.stdout.write(reportTable(report, await model.hash()));
  } finally {
    await model.dispose();
  }
}
