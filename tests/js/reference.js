/**
 * The networks in float64 and in the plainest words: three nested loops, no speed. Masks are given,
 * nothing is drawn. A layer with a mask follows its training rule, one without its evaluation rule.
 */

const LAMBDA = 1.0507009873554805;
const ALPHA = 1.6732632423543772;

/** What SELU tends to, in place of a dropped value (Klambauer et al. 2017). */
const FLOOR = -LAMBDA * ALPHA;

/** @type {Record<string, (x: number) => number>} */
export const ACTIVATIONS = {
  linear: (x) => x,
  relu: (x) => Math.max(x, 0),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  selu: (x) => LAMBDA * (x > 0 ? x : ALPHA * Math.expm1(x)),
};

/** Factors while training and in evaluation. */
export function factors(p, scaling) {
  const keep = 1 - p;
  if (scaling === 'train') return { train: keep > 0 ? 1 / keep : 0, eval: 1 };
  return { train: 1, eval: scaling === 'eval' ? keep : 1 };
}

/** a (x m + FLOOR (1 - m)) + b: mean 0 and variance 1 stay. With p = 1 its limit. */
function alphaDropped(x, isKept, p) {
  if (p === 1) return 0;
  const keep = 1 - p;
  const a = (keep + FLOOR ** 2 * keep * p) ** -0.5;
  return a * (isKept ? x : FLOOR) - a * p * FLOOR;
}

/** A layer without weights, on one value. @param {any} layer @param {number} [m] of its mask */
function masked(layer, x, m, evalScale) {
  const isTraining = m !== undefined;
  if (layer.type === 'gaussianDropout') return isTraining ? x * m : x;
  if (layer.type === 'alphaDropout') return isTraining ? alphaDropped(x, m === 1, layer.p) : x;
  const factor = factors(layer.p, layer.scaling);
  if (!isTraining) return x * factor.eval * evalScale;
  return m === 1 ? x * factor.train : 0;
}

/**
 * @param {{ input: number, layers: any[] }} spec as `createModel` takes it, its defaults filled in
 * @param {Record<string, ArrayLike<number>>} parameters by name
 * @param {ArrayLike<number>} images rows x input
 * @param {{ masks?: Record<number, ArrayLike<number>>, evalScale?: number }} [options] masks by layer:
 *   dropout rows x units, DropConnect [out, in] or [rows, out, in]
 * @returns {Float64Array[]} the output of each layer, rows x units
 */
export function forward({ input, layers }, parameters, images, { masks = {}, evalScale = 1 } = {}) {
  const rows = images.length / input;
  const outputs = [];
  let x = Float64Array.from(images);
  let width = input;
  let denseIndex = 0;
  for (const [i, layer] of layers.entries()) {
    const mask = masks[i];
    if (layer.type !== 'dense') {
      x = x.map((value, j) => masked(layer, value, mask?.[j], evalScale));
    } else {
      const weight = parameters[`layers.${denseIndex}.weight`];
      const bias = parameters[`layers.${denseIndex}.bias`];
      const { p, scaling } = layer.dropConnect ?? { p: 0, scaling: 'none' };
      const factor = factors(p, scaling);
      const y = new Float64Array(rows * layer.units);
      const stride = mask?.length === weight.length ? 0 : weight.length;
      for (let r = 0; r < rows; r++) {
        for (let o = 0; o < layer.units; o++) {
          let sum = 0;
          for (let k = 0; k < width; k++) {
            const at = o * width + k;
            const product = weight[at] * x[r * width + k];
            if (!mask) sum += product * factor.eval;
            else if (mask[r * stride + at]) sum += product * factor.train;
          }
          y[r * layer.units + o] = ACTIVATIONS[layer.activation ?? 'linear'](sum + bias[o]);
        }
      }
      x = y;
      width = layer.units;
      denseIndex++;
    }
    outputs.push(x);
  }
  return outputs;
}

