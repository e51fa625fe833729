/** Prediction of the 10,000 test images by this package and, where it is asked for, a rival. */

import { createModel, variants } from '../../../dist/index.js';
import { exportOnnx } from '../../../dist/onnx.js';

/** Rows of a run of the rival, of which its best counts. */
const BATCHES = [64, 500, 10_000];
/** Steps of training before it, so that the probabilities are not all alike. */
const STEPS = 100;
/** Between probabilities of two implementations of the same float32 network. */
const TOLERANCE = 1e-4;

/**
 * @param {object} args
 * @param {('strict' | 'fast')[]} args.numerics
 * @param {string} [args.rival] folder of onnxruntime-web's files
 * @param {number} args.rounds
 * @param {import('../in-page.js').Place} place
 * @returns {Promise<Record<string, number[]>>} milliseconds by who and what
 */
export default async function predict({ numerics, rival, rounds }, { mnist, url }) {
  const { train, test } = await mnist();
  const floats = Float32Array.from(test.images, (byte) => byte / 255);
  /** @type {Record<string, () => Promise<Float32Array>>} */
  const contestants = {};
  /** @type {Record<string, { shape: number[], data: Float32Array }> | undefined} */
  let parameters;
  /** @type {Uint8Array | undefined} */
  let file;
  for (const kind of numerics) {
    const model = await createModel(variants.none('relu'), { numerics: kind });
    if (parameters) await model.setParameters(parameters);
    else await model.fit(train, { maxSteps: STEPS });
    parameters ??= await model.parameters();
    file ??= await exportOnnx(model);
    contestants[`${kind}, float32`] = async () => (await model.predict(floats)).probabilities;
    contestants[`${kind}, bytes`] = async () => (await model.predict(test.images)).probabilities;
  }
  if (rival) Object.assign(contestants, await onnxruntime(url(rival), file, floats));
  await checkAgreement(contestants);
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      const start = performance.now();
      await run();
      times[name].push(performance.now() - start);
    }
  }
  return times;
}

/** @param {Record<string, () => Promise<Float32Array>>} contestants */
async function checkAgreement(contestants) {
  let expected;
  for (const [name, run] of Object.entries(contestants)) {
    const found = await run();
    expected ??= found;
    const worst = found.reduce((most, p, i) => Math.max(most, Math.abs(p - expected[i])), 0);
    if (!(worst <= TOLERANCE) || found.length !== expected.length) {
      throw new Error(`${name}: probabilities differ by ${worst}; not timed`);
    }
  }
}

/**
 * @param {string} folder
 * @param {Uint8Array} file of the model
 * @param {Float32Array} images
 */
async function onnxruntime(folder, file, images) {
  const ort = await import(`${folder}ort.wasm.min.mjs`);
  ort.env.wasm.wasmPaths = folder;
  ort.env.wasm.numThreads = 1;
  const options = { executionProviders: ['wasm'] };
  const session = await ort.InferenceSession.create(file, options);
  const [features, classes] = [784, 10];
  const samples = images.length / features;
  const run = async (/** @type {number} */ batch) => {
    const probabilities = new Float32Array(samples * classes);
    for (let at = 0; at < samples; at += batch) {
      const end = Math.min(samples, at + batch);
      const rows = images.subarray(at * features, end * features);
      const input = new ort.Tensor('float32', rows, [end - at, features]);
      const { probabilities: part } = await session.run({ images: input }, ['probabilities']);
      probabilities.set(part.data, at * classes);
    }
    return probabilities;
  };
  return Object.fromEntries(BATCHES.map((batch) => [`rival, batch ${batch}`, () => run(batch)]));
}
