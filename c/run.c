/* Training, evaluation and what can be asked of a model: argument checks around train.c. */
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "metrics.h"
#include "model.h"

static int check_data(const dw_model *m, const dw_dataset *d) {
  if (!m->built)
    return fail(DW_INVALID_ARGUMENT, "the model is not built; layers:", m->layer_count);
  if (d->features != m->inputs) {
    return fail(DW_INVALID_ARGUMENT,
                "the data has another number of features than the model:", d->features);
  }
  return DW_OK;
}

int check_rows(const dw_model *m, const dw_dataset *d, uint32_t first, uint32_t count) {
  int status = check_data(m, d);
  if (status) return status;
  if (count < 1 || count > d->samples || first > d->samples - count) {
    return fail(DW_INVALID_ARGUMENT,
                "rows must lie within the data; last wanted:", (double)first + count - 1);
  }
  return DW_OK;
}

static int check_label(const dw_model *m, const dw_dataset *d, uint32_t row) {
  uint16_t label = d->labels[row];
  if (label < model_outputs(m) && label < d->classes) return DW_OK;
  return fail(DW_INVALID_ARGUMENT, "labels must be below classes and outputs; found", label);
}

static int check_labels(const dw_model *m, const dw_dataset *d, uint32_t first, uint32_t count) {
  if (!d->labels) return fail(DW_INVALID_ARGUMENT, "the data has no labels; classes:", d->classes);
  int status = DW_OK;
  for (uint32_t i = first; !status && i < first + count; i++) status = check_label(m, d, i);
  return status;
}

/* ---- training ---- */

static int check_number(const char *text, double value, double lo, double hi) {
  return value >= lo && value <= hi ? DW_OK : fail(DW_INVALID_ARGUMENT, text, value);
}

static int check_count(const char *text, double value, double most) {
  bool whole = value >= 0 && value <= most && value == (double)(uint64_t)value;
  return whole ? DW_OK : fail(DW_INVALID_ARGUMENT, text, value);
}

int dw_optimizer_configure(dw_model *m, uint32_t kind, uint32_t nesterov, double weight_decay,
                           double beta1, double beta2, double epsilon) {
  double below1 = 1 - 0x1p-53;
  int status = DW_OK;
  if (!m->built)
    return fail(DW_INVALID_ARGUMENT, "the model is not built; layers:", m->layer_count);
  if (kind >= DW_OPTIMIZERS)
    return fail(DW_INVALID_ARGUMENT, "optimizer must be 0 to 2, not", kind);
  if (!status)
    status = check_number("weight_decay must be a float32 >= 0, not", weight_decay, 0, FLT_MAX);
  if (!status) status = check_number("beta1 must be 0 to below 1, not", beta1, 0, below1);
  if (!status) status = check_number("beta2 must be 0 to below 1, not", beta2, 0, below1);
  if (!status)
    status = check_number("epsilon must be a float32 above 1e-38, not", epsilon, FLT_MIN, FLT_MAX);
  if (status) return status;
  struct optimizer *o = &m->optimizer;
  if (!o->configured || o->kind != (enum dw_optimizer)kind) {
    if (!model_place_state(m, optimizer_slots((enum dw_optimizer)kind))) return DW_OUT_OF_MEMORY;
    o->updates = 0;
    m->train[DW_TRAIN_UPDATES] = 0;
  }
  o->kind = (enum dw_optimizer)kind, o->configured = true, o->nesterov = nesterov != 0;
  o->weight_decay = weight_decay, o->beta1 = beta1, o->beta2 = beta2, o->epsilon = epsilon;
  return DW_OK;
}

int dw_train_begin(dw_model *m, const dw_dataset *d, uint32_t samples, uint32_t batch,
                   uint32_t shuffled, uint32_t epoch) {
  int status = check_rows(m, d, 0, samples);
  if (!status) status = check_labels(m, d, 0, samples);
  if (status) return status;
  if (batch < 1) return fail(DW_INVALID_ARGUMENT, "batch must be at least 1, not", batch);
  if (batch > samples) batch = samples;
  if (samples > m->order_capacity) {
    uint64_t bytes = sizeof *m->order * (uint64_t)samples;
    uint32_t *order = bytes > SIZE_MAX / 2 ? NULL : realloc(m->order, (size_t)bytes);
    if (!order) return fail_memory((double)bytes);
    m->order = order, m->order_capacity = samples;
  }
  if (!model_reserve(m, batch)) return DW_OUT_OF_MEMORY;
  m->order_count = samples, m->batch_size = batch;
  for (uint32_t i = 0; i < samples; i++) m->order[i] = i;
  if (shuffled) shuffle(m->order, samples, m->seed, epoch);
  m->train[DW_TRAIN_POSITION] = m->train[DW_TRAIN_LOSS_SUM] = 0;
  return DW_OK;
}

