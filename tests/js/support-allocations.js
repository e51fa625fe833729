/**
 * Bytes that arrays made by the library take, counted where they are made: `process.memoryUsage` would
 * tell of what the collector has left. Import it before the library, which then finds these globals.
 */

const KINDS = [
  'ArrayBuffer',
  'Int8Array',
  'Uint8Array',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
];
const Buffers = [ArrayBuffer, SharedArrayBuffer];

let bytes = 0;
let largest = 0;
/** @param {number} length of an array that was made */
function count(length) {
  bytes += length;
  largest = Math.max(largest, length);
}

for (const kind of KINDS) {
  const Own = globalThis[kind];
  globalThis[kind] = new Proxy(Own, {
    construct(target, args) {
      const made = new target(...args);
      // A view of memory that is there already takes none.
      if (!Buffers.some((Buffer) => args[0] instanceof Buffer)) count(made.byteLength);
      return made;
    },
  });
}
const { prototype } = Object.getPrototypeOf(Uint8Array);
for (const method of ['slice', 'map', 'filter']) {
  const own = prototype[method];
  prototype[method] = function (...args) {
    const made = own.apply(this, args);
    count(made.byteLength);
    return made;
  };
}

/** Memories of cores, which never shrink. @type {WebAssembly.Memory[]} */
const memories = [];
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...args) => {
  const instance = await instantiate(...args);
  memories.push(instance.exports.memory);
  return instance;
};

/** Bytes of all arrays made so far, and of the memories of all cores. */
export const allocated = () => ({
  arrays: bytes,
  cores: memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
});

/**
 * @template R
 * @param {() => Promise<R>} use
 * @returns {Promise<{ value?: R, error?: any, arrays: number, largest: number, cores: number }>} and what
 *   it allocated: bytes of all arrays, of the largest, and of the cores' memories
 */
export async function watched(use) {
  const before = allocated();
  largest = 0;
  let outcome;
  try {
    outcome = { value: await use() };
  } catch (error) {
    outcome = { error };
  }
  const after = allocated();
  return {
    ...outcome,
    arrays: after.arrays - before.arrays,
    largest,
    cores: after.cores - before.cores,
  };
}
