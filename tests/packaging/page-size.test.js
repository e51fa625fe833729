/** What opening the page and training on it loads, MNIST apart. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAGE_LIMIT, measurePageSize } from '../bench/sections/page-size.js';

test(`the page without MNIST takes less than ${PAGE_LIMIT} bytes, packed`, async (t) => {
  const { bytes, files, others } = await measurePageSize();
  const list = (/** @type {Record<string, number>} */ sizes) =>
    Object.entries(sizes)
      .map(([name, size]) => `${name} ${size}`)
      .join(', ');
  t.diagnostic(`${bytes} bytes: ${list(files)}`);
  t.diagnostic(`and, once it is drawn, for days without a network: ${list(others)}`);
  for (const name of [
    'index.html',
    'page.js',
    'style.css',
    'worker.js',
    'wasm/dropout-simd.wasm',
  ]) {
    assert.ok(files[name] > 0, `${name} is not counted`);
  }
  assert.ok(bytes < PAGE_LIMIT, `${bytes} bytes of ${PAGE_LIMIT}: ${list(files)}`);
});
