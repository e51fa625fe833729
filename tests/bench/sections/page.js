/** The page as its reader has it, in Chromium: how soon it is there, and how smoothly it trains. */

import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { PageDriver } from '../../browser/page-driver.js';
import { openSite } from '../../browser/site.js';
import { median, quantile } from '../statistics.js';
import { newTable } from '../table.js';
import { COMPARISON_ROUNDS } from './comparison.js';
import { measurePageSize } from './page-size.js';

const PAGE = fileURLToPath(new URL('../../../dist/page/', import.meta.url));
const VISITS = 5;
/** A page that says nothing for so long is not coming back. */
const PATIENCE_MS = 900_000;

/**
 * @typedef {object} PageFigures
 * @property {number} cores
 * @property {number} usable ms from navigation until all of it answers and is drawn, median of first visits
 * @property {number} seconds of the default comparison, from its first model to its last sentence: the best
 *   of COMPARISON_ROUNDS
 * @property {{ count: number, median: number, p95: number, longest: number }} frames of another one: ms between two
 * @property {import('./page-size.js').PageSize} size
 */

/** @returns {Promise<PageFigures>} */
export async function measurePage() {
  const { browser, address, close } = await openSite(PAGE, { protocolTimeout: PATIENCE_MS });
  /** @template T @param {(reader: PageDriver) => Promise<T>} measure @returns {Promise<T>} on a first visit */
  const visit = async (measure) => {
    const context = await browser.createBrowserContext();
    try {
      const reader = await PageDriver.open(context, address);
      reader.page.setDefaultTimeout(PATIENCE_MS);
      return await measure(reader);
    } finally {
      await context.close();
    }
  };
  try {
    const times = [];
    for (let i = 0; i < VISITS; i++) times.push(await visit(timeToUsable));
    const size = await measurePageSize();
    const seconds = [];
    for (let i = 0; i < COMPARISON_ROUNDS; i++) seconds.push(await visit(timeComparison));
    // Of another one: who watches frames has sixty drawn a second that nobody asked for.
    const frames = await visit(watchComparison);
    return {
      cores: os.availableParallelism(),
      usable: median(times),
      seconds: Math.min(...seconds),
      frames,
      size,
    };
  } finally {
    await close();
  }
}

/** @param {PageDriver} reader @returns {Promise<number>} ms */
async function timeToUsable({ page }) {
  const timed = await page.waitForFunction(() => {
    const [usable] = performance.getEntriesByName('usable');
    const [drawn] = performance.getEntriesByName('first-contentful-paint');
    return usable && drawn && { ms: Math.max(usable.startTime, drawn.startTime) };
  });
  return (await timed.jsonValue()).ms;
}

/**
 * @param {PageDriver} reader
 * @param {() => void} watch runs in the page, and leaves an array of times
 * @returns {Promise<number[]>} it
 */
async function stampsOf(reader, watch) {
  await reader.page.evaluate(watch);
  await reader.play();
  await reader.phase('done');
  if (reader.complaints.length > 0) throw new Error(`the page complained: ${reader.complaints}`);
  return reader.page.evaluate(() => Reflect.get(globalThis, 'stamps'));
}

/** @param {PageDriver} reader @returns {Promise<number>} seconds */
async function timeComparison(reader) {
  const stamps = await stampsOf(reader, watchPhases);
  return (stamps[stamps.length - 1] - stamps[0]) / 1e3;
}

/** @param {PageDriver} reader */
async function watchComparison(reader) {
  const stamps = await stampsOf(reader, watchFrames);
  const gaps = stamps.slice(1).map((stamp, i) => stamp - stamps[i]);
  return {
    count: gaps.length,
    median: median(gaps),
    p95: quantile(gaps, 0.95),
    longest: Math.max(...gaps),
  };
}

/** Runs in the page: notes when the training begins, goes on and is done. */
function watchPhases() {
  /** @type {number[]} */
  const stamps = [];
  Reflect.set(globalThis, 'stamps', stamps);
  const run = /** @type {HTMLElement} */ (document.querySelector('#run'));
  const note = () => {
    const { phase } = run.dataset;
    if (phase === 'running' || phase === 'done') stamps.push(performance.now());
  };
  new MutationObserver(note).observe(run, { attributeFilter: ['data-phase'] });
}

/** Runs in the page: notes when each frame was drawn, from the first of the training to the one that ends it. */
function watchFrames() {
  /** @type {number[]} */
  const stamps = [];
  Reflect.set(globalThis, 'stamps', stamps);
  const run = /** @type {HTMLElement} */ (document.querySelector('#run'));
  const note = (/** @type {number} */ stamp) => {
    const { phase } = run.dataset;
    if (phase === 'running' || (phase === 'done' && stamps.length > 0)) stamps.push(stamp);
    if (phase !== 'done') requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
}

/** @param {PageFigures} page */
export function showPage({ usable, seconds, frames, size }) {
  const table = newTable(['The page in Chromium', '']);
  const ms = (/** @type {number} */ value) => `${value.toFixed(1)} ms`;
  table.push(
    [`navigation to usable, median of ${VISITS} first visits`, ms(usable)],
    [`default comparison, best of ${COMPARISON_ROUNDS}`, `${seconds.toFixed(1)} s`],
    [
      'between two frames meanwhile, median / 95th percentile / longest',
      [frames.median, frames.p95, frames.longest].map(ms).join(' / '),
    ],
    ['gzip, without MNIST', `${size.bytes} bytes`],
  );
  return String(table);
}
