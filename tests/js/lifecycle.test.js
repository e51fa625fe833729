/** A model's life: calls side by side, disposal, and whose memory an array is. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';

import { DisposedError, DropoutWasmError, dense, dropout } from '../../dist/index.js';
import { createModel } from './support-build.js';
import { HERE, makeData, turns, valuesOf, withModels } from './support-models.js';
import { assertWhole, data, run, signalled, spec } from './support-runs.js';

const small = makeData({});
const smallSpec = { input: 7, layers: [dense(9), dropout(0.5), dense(4)], seed: 2 };

for (const worker of [true, false]) {
  describe(worker ? 'in a worker' : 'on the calling thread', () => {
    const use = (callback) => withModels(spec, callback, { worker });

    test('what is asked during a fit runs between two steps and changes nothing', () =>
      use(async (model) => {
        let done;
        const fit = model.fit(data, run).finally(() => (done = true));
        const seen = [];
        const masks = new Set();
        while (!done) {
          const { step } = await model.info();
          const { probabilities } = await model.predict(data.images.subarray(0, 640));
          const { loss } = await model.evaluate(data);
          assert.ok(probabilities.every(Number.isFinite) && Number.isFinite(loss));
          masks.add((await model.mask(1, { step: 3, rows: 4 })).join(''));
          await model.activations(data.images, { layer: 1, mode: 'train', step: 9 });
          await model.hash();
          await model.parameters();
          await model.summary();
          seen.push(step);
          await turns();
        }
        assert.ok(new Set(seen).size > 2, 'answers came while the training went on');
        assert.equal(masks.size, 1);
        assert.deepEqual(
          seen,
          seen.toSorted((a, b) => a - b),
        );
        await assertWhole(model, await fit);
      }));

    test('what is told during a fit is the state of whole steps', () =>
      use(async (model) => {
        const steps = 400;
        const byHash = new Set();
        await withModels(spec, async (slow) => {
          byHash.add(await slow.hash());
          for (let step = 0; step < steps; step++) {
            await slow.fit(data, { ...(step ? { resume: true } : run), maxSteps: 1 });
            byHash.add(await slow.hash());
          }
        });
        assert.equal(byHash.size, steps + 1);
        let done;
        const fit = model.fit(data, { ...run, maxSteps: steps }).finally(() => (done = true));
        while (!done) assert.ok(byHash.has(await model.hash()));
        await fit;
        assert.ok(byHash.has(await model.hash()));
      }));

    test('a second fit rejects with BUSY, and the first goes on', () =>
      use(async (model) => {
        const begun = signalled();
        const fit = model.fit(data, { ...run, onProgress: begun.resolve });
        await begun.promise;
        for (const options of [run, { resume: true }]) {
          await assert.rejects(model.fit(data, options), (error) => {
            assert.ok(error instanceof DropoutWasmError);
            return error.code === 'BUSY';
          });
        }
        await assertWhole(model, await fit);
      }));

    test('dispose: what is pending rejects, and every later call', async () => {
      const model = await createModel(spec, { worker });
      const calls = {
        fit: () => model.fit(data, run),
        evaluate: () => model.evaluate(data),
        predict: () => model.predict(data.images),
        activations: () => model.activations(data.images, { layer: 0 }),
        mask: () => model.mask(1),
        parameters: () => model.parameters(),
        setParameters: () => model.setParameters({}),
        info: () => model.info(),
        summary: () => model.summary(),
        hash: () => model.hash(),
      };
      const pending = Object.values(calls).map((call) => assert.rejects(call(), isDisposed));
      assert.equal(await model.dispose(), undefined);
      await Promise.all(pending);
      await turns(3);
      for (const [name, call] of Object.entries(calls)) {
        await assert.rejects(call(), isDisposed, name);
      }
      await assert.rejects(model.spec(), isDisposed);
      assert.equal(await model.dispose(), undefined);
      assert.equal(await model.dispose(), undefined);
    });

    test('disposed inside onProgress', async () => {
      const model = await createModel(spec, { worker });
      const fit = model.fit(data, { ...run, onProgress: () => void model.dispose() });
      await assert.rejects(fit, isDisposed);
      await assert.rejects(model.info(), isDisposed);
    });

    test('the symbol of `await using` disposes', async () => {
      const model = await createModel(spec, { worker });
      assert.equal(typeof Symbol.asyncDispose, 'symbol');
      await model[Symbol.asyncDispose]();
      await assert.rejects(model.hash(), isDisposed);
    });

    test('nothing that is handed in is detached or changed', () =>
      withModels(
        smallSpec,
        async (model) => {
          const bytes = makeData({ samples: 800, bytes: true });
          const sets = {
            floats: small,
            bytes,
            'labels of 16 bits': { ...small, labels: Uint16Array.from(small.labels) },
            'a part of an array': { ...bytes, images: bytes.images.subarray(7, 777), samples: 110 },
            'shared memory': { ...small, images: shared(small.images) },
          };
          sets['a part of an array'].labels = bytes.labels.subarray(1, 111);
          for (const [name, set] of Object.entries(sets)) {
            const before = structuredClone({ images: [...set.images], labels: [...set.labels] });
            await model.fit(set, { validation: set });
            await model.evaluate(set);
            await model.predict(set.images);
            await model.activations(set.images, { layer: 1 });
            assert.deepEqual({ images: [...set.images], labels: [...set.labels] }, before, name);
          }
          const values = await valuesOf(model);
          const bias = Float32Array.of(1, 2, 3, 4);
          await model.setParameters({ ...values, 'layers.1.bias': bias });
          await model.fit(small);
          assert.deepEqual([...bias], [1, 2, 3, 4]);
          assert.equal(values['layers.0.weight'].length, 63);
        },
        { worker },
      ));

    test('a Buffer, as a file is read into, is not detached', () =>
      withModels(
        smallSpec,
        async (model) => {
          const bytes = makeData({ samples: 800, bytes: true });
          const images = Buffer.alloc(bytes.images.length);
          images.set(bytes.images);
          const pooled = Buffer.from(bytes.images.subarray(0, 70));
          await model.fit({ ...bytes, images });
          await model.predict(pooled);
          assert.equal(images.length, bytes.images.length);
          assert.deepEqual([...images], [...bytes.images]);
          assert.deepEqual([...pooled], [...bytes.images.subarray(0, 70)]);
        },
        { worker },
      ));

    test('the history of a piece of a run stays that of the piece', () =>
      withModels(
        smallSpec,
        async (model) => {
          const options = { epochs: 4, batchSize: 6, validation: small };
          const piece = await model.fit(small, { ...options, maxSteps: 6 });
          const copy = structuredClone(piece);
          assert.equal(piece.epochs.length, 1);
          await model.fit(small, { resume: true });
          assert.deepEqual(piece, copy);
        },
        { worker },
      ));

    test('emscripten#6747, #17622: what was returned never changes', () =>
      withModels(
        smallSpec,
        async (model) => {
          const returned = {
            history: await model.fit(small, { epochs: 4, batchSize: 6, validation: small }),
            parameters: await model.parameters(),
            mask: await model.mask(1, { rows: 9 }),
            report: await model.evaluate(small),
            predictions: await model.predict(small.images),
            activations: await model.activations(small.images, { layer: 0 }),
            info: await model.info(),
            summary: await model.summary(),
          };
          const copy = structuredClone(returned);
          await model.fit(small, { batchSize: 6 });
          // More memory than the core began with: it grows.
          const large = makeData({ samples: 20_000, bytes: true });
          await model.fit(large);
          await model.evaluate(large);
          await model.predict(large.images);
          await withModels({ input: 2000, layers: [dense(2000)] }, (other) => other.hash(), HERE);
          assert.deepEqual(returned, copy);
        },
        { worker },
      ));
  });
}

/** @param {Float32Array} values */
function shared(values) {
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

function isDisposed(error) {
  assert.ok(error instanceof DisposedError);
  assert.ok(error instanceof DropoutWasmError);
  assert.equal(error.name, 'DisposedError');
  return error.code === 'DISPOSED';
}

test('a model changed by its owner does not change what it was made from', async () => {
  const layers = [{ type: 'dense', units: 3 }];
  const mine = { input: 2, layers, seed: 1 };
  await withModels(mine, async (model) => {
    const hash = await model.hash();
    layers.push({ type: 'dense', units: 9 });
    mine.seed = 2;
    assert.equal((await model.info()).seed, 1);
    assert.equal(Object.keys(await model.parameters()).length, 2);
    assert.equal(await model.hash(), hash);
    const made = { input: 2, layers: [dense(3)], seed: 1 };
    const told = await model.spec();
    assert.deepEqual(told, made, 'with every default');
    told.layers.push(dense(9));
    assert.deepEqual(await model.spec(), made);
  });
});

describe('a program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dropout-wasm-'));
  after(() => rmSync(folder, { recursive: true }));
  const index = JSON.stringify(new URL('../../dist/index.js', import.meta.url).href);
  const program = (rest) => `
    import { createModel, dense } from ${index};
    const model = await createModel({ input: 2, layers: [dense(2)] });
    const images = new Float32Array(4000);
    const data = { images, labels: new Uint8Array(2000), samples: 2000, features: 2, classes: 2 };
    ${rest}`;

  function start(...args) {
    // The time is only for where it fails and never ends.
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    return { status, signal, stdout, stderr };
  }

  function startFile(code) {
    const path = join(folder, 'program.mjs');
    writeFileSync(path, code);
    return start(path);
  }

  const idle = program('await model.fit(data); console.log((await model.hash()).length);');

  test('ends while a model is idle in its worker', () => {
    const expected = { status: 0, signal: null, stdout: '64\n', stderr: '' };
    assert.deepEqual(startFile(idle), expected);
  });

  test('does not end before a call that it waits for', () => {
    const code = 'model.fit(data, { epochs: 200 }).then(({ steps }) => console.log(steps));';
    const expected = { status: 0, signal: null, stdout: `${200 * 32}\n`, stderr: '' };
    assert.deepEqual(startFile(program(code)), expected);
  });

  test('may stand on the command line', () => {
    const { status, stdout } = start('--input-type=module', '--eval', idle);
    assert.deepEqual([status, stdout], [0, '64\n']);
  });
});
