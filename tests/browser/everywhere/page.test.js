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
    return {
      name: `WebKitGTK ${version}`,
      goto,
      async evaluate(body) {
        const script = `const done = arguments[arguments.length - 1];
          (async () => {${body}})().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
        const { value, error } = await evaluate(script);
        if (error !== undefined) throw new Error(error);
        return value;
      },
      close,
    };
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

/** @template T @param {() => Promise<T>} ask @param {(value: T) => boolean} isEnough @returns {Promise<T>} */
async function until(ask, isEnough) {
  for (;;) {
    const value = await ask();
    if (isEnough(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
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
      // Before its script ran, the page has no phase.
      await until(
        () => visitor.evaluate(PLAY),
        (phase) => phase !== undefined,
      );
      const {
        phase,
        hashes: own,
        problem,
      } = await until(
        () => visitor.evaluate(STATE),
        ({ phase }) => ['done', 'failed', 'stopped'].includes(phase),
      );
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
    const train = async () => {
      await until(
        () => visitor.evaluate(PLAY),
        (phase) => phase !== undefined,
      );
      return until(
        () => visitor.evaluate(STATE),
        ({ phase }) => ['done', 'failed'].includes(phase),
      );
    };
    await visitor.goto(server.address + LINK);
    await train();
    await until(
      () => visitor.evaluate(OFFLINE),
      (text) => /trains without/.test(text),
    );
    await server.stop();
    // Another fragment alone would load nothing.
    await visitor.goto('about:blank');
    await visitor.goto(server.address + LINK);
    const { phase, hashes: own, problem } = await train();
    assert.equal(phase, 'done', problem);
    assert.deepEqual(own.sort(), hashes);
  });
}
