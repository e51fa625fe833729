/* The products of a network's two hidden layers, one export a question: how many there are, what
 * they are called, whether they are right, and to run one so many times.  kernels.js asks.
 *
 * kernel_...: the dense ones, over operands without a zero.  listed_...: those that can skip zeros,
 * over operands of which a share is not zero, each beside the dense one that it stands for.
 *
 * The products are those of matrix.h, in the layouts that dense.c gives the layers: the first has
 * panels of units, the second panels of inputs. */
#include <math.h>
#include <string.h>

#include "arena.h"
#include "layers.h"
#include "matrix.h"
#include "optimizer.h"

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
  bool listed;     /* whether zeros are skipped */
  struct nonzeros list;
  struct arena arena;
};

static struct layer layers[2];

/* What may have zeros, [B][padded(R)] for R panel rows: the data, or the gradient behind ReLU. */
static float *thin(const struct layer *l) { return l->panels_of_units ? l->x : l->dz; }

/* ---- what is timed ---- */

static void forward(struct layer *l) {
  size_t ldx = padded(l->inputs), ldz = padded(l->units);
  if (l->listed) {
    product_sparse(l->z, ldz, &l->list, &l->weight);
  } else if (l->panels_of_units) {
    product_dense(l->z, ldz, l->x, ldx, l->batch, &l->weight);
  } else {
    product_transposed(l->z, ldz, l->x, ldx, l->batch, &l->weight, NULL, 0, l->scratch);
  }
}

static void backward_input(struct layer *l) {
  size_t ldx = padded(l->inputs);
  if (l->listed) {
    product_sparse(l->dx, ldx, &l->list, &l->weight);
  } else {
    product_dense(l->dx, ldx, l->dz, padded(l->units), l->batch, &l->weight);
  }
}

/* Panel rows k ... k + count - 1 of the gradient of panel `panel`. */
static void gradient_block(float *g, const struct layer *l, uint32_t panel, uint32_t k,
                           uint32_t count) {
  if (l->listed) {
    gradient_sparse(g, &l->list, &l->v, panel, k, count);
  } else {
    gradient_dense(g, thin(l), padded(l->weight.rows), &l->v, panel, k, count);
  }
}

/* dweight -= rate g, by SGD as update.c has it. */
static void descend_block(float *w, struct layer *l, float rate, uint32_t panel, uint32_t k,
                          uint32_t count) {
  struct optimizer sgd = {.kind = DW_SGD, .rate = rate};
  if (l->listed) {
    descend_sparse(w, rate, &l->list, &l->v, panel, k, count);
    return;
  }
  gradient_block(l->block, l, panel, k, count);
  optimizer_update(&sgd, w, NULL, NULL, l->block, count * PANEL);
}

/* What becomes of the blocks of the gradient: training reuses one for all of them, to look at them
 * each goes to its place, and SGD takes them one by one. */
enum blocks { REUSED, PLACED, DESCENDED };

static void gradient_blocks(struct layer *l, enum blocks blocks, float rate) {
  const float *v = l->panels_of_units ? l->dz : l->x;
  if (l->listed) nonzeros_list_columns(&l->list);
  panels_from_rows(&l->v, v, padded(l->weight.columns), l->batch, l->weight.columns, NULL);
  for (uint32_t panel = 0; panel < panel_count(&l->weight); panel++) {
    for (uint32_t k = 0; k < l->weight.rows; k += GRADIENT_ROWS) {
      uint32_t count = least(l->weight.rows - k, GRADIENT_ROWS);
      float *place = l->dweight + ((size_t)panel * l->weight.rows + k) * PANEL;
      if (blocks == DESCENDED) {
        descend_block(place, l, rate, panel, k, count);
      } else {
        gradient_block(blocks == PLACED ? place : l->block, l, panel, k, count);
      }
    }
  }
}

static void backward_weights(struct layer *l) { gradient_blocks(l, REUSED, 0); }
static void backward_weights_whole(struct layer *l) { gradient_blocks(l, PLACED, 0); }

