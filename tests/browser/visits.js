/** What the tests of hosts, networks and versions share: a run that takes a second, and a page that is kept. */

import { fileURLToPath } from 'node:url';
import { compare, loadMnist } from '../../dist/index.js';
import { parseLink } from '../../js/link.js';

/** As `npm run build` publishes it. */
export const PAGE = fileURLToPath(new URL('../../dist/page/', import.meta.url));
/** Not article or unscaled: the page would trace step 4’s curve after every play, 3 s of a core. */
export const LINK = '#v=1&train-size=500&epochs=1&seeds=1-2&variants=standard';

/** @param {string} link @returns {Promise<string[]>} sorted, by Node */
export async function hashesOf(link) {
  const { variants, ...options } = parseLink(link);
  const { runs } = await compare(variants, await loadMnist(), options);
  return runs.map((run) => run.weightsHash).sort();
}

/**
 * @param {import('./page-driver.js').PageDriver} reader
 * @param {string} phase in which it ends, this time
 */
export async function playUntil(reader, phase) {
  await reader.page.bringToFront(); // nobody clicks on a hidden tab
  await reader.page.$eval('#run', (run) => delete (/** @type {HTMLElement} */ (run).dataset.phase));
  await reader.play();
  await reader.phase(phase);
}

/** @param {import('./page-driver.js').PageDriver} reader @returns {Promise<string[]>} sorted: of all runs of this visit */
export async function play(reader) {
  await playUntil(reader, 'done');
  return hashesIn(reader);
}

/** @param {import('./page-driver.js').PageDriver} reader @returns {Promise<string[]>} sorted: of all runs of this visit */
export async function hashesIn(reader) {
  return (await reader.texts('#run-list code')).sort();
}

/** @param {import('./page-driver.js').PageDriver} reader @param {RegExp} [words] of the footer */
export async function untilKept(reader, words = /trains without a network/) {
  await reader.page.waitForFunction(
    (source) =>
      new RegExp(source).test(document.querySelector('[data-show="offline"]')?.textContent ?? ''),
    {},
    words.source,
  );
}

/** @param {import('./page-driver.js').PageDriver} reader @returns {Promise<string>} the folder of the page's own files */
export async function versionOf(reader) {
  return reader.page.$eval('script[src]', (script) => script.getAttribute('src').split('/')[0]);
}
