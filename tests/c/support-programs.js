/** The C core's own program (main.c) in every build: natively, and for Node's WASI. */

import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What Node 20 needs to run the relaxed build, and later ones no longer know. */
const RELAXED = '--experimental-wasm-relaxed-simd';
const isKnown = spawnSync(process.execPath, [RELAXED, '--eval', '0']).status === 0;
const WASI = [...(isKnown ? [RELAXED] : []), '--no-warnings', join(ROOT, 'tests/c/wasi.js')];

/** Ends with what the program wrote, whatever its exit status. */
const run = (command, words) =>
  new Promise((resolve) => {
    execFile(command, words, { cwd: ROOT, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ status: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
    );
  });

export const compile = () => run('bash', ['build.sh', 'natives']);

/** @param {string} build a file in build/native @param {...string} words */
export function program(build, ...words) {
  const path = join(ROOT, 'build/native', build);
  return build.endsWith('.wasm')
    ? run(process.execPath, [...WASI, path, ...words])
    : run(path, words);
}
