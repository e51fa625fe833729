/**
 * whatwg/dom#948, comlink#615, ffmpeg.wasm PR#938: every call that may take long takes a signal:
 * aborted already, aborted later, `AbortSignal.timeout`. The core stops with the promise.
 */

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { dense, dropout, dropoutMask, loadIdx, loadModel } from '../../dist/index.js';
import { createModel } from './support-build.js';
import { makeData, turns, withModels } from './support-models.js';
import { workerWith } from './support-worker.js';

const spec = { input: 64, layers: [dense(128), dropout(0.5), dense(10)], seed: 1 };
const floats = makeData({ samples: 20_000, features: 64, classes: 10 });
const { images } = makeData({ samples: 20_000, features: 64, classes: 10, bytes: true });
const bytes = { ...floats, images };

/** Each would take minutes and more. */
const calls = {
  'fit on floats': (model, signal) => model.fit(floats, { epochs: 1e5, signal }),
  fit: (model, signal) => model.fit(bytes, { epochs: 1e5, signal }),
  'predict with passes': (model, signal) => model.predict(images, { passes: 1e6, signal }),
  moments: (model, signal) => model.moments(images, { layer: 1, passes: 1e6, signal }),
  mask: (model, signal) => model.mask(1, { rows: 2 ** 20, signal }),
};
/** Each takes some slices. */
const shorter = {
  evaluate: (model, signal) => model.evaluate(bytes, { signal }),
  predict: (model, signal) => model.predict(images, { signal }),
  'predict floats': (model, signal) => model.predict(floats.images, { signal }),
  activations: (model, signal) => model.activations(images, { layer: 0, signal }),
};

/** What a promise rejects with. */
const rejection = (promise) =>
  promise.then(
    () => assert.fail('it must reject'),
    (reason) => reason,
  );

for (const worker of [true, false]) {
  describe(worker ? 'in a worker' : 'on the calling thread', () => {
    for (const [name, call] of Object.entries({ ...calls, ...shorter })) {
      test(`${name}: aborted already, later, and by a timeout`, () =>
        withModels(
          spec,
          async (model) => {
            const reason = { mine: true };
            assert.equal(await rejection(call(model, AbortSignal.abort(reason))), reason);
            const controller = new AbortController();
            const ended = rejection(call(model, controller.signal));
            await turns(name in calls ? 20 : 1);
            controller.abort(reason);
            assert.equal(await ended, reason);
            assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
            if (name in calls) {
              const signal = AbortSignal.timeout(5);
              assert.equal(await rejection(call(model, signal)), signal.reason);
              assert.equal(signal.reason.name, 'TimeoutError');
            }
            // The core does nothing any more.
            const { step } = await model.info();
            const hash = await model.hash();
            await turns(50);
            assert.deepEqual([(await model.info()).step, await model.hash()], [step, hash]);
            assert.equal((await model.predict(images.subarray(0, 64))).labels.length, 1);
          },
          { worker },
        ));
    }
  });
}

test('dropoutMask', async () => {
  const shape = [2 ** 20, 1000];
  const reason = 'enough';
  const mask = (signal) => rejection(dropoutMask(0.5, shape, { signal }));
  assert.equal(await mask(AbortSignal.abort(reason)), reason);
  const controller = new AbortController();
  const ended = mask(controller.signal);
  await turns(20);
  controller.abort(reason);
  assert.equal(await ended, reason);
  assert.equal((await mask(AbortSignal.timeout(20))).name, 'TimeoutError');
  await assert.rejects(dropoutMask(0.5, [1, 1], { signal: 1 }), /^TypeError: signal .*got 1/);
});

describe('createModel and loadModel', () => {
  test('aborted already: nothing stays', async () => {
    const counted = [];
    const count = (worker) => counted.push(worker);
    process.on('worker', count);
    try {
      const signal = AbortSignal.abort('before');
      for (const worker of [true, false]) {
        assert.equal(await rejection(createModel(spec, { worker, signal })), 'before');
      }
    } finally {
      process.off('worker', count);
    }
    for (const worker of counted) await new Promise((resolve) => worker.once('exit', resolve));
  });

  test('while the core does not come: rejects, and its worker ends', async () => {
    const server = createServer(() => {}); // answers nobody
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const wasm = `http://127.0.0.1:${server.address().port}/core.wasm`;
    try {
      for (const worker of [true, false]) {
        const ended = [];
        const note = (started) =>
          ended.push(new Promise((resolve) => started.once('exit', resolve)));
        process.on('worker', note);
        const controller = new AbortController();
        const { signal } = controller;
        const asked = new Promise((resolve) => server.once('request', resolve));
        const making = rejection(createModel(spec, { worker, wasm, signal }));
        if (worker)
          await asked; // the second waits for the same file
        else await turns(5);
        controller.abort('later');
        assert.equal(await making, 'later');
        process.off('worker', note);
        assert.equal(ended.length, Number(worker));
        await Promise.all(ended);
        assert.equal(getEventListeners(signal, 'abort').length, 0);
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('while the worker does not begin, and by a timeout', async () => {
    const workerUrl = workerWith('await new Promise(() => setInterval(() => {}, 1000));');
    const signal = AbortSignal.timeout(300);
    assert.equal(await rejection(createModel(spec, { workerUrl, signal })), signal.reason);
    const file = await withModels(spec, (model) => model.save());
    assert.equal(await rejection(loadModel(file, { signal: AbortSignal.abort(3) })), 3);
  });

  test('once the model is made the signal does nothing', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const model = await createModel(spec, { signal });
    controller.abort();
    assert.match(await model.hash(), /^[0-9a-f]{64}$/);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    await model.dispose();
  });
});

test('loadIdx: while a file is unpacked', async () => {
  const size = 2 ** 26;
  const header = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 64, 0, 16, 0, 0);
  const packed = gzipSync(Buffer.concat([header, Buffer.alloc(size)]), { level: 1 });
  const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 64, ...new Uint8Array(64));
  const controller = new AbortController();
  const { pipeThrough } = ReadableStream.prototype;
  let unpacked = 0;
  ReadableStream.prototype.pipeThrough = function (through) {
    const watch = new TransformStream({
      transform(chunk, to) {
        unpacked += chunk.length;
        if (unpacked > 2 ** 20) controller.abort('unpacking');
        to.enqueue(chunk);
      },
    });
    return pipeThrough.call(pipeThrough.call(this, through), watch);
  };
  try {
    const loading = loadIdx({ images: packed, labels, signal: controller.signal });
    assert.equal(await rejection(loading), 'unpacking');
  } finally {
    ReadableStream.prototype.pipeThrough = pipeThrough;
  }
  assert.ok(unpacked < size / 4, `${unpacked} bytes of ${size}`);
});
