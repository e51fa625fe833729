/** A training long enough to be stopped, and what it gives when nothing stops it. */

import assert from 'node:assert/strict';

import { dense, dropout } from '../../dist/index.js';
import { makeData, turns, untimed, withModels } from './support-models.js';

export const data = makeData({ samples: 4000, features: 64, classes: 10, seed: 5 });
const layers = [dense(128, { activation: 'relu', dropConnect: 0.2 }), dropout(0.5), dense(10)];
export const spec = { input: 64, layers, seed: 4 };
export const EPOCHS = 24;
export const STEPS_AN_EPOCH = 250;
export const STEPS = EPOCHS * STEPS_AN_EPOCH;
/** Hundreds of milliseconds: many slices of the core, also on a machine that is busy otherwise. */
export const run = Object.freeze({ epochs: EPOCHS, batchSize: 16 });

/** @type {Promise<{ history: object, hash: string }> | undefined} */
let whole;

const uninterrupted = () =>
  (whole ??= withModels(spec, async (model) => {
    const history = untimed(await model.fit(data, run));
    return { history, hash: await model.hash() };
  }));

/** Finishes an interrupted run, and compares it with the uninterrupted one. */
export async function finish(model) {
  await assertWhole(model, await model.fit(data, { resume: true }));
}

export async function assertWhole(model, history) {
  const expected = await uninterrupted();
  assert.deepEqual(untimed(history), expected.history);
  assert.equal(await model.hash(), expected.hash);
}

/** The step at which a run stands, after proof that it stands. */
export async function standing(model) {
  await turns(3);
  const { step } = await model.info();
  await turns(20);
  for (let i = 0; i < 5; i++) assert.equal((await model.info()).step, step, 'no step any more');
  return step;
}

/** A promise, and what resolves it. */
export function signalled() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}
