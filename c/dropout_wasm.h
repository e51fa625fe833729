/* dropout-wasm: multilayer perceptrons with every kind of dropout.  The whole C API.
 *
 * Use: dw_model_create, dw_model_add_* for each layer, dw_model_build, dw_model_initialize;
 * dw_dataset_create and fill it; dw_optimizer_configure; dw_train_begin for each epoch and
 * dw_train_step for each batch; dw_evaluate and dw_predict at any time between two steps.
 *
 * Shapes: B rows of a batch, I inputs and O outputs (units) of a layer; all matrices row-major.
 * p is always the probability of dropping, keep = 1 - p.
 * Ownership: *_create returns what the caller owns and *_destroy ends it (NULL is allowed);
 * *_view lends memory that lives as long as its owner and, in WebAssembly, moves with memory
 * growth. Errors: functions that can fail return a status, *_create returns NULL; dw_last_error()
 * then has a sentence that names the argument and its value.  A failed call changes nothing.
 * Threads: one thread for each instance; nothing here locks. */
#pragma once
#include <stdint.h>

#ifdef __wasm__
#define DW_API(name) __attribute__((export_name(#name))) name
#else
#define DW_API(name) name
#endif

enum dw_status {
  DW_OK = 0,
  DW_INVALID_ARGUMENT = 1, /* a value out of its range, or a call out of order */
  DW_OUT_OF_MEMORY = 2,
  DW_DIVERGED = 3, /* the loss is not finite; the weights are those before this step */
};

enum dw_activation { DW_LINEAR, DW_RELU, DW_TANH, DW_SIGMOID, DW_SELU, DW_ACTIVATIONS };

/* One draw an entry, or one a unit that all rows of a step share. */
enum dw_mask { DW_MASK_ELEMENT, DW_MASK_BATCH, DW_MASKS };

/* TRAIN: kept values x 1 / keep while training (inverted dropout; PyTorch, Keras).
 * EVAL: unscaled while training, x keep in evaluation (Srivastava et al., JMLR 15, 2014).
 * NONE: neither (the article's Dropout). */
enum dw_scaling { DW_SCALE_TRAIN, DW_SCALE_EVAL, DW_SCALE_NONE, DW_SCALINGS };

/* What a layer between dense layers does to values while training: dropout, Gaussian dropout
 * (Srivastava et al. 2014, section 10), alpha dropout (Klambauer et al. 2017). */
enum dw_noise { DW_BERNOULLI, DW_GAUSSIAN, DW_ALPHA, DW_NOISES };

enum dw_optimizer { DW_SGD, DW_ADAM, DW_ADAMW, DW_OPTIMIZERS };

enum dw_image_format { DW_BYTES, DW_FLOATS, DW_IMAGE_FORMATS }; /* bytes count as value / 255 */

enum dw_parameter { DW_WEIGHT, DW_BIAS, DW_PARAMETERS };

enum {
  DW_MAX_UNITS = 65536, /* labels are 16 bits wide */
  DW_MAX_LAYERS = 1024, /* masks and weights are counted in 16 bits */
  DW_RELIABILITY_BINS = 15
};

typedef struct dw_model dw_model;
typedef struct dw_dataset dw_dataset;
typedef struct dw_report dw_report;

/* The last failure's sentence (never NULL) and status. */
const char *DW_API(dw_last_error)(void);
int DW_API(dw_last_status)(void);
/* Memory for arrays that cross the boundary, 16-byte aligned; NULL if there is none. */
void *DW_API(dw_allocate)(uint32_t bytes);
void DW_API(dw_free)(void *memory);

/* ---- data ---- */

/* samples >= 1, 1 <= features <= DW_MAX_UNITS, 0 <= classes <= DW_MAX_UNITS (0: no labels). */
dw_dataset *DW_API(dw_dataset_create)(uint32_t samples, uint32_t features, uint32_t classes,
                                      uint32_t format);
void DW_API(dw_dataset_destroy)(dw_dataset *d);
/* DW_BYTES: rows first ... first + rows - 1 of the images, [rows][features], copied.  They come in
 * their order; those that never come are zero.  Room for all is reserved at creation, but groups of
 * eight zeros are left out, and what is never written takes no memory.  DW_INVALID_ARGUMENT for
 * another `first`, for more rows than are left, or where the images are floats. */
int DW_API(dw_dataset_add_bytes)(dw_dataset *d, uint32_t first, uint32_t rows,
                                 const uint8_t *bytes);
