/* DropConnect: single weights are dropped, never biases (Wan et al., ICML 2013). */
#include <math.h>
#include <string.h>

#include "dense.h"
#include "layers.h"

/* ---- masks ---- */

static void mask_for_all_rows(struct dense *l, const struct source *s, struct workspace *w) {
  uint64_t size = panels_size(l->weight.rows, l->weight.columns);
  float scale = dropping_train_scale(&l->drop);
  struct random_stream stream = dropping_stream(&l->drop, s, 0);
  for (uint32_t o = 0; o < l->units; o++) {
    dropping_draw(&l->drop, w->words, &stream, (uint64_t)o * l->inputs, l->inputs);
    unit_write(l, (float *)l->weight_mask, o, (float *)w->words);
  }
  for (uint64_t j = 0; j < size; j += 4) {
    f32x4 value = f32x4_load(l->weight.data + j) * scale;
    f32x4_store(l->masked.data + j, f32x4_keep(u32x4_load(l->weight_mask + j), value));
  }
}

static uint32_t *bits_of(const struct dense *l, uint32_t b, uint32_t o) {
  return l->row_masks + ((size_t)b * l->units + o) * mask_words(l->inputs);
}

/* The mask of inputs i ... i + 3; past the last input it is 0. */
static u32x4 mask_at(const uint32_t *bits, uint32_t i) {
  return u32x4_from_bits(bits[i / 32] >> i % 32);
}

static void pack_bits(uint32_t *bits, const uint32_t *mask, uint32_t inputs) {
  for (size_t word = 0; word < mask_words(inputs); word++, mask += 32) {
    bits[word] = 0;
    for (uint32_t k = 0; k < 32; k += 4) bits[word] |= u32x4_bits(u32x4_load(mask + k)) << k;
  }
  if (inputs % 32) bits[inputs / 32] &= (1U << inputs % 32) - 1;
}

static void mask_by_row(struct dense *l, const struct source *s, uint32_t rows,
                        struct workspace *w) {
  for (uint32_t b = 0; b < rows; b++) {
    struct random_stream stream = dropping_stream(&l->drop, s, s->shared ? 0 : s->first_row + b);
    for (uint32_t o = 0; o < l->units; o++) {
      if (s->shared && b > 0) {
        memcpy(bits_of(l, b, o), bits_of(l, 0, o), mask_words(l->inputs) * sizeof *l->row_masks);
        continue;
      }
      dropping_draw(&l->drop, w->words, &stream, (uint64_t)o * l->inputs, l->inputs);
      pack_bits(bits_of(l, b, o), w->words, l->inputs);
    }
  }
  size_t ld = padded(l->inputs);
  for (uint32_t o = 0; o < l->units; o++) unit_read(l->w_by_unit + o * ld, l, l->weight.data, o);
}

void connect_mask(struct dense *l, const struct source *s, uint32_t rows, struct workspace *w) {
  if (dense_masks_rows(l)) {
    mask_by_row(l, s, rows, w);
  } else {
    mask_for_all_rows(l, s, w);
  }
}

/* ---- a mask for every row ---- */

void connect_forward(float *z, const float *x, const struct dense *l, uint32_t rows,
                     struct workspace *w) {
  double macs = (double)rows * l->inputs * l->units;
  count_macs(w, macs, macs);
  float scale = dropping_train_scale(&l->drop);
  size_t ldx = padded(l->inputs), ldz = padded(l->units);
  for (uint32_t b = 0; b < rows; b++, x += ldx, z += ldz) {
    for (uint32_t o = 0; o < l->units; o++) {
      const uint32_t *bits = bits_of(l, b, o);
      const float *weights = l->w_by_unit + o * ldx;
      f32x4 sum = f32x4_splat(0);
      for (uint32_t i = 0; i < l->inputs; i += 4) {
        sum += f32x4_keep(mask_at(bits, i), f32x4_load(weights + i) * f32x4_load(x + i));
      }
      z[o] = f32x4_sum(sum) * scale + l->bias[o];
    }
  }
}

/* to[i] += a d for the inputs that are kept */
static void add_kept(float *to, const float *a, float d, const uint32_t *bits, uint32_t inputs) {
  if (d == 0) return;
  for (uint32_t i = 0; i < inputs; i += 4) {
    f32x4_store(to + i, f32x4_load(to + i) + f32x4_keep(mask_at(bits, i), f32x4_load(a + i) * d));
  }
}

