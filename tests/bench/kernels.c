/* The dense products of a network's two hidden layers, one export a question: how many there are,
 * what they are called, whether they are right, and to run one so many times.  kernels.js asks.
 *
 * Nothing but matrix.h is used, and in the layouts that dense.c gives the layers: the first has
 * panels of units, the second panels of inputs.  The operands hold no zero. */
#include <math.h>

#include "arena.h"
#include "layers.h"
#include "matrix.h"

struct layer {
  uint32_t batch, inputs, units;
  bool panels_of_units;
  struct panels weight;
  float *x, *dx;  /* [B][padded(I)] */
  float *z, *dz;  /* [B][padded(O)] */
  float *dweight; /* laid out as weight */
  float *block;   /* [GRADIENT_ROWS][32], all that training keeps of dweight */
  float *scratch;
  struct panels v; /* of the weight gradient */
  struct arena arena;
};

static struct layer layers[2];

/* ---- what is timed ---- */

static void forward(struct layer *l) {
  size_t ldx = padded(l->inputs), ldz = padded(l->units);
  if (l->panels_of_units) {
    product_dense(l->z, ldz, l->x, ldx, l->batch, &l->weight);
  } else {
    product_transposed(l->z, ldz, l->x, ldx, l->batch, &l->weight, NULL, 0, l->scratch);
  }
}

static void backward_input(struct layer *l) {
  product_dense(l->dx, padded(l->inputs), l->dz, padded(l->units), l->batch, &l->weight);
}

/* whole: every block to its place in dweight, to look at; training reuses one block. */
static void gradient_blocks(struct layer *l, bool whole) {
  const float *a = l->panels_of_units ? l->x : l->dz, *v = l->panels_of_units ? l->dz : l->x;
  size_t lda = padded(l->weight.rows);
  panels_from_rows(&l->v, v, padded(l->weight.columns), l->batch, l->weight.columns, NULL);
  for (uint32_t panel = 0; panel < panel_count(&l->weight); panel++) {
    for (uint32_t k = 0; k < l->weight.rows; k += GRADIENT_ROWS) {
      uint32_t count = l->weight.rows - k < GRADIENT_ROWS ? l->weight.rows - k : GRADIENT_ROWS;
      float *g = whole ? l->dweight + ((size_t)panel * l->weight.rows + k) * PANEL : l->block;
      gradient_dense(g, a, lda, &l->v, panel, k, count);
    }
  }
}

static void backward_weights(struct layer *l) { gradient_blocks(l, false); }
static void backward_weights_whole(struct layer *l) { gradient_blocks(l, true); }

/* ---- what it must give: the sum of `terms` products, in double precision ---- */

struct sum {
  double value, magnitude; /* of the terms added, and of their absolute values */
};

static size_t weight_index(const struct layer *l, uint32_t o, uint32_t i) {
  return l->panels_of_units ? panels_index(&l->weight, i, o) : panels_index(&l->weight, o, i);
}

static void add(struct sum *s, double a, double b) {
  s->value += a * b, s->magnitude += fabs(a * b);
}

static struct sum forward_sum(const struct layer *l, uint32_t b, uint32_t o) {
  struct sum s = {0, 0};
  const float *x = l->x + b * padded(l->inputs);
  for (uint32_t i = 0; i < l->inputs; i++) add(&s, x[i], l->weight.data[weight_index(l, o, i)]);
  return s;
}

static struct sum backward_input_sum(const struct layer *l, uint32_t b, uint32_t i) {
  struct sum s = {0, 0};
  const float *dz = l->dz + b * padded(l->units);
  for (uint32_t o = 0; o < l->units; o++) add(&s, dz[o], l->weight.data[weight_index(l, o, i)]);
  return s;
}

static struct sum backward_weights_sum(const struct layer *l, uint32_t o, uint32_t i) {
  struct sum s = {0, 0};
  for (uint32_t b = 0; b < l->batch; b++) {
    add(&s, l->dz[b * padded(l->units) + o], l->x[b * padded(l->inputs) + i]);
  }
  return s;
}

/* ---- the products by number ---- */

enum extent { BATCH, INPUTS, UNITS };

static const struct kernel {
  const char *name;
  void (*run)(struct layer *l), (*run_whole)(struct layer *l);
  struct sum (*sum)(const struct layer *l, uint32_t row, uint32_t column);
  int layer;
  enum extent rows, columns, terms;
} KERNELS[] = {
    {"first layer, forward", forward, forward, forward_sum, 0, BATCH, UNITS, INPUTS},
    {"first layer, weight gradient", backward_weights, backward_weights_whole, backward_weights_sum,
     0, UNITS, INPUTS, BATCH},
    {"second layer, forward", forward, forward, forward_sum, 1, BATCH, UNITS, INPUTS},
    {"second layer, input gradient", backward_input, backward_input, backward_input_sum, 1, BATCH,
     INPUTS, UNITS},
    {"second layer, weight gradient", backward_weights, backward_weights_whole,
     backward_weights_sum, 1, UNITS, INPUTS, BATCH},
};

