/** What is said of a layer's output over masks. */

/**
 * @param {{ units: number, passes: number, evaluation: Float32Array, mean: Float32Array, sd: Float32Array }} found
 * @returns {import('./predictions.js').Moments}
 */
export function describeMoments({ units, passes, evaluation, mean, sd }) {
  const n = mean.length;
  let both = 0;
  let square = 0;
  let within = 0; // sum of squared deviations over passes, a pass
  for (let i = 0; i < n; i++) {
    both += mean[i] * evaluation[i];
    square += evaluation[i] ** 2;
    within += (sd[i] ** 2 * (passes - 1)) / passes;
  }
  return {
    rows: n / units,
    units,
    passes,
    evaluation,
    mean,
    sd,
    slope: both / square,
    sdEvaluation: Math.sqrt(spread(evaluation)),
    sdTraining: Math.sqrt(spread(mean) + within / n),
  };
}

/** The variance of all values. @param {Float32Array} values */
function spread(values) {
  const n = values.length;
  const centre = values.reduce((sum, value) => sum + value, 0) / n;
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / n;
}
