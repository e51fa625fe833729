/** How the learning rate falls over the epochs of a run. */

/** @typedef {'constant' | 'linear' | 'cosine'} Schedule */

/**
 * What the rate is multiplied by when a share t of the epochs, in [0, 1), is over.
 * @type {Readonly<Record<Schedule, (t: number) => number>>}
 */
const FACTORS = Object.freeze({
  constant: () => 1,
  linear: (t) => 1 - t,
  cosine: (t) => cosine((Math.PI / 2) * t) ** 2, // (1 + cos(pi t)) / 2
});

export const CONSTANT = 'constant';
export const SCHEDULES = /** @type {readonly Schedule[]} */ (Object.freeze(Object.keys(FACTORS)));

/**
 * By its series, since engines differ in the last bit of `Math.cos`, and a rate is in the weights.
 * @param {number} x in [0, pi / 2]: twelve terms leave less than a double can hold
 */
function cosine(x) {
  let term = 1;
  let sum = 1;
  for (let k = 2; k <= 24; k += 2) {
    term *= (-x * x) / (k * (k - 1));
    sum += term;
  }
  return sum;
}

/**
 * @param {number} rate of the first epoch
 * @param {Schedule} schedule
 * @param {number} epochs
 * @returns {number[]} a rate an epoch, as `fit` takes them
 */
export function scheduleRates(rate, schedule, epochs) {
  return Array.from({ length: epochs }, (_, e) => rate * FACTORS[schedule](e / epochs));
}