static uint32_t extent(const struct layer *l, enum extent e) {
  return e == BATCH ? l->batch : e == INPUTS ? l->inputs : l->units;
}

static float *result(const struct layer *l, const struct kernel *k) {
  return k->rows == UNITS ? l->dweight : k->columns == UNITS ? l->z : l->dx;
}

static size_t result_size(const struct layer *l, const struct kernel *k) {
  if (k->rows == UNITS) return panels_size(l->weight.rows, l->weight.columns);
  return l->batch * padded(extent(l, k->columns));
}

static double result_at(const struct layer *l, const struct kernel *k, uint32_t r, uint32_t c) {
  const float *y = result(l, k);
  return k->rows == UNITS ? y[weight_index(l, r, c)] : y[r * padded(extent(l, k->columns)) + c];
}

uint32_t DW_API(kernel_count)(void) { return sizeof KERNELS / sizeof *KERNELS; }
const char *DW_API(kernel_name)(uint32_t at) { return KERNELS[at].name; }

double DW_API(kernel_flop)(uint32_t at) {
  const struct layer *l = &layers[KERNELS[at].layer];
  return 2.0 * l->batch * l->inputs * l->units;
}

void DW_API(kernel_run)(uint32_t at, uint32_t times) {
  const struct kernel *k = &KERNELS[at];
  for (uint32_t t = 0; t < times; t++) k->run(&layers[k->layer]);
}

/* The largest error over its bound, n terms of float32: n u sum |a b|, u = 2^-24 (Higham 2002,
 * 3.1), and two roundings more; NaN where one is missing.  Every `stride`-th entry is looked at. */
double DW_API(kernel_error)(uint32_t at, uint32_t stride) {
  const struct kernel *k = &KERNELS[at];
  struct layer *l = &layers[k->layer];
  float *y = result(l, k);
  for (size_t j = 0; j < result_size(l, k); j++) y[j] = NAN;
  k->run_whole(l);
  double most = 0, unit = 0x1p-24 * (extent(l, k->terms) + 2.0);
  uint32_t columns = extent(l, k->columns);
  uint64_t entries = (uint64_t)extent(l, k->rows) * columns;
  for (uint64_t j = 0; j < entries; j += stride) {
    uint32_t r = (uint32_t)(j / columns), c = (uint32_t)(j % columns);
    struct sum s = k->sum(l, r, c);
    double error = fabs(result_at(l, k, r, c) - s.value) / (unit * s.magnitude);
    if (!(error <= most)) most = error;
    if (isnan(error)) break;
  }
  return most;
}

/* ---- operands ---- */

static float *floats(struct layer *l, size_t count) {
  float *values = arena_place(&l->arena, count, sizeof *values);
  static uint32_t state = 1;
  for (size_t j = 0; values && j < count; j++) {
    state = state * 1664525 + 1013904223; /* Numerical Recipes' generator */
    values[j] = ((float)(state >> 9) + 0.5F) * 0x1p-22F - 1;
  }
  return values;
}

static void place(struct layer *l) {
  size_t weights = panels_size(l->weight.rows, l->weight.columns);
  l->weight.data = floats(l, weights), l->dweight = floats(l, weights);
  l->block = floats(l, (size_t)GRADIENT_ROWS * PANEL);
  l->x = floats(l, l->batch * padded(l->inputs)), l->dx = floats(l, l->batch * padded(l->inputs));
  l->z = floats(l, l->batch * padded(l->units)), l->dz = floats(l, l->batch * padded(l->units));
  l->v.data = floats(l, panels_size(l->batch, l->weight.columns));
  l->scratch = floats(l, product_transposed_scratch(l->weight.rows, l->weight.columns));
}

static bool layer_create(struct layer *l, uint32_t batch, uint32_t inputs, uint32_t units,
                         bool panels_of_units) {
  arena_free(&l->arena);
  l->batch = batch, l->inputs = inputs, l->units = units, l->panels_of_units = panels_of_units;
  l->weight.rows = panels_of_units ? inputs : units;
  l->weight.columns = panels_of_units ? units : inputs;
  place(l); /* measures */
  if (!arena_allocate(&l->arena)) return false;
  place(l);
  for (uint32_t r = 0; r < l->weight.rows; r++) { /* the rest of the last panel is zero */
    for (uint32_t c = l->weight.columns; c < panel_count(&l->weight) * PANEL; c++) {
      l->weight.data[panels_index(&l->weight, r, c)] = 0;
    }
  }
  return true;
}

/* Layers inputs -> units -> units.  False: no memory. */
bool DW_API(kernel_prepare)(uint32_t batch, uint32_t inputs, uint32_t units) {
  return layer_create(&layers[0], batch, inputs, units, true) &&
         layer_create(&layers[1], batch, units, units, false);
}
