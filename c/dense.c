#include <math.h>
#include <string.h>

#include "kept.h"
#include "layers.h"
#include "mathf.h"

static size_t weight_index(const struct dense *l, uint32_t o, uint32_t i) {
  return l->panels_of_units ? panels_index(&l->weight, i, o) : panels_index(&l->weight, o, i);
}

static const struct panels *training_weight(const struct dense *l) {
  return l->drop.p > 0 ? &l->masked : &l->weight;
}

void dense_mask(struct dense *l, const uint32_t seed[2], uint32_t step, struct workspace *w) {
  uint64_t size = panels_size(l->weight.rows, l->weight.columns);
  float scale = dropping_train_scale(&l->drop);
  for (uint32_t o = 0; o < l->units; o++) {
    dropping_draw(&l->drop, w->words, seed, step, 0, (uint64_t)o * l->inputs, l->inputs);
    for (uint32_t i = 0; i < l->inputs; i++) l->weight_mask[weight_index(l, o, i)] = w->words[i];
  }
  for (uint64_t j = 0; j < size; j += 4) {
    f32x4 value = f32x4_load(l->weight.data + j) * scale;
    f32x4_store(l->masked.data + j, f32x4_keep(u32x4_load(l->weight_mask + j), value));
  }
}

/* The matrix of a panel's columns, [B][padded(columns)]: those that are left, side by side. */
static const float *take_columns(const float *a, const struct dense *l, uint32_t rows,
                                 const struct kept *columns, struct workspace *w) {
  if (!columns) return a;
  rows_take(w->columns, padded(columns->count), a, padded(l->weight.columns), rows, columns->units,
            columns->count);
  return w->columns;
}

/* y = x P, for panels of units. */
static void product_of_inputs(float *y, const float *x, struct dense *l, const struct panels *p,
                              uint32_t rows, bool train, const struct kept *inputs,
                              struct workspace *w) {
  size_t ldx = padded(l->inputs), ldy = padded(p->columns);
  struct nonzeros *list = &l->nonzero_inputs;
  if (x) nonzeros_list(list, x, ldx, rows, l->inputs);
  l->lists_inputs = !x || nonzeros_worthwhile(list, count_of(inputs, l->inputs));
  double done = (double)rows * count_of(inputs, l->inputs);
  if (l->lists_inputs) {
    if (train) nonzeros_list_columns(list);
    product_sparse(y, ldy, list, p);
    done = list->count;
  } else if (inputs) {
    product_kept(y, ldy, x, ldx, rows, p, inputs->units, inputs->count, w->packed);
  } else {
    product_dense(y, ldy, x, ldx, rows, p);
  }
  count_macs(w, done * p->columns, (double)rows * l->inputs * l->units);
}

void dense_forward(float *z, const float *x, struct dense *l, uint32_t rows, bool train,
                   const struct kept *inputs, const struct kept *units, struct workspace *w) {
  const struct panels *p = train ? training_weight(l) : &l->weight;
  size_t ldz = padded(l->units);
  const struct kept *columns = l->panels_of_units ? units : inputs;
  if (columns) {
    panels_take(&l->kept_columns, p, columns->units, columns->count);
    p = &l->kept_columns;
  }
  if (!l->panels_of_units) {
    const float *taken = take_columns(x, l, rows, inputs, w);
    product_transposed(z, ldz, taken, padded(p->columns), rows, p, units_of(units),
                       count_of(units, 0), w->packed);
    count_macs(w, (double)rows * p->columns * count_of(units, l->units),
               (double)rows * l->inputs * l->units);
  } else {
    product_of_inputs(units ? w->columns : z, x, l, p, rows, train, inputs, w);
    if (units) {
      rows_give(z, ldz, l->units, w->columns, padded(p->columns), rows, units->units, units->count);
    }
  }
  float scale = train ? 1 : dropping_eval_scale(&l->drop);
  for (uint32_t b = 0; b < rows; b++, z += ldz) {
    for (uint32_t o = 0; o < l->units; o += 4) {
      f32x4 sum = f32x4_load(z + o);
      if (scale != 1) sum = sum * scale;
      f32x4_store(z + o, sum + f32x4_load(l->bias + o));
    }
  }
}

