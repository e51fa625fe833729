#include "rng.h"

#include <string.h>

#include "mathf.h"

void random_words(const struct random_stream *s, uint32_t block, u32x4 words[4]) {
  static const u32x4 factors[] = {{0xD2511F53U, 0xD2511F53U, 0xD2511F53U, 0xD2511F53U},
                                  {0xCD9E8D57U, 0xCD9E8D57U, 0xCD9E8D57U, 0xCD9E8D57U}};
  u32x4 a = u32x4_splat(block) + (u32x4){0, 1, 2, 3}, b = u32x4_splat(s->row);
  u32x4 c = u32x4_splat(s->step), d = u32x4_splat(s->purpose);
  uint32_t k0 = s->key[0], k1 = s->key[1];
  const u32x4 *by = factors;
  for (int round = 0; round < PHILOX_ROUNDS; round++) {
    u32x4 high0, low0, high1, low1;
    by = u32x4_hide(by); /* in the loop: hidden before it, they would be widened before it */
    u32x4_multiply_wide(a, by[0], &high0, &low0);
    u32x4_multiply_wide(c, by[1], &high1, &low1);
    a = high1 ^ b ^ k0, b = low1, c = high0 ^ d ^ k1, d = low0;
    k0 += 0x9E3779B9U, k1 += 0xBB67AE85U;
  }
  words[0] = a, words[1] = b, words[2] = c, words[3] = d;
  u32x4_transpose(words);
}

/* Uniform in [0, 1) with 24 bits, exact in float32. */
DW_INLINE f32x4 uniform(u32x4 words) { return f32x4_from_i32((i32x4)(words >> 8)) * 0x1p-24F; }

DW_INLINE f32x4 normal(u32x4 first, u32x4 second) {
  f32x4 radius = f32x4_sqrt(f32x4_log(uniform(first) + 0x1p-24F) * -2.0F);
  return radius * f32x4_cos_turns(uniform(second));
}

/* Copies what lies behind the first `skip` of `drawn` numbers, as far as the values are wanted. */
static uint32_t deliver(float *values, const float *numbers, uint32_t drawn, uint32_t skip,
                        uint32_t wanted) {
  uint32_t count = drawn - skip < wanted ? drawn - skip : wanted;
  memcpy(values, numbers + skip, count * sizeof *values);
  return count;
}

void random_uniforms(float *values, const struct random_stream *s, uint64_t first, uint32_t count,
                     float radius) {
  uint32_t block = (uint32_t)(first / PHILOX_WORDS), skip = first % PHILOX_WORDS;
  float numbers[PHILOX_BATCH];
  for (uint32_t j = 0; j < count; block += PHILOX_LANES, skip = 0) {
    u32x4 words[PHILOX_LANES];
    random_words(s, block, words);
    for (int i = 0; i < PHILOX_LANES; i++) {
      f32x4_store(numbers + 4 * i, (uniform(words[i]) * 2.0F - 1.0F) * radius);
    }
    j += deliver(values + j, numbers, PHILOX_BATCH, skip, count - j);
  }
}

void random_normals(float *values, const struct random_stream *s, uint64_t first, uint32_t count) {
  enum { DRAWN = PHILOX_BATCH / 2 };
  uint32_t block = (uint32_t)(first / 2), skip = first % 2;
  float numbers[DRAWN];
  for (uint32_t j = 0; j < count; block += PHILOX_LANES, skip = 0) {
    u32x4 w[PHILOX_LANES];
    random_words(s, block, w);
    for (int i = 0; i < PHILOX_LANES; i += 2) {
      f32x4_store(numbers + 2 * i, normal(DW_SHUFFLE(w[i], w[i + 1], 0, 2, 4, 6),
                                          DW_SHUFFLE(w[i], w[i + 1], 1, 3, 5, 7)));
    }
    j += deliver(values + j, numbers, DRAWN, skip, count - j);
  }
}
