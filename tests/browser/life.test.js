/** A model's life on a page: workers that die, trainings stopped and gone on with, hidden tabs, memory. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { openSite } from './site.js';

/** FULL=1, as `npm run test:everywhere` has it, makes as many models in workers as on the page's own thread. */
const WORKERS = process.env.FULL ? 1000 : 60;
const MEGABYTE = 1e6;

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;

before(async () => {
  site = await openSite();
});

after(async () => {
  await site?.close();
});

/** What every page of this suite has: the package, data, a model's spec, and workers with something done to them. */
async function prepare(address) {
  const library = await import(`${address}index.js`);
  const { dense, dropout } = library;
  const samples = 1000;
  const images = Uint8Array.from({ length: samples * 64 }, (_, i) => (i * i) % 251);
  const labels = Uint8Array.from({ length: samples }, (_, i) => i % 10);
  let state = 1;
  const page = {
    library,
    address,
    data: { images, labels, samples, features: 64, classes: 10 },
    spec: { input: 64, layers: [dense(96), dropout(0.5), dense(10)], seed: 3 },
    below: (n) => (state = (state * 48_271) % 2_147_483_647) % n, // Park and Miller 1988
    turn: () =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(port1.close());
        port2.postMessage(0);
      }),
    workerWith(code) {
      const script = `import ${JSON.stringify(`${address}worker.js`)};\n${code}`;
      return URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    },
    /** What a promise rejects with. */
    rejection: (promise) =>
      promise.then(
        () => 'nothing',
        (reason) => reason,
      ),
  };
  Object.assign(globalThis, page);
}

async function open() {
  const page = await site.browser.newPage();
  await page.goto(`${site.address}package.txt`); // a document of that origin, without a policy
  await page.evaluate(prepare, site.address);
  return page;
}

/** In a page of its own. */
async function inPage(use, ...args) {
  const page = await open();
  try {
    return await page.evaluate(use, ...args);
  } finally {
    await page.close();
  }
}

test('workers that close or throw at 60 random moments: every promise settles, others go on', async (t) => {
  const found = await inPage(async () => {
    const { createModel, WorkerLostError } = library;
    const name = 'kills';
    const channel = new BroadcastChannel(name);
    const workerUrl = workerWith(`new BroadcastChannel('${name}').onmessage = ({ data }) => {
      if (data === 'close') close();
      else throw new Error('thrown by a test');
    };`);
    const other = await createModel(spec);
    const expected = await other.hash();
    const calls = [
      (model) => model.fit(data, { epochs: 1e5 }),
      (model) => model.evaluate(data),
      (model) => model.predict(data.images, { passes: 1000 }),
      (model) => model.mask(1, { rows: 2 ** 15 }),
      (model) => model.save(),
      (model) => model.hash(),
    ];
    const wrong = [];
    let [slowest, promises, rejected, epochs] = [0, 0, 0, 0];
    let training;
    for (let kill = 0; kill < 60; kill++) {
      const making = createModel(spec, { workerUrl });
      const pending = [making];
      if (kill % 6 > 0) {
        const model = await making;
        if ((await model.hash()) !== expected) wrong.push(`kill ${kill}: the model before it`);
        for (const [i, call] of calls.entries()) {
          if (i === kill % 3 || below(2) === 0) pending.push(call(model));
        }
      }
      for (let i = below(400); i > 0; i--) await turn();
      const begun = performance.now();
      channel.postMessage(kill % 2 ? 'close' : 'throw');
      // A model whose worker did not listen yet lives on, and is asked to end.
      const lost = making.then(async (model) => {
        while ((await rejection(model.info())) === 'nothing' && performance.now() - begun < 200) {
          channel.postMessage('close');
        }
        return model.info();
      });
      pending.push(lost);
      for (const { status, reason } of await Promise.allSettled(pending)) {
        promises++;
        if (status === 'fulfilled') continue;
        rejected++;
        if (!(reason instanceof WorkerLostError)) wrong.push(`kill ${kill}: ${reason}`);
      }
      slowest = Math.max(slowest, performance.now() - begun);
      await making.then(
        (model) => model.dispose(),
        () => {},
      );
      if (kill % 10 > 0) continue;
      await training;
      training = other.fit(data, { epochs: 5 });
      epochs += 5;
    }
    await training;
    const untouched = await createModel(spec, { worker: false });
    await untouched.fit(data, { epochs });
    const hashes = [await other.hash(), await untouched.hash()];
    await other.dispose();
    await untouched.dispose();
    return { wrong, slowest, promises, rejected, hashes };
  });
  assert.deepEqual(found.wrong, []);
  assert.equal(found.hashes[0], found.hashes[1]);
  assert.ok(found.rejected >= 60);
  t.diagnostic(
    `${found.promises} promises, ${found.rejected} rejected; the last of a kill after at most ${found.slowest.toFixed(1)} ms`,
  );
});