/* DW_FLOATS: [samples][features], for the caller to fill; NULL for bytes. And [samples] labels. */
float *DW_API(dw_dataset_floats_view)(dw_dataset *d);
uint16_t *DW_API(dw_dataset_labels_view)(dw_dataset *d);

/* ---- model ---- */

/* seed: an integer from 0 to 2^53 - 1. */
dw_model *DW_API(dw_model_create)(uint32_t inputs, double seed);
void DW_API(dw_model_destroy)(dw_model *m);
/* y = activation(W x + b). */
int DW_API(dw_model_add_dense)(dw_model *m, uint32_t units, uint32_t activation);
/* Of the dense layer added last: DropConnect (Wan et al., ICML 2013), W masked anew each step, once
 * for all rows (DW_MASK_BATCH) or for each (DW_MASK_ELEMENT).  draws 0: evaluation by the mean
 * weights; else by so many draws from the Gaussian that has the mean and variance of z over masks
 * (section 3.2 there), which DW_SCALE_NONE does not allow, nor p = 1 with DW_SCALE_TRAIN. */
int DW_API(dw_model_drop_connect)(dw_model *m, double p, uint32_t mask, uint32_t scaling,
                                  uint32_t draws);
/* Of the dense layer added last: after each step the incoming weights of a unit are scaled back to
 * a norm <= c, a float32 > 0. */
int DW_API(dw_model_max_norm)(dw_model *m, double c);
/* mask and scaling: of DW_BERNOULLI; the others draw for every row (DW_MASK_ELEMENT) and keep the
 * expectation while training (DW_SCALE_TRAIN).  p: 0 to 1, below 1 for DW_GAUSSIAN. */
int DW_API(dw_model_add_dropout)(dw_model *m, uint32_t noise, double p, uint32_t mask,
                                 uint32_t scaling);
/* Ends the list of layers and allocates; every parameter is 0. */
int DW_API(dw_model_build)(dw_model *m);
/* Draws the initial parameters: U(-1/sqrt(I), 1/sqrt(I)) for weights and biases, for 'selu' N(0,
 * 1/I) and biases 0.  Apart from dw_model_build, so that a caller may answer first: 10 ms for half
 * a million weights, a third of a model's start. */
int DW_API(dw_model_initialize)(dw_model *m);
/* Bytes held: parameters, optimizer state and workspace. */
double DW_API(dw_model_bytes)(const dw_model *m);

/* Copies of weights [O][I] and biases [O] of dense layer `dense` (counted from 0), PyTorch's
 * layout.  slot 0: the values; 1 and 2: optimizer state (Adam's first and second moment, SGD's
 * velocity). */
int DW_API(dw_parameter_read)(const dw_model *m, uint32_t dense, uint32_t which, uint32_t slot,
                              float *values);
int DW_API(dw_parameter_write)(dw_model *m, uint32_t dense, uint32_t which, uint32_t slot,
                               const float *values);

/* ---- training ---- */

/* A change of kind starts new state; a change of a number keeps it.  Moments that have decayed
 * too far to change a bit of their weight become 0. */
int DW_API(dw_optimizer_configure)(dw_model *m, uint32_t kind, uint32_t nesterov,
                                   double weight_decay, double beta1, double beta2, double epsilon);
/* Starts epoch `epoch` (from 0) over the first `samples` rows of the data: draws the order of rows
 * (shuffle) or takes them as they stand.  The data needs labels; batch is cut to samples. */
int DW_API(dw_train_begin)(dw_model *m, const dw_dataset *d, uint32_t samples, uint32_t batch,
                           uint32_t shuffle, uint32_t epoch);
/* One step on the next batch (the last of an epoch may be smaller). */
int DW_API(dw_train_step)(dw_model *m, const dw_dataset *d, double learning_rate, double momentum);

/* What training has come to.  Indices into dw_train_view; all are doubles. */
enum dw_train_field {
  DW_TRAIN_STEP,       /* finished steps in the model's life */
  DW_TRAIN_POSITION,   /* rows of this epoch already used */
  DW_TRAIN_LOSS_SUM,   /* sum over those rows of the training loss, dropout on */
  DW_TRAIN_LAST_LOSS,  /* mean loss of the last batch */
  DW_TRAIN_UPDATES,    /* Adam's t */
  DW_TRAIN_MACS,       /* multiply-adds done by matrix products, zeros skipped left out */
  DW_TRAIN_MACS_DENSE, /* what the same steps take when nothing is skipped */
  DW_TRAIN_FIELDS
};
const double *DW_API(dw_train_view)(const dw_model *m);
/* Puts back what a saved run had: after dw_train_begin of its epoch. */
int DW_API(dw_train_restore)(dw_model *m, double step, double position, double loss_sum,
                             double updates);

