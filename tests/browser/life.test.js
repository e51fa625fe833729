/** A model's life on a page: workers that answer rubbish, trainings stopped and gone on with, hidden tabs. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openModelPage } from './model-page.js';
import { openSite } from './site.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;

before(async () => {
  site = await openSite();
});

after(async () => {
  await site?.close();
});

/** In a page of its own. */
async function inPage(use, ...args) {
  const page = await openModelPage(site);
  try {
    return await page.evaluate(use, ...args);
  } finally {
    await page.close();
  }
}

test('a worker that answers rubbish is lost, and throws nothing at the page', async () => {
  const page = await openModelPage(site);
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
        // Far longer than all the turns before the aborts, also where another process has the page’s core.
        const fit = { epochs: 200, batchSize: 16, validation: data };
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
      const page = await openModelPage(site);
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
