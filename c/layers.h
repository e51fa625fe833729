/* Every stage of a training step as a pair, forward and backward, in the data's order.
 *
 * B rows of the batch, I inputs, O units.  Row matrices are [B][padded(columns)] (matrix.h); their
 * padding may hold anything: it may be read, and never reaches a value that counts.  A gradient is
 * the value's name with d before it: dx is d loss / d x. */
#pragma once
#include "dropout_wasm.h"
#include "matrix.h"
#include "optimizer.h"
#include "rng.h"

/* What is drawn, and its scale. */
struct dropping {
  double p;
  enum dw_mask mask;
  enum dw_scaling scaling;
  uint64_t threshold; /* dropped where word < threshold = ceil(p 2^32) */
  uint32_t index;     /* among the layers that draw masks; meaningless for p = 0 */
};

/* Where the numbers of masks come from: a training step or an MC pass. */
struct source {
  const uint32_t *seed;     /* [2] */
  enum random_kind kind;    /* RANDOM_TRAIN_MASK or RANDOM_PASS_MASK */
  uint32_t step, first_row; /* step or pass; the number of the first row */
  bool shared;              /* one mask for all rows, whatever the layer says */
};

void dropping_set(struct dropping *d, double p, enum dw_mask mask, enum dw_scaling scaling);
/* Factor of kept values while training, and of all values in evaluation. */
float dropping_train_scale(const struct dropping *d);
float dropping_eval_scale(const struct dropping *d);
/* The stream of row `row` (0 for what all rows share). */
struct random_stream dropping_stream(const struct dropping *d, const struct source *s,
                                     uint32_t row);
/* mask[j] = all ones where number first + j of the stream keeps, else 0, for j < count.
 * Writes up to 15 more. */
void dropping_draw(const struct dropping *d, uint32_t *mask, const struct random_stream *stream,
                   uint64_t first, uint32_t count);

/* The units that a mask shared by all rows leaves, ascending; NULL where a function takes one: all.
 */
struct kept {
  const uint32_t *mask; /* [O]: all ones or 0 */
  uint32_t *units;      /* [O] */
  uint32_t count;
};

/* ---- dense: z = W x + b ---- */

struct dense {
  uint32_t inputs, units, index; /* index among dense layers */
  enum dw_activation activation;
  struct dropping drop; /* DropConnect; p = 0: none */
  /* The layer that reads the data has panels of units, so that a zero input is a row not read;
   * later layers have panels of inputs, so that a zero gradient or a dropped unit is. */
  bool panels_of_units;
  struct panels weight;           /* [I] rows x [O] columns, or [O] x [I] */
  struct panels kept_columns;     /* beside a shared mask: what it keeps of weight or masked */
  struct panels turned;           /* panels of inputs, room for weight as [I] x [O], once needed */
  bool is_turned;                 /* whether it holds these weights: who changes them says false */
  float *bias;                    /* [O], padded */
  struct nonzeros nonzero_inputs; /* panels of units: of the x at hand */
  bool lists_inputs;              /* whether its zeros are skipped */
  float max_norm;                 /* of a unit's incoming weights; 0: no limit */
  float *state[2];                /* optimizer state, laid out as weight; NULL: none */
  float *bias_state[2];

  /* DropConnect */
  struct panels masked;  /* M * W, scaled, of a step; the squares of W, of an evaluation */
  uint32_t *weight_mask; /* one mask for all rows: M, laid out as weight */
  uint32_t *row_masks;   /* a mask for every row: bits, [B][O][mask_words(I)] */
  float *w_by_unit;      /* then W and its gradient as [O][padded(I)], written anew each step */
  float *dw_by_unit;
  uint32_t draws; /* of Gaussian inference; 0: inference by the mean */
};

/* Words of a unit's bits in row_masks. */
static inline size_t mask_words(uint32_t inputs) { return padded(inputs) / 32; }

/* Whether this layer masks its weights anew for every row, and whether its evaluation draws. */
static inline bool dense_masks_rows(const struct dense *l) {
  return l->drop.p > 0 && l->drop.mask == DW_MASK_ELEMENT;
}
static inline bool dense_samples(const struct dense *l) {
  return l->drop.p > 0 && l->drop.p < 1 && l->draws > 0; /* at p = 1 the mean is all there is */
}

/* Panel rows of one gradient block: whole tiles of every build, and 48 x 128 bytes are still in the
 * first cache when they are used. */
enum { GRADIENT_ROWS = 48 };

/* Shared scratch of all layers, sized for the largest. */
struct workspace {
  struct nonzeros dz;      /* of the gradient at hand */
  bool skip_dz;            /* whether its zeros are skipped */
  uint32_t listed;         /* columns that dz has room for */
  bool turns;              /* whether an evaluation has rows enough to turn weights around */
  float *packed;           /* product_transposed, product_kept, gradient_kept's a */
  float *columns;          /* [B][padded(C)]: what is left of a row matrix, side by side */
  struct panels v;         /* of the weight gradient: the row matrix of the panels' columns */
  float *gradient;         /* a block of weight gradients and, after them, the bias gradients */
  float *blocks;           /* [GRADIENT_ROWS][padded(C)]: gradients of what is left, by panels */
  float *variance;         /* [B][padded(O)]: of z in Gaussian inference */
  double *sums;            /* [O]: of its draws */
  float *squares;          /* [B][padded(I)]: of x, likewise */
  uint32_t *words;         /* a row of mask words */
  double macs, macs_dense; /* counters of multiply-adds */
};