static void multiply(float *values, float factor, size_t count) {
  for (size_t i = 0; i < count; i += 4) f32x4_store(values + i, f32x4_load(values + i) * factor);
}

void connect_backward(float *dx, const float *dz, const float *x, const struct dense *l,
                      uint32_t rows, struct workspace *w) {
  float scale = dropping_train_scale(&l->drop);
  size_t ldx = padded(l->inputs), ldz = padded(l->units);
  float *dw = l->dw_by_unit;
  double macs = dx ? (double)rows * l->inputs * l->units : 0;
  count_macs(w, macs, macs); /* of dx; the update counts the gradient's */
  memset(dw, 0, l->units * ldx * sizeof *dw);
  if (dx) memset(dx, 0, rows * ldx * sizeof *dx);
  for (uint32_t o = 0; o < l->units; o++) {
    for (uint32_t b = 0; b < rows; b++) {
      add_kept(dw + o * ldx, x + b * ldx, dz[b * ldz + o], bits_of(l, b, o), l->inputs);
    }
  }
  multiply(dw, scale, l->units * ldx);
  if (!dx) return;
  for (uint32_t b = 0; b < rows; b++) {
    for (uint32_t o = 0; o < l->units; o++) {
      add_kept(dx + b * ldx, l->w_by_unit + o * ldx, dz[b * ldz + o], bits_of(l, b, o), l->inputs);
    }
  }
  multiply(dx, scale, rows * ldx);
}

/* ---- Gaussian inference ---- */

static void squares(float *to, const float *a, uint64_t count) {
  for (uint64_t j = 0; j < count; j += 4) {
    f32x4 v = f32x4_load(a + j);
    f32x4_store(to + j, v * v);
  }
}

/* v[b][o] = sum over i of W[o][i]^2 x[b][i]^2; zeros that dense_forward has listed are skipped. */
static void product_of_squares(float *v, const float *x, struct dense *l, uint32_t rows,
                               struct workspace *w) {
  size_t ldx = padded(l->inputs), ldv = padded(l->units);
  struct nonzeros *list = &l->nonzero_inputs;
  squares(l->masked.data, l->weight.data, panels_size(l->weight.rows, l->weight.columns));
  if (l->panels_of_units && l->lists_inputs) {
    for (uint32_t k = 0; k < list->count; k++) list->row_value[k] *= list->row_value[k];
    product_sparse(v, ldv, list, &l->masked);
    return;
  }
  squares(w->squares, x, rows * ldx);
  if (l->panels_of_units) {
    product_dense(v, ldv, w->squares, ldx, rows, &l->masked);
  } else {
    product_transposed(v, ldv, w->squares, ldx, rows, &l->masked, NULL, 0, w->packed);
  }
}

void connect_infer(float *y, const float *x, struct dense *l, const uint32_t seed[2],
                   uint32_t first_row, uint32_t rows, struct workspace *w) {
  double keep = 1 - l->drop.p;
  float factor = (float)(l->drop.scaling == DW_SCALE_TRAIN ? l->drop.p / keep : keep * l->drop.p);
  size_t ld = padded(l->units);
  float *sd = w->variance, *u = w->gradient;
  double *sum = w->sums; /* a million float32 would lose their last digits */
  product_of_squares(w->variance, x, l, rows, w);
  for (uint32_t b = 0; b < rows; b++, y += ld, sd += ld) {
    memset(sum, 0, ld * sizeof *sum);
    for (uint32_t o = 0; o < l->units; o += 4) {
      f32x4_store(sd + o, f32x4_sqrt(f32x4_load(sd + o) * factor));
    }
    for (uint32_t draw = 0; draw < l->draws; draw++) {
      struct random_stream stream =
          random_stream(seed, RANDOM_INFERENCE, l->index, draw, first_row + b);
      random_normals(u, &stream, 0, l->units);
      for (uint32_t o = 0; o < l->units; o += 4) {
        f32x4_store(u + o, f32x4_load(y + o) + f32x4_load(sd + o) * f32x4_load(u + o));
      }
      activation_forward(u, l->units, 1, l->activation);
      for (uint32_t o = 0; o < l->units; o++) sum[o] += (double)u[o];
    }
    for (uint32_t o = 0; o < l->units; o++) y[o] = (float)(sum[o] / l->draws);
  }
}
