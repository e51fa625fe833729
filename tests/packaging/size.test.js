/** What a page loads. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

/** Bytes, gzip -9: JavaScript and one build of the core. */
const LIMIT = 45_000;

for (const core of ['dropout-simd', 'dropout-relaxed']) {
  test(`index.js, worker.js and ${core}.wasm are below ${LIMIT} bytes, packed`, (t) => {
    const sizes = ['index.js', 'worker.js', `wasm/${core}.wasm`].map((name) => {
      const bytes = readFileSync(new URL(`../../dist/${name}`, import.meta.url));
      return { name, size: gzipSync(bytes, { level: 9 }).length };
    });
    const total = sizes.reduce((sum, { size }) => sum + size, 0);
    const parts = sizes.map(({ name, size }) => `${name} ${size}`).join(', ');
    t.diagnostic(`${total} bytes: ${parts}`);
    assert.ok(total < LIMIT, `${total} bytes of ${LIMIT}: ${parts}`);
  });
}