void dense_backward_input(float *dx, const float *dz, const struct dense *l, uint32_t rows,
                          const struct kept *inputs, const struct kept *units,
                          struct workspace *w) {
  const struct panels *p = inputs ? &l->kept_columns : training_weight(l);
  float *y = inputs ? w->columns : dx;
  size_t ldy = padded(p->columns), ldz = padded(l->units);
  uint32_t terms = count_of(units, l->units);
  double done = (double)rows * terms;
  nonzeros_list(&w->dz, dz, ldz, rows, l->units);
  w->skip_dz = nonzeros_worthwhile(&w->dz, terms);
  if (w->skip_dz) {
    nonzeros_list_columns(&w->dz);
    product_sparse(y, ldy, &w->dz, p);
    done = w->dz.count;
  } else if (units) {
    product_kept(y, ldy, dz, ldz, rows, p, units->units, terms, w->packed);
  } else {
    product_dense(y, ldy, dz, ldz, rows, p);
  }
  if (inputs) {
    rows_give(dx, padded(l->inputs), l->inputs, y, ldy, rows, inputs->units, inputs->count);
  }
  count_macs(w, done * p->columns, (double)rows * l->inputs * l->units);
}

/* sqrt(-2 log u1) cos(2 pi u2), Box and Muller 1958; a block of four words serves two units. */
static float normal(const uint32_t words[2]) {
  double u1 = ((double)(words[0] >> 8) + 1) * 0x1p-24, u2 = (double)(words[1] >> 8) * 0x1p-24;
  return (float)(sqrt(-2 * log_positive(u1)) * cos_turns(u2));
}

static void draw(float *values, const struct random_stream *stream, uint64_t first, uint32_t count,
                 bool is_normal, float radius) {
  uint64_t word = is_normal ? 2 * first : first;
  uint32_t block = (uint32_t)(word / PHILOX_WORDS), at = word % PHILOX_WORDS;
  u32x4 four[PHILOX_LANES];
  uint32_t words[PHILOX_BATCH];
  for (uint32_t j = 0, left = 0; j < count; j++) {
    if (left == 0) {
      random_words(stream, block, four);
      memcpy(words, four, sizeof words);
      block += PHILOX_LANES, left = PHILOX_BATCH - at;
    }
    const uint32_t *next = words + PHILOX_BATCH - left;
    values[j] = is_normal ? normal(next) * radius : (2 * random_uniform(*next) - 1) * radius;
    left -= is_normal ? 2 : 1, at = 0;
  }
}

void dense_initialize(struct dense *l, const uint32_t seed[2]) {
  bool is_normal = l->activation == DW_SELU;
  float radius = (float)(1 / sqrt(l->inputs)), row[64];
  struct random_stream stream = random_stream(seed, RANDOM_WEIGHTS, l->index, 0, 0);
  for (uint32_t o = 0; o < l->units; o++) {
    for (uint32_t i = 0; i < l->inputs; i += 64) {
      uint32_t count = least(l->inputs - i, 64);
      draw(row, &stream, (uint64_t)o * l->inputs + i, count, is_normal, radius);
      for (uint32_t j = 0; j < count; j++) l->weight.data[weight_index(l, o, i + j)] = row[j];
    }
  }
  if (is_normal) return; /* biases stay 0 */
  stream.row = 1;
  draw(l->bias, &stream, 0, l->units, false, radius);
}

void dense_read(float *weight, const struct dense *l, const float *panels_data) {
  for (uint32_t o = 0; o < l->units; o++)
    for (uint32_t i = 0; i < l->inputs; i++) *weight++ = panels_data[weight_index(l, o, i)];
}

void dense_write(struct dense *l, float *panels_data, const float *weight) {
  for (uint32_t o = 0; o < l->units; o++)
    for (uint32_t i = 0; i < l->inputs; i++) panels_data[weight_index(l, o, i)] = *weight++;
}
