/** The page in Firefox and WebKit: opens, trains to the weights of Node, and shuts nobody out. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import { launch as launchFirefox } from '../firefox.js';
import { launch as launchWebKit } from '../webkit.js';
import { UnrulyServer } from '../unruly-server.js';
import { LINK, PAGE, hashesOf } from '../visits.js';

const TIMEOUT = { timeout: 600_000 };
/** For one thing that the page does: a limit ends a test that hangs, it measures nothing. */
const PATIENCE_MS = 120_000;
const { resolve } = createRequire(import.meta.url);

/**
 * What the tests ask of a browser.
 * @typedef {object} Visitor
 * @property {string} name with its version
 * @property {(address: string) => Promise<void>} goto
 * @property {(body: string) => Promise<any>} evaluate of an async function's body
 * @property {() => Promise<void>} close
 */

/** @type {Record<string, () => Promise<Visitor>>} */
const BROWSERS = {
  async Firefox() {
    const { browser, close } = await launchFirefox();
    const page = await browser.newPage();
    return {
      name: await browser.version(),
      goto: async (address) => void (await page.goto(address)),
      evaluate: (body) => page.evaluate(`(async () => {${body}})()`),
      close,
    };
  },
  async WebKit() {
    const { version, goto, evaluate, close } = await launchWebKit();
    return { name: `WebKitGTK ${version}`, goto, evaluate, close };
  },
};

/** A call may take no longer than a driver waits: the page is asked again until it has ended. */
const STATE = `
  const { phase } = document.querySelector('#run').dataset;
  const hashes = [...document.querySelectorAll('#run-list code')].map((code) => code.textContent);
  return { phase, hashes, problem: document.querySelector('#problem').textContent };`;
const PLAY = `
  const { phase } = document.querySelector('#run').dataset;
  if (phase === 'idle') document.querySelector('#run [data-action="play"]').click();
  return phase;`;
const VIOLATIONS = `
  const { violations } = await axe.run();
  return violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | '));`;
const OFFLINE = `
  await navigator.serviceWorker.ready;
  return document.querySelector('[data-show="offline"]').textContent;`;

/** @type {string[]} */
let hashes;
/** @type {string} */
let axe;

before(async () => {
  hashes = await hashesOf(LINK);
  axe = await readFile(resolve('axe-core/axe.min.js'), 'utf8');
});

/**
 * @template T
 * @param {string} what the page should do
 * @param {() => Promise<T>} ask
 * @param {(value: T) => boolean} isEnough
 * @returns {Promise<T>}
 */
async function until(what, ask, isEnough) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await ask().catch((cause) => {
      throw new Error(`${what}: ${cause.message}`, { cause });
    });
    if (isEnough(value)) return value;
    const said = JSON.stringify(value);
    assert.ok(Date.now() < end, `${what}: not within ${PATIENCE_MS / 1000} s; it says ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** @param {Visitor} visitor @returns {Promise<{ phase: string, hashes: string[], problem: string }>} in the end */
async function train(visitor) {
  const play = () => visitor.evaluate(PLAY);
  // Before its script ran, the page has no phase.
  await until('the page starts', play, (phase) => phase !== undefined);
  const ask = () => visitor.evaluate(STATE);
  return until('it trains', ask, ({ phase }) => ['done', 'failed', 'stopped'].includes(phase));
}

for (const [browser, launch] of Object.entries(BROWSERS)) {
  test(
    `${browser} loads the page, trains to the hashes of Node, and axe-core finds nothing`,
    TIMEOUT,
    async (t) => {
      const server = await UnrulyServer.start(PAGE);
      t.after(() => server.stop());
      const visitor = await launch();
      t.after(() => visitor.close());
      t.diagnostic(visitor.name);
      await visitor.goto(server.address + LINK);
      const { phase, hashes: own, problem } = await train(visitor);
      assert.equal(phase, 'done', problem);
      assert.deepEqual(own.sort(), hashes);
      assert.deepEqual(await visitor.evaluate(`${axe}\n${VIOLATIONS}`), []);
    },
  );

  test(`${browser} opens and trains with the server stopped`, TIMEOUT, async (t) => {
    const server = await UnrulyServer.start(PAGE);
    t.after(() => server.stop());
    const visitor = await launch();
    t.after(() => visitor.close());
    await visitor.goto(server.address + LINK);
    assert.equal((await train(visitor)).phase, 'done');
    const ask = () => visitor.evaluate(OFFLINE);
    await until('the page is kept', ask, (text) => /trains without/.test(text));
    await server.stop();
    // Another fragment alone would load nothing.
    await visitor.goto('about:blank');
    await visitor.goto(server.address + LINK);
    const { phase, hashes: own, problem } = await train(visitor);
    assert.equal(phase, 'done', problem);
    assert.deepEqual(own.sort(), hashes);
  });
}
