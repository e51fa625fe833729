/* Small networks and data for checks, and every parameter of a model as one array. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "dropout_wasm.h"

enum { MOST_LAYERS = 6 };

/* How a table writes the activation that a check chooses. */
enum { CHOSEN = DW_ACTIVATIONS };

struct layer_spec {
  bool is_dense;
  uint32_t units; /* dense */
  uint32_t activation;
  double p; /* of DropConnect or dropout */
  uint32_t mask, scaling;
  uint32_t noise; /* of dropout */
};

#define DENSE(units, activation) \
  { true, units, activation, 0, DW_MASK_BATCH, DW_SCALE_TRAIN, DW_BERNOULLI }
#define CONNECT(units, activation, p, scaling) \
  { true, units, activation, p, DW_MASK_BATCH, DW_SCALE_##scaling, DW_BERNOULLI }
#define DROP(p, mask, scaling) \
  { false, 0, 0, p, DW_MASK_##mask, DW_SCALE_##scaling, DW_BERNOULLI }
#define NOISE(p, noise) \
  { false, 0, 0, p, DW_MASK_ELEMENT, DW_SCALE_TRAIN, DW_##noise }

struct network {
  const char *name;
  uint32_t inputs, layer_count;
  struct layer_spec layers[MOST_LAYERS];
};

/* Built; CHOSEN activations become `activation`.  A failure ends the check. */
dw_model *network_create(const struct network *n, uint32_t activation, double seed);
uint32_t network_outputs(const struct network *n);
/* Floats in [-1, 1), zero but for a share of `density`; labels at random. */
dw_dataset *data_create(uint32_t samples, uint32_t features, uint32_t classes, double density,
                        uint64_t state);

/* [O][I] weights then [O] biases of every dense layer in order. */
uint32_t parameter_count(const struct network *n);
void parameters_read(const dw_model *m, const struct network *n, float *values);
void parameters_write(dw_model *m, const struct network *n, const float *values);
/* A copy that the caller frees. */
float *parameters_copy(const dw_model *m, const struct network *n);
/* Parameters in [-1, 1), scaled by 1 / sqrt(I). */
void parameters_randomize(dw_model *m, const struct network *n, uint64_t state);

void use_sgd(dw_model *m);  /* without momentum and decay */
void use_adam(dw_model *m); /* the defaults */
