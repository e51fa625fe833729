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

static uint32_t count_of(const struct kept *kept, uint32_t all) { return kept ? kept->count : all; }
static const uint32_t *units_of(const struct kept *kept) { return kept ? kept->units : NULL; }

/* What shared masks leave of a layer's panels: rows are not read, columns are taken out. */
struct left {
  const struct kept *rows, *columns;
};
static struct left left_of(const struct dense *l, const struct kept *inputs,
                           const struct kept *units) {
  return l->panels_of_units ? (struct left){inputs, units} : (struct left){units, inputs};
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
  struct left left = left_of(l, inputs, units);
  if (left.columns) {
    panels_take(&l->left, p, left.columns->units, left.columns->count);
    p = &l->left;
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
  const struct panels *p = inputs ? &l->left : training_weight(l);
  float *y = inputs ? w->columns : dx;
  size_t ldy = padded(p->columns), ldz = padded(l->units);
  uint32_t left = count_of(units, l->units);
  double done = (double)rows * left;
  nonzeros_list(&w->dz, dz, ldz, rows, l->units);
  w->skip_dz = nonzeros_worthwhile(&w->dz, left);
  if (w->skip_dz) {
    nonzeros_list_columns(&w->dz);
    product_sparse(y, ldy, &w->dz, p);
    done = w->dz.count;
  } else if (units) {
    product_kept(y, ldy, dz, ldz, rows, p, units->units, left, w->packed);
  } else {
    product_dense(y, ldy, dz, ldz, rows, p);
  }
  if (inputs) {
    rows_give(dx, padded(l->inputs), l->inputs, y, ldy, rows, inputs->units, inputs->count);
  }
  count_macs(w, done * p->columns, (double)rows * l->inputs * l->units);
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

static float *offset(float *data, size_t at) { return data ? data + at : NULL; }

/* The gradient of weights is a product of two matrices: `a` has the panels' rows as columns, `v`
 * their columns, as far as they are left. */
struct factors {
  const float *a;
  size_t lda;
  const struct nonzeros *list; /* a's, NULL: a is dense */
  const struct panels *v;
  struct left left;
};

/* Panel rows k ... k + count - 1 of panel `panel`, by the road that pays. */
static void gradient_block(float *g, const struct factors *f, uint32_t panel, uint32_t k,
                           uint32_t count) {
  const struct kept *kept = f->left.rows;
  if (f->list) {
    gradient_sparse(g, f->list, f->v, panel, k, count);
  } else if (kept) {
    gradient_kept(g, f->a, f->lda, f->v, panel, k, count, kept->units, kept->count);
  } else {
    gradient_dense(g, f->a, f->lda, f->v, panel, k, count);
  }
}

/* The optimizer's step on panel rows k ... k + count - 1 of panel `panel`, whose gradient is g. */
static void update_block(struct dense *l, float *g, const struct kept *kept_rows, uint32_t panel,
                         uint32_t k, uint32_t count, const struct optimizer *optimizer) {
  size_t at = ((size_t)panel * l->weight.rows + k) * PANEL;
  if (l->drop.p > 0) {
    mask_gradient(g, l->weight_mask + at, dropping_train_scale(&l->drop), count * PANEL);
  }
  if (!kept_rows || !optimizer_ignores_zero(optimizer)) {
    optimizer_update(optimizer, l->weight.data + at, offset(l->state[0], at),
                     offset(l->state[1], at), g, count * PANEL);
    return;
  }
  for (uint32_t r = 0; r < count; r++) { /* what is dropped is not even read */
    float *row = l->weight.data + at + (size_t)r * PANEL;
    if (kept_rows->mask[k + r]) {
      optimizer_update(optimizer, row, NULL, NULL, g + r * PANEL, PANEL);
    }
  }
}

/* Columns of the blocks of what is left, as columns of panel `panel`; the others become +0. */
static void spread_block(float *g, const float *blocks, const struct kept *kept, uint32_t panel,
                         uint32_t count) {
  memset(g, 0, sizeof *g * PANEL * count);
  uint32_t c = 0;
  while (c < kept->count && kept->units[c] < panel * PANEL) c++;
  for (; c < kept->count && kept->units[c] < (panel + 1) * PANEL; c++) {
    const float *from = blocks + (size_t)c / PANEL * GRADIENT_ROWS * PANEL + c % PANEL;
    for (uint32_t r = 0; r < count; r++) g[r * PANEL + kept->units[c] % PANEL] = from[r * PANEL];
  }
}

/* Panel rows k ... k + count - 1 of panel `panel`, or, where columns are left out, of all panels.
 */
static void update_rows(struct dense *l, const struct factors *f, uint32_t panel, uint32_t k,
                        uint32_t count, const struct optimizer *optimizer, struct workspace *w) {
  float *g = w->gradient, *blocks = w->blocks;
  if (f->list && !f->left.columns && l->drop.p == 0 && optimizer_ignores_zero(optimizer)) {
    descend_sparse(l->weight.data + ((size_t)panel * l->weight.rows + k) * PANEL, optimizer->rate,
                   f->list, f->v, panel, k, count);
    return;
  }
  if (!f->left.columns) {
    gradient_block(g, f, panel, k, count);
    update_block(l, g, f->left.rows, panel, k, count, optimizer);
    return;
  }
  for (uint32_t i = 0; i < panel_count(f->v); i++) {
    gradient_block(blocks + (size_t)i * GRADIENT_ROWS * PANEL, f, i, k, count);
  }
  for (uint32_t i = 0; i < panel_count(&l->weight); i++) {
    spread_block(g, blocks, f->left.columns, i, count);
    update_block(l, g, f->left.rows, i, k, count, optimizer);
  }
}

static struct factors factors_of(const struct dense *l, const float *dz, const float *x,
                                 uint32_t rows, const struct kept *inputs, const struct kept *units,
                                 struct workspace *w) {
  struct factors f = {.lda = padded(l->weight.rows), .left = left_of(l, inputs, units)};
  const struct kept *columns = f.left.columns;
  f.a = l->panels_of_units ? x : dz;
  panels_from_rows(&w->v, l->panels_of_units ? dz : x, padded(l->weight.columns), rows,
                   count_of(columns, l->weight.columns), units_of(columns));
  f.v = &w->v;
  if (l->panels_of_units && l->lists_inputs) f.list = &l->nonzero_inputs;
  if (!l->panels_of_units && w->skip_dz) f.list = &w->dz;
  return f;
}

void dense_backward_weights(struct dense *l, const float *dz, const float *x, uint32_t rows,
                            const struct kept *inputs, const struct kept *units,
                            const struct optimizer *optimizer, struct workspace *w) {
  struct factors f = factors_of(l, dz, x, rows, inputs, units, w);
  uint32_t panels = f.left.columns ? 1 : panel_count(&l->weight);
  for (uint32_t panel = 0; panel < panels; panel++) {
    for (uint32_t k = 0; k < l->weight.rows; k += GRADIENT_ROWS) {
      uint32_t count = l->weight.rows - k < GRADIENT_ROWS ? l->weight.rows - k : GRADIENT_ROWS;
      update_rows(l, &f, panel, k, count, optimizer, w);
    }
  }
  double terms = f.list ? f.list->count : (double)rows * count_of(f.left.rows, l->weight.rows);
  count_macs(w, terms * f.v->columns, (double)rows * l->inputs * l->units);
  bias_gradient(w->gradient, dz, l->units, rows);
  optimizer_update(optimizer, l->bias, l->bias_state[0], l->bias_state[1], w->gradient,
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
