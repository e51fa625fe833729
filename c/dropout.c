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

struct random_stream dropping_stream(const struct dropping *d, const struct source *s,
                                     uint32_t row) {
  return random_stream(s->seed, s->kind, d->index, s->step, row);
}

void dropping_draw(const struct dropping *d, uint32_t *mask, const struct random_stream *stream,
                   uint64_t first, uint32_t count) {
  uint32_t skip = first % PHILOX_WORDS; /* numbers of the first block that come before */
  u32x4 threshold = u32x4_splat((uint32_t)d->threshold);
  u32x4 possible = u32x4_splat(d->threshold >> 32 ? 0 : UINT32_MAX);
  uint32_t block = (uint32_t)(first / PHILOX_WORDS);
  for (uint32_t j = 0; j < count + skip; j += PHILOX_BATCH, block += PHILOX_LANES) {
    u32x4 words[PHILOX_LANES];
    random_words(stream, block, words);
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

void dropout_factors(float *factor, const struct dropout *l, const struct source *s, uint32_t row) {
  struct random_stream stream = dropping_stream(&l->drop, s, row);
  float sd = (float)sqrt(l->drop.p / (1 - l->drop.p));
  random_normals(factor, &stream, 0, l->units);
  for (uint32_t o = 0; o < l->units; o += 4) {
    f32x4_store(factor + o, f32x4_load(factor + o) * sd + 1.0F);
  }
}

/* The mask or the factors of one row. */
static void draw_row(struct dropout *l, const struct source *s, uint32_t row, uint32_t *mask) {
  if (l->noise == DW_GAUSSIAN) {
    dropout_factors((float *)mask, l, s, row);
    return;
  }
  struct random_stream stream = dropping_stream(&l->drop, s, row);
  dropping_draw(&l->drop, mask, &stream, 0, l->units);
}

void dropout_mask(struct dropout *l, const struct source *s, uint32_t rows) {
  size_t ld = padded(l->units);
  if (l->drop.mask == DW_MASK_ELEMENT) {
    for (uint32_t b = 0; b < rows; b++) {
      if (s->shared && b > 0) {
        memcpy(l->mask + b * ld, l->mask, ld * sizeof *l->mask);
      } else {
        draw_row(l, s, s->shared ? 0 : s->first_row + b, l->mask + b * ld);
      }
    }
    return;
  }
  draw_row(l, s, 0, l->mask);
  l->kept.mask = l->mask, l->kept.count = 0;
  for (uint32_t o = 0; o < l->units; o++) {
    l->kept.units[l->kept.count] = o;
    l->kept.count += l->mask[o] != 0;
  }
}

/* Alpha dropout (Klambauer et al. 2017): what is kept becomes x scale + shift, what is dropped a
 * number; mean 0 and variance 1 stay.  Bernoulli: shift and dropped are 0. */
struct affine {
  float scale, shift, dropped;
};

static struct affine affine_of(const struct dropout *l) {
  const double saturated = -1.7580993408473766; /* alpha' = -lambda alpha of SELU */
  double p = l->drop.p, keep = 1 - p;
  if (l->noise != DW_ALPHA) return (struct affine){dropping_train_scale(&l->drop), 0, 0};
  if (p >= 1) return (struct affine){1, 0, 0}; /* the limit: nothing is kept */
  double a = 1 / sqrt(keep + saturated * saturated * keep * p);
  return (struct affine){(float)a, (float)(-a * p * saturated), (float)(a * saturated * keep)};
}

/* Floats from a row's mask to the next: none where all rows share it. */
static size_t mask_step(const struct dropout *l) {
  return l->drop.mask == DW_MASK_BATCH ? 0 : padded(l->units);
}

/* Applies an expression of v (f32x4) and of its mask m, or factor. */
#define EACH(expression)                            \
  for (uint32_t b = 0; b < rows; b++) {             \
    for (uint32_t o = 0; o < l->units; o += 4) {    \
      u32x4 m = u32x4_load(l->mask + b * step + o); \
      f32x4 v = f32x4_load(x + b * ld + o);         \
      f32x4_store(y + b * ld + o, (expression));    \
    }                                               \
  }

void dropout_forward(float *y, const float *x, const struct dropout *l, uint32_t rows) {
  size_t ld = padded(l->units), step = mask_step(l);
  struct affine f = affine_of(l);
  if (l->noise == DW_GAUSSIAN) {
    EACH(v * (f32x4)m)
  } else if (l->noise == DW_ALPHA) {
    EACH(f32x4_select(m, v * f.scale + f.shift, f32x4_splat(f.dropped)))
  } else {
    EACH(f32x4_keep(m, v * f.scale))
  }
}

void dropout_backward(float *dy, const struct dropout *l, uint32_t rows) {
  size_t ld = padded(l->units), step = mask_step(l);
  const float *x = dy;
  float *y = dy, scale = affine_of(l).scale;
  if (l->noise == DW_GAUSSIAN) {
    EACH(v * (f32x4)m)
  } else {
    EACH(f32x4_keep(m, v * scale))
  }
}

void dropout_evaluate(float *y, const float *x, const struct dropout *l, uint32_t rows,
                      float eval_scale) {
  float scale = dropping_eval_scale(&l->drop);
  size_t ld = padded(l->units);
  if (scale == 0) memset(y, 0, rows * ld * sizeof *y); /* dropping selects: also what is infinite */
  for (uint32_t b = 0; scale != 0 && b < rows; b++) {
    for (uint32_t o = 0; o < l->units; o += 4) {
      f32x4_store(y + b * ld + o, f32x4_load(x + b * ld + o) * scale * eval_scale);
    }
  }
}
