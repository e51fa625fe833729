/** Predictions with masks on, in float64: the twin's masks, reference.js's networks, plain sums. */

import { forward, softmax } from './reference.js';
import { KIND, masksOf } from './support-twin.js';

const sum = (values) => values.reduce((a, b) => a + b, 0);
const highest = (row) => row.indexOf(row.reduce((a, b) => Math.max(a, b)));

/** In nats; what has no probability adds nothing. */
export const entropyOf = (row) => -sum(row.map((p) => (p > 0 ? p * Math.log(p) : 0)));

/**
 * The outputs of a layer in each pass.
 *
 * @param {{ input: number, layers: any[], seed: number }} spec its defaults filled in
 * @param {Record<string, ArrayLike<number>>} parameters
 * @param {ArrayLike<number>} images
 * @param {{ passes: number, layer?: number, firstRow?: number, sharedMask?: boolean }} options
 * @returns {Float64Array[]} one a pass, rows x units
 */
export function outputsOfPasses(spec, parameters, images, options) {
  const { passes, layer = -1, firstRow = 0, sharedMask = false } = options;
  const rows = images.length / spec.input;
  return Array.from({ length: passes }, (_, step) => {
    const where = { kind: KIND.passes, step, rows, firstRow, shared: sharedMask };
    return forward(spec, parameters, images, { masks: masksOf(spec, where) }).at(layer);
  });
}

/**
 * What `predict` with passes must tell (Gal, Ghahramani 2016), row by row from the definitions.
 * `doubt` is how near a row or a pass came to another label: rounding may change what is near 0.
 */
export function predictByPasses(spec, parameters, images, options) {
  const rows = images.length / spec.input;
  const outputs = outputsOfPasses(spec, parameters, images, options);
  const units = outputs[0].length / rows;
  const probabilities = outputs.map((logits) => softmax(logits, units));
  const told = Array.from({ length: rows }, (_, r) => {
    const passes = probabilities.map((all) => Array.from(all.slice(r * units, (r + 1) * units)));
    const mean = passes[0].map((_, c) => sum(passes.map((row) => row[c])) / passes.length);
    const votes = mean.map((_, c) => passes.filter((row) => highest(row) === c).length);
    const entropy = entropyOf(mean);
    const gap = (row) => {
      const [first, second = 0] = row.toSorted((a, b) => b - a);
      return first === second ? Infinity : first - second; // an exact tie stays one
    };
    return {
      label: highest(mean),
      mean,
      entropy,
      mutualInformation: Math.max(0, entropy - sum(passes.map(entropyOf)) / passes.length),
      variationRatio: 1 - Math.max(...votes) / passes.length,
      doubt: Math.min(...[mean, ...passes].map(gap)),
    };
  });
  return {
    labels: Uint16Array.from(told, ({ label }) => label),
    probabilities: told.flatMap(({ mean }) => mean),
    entropy: told.map(({ entropy }) => entropy),
    mutualInformation: told.map(({ mutualInformation }) => mutualInformation),
    variationRatio: told.map(({ variationRatio }) => variationRatio),
    doubt: Math.min(...told.map(({ doubt }) => doubt)),
  };
}

/** What `moments` must tell of a layer: its outputs in evaluation against those of the passes. */
export function momentsByPasses(spec, parameters, images, options) {
  const { layer, passes } = options;
  const outputs = outputsOfPasses(spec, parameters, images, options);
  const evaluation = forward(spec, parameters, images).at(layer);
  const mean = evaluation.map((_, i) => sum(outputs.map((values) => values[i])) / passes);
  const sd = mean.map((m, i) =>
    Math.sqrt(sum(outputs.map((values) => (values[i] - m) ** 2)) / (passes - 1)),
  );
  const slope = sum(mean.map((m, i) => m * evaluation[i])) / sum(evaluation.map((e) => e * e));
  const spread = (values) => {
    const centre = sum(values) / values.length;
    return Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / values.length);
  };
  return {
    evaluation,
    mean,
    sd,
    slope,
    sdEvaluation: spread(Array.from(evaluation)),
    sdTraining: spread(outputs.flatMap((values) => Array.from(values))),
  };
}
