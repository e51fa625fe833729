/**
 * Runs a WebAssembly program of tests/c: node wasi.js PROGRAM WORD...
 * A process of its own, since relaxed SIMD is a flag of the process in Node 20.
 */

import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const [, , program, ...words] = process.argv;
const module = await WebAssembly.compile(await readFile(program));
const wasi = new WASI({ version: 'preview1', args: [program, ...words] });
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
