/**
 * Calls of malloc and its kin, and growth of the core's memory, between two steps of a training. The
 * core is the package's own objects, linked with tests/c/counter.c.
 */

/**
 * @param {object} _
 * @param {import('../in-page.js').Place} place
 * @returns {Promise<{ calls: number, grownBytes: number, from: number, to: number }>} steps from
 *   which, and to which, was counted
 */
export default async function allocations(_, { read, mnist }) {
  const { createModel, variants } = await import('../../../dist/index.js');
  const { train } = await mnist();
  const wasm = await WebAssembly.compile(await read('build/bench/kernels-simd.wasm'));
  const instance = await captureInstance(wasm, async () => {
    const model = await createModel(variants.standard('relu', 0.5), { wasm, worker: false });
    return model;
  });
  const { model, exports } = instance;
  /** @type {{ step: number, calls: number, bytes: number }[]} */
  const told = [];
  const onProgress = ({ step }) =>
    told.push({ step, calls: exports.allocation_count(), bytes: exports.memory.buffer.byteLength });
  await model.fit(train, { optimizer: 'adam', onProgress });
  await model.dispose();
  const [first, last] = [told[0], told[told.length - 1]];
  return {
    calls: last.calls - first.calls,
    grownBytes: last.bytes - first.bytes,
    from: first.step,
    to: last.step,
  };
}

/**
 * What the package instantiates, on this thread.
 * @param {WebAssembly.Module} module
 * @param {() => Promise<any>} create
 */
async function captureInstance(module, create) {
  const { instantiate } = WebAssembly;
  /** @type {any} */
  let exports;
  WebAssembly.instantiate = /** @type {any} */ (
    async (given, imports) => {
      const instance = await instantiate(given, imports);
      if (given === module) ({ exports } = instance);
      return instance;
    }
  );
  try {
    const model = await create();
    return { model, exports };
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}
