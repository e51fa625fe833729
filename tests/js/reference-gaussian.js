/** DropConnect's Gaussian inference (Wan et al., ICML 2013, section 3.2) in float64, from its formula and
 *  the twin's draws. */

import { ACTIVATIONS } from './reference.js';
import { KIND, normals } from './support-twin.js';

/**
 * The pre-activation's mean and variance in each row and unit: sums over the formula.
 * @param {ArrayLike<number>} x rows x inputs
 */
export function preActivations({ p, scaling }, weight, bias, x) {
  const units = bias.length;
  const inputs = weight.length / units;
  const keep = 1 - p;
  const [forMean, forVariance] = scaling === 'train' ? [1, p / keep] : [keep, keep * p];
  const means = [];
  const variances = [];
  for (let r = 0; r < x.length / inputs; r++) {
    for (let o = 0; o < units; o++) {
      let [sum, squares] = [0, 0];
      for (let i = 0; i < inputs; i++) {
        const product = weight[o * inputs + i] * x[r * inputs + i];
        sum += product;
        squares += product ** 2;
      }
      means.push(forMean * sum + bias[o]);
      variances.push(forVariance * squares);
    }
  }
  return { means, variances };
}

/**
 * The activation averaged over draws of a normal number, each from its place.
 * @param {{ means: number[], variances: number[] }} gaussian of each row and unit
 * @param {string} activation
 * @param {{ seed: number, index: number, firstRow?: number, draws: number, units: number }} place
 */
export function averaged(
  { means, variances },
  activation,
  { seed, index, firstRow = 0, draws, units },
) {
  const result = new Float64Array(means.length);
  for (let r = 0; r < means.length / units; r++) {
    for (let step = 0; step < draws; step++) {
      const place = { seed, kind: KIND.inference, index, row: firstRow + r, step };
      for (const [o, z] of normals(place, units).entries()) {
        const i = r * units + o;
        result[i] += ACTIVATIONS[activation](means[i] + Math.sqrt(variances[i]) * z) / draws;
      }
    }
  }
  return result;
}
