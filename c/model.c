#include "model.h"

#include <string.h>

#include "error.h"

static uint32_t most(uint32_t a, uint32_t b) { return a > b ? a : b; }

static float *place_floats(struct arena *a, uint64_t count) {
  return arena_place(a, count, sizeof(float));
}

/* Floats of a row matrix; 64 bits, since rows x padded(columns) may pass 2^32 where pointers
 * have 32. */
static uint64_t rows_size(uint32_t rows, uint32_t columns) {
  return (uint64_t)rows * padded(columns);
}

/* Whether a shared mask drops columns of a dense layer's panels. */
static bool leaves_out_columns(const struct dw_model *m, uint32_t index) {
  return model_shares_mask(m, index, m->layers[index].dense.panels_of_units ? 1 : -1);
}

/* Whether one drops rows of them. */
static bool leaves_out_rows(const struct dw_model *m, uint32_t index) {
  return model_shares_mask(m, index, m->layers[index].dense.panels_of_units ? -1 : 1);
}

static void place_parameters(struct dw_model *m) {
  for (uint32_t i = 0; i < m->layer_count; i++) {
    struct dense *l = &m->layers[i].dense;
    if (m->layers[i].kind != LAYER_DENSE) continue;
    uint64_t size = panels_size(l->weight.rows, l->weight.columns);
    l->weight.data = place_floats(&m->parameters, size);
    l->bias = place_floats(&m->parameters, padded(l->units));
    if (leaves_out_columns(m, i)) l->kept_columns.data = place_floats(&m->parameters, size);
    if (dense_masks_rows(l)) {
      l->w_by_unit = place_floats(&m->parameters, rows_size(l->units, l->inputs));
      l->dw_by_unit = place_floats(&m->parameters, rows_size(l->units, l->inputs));
    } else if (l->drop.p > 0) {
      l->weight_mask = arena_place(&m->parameters, size, sizeof *l->weight_mask);
    }
    if ((l->drop.p == 0 || dense_masks_rows(l)) && !dense_samples(l)) continue;
    l->masked = l->weight;
    l->masked.data = place_floats(&m->parameters, size);
  }
}

/* Allocates what was measured; where there is no memory, says so and forgets the measure. */
static bool allocate_placed(struct arena *a) {
  if (arena_allocate(a)) return true;
  (void)fail_memory((double)a->used);
  *a = (struct arena){0};
  return false;
}

bool model_place_parameters(struct dw_model *m) {
  place_parameters(m);
  if (!allocate_placed(&m->parameters)) return false;
  place_parameters(m);
  return true;
}

static void place_state(struct dw_model *m, struct arena *a, int slots) {
  for (uint32_t i = 0; i < m->layer_count; i++) {
    struct dense *l = &m->layers[i].dense;
    if (m->layers[i].kind != LAYER_DENSE) continue;
    for (int s = 0; s < slots; s++) {
      float *weight = place_floats(a, panels_size(l->weight.rows, l->weight.columns));
      float *bias = place_floats(a, padded(l->units));
      if (a->base) l->state[s] = weight, l->bias_state[s] = bias;
    }
    if (a->base && slots < 2) l->state[1] = l->bias_state[1] = NULL;
  }
}

bool model_place_state(struct dw_model *m, int slots) {
  struct arena fresh = {0};
  place_state(m, &fresh, slots);
  if (!allocate_placed(&fresh)) return false;
  place_state(m, &fresh, slots);
  arena_free(&m->state);
  m->state = fresh;
  return true;
}

static void place_nonzeros(struct nonzeros *s, struct arena *a, uint32_t rows, uint32_t columns) {
  uint64_t size = (uint64_t)rows * columns;
  s->block_start =
      arena_place(a, (uint64_t)rows * list_blocks(columns) + 1, sizeof *s->block_start);
  s->row_offset = arena_place(a, size + LIST_SPARE, sizeof *s->row_offset);
  s->row_value = place_floats(a, size + LIST_SPARE);
  s->column_start = arena_place(a, columns + 1ULL, sizeof *s->column_start);
  s->column_offset = arena_place(a, size, sizeof *s->column_offset);
  s->column_value = place_floats(a, size);
  s->cursor = arena_place(a, columns, sizeof *s->cursor);
}

static uint64_t larger(uint64_t a, uint64_t b) { return a > b ? a : b; }

