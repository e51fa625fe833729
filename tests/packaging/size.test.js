/** What a page loads. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
/** Bytes, gzip -9: what a page that trains one model loads. */
const LIMIT = 45_000;
/** The same of what has everything in it: the parts that a page loads late, and the engine as a worker's script too. */
const INLINE_LIMIT = 63_000;
const CORES = ['dropout-simd', 'dropout-relaxed'].map((name) => `wasm/${name}.wasm`);

/** @param {string | Uint8Array} content */
const packedLength = (content) => gzipSync(content, { level: 9 }).length;
/** @param {string} name in dist/ */
const packedSize = (name) => packedLength(readFileSync(DIST + name));
const sum = (/** @type {number[]} */ numbers) => numbers.reduce((total, one) => total + one, 0);
const describeSizes = (/** @type {string[]} */ names) =>
  names.map((name) => `${name} ${packedSize(name)}`).join(', ');

/**
 * @param {string} entry in dist/
 * @returns {Promise<{ loaded: string[], lazy: string[] }>} scripts in dist/: what comes with the entry, it
 *   first, and what comes only when it is asked for
 */
async function imports(entry) {
  const { metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: DIST,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    external: ['node:*'],
    logLevel: 'error',
  });
  /** @param {string} name @returns {string[]} */
  const withImports = (name) => [
    name,
    ...metafile.inputs[name].imports
      .filter(({ kind }) => kind === 'import-statement')
      .flatMap(({ path }) => withImports(path)),
  ];
  const loaded = [...new Set(withImports(entry))];
  const lazy = Object.keys(metafile.inputs).filter((name) => !loaded.includes(name));
  return { loaded, lazy };
}

describe(`a page that trains one model loads less than ${LIMIT} bytes, packed`, () => {
  /** @type {Awaited<ReturnType<typeof imports>>} */
  let index;

  before(async () => {
    index = await imports('index.js');
  });

  for (const core of CORES) {
    test(`with ${core}`, (t) => {
      const names = [...index.loaded, 'worker.js', core];
      const total = sum(names.map(packedSize));
      t.diagnostic(`${total} bytes: ${describeSizes(names)}`);
      assert.ok(total < LIMIT, `${total} bytes of ${LIMIT}: ${describeSizes(names)}`);
    });
  }

  test('and worker.js is all that a worker loads', async () => {
    assert.deepEqual(await imports('worker.js'), { loaded: ['worker.js'], lazy: [] });
  });

  test('comparisons, data, files, SHA-256 and worker: false load scripts of their own', (t) => {
    const { loaded, lazy } = index;
    t.diagnostic(`loaded when needed: ${describeSizes(lazy)}`);
    for (const name of [
      'compare.js',
      'data-files.js',
      'model-file.js',
      'embedded.js',
      'sha256-library.js',
      'worker.js',
    ]) {
      assert.ok(lazy.includes(name) && !loaded.includes(name), name);
    }
  });

  test(`inline.js is one file of less than ${INLINE_LIMIT} bytes, the second build of the core nearly free`, async (t) => {
    assert.deepEqual(await imports('inline.js'), { loaded: ['inline.js'], lazy: [] });
    const script = readFileSync(`${DIST}inline.js`, 'utf8');
    const [cores] = script.match(/H4sI[\w+/]{9999,}=*/) ?? []; // gzip in base64
    assert.ok(cores);
    const whole = packedLength(script);
    const alone = packedLength(script.replace(cores, ''));
    t.diagnostic(`${whole} bytes, ${whole - alone} of them both builds of the core`);
    assert.ok(whole < INLINE_LIMIT, `${whole} bytes of ${INLINE_LIMIT}`);
    const larger = Math.max(...CORES.map(packedSize));
    assert.ok(whole - alone < 1.15 * larger, `${whole - alone} bytes, one build is ${larger}`);
  });

  test('README says these sizes', async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, ...said] =
      /page that trains a model loads (\d+) KB \(gzip\):\s`index\.js` with what it imports (\d+), `worker\.js` (\d+), one build of the core (\d+); reading\sMNIST brings (\d+) more, comparing variants (\d+)\./
        .exec(readme)
        .map(Number);
    const parts = [index.loaded, ['worker.js'], CORES.slice(0, 1)].map((names) =>
      sum(names.map(packedSize)),
    );
    const late = await Promise.all(['data-files.js', 'compare.js'].map(imports));
    const brought = late.map(({ loaded }) =>
      sum(loaded.filter((name) => !index.loaded.includes(name)).map(packedSize)),
    );
    const found = [sum(parts), ...parts, ...brought];
    assert.deepEqual(
      said,
      found.map((bytes) => Math.round(bytes / 1000)),
    );
  });
});
