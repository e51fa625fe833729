/**
 * The engines that are timed. `run(task, args)` gives what the default export of the file `TASK.js`
 * gives, in a process or a page that has run nothing before: heaps and compiled code do not pass from one
 * measurement to the next.
 */

import { execFile, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openSite } from '../browser/site.js';
import { npmInstall } from './install.js';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NODE24_PLACE = 'build/node24';
const NODE24_VERSION = '24.21.0';
const CHILD = fileURLToPath(new URL('in-node.js', import.meta.url));
/** A page that says nothing for so long is not coming back. */
const PATIENCE_MS = 900_000;

/** By the name of the command line. @type {Record<string, () => Promise<Engine>>} */
const STARTERS = {
  node: () => nodeEngine(process.execPath),
  node24: installNode24,
  chromium: chromiumEngine,
};
export const ENGINE_NAMES = Object.keys(STARTERS);

/**
 * @typedef {object} Engine
 * @property {string} key as on the command line
 * @property {string} name with its version
 * @property {string[]} variants of the core that run here: 'simd', 'relaxed'
 * @property {(task: string, args?: object) => Promise<any>} run
 * @property {() => Promise<void>} close
 */

/** @param {string[]} keys @returns {Promise<Engine[]>} */
export async function startEngines(keys) {
  /** @type {Engine[]} */
  const engines = [];
  try {
    for (const key of keys) {
      const engine = { key, variants: [], ...(await STARTERS[key]()) };
      engines.push(engine);
      engine.variants = await engine.run('tasks/variants');
    }
    return engines;
  } catch (error) {
    for (const engine of engines) await engine.close();
    throw error;
  }
}

/** @param {string} executable */
async function nodeEngine(executable) {
  const { stdout } = await promisify(execFile)(executable, ['-p', 'process.versions.node']);
  return {
    name: `Node ${stdout.trim()}`,
    run: (task, args) => runInNode(executable, task, args),
    close: async () => {},
  };
}

/** @param {string} executable @param {string} task @param {object} [args] */
function runInNode(executable, task, args) {
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, [], { execPath: executable, execArgv: [] });
    let answer;
    child.once('message', (message) => (answer = message));
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (answer?.error) reject(new Error(`${task}: ${answer.error}`));
      else if (answer) resolve(answer.result);
      else reject(new Error(`${task} ended without an answer (${signal ?? code})`));
    });
    child.send({ task, args });
  });
}

async function installNode24() {
  await npmInstall(NODE24_PLACE, { node: NODE24_VERSION });
  return nodeEngine(`${ROOT}${NODE24_PLACE}/node_modules/node/bin/node`);
}

async function chromiumEngine() {
  const { browser, address, close } = await openSite(ROOT, { protocolTimeout: PATIENCE_MS });
  return {
    name: (await browser.version()).replace(/^\w+\//, 'Chromium '),
    run: (task, args) => runInPage(browser, address, task, args),
    close,
  };
}

/**
 * @param {import('puppeteer-core').Browser} browser
 * @param {string} address
 * @param {string} task
 * @param {object} [args]
 */
async function runInPage(browser, address, task, args) {
  const context = await browser.createBrowserContext(); // nothing is cached
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${address}package.json`); // a document of that origin, without a policy
    return await page.evaluate(
      async (address, task, args) => {
        const { run } = await import(`${address}tests/bench/in-page.js`);
        return run(address, task, args);
      },
      address,
      task,
      args ?? {},
    );
  } catch (error) {
    throw new Error(`${task} in Chromium: ${error.message}`, { cause: error });
  } finally {
    await context.close();
  }
}
