/** Seconds an epoch: this package in every engine, and its rivals, in turns. */

import { BATCH } from '../cases.js';
import { newTable } from '../table.js';
import { spread } from '../statistics.js';

/** What a trained network must reach for its time to count; one epoch gives 0.91 and more. */
const LEAST_ACCURACY = 0.9;

/**
 * Whoever trains.
 * @typedef {object} Contestant
 * @property {string} key
 * @property {string} name
 * @property {(name: string) => boolean} knows a case
 * @property {(name: string) => Promise<{ seconds: number, accuracy?: number, steps?: number, hash?: string }>} time
 *   seconds an epoch; accuracy is missing where only `steps` were taken
 */

/** @typedef {{ name: string, key: string, round: number, seconds: number, accuracy?: number, steps?: number, hash?: string }} Run */
/** @typedef {{ contestants: { key: string, name: string }[], runs: Run[] }} Times */

/** @param {import('../engines.js').Engine[]} engines @returns {Contestant[]} this package */
export function ours(engines) {
  return engines.flatMap((engine) =>
    engine.variants.map((variant) => {
      const numerics = variant === 'relaxed' ? 'fast' : 'strict';
      return {
        key: `${engine.key}-${variant}`,
        name: `dropout-wasm, ${engine.name}, ${numerics}`,
        knows: () => true,
        time: (/** @type {string} */ name) => engine.run('tasks/train', { name, numerics }),
      };
    }),
  );
}

/**
 * @param {Contestant[]} contestants
 * @param {string[]} cases
 * @param {number} repeat
 * @returns {Promise<Times>}
 */
export async function measureTimes(contestants, cases, repeat) {
  /** @type {Run[]} */
  const runs = [];
  for (let round = 0; round < repeat; round++) {
    for (const name of cases) {
      for (const { key, time } of contestants.filter(({ knows }) => knows(name))) {
        const run = await time(name);
        if (run.accuracy !== undefined && !(run.accuracy >= LEAST_ACCURACY)) {
          throw new Error(`${name} of ${key} reached an accuracy of ${run.accuracy}: not timed`);
        }
        console.error(`${name}, ${key}: ${run.seconds.toFixed(2)} s (${round + 1} of ${repeat})`);
        runs.push({ name, key, round, ...run });
      }
    }
  }
  return { contestants: contestants.map(({ key, name }) => ({ key, name })), runs };
}

/** @param {Times | undefined} times @param {string} key @param {string} name of the case */
export function secondsOf(times, key, name) {
  const runs = times?.runs.filter((run) => run.key === key && run.name === name) ?? [];
  return runs.length === 0 ? undefined : spread(runs.map(({ seconds }) => seconds)).median;
}

/** @param {Times} times @param {number} repeat */
export function showTimes({ contestants, runs }, repeat) {
  const cases = [...new Set(runs.map(({ name }) => name))];
  const table = newTable(['', ...cases]);
  for (const { key, name } of contestants) {
    table.push([
      name,
      ...cases.map((wanted) => cell(runs.filter((run) => run.key === key && run.name === wanted))),
    ]);
  }
  const same = cases.map((name) => {
    const hashes = runs.flatMap((run) =>
      run.name === name && run.key.endsWith('-simd') ? [run.hash] : [],
    );
    return new Set(hashes).size === 1;
  });
  return (
    `Seconds an epoch of 784-512-512-dropout-10, ReLU, MNIST, batch ${BATCH}, one thread: median ` +
    `(range) of ${repeat}, test accuracy\n${table}\n` +
    `'strict' gave the same weights in every engine: ${same.every(Boolean) ? 'yes' : 'NO'}`
  );
}

/** @param {Run[]} runs */
function cell(runs) {
  if (runs.length === 0) return '';
  const { low, median, high } = spread(runs.map(({ seconds }) => seconds));
  const digits = median < 20 ? 2 : 0;
  const time = `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
  const [{ accuracy, steps }] = runs;
  return `${time}\n${accuracy === undefined ? `from ${steps} steps` : accuracy.toFixed(3)}`;
}
