/** Workers of the tests' own: this package's script, with something done to it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';

const LIBRARY = JSON.stringify(new URL('../../dist/worker.js', import.meta.url).href);

const folder = mkdtempSync(join(tmpdir(), 'dropout-wasm-worker-'));
after(() => rmSync(folder, { recursive: true }));
let scripts = 0;

/**
 * @param {string} code run before the package's script; `port` is Node's `parentPort`
 * @returns {URL} for `workerUrl`
 */
export function workerWith(code) {
  const path = join(folder, `worker-${scripts++}.mjs`);
  const begin = "import { parentPort as port } from 'node:worker_threads';\n";
  writeFileSync(path, `${begin}${code}\nawait import(${LIBRARY});\n`);
  return pathToFileURL(path);
}
