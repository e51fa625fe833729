import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { sha256Hex } from '../../js/data/sha256.js';

const bytes = Uint8Array.from({ length: 2_500_001 }, (_, i) => (i * i) >> 5);
const expected = createHash('sha256').update(bytes).digest('hex');

test('the digest is SHA-256, of a view too', async () => {
  const abc = new TextEncoder().encode('xabcx').subarray(1, 4);
  // FIPS 180-4's example
  assert.equal(
    await sha256Hex(abc),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  assert.equal(await sha256Hex(bytes), expected);
});

test('shared memory, and a page without crypto.subtle, give the same digest', async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  assert.equal(await sha256Hex(shared), expected);
  const own = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
  try {
    assert.equal(await sha256Hex(bytes), expected);
  } finally {
    Object.defineProperty(globalThis, 'crypto', own);
  }
});