/* However often it runs, dweight stays far from overflow. */
static void descend(struct layer *l) { gradient_blocks(l, DESCENDED, 0x1p-20F); }
/* From 0, a step against the gradient: the gradient. */
static void descend_whole(struct layer *l) {
  memset(l->dweight, 0, panels_size(l->weight.rows, l->weight.columns) * sizeof *l->dweight);
  gradient_blocks(l, DESCENDED, -1);
}

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
    /* A product and more: only beside the one that skips zeros. */
    {"first layer, descent", descend, descend_whole, backward_weights_sum, 0, UNITS, INPUTS, BATCH},
};
enum { PRODUCTS = sizeof KERNELS / sizeof *KERNELS - 1 };
/* Those that can skip zeros. */
static const uint8_t LISTED[] = {0, 1, PRODUCTS, 3, 4};
/* How much of their operand is not zero.  1: all, and the dense product runs. */
static const double SHARES[] = {1, 0.25, 0.5, 0.75};
enum { SHARE_COUNT = sizeof SHARES / sizeof *SHARES };

static struct layer thinned[SHARE_COUNT][2];

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

static double flop(const struct layer *l) {
  return 2 * (l->listed ? l->list.count : (double)l->batch * l->weight.rows) * l->weight.columns;
}

/* The largest error over its bound, n terms of float32: n u sum |a b|, u = 2^-24 (Higham 2002,
 * 3.1), and two roundings more; NaN where one is missing.  Every `stride`-th entry is looked at. */
static double largest_error(struct layer *l, const struct kernel *k, uint32_t stride) {
  float *y = result(l, k);
  for (size_t j = 0; j < result_size(l, k); j++) y[j] = NAN;
  k->run_whole(l);
  double most = 0, unit = 0x1p-24 * (extent(l, k->terms) + 2.0);
  uint32_t columns = extent(l, k->columns);
  uint64_t entries = (uint64_t)extent(l, k->rows) * columns;
  for (uint64_t j = 0; j < entries; j += stride) {
    uint32_t r = (uint32_t)(j / columns), c = (uint32_t)(j % columns);
    struct sum s = k->sum(l, r, c);
    double bound = unit * s.magnitude, error = fabs(result_at(l, k, r, c) - s.value);
    error = error == 0 ? 0 : error / bound; /* a sum without terms is 0 */
    if (!(error <= most)) most = error;
    if (isnan(error)) break;
  }
  return most;
}

static void run(struct layer *l, const struct kernel *k, uint32_t times) {
  for (uint32_t t = 0; t < times; t++) k->run(l);
}

uint32_t DW_API(kernel_count)(void) { return PRODUCTS; }
const char *DW_API(kernel_name)(uint32_t at) { return KERNELS[at].name; }
double DW_API(kernel_flop)(uint32_t at) { return flop(&layers[KERNELS[at].layer]); }
void DW_API(kernel_run)(uint32_t at, uint32_t times) {
  run(&layers[KERNELS[at].layer], &KERNELS[at], times);
}
double DW_API(kernel_error)(uint32_t at, uint32_t stride) {
  return largest_error(&layers[KERNELS[at].layer], &KERNELS[at], stride);
}

static const struct kernel *listed(uint32_t at) { return &KERNELS[LISTED[at / SHARE_COUNT]]; }
static struct layer *listed_layer(uint32_t at) {
  return &thinned[at % SHARE_COUNT][listed(at)->layer];
}

uint32_t DW_API(listed_count)(void) { return sizeof LISTED * SHARE_COUNT; }
const char *DW_API(listed_name)(uint32_t at) { return listed(at)->name; }
double DW_API(listed_share)(uint32_t at) { return SHARES[at % SHARE_COUNT]; }
double DW_API(listed_flop)(uint32_t at) { return flop(listed_layer(at)); }
void DW_API(listed_run)(uint32_t at, uint32_t times) { run(listed_layer(at), listed(at), times); }
double DW_API(listed_error)(uint32_t at, uint32_t stride) {
  return largest_error(listed_layer(at), listed(at), stride);
}

/* ---- operands ---- */

