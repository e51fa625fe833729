/** Stopping a training: tfjs#558, ml5#1397, brain.js#59, synaptic#157. */

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, test } from 'node:test';

import { PauseController, dense } from '../../dist/index.js';
import { generator, turns, withModels } from './support-models.js';
import {
  STEPS,
  STEPS_AN_EPOCH,
  assertWhole,
  data,
  finish,
  run,
  signalled,
  spec,
  standing,
} from './support-runs.js';

/** What a promise rejects with, be it no error at all. */
const rejection = (promise) =>
  promise.then(
    () => assert.fail('it must reject'),
    (reason) => reason,
  );

for (const worker of [true, false]) {
  describe(worker ? 'in a worker' : 'on the calling thread', () => {
    const use = (callback) => withModels(spec, callback, { worker });

    describe('whatwg/dom#948, comlink#615: a signal', () => {
      const reasons = [new Error('enough'), 'a word', null, { code: 'ABORTED' }];
      for (const [i, reason] of reasons.entries()) {
        test(`already aborted: rejects with its reason (${i}), and nothing happens`, () =>
          use(async (model) => {
            const before = await model.hash();
            const signal = AbortSignal.abort(reason);
            for (const call of [
              () => model.fit(data, { ...run, signal }),
              () => model.evaluate(data, { signal }),
              () => model.predict(data.images, { signal }),
            ]) {
              assert.equal(await rejection(call()), reason);
            }
            assert.equal((await model.info()).step, 0);
            assert.equal(await model.hash(), before);
            if (i === 0) await assertWhole(model, await model.fit(data, run));
          }));
      }

      test('aborted inside onProgress', () =>
        use(async (model) => {
          const controller = new AbortController();
          const { signal } = controller;
          const told = [];
          const onProgress = (progress) => {
            told.push(progress);
            controller.abort();
          };
          assert.equal(
            await rejection(model.fit(data, { ...run, signal, onProgress })),
            signal.reason,
          );
          const step = await standing(model);
          assert.equal(told.length, 1, 'no progress after the abort');
          if (!worker) assert.equal(step, told[0].step);
          assert.ok(step >= 1 && step < STEPS);
          await finish(model);
        }));

      test('AbortSignal.timeout', () =>
        use(async (model) => {
          const signal = AbortSignal.timeout(20);
          const error = await rejection(model.fit(data, { ...run, epochs: 1e6, signal }));
          assert.equal(error, signal.reason);
          assert.equal(error.name, 'TimeoutError');
          await standing(model);
        }));

      test('aborted in an evaluation and in a prediction', () =>
        use(async (model) => {
          const many = new Uint8Array(64 * 200_000);
          const rows = { images: many, labels: new Uint8Array(200_000), samples: 200_000 };
          for (const call of [
            (signal) => model.predict(many, { signal }),
            (signal) => model.evaluate({ ...rows, features: 64, classes: 10 }, { signal }),
          ]) {
            const controller = new AbortController();
            const ended = rejection(call(controller.signal));
            await turns(3);
            controller.abort('stop');
            assert.equal(await ended, 'stop');
          }
          assert.equal((await model.predict(data.images)).labels.length, data.samples);
        }));

      test('no listener stays on it', () =>
        use(async (model) => {
          const { signal } = new AbortController();
          await model.fit(data, { ...run, epochs: 1, signal });
          await model.predict(data.images, { signal });
          await model.evaluate(data, { signal });
          assert.equal(getEventListeners(signal, 'abort').length, 0);
        }));

      test('aborts a run that is held', () =>
        use(async (model) => {
          const controller = new AbortController();
          const { signal } = controller;
          const pause = new PauseController();
          const held = signalled();
          const onProgress = () => {
            pause.pause();
            held.resolve();
          };
          const ended = rejection(model.fit(data, { ...run, signal, pause, onProgress }));
          await held.promise;
          await standing(model);
          controller.abort('held');
          assert.equal(await ended, 'held');
          pause.resume();
          await standing(model);
          await finish(model);
        }));
    });

    test('ffmpeg.wasm PR#938: at ten moments the core stops with the promise, and the run is finished bit for bit', () =>
      use(async (model) => {
        const next = generator(worker ? 1 : 2);
        let aborts = 0;
        let history;
        let begun = false;
        while (!history) {
          const controller = new AbortController();
          const { signal } = controller;
          const outcome = model.fit(data, { ...(begun ? { resume: true } : run), signal }).then(
            (value) => ({ value }),
            (error) => ({ error }),
          );
          if (aborts < 10) {
            // A turn of this thread lasts as long as a slice of the core, where that runs here too.
            await turns(1 + Math.floor((worker ? 200 : 3) * next()));
            controller.abort(new Error(`abort ${aborts}`));
          }
          const { value, error } = await outcome;
          begun = true;
          history = value;
          if (history) continue;
          assert.equal(error, signal.reason);
          aborts++;
          await standing(model);
          assert.equal((await model.predict(data.images)).labels.length, data.samples);
        }
        assert.ok(aborts > 0);
        await assertWhole(model, history);
      }));

    test('a callback that throws ends the run with that error, which can be finished', () =>
      use(async (model) => {
        for (const [i, thrown] of [new TypeError('mine'), undefined].entries()) {
          const onProgress = () => {
            throw thrown;
          };
          const options = i === 0 ? run : { resume: true };
          assert.equal(await rejection(model.fit(data, { ...options, onProgress })), thrown);
          assert.ok((await standing(model)) < STEPS);
        }
        await finish(model);
      }));

    test('a pause holds the run, and going on gives the same weights', () =>
      use(async (model) => {
        const pause = new PauseController();
        const held = signalled();
        let isFirst = true;
        const onProgress = () => {
          if (!isFirst) return;
          isFirst = false;
          pause.pause();
          held.resolve();
        };
        const fit = model.fit(data, { ...run, pause, onProgress });
        await held.promise;
        assert.ok((await standing(model)) < STEPS);
        // What is asked of a held model is answered.
        assert.equal((await model.predict(data.images)).labels.length, data.samples);
        pause.resume();
        await assertWhole(model, await fit);
      }));
  });
}