/* ---- evaluation ---- */

/* A report on data of so many classes by a model with so many outputs, each 1 to DW_MAX_UNITS. */
dw_report *DW_API(dw_report_create)(uint32_t classes, uint32_t outputs);
void DW_API(dw_report_destroy)(dw_report *r);
/* Adds rows first ... first + count - 1, in evaluation.  eval_scale > 0 multiplies the output of
 * every DW_BERNOULLI layer. */
int DW_API(dw_evaluate)(dw_model *m, const dw_dataset *d, uint32_t first, uint32_t count,
                        double eval_scale, dw_report *r);

/* Indices into dw_report_view; all are doubles. */
enum dw_report_field {
  DW_REPORT_SAMPLES,
  DW_REPORT_LOSS, /* mean negative log-likelihood, nats */
  DW_REPORT_ACCURACY,
  DW_REPORT_MACRO_F1, /* mean over the data's classes, 0 where undefined */
  DW_REPORT_ECE,      /* expected calibration error over 15 bins (k/15, (k+1)/15] */
  DW_REPORT_BRIER,    /* mean over rows of the sum over outputs of (p - y)^2 */
  DW_REPORT_BINS,     /* then 15 x (count, mean confidence, accuracy) */
  DW_REPORT_CLASSES =
      DW_REPORT_BINS + 3 * DW_RELIABILITY_BINS /* x (precision, recall, F1, support) */
};
/* The report on the rows added so far. */
const double *DW_API(dw_report_view)(dw_report *r);
/* [classes][columns], true by predicted; one more column than classes where the outputs are
 * more. */
const uint32_t *DW_API(dw_confusion_view)(const dw_report *r);

/* Rows first ... first + count - 1: labels [count] (NULL: none) and probabilities [count][O].
 * first_row: the number of the data's row 0 where that is part of a larger input, for draws. */
int DW_API(dw_predict)(dw_model *m, const dw_dataset *d, uint32_t first, uint32_t count,
                       uint32_t first_row, float *probabilities, uint16_t *labels);
/* Output of layer `layer` (from 0, all kinds) for these rows, [count][units]; train: the masks
 * of `step`.  first_row: as in dw_predict. */
int DW_API(dw_activations)(dw_model *m, const dw_dataset *d, uint32_t first, uint32_t count,
                           uint32_t first_row, uint32_t layer, uint32_t train, uint32_t step,
                           float *values);
/* The mask of a training step for rows first_row ... first_row + rows - 1 of its batch, bytes 0 or
 * 1: dropout [rows][units]; DropConnect [O][I], with DW_MASK_ELEMENT [rows][O][I].  Gaussian
 * dropout: floats, the factors. */
int DW_API(dw_mask)(dw_model *m, uint32_t layer, uint32_t step, uint32_t first_row, uint32_t rows,
                    void *mask);
/* The mask [rows][columns] of a model whose first layer that draws is this dropout. */
int DW_API(dw_dropout_mask)(double p, uint32_t first_row, uint32_t rows, uint32_t columns,
                            uint32_t mask, double seed, uint32_t step, uint8_t *values);

/* ---- MC dropout (Gal, Ghahramani 2016): many passes with masks on ---- */

typedef struct dw_passes dw_passes;
enum { DW_PROBABILITIES = DW_MAX_LAYERS }; /* in place of a layer */

/* Passes over rows first ... first + count - 1 of the data, counted from 0; what lies before the
 * first mask is computed here, once.  first_row: as in dw_predict.  shared: one mask a pass for all
 * rows.  layer: whose output is looked at, or DW_PROBABILITIES.  The model must outlive this. */
dw_passes *DW_API(dw_passes_create)(dw_model *m, const dw_dataset *d, uint32_t first,
                                    uint32_t count, uint32_t first_row, uint32_t shared,
                                    uint32_t layer);
void DW_API(dw_passes_destroy)(dw_passes *p);
/* So many more passes. */
int DW_API(dw_passes_run)(dw_passes *p, uint32_t passes);
/* What the passes came to.  A layer: means [count][units] and sample standard deviations
 * [count][units].  Probabilities: their means [count][O], then [count] each: entropy of the means,
 * mutual information (their entropy less the mean entropy, at least 0), both in nats; variation
 * ratio, 1 - votes of the most voted class / passes; label, the largest mean. */
int DW_API(dw_passes_read)(const dw_passes *p, float *values);
