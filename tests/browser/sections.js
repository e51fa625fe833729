/** What tests of the sections below the laboratory do first: a page with a model in it. */

import assert from 'node:assert/strict';
import { PageDriver } from './page-driver.js';

/** @typedef {Awaited<ReturnType<typeof import('./site.js').openSite>>} Site */

/** Scrolls at once: a place must not move under the pointer. @param {Site} site @param {string} link */
export async function openPage(site, link) {
  const reader = await PageDriver.open(site.browser, `${site.address}page/`, link);
  await reader.page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  return reader;
}

/** Fails where the page complained or trained on its own thread. @param {PageDriver} reader */
export async function closePage(reader) {
  const instances = await reader.instances();
  await reader.page.close();
  assert.deepEqual(reader.complaints, [], 'the page complained');
  assert.equal(instances, 0, 'the core ran on the page’s own thread');
}

/** @param {Site} site @param {string} link @param {(reader: PageDriver) => Promise<void>} body */
export async function withPage(site, link, body) {
  const reader = await openPage(site, link);
  try {
    await body(reader);
  } catch (error) {
    await reader.page.close();
    throw error;
  }
  await closePage(reader);
}

/** Plays what the link names to its end. @param {PageDriver} reader */
export async function trainInLaboratory(reader) {
  await reader.play();
  await reader.phase('done');
}

/** By the section's own button. @param {PageDriver} reader @param {string} section */
export async function trainHere(reader, section) {
  await reader.page.click(`#${section}-model [data-action="own"]`);
  await reader.page.waitForSelector(`#${section}-model select`, { visible: true });
}

/** @param {PageDriver} reader @param {string} selector */
export async function scrollTo(reader, selector) {
  await reader.page.$eval(selector, (place) =>
    place.scrollIntoView({ block: 'center', behavior: 'instant' }),
  );
}
