/* Four lanes of float32 or uint32: the only file that knows which instruction set runs.
 *
 *   wasm, plain SIMD       every operation is the IEEE one, rounded once
 *   wasm, DW_RELAXED       f32x4_madd may fuse multiply and add (numerics 'fast')
 *   native gcc and clang   the same results as plain SIMD, bit for bit
 *
 * Vector extensions carry all arithmetic; what they lack has a function here. */
#pragma once
#include <math.h>
#include <stdint.h>
#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

typedef float f32x4 __attribute__((vector_size(16)));
typedef int32_t i32x4 __attribute__((vector_size(16)));
typedef uint32_t u32x4 __attribute__((vector_size(16)));
/* four bytes of any type, to be moved as they are */
typedef float any32 __attribute__((may_alias));
typedef float f32x4_unaligned __attribute__((vector_size(16), aligned(4), may_alias));
typedef uint32_t u32x4_unaligned __attribute__((vector_size(16), aligned(4), may_alias));

#define DW_INLINE static inline __attribute__((always_inline))
#define DW_SHARED static __attribute__((noinline))
#ifdef __clang__
#define DW_UNROLL _Pragma("clang loop unroll(full)")
#define DW_NO_UNROLL _Pragma("clang loop unroll(disable)")
#else
#define DW_UNROLL _Pragma("GCC unroll 8")
#define DW_NO_UNROLL _Pragma("GCC unroll 1")
#endif

DW_INLINE f32x4 f32x4_load(const float *p) { return *(const f32x4_unaligned *)p; }
DW_INLINE void f32x4_store(float *p, f32x4 v) { *(f32x4_unaligned *)p = v; }
DW_INLINE u32x4 u32x4_load(const uint32_t *p) { return *(const u32x4_unaligned *)p; }
DW_INLINE void u32x4_store(uint32_t *p, u32x4 v) { *(u32x4_unaligned *)p = v; }
DW_INLINE f32x4 f32x4_splat(float x) { return (f32x4){x, x, x, x}; }
DW_INLINE u32x4 u32x4_splat(uint32_t x) { return (u32x4){x, x, x, x}; }

/* Whether a multiply and an add may be one instruction. */
#ifdef DW_RELAXED
#define DW_FUSES 1
#else
#define DW_FUSES 0
#endif

/* a * b + c */
DW_INLINE f32x4 f32x4_madd(f32x4 a, f32x4 b, f32x4 c) {
#ifdef DW_RELAXED
  return (f32x4)wasm_f32x4_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)c);
#else
  return a * b + c;
#endif
}

/* mask ? a : b, lane by lane; a mask lane is all ones or all zeros */
DW_INLINE f32x4 f32x4_select(u32x4 mask, f32x4 a, f32x4 b) {
  return (f32x4)((mask & (u32x4)a) | (~mask & (u32x4)b));
}

/* mask ? a : +0 */
DW_INLINE f32x4 f32x4_keep(u32x4 mask, f32x4 a) { return (f32x4)(mask & (u32x4)a); }

/* a < b ? b : a: one instruction, unlike the maximum that treats NaN and -0 apart;
 * a NaN in a passes */
DW_INLINE f32x4 f32x4_max(f32x4 a, f32x4 b) {
#ifdef __wasm_simd128__
  return (f32x4)wasm_f32x4_pmax((v128_t)a, (v128_t)b);
#else
  return f32x4_select((u32x4)(a < b), b, a);
#endif
}

DW_INLINE f32x4 f32x4_sqrt(f32x4 a) {
#ifdef __wasm_simd128__
  return (f32x4)wasm_f32x4_sqrt((v128_t)a);
#else
  return (f32x4){sqrtf(a[0]), sqrtf(a[1]), sqrtf(a[2]), sqrtf(a[3])};
#endif
}

