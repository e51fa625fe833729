#include <math.h>
#include <string.h>

#include "kept.h"
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

void dense_initialize(struct dense *l, const uint32_t seed[2]) {
  bool is_normal = l->activation == DW_SELU;
  float radius = (float)(1 / sqrt(l->inputs)), row[64];
  struct random_stream stream = random_stream(seed, RANDOM_WEIGHTS, l->index, 0, 0);
  for (uint32_t o = 0; o < l->units; o++) {
    for (uint32_t i = 0; i < l->inputs; i += 64) {
      uint32_t count = least(l->inputs - i, 64);
      uint64_t first = (uint64_t)o * l->inputs + i;
      if (is_normal) {
        random_normals(row, &stream, first, count);
        for (uint32_t j = 0; j < count; j++) row[j] *= radius;
      } else {
        random_uniforms(row, &stream, first, count, radius);
      }
      for (uint32_t j = 0; j < count; j++) l->weight.data[weight_index(l, o, i + j)] = row[j];
    }
  }
  if (is_normal) return; /* biases stay 0 */
  stream.row = 1;
  random_uniforms(l->bias, &stream, 0, l->units, radius);
}

void dense_read(float *weight, const struct dense *l, const float *panels_data) {
  for (uint32_t o = 0; o < l->units; o++)
    for (uint32_t i = 0; i < l->inputs; i++) *weight++ = panels_data[weight_index(l, o, i)];
}

void dense_write(struct dense *l, float *panels_data, const float *weight) {
  for (uint32_t o = 0; o < l->units; o++)
    for (uint32_t i = 0; i < l->inputs; i++) panels_data[weight_index(l, o, i)] = *weight++;
}
