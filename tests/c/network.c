#include "network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"

static void require(int status) {
  if (expect(status == DW_OK, "%s", dw_last_error())) return;
  (void)fflush(stdout);
  exit(1);
}

dw_model *network_create(const struct network *n, uint32_t activation, double seed) {
  dw_model *m = dw_model_create(n->inputs, seed);
  require(m ? DW_OK : dw_last_status());
  for (uint32_t i = 0; i < n->layer_count; i++) {
    const struct layer_spec *l = &n->layers[i];
    uint32_t f = l->activation == CHOSEN ? activation : l->activation;
    if (!l->is_dense) {
      require(dw_model_add_dropout(m, l->noise, l->p, l->mask, l->scaling));
      continue;
    }
    require(dw_model_add_dense(m, l->units, f));
    require(dw_model_drop_connect(m, l->p, l->mask, l->scaling, 0));
  }
  require(dw_model_build(m));
  require(dw_model_initialize(m));
  return m;
}

uint32_t network_outputs(const struct network *n) {
  uint32_t units = n->inputs;
  for (uint32_t i = 0; i < n->layer_count; i++)
    if (n->layers[i].is_dense) units = n->layers[i].units;
  return units;
}

dw_dataset *data_create(uint32_t samples, uint32_t features, uint32_t classes, double density,
                        uint64_t state) {
  dw_dataset *d = dw_dataset_create(samples, features, classes, DW_FLOATS);
  require(d ? DW_OK : dw_last_status());
  float *images = dw_dataset_floats_view(d);
  uint16_t *labels = dw_dataset_labels_view(d);
  for (uint32_t i = 0; i < samples * features; i++) images[i] = test_float(&state, density);
  for (uint32_t i = 0; i < samples; i++) labels[i] = (uint16_t)(test_bits(&state) % classes);
  return d;
}

uint32_t parameter_count(const struct network *n) {
  uint32_t count = 0, inputs = n->inputs;
  for (uint32_t i = 0; i < n->layer_count; i++) {
    if (!n->layers[i].is_dense) continue;
    count += n->layers[i].units * (inputs + 1);
    inputs = n->layers[i].units;
  }
  return count;
}

/* Calls for weights and biases of every dense layer where they stand in `values`. */
#define EACH_ARRAY(call)                                                    \
  uint32_t inputs = n->inputs, dense = 0;                                   \
  for (uint32_t i = 0; i < n->layer_count; i++) {                           \
    if (!n->layers[i].is_dense) continue;                                   \
    uint32_t units = n->layers[i].units, sizes[] = {units * inputs, units}; \
    for (uint32_t which = 0; which < DW_PARAMETERS; which++) {              \
      call;                                                                 \
      values += sizes[which];                                               \
    }                                                                       \
    inputs = units, dense++;                                                \
  }

void parameters_read(const dw_model *m, const struct network *n, float *values) {
  EACH_ARRAY(require(dw_parameter_read(m, dense, which, 0, values)))
}

void parameters_write(dw_model *m, const struct network *n, const float *values) {
  EACH_ARRAY(require(dw_parameter_write(m, dense, which, 0, values)))
}

float *parameters_copy(const dw_model *m, const struct network *n) {
  float *values = ALLOCATE(float, parameter_count(n));
  parameters_read(m, n, values);
  return values;
}

void parameters_randomize(dw_model *m, const struct network *n, uint64_t state) {
  float *all = ALLOCATE(float, parameter_count(n)), *values = all;
  EACH_ARRAY({
    float radius = 1 / sqrtf((float)inputs);
    for (uint32_t k = 0; k < sizes[which]; k++) values[k] = test_float(&state, 1) * radius;
  })
  (void)dense;
  parameters_write(m, n, all);
  free(all);
}

void use_sgd(dw_model *m) { require(dw_optimizer_configure(m, DW_SGD, 0, 0, 0.9, 0.999, 1e-8)); }
void use_adam(dw_model *m) { require(dw_optimizer_configure(m, DW_ADAM, 0, 0, 0.9, 0.999, 1e-8)); }