int dw_train_step(dw_model *m, const dw_dataset *d, double learning_rate, double momentum) {
  uint32_t position = (uint32_t)m->train[DW_TRAIN_POSITION];
  int status = check_rows(m, d, 0, m->order_count ? m->order_count : 1);
  if (status) return status;
  if (!m->optimizer.configured)
    return fail(DW_INVALID_ARGUMENT, "no optimizer is set; steps done:", m->train[DW_TRAIN_STEP]);
  if (position >= m->order_count)
    return fail(DW_INVALID_ARGUMENT, "the epoch is over; rows used:", position);
  status = check_number("learning_rate must be a float32 >= 0, not", learning_rate, 0, FLT_MAX);
  if (!status) status = check_number("momentum must be a float32 >= 0, not", momentum, 0, FLT_MAX);
  if (status) return status;
  uint32_t rows = m->order_count - position;
  if (rows > m->batch_size) rows = m->batch_size;
  const uint32_t *order = m->order + position;
  if (!d->labels) return fail(DW_INVALID_ARGUMENT, "the data has no labels; classes:", d->classes);
  for (uint32_t i = 0; i < rows; i++) {
    status = check_label(m, d, order[i]);
    if (status) return status;
  }
  batch_gather(&m->batch, d, order, 0, rows);
  model_weights_change(m);
  status = train_step(m, learning_rate, momentum);
  if (status) fail(DW_DIVERGED, "the loss is not finite at step", m->train[DW_TRAIN_STEP]);
  return status;
}

int dw_train_restore(dw_model *m, double step, double position, double loss_sum, double updates) {
  if (!m->built)
    return fail(DW_INVALID_ARGUMENT, "the model is not built; layers:", m->layer_count);
  int status = check_count("step must be an integer from 0 to 2^32 - 1, not", step, UINT32_MAX);
  if (!status)
    status = check_count("position must be a number of rows of the epoch, not", position,
                         m->order_count);
  if (!status) status = check_number("loss_sum must be finite, not", loss_sum, -1e300, 1e300);
  if (!status)
    status = check_count("updates must be an integer from 0 to 2^53, not", updates, 0x1p53);
  if (status) return status;
  m->train[DW_TRAIN_STEP] = step, m->train[DW_TRAIN_POSITION] = position;
  m->train[DW_TRAIN_LOSS_SUM] = loss_sum, m->train[DW_TRAIN_UPDATES] = updates;
  m->optimizer.updates = (uint64_t)updates;
  return DW_OK;
}

const double *dw_train_view(const dw_model *m) { return m->train; }

/* ---- evaluation ---- */

int dw_evaluate(dw_model *m, const dw_dataset *d, uint32_t first, uint32_t count, double eval_scale,
                dw_report *r) {
  int status = check_rows(m, d, first, count);
  if (!status) status = check_labels(m, d, first, count);
  if (!status)
    status = check_number("eval_scale must be a float32 > 0, not", eval_scale, FLT_MIN, FLT_MAX);
  if (status) return status;
  if (r->classes != d->classes || r->units != model_outputs(m)) {
    return fail(DW_INVALID_ARGUMENT, "the report is for another number of classes:", r->classes);
  }
  m->work.turns = count >= TURN_ROWS;
  for (uint32_t done = 0; done < count; done += m->batch.rows) {
    uint32_t rows = count - done < EVALUATION_ROWS ? count - done : EVALUATION_ROWS;
    batch_gather(&m->batch, d, NULL, first + done, rows);
    const float *logits = evaluate_batch(m, first + done, (float)eval_scale);
    double loss = softmax_loss_forward(m->probabilities, logits, r->units, rows, m->batch.labels);
    metrics_add(r, m->probabilities, logits, padded(r->units), m->batch.labels, rows, loss);
  }
  return DW_OK;
}

/* Rows [rows][padded(units)] side by side, [rows][units]. */
static void copy_rows(float *to, const float *from, uint32_t units, uint32_t rows) {
  for (uint32_t b = 0; b < rows; b++) {
    memcpy(to + (size_t)b * units, from + b * padded(units), units * sizeof *to);
  }
}

int dw_predict(dw_model *m, const dw_dataset *d, uint32_t first, uint32_t count, uint32_t first_row,
               float *probabilities, uint16_t *labels) {
  int status = check_rows(m, d, first, count);
  if (status) return status;
  uint32_t units = model_outputs(m);
  m->work.turns = count >= TURN_ROWS;
  for (uint32_t done = 0; done < count; done += m->batch.rows) {
    uint32_t rows = count - done < EVALUATION_ROWS ? count - done : EVALUATION_ROWS;
    batch_gather(&m->batch, d, NULL, first + done, rows);
    const float *logits = evaluate_batch(m, first_row + first + done, 1);
    softmax_loss_forward(m->probabilities, logits, units, rows, NULL);
    copy_rows(probabilities + (size_t)done * units, m->probabilities, units, rows);
    if (!labels) continue;
    for (uint32_t b = 0; b < rows; b++)
      labels[done + b] = (uint16_t)largest(logits + b * padded(units), units);
  }
  return DW_OK;
}

