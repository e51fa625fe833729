/** A worker that answers rubbish: every call ends in an error of one class, and other models go on. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  DropoutWasmError,
  WorkerLostError,
  createModel,
  dense,
  dropout,
} from '../../dist/index.js';
import { SILENT_TICKS, TICK_MS } from '../../js/protocol.js';
import { workerWith } from './support-worker.js';

const data = {
  images: Float32Array.from({ length: 23 * 7 }, (_, i) => Math.sin(i)),
  labels: Uint8Array.from({ length: 23 }, (_, i) => i % 4),
  samples: 23,
  features: 7,
  classes: 4,
};
const spec = { input: 7, layers: [dense(9), dropout(0.5), dense(4)], seed: 1 };

/** In place of what the package's script says once the model is made: `m` is that, `t` what goes along. */
const rubbish = {
  'no object': 'post("rubbish");',
  null: 'post(null);',
  'an unknown kind': 'post({ kind: "hello" });',
  'a failure without an error': 'post({ kind: "failed" });',
  'an error without one': 'post({ kind: "error", id: m.id });',
  'an error that is a word': 'post({ kind: "error", id: m.id, error: "no" });',
  'a result that is null': 'post({ ...m, value: null });',
  'a result that is a word': 'post({ ...m, value: "rubbish" });',
  'a result of other fields': 'post({ ...m, value: { rubbish: 1 } });',
  'a result of empty fields': `post({ ...m, value: Object.fromEntries(
    Object.keys(Object(m.value)).map((key) => [key, null])) });`,
  'a result never asked for': 'post({ kind: "result", id: 12345, value: 1 }); post(m, t);',
  'every result twice': 'const again = structuredClone(m); post(m, t); post(again);',
  'progress without a word': 'post({ kind: "progress", id: m.id }); post(m, t);',
  'progress of other fields':
    'post({ kind: "progress", id: m.id, value: { epoch: 1 } }); post(m, t);',
  'progress of no call': 'post({ kind: "progress", id: 99, value: {} }); post(m, t);',
  'that it is ready, twice': 'post({ kind: "ready" }); post(m, t);',
};

const spoiling = (code, isFromStart) => `
  const post = port.postMessage.bind(port);
  let isMade = ${isFromStart};
  port.postMessage = (m, t) => {
    if (isMade && m.kind !== 'ready') { ${code} } else post(m, t);
    isMade ||= m.kind === 'result';
  };`;

const calls = {
  fit: (model) => model.fit(data, { validation: data }),
  evaluate: (model) => model.evaluate(data),
  predict: (model) => model.predict(data.images),
  'predict with passes': (model) => model.predict(data.images, { passes: 2 }),
  moments: (model) => model.moments(data.images, { layer: 0, passes: 2 }),
  activations: (model) => model.activations(data.images, { layer: 0 }),
  mask: (model) => model.mask(1),
  parameters: (model) => model.parameters(),
  info: (model) => model.info(),
  summary: (model) => model.summary(),
  hash: (model) => model.hash(),
  save: (model) => model.save(),
};

const isLost = (error) => {
  assert.ok(error instanceof WorkerLostError && error instanceof DropoutWasmError, `${error}`);
  assert.equal(error.code, 'WORKER_LOST');
  assert.match(
    error.message,
    /^the model's worker file:.* was lost: it sent a message that is none/,
  );
  return true;
};

for (const [name, code] of Object.entries(rubbish)) {
  describe(name, () => {
    test('while the model is made', async () => {
      // A model may be made of a `create` that answered well, once; what is asked next is lost.
      const making = createModel(spec, { workerUrl: workerWith(spoiling(code, true)) });
      await assert.rejects(
        making.then((model) => model.hash()).then(() => making.then((model) => model.hash())),
        isLost,
      );
    });

    test('later: whatever is asked rejects, what is pending too; another model goes on', async () => {
      const workerUrl = workerWith(spoiling(code, false));
      const other = await createModel(spec);
      // A result is looked at by its method, the rest is not.
      const asked = name.startsWith('a result') ? Object.values(calls) : [calls.fit, calls.hash];
      for (const call of asked) {
        const model = await createModel(spec, { workerUrl });
        const pending = [call(model), model.info(), model.evaluate(data)];
        const outcomes = await Promise.allSettled(pending);
        for (const { status, reason } of outcomes) if (status === 'rejected') isLost(reason);
        // One answer may have been right before the rubbish came.
        assert.ok(outcomes.filter(({ status }) => status === 'rejected').length >= 2);
        await assert.rejects(model.hash(), isLost);
        await model.dispose();
      }
      assert.equal((await other.fit(data)).steps, 1);
      await other.dispose();
    });
  });
}

test('a worker that is silent for long is lost, and one that only takes long is not', async (t) => {
  const slow = `
    const post = port.postMessage.bind(port);
    port.postMessage = (m, t) => { if (m.value?.step === undefined) post(m, t); };`;
  const silent = `${slow}
    const on = port.on.bind(port);
    port.on = (name, use) => on(name, (m) => { if (m.kind !== 'ping') use(m); });`;
  t.mock.timers.enable({ apis: ['setInterval'] });
  for (const [code, isSilent] of [
    [slow, false],
    [silent, true],
  ]) {
    const started = new Promise((resolve) => process.once('worker', resolve));
    const model = await createModel(spec, { workerUrl: workerWith(code) });
    const worker = await started;
    let isSettled = false;
    const ended = model.info().finally(() => (isSettled = true));
    const expected = isSilent
      ? { code: 'WORKER_LOST', message: /said nothing/ }
      : { code: 'DISPOSED' };
    const checked = assert.rejects(ended, expected);
    for (let tick = 0; tick <= SILENT_TICKS; tick++) {
      await turns();
      assert.ok(!isSettled);
      const pong = isSilent ? undefined : new Promise((resolve) => worker.once('message', resolve));
      t.mock.timers.tick(TICK_MS);
      await pong;
    }
    await turns();
    assert.equal(isSettled, isSilent);
    await model.dispose();
    await checked;
  }
});

const turns = () => new Promise((resolve) => setImmediate(resolve));
