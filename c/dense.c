#include <math.h>
#include <string.h>

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

static void count_macs(struct workspace *w, double done, double dense) {
  w->macs += done, w->macs_dense += dense;
}

void dense_forward(float *z, const float *x, const struct dense *l, uint32_t rows, bool train,
                   const struct kept *kept, struct workspace *w) {
  const struct panels *weight = train ? training_weight(l) : &l->weight;
  size_t ldx = padded(l->inputs), ldz = padded(l->units);
  double all = (double)rows * l->inputs * l->units;
  if (!l->panels_of_units) {
    product_transposed(z, ldz, x, ldx, rows, weight, kept ? kept->units : NULL,
                       kept ? kept->count : 0, w->packed);
    count_macs(w, kept ? all / l->units * kept->count : all, all);
  } else {
    nonzeros_list(&w->x, x, ldx, rows, l->inputs);
    w->skip_x = nonzeros_worthwhile(&w->x, l->inputs);
    if (w->skip_x && train) nonzeros_list_columns(&w->x);
    if (w->skip_x) {
      product_sparse(z, ldz, &w->x, weight);
      count_macs(w, (double)w->x.count * l->units, all);
    } else {
      product_dense(z, ldz, x, ldx, rows, weight);
      count_macs(w, all, all);
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
                          const struct kept *kept, struct workspace *w) {
  size_t ldx = padded(l->inputs), ldz = padded(l->units);
  const struct panels *weight = training_weight(l);
  uint32_t units = kept ? kept->count : l->units;
  double done = (double)rows * l->inputs * units;
  nonzeros_list(&w->dz, dz, ldz, rows, l->units);
  w->skip_dz = nonzeros_worthwhile(&w->dz, units);
  if (w->skip_dz) {
    nonzeros_list_columns(&w->dz);
    product_sparse(dx, ldx, &w->dz, weight);
    done = (double)w->dz.count * l->inputs;
  } else if (kept) {
    product_kept(dx, ldx, dz, ldz, rows, weight, kept->units, kept->count, w->packed);
  } else {
    product_dense(dx, ldx, dz, ldz, rows, weight);
  }
  count_macs(w, done, (double)rows * l->inputs * l->units);
}

/* The gradient of biases, [O] padded: rows added in order. */
static void bias_gradient(float *db, const float *dz, uint32_t units, uint32_t rows) {
  memset(db, 0, padded(units) * sizeof *db);
  for (uint32_t b = 0; b < rows; b++, dz += padded(units)) {
    for (uint32_t o = 0; o < units; o += 4) {
      f32x4_store(db + o, f32x4_load(db + o) + f32x4_load(dz + o));
    }
  }
  for (size_t o = units; o < padded(units); o++) db[o] = 0;
}

/* DropConnect: M scale times the gradient of W~. */
static void mask_gradient(float *g, const uint32_t *mask, float scale, uint32_t n) {
  for (uint32_t i = 0; i < n; i += 4) {
    f32x4_store(g + i, f32x4_keep(u32x4_load(mask + i), f32x4_load(g + i) * scale));
  }
}

/* The lanes of the last panel that belong to no column keep a gradient of zero. */
static void clear_padding(float *g, const struct panels *p, uint32_t panel, uint32_t rows) {
  uint32_t used = p->columns - panel * PANEL;
  if (used >= PANEL) return;
  for (uint32_t r = 0; r < rows; r++) memset(g + r * PANEL + used, 0, (PANEL - used) * sizeof *g);
}

static float *offset(float *data, size_t at) { return data ? data + at : NULL; }

/* The gradient of panel rows k ... k + count - 1 of panel `panel`, by the road that pays. */
static void gradient_block(float *g, const struct dense *l, const float *dz, const float *x,
                           uint32_t rows, uint32_t panel, uint32_t k, uint32_t count,
                           const struct kept *kept, const struct workspace *w) {
  size_t ldx = padded(l->inputs), ldz = padded(l->units);
  if (l->panels_of_units && w->skip_x) {
    gradient_sparse(g, &w->x, dz, ldz, panel, k, count);
  } else if (l->panels_of_units) {
    gradient_dense(g, x, ldx, dz, ldz, rows, panel, k, count);
  } else if (w->skip_dz) {
    gradient_sparse(g, &w->dz, x, ldx, panel, k, count);
  } else if (kept) {
    gradient_kept(g, dz, ldz, x, ldx, rows, panel, k, count, kept->units, kept->count);
  } else {
    gradient_dense(g, dz, ldz, x, ldx, rows, panel, k, count);
  }
}

/* Whether no row of the batch has anything to say of these panel rows, as of pixels at the border.
 */
static bool block_is_zero(const struct dense *l, uint32_t k, uint32_t count,
                          const struct workspace *w) {
  const struct nonzeros *list = l->panels_of_units ? &w->x : &w->dz;
  bool listed = l->panels_of_units ? w->skip_x : w->skip_dz;
  return listed && list->column_start[k] == list->column_start[k + count];
}

/* Multiply-adds that the blocks above take. */
static double gradient_macs(const struct dense *l, uint32_t rows, const struct kept *kept,
                            const struct workspace *w) {
  if (l->panels_of_units && w->skip_x) return (double)w->x.count * l->units;
  if (!l->panels_of_units && w->skip_dz) return (double)w->dz.count * l->inputs;
  return (double)rows * l->inputs * (kept && !l->panels_of_units ? kept->count : l->units);
}

void dense_backward_weights(struct dense *l, const float *dz, const float *x, uint32_t rows,
                            const struct kept *kept, const struct optimizer *optimizer,
                            struct workspace *w) {
  float *g = w->gradient, scale = dropping_train_scale(&l->drop);
  for (uint32_t panel = 0; panel < panel_count(&l->weight); panel++) {
    for (uint32_t k = 0; k < l->weight.rows; k += GRADIENT_ROWS) {
      uint32_t count = l->weight.rows - k < GRADIENT_ROWS ? l->weight.rows - k : GRADIENT_ROWS;
      size_t at = ((size_t)panel * l->weight.rows + k) * PANEL;
      if (optimizer_ignores_zero(optimizer) && block_is_zero(l, k, count, w)) continue;
      gradient_block(g, l, dz, x, rows, panel, k, count, kept, w);
      if (l->drop.p > 0) mask_gradient(g, l->weight_mask + at, scale, count * PANEL);
      clear_padding(g, &l->weight, panel, count);
      optimizer_update(optimizer, l->weight.data + at, offset(l->state[0], at),
                       offset(l->state[1], at), g, count * PANEL);
    }
  }
  count_macs(w, gradient_macs(l, rows, kept, w), (double)rows * l->inputs * l->units);
  bias_gradient(g, dz, l->units, rows);
  optimizer_update(optimizer, l->bias, l->bias_state[0], l->bias_state[1], g,
                   (uint32_t)padded(l->units));
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
      uint32_t count = l->inputs - i < 64 ? l->inputs - i : 64;
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
