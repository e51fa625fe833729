#include <math.h>
#include <string.h>

#include "layers.h"

void dropping_set(struct dropping *d, double p, enum dw_mask mask, enum dw_scaling scaling) {
  *d = (struct dropping){p, mask, scaling, (uint64_t)ceil(p * 0x1p32), 0};
}

float dropping_train_scale(const struct dropping *d) {
  /* p = 1 keeps nothing, so that no factor is ever used: 1, not infinity */
  return d->scaling == DW_SCALE_TRAIN && d->p < 1 ? (float)(1 / (1 - d->p)) : 1;
}

float dropping_eval_scale(const struct dropping *d) {
  return d->scaling == DW_SCALE_EVAL ? (float)(1 - d->p) : 1;
}

void dropping_draw(const struct dropping *d, uint32_t *mask, const uint32_t seed[2], uint32_t step,
                   uint32_t row, uint64_t first, uint32_t count) {
  struct random_stream stream = random_stream(seed, RANDOM_TRAIN_MASK, d->index, step, row);
  uint32_t skip = first % PHILOX_WORDS; /* numbers of the first block that come before */
  u32x4 threshold = u32x4_splat((uint32_t)d->threshold);
  u32x4 possible = u32x4_splat(d->threshold >> 32 ? 0 : UINT32_MAX);
  uint32_t block = (uint32_t)(first / PHILOX_WORDS);
  for (uint32_t j = 0; j < count + skip; j += PHILOX_BATCH, block += PHILOX_LANES) {
    u32x4 words[PHILOX_LANES];
    random_words(&stream, block, words);
    for (int i = 0; i < PHILOX_LANES; i++) words[i] = (u32x4)(words[i] >= threshold) & possible;
    if (skip == 0) {
      for (int i = 0; i < PHILOX_LANES; i++) u32x4_store(mask + j + 4 * i, words[i]);
      continue;
    }
    uint32_t numbers[PHILOX_BATCH], from = j == 0 ? skip : 0;
    memcpy(numbers, words, sizeof numbers);
    memcpy(mask + (j + from - skip), numbers + from, (PHILOX_BATCH - from) * sizeof *mask);
  }
}

void dropout_mask(struct dropout *l, const uint32_t seed[2], uint32_t step, uint32_t first_row,
                  uint32_t rows) {
  if (l->drop.mask == DW_MASK_ELEMENT) {
    for (uint32_t b = 0; b < rows; b++) {
      dropping_draw(&l->drop, l->mask + b * padded(l->units), seed, step, first_row + b, 0,
                    l->units);
    }
    return;
  }
  dropping_draw(&l->drop, l->mask, seed, step, 0, 0, l->units);
  l->kept.mask = l->mask, l->kept.count = 0;
  for (uint32_t o = 0; o < l->units; o++) {
    l->kept.units[l->kept.count] = o;
    l->kept.count += l->mask[o] != 0;
  }
}

/* Floats from a row's mask to the next: none where all rows share it. */
static size_t mask_step(const struct dropout *l) {
  return l->drop.mask == DW_MASK_BATCH ? 0 : padded(l->units);
}

void dropout_forward(float *y, const float *x, const struct dropout *l, uint32_t rows) {
  float scale = dropping_train_scale(&l->drop);
  size_t ld = padded(l->units), step = mask_step(l);
  for (uint32_t b = 0; b < rows; b++) {
    for (uint32_t o = 0; o < l->units; o += 4) {
      u32x4 m = u32x4_load(l->mask + b * step + o);
      f32x4_store(y + b * ld + o, f32x4_keep(m, f32x4_load(x + b * ld + o) * scale));
    }
  }
}

void dropout_backward(float *dy, const struct dropout *l, uint32_t rows) {
  dropout_forward(dy, dy, l, rows); /* dx = dy m scale: the same map */
}

void dropout_evaluate(float *y, const float *x, const struct dropout *l, uint32_t rows,
                      float eval_scale) {
  float scale = dropping_eval_scale(&l->drop);
  size_t ld = padded(l->units);
  for (uint32_t b = 0; b < rows; b++) {
    for (uint32_t o = 0; o < l->units; o += 4) {
      f32x4_store(y + b * ld + o, f32x4_load(x + b * ld + o) * scale * eval_scale);
    }
  }
}