/* In (-1, 1), never 0. */
static float next_number(void) {
  static uint32_t state = 1;
  state = state * 1664525 + 1013904223; /* Numerical Recipes' generator */
  return ((float)(state >> 9) + 0.5F) * 0x1p-22F - 1;
}

static float *floats(struct layer *l, size_t count) {
  float *values = arena_place(&l->arena, count, sizeof *values);
  for (size_t j = 0; values && j < count; j++) values[j] = next_number();
  return values;
}

static void place_list(struct nonzeros *s, struct arena *a, uint32_t rows, uint32_t columns) {
  size_t most = (size_t)rows * columns, blocks = (size_t)rows * list_blocks(columns);
  s->block_start = arena_place(a, blocks + 1, sizeof *s->block_start);
  s->column_start = arena_place(a, columns + 1, sizeof *s->column_start);
  s->cursor = arena_place(a, columns, sizeof *s->cursor);
  s->row_offset = arena_place(a, most + LIST_SPARE, sizeof *s->row_offset);
  s->row_value = arena_place(a, most + LIST_SPARE, sizeof *s->row_value);
  s->column_offset = arena_place(a, most, sizeof *s->column_offset);
  s->column_value = arena_place(a, most, sizeof *s->column_value);
}

static void place(struct layer *l) {
  size_t weights = panels_size(l->weight.rows, l->weight.columns);
  l->weight.data = floats(l, weights), l->dweight = floats(l, weights);
  l->block = floats(l, (size_t)GRADIENT_ROWS * PANEL);
  l->x = floats(l, l->batch * padded(l->inputs)), l->dx = floats(l, l->batch * padded(l->inputs));
  l->z = floats(l, l->batch * padded(l->units)), l->dz = floats(l, l->batch * padded(l->units));
  l->v.data = floats(l, panels_size(l->batch, l->weight.columns));
  l->scratch =
      floats(l, product_transposed_scratch(l->batch, l->weight.rows, l->weight.columns, false));
  if (l->listed) place_list(&l->list, &l->arena, l->batch, l->weight.rows);
}

/* share: of the operand that may have zeros, how much has none. */
static bool layer_create(struct layer *l, uint32_t batch, uint32_t inputs, uint32_t units,
                         bool panels_of_units, double share) {
  arena_free(&l->arena);
  l->batch = batch, l->inputs = inputs, l->units = units, l->panels_of_units = panels_of_units;
  l->weight.rows = panels_of_units ? inputs : units;
  l->weight.columns = panels_of_units ? units : inputs;
  l->listed = share < 1;
  place(l); /* measures */
  if (!arena_allocate(&l->arena)) return false;
  place(l);
  for (uint32_t r = 0; r < l->weight.rows; r++) { /* the rest of the last panel is zero */
    for (uint32_t c = l->weight.columns; c < panel_count(&l->weight) * PANEL; c++) {
      l->weight.data[panels_index(&l->weight, r, c)] = 0;
    }
  }
  if (!l->listed) return true;
  size_t ld = padded(l->weight.rows);
  for (size_t j = 0; j < l->batch * ld; j++) {
    if (next_number() >= 2 * share - 1) thin(l)[j] = 0;
  }
  nonzeros_list(&l->list, thin(l), ld, l->batch, l->weight.rows);
  return true;
}

static bool layers_create(struct layer pair[2], uint32_t batch, uint32_t inputs, uint32_t units,
                          double share) {
  return layer_create(&pair[0], batch, inputs, units, true, share) &&
         layer_create(&pair[1], batch, units, units, false, share);
}

/* Layers inputs -> units -> units.  False: no memory. */
bool DW_API(kernel_prepare)(uint32_t batch, uint32_t inputs, uint32_t units) {
  return layers_create(layers, batch, inputs, units, 1);
}
bool DW_API(listed_prepare)(uint32_t batch, uint32_t inputs, uint32_t units) {
  for (int i = 0; i < SHARE_COUNT; i++) {
    if (!layers_create(thinned[i], batch, inputs, units, SHARES[i])) return false;
  }
  return true;
}
