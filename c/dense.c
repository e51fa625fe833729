#include "dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layers.h"

static const struct panels *training_weight(const struct dense *l) {
  return l->drop.p > 0 ? &l->masked : &l->weight;
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

/* z = x W^T where the zeros of x are skipped; false where that does not pay or cannot be. */
static bool product_of_turned(float *z, const float *x, struct dense *l, uint32_t rows,
                              struct workspace *w) {
  if (!w->turns || l->inputs > w->listed) return false;
  nonzeros_list(&w->dz, x, padded(l->inputs), rows, l->inputs);
  if (!nonzeros_worthwhile(&w->dz, l->inputs)) return false;
  if (!l->turned.data) {
    uint64_t size = panels_size(l->inputs, l->units);
    if (size > TURN_FLOATS) return false;
    l->turned.data = malloc((size_t)size * sizeof *l->turned.data);
    if (!l->turned.data) return false;
  }
  if (!l->is_turned) panels_turn(&l->turned, &l->weight);
  l->is_turned = true;
  product_sparse(z, padded(l->units), &w->dz, &l->turned);
  count_macs(w, (double)w->dz.count * l->units, (double)rows * l->inputs * l->units);
  return true;
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
  if (l->panels_of_units) {
    product_of_inputs(units ? w->columns : z, x, l, p, rows, train, inputs, w);
    if (units) {
      rows_spread(z, ldz, l->units, w->columns, padded(p->columns), rows, units->units,
                  units->count);
    }
  } else if (train || !product_of_turned(z, x, l, rows, w)) {
    const float *taken = take_columns(x, l, rows, inputs, w);
    product_transposed(z, ldz, taken, padded(p->columns), rows, p, units_of(units),
                       count_of(units, 0), w->packed);
    count_macs(w, (double)rows * p->columns * count_of(units, l->units),
               (double)rows * l->inputs * l->units);
  }
  float scale = train ? 1 : dropping_eval_scale(&l->drop);
  for (uint32_t b = 0; b < rows; b++, z += ldz) {
    for (uint32_t o = 0; o < l->units; o += 4) {
      f32x4 sum = f32x4_load(z + o);
      if (scale != 1) sum = scale == 0 ? f32x4_splat(0) : sum * scale;
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
    rows_spread(dx, padded(l->inputs), l->inputs, y, ldy, rows, inputs->units, inputs->count);
  }
  count_macs(w, done * p->columns, (double)rows * l->inputs * l->units);
}

static void draw(float *values, const struct random_stream *s, uint64_t first, uint32_t count,
                 bool is_normal, float radius) {
  if (!is_normal) {
    random_uniforms(values, s, first, count, radius);
    return;
  }
  random_normals(values, s, first, count);
  for (uint32_t j = 0; j < count; j++) values[j] *= radius;
}

void dense_initialize(struct dense *l, const uint32_t seed[2], struct workspace *w) {
  bool is_normal = l->activation == DW_SELU;
  float radius = (float)(1 / sqrt(l->inputs)), *row = (float *)w->words;
  struct random_stream stream = random_stream(seed, RANDOM_WEIGHTS, l->index, 0, 0);
  for (uint32_t o = 0; o < l->units; o++) {
    draw(row, &stream, (uint64_t)o * l->inputs, l->inputs, is_normal, radius);
    unit_write(l, l->weight.data, o, row);
  }
  if (is_normal) return; /* biases stay 0 */
  stream.row = 1;
  draw(l->bias, &stream, 0, l->units, false, radius);
}

void unit_read(float *row, const struct dense *l, const float *panels_data, uint32_t o) {
  for (uint32_t i = 0; i < l->inputs;) {
    struct run run = weight_run(l, o, i);
    const any32 *from = panels_data + run.at;
    any32 *to = row + i;
    for (uint32_t j = 0; j < run.count; j++, from += run.step) to[j] = *from;
    i += run.count;
  }
}

void unit_write(const struct dense *l, float *panels_data, uint32_t o, const float *row) {
  for (uint32_t i = 0; i < l->inputs;) {
    struct run run = weight_run(l, o, i);
    const any32 *from = row + i;
    any32 *to = panels_data + run.at;
    for (uint32_t j = 0; j < run.count; j++, to += run.step) *to = from[j];
    i += run.count;
  }
}

void dense_read(float *weight, const struct dense *l, const float *panels_data) {
  for (uint32_t o = 0; o < l->units; o++, weight += l->inputs) unit_read(weight, l, panels_data, o);
}

void dense_write(struct dense *l, float *panels_data, const float *weight) {
  for (uint32_t o = 0; o < l->units; o++, weight += l->inputs)
    unit_write(l, panels_data, o, weight);
}
