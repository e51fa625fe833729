/* The rarer kinds of dropout at every odd size, against sums in double precision over the masks
 * that the core says it used. */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "network.h"

enum { ROWS = 5, CLASSES = 3, STEP = 11, SEED = 3 };

static const uint32_t SIZES[] = {1, 3, 4, 31, 32, 33, 65};
enum { SIZE_COUNT = sizeof SIZES / sizeof *SIZES };

static void require(int status) { expect(status == DW_OK, "%s", dw_last_error()); }

/* inputs -> [before, linear] -> units, linear, DropConnect by row -> CLASSES */
static dw_model *connected(uint32_t inputs, uint32_t before, uint32_t units, double p,
                           uint32_t scaling, uint32_t draws) {
  dw_model *m = dw_model_create(inputs, SEED);
  if (before) require(dw_model_add_dense(m, before, DW_LINEAR));
  require(dw_model_add_dense(m, units, draws ? DW_RELU : DW_LINEAR));
  require(dw_model_drop_connect(m, p, DW_MASK_ELEMENT, scaling, draws));
  require(dw_model_add_dense(m, CLASSES, DW_LINEAR));
  require(dw_model_build(m));
  require(dw_model_initialize(m));
  return m;
}

static void expect_rows(dw_model *m, dw_dataset *d, uint32_t layer, uint32_t inputs, uint32_t units,
                        double scale) {
  float *x = ALLOCATE(float, ROWS *inputs), *z = ALLOCATE(float, ROWS *units);
  float *w = ALLOCATE(float, units *inputs), *bias = ALLOCATE(float, units);
  uint8_t *mask = ALLOCATE(uint8_t, ROWS * units * inputs);
  if (layer) {
    require(dw_activations(m, d, 0, ROWS, 0, layer - 1, 1, STEP, x));
  } else {
    const float *images = dw_dataset_floats_view(d);
    for (uint32_t i = 0; i < ROWS * inputs; i++) x[i] = images[i];
  }
  require(dw_activations(m, d, 0, ROWS, 0, layer, 1, STEP, z));
  require(dw_mask(m, layer, STEP, 0, ROWS, mask));
  require(dw_parameter_read(m, layer, DW_WEIGHT, 0, w));
  require(dw_parameter_read(m, layer, DW_BIAS, 0, bias));
  for (uint32_t b = 0; b < ROWS; b++) {
    for (uint32_t o = 0; o < units; o++) {
      double sum = 0, size = 0;
      for (uint32_t i = 0; i < inputs; i++) {
        double term = mask[(b * units + o) * inputs + i] * (double)w[o * inputs + i] *
                      (double)x[b * inputs + i];
        sum += term, size += fabs(term);
      }
      double wanted = scale * sum + (double)bias[o];
      expect(fabs(z[b * units + o] - wanted) <= 1e-6 * (scale * size + 1),
             "%u to %u, row %u, unit %u: %.9g, not %.9g", inputs, units, b, o, z[b * units + o],
             wanted);
    }
  }
  free(x), free(z), free(w), free(bias), free(mask);
}

static void rows_of_masks(void) {
  for (int i = 0; i < SIZE_COUNT; i++) {
    for (int k = 0; k < SIZE_COUNT; k++) {
      for (uint32_t scaling = 0; scaling < DW_SCALINGS; scaling++) {
        double scale = scaling == DW_SCALE_TRAIN ? 1 / (1 - 0.3) : 1;
        dw_dataset *d = data_create(ROWS, SIZES[i], CLASSES, 0.5, 1);
        dw_model *first = connected(SIZES[i], 0, SIZES[k], 0.3, scaling, 0);
        dw_model *second = connected(SIZES[i], SIZES[i], SIZES[k], 0.3, scaling, 0);
        expect_rows(first, d, 0, SIZES[i], SIZES[k], scale);
        expect_rows(second, d, 1, SIZES[i], SIZES[k], scale);
        dw_model_destroy(first), dw_model_destroy(second), dw_dataset_destroy(d);
      }
    }
  }
}

/* d loss / d w by central differences on the loss of the next step, whose masks do not change while
 * nothing is trained; the step at learning rate 1 then moves w by the gradient itself. */
