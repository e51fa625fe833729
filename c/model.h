/* A model: its layers in order, what training has come to, and three blocks of memory. */
#pragma once
#include "arena.h"
#include "data.h"
#include "layers.h"

enum layer_kind { LAYER_DENSE, LAYER_DROPOUT };

struct layer {
  enum layer_kind kind;
  uint32_t inputs, units;
  struct dense dense;     /* kind LAYER_DENSE */
  struct dropout dropout; /* kind LAYER_DROPOUT */
  float *output;          /* [B][padded(units)] */
};

struct dw_model {
  uint32_t seed[2], inputs, layer_count, first_dense;
  struct layer *layers;
  bool built;
  struct optimizer optimizer;
  double train[DW_TRAIN_FIELDS];

  /* the epoch at hand */
  uint32_t *order; /* [order_capacity] rows of the data */
  uint32_t order_capacity, order_count, batch_size;
  struct batch batch;

  struct workspace work;
  float *probabilities; /* [B][padded(units of the last layer)], then their gradient */
  float *gradient[2];   /* [B][padded(most units)], taken in turns by the backward pass */
  uint32_t capacity;    /* rows that the workspace holds */
  struct arena parameters, state, workspace;
};

enum { EVALUATION_ROWS = 64 }; /* rows a batch in evaluation and prediction */

bool model_place_parameters(struct dw_model *m);
bool model_place_state(struct dw_model *m, int slots);
/* Room for batches of `rows`; nothing happens where there is enough.  False: no memory. */
bool model_reserve(struct dw_model *m, uint32_t rows);
uint32_t model_outputs(const struct dw_model *m);
struct dense *model_dense(const struct dw_model *m, uint32_t index);
/* Whether a layer draws a mask (p > 0), and which. */
struct dropping *layer_dropping(struct layer *l);

/* Whether a dropout layer beside dense layer `index`, before it (side -1) or behind it (1), has one
 * mask for all rows; there, what such a mask of this step keeps, NULL where there is none. */
bool model_shares_mask(const struct dw_model *m, uint32_t index, int side);
const struct kept *model_kept(const struct dw_model *m, uint32_t index, int side);

/* Draws the masks of layers first ... last, for rows first_row ... first_row + rows - 1. */
void masks_draw(struct dw_model *m, const struct source *s, uint32_t rows, uint32_t first,
                uint32_t last);
/* The numbers of a training step. */
struct source model_source(const struct dw_model *m, uint32_t step, uint32_t first_row);
/* Returns the layer's output: l->output, or x where the layer does nothing.  skip: units that the
 * layer behind drops for all rows need not be computed. */
const float *layer_forward(struct dw_model *m, uint32_t index, const float *x, uint32_t rows,
                           bool skip);
/* first_row: the number of x's first row, which Gaussian inference draws by. */
const float *layer_evaluate(struct dw_model *m, uint32_t index, const float *x, uint32_t first_row,
                            uint32_t rows, float eval_scale);
/* Takes d loss / d output and returns d loss / d input, NULL where nothing below learns. */
float *layer_backward(struct dw_model *m, uint32_t index, float *dy, const float *x, uint32_t rows);

/* What was made of them is so no longer. */
void model_weights_change(struct dw_model *m);

/* One step on the batch that is gathered: the training step as one column of calls. */
enum dw_status train_step(struct dw_model *m, double learning_rate, double momentum);
/* Logits of the batch that is gathered, in evaluation; eval_scale multiplies the output of every
 * dropout() layer. */
const float *evaluate_batch(struct dw_model *m, uint32_t first_row, float eval_scale);
