/* MC dropout: passes with masks on, and what is counted over them row by row (Gal, Ghahramani,
 * "Dropout as a Bayesian Approximation", 2016). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mathf.h"
#include "metrics.h"
#include "model.h"

struct dw_passes {
  struct dw_model *model;
  uint32_t layer, start; /* the last layer of a pass; the first, which draws or lies behind all */
  bool classifies;       /* whether probabilities are looked at */
  uint32_t rows, first_row, units, passes;
  bool shared;
  float *input;           /* [rows][padded(...)]: the input of layer `start` */
  double *mean, *squares; /* [rows][units]: over passes so far; sums of squared differences */
  double *entropy;        /* [rows]: sums over passes */
  uint32_t *votes;        /* [rows][units] */
  struct arena arena;
};

/* Values a row of what the first layer of a pass takes. */
static uint32_t inputs_of(const struct dw_passes *p) {
  return p->start ? p->model->layers[p->start - 1].units : p->model->inputs;
}

static void place(struct dw_passes *p) {
  uint64_t size = (uint64_t)p->rows * p->units;
  p->input = arena_place(&p->arena, (uint64_t)p->rows * padded(inputs_of(p)), sizeof *p->input);
  p->mean = arena_place(&p->arena, size, sizeof *p->mean);
  if (p->classifies) {
    p->entropy = arena_place(&p->arena, p->rows, sizeof *p->entropy);
    p->votes = arena_place(&p->arena, size, sizeof *p->votes);
  } else {
    p->squares = arena_place(&p->arena, size, sizeof *p->squares);
  }
}

/* The first layer up to `layer` that draws, or the one behind. */
static uint32_t first_drawing(struct dw_model *m, uint32_t layer) {
  uint32_t i = 0;
  while (i <= layer && !layer_dropping(&m->layers[i])) i++;
  return i;
}

/* Computes the input of the first layer that draws. */
static void compute_input(struct dw_passes *p, const struct dw_dataset *d, uint32_t first) {
  struct dw_model *m = p->model;
  struct nonzeros *list = m->batch.list;
  if (p->start == 0) m->batch.list = NULL; /* the matrix is kept, not the list */
  batch_gather(&m->batch, d, NULL, first, p->rows);
  m->batch.list = list;
  const float *x = batch_images(&m->batch);
  for (uint32_t i = 0; i < p->start; i++) x = layer_evaluate(m, i, x, p->first_row, p->rows, 1);
  memcpy(p->input, x, (size_t)p->rows * padded(inputs_of(p)) * sizeof *x);
}

dw_passes *dw_passes_create(dw_model *m, const dw_dataset *d, uint32_t first, uint32_t count,
                            uint32_t first_row, uint32_t shared, uint32_t layer) {
  if (check_rows(m, d, first, count)) return NULL;
  bool classifies = layer == DW_PROBABILITIES;
  if (classifies) layer = m->layer_count - 1;
  if (layer >= m->layer_count) return fail(DW_INVALID_ARGUMENT, "there is no layer", layer), NULL;
  if (!model_reserve(m, count)) return NULL;
  dw_passes *p = calloc(1, sizeof *p);
  if (!p) return fail_memory(sizeof *p), NULL;
  *p = (dw_passes){.model = m,
                   .layer = layer,
                   .classifies = classifies,
                   .rows = count,
                   .first_row = first_row + first,
                   .units = m->layers[layer].units,
                   .shared = shared != 0,
                   .start = first_drawing(m, layer)};
  place(p);
  double bytes = (double)p->arena.used;
  if (!arena_allocate(&p->arena)) {
    free(p);
    return fail_memory(bytes), NULL;
  }
  place(p);
  compute_input(p, d, first);
  return p;
}

void dw_passes_destroy(dw_passes *p) {
  if (!p) return;
  arena_free(&p->arena);
  free(p);
}

/* -sum of p log p, in nats. */
static double entropy_term(double p) { return p > 0 ? -p * log_positive(p) : 0; }

static void add_probabilities(struct dw_passes *p, const float *logits) {
  float *probabilities = p->model->probabilities;
  size_t ld = padded(p->units);
  softmax_loss_forward(probabilities, logits, p->units, p->rows, NULL);
  for (uint32_t b = 0; b < p->rows; b++, logits += ld, probabilities += ld) {
    double *mean = p->mean + (size_t)b * p->units;
    for (uint32_t o = 0; o < p->units; o++) {
      mean[o] += (probabilities[o] - mean[o]) / p->passes;
      p->entropy[b] += entropy_term(probabilities[o]);
    }
    p->votes[(size_t)b * p->units + largest(logits, p->units)]++;
  }
}

/* Welford 1962: no cancellation where all passes agree. */
static void add_output(struct dw_passes *p, const float *y) {
  for (uint32_t b = 0; b < p->rows; b++, y += padded(p->units)) {
    for (uint32_t o = 0; o < p->units; o++) {
      size_t at = (size_t)b * p->units + o;
      double difference = y[o] - p->mean[at];
      p->mean[at] += difference / p->passes;
      p->squares[at] += difference * (y[o] - p->mean[at]);
    }
  }
}

int dw_passes_run(dw_passes *p, uint32_t passes) {
  struct dw_model *m = p->model;
  if (passes > UINT32_MAX - p->passes)
    return fail(DW_INVALID_ARGUMENT, "passes are counted in 32 bits; more:", passes);
  for (uint32_t i = 0; i < passes; i++) {
    struct source source = {m->seed, RANDOM_PASS_MASK, p->passes, p->first_row, p->shared};
    const float *x = p->input;
    if (p->start <= p->layer) masks_draw(m, &source, p->rows, p->start, p->layer);
    /* A mask that lets units be skipped may lie behind the layer that is looked at. */
    bool skip = p->layer + 1 == m->layer_count;
    for (uint32_t k = p->start; k <= p->layer; k++) x = layer_forward(m, k, x, p->rows, skip);
    p->passes++;
    if (p->classifies) {
      add_probabilities(p, x);
    } else {
      add_output(p, x);
    }
  }
  return DW_OK;
}

static uint32_t most_votes(const uint32_t *votes, uint32_t units) {
  uint32_t most = 0;
  for (uint32_t o = 0; o < units; o++) most = votes[o] > most ? votes[o] : most;
  return most;
}

int dw_passes_read(const dw_passes *p, float *values) {
  if (!p->passes)
    return fail(DW_INVALID_ARGUMENT, "passes must be at least 1 before a read, not", p->passes);
  size_t size = (size_t)p->rows * p->units;
  for (size_t i = 0; i < size; i++) values[i] = (float)p->mean[i];
  float *more = values + size;
  for (size_t i = 0; !p->classifies && i < size; i++) {
    more[i] = p->passes > 1 ? (float)sqrt(p->squares[i] / (p->passes - 1)) : 0;
  }
  for (uint32_t b = 0; p->classifies && b < p->rows; b++) {
    const double *mean = p->mean + (size_t)b * p->units;
    double entropy = 0;
    for (uint32_t o = 0; o < p->units; o++) entropy += entropy_term(mean[o]);
    double information = entropy - p->entropy[b] / p->passes;
    double agreed = most_votes(p->votes + (size_t)b * p->units, p->units);
    more[b] = (float)entropy;
    more[p->rows + b] = information > 0 ? (float)information : 0;
    more[2 * p->rows + b] = (float)(1 - agreed / p->passes);
    more[3 * p->rows + b] = (float)largest(values + (size_t)b * p->units, p->units);
  }
  return DW_OK;
}
