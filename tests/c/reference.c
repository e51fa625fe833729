#include "reference.h"

#include <math.h>

static double activate(double z, uint32_t activation) {
  const double lambda = 1.0507009873554805, alpha = 1.6732632423543772;
  switch (activation) {
    case DW_RELU:
      return z > 0 ? z : 0;
    case DW_TANH:
      return tanh(z);
    case DW_SIGMOID:
      return 1 / (1 + exp(-z));
    case DW_SELU:
      return lambda * (z > 0 ? z : alpha * expm1(z));
    default:
      return z;
  }
}

/* What kept values, or in evaluation all, are multiplied by. */
static double scale_of(const struct layer_spec *l, bool train) {
  if (train) return l->scaling == DW_SCALE_TRAIN && l->p < 1 ? 1 / (1 - l->p) : 1;
  return l->scaling == DW_SCALE_EVAL ? 1 - l->p : 1;
}

static double input(const struct reference *r, uint32_t layer, uint32_t row, uint32_t unit) {
  return layer ? r->output[layer - 1][row][unit]
               : (double)r->images[row * r->network->inputs + unit];
}

static void dense(struct reference *r, uint32_t layer, uint32_t inputs, const double *weights) {
  const struct layer_spec *l = &r->network->layers[layer];
  const double *biases = weights + (size_t)l->units * inputs;
  uint32_t f = l->activation == CHOSEN ? r->activation : l->activation;
  for (uint32_t b = 0; b < r->rows; b++) {
    for (uint32_t o = 0; o < l->units; o++) {
      double sum = 0;
      for (uint32_t i = 0; i < inputs; i++) {
        bool keep = !r->train || l->p == 0 || r->masks[layer][o * inputs + i];
        if (keep) sum += weights[o * inputs + i] * input(r, layer, b, i);
      }
      double scale = l->p > 0 ? scale_of(l, r->train) : 1;
      r->output[layer][b][o] = activate(scale * sum + biases[o], f);
    }
  }
}

static void dropout(struct reference *r, uint32_t layer, uint32_t units) {
  const struct layer_spec *l = &r->network->layers[layer];
  double scale = scale_of(l, r->train) * (r->train ? 1 : r->eval_scale);
  for (uint32_t b = 0; b < r->rows; b++) {
    for (uint32_t o = 0; o < units; o++) {
      bool keep = !r->train || l->p == 0 || r->masks[layer][b * units + o];
      r->output[layer][b][o] = keep ? scale * input(r, layer, b, o) : 0;
    }
  }
}

double reference_loss(struct reference *r) {
  const struct network *n = r->network;
  const double *weights = r->parameters;
  uint32_t units = n->inputs;
  for (uint32_t i = 0; i < n->layer_count; i++) {
    if (n->layers[i].is_dense) {
      dense(r, i, units, weights);
      weights += (size_t)n->layers[i].units * (units + 1);
      units = n->layers[i].units;
    } else {
      dropout(r, i, units);
    }
  }
  double loss = 0;
  for (uint32_t b = 0; b < r->rows; b++) {
    const double *z = r->output[n->layer_count - 1][b];
    double most = z[0], sum = 0;
    for (uint32_t o = 1; o < units; o++) most = fmax(most, z[o]);
    for (uint32_t o = 0; o < units; o++) sum += exp(z[o] - most);
    loss += log(sum) + most - z[r->labels[b]];
  }
  return loss / r->rows;
}
