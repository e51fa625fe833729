/** Workers killed at random moments: every promise settles, the next model works, others go on. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { WorkerLostError, createModel, dense, dropout } from '../../dist/index.js';
import { generator } from './support-random.js';

const KILLS = 200;
/** KILL_SEED=n repeats a run that failed. */
const SEED = Number(process.env.KILL_SEED ?? 1);
/** Only for a promise that hangs: what was measured is told. */
const WATCHDOG_MS = 30_000;

const samples = 600;
const data = {
  images: Uint8Array.from({ length: samples * 64 }, (_, i) => (i * i) % 251),
  labels: Uint8Array.from({ length: samples }, (_, i) => i % 10),
  samples,
  features: 64,
  classes: 10,
};
const spec = { input: 64, layers: [dense(64), dropout(0.5), dense(10)], seed: 3 };

const calls = {
  fit: (model) => model.fit(data, { epochs: 1e5 }),
  'fit with validation': (model) => model.fit(data, { epochs: 1e5, validation: data }),
  evaluate: (model) => model.evaluate(data),
  predict: (model) => model.predict(data.images),
  passes: (model) => model.predict(data.images, { passes: 1000 }),
  moments: (model) => model.moments(data.images, { layer: 1, passes: 1000 }),
  activations: (model) => model.activations(data.images, { layer: 1, mode: 'train' }),
  mask: (model) => model.mask(1, { rows: 2 ** 15 }),
  parameters: (model) => model.parameters(),
  hash: (model) => model.hash(),
  save: (model) => model.save(),
  info: (model) => model.info(),
};

/** @param {Promise<any>[]} promises @returns {Promise<PromiseSettledResult<any>[]>} or fails in the end */
async function settled(promises, what) {
  let late;
  const watchdog = new Promise((_, reject) => {
    late = setTimeout(() => reject(new Error(`${what}: a promise hangs`)), WATCHDOG_MS);
  });
  try {
    return await Promise.race([Promise.allSettled(promises), watchdog]);
  } finally {
    clearTimeout(late);
  }
}

const isLost = (error) => error instanceof WorkerLostError && error.code === 'WORKER_LOST';

/** The worker that the next model starts. */
const nextWorker = () => new Promise((resolve) => process.once('worker', resolve));

/** Settles after so many messages of the worker, and turns of this thread's event loop. */
async function moment(worker, messages, turns) {
  for (let i = 0; i < messages; i++) {
    await new Promise((resolve) => worker.once('message', resolve));
  }
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}

test(`at ${KILLS} random moments: every promise settles in a typed error, the next model works`, async (t) => {
  const random = generator(SEED);
  const below = (n) => Math.floor(n * random());
  const others = [await createModel(spec), await createModel(spec)];
  const expected = await others[0].hash();
  let [epochs, slowest, promises, inMaking, begunAgain] = [0, 0, 0, 0, 0];
  const during = {};
  let training = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const what = `KILL_SEED=${SEED}, kill ${kill}`;
    const starting = nextWorker();
    const making = createModel(spec);
    const worker = await starting;
    const pending = [making];
    const isMaking = below(5) === 0;
    if (isMaking) {
      inMaking++;
      await moment(worker, below(2), below(300));
    } else {
      const model = await making;
      assert.equal(await model.hash(), expected, `${what}: the model after a kill`);
      const names = Object.keys(calls).filter((name, i) =>
        i > 1 ? below(3) === 0 : i === kill % 3,
      );
      for (const name of names) {
        pending.push(calls[name](model));
        during[name] = (during[name] ?? 0) + 1;
      }
      // Of a few answers for each call, the first of an upload, some of its pieces, progress.
      await Promise.race([moment(worker, below(6), below(100)), Promise.allSettled(pending)]);
    }
    const begun = performance.now();
    const ended = worker.terminate();
    const outcomes = await settled(pending, what);
    slowest = Math.max(slowest, performance.now() - begun);
    promises += pending.length;
    for (const { status, reason } of outcomes) {
      assert.ok(status === 'fulfilled' || isLost(reason), `${what}: ${reason}`);
    }
    if (outcomes[0].status === 'fulfilled') {
      await settled([ended], what); // an idle model's worker, and its end, keep no process alive
      const model = outcomes[0].value;
      const [probe] = await settled([model.info()], what);
      if (probe.status === 'fulfilled') {
        // Whose worker did not begin got another one, from the copy in the package.
        assert.ok(isMaking, what);
        begunAgain++;
        assert.equal(await model.hash(), expected, what);
      } else {
        const later = Object.values(calls).map((call) => call(model));
        for (const { reason } of await settled(later, what)) {
          assert.ok(isLost(reason), `${what}: later, ${reason}`);
        }
      }
      await model.dispose();
    }
    if (kill % 10 !== 0) continue;
    await Promise.all(training);
    training = others.map((other) => other.fit(data, { epochs: 10, batchSize: 16 })); // meanwhile
    epochs += 10;
  }
  await Promise.all(training);
  t.diagnostic(
    `${promises} promises, ${inMaking} kills in the making, after which ${begunAgain} began again; the last of a kill settled after at most ${slowest.toFixed(1)} ms`,
  );
  t.diagnostic(
    `calls under way: ${Object.entries(during)
      .map((pair) => pair.join(' '))
      .join(', ')}`,
  );
  const untouched = await createModel(spec, { worker: false });
  await untouched.fit(data, { epochs, batchSize: 16 });
  for (const other of others) assert.equal(await other.hash(), await untouched.hash());
  for (const model of [...others, untouched]) await model.dispose();
});