int dw_activations(dw_model *m, const dw_dataset *d, uint32_t first, uint32_t count,
                   uint32_t first_row, uint32_t layer, uint32_t train, uint32_t step,
                   float *values) {
  int status = check_rows(m, d, first, count);
  if (status) return status;
  if (layer >= m->layer_count) return fail(DW_INVALID_ARGUMENT, "there is no layer", layer);
  uint32_t units = m->layers[layer].units, rows;
  for (uint32_t done = 0; done < count; done += rows) {
    rows = count - done < EVALUATION_ROWS ? count - done : EVALUATION_ROWS;
    batch_gather(&m->batch, d, NULL, first + done, rows);
    const float *x = batch_images(&m->batch);
    uint32_t row = first_row + first + done;
    struct source source = model_source(m, step, row);
    if (train) masks_draw(m, &source, rows, 0, layer);
    for (uint32_t i = 0; i <= layer; i++) {
      x = train ? layer_forward(m, i, x, rows, false) : layer_evaluate(m, i, x, row, rows, 1);
    }
    copy_rows(values + (size_t)done * units, x, units, rows);
  }
  return DW_OK;
}

/* ---- masks ---- */

/* `count` numbers of a mask from `first` on. */
static void write_mask(uint8_t *mask, const struct dropping *d, const struct random_stream *stream,
                       uint64_t first, uint32_t count, uint32_t *words) {
  dropping_draw(d, words, stream, first, count);
  for (uint32_t i = 0; i < count; i++) mask[i] = words[i] != 0;
}

/* [rows][units], floats where the noise is Gaussian. */
static void write_dropout(void *values, const struct dropout *l, struct source s, uint32_t rows,
                          uint32_t *words) {
  for (uint32_t b = 0; b < rows; b++) {
    size_t at = (size_t)b * l->units;
    if (l->noise == DW_GAUSSIAN) {
      dropout_factors((float *)words, l, &s, s.first_row + b);
      memcpy((float *)values + at, words, l->units * sizeof *words);
      continue;
    }
    bool shared = l->drop.mask == DW_MASK_BATCH;
    struct random_stream stream = dropping_stream(&l->drop, &s, shared ? 0 : s.first_row + b);
    write_mask((uint8_t *)values + at, &l->drop, &stream, 0, l->units, words);
  }
}

/* [O][I], for every row where masks differ. */
static void write_connect(uint8_t *mask, const struct dense *l, struct source s, uint32_t rows,
                          uint32_t *words) {
  if (!dense_masks_rows(l)) s.first_row = 0, rows = 1;
  for (uint32_t b = 0; b < rows; b++) {
    struct random_stream stream = dropping_stream(&l->drop, &s, s.first_row + b);
    for (uint32_t o = 0; o < l->units; o++, mask += l->inputs) {
      write_mask(mask, &l->drop, &stream, (uint64_t)o * l->inputs, l->inputs, words);
    }
  }
}

static void write_ones(void *values, const struct layer *l, uint32_t rows) {
  size_t count = (size_t)rows * l->units;
  if (l->kind == LAYER_DROPOUT && l->dropout.noise == DW_GAUSSIAN) {
    for (size_t i = 0; i < count; i++) ((float *)values)[i] = 1;
    return;
  }
  if (l->kind == LAYER_DENSE) {
    count = (l->dense.drop.mask == DW_MASK_ELEMENT ? count : l->units) * l->inputs;
  }
  memset(values, 1, count);
}

int dw_mask(dw_model *m, uint32_t layer, uint32_t step, uint32_t first_row, uint32_t rows,
            void *mask) {
  if (!m->built)
    return fail(DW_INVALID_ARGUMENT, "the model is not built; layers:", m->layer_count);
  if (layer >= m->layer_count) return fail(DW_INVALID_ARGUMENT, "there is no layer", layer);
  struct layer *l = &m->layers[layer];
  struct source source = model_source(m, step, first_row);
  if (!layer_dropping(l)) {
    write_ones(mask, l, rows);
  } else if (l->kind == LAYER_DENSE) {
    write_connect(mask, &l->dense, source, rows, m->work.words);
  } else {
    write_dropout(mask, &l->dropout, source, rows, m->work.words);
  }
  return DW_OK;
}

int dw_dropout_mask(double p, uint32_t first_row, uint32_t rows, uint32_t columns, uint32_t mask,
                    double seed, uint32_t step, uint8_t *values) {
  uint32_t key[2] = {0, 0};
  int status = check_drop(p, mask, DW_SCALE_NONE);
  if (!status) status = split_seed(seed, key);
  if (status) return status;
  if (columns < 1 || columns > DW_MAX_UNITS) {
    return fail(DW_INVALID_ARGUMENT, "columns must be 1 to 65536, not", columns);
  }
  struct dropout l = {.units = columns, .noise = DW_BERNOULLI};
  dropping_set(&l.drop, p, (enum dw_mask)mask, DW_SCALE_NONE);
  if (!(p > 0)) return memset(values, 1, (size_t)rows * columns), DW_OK;
  uint32_t *words = malloc((columns + PHILOX_BATCH) * sizeof *words);
  if (!words) return fail_memory((columns + PHILOX_BATCH) * (double)sizeof *words);
  struct source source = {key, RANDOM_TRAIN_MASK, step, first_row, false};
  write_dropout(values, &l, source, rows, words);
  free(words);
  return DW_OK;
}
