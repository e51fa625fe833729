/** What the rivals written in JavaScript share: data as they want it, batches, initial weights. */

import { BATCH, EPOCH_STEPS, NETWORK } from '../cases.js';

/** Steps before the clock starts, where not the whole epoch is timed. */
const WARM_UP = 3;
/** Rows a prediction. */
const ROWS = 1000;

/** xorshift32 (Marsaglia 2003): which numbers it gives matters to no time. @param {number} seed */
export function randomNumbers(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** PyTorch's uniform initial values. @param {number} rows @param {number} columns @param {() => number} random */
export const uniform = (rows, columns, random) =>
  Float32Array.from({ length: rows * columns }, () => (2 * random() - 1) / Math.sqrt(rows));

/** @param {{ images: Uint8Array, labels: ArrayLike<number>, samples: number }} dataset */
const toFloats = ({ images, labels, samples }) => ({
  images: Float32Array.from(images, (byte) => byte / 255),
  labels,
  samples,
});

/** @param {number} count @param {() => number} random */
function shuffled(count, random) {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/**
 * @typedef {object} Rival
 * @property {(images: Float32Array, oneHot: Float32Array, rows: number) => unknown} step one training
 *   step; the arrays are the rival's to keep
 * @property {() => Promise<unknown>} finish resolves when all steps are done
 * @property {(images: Float32Array, rows: number) => Promise<ArrayLike<number>>} predict labels
 */

/**
 * One epoch, or some of its steps after a warm-up.
 * @param {Rival} rival
 * @param {{ train: any, test: any }} data MNIST
 * @param {number} [steps]
 * @returns {Promise<{ seconds: number, steps: number, accuracy?: number }>} seconds an epoch
 */
export async function timeEpoch(rival, { train, test }, steps) {
  const { images, labels, samples } = toFloats(train);
  const order = shuffled(samples, randomNumbers(1));
  const { inputs, classes } = NETWORK;
  const step = async (/** @type {number} */ at) => {
    const rows = order.subarray(at * BATCH, (at + 1) * BATCH);
    const x = new Float32Array(rows.length * inputs);
    const y = new Float32Array(rows.length * classes);
    rows.forEach((row, i) => {
      x.set(images.subarray(row * inputs, (row + 1) * inputs), i * inputs);
      y[i * classes + labels[row]] = 1;
    });
    await rival.step(x, y, rows.length);
  };
  const warmUp = steps === undefined ? 0 : WARM_UP;
  const timed = steps ?? EPOCH_STEPS;
  for (let i = 0; i < warmUp; i++) await step(i);
  await rival.finish();
  const start = performance.now();
  for (let i = warmUp; i < warmUp + timed; i++) await step(i);
  await rival.finish();
  const seconds = ((performance.now() - start) / 1e3 / timed) * EPOCH_STEPS;
  if (steps !== undefined) return { seconds, steps };
  return { seconds, steps: EPOCH_STEPS, accuracy: await accuracyOf(rival, toFloats(test)) };
}

/** @param {Rival} rival @param {ReturnType<typeof toFloats>} test */
async function accuracyOf(rival, { images, labels, samples }) {
  let right = 0;
  for (let at = 0; at < samples; at += ROWS) {
    const rows = images.slice(at * NETWORK.inputs, (at + ROWS) * NETWORK.inputs);
    const predicted = await rival.predict(rows, ROWS);
    for (let i = 0; i < ROWS; i++) right += Number(predicted[i] === labels[at + i]);
  }
  return right / samples;
}
