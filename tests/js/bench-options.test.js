/** The benchmark's command line. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { breakEven, pooled } from '../bench/sections/kernels.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

test('npm run bench -- --help prints its options, and neither builds nor times', async () => {
  for (const help of ['--help', '-h']) {
    const { stdout, stderr } = await run('bash', ['build.sh', 'bench', '--peers', help], {
      cwd: ROOT,
    });
    assert.equal(stderr, '');
    for (const word of ['--only', 'kernels,times', '--engines', '--json']) {
      assert.ok(stdout.includes(word), stdout);
    }
    assert.ok(stdout.split('\n').length < 20, 'more than the options');
  }
});

test('skipping zeros pays up to where both take the same time, by straight lines', () => {
  const listed = [
    { share: 0.25, seconds: 1 },
    { share: 0.5, seconds: 2 },
    { share: 0.75, seconds: 4 },
  ];
  for (const [seconds, share] of [
    [3, 0.625],
    [1.5, 0.375],
    [0.5, 0.125],
    [5, 0.875],
  ]) {
    assert.equal(breakEven([{ share: 1, seconds }, ...listed]), share);
  }
});

test('the rounds of an engine are those of all its turns, tile by tile and share by share', () => {
  const timed = (name, flop, ...seconds) => ({ name, flop, seconds });
  const turn = (tile, at) => ({
    products: [timed('forward', 8, at), timed('backward', 4, at + 1)],
    tiles: [timed(tile, 2, at + 2)],
    listed: [1, 0.5].map((share) => ({ ...timed('forward', 8 * share, at + share), share })),
    largestError: at / 10,
  });
  assert.deepEqual(pooled([turn('6x8', 1), turn('5x8', 2), turn('6x8', 3)]), {
    products: [timed('forward', 8, 1, 2, 3), timed('backward', 4, 2, 3, 4)],
    tiles: [timed('6x8', 2, 3, 5), timed('5x8', 2, 4)],
    listed: [
      { ...timed('forward', 8, 2, 3, 4), share: 1 },
      { ...timed('forward', 4, 1.5, 2.5, 3.5), share: 0.5 },
    ],
    largestError: 0.3,
  });
});