test('aborted in the validation after an epoch: that epoch is told once', () =>
  withModels(spec, async (model) => {
    const controller = new AbortController();
    const { signal } = controller;
    const options = { ...run, trainEvaluation: data.samples };
    await model.fit(data, { ...options, maxSteps: STEPS_AN_EPOCH - 1 });
    // The first step of a call is always told: here the last of the epoch.
    const onProgress = () => controller.abort();
    const resumed = model.fit(data, { resume: true, signal, onProgress });
    assert.equal(await rejection(resumed), signal.reason);
    assert.equal((await model.info()).step, STEPS_AN_EPOCH);
    const { epochs, steps } = await model.fit(data, { resume: true });
    const plain = epochs.map(({ lossNoDropout, ...rest }) => {
      assert.ok(Number.isFinite(lossNoDropout));
      return rest;
    });
    await assertWhole(model, { epochs: plain, steps });
  }));

test('on the calling thread a paused run holds after the step it is in', () =>
  withModels(spec, async (model) => {
    const pause = new PauseController();
    const controller = new AbortController();
    const { signal } = controller;
    const told = [];
    const onProgress = ({ step }) => {
      told.push(step);
      pause.pause();
    };
    const ended = rejection(model.fit(data, { ...run, pause, onProgress, signal }));
    while (told.length === 0) await turns();
    const step = await standing(model);
    controller.abort();
    await ended;
    assert.deepEqual([told, step], [[1], 1]);
  }));

test('an abort before the first step leaves a run that resume finishes', () =>
  withModels(spec, async (model) => {
    const controller = new AbortController();
    const ended = rejection(model.fit(data, { ...run, signal: controller.signal }));
    controller.abort();
    assert.equal(await ended, controller.signal.reason);
    assert.equal((await model.info()).step, 0);
    await finish(model);
  }));

test('disco#758, tfjs#102: epochs shorter than a slice give way, too', () => {
  const layers = [dense(2)];
  const one = { images: new Float32Array(1), labels: new Uint8Array(1), samples: 1 };
  return withModels({ input: 1, layers }, async (model) => {
    let done;
    // Twenty thousand epochs of one step are many slices on any machine.
    const fit = model
      .fit({ ...one, features: 1, classes: 2 }, { epochs: 20_000 })
      .finally(() => (done = true));
    let given = 0;
    for (; !done; given++) await turns();
    await fit;
    assert.ok(given > 1, `${given} turns of this thread's event loop`);
  });
});

for (const worker of [true, false]) {
  test(`a run that is paused before it begins takes no step, worker ${worker}`, () =>
    withModels(
      spec,
      async (model) => {
        const pause = new PauseController();
        pause.pause();
        const done = model.fit(data, { ...run, pause });
        assert.equal(await standing(model), 0);
        pause.resume();
        await assertWhole(model, await done);
      },
      { worker },
    ));
}