test('a worker that answers rubbish is lost, and throws nothing at the page', async () => {
  const page = await open();
  const thrown = [];
  page.on('pageerror', (error) => thrown.push(error.message));
  const found = await page.evaluate(async () => {
    const { createModel } = library;
    const out = {};
    for (const rubbish of [
      'null',
      '{ kind: "error", id: m.id }',
      '{ kind: "failed" }',
      '{ ...m, value: 7 }',
    ]) {
      const workerUrl = workerWith(`
        const post = self.postMessage.bind(self);
        let isMade = false;
        self.postMessage = (m, t) => {
          if (isMade) post(${rubbish});
          else post(m, t);
          isMade ||= m.kind === 'result';
        };`);
      const model = await createModel(spec, { workerUrl });
      const calls = [model.fit(data), model.hash(), model.info()];
      const outcomes = await Promise.allSettled(calls);
      out[rubbish] = outcomes.map(({ reason }) => reason?.code);
    }
    return out;
  });
  for (const codes of Object.values(found))
    assert.deepEqual(codes, new Array(3).fill('WORKER_LOST'));
  assert.deepEqual(thrown, []);
  await page.close();
});

for (const worker of [true, false]) {
  describe(worker ? 'in a worker' : "on the page's own thread", () => {
    test('a signal aborted before, later and by a timeout; what goes on ends with the same bits', async (t) => {
      const found = await inPage(async (worker) => {
        const { createModel, loadModel } = library;
        const fit = { epochs: 40, batchSize: 16, validation: data };
        const whole = await createModel(spec, { worker });
        await whole.fit(data, fit);
        let model = await createModel(spec, { worker });
        const before = await rejection(
          model.fit(data, { ...fit, signal: AbortSignal.abort('no') }),
        );
        const timeout = AbortSignal.timeout(5);
        const isTimeout =
          (await rejection(model.fit(data, { ...fit, epochs: 1e6, signal: timeout }))) ===
          timeout.reason;
        await model.dispose();
        model = await createModel(spec, { worker });
        let [aborts, moved, options] = [0, 0, fit];
        for (let round = 0; ; round++) {
          const controller = new AbortController();
          const running = model.fit(data, { ...options, signal: controller.signal });
          const ended = rejection(running);
          options = { resume: true, validation: data };
          if (round < 12) {
            for (let i = below(worker ? 300 : 6); i > 0; i--) await turn();
            controller.abort(round);
          }
          if ((await ended) === 'nothing') break;
          aborts++;
          const { step } = await model.info();
          for (let i = 0; i < 20; i++) await turn();
          if ((await model.info()).step !== step) moved++;
          if (round % 3) continue;
          const bytes = await model.save();
          await model.dispose();
          model = await loadModel(bytes, { worker });
        }
        const hashes = [await model.hash(), await whole.hash()];
        await model.dispose();
        await whole.dispose();
        return { before, isTimeout, aborts, moved, hashes };
      }, worker);
      t.diagnostic(`${found.aborts} aborts`);
      assert.ok(found.aborts > 3);
      assert.equal(found.before, 'no');
      assert.ok(found.isTimeout);
      assert.equal(found.moved, 0, 'no step after an abort');
      assert.equal(found.hashes[0], found.hashes[1]);
    });

    test('piximi#295: no timer and no frame paces a training, and a hidden tab finishes it', async () => {
      const page = await open();
      const other = await site.browser.newPage();
      await other.bringToFront();
      const found = await page.evaluate(async (worker) => {
        const { createModel } = library;
        const model = await createModel(spec, { worker });
        await model.fit(data, { epochs: 10 });
        const expected = await model.hash();
        await model.dispose();
        // From here on no timer fires and no frame comes, on the page and in the worker.
        const still =
          "for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame', 'requestIdleCallback']) self[name] = () => 0;";
        const workerUrl = workerWith(still);
        (0, eval)(still);
        const hidden = await createModel(spec, { worker, ...(worker && { workerUrl }) });
        const { steps } = await hidden.fit(data, { epochs: 10 });
        const hash = await hidden.hash();
        await hidden.dispose();
        return { state: document.visibilityState, steps, isSame: hash === expected };
      }, worker);
      assert.deepEqual(found, { state: 'hidden', steps: 160, isSame: true });
      await other.close();
      await page.close();
    });

    test('data in memory of every kind gives the same results, and stays', async () => {
      const found = await inPage(async (worker) => {
        const { compare, createModel, loadModel, parseIdx } = library;
        const fetched = await fetch(`${address}wasm/dropout-simd.wasm`);
        const core = new Uint8Array(await fetched.arrayBuffer());
        const places = {
          'its own': (array) => array.slice(),
          'a part of a buffer': (array) => {
            const whole = new array.constructor(array.length + 9);
            whole.set(array, 4);
            return whole.subarray(4, 4 + array.length);
          },
          'a resizable buffer': (array) => {
            const { byteLength } = array;
            const buffer = new ArrayBuffer(byteLength, { maxByteLength: 2 * byteLength });
            const view = new array.constructor(buffer);
            view.set(array);
            return view;
          },
          'shared memory': (array) => {
            // Without isolation a page makes it in this way alone.
            const { buffer } = new WebAssembly.Memory({ initial: 40, maximum: 40, shared: true });
            const view = new array.constructor(buffer, 64, array.length);
            view.set(array);
            return view;
          },
        };
        const small = {
          images: Uint8Array.from({ length: 20 * 784 }, (_, i) => i % 255),
          labels: Uint8Array.from({ length: 20 }, (_, i) => i % 10),
          samples: 20,
          features: 784,
          classes: 10,
        };
        const idx = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 8);
        const out = {};
        for (const [name, place] of Object.entries(places)) {
          const placed = (set) => ({
            ...set,
            images: place(set.images),
            labels: place(set.labels),
          });
          const model = await createModel(spec, { worker });
          const set = placed(data);
          await model.fit(set, { validation: set });
          const { loss } = await model.evaluate(set);
          await model.setParameters({
            'layers.1.bias': place(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
          });
          const compared = placed(small);
          const { runs } = await compare(
            ['article'],
            { train: compared, test: compared },
            { epochs: 1, seeds: [1] },
          );
          const page = place(new TextEncoder().encode('<!doctype html><p>no such file</p>'));
          const saved = place(await model.save());
          const wasm = place(core);
          const again = await loadModel(saved, { worker, wasm });
          const hash = await again.hash();
          await again.dispose();
          out[name] = [
            loss,
            hash === (await model.hash()),
            await model.hash(),
            runs[0].weightsHash,
            [...(await parseIdx(place(idx))).data].join(),
            (await rejection(parseIdx(page))).code,
            (await rejection(createModel(spec, { worker, wasm: page }))).code,
            set.images.length,
          ].join(' ');
          await model.dispose();
        }
        return out;
      }, worker);
      const [first] = Object.values(found);
      assert.match(first, / 7,8 BAD_FILE ENGINE 64000$/);
      for (const [name, results] of Object.entries(found)) assert.equal(results, first, name);
    });
  });
}

