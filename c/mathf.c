/* The functions that several stages call: once in the module, not in each. */
#include "mathf.h"

f32x4 f32x4_exp(f32x4 x) {
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

f32x4 f32x4_log(f32x4 x) {
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

f32x4 f32x4_cos_turns(f32x4 u) {
  i32x4 quarter = i32x4_from_f32(u * 4.0F + 0.5F);
  f32x4 t = (u - f32x4_from_i32(quarter) * 0.25F) * 6.283185307179586F, z = t * t;
  f32x4 cosine = z * 2.443315711809948e-5F - 1.388731625493765e-3F;
  cosine = (cosine * z + 4.166664568298827e-2F) * (z * z) - z * 0.5F + 1.0F;
  f32x4 sine = z * -1.9515295891e-4F + 8.3321608736e-3F;
  sine = (sine * z - 1.6666654611e-1F) * z * t + t;
  u32x4 negative = (u32x4)((quarter + 1) & 2) << 30; /* quarters 1 and 2 */
  return (f32x4)((u32x4)f32x4_select((u32x4)((quarter & 1) != 0), sine, cosine) ^ negative);
}
