#include <math.h>

#include "model.h"

/* Inputs of every layer of one pass, first to last, then the logits. */
enum { INPUTS = DW_MAX_LAYERS + 1 };

enum dw_status train_step(struct dw_model *m, double learning_rate, double momentum) {
  const float *x[INPUTS] = {batch_images(&m->batch)};
  uint32_t rows = m->batch.rows, outputs = model_outputs(m), i;
  m->work.macs = m->work.macs_dense = 0;
  struct source source = model_source(m, (uint32_t)m->train[DW_TRAIN_STEP], 0);
  masks_draw(m, &source, rows, 0, m->layer_count - 1);

  for (i = 0; i < m->layer_count; i++) x[i + 1] = layer_forward(m, i, x[i], rows, true);

  float *d = m->probabilities;
  double loss = softmax_loss_forward(d, x[i], outputs, rows, m->batch.labels);
  if (!isfinite(loss)) return DW_DIVERGED;
  softmax_loss_backward(d, outputs, rows, m->batch.labels);

  optimizer_begin_step(&m->optimizer, learning_rate, momentum);
  while (i-- > 0 && d) d = layer_backward(m, i, d, x[i], rows);

  m->train[DW_TRAIN_STEP] += 1;
  m->train[DW_TRAIN_POSITION] += rows;
  m->train[DW_TRAIN_LOSS_SUM] += loss;
  m->train[DW_TRAIN_LAST_LOSS] = loss / rows;
  m->train[DW_TRAIN_MACS] += m->work.macs;
  m->train[DW_TRAIN_MACS_DENSE] += m->work.macs_dense;
  m->train[DW_TRAIN_UPDATES] = (double)m->optimizer.updates;
  return DW_OK;
}

const float *evaluate_batch(struct dw_model *m, uint32_t first_row, float eval_scale) {
  const float *x = batch_images(&m->batch);
  for (uint32_t i = 0; i < m->layer_count; i++) {
    x = layer_evaluate(m, i, x, first_row, m->batch.rows, eval_scale);
  }
  return x;
}
