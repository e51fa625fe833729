/* exp, expm1, tanh, the logistic function, log and cosine from +, -, *, / alone, so that every
 * engine and compiler gives the same bits.  Polynomials after Cephes (S. Moshier, single
 * precision); float functions are within 3 units in the last place of the exact value unless
 * they say otherwise, log_positive within 1e-13 relative, x^n within n 2^-52: tests/c holds all
 * against libm. */
#pragma once
#include "simd.h"

/* e^x; +inf above 88.73, +0 below -87.34 (no subnormal results), NaN for NaN. */
DW_INLINE f32x4 f32x4_exp(f32x4 x) {
  const float most = 88.722839F, least = -87.336544F;
  f32x4 y = f32x4_select((u32x4)(x < least), f32x4_splat(least), x);
  y = f32x4_select((u32x4)(y > most), f32x4_splat(most), y);
  y = f32x4_select((u32x4)(x != x), f32x4_splat(0), y);
  f32x4 scaled = y * 1.44269504088896341F;
  f32x4 half = f32x4_select((u32x4)(scaled < 0), f32x4_splat(-0.5F), f32x4_splat(0.5F));
  i32x4 n = i32x4_from_f32(scaled + half);
  f32x4 nf = f32x4_from_i32(n);
  f32x4 r = y - nf * 0.693359375F;
  r = r - nf * -2.12194440e-4F;
  f32x4 q = r * 1.9875691500e-4F + 1.3981999507e-3F;
  q = q * r + 8.3334519073e-3F;
  q = q * r + 4.1665795894e-2F;
  q = q * r + 1.6666665459e-1F;
  q = q * r + 5.0000001201e-1F;
  q = q * (r * r) + r + 1.0F;
  /* 2^n in two factors: n may be 128, which one exponent field cannot hold */
  i32x4 n1 = n >> 1, n2 = n - n1;
  q = q * (f32x4)((n1 + 127) << 23) * (f32x4)((n2 + 127) << 23);
  q = f32x4_select((u32x4)(x > most), f32x4_splat(INFINITY), q);
  q = f32x4_select((u32x4)(x < least), f32x4_splat(0), q);
  return f32x4_select((u32x4)(x != x), x, q);
}

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
DW_INLINE f32x4 f32x4_log(f32x4 x) {
  u32x4 bits = (u32x4)x;
  f32x4 m = (f32x4)((bits & 0x7fffffU) | 0x3f000000U); /* [1/2, 1) */
  u32x4 low = (u32x4)(m < 0.707106781186547524F);
  f32x4 e = f32x4_from_i32((i32x4)(bits >> 23) - 126 + (i32x4)low);
  f32x4 r = m - 1.0F + f32x4_keep(low, m), z = r * r;
  f32x4 q = r * 7.0376836292e-2F - 1.1514610310e-1F;
  q = q * r + 1.1676998740e-1F;
  q = q * r - 1.2420140846e-1F;
  q = q * r + 1.4249322787e-1F;
  q = q * r - 1.6668057665e-1F;
  q = q * r + 2.0000714765e-1F;
  q = q * r - 2.4999993993e-1F;
  q = q * r + 3.3333331174e-1F;
  return r + (q * r * z - e * 2.12194440e-4F - z * 0.5F) + e * 0.693359375F;
}

/* cos(2 pi u) for u in [0, 1): the quarter turn first, exactly; within 2e-7. */
DW_INLINE f32x4 f32x4_cos_turns(f32x4 u) {
  i32x4 quarter = i32x4_from_f32(u * 4.0F + 0.5F);
  f32x4 t = (u - f32x4_from_i32(quarter) * 0.25F) * 6.283185307179586F, z = t * t;
  f32x4 cosine = z * 2.443315711809948e-5F - 1.388731625493765e-3F;
  cosine = (cosine * z + 4.166664568298827e-2F) * (z * z) - z * 0.5F + 1.0F;
  f32x4 sine = z * -1.9515295891e-4F + 8.3321608736e-3F;
  sine = (sine * z - 1.6666654611e-1F) * z * t + t;
  u32x4 negative = (u32x4)((quarter + 1) & 2) << 30; /* quarters 1 and 2 */
  return (f32x4)((u32x4)f32x4_select((u32x4)((quarter & 1) != 0), sine, cosine) ^ negative);
}

/* x^n for n >= 0, by squaring: a pure function of both, so that a resumed run has the same bits. */
static inline double power(double x, uint64_t n) {
  double result = 1;
  for (; n; n >>= 1, x *= x)
    if (n & 1) result *= x;
  return result;
}
