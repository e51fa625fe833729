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
void random_words(const struct random_stream *s, uint32_t block, u32x4 words[4]);

/* values[j] = number first + j of the stream, for j < count: U(-radius, radius), one word each; and
 * N(0, 1), two words each: sqrt(-2 log u1) cos(2 pi u2), Box and Muller 1958. */
void random_uniforms(float *values, const struct random_stream *s, uint64_t first, uint32_t count,
                     float radius);
void random_normals(float *values, const struct random_stream *s, uint64_t first, uint32_t count);
