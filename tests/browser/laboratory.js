/** What tests of the laboratory share: a comparison of a second, on the page and in Node. */

import assert from 'node:assert/strict';
import { compare, loadMnist } from '../../dist/index.js';
import { parseLink } from '../../js/link.js';
import { PageDriver } from './page-driver.js';

export const SMALL = '#v=1&train-size=640&epochs=2&seeds=1-2&variants=article-scaled,standard';

/**
 * What the page is compared with.
 * @param {string} link
 * @returns {Promise<{ runs: any[], told: any[] }>} told: of every epoch
 */
export async function compareInNode(link) {
  const { variants, ...options } = parseLink(link);
  /** @type {any[]} */
  const told = [];
  const { runs } = await compare(variants, await loadMnist(), {
    ...options,
    onEpoch: (epoch) => told.push(epoch),
  });
  return { runs, told };
}

/**
 * In the browser's own context: MNIST is there from the second tab on.
 * @param {Awaited<ReturnType<typeof import('./site.js').openSite>>} site
 * @param {string} link
 * @param {(reader: PageDriver) => Promise<void>} body
 */
export async function withTab(site, link, body) {
  const reader = await PageDriver.open(site.browser, `${site.address}page/`, link);
  try {
    await body(reader);
    assert.deepEqual(reader.complaints, [], 'the page complained');
  } finally {
    await reader.page.close();
  }
}
