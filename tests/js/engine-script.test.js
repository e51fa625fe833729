/** worker.js is the worker's script and the engine of `worker: false`: fetched when needed, and only a
 *  worker of this package's own listens. */

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import * as library from '../../dist/index.js';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const { dense } = library;
const spec = { input: 4, layers: [dense(3)], seed: 1 };

const folder = mkdtempSync(join(tmpdir(), 'dropout-wasm-engine-'));
after(() => rmSync(folder, { recursive: true }));
cpSync(join(DIST, 'wasm'), join(folder, 'wasm'), { recursive: true });
for (const name of readdirSync(DIST).filter((name) => name.endsWith('.js'))) {
  cpSync(join(DIST, name), join(folder, name));
}
for (const name of ['worker.js', 'embedded.js', 'compare.js', 'data-files.js'])
  rmSync(join(folder, name));
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');

describe('without the scripts that index.js loads when they are needed', () => {
  /** @type {typeof library} */
  let alone;

  test('what needs no engine works', async () => {
    alone = await import(pathToFileURL(join(folder, 'index.js')).href);
    assert.equal(alone.variants.standard('relu', 0.5).input, 784);
  });

  const missing = (name, code, script) => (error) => {
    assert.equal(error.name, name);
    assert.equal(error.code, code);
    assert.ok(error.message.includes(script), error.message);
    return true;
  };
  const engineError = (script) => missing('EngineError', 'ENGINE', script);

  test('a model on this thread is a typed error with the address', async () => {
    const made = alone.createModel(spec, { worker: false });
    await assert.rejects(made, engineError('worker.js'));
    await assert.rejects(alone.dropoutMask(0.5, [1, 4]), engineError('worker.js'));
    await made.catch(({ address }) => assert.match(address, /^file:.*worker\.js$/));
  });

  test('a model in a worker is a lost worker', async () => {
    await assert.rejects(
      alone.createModel(spec),
      missing('WorkerLostError', 'WORKER_LOST', 'worker.js'),
    );
  });

  test('data is a typed error with the address', async () => {
    const bytes = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 6);
    await assert.rejects(alone.parseIdx(bytes), engineError('data-files.js'));
    await assert.rejects(alone.loadMnist(), engineError('data-files.js'));
    await assert.rejects(
      alone.loadIdx({ images: bytes, labels: bytes }),
      engineError('data-files.js'),
    );
  });

  test('an abort before the script comes, or while it does, rejects with the signal’s reason', async () => {
    const reason = new Error('enough');
    const aborted = { signal: AbortSignal.abort(reason) };
    await assert.rejects(alone.loadMnist(aborted), reason);
    await assert.rejects(alone.loadIdx(aborted), reason);
    await assert.rejects(alone.compare(['none'], {}, aborted), reason);

    const slow = mkdtempSync(join(tmpdir(), 'dropout-wasm-slow-'));
    after(() => rmSync(slow, { recursive: true }));
    cpSync(folder, slow, { recursive: true });
    for (const name of ['data-files.js', 'compare.js']) {
      writeFileSync(join(slow, name), 'await new Promise(() => {});');
    }
    const waiting = await import(pathToFileURL(join(slow, 'index.js')).href);
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [waiting.loadMnist({ signal }), waiting.compare(['none'], {}, { signal })];
    controller.abort(reason);
    for (const call of calls) await assert.rejects(call, reason);
  });

  test('a comparison is a typed error with the address', async () => {
    const data = { images: new Uint8Array(784), labels: new Uint8Array(1), samples: 1 };
    const set = { ...data, features: 784, classes: 10 };
    const compared = alone.compare(['none'], { train: set, test: set });
    await assert.rejects(compared, engineError('compare.js'));
    await compared.catch(({ address }) =>
      assert.equal(address, pathToFileURL(join(folder, 'compare.js')).href),
    );
  });
});

test('esbuild#795, #312: embedded.js stands in for a worker.js and a core that a bundler left behind', async () => {
  const bundled = join(folder, 'bundled');
  cpSync(DIST, bundled, {
    recursive: true,
    filter: (path) => !path.startsWith(join(DIST, 'page')),
  });
  rmSync(join(bundled, 'worker.js'));
  rmSync(join(bundled, 'wasm'), { recursive: true });
  const recovered = await import(pathToFileURL(join(bundled, 'index.js')).href);
  const hashes = [];
  for (const { createModel } of [library, recovered, recovered]) {
    const model = await createModel(spec);
    hashes.push(await model.hash());
    assert.equal((await model.info()).variant, 'simd');
    await model.dispose();
  }
  assert.deepEqual(hashes, Array(3).fill(hashes[0]));
});

test('embedded.js holds both builds of the core, byte for byte', async () => {
  const { core } = await import(pathToFileURL(join(DIST, 'embedded.js')).href);
  for (const variant of ['simd', 'relaxed', 'simd']) {
    const file = readFileSync(join(DIST, `wasm/dropout-${variant}.wasm`));
    assert.ok(file.equals(await core(variant)), variant);
  }
});

test('errors of the engine are of the classes that the package exports', async () => {
  for (const worker of [true, false]) {
    const large = { input: 65_536, layers: [dense(65_536)] };
    const made = library.createModel(large, { worker });
    await assert.rejects(made, library.OutOfMemoryError);
  }
});

test('inside a worker of the caller, worker: false leaves the messages to the caller', async () => {
  const script = `
    import { parentPort } from 'node:worker_threads';
    import { createModel, dense } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)};
    parentPort.once('message', async (message) => {
      const model = await createModel({ input: 4, layers: [dense(3)], seed: 1 }, { worker: false });
      parentPort.postMessage({ message, hash: await model.hash() });
      await model.dispose();
    });`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`));
  const answer = new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  // Nothing of the package's keeps listening: the worker ends by itself.
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.postMessage({ kind: 'start', module: null });
  const model = await library.createModel(spec);
  const expected = { message: { kind: 'start', module: null }, hash: await model.hash() };
  await model.dispose();
  assert.deepEqual(await answer, expected);
  assert.equal(await ended, 0);
});

test('the core is compiled once, whatever number of workers a comparison starts', async () => {
  const { compile } = WebAssembly;
  let compiled = 0;
  WebAssembly.compile = (...args) => {
    compiled++;
    return compile(...args);
  };
  try {
    const copy = join(folder, 'compiled-once');
    cpSync(DIST, copy, { recursive: true, filter: (path) => !path.startsWith(join(DIST, 'page')) });
    const fresh = await import(pathToFileURL(join(copy, 'index.js')).href);
    const data = {
      images: new Uint8Array(20 * 784).map((_, i) => i),
      labels: new Uint8Array(20).map((_, i) => i % 10),
      samples: 20,
      features: 784,
      classes: 10,
    };
    const options = { epochs: 1, seeds: [1, 2], workers: 4 };
    await fresh.compare(['article', 'standard'], { train: data, test: data }, options);
  } finally {
    WebAssembly.compile = compile;
  }
  assert.equal(compiled, 1);
});