static void place_workspace(struct dw_model *m, struct arena *a, uint32_t rows) {
  struct workspace *w = &m->work;
  uint32_t widest = 0;            /* units of any layer */
  uint32_t listed = 1, taken = 0; /* units that a gradient's list may hold; columns taken out */
  uint32_t sampled = 0, sampled_inputs = 0; /* widest layer of Gaussian inference, its inputs */
  uint64_t packed = 0;
  for (uint32_t i = 0; i < m->layer_count; i++) {
    struct layer *l = &m->layers[i];
    widest = most(widest, l->units);
    l->output = place_floats(a, rows_size(rows, l->units));
    if (l->kind == LAYER_DROPOUT) {
      uint32_t mask_rows = l->dropout.drop.mask == DW_MASK_BATCH ? 1 : rows;
      l->dropout.mask = arena_place(a, rows_size(mask_rows, l->units), sizeof(uint32_t));
      l->dropout.kept.mask = NULL; /* dropout_mask's to set */
      l->dropout.kept.units = arena_place(a, l->units + 1ULL, sizeof(uint32_t));
      continue;
    }
    if (dense_masks_rows(&l->dense)) {
      uint64_t words = (uint64_t)rows * l->units * mask_words(l->inputs);
      l->dense.row_masks = arena_place(a, words, sizeof *l->dense.row_masks);
    }
    if (dense_samples(&l->dense)) {
      sampled = most(sampled, l->units), sampled_inputs = most(sampled_inputs, l->inputs);
    }
    if (i != m->first_dense) {
      packed = larger(packed,
                      product_transposed_scratch(rows, l->units, l->inputs, leaves_out_rows(m, i)));
    }
    if (leaves_out_rows(m, i)) packed = larger(packed, rows_size(rows, l->dense.weight.rows));
    if (leaves_out_columns(m, i)) taken = most(taken, l->dense.weight.columns);
    if (l->dense.panels_of_units) {
      place_nonzeros(&l->dense.nonzero_inputs, a, rows, l->inputs);
    } else {
      listed = most(listed, l->units);
    }
  }
  place_nonzeros(&w->dz, a, rows, listed);
  w->listed = listed;
  w->packed = place_floats(a, packed);
  w->v.data = place_floats(a, panels_size(rows, widest));
  w->columns = place_floats(a, taken ? rows_size(rows, taken) : 0);
  w->gradient = place_floats(a, padded(widest) + GRADIENT_ROWS * PANEL);
  w->blocks = place_floats(a, taken ? GRADIENT_ROWS * padded(taken) : 0);
  w->variance = place_floats(a, sampled ? rows_size(rows, sampled) : 0);
  w->sums = arena_place(a, sampled ? padded(sampled) : 0, sizeof *w->sums);
  w->squares = place_floats(a, sampled ? rows_size(rows, sampled_inputs) : 0);
  w->words = arena_place(a, most(widest, m->inputs) + 2ULL * PHILOX_BATCH, sizeof *w->words);
  struct dense *first = &m->layers[m->first_dense].dense;
  bool reads_data = m->first_dense == 0 && !dense_masks_rows(first);
  m->batch.list = reads_data ? &first->nonzero_inputs : NULL;
  m->batch.images = place_floats(a, rows_size(rows, m->inputs));
  m->batch.labels = arena_place(a, rows, sizeof *m->batch.labels);
  m->probabilities = place_floats(a, rows_size(rows, model_outputs(m)));
  for (int i = 0; i < 2; i++) m->gradient[i] = place_floats(a, rows_size(rows, widest));
}

bool model_reserve(struct dw_model *m, uint32_t rows) {
  if (rows <= m->capacity) return true;
  struct arena fresh = {0};
  place_workspace(m, &fresh, rows); /* measures, and clears every pointer */
  if (!allocate_placed(&fresh)) {
    m->workspace.used = 0;
    if (m->capacity) place_workspace(m, &m->workspace, m->capacity);
    return false;
  }
  place_workspace(m, &fresh, rows);
  arena_free(&m->workspace);
  m->workspace = fresh;
  m->capacity = rows;
  return true;
}

uint32_t model_outputs(const struct dw_model *m) { return m->layers[m->layer_count - 1].units; }

struct dense *model_dense(const struct dw_model *m, uint32_t index) {
  for (uint32_t i = 0; i < m->layer_count; i++) {
    struct layer *l = &m->layers[i];
    if (l->kind == LAYER_DENSE && l->dense.index == index) return &l->dense;
  }
  return NULL;
}

struct dropping *layer_dropping(struct layer *l) {
  struct dropping *d = l->kind == LAYER_DENSE ? &l->dense.drop : &l->dropout.drop;
  return d->p > 0 ? d : NULL;
}

