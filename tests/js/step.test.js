/** Step by step through a held training: one optimizer step a `step()`, and the same weights. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PauseController } from '../../dist/index.js';
import { untimed, withModels } from './support-models.js';
import {
  STEPS,
  STEPS_AN_EPOCH,
  assertWhole,
  data,
  run,
  signalled,
  spec,
  standing,
} from './support-runs.js';

/** Resolves when a run holds before its first step. @param {PauseController} pause */
const held = (pause) => new Promise((resolve) => pause.addEventListener('held', resolve));

/** Options that tell of the next report, and of the next epoch. */
function listener() {
  const told = [];
  const waiting = { progress: signalled(), epoch: signalled() };
  const settle = (kind, value) => {
    waiting[kind].resolve(value);
    waiting[kind] = signalled();
  };
  return {
    told,
    next: (kind) => waiting[kind].promise,
    onProgress: ({ step }) => {
      told.push(step);
      settle('progress', step);
    },
    onEpoch: ({ epoch }) => settle('epoch', epoch),
  };
}

const numbers = (n) => Array.from({ length: n }, (_, i) => i + 1);

for (const worker of [true, false]) {
  const where = worker ? 'in a worker' : 'on the calling thread';
  const use = (callback) => withModels(spec, callback, { worker });

  test(`${where}: a held run does one step a call, and tells each`, () =>
    use(async (model) => {
      const pause = new PauseController();
      pause.pause();
      const begun = held(pause);
      const { told, next, onProgress, onEpoch } = listener();
      const done = model.fit(data, { ...run, pause, onProgress, onEpoch });
      await begun;
      assert.equal(await standing(model), 0);
      for (let step = 1; step < STEPS_AN_EPOCH; step++) {
        const progress = next('progress');
        pause.step();
        assert.equal(await progress, step);
        if (step < 4) assert.equal(await standing(model), step);
      }
      const epoch = next('epoch');
      pause.step();
      assert.equal(await epoch, 1, 'what follows the last step of an epoch waits for no other');
      assert.equal(await standing(model), STEPS_AN_EPOCH);
      pause.step();
      pause.step();
      while (told.at(-1) !== STEPS_AN_EPOCH + 2) await next('progress');
      assert.equal(await standing(model), STEPS_AN_EPOCH + 2, 'two calls at once are two steps');
      assert.deepEqual(told, numbers(STEPS_AN_EPOCH + 2));
      pause.resume();
      await assertWhole(model, await done);
    }));

  test(`${where}: held in the measures after an epoch, a run ends them and does its step`, () =>
    use(async (model) => {
      const pause = new PauseController();
      const { next, onProgress, onEpoch } = listener();
      const pausing = signalled();
      const options = { ...run, trainEvaluation: data.samples };
      await model.fit(data, { ...options, maxSteps: STEPS_AN_EPOCH - 1 });
      // The first step of a call is always told: here the last of the epoch.
      const done = model.fit(data, {
        resume: true,
        pause,
        onProgress: (progress) => {
          onProgress(progress);
          if (progress.step !== STEPS_AN_EPOCH) return;
          pause.pause();
          pausing.resolve();
        },
        onEpoch,
      });
      await pausing.promise;
      const { step } = await model.info();
      const progress = next('progress');
      pause.step();
      assert.ok((await progress) > step);
      await standing(model);
      pause.resume();
      const { epochs, steps } = await done;
      await assertWhole(model, {
        epochs: epochs.map(({ lossNoDropout: _, ...one }) => one),
        steps,
      });
    }));
}

test('of two held runs the event of one steps that one', () =>
  withModels([spec, { ...spec, seed: 5 }], async (first, second) => {
    const pause = new PauseController();
    pause.pause();
    const controller = new AbortController();
    const begin = async (model) => {
      const begun = held(pause);
      const ended = model.fit(data, { ...run, pause, signal: controller.signal });
      ended.catch(() => {}); // awaited below
      return { event: await begun, ended };
    };
    const runs = [await begin(first), await begin(second)];
    runs[1].event.step();
    assert.deepEqual([await standing(first), await standing(second)], [0, 1]);
    pause.step();
    assert.deepEqual([await standing(first), await standing(second)], [1, 2]);
    controller.abort();
    for (const { ended } of runs) await assert.rejects(ended, { name: 'AbortError' });
  }));

test('a step that follows a pause begun within a granted step is done, too', () =>
  withModels(
    spec,
    async (model) => {
      const pause = new PauseController();
      pause.pause();
      const begun = held(pause);
      const controller = new AbortController();
      const onProgress = ({ step }) => {
        if (step !== 1) return;
        pause.resume();
        pause.pause();
        pause.step();
      };
      const done = model.fit(data, { ...run, pause, onProgress, signal: controller.signal });
      done.catch(() => {}); // awaited below
      await begun;
      pause.step();
      assert.equal(await standing(model), 2);
      controller.abort();
      await assert.rejects(done, { name: 'AbortError' });
    },
    { worker: false },
  ));

test('steps alone finish a run', () =>
  withModels(spec, async (model) => {
    const pause = new PauseController();
    pause.pause();
    const begun = held(pause);
    const done = model.fit(data, { ...run, pause });
    await begun;
    for (let step = 0; step < STEPS; step++) pause.step();
    const history = await done;
    assert.equal(untimed(history).steps, STEPS);
    await assertWhole(model, history);
  }));
