/** One epoch of this package, timed. */

import { createModel, variants } from '../../../dist/index.js';
import { OPTIMIZERS, parseCase } from '../cases.js';

/**
 * @param {object} args
 * @param {string} args.name of the case
 * @param {'strict' | 'fast'} args.numerics
 * @param {import('../in-page.js').Place} place
 * @returns {Promise<{ seconds: number, accuracy: number, hash: string }>} seconds of the training
 *   steps alone: the data is with the model by then
 */
export default async function train({ name, numerics }, { mnist }) {
  const { train, test } = await mnist();
  const { variant, optimizer } = parseCase(name);
  const spec = { ...variants[variant]('relu', 0.5), seed: 1 };
  const model = await createModel(spec, { numerics });
  const { variant: build } = await model.info();
  if (numerics === 'fast' && build !== 'relaxed') {
    throw new Error(`numerics 'fast' should run relaxed SIMD here, and runs ${build}`);
  }
  const { epochs } = await model.fit(train, { optimizer: OPTIMIZERS[optimizer] });
  const { accuracy } = await model.evaluate(test);
  const hash = await model.hash();
  await model.dispose();
  return { seconds: epochs[0].seconds, accuracy, hash };
}
