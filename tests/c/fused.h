/* Relaxed SIMD's multiply-add as machines with FMA run it, for native compilers: included before
 * every file of the build `fused`, which then computes what dropout-relaxed.wasm computes there. */
#pragma once
#include <math.h>

typedef float v128_t __attribute__((vector_size(16)));

static inline v128_t wasm_f32x4_relaxed_madd(v128_t a, v128_t b, v128_t c) {
  return (v128_t){fmaf(a[0], b[0], c[0]), fmaf(a[1], b[1], c[1]), fmaf(a[2], b[2], c[2]),
                  fmaf(a[3], b[3], c[3])};
}
