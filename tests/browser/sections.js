/** What tests of the sections below the laboratory do first: a page with a model in it. */

import assert from 'node:assert/strict';
import { createModel, variants } from '../../dist/index.js';
import { parseLink } from '../../js/link.js';
import { findBarriers } from './axe.js';
import { PageDriver } from './page-driver.js';

/** @typedef {Awaited<ReturnType<typeof import('./site.js').openSite>>} Site */

/**
 * In a browser context of its own, which holds nothing of earlier visits, and scrolling at once, since
 * a place must not move under the pointer.
 * @param {Site} site
 * @param {string} link
 */
export async function openPage(site, link) {
  const context = await site.browser.createBrowserContext();
  const reader = await PageDriver.open(context, `${site.address}page/`, link);
  await reader.page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  return reader;
}

/** Fails where the page complained or trained on its own thread. @param {PageDriver} reader */
export async function closePage(reader) {
  const instances = await reader.instances();
  await reader.page.browserContext().close();
  assert.deepEqual(reader.complaints, [], 'the page complained');
  assert.equal(instances, 0, 'the core ran on the page’s own thread');
}

/** @param {Site} site @param {string} link @param {(reader: PageDriver) => Promise<void>} body */
export async function withPage(site, link, body) {
  const reader = await openPage(site, link);
  try {
    await body(reader);
  } catch (error) {
    await reader.page.browserContext().close();
    throw error;
  }
  await closePage(reader);
}

/** Plays what the link names to its end. @param {PageDriver} reader */
export async function trainInLaboratory(reader) {
  await reader.play();
  await reader.phase('done');
}

/**
 * The model that the laboratory has of a link, trained in Node.
 * @param {string} link
 * @param {string} variant
 * @param {import('../../dist/index.js').Dataset} data MNIST's training set
 */
export async function trainedTwin(link, variant, data) {
  const { network, p, epochs, batchSize, optimizer, trainSize, seeds } = parseLink(link);
  const model = await createModel({ ...variants[variant](network, p), seed: seeds[0] });
  const images = data.images.subarray(0, data.features * trainSize);
  const labels = data.labels.subarray(0, trainSize);
  await model.fit(
    { ...data, images, labels, samples: trainSize },
    { epochs, batchSize, optimizer },
  );
  return model;
}

/** By the section's own button. @param {PageDriver} reader @param {string} section */
export async function trainHere(reader, section) {
  await reader.page.click(`#${section}-model [data-action="own"]`);
  await reader.page.waitForSelector(`#${section}-model select`, { visible: true });
}

/** What axe-core says of the page by day and by night, on a desk and on a phone. @param {PageDriver} reader @param {string} section which must fit */
export async function assertNoBarriers(reader, section) {
  for (const scheme of ['light', 'dark']) {
    await reader.page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: scheme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);
    for (const width of [1280, 390]) {
      await reader.page.setViewport({ width, height: 900 });
      await reader.frames(2);
      assert.deepEqual(await findBarriers(reader.page), [], `${scheme}, ${width} px`);
      const over = await reader.page.$eval(section, (place) => place.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${over} px too wide at ${width}`);
    }
  }
  await reader.page.setViewport({ width: 1280, height: 900 });
}

/** @param {PageDriver} reader @param {string} selector */
export async function scrollTo(reader, selector) {
  await reader.page.$eval(selector, (place) =>
    place.scrollIntoView({ block: 'center', behavior: 'instant' }),
  );
}
