/**
 * Runs the checks of a WebAssembly program of tests/c: node wasi.js PROGRAM WORD...
 * A process of its own, since relaxed SIMD is a flag of the process in Node 20. Of WASI it has what
 * arguments, output and the end of a program need; node:wasi of Node 20 crashes at the end of some.
 */

import { readFileSync, writeSync } from 'node:fs';

const NOT_THERE = 52; // ENOSYS

class Exit extends Error {}

const [, , path, ...words] = process.argv;
const args = [path, ...words].map((word) => Buffer.from(`${word}\0`));
/** @type {WebAssembly.Memory} */
let memory;
const put = (address, value) => new DataView(memory.buffer).setUint32(address, value, true);
const get = (address) => new DataView(memory.buffer).getUint32(address, true);

const system = {
  args_sizes_get(count, size) {
    put(count, args.length);
    put(size, Buffer.concat(args).length);
    return 0;
  },
  args_get(pointers, text) {
    for (const [i, word] of args.entries()) {
      put(pointers + 4 * i, text);
      new Uint8Array(memory.buffer, text).set(word);
      text += word.length;
    }
    return 0;
  },
  fd_write(file, pieces, count, written) {
    const list = Array.from({ length: count }, (_, i) => pieces + 8 * i);
    const bytes = Buffer.concat(
      list.map((at) => new Uint8Array(memory.buffer, get(at), get(at + 4)).slice()),
    );
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    put(written, bytes.length);
    return 0;
  },
  proc_exit(status) {
    process.exitCode = status;
    throw new Exit();
  },
};

const module = new WebAssembly.Module(readFileSync(path));
const imports = {};
for (const { module: space, name } of WebAssembly.Module.imports(module)) {
  imports[space] = { ...imports[space], [name]: system[name] ?? (() => NOT_THERE) };
}
const { exports } = new WebAssembly.Instance(module, imports);
memory = exports.memory;
try {
  exports._start();
} catch (error) {
  if (!(error instanceof Exit)) throw error;
}
