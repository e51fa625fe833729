/** What a page loads. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

/** Bytes, gzip -9: JavaScript and one build of the core. */
const LIMIT = 45_000;

/** @param {string} name in dist/ */
const packedSize = (name) =>
  gzipSync(readFileSync(new URL(`../../dist/${name}`, import.meta.url)), { level: 9 }).length;

for (const core of ['dropout-simd', 'dropout-relaxed']) {
  test(`index.js, worker.js and ${core}.wasm are below ${LIMIT} bytes, packed`, (t) => {
    const names = ['index.js', 'worker.js', `wasm/${core}.wasm`];
    const sizes = names.map((name) => ({ name, size: packedSize(name) }));
    const total = sizes.reduce((sum, { size }) => sum + size, 0);
    const parts = sizes.map(({ name, size }) => `${name} ${size}`).join(', ');
    t.diagnostic(`${total} bytes: ${parts}`);
    assert.ok(total < LIMIT, `${total} bytes of ${LIMIT}: ${parts}`);
  });
}

test('README says these sizes', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, ...said] =
    /A page loads (\d+) KB \(gzip\):\s`index\.js` (\d+), `worker\.js` (\d+), one build of the core (\d+)\./
      .exec(readme)
      .map(Number);
  const parts = ['index.js', 'worker.js', 'wasm/dropout-simd.wasm'].map(packedSize);
  const found = [parts.reduce((sum, size) => sum + size, 0), ...parts];
  assert.deepEqual(
    said,
    found.map((bytes) => Math.round(bytes / 1000)),
  );
});