test("disco#758, tfjs#102: with a worker no core runs on the page's own thread", async () => {
  const counts = await inPage(async () => {
    const { createModel, compare } = library;
    let instances = 0;
    const { instantiate, Instance } = WebAssembly;
    WebAssembly.instantiate = (...args) => (instances++, instantiate(...args));
    WebAssembly.Instance = function (...args) {
      instances++;
      return new Instance(...args);
    };
    const use = async (runtime) => {
      const model = await createModel(spec, runtime);
      await model.fit(data, { epochs: 3, validation: data });
      await model.predict(data.images, { passes: 3 });
      await model.dispose();
      return instances;
    };
    return { worker: await use({}), here: await use({ worker: false }) };
  });
  assert.equal(counts.worker, 0);
  assert.ok(counts.here > 0);
});

describe('tfjs#200, #481, #1167, #8326, #7983: memory stays', () => {
  /** @param {import('puppeteer-core').Page} page */
  async function look(page) {
    const client = await page.createCDPSession();
    for (let i = 0; i < 3; i++) {
      await client.send('HeapProfiler.collectGarbage');
      for (const worker of page.workers()) await worker.client.send('HeapProfiler.collectGarbage');
    }
    await client.send('Performance.enable');
    const { metrics } = await client.send('Performance.getMetrics');
    const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize').value;
    await client.detach();
    return { heap, resident: await resident(), workers: page.workers().length };
  }

  /** Of the browser's processes that show pages. */
  async function resident() {
    const client = await site.browser.target().createCDPSession();
    const { processInfo } = await client.send('SystemInfo.getProcessInfo');
    await client.detach();
    let pages = 0;
    for (const { type, id } of processInfo) {
      if (type !== 'renderer') continue;
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      pages += 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    }
    return pages;
  }

  const cases = [
    ['models', false, 1000],
    ['models', true, WORKERS],
    ['predictions', false, 10_000],
    ['predictions', true, 10_000],
    ['passes', true, 10_000],
  ];
  for (const [what, worker, count] of cases) {
    test(`${count} ${what}, worker: ${worker}`, async (t) => {
      const page = await open();
      const rounds = (n) =>
        page.evaluate(
          async (what, worker, n) => {
            const { createModel } = library;
            const rows = data.images.subarray(0, 64 * 8);
            globalThis.kept ??= what === 'models' ? 1 : await createModel(spec, { worker });
            for (let i = 0; i < n; i++) {
              if (what === 'predictions') await kept.predict(rows);
              else if (what === 'passes') await kept.predict(rows, { passes: 1 });
              else {
                const model = await createModel(spec, { worker });
                await model.fit(data, { maxSteps: 1 });
                await model.dispose();
              }
            }
          },
          what,
          worker,
          n,
        );
      await rounds(Math.ceil(count / 5));
      const before = await look(page);
      await rounds(count);
      const after = await look(page);
      const told = (key) =>
        `${(before[key] / MEGABYTE).toFixed(2)} -> ${(after[key] / MEGABYTE).toFixed(2)}`;
      t.diagnostic(
        `${count} ${what}, worker ${worker}: MB heap ${told('heap')}, resident ${told('resident')}`,
      );
      assert.ok(after.heap - before.heap < 0.7 * MEGABYTE, `heap ${told('heap')}`);
      // One worker that stays is 5 MB, what a browser's allocators keep is less than that of a dozen.
      assert.ok(after.resident - before.resident < 60 * MEGABYTE, `resident ${told('resident')}`);
      assert.equal(after.workers, before.workers);
      await page.close();
    });
  }
});
