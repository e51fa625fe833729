/** Which builds of the core this engine runs. */

/** @param {object} _ @param {import('../in-page.js').Place} place @returns {Promise<string[]>} */
export default async function variants(_, { read }) {
  const all = ['simd', 'relaxed'];
  const bytes = await Promise.all(all.map((variant) => read(`dist/wasm/dropout-${variant}.wasm`)));
  return all.filter((_, i) => WebAssembly.validate(bytes[i]));
}
