/** Other sizes: seconds an epoch, and the rate of the dense products, over units and batch. */

import { writeFile } from 'node:fs/promises';
import { NETWORK } from '../cases.js';
import { plot } from '../plot.js';
import { newTable } from '../table.js';
import { digest } from './kernels.js';

export const UNITS = [128, 256, 512, 1024, 2048, 4096];
export const BATCHES = [16, 64, 256, 1024];
/** Smaller batches have no target: the products are too narrow to be fast. */
const LEAST_JUDGED_BATCH = 64;
/** Of training, at least. */
const TRAINING_SECONDS = 0.5;
/** Of the products: of each in each round, at least; of all rounds, about. */
const KERNELS = { rounds: 20, seconds: 0.01, limit: 3 };

/** @typedef {{ units: number, batch: number, gflops: number, ratio: number, seconds: number, steps: number }} Point */
/**
 * @typedef {object} Sweep
 * @property {string} engine key
 * @property {string} name with the variant
 * @property {Point[]} points gflops: of the dense products; ratio: to the best tile at that time;
 *   seconds: an epoch, from `steps`
 * @property {number} evenness lowest / highest rate, batch 64 and more, each in terms of the best tile
 *   at that time: a quiet machine gives that of the rates themselves, a busy one does not
 */

/** @param {import('../engines.js').Engine[]} engines @returns {Promise<Sweep[]>} in each one's fastest variant */
export async function measureSweep(engines) {
  const sweeps = [];
  for (const engine of engines) {
    const variant = engine.variants[engine.variants.length - 1];
    const points = [];
    for (const units of UNITS) {
      for (const batch of BATCHES) points.push(await measurePoint(engine, variant, units, batch));
    }
    const rates = points
      .filter(({ batch }) => batch >= LEAST_JUDGED_BATCH)
      .map(({ ratio }) => ratio);
    sweeps.push({
      engine: engine.key,
      name: `${engine.name}, ${variant}`,
      points,
      evenness: Math.min(...rates) / Math.max(...rates),
    });
  }
  return sweeps;
}

/** @param {import('../engines.js').Engine} engine @param {string} variant @param {number} units @param {number} batch */
async function measurePoint(engine, variant, units, batch) {
  const shape = { batch, inputs: NETWORK.inputs, units };
  const rates = await engine.run('tasks/kernels', { variant, ...shape, ...KERNELS });
  const { together, ratio } = digest(rates);
  const numerics = variant === 'relaxed' ? 'fast' : 'strict';
  const training = { numerics, units, batch, seconds: TRAINING_SECONDS };
  const { seconds, steps } = await engine.run('tasks/sweep', training);
  return { units, batch, gflops: together, ratio, seconds, steps };
}

/** @param {Sweep[]} sweeps */
export function showSweep(sweeps) {
  return sweeps
    .map(({ name, points }) => {
      const table = newTable([name, ...BATCHES.map((batch) => `batch ${batch}`)]);
      for (const units of UNITS) {
        const row = points.filter((point) => point.units === units);
        const cells = row.map(
          (p) =>
            `${p.gflops.toFixed(1)}, ${(100 * p.ratio).toFixed(0)} %\n${p.seconds.toFixed(1)} s`,
        );
        table.push([`${units} units`, ...cells]);
      }
      return `${table}`;
    })
    .concat(
      'dense products: GFLOP/s, share of the best tile; seconds an epoch, extrapolated from a few steps',
    )
    .join('\n');
}

/** Raw data and its plot. @param {Sweep[]} sweeps @param {object} about machine, date, versions @param {URL} folder */
export async function writeSweep(sweeps, about, folder) {
  await writeFile(
    new URL('sweep.json', folder),
    `${JSON.stringify({ ...about, sweeps }, null, 1)}\n`,
  );
  const panel =
    (title, yLabel, value, logarithmic) =>
    ({ name, points }) => ({
      title: `${title}, ${name}`,
      xLabel: 'units of both hidden layers',
      yLabel,
      logarithmic,
      series: BATCHES.map((batch) => ({
        name: `batch ${batch}`,
        points: points
          .filter((point) => point.batch === batch)
          .map((point) => [point.units, value(point)]),
      })),
    });
  const rates = panel('Dense products', 'GFLOP/s', ({ gflops }) => gflops, false);
  const times = panel('An epoch', 'seconds', ({ seconds }) => seconds, true);
  const svg = plot([sweeps.map(rates), sweeps.map(times)]);
  await writeFile(new URL('sweep.svg', folder), svg);
}