/** @param {ArrayLike<number>} logits rows x units */
export function softmax(logits, units) {
  const result = Float64Array.from(logits);
  for (let at = 0; at < result.length; at += units) {
    const row = result.subarray(at, at + units);
    const top = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((total, value) => total + Math.exp(value - top), 0);
    row.forEach((value, i) => (row[i] = Math.exp(value - top) / sum));
  }
  return result;
}

/** Mean negative log-likelihood, nats. */
function meanLoss(logits, labels) {
  const units = logits.length / labels.length;
  let sum = 0;
  for (const [r, label] of labels.entries()) {
    const row = logits.subarray(r * units, (r + 1) * units);
    const top = row.reduce((a, b) => Math.max(a, b));
    const rest = row.reduce((total, value) => total + Math.exp(value - top), 0);
    sum += top + Math.log(rest) - row[label];
  }
  return sum / labels.length;
}

/** The training loss of these rows under these masks. */
export function trainingLoss(spec, parameters, { images, labels }, masks) {
  return meanLoss(forward(spec, parameters, images, { masks }).at(-1), labels);
}

/** Its gradient by central differences. @returns {Record<string, Float64Array>} */
export function differences(spec, parameters, data, masks, h = 1e-5) {
  const moved = Object.fromEntries(
    Object.entries(parameters).map(([name, values]) => [name, Float64Array.from(values)]),
  );
  return Object.fromEntries(
    Object.entries(moved).map(([name, values]) => [
      name,
      values.map((value, i) => {
        values[i] = value + h;
        const above = trainingLoss(spec, moved, data, masks);
        values[i] = value - h;
        const below = trainingLoss(spec, moved, data, masks);
        values[i] = value;
        return (above - below) / (2 * h);
      }),
    ]),
  );
}

/**
 * A report by counting rows, one measure after the other.
 * @param {ArrayLike<number>} probabilities rows x units
 */
export function bruteReport(probabilities, labels, classes) {
  const samples = labels.length;
  const units = probabilities.length / samples;
  const rows = Array.from(labels, (label, r) => {
    const row = Array.from({ length: units }, (_, u) => probabilities[r * units + u]);
    const top = Math.max(...row);
    return { label, row, top, predicted: row.indexOf(top) };
  });
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  const ratio = (a, b) => (b === 0 ? 0 : a / b);
  const columns = classes + (units > classes ? 1 : 0);
  const confusion = new Uint32Array(classes * columns);
  for (const { label, predicted } of rows) {
    confusion[label * columns + Math.min(predicted, classes)]++;
  }
  const perClass = Array.from({ length: classes }, (_, c) => {
    const support = rows.filter(({ label }) => label === c).length;
    const claimed = rows.filter(({ predicted }) => predicted === c).length;
    const hits = rows.filter(({ label, predicted }) => label === c && predicted === c).length;
    const f1 = ratio(2 * hits, support + claimed);
    return { precision: ratio(hits, claimed), recall: ratio(hits, support), f1, support };
  });
  let ece = 0;
  const reliability = Array.from({ length: 15 }, (_, k) => {
    const inside = rows.filter(({ top }) => top > k / 15 && top <= (k + 1) / 15);
    if (inside.length === 0) return { count: 0, confidence: 0, accuracy: 0 };
    const confidence = mean(inside.map(({ top }) => top));
    const accuracy = mean(inside.map(({ label, predicted }) => Number(label === predicted)));
    ece += (inside.length / samples) * Math.abs(accuracy - confidence);
    return { count: inside.length, confidence, accuracy };
  });
  return {
    samples,
    loss: mean(rows.map(({ label, row }) => -Math.log(row[label]))),
    accuracy: mean(rows.map(({ label, predicted }) => Number(label === predicted))),
    macroF1: mean(perClass.map(({ f1 }) => f1)),
    ece,
    brier: mean(
      rows.map(({ label, row }) =>
        row.reduce((sum, value, u) => sum + (value - Number(u === label)) ** 2, 0),
      ),
    ),
    perClass,
    confusion,
    reliability,
  };
}
