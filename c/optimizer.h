/* Optimizers as PyTorch defines them, elementwise, so that they do not care how weights lie. */
#pragma once
#include <stdbool.h>

#include "dropout_wasm.h"

struct optimizer {
  enum dw_optimizer kind;
  bool configured, nesterov;
  double weight_decay, beta1, beta2, epsilon;
  uint64_t updates; /* Adam's t: steps since its state began */
  /* this step's numbers, rounded to float32 once */
  float rate, momentum, decay, shrink; /* shrink: AdamW's 1 - learning rate x decay */
  float first, first_rest, second, second_rest, root_scale, small; /* Adam */
  float still; /* first moments and velocities below are at rest */
};

/* State arrays a kind keeps for every parameter. */
int optimizer_slots(enum dw_optimizer kind);
void optimizer_begin_step(struct optimizer *o, double learning_rate, double momentum);
/* Whether a gradient of exactly zero leaves weight and state as they are. */
bool optimizer_ignores_zero(const struct optimizer *o);
/* w, slots and g: n floats, n a multiple of 4.
 *   SGD    g += wd w;  v = mu v + g;  w -= lr (nesterov ? g + mu v : v)   (mu = 0: w -= lr g)
 *   Adam   g += wd w;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;
 *          w -= lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps)      (Kingma, Ba 2015)
 *   AdamW  w *= 1 - lr wd, then Adam without decay                        (Loshchilov, Hutter 2019)
 * Moments too small to change a bit of their weight become 0 (optimizer.c). */
void optimizer_update(const struct optimizer *o, float *w, float *slot0, float *slot1,
                      const float *g, uint32_t n);
