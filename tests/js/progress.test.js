/** What a training tells is throttled where it arises: it costs no message that nobody needs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dense } from '../../dist/index.js';
import { PROGRESS_MS } from '../../js/protocol.js';
import { withModels } from './support-models.js';

/** Of one step each: thousands a second. */
const EPOCHS = 20_000;

const data = {
  images: new Float32Array(4),
  labels: new Uint8Array(4),
  samples: 4,
  features: 1,
  classes: 2,
};

test('epochs by the thousand a second are told by the twentieth of one, the last one surely', async (t) => {
  /** @type {string[]} */
  const kinds = [];
  const listen = (worker) => worker.on('message', ({ kind }) => kinds.push(kind));
  process.once('worker', listen);
  await withModels(
    { input: 1, layers: [dense(2)] },
    async (model) => {
      /** @type {any[]} */
      const told = [];
      const begun = performance.now();
      await model.fit(data, { epochs: EPOCHS, onProgress: (progress) => told.push(progress) });
      const most = 2 + (performance.now() - begun) / PROGRESS_MS;
      const messages = kinds.filter((kind) => kind === 'progress').length;
      t.diagnostic(`${messages} messages of ${EPOCHS} epochs`);
      assert.ok(messages <= most, `${messages} messages, ${most} at most`);
      assert.equal(told.length, messages);
      assert.deepEqual([told[0].step, told.at(-1).step, told.at(-1).etaMs], [1, EPOCHS, 0]);

      kinds.length = 0;
      const heard = [];
      await model.fit(data, { epochs: 100, onEpoch: ({ epoch }) => heard.push(epoch - EPOCHS) });
      assert.deepEqual(
        heard,
        Array.from({ length: 100 }, (_, i) => i + 1),
        'who asks for every epoch hears of every one',
      );
    },
    { worker: true },
  );
});
