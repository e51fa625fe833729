/** What goes wrong outside the caller's power: each way ends in an error of one class, and no promise
 *  hangs. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import {
  DivergedError,
  DropoutWasmError,
  EngineError,
  OutOfMemoryError,
  WorkerLostError,
  dense,
  dropout,
} from '../../dist/index.js';
import { WASM, createModel } from './support-build.js';
import { HERE, makeData, valuesOf, withModels } from './support-models.js';

const data = makeData({});
const spec = { input: 7, layers: [dense(9, { activation: 'relu' }), dropout(0.5), dense(4)] };

const isOf = (Class, code, pattern) => (error) => {
  assert.ok(error instanceof Class, `${error}`);
  assert.ok(error instanceof DropoutWasmError);
  assert.equal(error.code, code);
  assert.match(error.message, pattern);
  return true;
};

const folder = mkdtempSync(join(tmpdir(), 'dropout-wasm-'));
after(() => rmSync(folder, { recursive: true }));

/** @returns {string} its path */
function file(name, content) {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe('a worker that is lost', () => {
  const isLost = (pattern) => isOf(WorkerLostError, 'WORKER_LOST', pattern);
  const faults = { exit: /exit code 3/, throw: /thrown by a test/, rubbish: /none of ours/ };
  const statements = {
    exit: 'process.exit(3);',
    throw: "throw new Error('thrown by a test');",
    rubbish: "parentPort.postMessage('rubbish');",
  };

  /** A script that goes wrong at once, or that serves as a worker of the library until a fit. */
  function url(fault, isLater) {
    const library = JSON.stringify(new URL('../../dist/worker.js', import.meta.url).href);
    const later = `
      await import(${library});
      parentPort.on('message', ({ method }) => {
        if (method === 'fit') { ${statements[fault]} }
      });`;
    const code = `import { parentPort } from 'node:worker_threads';
      ${isLater ? later : statements[fault]}`;
    return pathToFileURL(file(`${fault}${isLater ? '-later' : ''}.mjs`, code));
  }

  for (const [mode, pattern] of Object.entries(faults)) {
    test(`${mode} at once: createModel rejects with its address`, async () => {
      const making = createModel(spec, { workerUrl: url(mode, false) });
      await assert.rejects(making, isLost(pattern));
      await assert.rejects(
        createModel(spec, { workerUrl: url(mode, false).href }),
        isLost(new RegExp(`/${mode}\\.mjs`)),
      );
    });

    test(`${mode} in a fit: what is pending rejects, later calls too, other models go on`, async () => {
      const other = await createModel(spec);
      const model = await createModel(spec, { workerUrl: url(mode, true) });
      assert.equal(await model.hash(), await other.hash());
      const calls = [model.fit(data), model.predict(data.images), model.hash(), model.info()];
      const outcomes = await Promise.allSettled(calls);
      assert.equal(outcomes[0].status, 'rejected');
      for (const { status, reason } of outcomes) {
        if (status === 'rejected') assert.ok(isLost(pattern)(reason));
      }
      await assert.rejects(model.hash(), isLost(pattern));
      await assert.rejects(model.fit(data), isLost(pattern));
      await model.dispose();
      await assert.rejects(model.hash(), DropoutWasmError);
      assert.equal((await other.fit(data)).steps, 1);
      await other.dispose();
    });
  }

  test('no such file', async () => {
    const missing = new URL('./no-such-worker.js', import.meta.url);
    await assert.rejects(createModel(spec, { workerUrl: missing }), isLost(/no-such-worker\.js/));
  });

  test('an address that the platform refuses', async () => {
    const refused = createModel(spec, { workerUrl: 'https://localhost/worker.js' });
    await assert.rejects(refused, isLost(/localhost\/worker\.js/));
  });

  test('terminated from outside', async () => {
    const made = new Promise((resolve) => process.once('worker', resolve));
    const model = await createModel(spec);
    const hash = await model.hash();
    assert.match(hash, /^[0-9a-f]{64}$/);
    await (await made).terminate();
    await assert.rejects(model.hash(), isLost(/worker/));
    await model.dispose();
  });
});

describe('the core', () => {
  const bytes = new Uint8Array(readFileSync(WASM));
  const isEngine = (pattern) => isOf(EngineError, 'ENGINE', pattern);

  const wrong = {
    'an HTML page: tfjs#6517, #6537': ['<!DOCTYPE html><title>Not here</title>', /HTML/],
    'some text': ['hello', /"hello"/],
    'an empty file': ['', /no WebAssembly/],
    'half a module': [bytes.subarray(0, bytes.length >> 1), /compile/],
  };
  for (const [name, [content, pattern]] of Object.entries(wrong)) {
    for (const worker of [true, false]) {
      test(`${name}, worker ${worker}: an error with the address and what came`, async () => {
        const path = file('core.wasm', content);
        for (const wasm of [path, pathToFileURL(path), pathToFileURL(path).href]) {
          await assert.rejects(createModel(spec, { wasm, worker }), (error) => {
            assert.equal(error.address, String(wasm));
            assert.ok(error.message.includes(String(wasm)));
            return isEngine(pattern)(error);
          });
        }
        const given = new TextEncoder().encode(content);
        const wasm = typeof content === 'string' ? given : content;
        await assert.rejects(createModel(spec, { wasm, worker }), isEngine(pattern));
      });
    }
  }

  test('a missing file is named, and tried again', async () => {
    const path = join(folder, 'later.wasm');
    await assert.rejects(createModel(spec, { wasm: path, worker: false }), (error) => {
      assert.equal(error.address, path);
      assert.equal(error.cause.code, 'ENOENT');
      return isEngine(/later\.wasm.*ENOENT/)(error);
    });
    file('later.wasm', bytes);
    await withModels(spec, (model) => model.hash(), { wasm: path, worker: false });
  });

  for (const worker of [true, false]) {
    test(`a module of something else, worker ${worker}`, async () => {
      const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
      await assert.rejects(createModel(spec, { wasm: empty, worker }), isEngine(/start/));
    });

    test(`bytes, a buffer, a module and an address give the same, worker ${worker}`, async () => {
      const kinds = [
        bytes,
        bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
        new WebAssembly.Module(bytes),
        WASM,
        WASM.href,
        undefined,
      ];
      const hashes = new Set();
      for (const wasm of kinds) {
        await withModels(
          spec,
          async (model) => {
            await model.fit(data);
            hashes.add(await model.hash());
          },
          { wasm, worker },
        );
      }
      assert.equal(hashes.size, 1);
      assert.equal(bytes[1], 0x61, 'the bytes were not taken away');
    });

    test(`a network that no memory holds, worker ${worker}`, async () => {
      const huge = { input: 65_536, layers: [dense(65_536)] };
      await assert.rejects(
        createModel(huge, { worker }),
        isOf(OutOfMemoryError, 'NO_MEMORY', /memory/),
      );
      await withModels(spec, (model) => model.fit(data), { worker });
    });
  }
});

describe('a run that diverges rejects, and its weights are those of whole steps', () => {
  const cases = {
    'sgd 1e30': { name: 'sgd', learningRate: 1e30 },
    'sgd 3e38': { name: 'sgd', learningRate: 3e38 },
    'sgd 3e38 with momentum': { name: 'sgd', learningRate: 3e38, momentum: 0.9 },
    'adam 1e30': { name: 'adam', learningRate: 1e30 },
    'adamw 1e30': { name: 'adamw', learningRate: 1e30 },
  };
  for (const worker of [true, false]) {
    for (const [name, optimizer] of Object.entries(cases)) {
      test(`${name}, worker ${worker}`, async () => {
        const options = { epochs: 50, batchSize: 6, optimizer };
        await withModels(
          [spec, spec],
          async (model, pieces) => {
            await assert.rejects(
              model.fit(data, options),
              isOf(DivergedError, 'DIVERGED', /finite|diverge/),
            );
            const { step } = await model.info();
            for (const [key, values] of Object.entries(await valuesOf(model))) {
              assert.ok(values.every(Number.isFinite), `${key} is finite after ${step} steps`);
            }
            if (step > 0) await pieces.fit(data, { ...options, maxSteps: step });
            assert.equal(await pieces.hash(), await model.hash());
            await assert.rejects(model.fit(data, { resume: true }), { name: 'RangeError' });
            await model.setParameters(await (await fresh(worker)).parameters());
            const { epochs } = await model.fit(data, { optimizer: 'sgd' });
            assert.ok(Number.isFinite(epochs[0].loss));
          },
          { worker },
        );
      });
    }
  }

  const made = [];
  async function fresh(worker) {
    const model = await createModel(spec, { worker });
    made.push(model);
    return model;
  }
  after(() => Promise.all(made.map((model) => model.dispose())));

  test('weights that cannot be evaluated reject nothing else', () =>
    withModels(
      spec,
      async (model) => {
        const values = await valuesOf(model);
        await model.setParameters({ 'layers.0.weight': values['layers.0.weight'].fill(3e38) });
        await assert.rejects(model.fit(data), isOf(DivergedError, 'DIVERGED', /./));
        assert.equal((await model.info()).step, 0);
        assert.deepEqual((await valuesOf(model))['layers.0.weight'], values['layers.0.weight']);
      },
      HERE,
    ));
});

for (const worker of [true, false]) {
  describe(`data that the caller changes while a call runs, worker: ${worker}`, () => {
    const options = { optimizer: 'sgd', batchSize: 4 };
    const fresh = () => makeData({});
    const using = (specs, use) => withModels(specs, use, { worker });
    const lose = (array) => structuredClone(null, { transfer: [array.buffer] });

    test('an array without its memory is an error that names it, and the model goes on', () =>
      using([spec], async (model) => {
        const before = await model.hash();
        for (const part of ['images', 'labels']) {
          for (const validation of [undefined, fresh()]) {
            const train = fresh();
            const fitting = model.fit(train, { ...options, ...(validation && { validation }) });
            lose((validation ?? train)[part]);
            const name = `${validation ? 'validation' : 'dataset'}\\.${part}`;
            await assert.rejects(fitting, {
              name: 'TypeError',
              message: new RegExp(`^${name} must keep its memory .* has 0$`),
            });
          }
        }
        const lost = [fresh(), fresh()];
        const [evaluating, predicting] = [model.evaluate(lost[0]), model.predict(lost[1].images)];
        for (const { images } of lost) lose(images);
        await assert.rejects(evaluating, /^TypeError: dataset\.images must keep its memory/);
        await assert.rejects(predicting, /^TypeError: images must keep its memory/);
        assert.equal(await model.hash(), before);
        await model.fit(fresh(), options);
      }));

    test('an object that is changed changes nothing', () =>
      using([spec, spec], async (first, second) => {
        await first.fit(fresh(), options);
        const train = fresh();
        const fitting = second.fit(train, options);
        Object.assign(train, { images: new Uint8Array(7), labels: [], samples: 1, classes: 2 });
        await fitting;
        assert.equal(await second.hash(), await first.hash());
      }));
  });
}
