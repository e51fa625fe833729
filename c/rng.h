/* Random numbers as pure functions of their place.
 * Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.
 */
#pragma once
#include "simd.h"

/* What a stream of numbers is for; the high half of the fourth counter word. */
enum random_kind {
  RANDOM_WEIGHTS = 0,
  RANDOM_SHUFFLE = 1,
  RANDOM_TRAIN_MASK = 2,
  RANDOM_PASS_MASK = 3, /* of MC dropout */
  RANDOM_INFERENCE = 4, /* of DropConnect's Gaussian inference */
};

enum { PHILOX_ROUNDS = 10, PHILOX_WORDS = 4, PHILOX_LANES = 4, PHILOX_BATCH = 16 };

/* A stream: everything but the block number. */
struct random_stream {
  uint32_t key[2];  /* the seed's low and high word */
  uint32_t row;     /* row of the batch; 0 for what all rows share */
  uint32_t step;    /* step, epoch or pass */
  uint32_t purpose; /* kind * 65536 + index */
};

DW_INLINE struct random_stream random_stream(const uint32_t seed[2], enum random_kind kind,
                                             uint32_t index, uint32_t step, uint32_t row) {
  return (struct random_stream){{seed[0], seed[1]}, row, step, (uint32_t)kind << 16 | index};
}

/* Words of the four blocks from `block` on, in the order of the units they belong to. */
DW_INLINE void random_words(const struct random_stream *s, uint32_t block, u32x4 words[4]) {
  u32x4 a = u32x4_splat(block) + (u32x4){0, 1, 2, 3}, b = u32x4_splat(s->row);
  u32x4 c = u32x4_splat(s->step), d = u32x4_splat(s->purpose);
  uint32_t k0 = s->key[0], k1 = s->key[1];
  for (int round = 0; round < PHILOX_ROUNDS; round++) {
    u32x4 high0, low0, high1, low1;
    u32x4_multiply_wide(a, 0xD2511F53U, &high0, &low0);
    u32x4_multiply_wide(c, 0xCD9E8D57U, &high1, &low1);
    a = high1 ^ b ^ k0, b = low1, c = high0 ^ d ^ k1, d = low0;
    k0 += 0x9E3779B9U, k1 += 0xBB67AE85U;
  }
  words[0] = a, words[1] = b, words[2] = c, words[3] = d;
  u32x4_transpose(words);
}

/* values[j] = number first + j of the stream, for j < count: U(-radius, radius), one word each; and
 * N(0, 1), two words each: sqrt(-2 log u1) cos(2 pi u2), Box and Muller 1958. */
void random_uniforms(float *values, const struct random_stream *s, uint64_t first, uint32_t count,
                     float radius);
void random_normals(float *values, const struct random_stream *s, uint64_t first, uint32_t count);
