/* exp, expm1, tanh, the logistic function, log and cosine from +, -, *, / alone, so that every
 * engine and compiler gives the same bits.  Polynomials after Cephes (S. Moshier, single
 * precision); float functions are within 3 units in the last place of the exact value unless
 * they say otherwise, log_positive within 1e-13 relative, x^n within n 2^-52: tests/c holds all
 * against libm. */
#pragma once
#include "simd.h"

/* e^x; +inf above 88.73, +0 below -87.34 (no subnormal results), NaN for NaN. */
f32x4 f32x4_exp(f32x4 x);

/* e^x - 1 for x <= 0, without cancellation near 0. */
DW_INLINE f32x4 f32x4_expm1_negative(f32x4 x) {
  f32x4 q = x * 1.9875691500e-4F + 1.3981999507e-3F;
  q = q * x + 8.3334519073e-3F;
  q = q * x + 4.1665795894e-2F;
  q = q * x + 1.6666665459e-1F;
  q = q * x + 5.0000001201e-1F;
  f32x4 near = q * (x * x) + x;
  return f32x4_select((u32x4)(x > -0.35F), near, f32x4_exp(x) - 1.0F);
}

DW_INLINE f32x4 f32x4_tanh(f32x4 x) {
  f32x4 z = x * x;
  f32x4 q = z * -5.70498872745e-3F + 2.06390887954e-2F;
  q = q * z + -5.37397155531e-2F;
  q = q * z + 1.33314422036e-1F;
  q = q * z + -3.33332819422e-1F;
  f32x4 near = q * z * x + x;
  u32x4 sign = (u32x4)x & 0x80000000U;
  f32x4 magnitude = (f32x4)((u32x4)x & 0x7fffffffU);
  f32x4 far = 1.0F - 2.0F / (f32x4_exp(magnitude + magnitude) + 1.0F);
  far = (f32x4)((u32x4)far | sign);
  return f32x4_select((u32x4)(magnitude < 0.625F), near, far);
}

/* 1 / (1 + e^-x) */
DW_INLINE f32x4 f32x4_logistic(f32x4 x) { return 1.0F / (1.0F + f32x4_exp(-x)); }

/* Natural logarithm of a finite x > 0: x = m 2^e with m in [sqrt(1/2), sqrt 2), then
 * log m = 2 atanh(s) with s = (m - 1) / (m + 1), |s| < 0.172; 11 terms reach 1e-17. */
static inline double log_positive(double x) {
  union {
    double value;
    uint64_t bits;
  } u = {x};
  int e = 0;
  if (u.bits >> 52 == 0) u.value *= 0x1p54, e = -54;
  e += (int)(u.bits >> 52) - 1023;
  u.bits = (u.bits & 0xfffffffffffffULL) | 0x3ff0000000000000ULL;
  if (u.value > 1.4142135623730951) u.value *= 0.5, e++;
  double s = (u.value - 1) / (u.value + 1), z = s * s, q = 0;
  for (int k = 21; k >= 1; k -= 2) q = q * z + 1.0 / k;
  return e * 0.6931471805599453 + 2 * s * q;
}

/* Natural logarithm of a normal x > 0. */
f32x4 f32x4_log(f32x4 x);

/* cos(2 pi u) for u in [0, 1): the quarter turn first, exactly; within 2e-7. */
f32x4 f32x4_cos_turns(f32x4 u);

/* x^n for n >= 0, by squaring: a pure function of both, so that a resumed run has the same bits. */
static inline double power(double x, uint64_t n) {
  double result = 1;
  for (; n; n >>= 1, x *= x)
    if (n & 1) result *= x;
  return result;
}
