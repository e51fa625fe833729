/** Workers of a page that end at random moments: every promise settles, the next model works, others go on. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openModelPage } from './model-page.js';
import { openSite } from './site.js';

/** FULL=1, as `npm run test:everywhere` has it, ends as many as tests/js/torture-kill.test.js. */
const KILLS = process.env.FULL ? 200 : 60;
/** All of them in one call of the page. */
const BROWSER = { protocolTimeout: 600_000 };

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;

before(async () => {
  site = await openSite(undefined, BROWSER);
});

after(async () => {
  await site?.close();
});

test(`workers that close or throw at ${KILLS} random moments: every promise settles, others go on`, async (t) => {
  const page = await openModelPage(site);
  const found = await page.evaluate(async (kills) => {
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
    for (let kill = 0; kill < kills; kill++) {
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
        for (let asked = 0; asked < 1000; asked++) {
          if ((await rejection(model.info())) !== 'nothing') break;
          channel.postMessage('close');
        }
        return model.info();
      });
      lost.then(
        () => wrong.push(`kill ${kill}: its worker lives`),
        () => {},
      );
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
  }, KILLS);
  await page.close();
  assert.deepEqual(found.wrong, []);
  assert.equal(found.hashes[0], found.hashes[1]);
  assert.ok(found.rejected >= KILLS);
  t.diagnostic(
    `${KILLS} moments, ${found.promises} promises, ${found.rejected} rejected; the last of a kill after at most ${found.slowest.toFixed(1)} ms`,
  );
});
