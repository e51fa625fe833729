/** A training that is saved, and gone on with from the file, ends as the uninterrupted one, here and in another process. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { dense } from '../../dist/index.js';
import { spec, train, validation } from './support-saved.js';
import { makeData, untimed, withLoaded, withModels } from './support-models.js';
import { signalled } from './support-runs.js';

const options = { epochs: 2, batchSize: 16, optimizer: 'adam' };

/** Interrupted in the first step, within an epoch, at its end, in the last step; 10 steps an epoch. */
const STOPS = [1, 14, 20, 29];
const RUNS = {
  adam: { optimizer: 'adam' },
  'adamw with a schedule': {
    optimizer: { name: 'adamw', learningRate: [0.01, 0.003, 0.001], weightDecay: 0.1, beta1: 0.8 },
  },
  'sgd with momentum, nesterov and schedules': {
    optimizer: {
      name: 'sgd',
      learningRate: [0.1, 0.05, 0.2],
      momentum: [0.9, 0.5, 0.7],
      nesterov: true,
      weightDecay: 1e-3,
    },
  },
  // Velocity of the first epoch waits while the second has no momentum.
  'sgd whose momentum pauses': {
    optimizer: { name: 'sgd', learningRate: 0.05, momentum: [0.9, 0, 0.9] },
  },
  'plain sgd in order': { optimizer: 'sgd', shuffle: false },
  'adam with validation': { optimizer: 'adam', validation, trainEvaluation: 70 },
};

describe('disco#758, ml5#1397: an interrupted run is finished in another process, with the hash of the uninterrupted one', () => {
  let folder;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saved-'));
  });
  after(() => rm(folder, { recursive: true }));

  const script = fileURLToPath(new URL('./resume-process.js', import.meta.url));

  for (const [name, own] of Object.entries(RUNS)) {
    test(name, async (t) => {
      const run = { epochs: 3, batchSize: 16, ...own };
      const words = run.validation ? ['validation'] : [];
      await withModels([spec, spec], async (whole, pieces) => {
        // An epoch of another run first: steps, epochs and the optimizer's state count on.
        for (const model of [whole, pieces]) {
          await model.fit(train, { batchSize: 16, optimizer: 'adam' });
        }
        const history = untimed(await whole.fit(train, run));
        const hash = await whole.hash();
        await pieces.fit(train, { ...run, maxSteps: STOPS[0] });
        for (const [i, stop] of STOPS.entries()) {
          if (i > 0) await pieces.fit(train, { resume: true, maxSteps: stop - STOPS[i - 1] });
          const file = join(folder, 'model.safetensors');
          await writeFile(file, await pieces.save());
          const child = await promisify(execFile)(process.execPath, [
            ...process.execArgv,
            script,
            file,
            ...words,
          ]);
          const found = JSON.parse(child.stdout);
          assert.equal(found.hash, hash, `stopped after ${stop} steps`);
          const expected = JSON.parse(JSON.stringify(history));
          assert.deepEqual(untimed(found.history), expected, `history after ${stop} steps`);
          assert.deepEqual(found.info, await whole.info());
        }
        t.diagnostic(`${STOPS.length} processes: ${hash.slice(0, 12)}`);
      });
    });
  }
});

test('saved in pieces of 7 steps, each loaded from the one before, a run is the uninterrupted one', () =>
  withModels([spec, spec], async (whole, first) => {
    const run = { ...options, epochs: 3, validation, trainEvaluation: 9 };
    const expected = untimed(await whole.fit(train, run));
    await first.fit(train, { ...run, maxSteps: 7 });
    let bytes = await first.save();
    let history;
    for (let step = 7; step < 30; step += 7) {
      await withLoaded(bytes, async (model) => {
        // What is loaded and not yet resumed is saved as it was.
        assert.deepEqual(await model.save(), bytes);
        history = await model.fit(train, { resume: true, validation, maxSteps: 7 });
        bytes = await model.save();
      });
    }
    assert.deepEqual(untimed(history), expected);
    await withLoaded(bytes, async (model) => assert.equal(await model.hash(), await whole.hash()));
  }));