static double loss_of_step(dw_model *m, const dw_dataset *d) {
  require(dw_train_begin(m, d, ROWS, ROWS, 0, 0));
  require(dw_train_restore(m, STEP, 0, 0, 0));
  require(dw_train_step(m, d, 0, 0));
  return dw_train_view(m)[DW_TRAIN_LAST_LOSS];
}

static void gradients_by_row(void) {
  enum { INPUTS = 33, BEFORE = 5, UNITS = 3 };
  for (uint32_t before = 0; before <= BEFORE; before += BEFORE) {
    dw_dataset *d = data_create(ROWS, INPUTS, CLASSES, 0.7, 2);
    dw_model *m = connected(INPUTS, before, UNITS, 0.4, DW_SCALE_TRAIN, 0);
    use_sgd(m);
    uint32_t layers = before ? 3 : 2, inputs = INPUTS;
    for (uint32_t layer = 0; layer < layers; layer++) {
      uint32_t units = layer + 1 == layers ? CLASSES : before && layer == 0 ? before : UNITS;
      uint32_t count = units * inputs;
      float *w = ALLOCATE(float, count), *moved = ALLOCATE(float, count);
      require(dw_parameter_read(m, layer, DW_WEIGHT, 0, w));
      double *numeric = ALLOCATE(double, count);
      for (uint32_t i = 0; i < count; i++) {
        const float step = 0x1p-7F;
        float kept = w[i];
        w[i] = kept + step;
        require(dw_parameter_write(m, layer, DW_WEIGHT, 0, w));
        double up = loss_of_step(m, d);
        w[i] = kept - step;
        require(dw_parameter_write(m, layer, DW_WEIGHT, 0, w));
        numeric[i] = (up - loss_of_step(m, d)) / (2 * (double)step);
        w[i] = kept;
      }
      require(dw_parameter_write(m, layer, DW_WEIGHT, 0, w));
      require(dw_train_begin(m, d, ROWS, ROWS, 0, 0));
      require(dw_train_restore(m, STEP, 0, 0, 0));
      require(dw_train_step(m, d, 1, 0));
      require(dw_parameter_read(m, layer, DW_WEIGHT, 0, moved));
      for (uint32_t i = 0; i < count; i++) {
        double gradient = (double)w[i] - (double)moved[i];
        expect(fabs(gradient - numeric[i]) <= 1e-4, "layer %u, weight %u: %.6g, not %.6g", layer, i,
               gradient, numeric[i]);
      }
      dw_model_destroy(m);
      m = connected(INPUTS, before, UNITS, 0.4, DW_SCALE_TRAIN, 0);
      use_sgd(m);
      free(w), free(moved), free(numeric);
      inputs = units;
    }
    dw_model_destroy(m), dw_dataset_destroy(d);
  }
}

static void max_norms(void) {
  const double c = 0.4;
  for (int i = 0; i < SIZE_COUNT; i++) {
    for (int k = 0; k < SIZE_COUNT; k++) {
      uint32_t inputs = SIZES[i], units = SIZES[k];
      dw_dataset *d = data_create(ROWS, inputs, CLASSES, 0.8, 4);
      dw_model *limited = dw_model_create(inputs, SEED), *free_one = dw_model_create(inputs, SEED);
      for (int one = 0; one < 2; one++) {
        dw_model *m = one ? limited : free_one;
        require(dw_model_add_dense(m, units, DW_TANH));
        if (one) require(dw_model_max_norm(m, c));
        require(dw_model_add_dense(m, CLASSES, DW_LINEAR));
        if (one) require(dw_model_max_norm(m, c));
        require(dw_model_build(m));
        require(dw_model_initialize(m));
        use_sgd(m);
        require(dw_train_begin(m, d, ROWS, ROWS, 0, 0));
        require(dw_train_step(m, d, 0.3, 0));
      }
      for (uint32_t layer = 0; layer < 2; layer++) {
        uint32_t outputs = layer ? CLASSES : units, columns = layer ? units : inputs;
        float *w = ALLOCATE(float, outputs *columns), *v = ALLOCATE(float, outputs *columns);
        require(dw_parameter_read(limited, layer, DW_WEIGHT, 0, w));
        require(dw_parameter_read(free_one, layer, DW_WEIGHT, 0, v));
        for (uint32_t o = 0; o < outputs; o++) {
          double sum = 0;
          for (uint32_t j = 0; j < columns; j++) sum += pow((double)v[o * columns + j], 2);
          double factor = sqrt(sum) > c ? c / sqrt(sum) : 1;
          for (uint32_t j = 0; j < columns; j++) {
            double wanted = factor * (double)v[o * columns + j];
            double bound = factor == 1 ? 0 : 1e-6 * fabs(wanted);
            expect(fabs(w[o * columns + j] - wanted) <= bound, "%u to %u, layer %u, unit %u",
                   inputs, units, layer, o);
          }
        }
        free(w), free(v);
      }
      dw_model_destroy(limited), dw_model_destroy(free_one), dw_dataset_destroy(d);
    }
  }
}