/* |a| < limit; not where a is NaN */
DW_INLINE u32x4 f32x4_below(f32x4 a, float limit) {
  return (u32x4)(f32x4_keep(u32x4_splat(0x7FFFFFFF), a) < limit);
}

DW_INLINE f32x4 f32x4_from_i32(i32x4 a) { return __builtin_convertvector(a, f32x4); }

/* toward zero; |a| must be below 2^31 */
DW_INLINE i32x4 i32x4_from_f32(f32x4 a) {
#ifdef __wasm_simd128__
  return (i32x4)wasm_i32x4_trunc_sat_f32x4((v128_t)a);
#else
  return __builtin_convertvector(a, i32x4);
#endif
}

/* Eight bytes as two vectors. */
DW_INLINE void f32x4_from_bytes(f32x4 v[2], const uint8_t *bytes) {
#ifdef __wasm_simd128__
  v128_t all = wasm_u16x8_load8x8(bytes);
  v[0] = f32x4_from_i32((i32x4)wasm_u32x4_extend_low_u16x8(all));
  v[1] = f32x4_from_i32((i32x4)wasm_u32x4_extend_high_u16x8(all));
#else
  for (int i = 0; i < 8; i++) v[i / 4][i % 4] = bytes[i];
#endif
}

/* Bit i: whether byte i of eight is not zero. */
DW_INLINE uint32_t nonzero_bits(const uint8_t *bytes) {
#ifdef __wasm_simd128__
  v128_t zero = wasm_i8x16_splat(0);
  return wasm_i8x16_bitmask(wasm_i8x16_ne(wasm_v128_load64_zero(bytes), zero));
#else
  uint32_t bits = 0;
  for (uint32_t i = 0; i < 8; i++) bits |= (uint32_t)(bytes[i] != 0) << i;
  return bits;
#endif
}

/* Bit i: whether lane i of a mask is set; and the mask of the four lowest bits. */
DW_INLINE uint32_t u32x4_bits(u32x4 mask) {
#ifdef __wasm_simd128__
  return wasm_i32x4_bitmask((v128_t)mask);
#else
  return (mask[0] & 1) | (mask[1] & 2) | (mask[2] & 4) | (mask[3] & 8);
#endif
}
DW_INLINE u32x4 u32x4_from_bits(uint32_t bits) {
  return (u32x4)((u32x4_splat(bits) & (u32x4){1, 2, 4, 8}) != 0);
}

/* (a0 + a1) + (a2 + a3): the one order in which lanes are ever added */
DW_INLINE float f32x4_sum(f32x4 a) { return (a[0] + a[1]) + (a[2] + a[3]); }

/* The same address, of which the compiler knows no more what lies there. */
DW_INLINE const u32x4 *u32x4_hide(const u32x4 *p) {
  __asm__("" : "+r"(p));
  return p;
}

/* The 64-bit products of the lanes of a and b, as high and low words.  b must be hidden where it is
 * one number in all lanes: LLVM would widen that itself, and what is left is a product of 64 bits
 * by 64, ten instructions of x64 for three (random_words: 5.9 -> 2.6 ns a number). */
DW_INLINE void u32x4_multiply_wide(u32x4 a, u32x4 b, u32x4 *high, u32x4 *low) {
#ifdef __wasm_simd128__
  v128_t p = wasm_u64x2_extmul_low_u32x4((v128_t)a, (v128_t)b);
  v128_t q = wasm_u64x2_extmul_high_u32x4((v128_t)a, (v128_t)b);
  *low = (u32x4)wasm_i32x4_shuffle(p, q, 0, 2, 4, 6);
  *high = (u32x4)wasm_i32x4_shuffle(p, q, 1, 3, 5, 7);
#else
  for (int i = 0; i < 4; i++) {
    uint64_t product = (uint64_t)a[i] * b[i];
    (*high)[i] = (uint32_t)(product >> 32);
    (*low)[i] = (uint32_t)product;
  }
#endif
}

