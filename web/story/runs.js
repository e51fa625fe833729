/** Runs by the address that repeats each: recorded ones, and those of this visit. */

import { addressOfRun, readLink } from '../state.js';
import { RECORDED_RUNS } from './recorded-runs.js';

/** @typedef {import('../../js/statistics.js').Metric} Metric */
/** @typedef {{ variant: string, seed: number } & Record<Metric, number>} Run */
/** @typedef {Map<string, Run>} Runs by address */

/** @type {Runs} */
export const RECORDED = new Map(
  Object.entries(RECORDED_RUNS).flatMap(([link, rows]) =>
    rows.map(([variant, seed, accuracy, macroF1, loss, ece, brier]) => [
      addressOfRun(readLink(link), variant, seed),
      { variant, seed, accuracy, macroF1, loss, ece, brier },
    ]),
  ),
);

/**
 * @param {string} link of a comparison
 * @param {Runs} runs
 * @returns {Run[]} those that are there, in the order of its variants and seeds
 */
export function runsIn(link, runs) {
  const settings = readLink(link);
  return settings.variants.flatMap((variant) =>
    settings.seeds.flatMap((seed) => runs.get(addressOfRun(settings, variant, seed)) ?? []),
  );
}

/** A remark for a figure over fewer seeds than its link has. @param {number} n @param {string} link */
export function remarkOn(n, link) {
  const all = readLink(link).seeds.length;
  return n < all ? ` (${n} of ${all} seeds)` : '';
}