/* Every kind in one network: nothing is read or written out of bounds at any size, and all stays
 * finite; sanitizers watch. */
static void all_kinds(void) {
  for (int i = 0; i < SIZE_COUNT; i++) {
    uint32_t n = SIZES[i];
    dw_dataset *d = data_create(ROWS, n, CLASSES, 0.5, 5);
    dw_model *m = dw_model_create(n, SEED);
    require(dw_model_add_dropout(m, DW_GAUSSIAN, 0.2, 0, 0));
    require(dw_model_add_dense(m, n, DW_SELU));
    require(dw_model_drop_connect(m, 0.5, DW_MASK_BATCH, DW_SCALE_EVAL, 7));
    require(dw_model_add_dropout(m, DW_ALPHA, 0.4, 0, 0));
    require(dw_model_add_dense(m, n, DW_RELU));
    require(dw_model_drop_connect(m, 0.5, DW_MASK_ELEMENT, DW_SCALE_TRAIN, 7));
    require(dw_model_max_norm(m, 2));
    require(dw_model_add_dropout(m, DW_BERNOULLI, 0.5, DW_MASK_BATCH, DW_SCALE_TRAIN));
    require(dw_model_add_dense(m, CLASSES, DW_LINEAR));
    require(dw_model_build(m));
    require(dw_model_initialize(m));
    use_adam(m);
    require(dw_train_begin(m, d, ROWS, 2, 1, 0));
    for (int step = 0; step < 3; step++) require(dw_train_step(m, d, 0.01, 0));
    float *p = ALLOCATE(float, ROWS *CLASSES), *mc = ALLOCATE(float, ROWS *(CLASSES + 4));
    float *moments = ALLOCATE(float, 2 * ROWS * n);
    require(dw_predict(m, d, 0, ROWS, 0, p, NULL));
    for (uint32_t shared = 0; shared < 2; shared++) {
      dw_passes *passes = dw_passes_create(m, d, 0, ROWS, 0, shared, DW_PROBABILITIES);
      require(passes ? DW_OK : dw_last_status());
      expect(dw_passes_read(passes, mc) == DW_INVALID_ARGUMENT, "nothing was run yet");
      require(dw_passes_run(passes, 3));
      require(dw_passes_read(passes, mc));
      dw_passes_destroy(passes);
      for (int k = 0; k < ROWS * (CLASSES + 4); k++) expect(isfinite(mc[k]), "value %d", k);
      for (uint32_t layer = 0; layer < 5; layer++) {
        passes = dw_passes_create(m, d, 0, ROWS, 0, shared, layer);
        require(dw_passes_run(passes, 2));
        require(dw_passes_read(passes, moments));
        dw_passes_destroy(passes);
        for (uint32_t k = 0; k < 2 * ROWS * n; k++) expect(isfinite(moments[k]), "moment %u", k);
      }
    }
    for (int k = 0; k < ROWS * CLASSES; k++) expect(isfinite(p[k]), "probability %d", k);
    free(p), free(mc), free(moments);
    dw_model_destroy(m), dw_dataset_destroy(d);
  }
}

const struct check family_checks[] = {
    {"DropConnect by row sums what each row's own mask keeps, at every odd size", rows_of_masks},
    {"its gradients agree with finite differences under the same masks", gradients_by_row},
    {"max-norm scales back what is above it and leaves the rest bit for bit, in both layouts",
     max_norms},
    {"every kind of dropout in one network, trained and predicted with, stays in bounds",
     all_kinds},
    {0}};