for (const worker of [true, false]) {
  test(`during a fit it saves between two steps, and changes nothing, worker ${worker}`, (t) =>
    withModels(
      [spec, spec],
      async (whole, model) => {
        const run = { epochs: 300, batchSize: 16 };
        await whole.fit(train, run);
        const hash = await whole.hash();
        const begun = signalled();
        const fitting = model.fit(train, { ...run, onProgress: begun.resolve });
        await begun.promise;
        const files = [await model.save(), await model.save()];
        await fitting;
        assert.equal(await model.hash(), hash);
        const steps = [];
        for (const bytes of files) {
          await withLoaded(bytes, async (loaded) => {
            steps.push((await loaded.info()).step);
            await loaded.fit(train, { resume: true });
            assert.equal(await loaded.hash(), hash, `saved after step ${steps.at(-1)}`);
          });
        }
        t.diagnostic(`saved after steps ${steps}`);
        assert.ok(steps[0] > 0 && steps[1] < 3000, `within the run: ${steps}`);
      },
      { worker },
    ));
}

test('saved from within onEpoch on its own thread, a run stands at the end of that epoch', () =>
  withModels([spec, spec], async (whole, model) => {
    const run = { epochs: 3, batchSize: 16, validation };
    const saving = [];
    const expected = untimed(await whole.fit(train, run));
    await model.fit(train, { ...run, onEpoch: () => saving.push(model.save()) });
    for (const [i, bytes] of (await Promise.all(saving)).entries()) {
      await withLoaded(bytes, async (loaded) => {
        assert.equal((await loaded.info()).step, 10 * (i + 1));
        const resuming = loaded.fit(train, { resume: true, validation });
        if (i === 2) await assert.rejects(resuming, /there is none/);
        else assert.deepEqual(untimed(await resuming), expected);
        assert.equal(await loaded.hash(), await whole.hash());
      });
    }
    assert.equal(saving.length, 3);
  }));

describe('a resumed run wants its data again', () => {
  const run = { ...options, validation, maxSteps: 3 };
  const other = makeData({ samples: 41, features: 12, classes: 4 });
  const cases = [
    [train, {}, /validation data it began with: 40 samples of 4 classes, got none/],
    [train, { validation: other }, /validation .* 40 samples of 4 classes, got 41 samples of 4/],
    [validation, { validation }, /the data it began with: 150 samples of 5 classes, got 40/],
  ];
  test('and refuses others, keeping the run', () =>
    withModels([spec, spec], async (model, whole) => {
      await model.fit(train, run);
      await withLoaded(await model.save(), async (loaded) => {
        for (const [data, more, message] of cases) {
          const resuming = loaded.fit(data, { resume: true, ...more });
          await assert.rejects(resuming, { name: 'RangeError', message });
        }
        await loaded.fit(train, { resume: true, validation });
        await whole.fit(train, { ...options, validation });
        assert.equal(await loaded.hash(), await whole.hash());
      });
    }));

  test('a fit without resume drops it, as in one process', () =>
    withModels(spec, async (model) => {
      await model.fit(train, run);
      await withLoaded(await model.save(), async (loaded) => {
        for (const one of [model, loaded]) await one.fit(train, options);
        assert.equal(await loaded.hash(), await model.hash());
        await assert.rejects(loaded.fit(train, { resume: true }), /there is none/);
      });
    }));
});

test('a loss that is not finite in evaluation is kept, too', () =>
  withModels({ input: 2, layers: [dense(2)] }, async (model) => {
    const data = { ...makeData({ samples: 4, features: 2, classes: 2 }) };
    data.images = Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1);
    data.labels = Uint8Array.of(0, 1, 0, 1);
    const huge = { ...data, images: data.images.map(() => 3e38) };
    await model.setParameters({ 'layers.0.weight': Float32Array.of(1, 1, -1, -1) });
    const run = { epochs: 3, batchSize: 4, optimizer: 'sgd', validation: huge };
    await model.fit(data, { ...run, maxSteps: 2 });
    await withLoaded(await model.save(), async (loaded) => {
      const expected = await model.fit(data, { resume: true });
      const { loss } = expected.epochs[0].validation;
      assert.ok(!Number.isFinite(loss), `${loss}`);
      assert.deepEqual(
        untimed(await loaded.fit(data, { resume: true, validation: huge })),
        untimed(expected),
      );
    });
  }));
