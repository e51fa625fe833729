/**
 * The examples as a reader of README runs them: in a clone with the packed tarball, by `npm install` and a
 * command of theirs.
 */

import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { serve } from '../browser/serve.js';
import { browsers } from './places/browsers.js';
import { pack, run } from './places/project.js';

const EXAMPLES = fileURLToPath(new URL('examples/', import.meta.url));
/** What someone's own run of an example has left in it. */
const MADE = ['node_modules', 'package-lock.json', 'dist', 'digits.safetensors'];

/** @type {string} */
let clone;
/** @type {import('./places/browsers.js').Reader} */
let browser;

before(async () => {
  clone = await mkdtemp(join(tmpdir(), 'a clone '));
  await pack(clone);
  const filter = (/** @type {string} */ path) => !MADE.includes(basename(path));
  await cp(EXAMPLES, join(clone, 'tests/packaging/examples'), { recursive: true, filter });
  browser = await browsers.Chromium();
});

after(async () => {
  await browser?.close();
  await rm(clone, { recursive: true, force: true, maxRetries: 5 });
});

/** @param {string} name of an example @returns {Promise<{ folder: string, npm: (...args: string[]) => Promise<string> }>} */
async function install(name) {
  const folder = join(clone, 'tests/packaging/examples', name);
  const npm = async (/** @type {string[]} */ ...args) =>
    (await run('npm', args, { cwd: folder })).stdout;
  await npm('install', '--no-audit', '--no-fund', '--prefer-offline');
  return { folder, npm };
}

/** @param {string} folder @returns {Promise<string>} what its page says in the end */
async function read(folder) {
  const { address, close } = await serve(folder);
  return browser.read(address).finally(close);
}

test('node: a network that reads digits comes back from its file as it was', async (t) => {
  const { npm } = await install('node');
  const said = await npm('start');
  const accuracies = [...said.matchAll(/accuracy ([\d.]+)/g)].map(([, value]) => Number(value));
  t.diagnostic(accuracies.join(', '));
  assert.equal(accuracies.length, 4, said); // three epochs and the file
  const [first, , last, loaded] = accuracies;
  assert.ok(first > 0.9 && last > first && last < 1);
  assert.equal(loaded, last);
});

test('vite: what it builds learns two spirals', async (t) => {
  const { folder, npm } = await install('vite');
  await npm('run', 'build');
  const said = await read(join(folder, 'dist'));
  t.diagnostic(said);
  const [, accuracy] = /^Accuracy .*: ([\d.]+)$/.exec(said) ?? assert.fail(said);
  assert.ok(Number(accuracy) > 0.95 && Number(accuracy) <= 1);
});

test('plain: the page is right about three points, and unsure of the one on the border', async (t) => {
  const { folder } = await install('plain');
  const said = await read(folder);
  t.diagnostic(said.replaceAll('\n', '; '));
  const [centre, border, corner] = [...said.matchAll(/: (in|out), entropy ([\d.]+)/g)];
  assert.deepEqual([centre[1], corner[1]], ['in', 'out']);
  assert.ok(Number(border[2]) > 4 * Math.max(Number(centre[2]), Number(corner[2])));
});
