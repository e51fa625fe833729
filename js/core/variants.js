/** Builds of the core, and which of them this engine can run. */

/** @typedef {'simd' | 'relaxed'} CoreVariant the name of the wasm file, dropout-*.wasm */
/** @typedef {import('../defaults.js').Numerics} Numerics */

/**
 * The instruction that the relaxed build is made for:
 *
 *     (module (func (param v128) (result v128)
 *       (f32x4.relaxed_madd (local.get 0) (local.get 0) (local.get 0))))
 */
// prettier-ignore
const RELAXED_PROBE = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x06, 0x01, 0x60, 0x01, 0x7b, 0x01, 0x7b,
  0x03, 0x02, 0x01, 0x00, 0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x00, 0x20, 0x00, 0xfd,
  0x85, 0x02, 0x0b,
]);

/** @param {string} variant of the build @returns {string} what computes, for a person */
export const engineName = (variant) =>
  variant === 'relaxed' ? 'WebAssembly relaxed SIMD' : 'WebAssembly SIMD';

/**
 * Builds to try for these numerics, best first. Each one is put to a numeric self-test when it
 * starts; one that fails gives way to the next.
 * @param {Numerics} numerics 'strict' has one build, whose bits are the same everywhere
 * @returns {CoreVariant[]}
 */
export function candidates(numerics) {
  const fast = numerics === 'fast' && WebAssembly.validate(RELAXED_PROBE);
  return fast ? ['relaxed', 'simd'] : ['simd'];
}