/* z[b][o] = sum over i of W[o][i] x[b][i], + b[o].  Training: W~ for W; evaluation: keep W for W
 * with 'eval' scaling.  inputs, units: what masks shared by all rows leave of x and will leave of
 * z, NULL: all; nothing is multiplied for what is dropped, whose z is b. */
void dense_forward(float *z, const float *x, struct dense *l, uint32_t rows, bool train,
                   const struct kept *inputs, const struct kept *units, struct workspace *w);
/* dx[b][i] = sum over o of W~[o][i] dz[b][o], +0 for dropped inputs.  Call after dense_forward of
 * this step and before dense_backward_weights moves W. */
void dense_backward_input(float *dx, const float *dz, const struct dense *l, uint32_t rows,
                          const struct kept *inputs, const struct kept *units, struct workspace *w);
/* dW[o][i] = M[o][i] scale sum over b of dz[b][o] x[b][i], db[o] = sum over b of dz[b][o]; the
 * optimizer takes each block of them while it is in the first cache.  Call after dense_forward of
 * this step and right after the layer's own dense_backward_input: both leave the lists it uses. */
void dense_backward_weights(struct dense *l, const float *dz, const float *x, uint32_t rows,
                            const struct kept *inputs, const struct kept *units,
                            const struct optimizer *optimizer, struct workspace *w);
/* Scales back the incoming weights of every unit to a norm <= max_norm (Srivastava et al. 2014,
 * section 5.1). */
void dense_limit_norms(struct dense *l);
/* In evaluations of many rows (w->turns) a layer with panels of inputs skips zeros of x, too, once
 * its weights are turned around; dense_forward does so at the first batch with zeros enough, unless
 * they take more than 16 MB, there is no memory, or the layer has more inputs than any layer behind
 * the first has units (w->listed).  The memory stays with the layer. */
enum { TURN_ROWS = 128, TURN_FLOATS = 1 << 22 };
/* Initial weights; W [O][I], or unit o of it, to and from panels. */
void dense_initialize(struct dense *l, const uint32_t seed[2], struct workspace *w);
void unit_read(float *row, const struct dense *l, const float *panels_data, uint32_t o);
void unit_write(const struct dense *l, float *panels_data, uint32_t o, const float *row);
void dense_read(float *weight, const struct dense *l, const float *panels_data);
void dense_write(struct dense *l, float *panels_data, const float *weight);

/* ---- DropConnect: z = (W * M) x scale + b (Wan et al. 2013) ---- */

/* Draws M: one for all rows, W~ = M * W / keep ('train') or M * W, which dense_forward and
 * dense_backward_* then use; or one a row. */
void connect_mask(struct dense *l, const struct source *s, uint32_t rows, struct workspace *w);
/* A mask for every row: dense_forward and both backward functions in one, but the update.  The
 * gradient of W, M scale times the dense one, is left in dw_by_unit.  dx may be NULL. */
void connect_forward(float *z, const float *x, const struct dense *l, uint32_t rows,
                     struct workspace *w);
void connect_backward(float *dx, const float *dz, const float *x, const struct dense *l,
                      uint32_t rows, struct workspace *w);
/* Gaussian inference: y[b][o], which holds dense_forward's z in evaluation, becomes the mean over
 * draws of f(u), u ~ N(z, variance), variance = c sum over i of W[o][i]^2 x[b][i]^2, c = p / keep
 * ('train') or keep p ('eval').  Call right after dense_forward, whose lists it uses. */
void connect_infer(float *y, const float *x, struct dense *l, const uint32_t seed[2],
                   uint32_t first_row, uint32_t rows, struct workspace *w);

/* ---- activation: y = f(z), in place ---- */

void activation_forward(float *z, uint32_t units, uint32_t rows, enum dw_activation f);
/* dy becomes dz = dy f'(z), from y alone. */
void activation_backward(float *dy, const float *y, uint32_t units, uint32_t rows,
                         enum dw_activation f);

/* ---- dropout: y = x m scale, m Bernoulli(keep); Gaussian: y = x m, m ~ N(1, p / keep);
 * alpha: y = a (x m + alpha' (1 - m)) + b, m Bernoulli(keep) ---- */

struct dropout {
  uint32_t units;
  enum dw_noise noise;
  struct dropping drop;
  uint32_t *mask;   /* [B][padded(O)] or, shared by all rows, [1][padded(O)]; Gaussian: floats, m */
  struct kept kept; /* of a shared mask */
};

void dropout_mask(struct dropout *l, const struct source *s, uint32_t rows);
void dropout_forward(float *y, const float *x, const struct dropout *l, uint32_t rows);
/* dy becomes dx = dy m scale; alpha: dy m a. */
void dropout_backward(float *dy, const struct dropout *l, uint32_t rows);
/* Factors m of Gaussian dropout for one row. */
void dropout_factors(float *factor, const struct dropout *l, const struct source *s, uint32_t row);
/* y = x keep ('eval' scaling) or x, times eval_scale; Gaussian and alpha dropout have none. */
void dropout_evaluate(float *y, const float *x, const struct dropout *l, uint32_t rows,
                      float eval_scale);

/* ---- loss: softmax and cross-entropy in one, safe for any finite logits ---- */

/* p[b][o] = e^(z - max) / sum; returns the sum over rows of -log p[b][label] (labels NULL: 0). */
double softmax_loss_forward(float *p, const float *z, uint32_t units, uint32_t rows,
                            const uint16_t *labels);
/* dz = (p - onehot(label)) / B, in place of p. */
void softmax_loss_backward(float *p, uint32_t units, uint32_t rows, const uint16_t *labels);
