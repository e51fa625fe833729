/** Prediction of 10,000 images, one thread, by this package and onnxruntime-web. */

import { newTable } from '../table.js';
import { spread } from '../statistics.js';

const ROUNDS = 7;
const OURS = ['strict, float32', 'strict, bytes', 'fast, float32', 'fast, bytes'];

/** @typedef {{ engine: string, name: string, times: Record<string, number> }} Predictions times: median ms by contestant */

/**
 * @param {import('../engines.js').Engine[]} engines
 * @param {string} [rival] folder of onnxruntime-web's files
 * @returns {Promise<Predictions[]>}
 */
export async function measurePredict(engines, rival) {
  const all = [];
  for (const { key, name, variants, run } of engines) {
    const numerics = variants.includes('relaxed') ? ['strict', 'fast'] : ['strict'];
    const times = await run('tasks/predict', { numerics, rival, rounds: ROUNDS });
    all.push({
      engine: key,
      name,
      times: Object.fromEntries(
        Object.entries(times).map(([name, ms]) => [name, spread(ms).median]),
      ),
    });
  }
  return all;
}

/** The rival's best batch. @param {Record<string, number>} times @returns {number | undefined} ms */
export function rivalTime(times) {
  const rival = Object.entries(times).flatMap(([name, ms]) =>
    name.startsWith('rival') ? [ms] : [],
  );
  return rival.length === 0 ? undefined : Math.min(...rival);
}

/** @param {Predictions[]} predictions @param {string} [rivalName] */
export function showPredict(predictions, rivalName) {
  const table = newTable(['ms', ...predictions.map(({ name }) => name)]);
  for (const contestant of OURS) {
    table.push([
      `dropout-wasm, ${contestant}`,
      ...predictions.map(({ times }) => times[contestant]?.toFixed(0) ?? ''),
    ]);
  }
  if (rivalName) {
    table.push([
      `${rivalName}, float32, best batch`,
      ...predictions.map(({ times }) => rivalTime(times)?.toFixed(0) ?? ''),
    ]);
  }
  return `Prediction of 10,000 images by 784-512-512-10, median of ${ROUNDS}\n${table}`;
}
