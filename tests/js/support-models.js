/** What the suites of the JavaScript API share: data from a seed, models that end with their test. */

import assert from 'node:assert/strict';

import { differences } from './reference.js';
import { createModel, loadModel } from './support-build.js';
import { generator } from './support-random.js';

export { generator };

/** The caller's thread: quick to start, and the same results as in a worker. */
export const HERE = Object.freeze({ worker: false });

/** A data set of float32 values in (-1, 1), or of bytes. */
export function makeData({ samples = 23, features = 7, classes = 4, seed = 1, bytes = false }) {
  const next = generator(seed);
  const images = bytes
    ? Uint8Array.from({ length: samples * features }, () => Math.floor(256 * next()))
    : Float32Array.from({ length: samples * features }, () => 2 * next() - 1);
  const labels = Uint8Array.from({ length: samples }, () => Math.floor(classes * next()));
  return { images, labels, samples, features, classes };
}

/**
 * Uses models and disposes of them, also where the test fails.
 * @template R
 * @param {object | object[]} specs one, or several
 * @param {(...models: import('../../js/model.js').Model[]) => Promise<R>} use
 * @param {import('../../js/options.js').Runtime} [runtime]
 */
export async function withModels(specs, use, runtime = HERE) {
  const makers = [specs].flat().map((spec) => () => createModel(spec, runtime));
  return withOpened(makers, use);
}

/** The same with models out of files. @param {Uint8Array | Uint8Array[]} files */
export async function withLoaded(files, use, runtime = HERE) {
  const makers = [files].flat().map((bytes) => () => loadModel(bytes, runtime));
  return withOpened(makers, use);
}

/** @param {(() => Promise<import('../../js/model.js').Model>)[]} makers */
async function withOpened(makers, use) {
  const models = [];
  try {
    for (const make of makers) models.push(await make());
    return await use(...models);
  } finally {
    for (const model of models) await model.dispose();
  }
}

/** @param {ArrayLike<number>} actual @param {ArrayLike<number>} expected */
export function assertClose(actual, expected, tolerance, what) {
  assert.equal(actual.length, expected.length, `${what}: length`);
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    assert.ok(
      difference <= tolerance,
      `${what}[${i}]: ${actual[i]} differs from ${expected[i]} by ${difference} > ${tolerance}`,
    );
  }
}

/**
 * The training loss of each step: single steps of one run, since a call always tells its first.
 * @returns {Promise<number[]>}
 */
export async function stepLosses(model, data, options, steps) {
  const losses = [];
  const { step: first } = await model.info();
  for (let i = 0; i < steps; i++) {
    const told = [];
    const onProgress = (progress) => told.push(progress);
    const run = i === 0 ? options : { resume: true };
    const history = await model.fit(data, { ...run, maxSteps: 1, onProgress });
    assert.equal(history.steps, first + i + 1);
    assert.deepEqual(
      told.map(({ step }) => step),
      [first + i + 1],
    );
    losses.push(told[0].batchLoss);
  }
  return losses;
}

/** What one SGD step of rate 1 subtracts: the gradient of the mean loss over the first batch. */
export async function gradientOf(model, data, batchSize = data.samples) {
  const before = await model.parameters();
  const optimizer = { name: 'sgd', learningRate: 1 };
  await model.fit(data, { batchSize, shuffle: false, optimizer, maxSteps: 1 });
  const after = await model.parameters();
  return Object.fromEntries(
    Object.entries(before).map(([name, { data: values }]) => [
      name,
      Float64Array.from(values, (value, i) => value - after[name].data[i]),
    ]),
  );
}

/**
 * The masks of a training step, by layer, as reference.js takes them.
 * @param {import('../../js/model.js').Model} model
 * @param {{ layers: any[] }} spec
 */
export async function masksOfStep(model, { layers }, rows, step = 0) {
  const masks = {};
  for (const [i, layer] of layers.entries()) {
    if (layer.type === 'dense' && !layer.dropConnect) continue;
    masks[i] = await model.mask(i, { rows, step });
  }
  return masks;
}

/** A unit of ReLU or SELU whose inputs are all dropped would stand on the kink, its bias being 0. */
export async function awayFromZero(model) {
  const values = await valuesOf(model);
  const moved = Object.entries(values).map(([name, array]) => [
    name,
    array.map((value, i) => (value === 0 ? 0.1 + 0.01 * i : value)),
  ]);
  await model.setParameters(Object.fromEntries(moved));
  return valuesOf(model);
}

/** All parameters' arrays by name, for `deepEqual`: -0 and 0 differ there. */
export async function valuesOf(model) {
  const entries = Object.entries(await model.parameters());
  return Object.fromEntries(entries.map(([name, { data }]) => [name, data]));
}

/** Turns of the event loop: what is under way on this thread goes on meanwhile. */
export async function turns(count = 1) {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** What a history says apart from times. */
export const untimed = ({ epochs, steps }) => ({
  steps,
  epochs: epochs.map(({ seconds, samplesPerSecond, ...rest }) => {
    assert.ok(seconds >= 0 && samplesPerSecond > 0);
    return rest;
  }),
});

/**
 * One step's gradients against finite differences in float64, under the masks of that step. The model
 * has moved by them then.
 * @param {import('../../js/model.js').Model} model
 * @param {object} spec its own
 * @param {object} data
 * @param {number} tolerance
 * @param {Float32Array} [images] the data's as floats, where they are bytes
 */
export async function assertGradients(model, spec, data, tolerance, images = data.images) {
  const masks = await masksOfStep(model, spec, data.samples);
  const expected = differences(spec, await valuesOf(model), { ...data, images }, masks);
  const found = await gradientOf(model, data);
  for (const [key, values] of Object.entries(expected)) {
    assertClose(found[key], values, tolerance, key);
  }
  const isLarge = (values) => values.some((value) => Math.abs(value) > 1e-2);
  assert.ok(Object.values(expected).some(isLarge), 'a gradient that could be wrong');
}