struct source model_source(const struct dw_model *m, uint32_t step, uint32_t first_row) {
  return (struct source){m->seed, RANDOM_TRAIN_MASK, step, first_row, false};
}

void masks_draw(struct dw_model *m, const struct source *s, uint32_t rows, uint32_t first,
                uint32_t last) {
  for (uint32_t i = first; i <= last; i++) {
    struct layer *l = &m->layers[i];
    if (!layer_dropping(l)) continue;
    if (l->kind == LAYER_DENSE) {
      connect_mask(&l->dense, s, rows, &m->work);
    } else {
      dropout_mask(&l->dropout, s, rows);
    }
  }
}

/* The dropout layer that model_shares_mask is about, or NULL. */
static const struct dropout *shared_mask(const struct dw_model *m, uint32_t index, int side) {
  for (int64_t i = (int64_t)index + side; i >= 0 && i < m->layer_count; i += side) {
    const struct layer *l = &m->layers[i];
    if (l->kind != LAYER_DROPOUT) return NULL;
    /* makes something else of the zeros that reach it */
    if (side < 0 && l->dropout.noise == DW_ALPHA && l->dropout.drop.p > 0) return NULL;
    if (l->dropout.drop.p > 0 && l->dropout.drop.mask == DW_MASK_BATCH) return &l->dropout;
  }
  return NULL;
}

bool model_shares_mask(const struct dw_model *m, uint32_t index, int side) {
  return shared_mask(m, index, side) != NULL;
}

const struct kept *model_kept(const struct dw_model *m, uint32_t index, int side) {
  const struct dropout *l = shared_mask(m, index, side);
  return l ? &l->kept : NULL;
}

const float *layer_forward(struct dw_model *m, uint32_t index, const float *x, uint32_t rows,
                           bool skip) {
  struct layer *l = &m->layers[index];
  if (l->kind == LAYER_DROPOUT) {
    if (!layer_dropping(l)) return x;
    dropout_forward(l->output, x, &l->dropout, rows);
    return l->output;
  }
  if (dense_masks_rows(&l->dense)) {
    connect_forward(l->output, x, &l->dense, rows, &m->work);
  } else {
    dense_forward(l->output, x, &l->dense, rows, true, model_kept(m, index, -1),
                  skip ? model_kept(m, index, 1) : NULL, &m->work);
  }
  activation_forward(l->output, l->units, rows, l->dense.activation);
  return l->output;
}

const float *layer_evaluate(struct dw_model *m, uint32_t index, const float *x, uint32_t first_row,
                            uint32_t rows, float eval_scale) {
  struct layer *l = &m->layers[index];
  if (l->kind == LAYER_DROPOUT) {
    if (l->dropout.noise != DW_BERNOULLI) return x;
    if (eval_scale == 1 && dropping_eval_scale(&l->dropout.drop) == 1) return x;
    dropout_evaluate(l->output, x, &l->dropout, rows, eval_scale);
    return l->output;
  }
  dense_forward(l->output, x, &l->dense, rows, false, NULL, NULL, &m->work);
  if (dense_samples(&l->dense) && l->dense.activation != DW_LINEAR) {
    connect_infer(l->output, x, &l->dense, m->seed, first_row, rows, &m->work);
    return l->output;
  }
  activation_forward(l->output, l->units, rows, l->dense.activation);
  return l->output;
}

float *layer_backward(struct dw_model *m, uint32_t index, float *dy, const float *x,
                      uint32_t rows) {
  struct layer *l = &m->layers[index];
  if (l->kind == LAYER_DROPOUT) {
    if (layer_dropping(l)) dropout_backward(dy, &l->dropout, rows);
    return dy;
  }
  float *dx = NULL;
  const struct kept *inputs = model_kept(m, index, -1), *units = model_kept(m, index, 1);
  activation_backward(dy, l->output, l->units, rows, l->dense.activation);
  if (index != m->first_dense) dx = dy == m->gradient[0] ? m->gradient[1] : m->gradient[0];
  if (dense_masks_rows(&l->dense)) {
    connect_backward(dx, dy, x, &l->dense, rows, &m->work);
  } else if (dx) {
    dense_backward_input(dx, dy, &l->dense, rows, inputs, units, &m->work);
  }
  dense_backward_weights(&l->dense, dy, x, rows, inputs, units, &m->optimizer, &m->work);
  if (l->dense.max_norm > 0) dense_limit_norms(&l->dense);
  return dx;
}

void model_weights_change(struct dw_model *m) {
  for (uint32_t i = 0; i < m->layer_count; i++) m->layers[i].dense.is_turned = false;
}