#ifdef __clang__
#define DW_SHUFFLE(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
#define DW_SHUFFLE(a, b, i, j, k, l) __builtin_shuffle(a, b, (i32x4){i, j, k, l})
#endif

/* Rows become columns: v[r][c] <- v[c][r]. */
DW_INLINE void u32x4_transpose(u32x4 v[4]) {
  u32x4 a = DW_SHUFFLE(v[0], v[1], 0, 4, 1, 5), b = DW_SHUFFLE(v[2], v[3], 0, 4, 1, 5);
  u32x4 c = DW_SHUFFLE(v[0], v[1], 2, 6, 3, 7), d = DW_SHUFFLE(v[2], v[3], 2, 6, 3, 7);
  v[0] = DW_SHUFFLE(a, b, 0, 1, 4, 5), v[1] = DW_SHUFFLE(a, b, 2, 3, 6, 7);
  v[2] = DW_SHUFFLE(c, d, 0, 1, 4, 5), v[3] = DW_SHUFFLE(c, d, 2, 3, 6, 7);
}

DW_INLINE void f32x4_transpose(f32x4 v[4]) {
  f32x4 a = DW_SHUFFLE(v[0], v[1], 0, 4, 1, 5), b = DW_SHUFFLE(v[2], v[3], 0, 4, 1, 5);
  f32x4 c = DW_SHUFFLE(v[0], v[1], 2, 6, 3, 7), d = DW_SHUFFLE(v[2], v[3], 2, 6, 3, 7);
  v[0] = DW_SHUFFLE(a, b, 0, 1, 4, 5), v[1] = DW_SHUFFLE(a, b, 2, 3, 6, 7);
  v[2] = DW_SHUFFLE(c, d, 0, 1, 4, 5), v[3] = DW_SHUFFLE(c, d, 2, 3, 6, 7);
}

/* Writes the lanes of v that are not zero and the words beside them, in order, and returns how many
 * there are.  Four of each may be written. */
DW_INLINE uint32_t f32x4_compact(uint32_t *word_to, float *value_to, u32x4 words, f32x4 v) {
#ifdef __wasm_simd128__
  /* bytes of the lanes that each of the 16 masks keeps */
#define DW_LANE(i) 4 * (i), 4 * (i) + 1, 4 * (i) + 2, 4 * (i) + 3
#define DW_LANES(i, j, k, l) \
  { DW_LANE(i), DW_LANE(j), DW_LANE(k), DW_LANE(l) }
  static const uint8_t kept[16][16] = {
      DW_LANES(0, 0, 0, 0), DW_LANES(0, 0, 0, 0), DW_LANES(1, 0, 0, 0), DW_LANES(0, 1, 0, 0),
      DW_LANES(2, 0, 0, 0), DW_LANES(0, 2, 0, 0), DW_LANES(1, 2, 0, 0), DW_LANES(0, 1, 2, 0),
      DW_LANES(3, 0, 0, 0), DW_LANES(0, 3, 0, 0), DW_LANES(1, 3, 0, 0), DW_LANES(0, 1, 3, 0),
      DW_LANES(2, 3, 0, 0), DW_LANES(0, 2, 3, 0), DW_LANES(1, 2, 3, 0), DW_LANES(0, 1, 2, 3)};
#undef DW_LANE
#undef DW_LANES
  uint32_t mask = wasm_i32x4_bitmask((v128_t)(v != 0));
  v128_t order = wasm_v128_load(kept[mask]);
  wasm_v128_store(word_to, wasm_i8x16_swizzle((v128_t)words, order));
  wasm_v128_store(value_to, wasm_i8x16_swizzle((v128_t)v, order));
  return (uint32_t)__builtin_popcount(mask);
#else
  uint32_t n = 0;
  for (int i = 0; i < 4; i++) {
    word_to[n] = words[i], value_to[n] = v[i];
    n += v[i] != 0;
  }
  return n;
#endif
}
