/* A dense layer learns: the gradient of its weights block by block, and the optimizer on each block
 * while it is in the first cache. */
#include <math.h>
#include <string.h>

#include "dense.h"
#include "layers.h"

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
 * their columns, as far as masks keep them. */
struct factors {
  const struct dense *summed; /* masks weights by row: the gradient is there already */
  const float *a;             /* without a list: only the columns of kept rows, side by side */
  size_t lda;
  const struct nonzeros *list; /* a's, NULL: a is dense */
  const struct panels *v;
  const struct kept *kept_rows, *kept_columns; /* what shared masks leave of the panels */
};

/* A block of the gradient that lies in dw_by_unit. */
static void take_block(float *g, const struct dense *l, uint32_t panel, uint32_t k,
                       uint32_t count) {
  size_t ld = padded(l->inputs);
  const float *dw = l->dw_by_unit;
  uint32_t first = panel * PANEL, lanes = least(l->weight.columns - first, PANEL);
  for (uint32_t r = 0; r < count; r++) {
    for (uint32_t c = 0; c < PANEL; c++) {
      size_t at = l->panels_of_units ? (first + c) * ld + k + r : (k + r) * ld + first + c;
      g[r * PANEL + c] = c < lanes ? dw[at] : 0;
    }
  }
}

/* Panel rows k ... k + count - 1 of panel `panel`, by the road that pays. */
static void gradient_block(float *g, const struct factors *f, uint32_t panel, uint32_t k,
                           uint32_t count) {
  const struct kept *kept = f->kept_rows;
  if (f->summed) {
    take_block(g, f->summed, panel, k, count);
  } else if (f->list) {
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
  if (l->weight_mask) {
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

/* Panel rows k ... k + count - 1 of panel `panel`, or, where columns are left out, of all panels.
 */
static void update_rows(struct dense *l, const struct factors *f, uint32_t panel, uint32_t k,
                        uint32_t count, const struct optimizer *optimizer, struct workspace *w) {
  float *g = w->gradient, *blocks = w->blocks;
  if (f->list && !f->kept_columns && l->drop.p == 0 && optimizer_ignores_zero(optimizer)) {
    descend_sparse(l->weight.data + ((size_t)panel * l->weight.rows + k) * PANEL, optimizer->rate,
                   f->list, f->v, panel, k, count);
    return;
  }
  if (!f->kept_columns) {
    gradient_block(g, f, panel, k, count);
    update_block(l, g, f->kept_rows, panel, k, count, optimizer);
    return;
  }
  for (uint32_t i = 0; i < panel_count(f->v); i++) {
    gradient_block(blocks + (size_t)i * GRADIENT_ROWS * PANEL, f, i, k, count);
  }
  for (uint32_t i = 0; i < panel_count(&l->weight); i++) {
    panel_columns_spread(g, count, i, blocks, GRADIENT_ROWS, f->kept_columns->units,
                         f->kept_columns->count);
    update_block(l, g, f->kept_rows, i, k, count, optimizer);
  }
}

static struct factors factors_of(const struct dense *l, const float *dz, const float *x,
                                 uint32_t rows, const struct kept *inputs, const struct kept *units,
                                 struct workspace *w) {
  struct factors f = {.lda = padded(l->weight.rows), .v = &w->v};
  const float *v;
  if (dense_masks_rows(l)) return (struct factors){.summed = l, .v = &l->weight};
  if (l->panels_of_units) {
    f.a = x, v = dz, f.kept_rows = inputs, f.kept_columns = units;
    if (l->lists_inputs) f.list = &l->nonzero_inputs;
  } else {
    f.a = dz, v = x, f.kept_rows = units, f.kept_columns = inputs;
    if (w->skip_dz) f.list = &w->dz;
  }
  if (f.kept_rows && !f.list) {
    f.lda = padded(f.kept_rows->count);
    rows_take(w->packed, f.lda, f.a, padded(l->weight.rows), rows, f.kept_rows->units,
              f.kept_rows->count);
    f.a = w->packed;
  }
  panels_from_rows(&w->v, v, padded(l->weight.columns), rows,
                   count_of(f.kept_columns, l->weight.columns), units_of(f.kept_columns));
  return f;
}

void dense_backward_weights(struct dense *l, const float *dz, const float *x, uint32_t rows,
                            const struct kept *inputs, const struct kept *units,
                            const struct optimizer *optimizer, struct workspace *w) {
  struct factors f = factors_of(l, dz, x, rows, inputs, units, w);
  uint32_t panels = f.kept_columns ? 1 : panel_count(&l->weight);
  for (uint32_t panel = 0; panel < panels; panel++) {
    for (uint32_t k = 0; k < l->weight.rows; k += GRADIENT_ROWS) {
      uint32_t count = least(l->weight.rows - k, GRADIENT_ROWS);
      update_rows(l, &f, panel, k, count, optimizer, w);
    }
  }
  double terms = f.list ? f.list->count : (double)rows * count_of(f.kept_rows, l->weight.rows);
  count_macs(w, terms * f.v->columns, (double)rows * l->inputs * l->units);
  bias_gradient(w->gradient, dz, l->units, rows);
  optimizer_update(optimizer, l->bias, l->bias_state[0], l->bias_state[1], w->gradient,
                   (uint32_t)padded(l->units));
}

/* ---- max-norm ---- */

/* c / norm where the norm is above c, else 1, for four sums of squares; 0 where they overflow. */
DW_INLINE f32x4 limit(f32x4 sums, float c) {
  f32x4 norms = f32x4_sqrt(sums);
  return f32x4_select((u32x4)(norms > c), c / norms, f32x4_splat(1));
}

/* A unit whose squares float32 cannot hold. */
static void limit_unit(struct dense *l, uint32_t o) {
  double sum = 0;
  for (int pass = 0; pass < 2; pass++) {
    double factor = l->max_norm / sqrt(sum);
    for (uint32_t i = 0; i < l->inputs;) {
      struct run run = weight_run(l, o, i);
      float *at = l->weight.data + run.at;
      for (uint32_t j = 0; j < run.count; j++, at += run.step) {
        if (pass == 0) {
          sum += (double)*at * (double)*at;
        } else {
          *at = (float)(*at * factor);
        }
      }
      i += run.count;
    }
  }
}

/* A unit is a column of its panel. */
static void limit_columns(struct dense *l, uint32_t panel, float c) {
  float *data = l->weight.data + (size_t)panel * l->weight.rows * PANEL;
  f32x4 factor[PANEL / 4];
  for (int j = 0; j < PANEL / 4; j++) factor[j] = f32x4_splat(0);
  for (uint32_t r = 0; r < l->weight.rows; r++) {
    for (int j = 0; j < PANEL / 4; j++) {
      f32x4 v = f32x4_load(data + (size_t)r * PANEL + 4 * j);
      factor[j] += v * v;
    }
  }
  u32x4 above = u32x4_splat(0);
  for (uint32_t j = 0; j < PANEL / 4; j++) {
    factor[j] = limit(factor[j], c);
    for (uint32_t lane = 0; lane < 4; lane++) {
      if (factor[j][lane] != 0) continue;
      factor[j][lane] = 1;
      limit_unit(l, panel * PANEL + 4 * j + lane);
    }
    above |= (u32x4)(factor[j] != 1);
  }
  if (!u32x4_bits(above)) return;
  for (uint32_t r = 0; r < l->weight.rows; r++) {
    for (int j = 0; j < PANEL / 4; j++) {
      float *at = data + (size_t)r * PANEL + 4 * j;
      f32x4_store(at, f32x4_load(at) * factor[j]);
    }
  }
}

/* A unit is a row of every panel. */
static void limit_row(struct dense *l, uint32_t row, float c) {
  const struct panels *p = &l->weight;
  f32x4 sums = f32x4_splat(0);
  for (uint32_t panel = 0; panel < panel_count(p); panel++) {
    const float *at = p->data + ((size_t)panel * p->rows + row) * PANEL;
    for (int j = 0; j < PANEL; j += 4) sums += f32x4_load(at + j) * f32x4_load(at + j);
  }
  float factor = limit(f32x4_splat(f32x4_sum(sums)), c)[0];
  if (factor == 1) return;
  if (factor == 0) {
    limit_unit(l, row);
    return;
  }
  for (uint32_t panel = 0; panel < panel_count(p); panel++) {
    float *at = p->data + ((size_t)panel * p->rows + row) * PANEL;
    for (int j = 0; j < PANEL; j += 4) f32x4_store(at + j, f32x4_load(at + j) * factor);
  }
}

void dense_limit_norms(struct dense *l) {
  if (!l->panels_of_units) {
    for (uint32_t o = 0; o < l->units; o++) limit_row(l, o, l->max_norm);
    return;
  }
  for (uint32_t i = 0; i < panel_count(&l->weight); i++) limit_columns(l, i, l->max_norm);
}
