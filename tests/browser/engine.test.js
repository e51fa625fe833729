/** The same seed gives the same weights in Node, on its thread or in a worker, and in Chromium. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createModel, loadMnist, variants } from '../../dist/index.js';
import { openSite } from './site.js';

const SAMPLES = 6000;
const SEED = 1;

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** @type {import('puppeteer-core').Page} */
let page;

before(async () => {
  site = await openSite();
  page = await site.browser.newPage();
  await page.goto(`${site.address}index.js`); // a document of that origin, without a policy
});

after(async () => {
  await site?.close();
});

/** One epoch in this process. @param {string} variant @param {boolean} worker */
async function hashInNode(variant, worker) {
  const { train } = await loadMnist();
  const spec = { ...variants[variant]('intended', 0.5), seed: SEED };
  const model = await createModel(spec, { worker });
  try {
    await model.fit(firstRows(train, SAMPLES), { epochs: 1 });
    return await model.hash();
  } finally {
    await model.dispose();
  }
}

const firstRows = (data, samples) => ({
  ...data,
  samples,
  images: data.images.subarray(0, samples * data.features),
  labels: data.labels.subarray(0, samples),
});

/** One epoch in a worker of the page. @param {string} variant */
function hashInChromium(variant) {
  return page.evaluate(
    async (address, variant, samples, seed) => {
      const { createModel, loadMnist, variants } = await import(`${address}index.js`);
      globalThis.mnist ??= await loadMnist({ base: `${address}page/mnist/` });
      const { train } = globalThis.mnist;
      const model = await createModel({ ...variants[variant]('intended', 0.5), seed });
      await model.fit(
        {
          ...train,
          samples,
          images: train.images.subarray(0, samples * train.features),
          labels: train.labels.subarray(0, samples),
        },
        { epochs: 1 },
      );
      const hash = await model.hash();
      await model.dispose();
      return hash;
    },
    site.address,
    variant,
    SAMPLES,
    SEED,
  );
}

describe(`one epoch on ${SAMPLES} images gives one hash in every engine`, () => {
  for (const variant of Object.keys(variants)) {
    test(variant, async () => {
      const here = await hashInNode(variant, false);
      assert.match(here, /^[0-9a-f]{64}$/);
      assert.equal(await hashInNode(variant, true), here, 'a worker of Node differs');
      assert.equal(await hashInChromium(variant), here, 'Chromium differs');
    });
  }

  test('the variants themselves differ', async () => {
    const hashes = await Promise.all(['none', 'standard'].map((key) => hashInNode(key, true)));
    assert.notEqual(hashes[0], hashes[1]);
  });
});
