/* What dropout_wasm.h refuses: the status, a sentence that names the value, and a model that goes
 * on as if nothing had been asked. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "network.h"

static void refused(int status, const char *call, const char *value) {
  expect(status == DW_INVALID_ARGUMENT, "%s gives status %d", call, status);
  expect(dw_last_status() == DW_INVALID_ARGUMENT, "%s leaves status %d", call, dw_last_status());
  expect(strstr(dw_last_error(), value), "%s says \"%s\", without %s", call, dw_last_error(),
         value);
}

#define REFUSED(call, value) refused(call, #call, value)
#define NOT_MADE(call, value) refused((call) ? DW_OK : dw_last_status(), #call, value)

static const struct network SMALL = {
    "small", 3, 3, {DENSE(5, DW_RELU), DROP(0.5, ELEMENT, TRAIN), DENSE(4, DW_LINEAR)}};
enum { SAMPLES = 10, BATCH = 4, INPUTS = 3, CLASSES = 4 };

static dw_dataset *small_data(void) { return data_create(SAMPLES, INPUTS, CLASSES, 1, 1); }

static void step(dw_model *m, const dw_dataset *d) {
  expect(dw_train_step(m, d, 0.01, 0) == DW_OK, "a step fails: %s", dw_last_error());
}

/* A model two steps into an epoch; `meanwhile` is what it meets between two steps. */
static void unharmed(void (*meanwhile)(dw_model *m, dw_dataset *d)) {
  float *weights[2];
  double bytes[2];
  for (int disturbed = 0; disturbed < 2; disturbed++) {
    dw_model *m = network_create(&SMALL, 0, 1);
    dw_dataset *d = small_data();
    use_adam(m);
    dw_train_begin(m, d, SAMPLES, BATCH, 1, 0);
    step(m, d);
    if (disturbed) meanwhile(m, d);
    step(m, d);
    step(m, d);
    weights[disturbed] = parameters_copy(m, &SMALL), bytes[disturbed] = dw_model_bytes(m);
    dw_model_destroy(m);
    dw_dataset_destroy(d);
  }
  expect(same_bits(weights[0], weights[1], parameter_count(&SMALL)), "the next steps differ");
  expect(bytes[0] == bytes[1], "the model holds %g bytes, not %g", bytes[1], bytes[0]);
  free(weights[0]), free(weights[1]);
}

static void nothing_yet(void) {
  expect(dw_last_error() && dw_last_error()[0] == 0, "there is a sentence: %s", dw_last_error());
  expect(dw_last_status() == DW_OK, "the status is %d", dw_last_status());
}

static void creation(void) {
  NOT_MADE(dw_dataset_create(0, 1, 1, DW_BYTES), "samples must be at least 1, not 0");
  NOT_MADE(dw_dataset_create(1, 0, 1, DW_BYTES), "features must be 1 to 65536, not 0");
  NOT_MADE(dw_dataset_create(1, 65537, 1, DW_BYTES), "65537");
  NOT_MADE(dw_dataset_create(1, 1, 65537, DW_BYTES), "classes must be 0 to 65536, not 65537");
  NOT_MADE(dw_dataset_create(1, 1, 1, DW_IMAGE_FORMATS), "format must be 0 or 1, not 2");
  NOT_MADE(dw_model_create(0, 0), "inputs must be 1 to 65536, not 0");
  NOT_MADE(dw_model_create(65537, 0), "65537");
  NOT_MADE(dw_model_create(1, -1), "seed must be an integer from 0 to 2^53 - 1, not -1");
  NOT_MADE(dw_model_create(1, 0.5), "0.5");
  NOT_MADE(dw_model_create(1, 9007199254740992.0), "9007199254740992");
  NOT_MADE(dw_model_create(1, NAN), "NaN");
  NOT_MADE(dw_model_create(1, INFINITY), "more than 2^53");
  dw_model *m = dw_model_create(65536, 9007199254740991.0);
  expect(m != NULL, "the largest inputs and seed: %s", dw_last_error());
  dw_model_destroy(m);
}

static void layers(void) {
  dw_model *m = dw_model_create(INPUTS, 1);
  REFUSED(dw_model_build(m), "a model needs a dense layer; layers: 0");
  REFUSED(dw_model_add_dropout(m, DW_BERNOULLI, -0.5, 0, 0), "p must be 0 to 1, not -0.5");
  REFUSED(dw_model_add_dropout(m, DW_BERNOULLI, 1.5, 0, 0), "1.5");
  REFUSED(dw_model_add_dropout(m, DW_BERNOULLI, NAN, 0, 0), "NaN");
  REFUSED(dw_model_add_dropout(m, DW_BERNOULLI, INFINITY, 0, 0), "more than 2^53");
  REFUSED(dw_model_add_dropout(m, DW_BERNOULLI, 0.5, DW_MASKS, 0), "mask must be 0 or 1, not 2");
  REFUSED(dw_model_add_dropout(m, DW_BERNOULLI, 0.5, 0, DW_SCALINGS),
          "scaling must be 0 to 2, not 3");
  REFUSED(dw_model_add_dense(m, 0, 0), "units must be 1 to 65536, not 0");
  REFUSED(dw_model_add_dense(m, 65537, 0), "65537");
  REFUSED(dw_model_add_dense(m, 1, DW_ACTIVATIONS), "activation must be 0 to 4, not 5");
  REFUSED(dw_model_add_dropout(m, DW_NOISES, 0.5, 0, 0), "noise must be 0 to 2, not 3");
  REFUSED(dw_model_add_dropout(m, DW_GAUSSIAN, 1, 0, 0), "below 1 for Gaussian dropout, not 1");
  REFUSED(dw_model_add_dropout(m, DW_ALPHA, 0.5, DW_MASK_BATCH, 0), "must be 0 for this noise");
  REFUSED(dw_model_drop_connect(m, 0.5, 0, 0, 0), "not dense; layers: 0");
  REFUSED(dw_model_max_norm(m, 1), "not dense; layers: 0");
  expect(dw_model_add_dropout(m, DW_BERNOULLI, 0.5, 0, 0) == DW_OK, "%s", dw_last_error());
  REFUSED(dw_model_build(m), "a model needs a dense layer; layers: 1");
  for (int i = 1; i < DW_MAX_LAYERS; i++) {
    expect(dw_model_add_dense(m, 2, DW_RELU) == DW_OK, "%s", dw_last_error());
  }
  REFUSED(dw_model_add_dense(m, 2, 0), "a model has at most 1024 layers, not 1025");
  REFUSED(dw_model_drop_connect(m, 1.5, 0, 0, 0), "p must be 0 to 1, not 1.5");
  REFUSED(dw_model_drop_connect(m, NAN, 0, 0, 0), "NaN");
  REFUSED(dw_model_drop_connect(m, 0.5, DW_MASKS, 0, 0), "mask must be 0 or 1, not 2");
  REFUSED(dw_model_drop_connect(m, 0.5, 0, DW_SCALINGS, 0), "scaling must be 0 to 2, not 3");
  REFUSED(dw_model_drop_connect(m, 0.5, 0, DW_SCALE_NONE, 9), "scaling must be 0 or 1 for");
  REFUSED(dw_model_drop_connect(m, 1, 0, DW_SCALE_TRAIN, 9), "p must be below 1 for");
  REFUSED(dw_model_max_norm(m, 0), "c must be a float32 > 0, not 0");
  REFUSED(dw_model_max_norm(m, INFINITY), "c must be");
  expect(dw_model_build(m) == DW_OK, "%s", dw_last_error());
  REFUSED(dw_model_build(m), "the model is built; its layers: 1024");
  REFUSED(dw_model_add_dense(m, 2, 0), "the model is built");
  REFUSED(dw_model_add_dropout(m, DW_BERNOULLI, 0.5, 0, 0), "the model is built");
  dw_dataset *d = data_create(SAMPLES, INPUTS, 2, 1, 1);
  use_adam(m);
  dw_train_begin(m, d, SAMPLES, BATCH, 1, 0);
  step(m, d); /* 1024 layers deep */
  dw_model_destroy(m);
  dw_dataset_destroy(d);
}

static void images(void) {
  const uint8_t bytes[3] = {0, 1, 2};
  dw_dataset *d = dw_dataset_create(2, 1, 0, DW_BYTES);
  expect(!dw_dataset_floats_view(d), "bytes have a view of floats");
  REFUSED(dw_dataset_add_bytes(d, 0, 3, bytes), "rows must be no more than are missing, not 3");
  REFUSED(dw_dataset_add_bytes(d, 1, 1, bytes),
          "first must be the first row that is not there, not 1");
  expect(dw_dataset_add_bytes(d, 0, 1, bytes) == DW_OK, "%s", dw_last_error());
  REFUSED(dw_dataset_add_bytes(d, 0, 1, bytes), "not 0");
  REFUSED(dw_dataset_add_bytes(d, 1, 2, bytes), "not 2");
  REFUSED(dw_dataset_add_bytes(d, 1, UINT32_MAX, bytes), "not 4294967295");
  expect(dw_dataset_add_bytes(d, 1, 1, bytes) == DW_OK, "%s", dw_last_error());
  REFUSED(dw_dataset_add_bytes(d, 2, 1, bytes), "missing, not 1");
  dw_dataset_destroy(d);
  d = dw_dataset_create(2, 1, 0, DW_FLOATS);
  REFUSED(dw_dataset_add_bytes(d, 0, 1, bytes), "the images are floats and take no bytes; rows: 1");
  dw_dataset_destroy(d);
}

static void before_build(void) {
  dw_model *m = dw_model_create(INPUTS, 1);
  dw_dataset *d = small_data();
  dw_report *r = dw_report_create(CLASSES, CLASSES);
  float values[64] = {0};
  uint8_t mask[64];
  dw_model_add_dense(m, CLASSES, 0);
  dw_model_drop_connect(m, 0.5, DW_MASK_BATCH, 0, 0);
  const char *says = "the model is not built; layers: 1";
  REFUSED(dw_model_initialize(m), says);
  REFUSED(dw_parameter_read(m, 0, DW_WEIGHT, 0, values), says);
  REFUSED(dw_parameter_write(m, 0, DW_WEIGHT, 0, values), says);
  REFUSED(dw_optimizer_configure(m, DW_ADAM, 0, 0, 0.9, 0.999, 1e-8), says);
  REFUSED(dw_train_begin(m, d, SAMPLES, BATCH, 1, 0), says);
  REFUSED(dw_train_step(m, d, 0.01, 0), says);
  REFUSED(dw_train_restore(m, 1, 1, 1, 1), says);
  REFUSED(dw_evaluate(m, d, 0, 1, 1, r), says);
  REFUSED(dw_predict(m, d, 0, 1, 0, values, NULL), says);
  REFUSED(dw_activations(m, d, 0, 1, 0, 0, 0, 0, values), says);
  REFUSED(dw_mask(m, 0, 0, 0, 1, mask), says);
  expect(dw_model_build(m) == DW_OK, "%s", dw_last_error());
  REFUSED(dw_train_step(m, d, 0.01, 0), "no optimizer is set; steps done: 0");
  use_sgd(m);
  REFUSED(dw_train_step(m, d, 0.01, 0), "the epoch is over; rows used: 0");
  dw_train_begin(m, d, SAMPLES, BATCH, 1, 0);
  step(m, d);
  dw_model_destroy(m);
  dw_dataset_destroy(d);
  dw_report_destroy(r);
}

static void ask_parameters(dw_model *m, dw_dataset *d) {
  float values[64] = {0};
  (void)d;
  REFUSED(dw_parameter_read(m, 2, DW_WEIGHT, 0, values), "there is no dense layer 2");
  REFUSED(dw_parameter_write(m, 2, DW_BIAS, 0, values), "there is no dense layer 2");
  REFUSED(dw_parameter_read(m, 0, DW_PARAMETERS, 0, values), "not 2");
  REFUSED(dw_parameter_read(m, 0, DW_WEIGHT, 3, values), "slot 3");
  REFUSED(dw_parameter_write(m, 0, DW_BIAS, 3, values), "slot 3");
}

static void ask_optimizer(dw_model *m, dw_dataset *d) {
  (void)d;
  REFUSED(dw_optimizer_configure(m, DW_OPTIMIZERS, 0, 0, 0.9, 0.9, 0), "must be 0 to 2, not 3");
  REFUSED(dw_optimizer_configure(m, DW_SGD, 0, -1, 0.9, 0.9, 0), "weight_decay must be");
  REFUSED(dw_optimizer_configure(m, DW_SGD, 0, NAN, 0.9, 0.9, 0), "NaN");
  REFUSED(dw_optimizer_configure(m, DW_SGD, 0, 0, 1, 0.9, 0), "beta1 must be 0 to below 1, not 1");
  REFUSED(dw_optimizer_configure(m, DW_SGD, 0, 0, -0.5, 0.9, 0), "-0.5");
  REFUSED(dw_optimizer_configure(m, DW_SGD, 0, 0, 0.9, 1, 0), "beta2 must be 0 to below 1, not 1");
  REFUSED(dw_optimizer_configure(m, DW_SGD, 0, 0, 0.9, NAN, 0), "NaN");
  REFUSED(dw_optimizer_configure(m, DW_SGD, 0, 0, 0.9, 0.9, -1), "epsilon must be");
  REFUSED(dw_optimizer_configure(m, DW_SGD, 0, 0, 0.9, 0.9, INFINITY), "more than 2^53");
}

static void ask_training(dw_model *m, dw_dataset *d) {
  dw_dataset *wider = data_create(SAMPLES, INPUTS + 1, CLASSES, 1, 1);
  dw_dataset *unlabelled = dw_dataset_create(SAMPLES, INPUTS, 0, DW_FLOATS);
  dw_dataset *shorter = data_create(SAMPLES - 1, INPUTS, CLASSES, 1, 1);
  dw_dataset *more = data_create(SAMPLES, INPUTS, CLASSES + 1, 1, 1);
  REFUSED(dw_train_begin(m, d, 0, BATCH, 1, 0), "rows must lie within the data");
  REFUSED(dw_train_begin(m, d, SAMPLES + 1, BATCH, 1, 0), "last wanted: 10");
  REFUSED(dw_train_begin(m, d, SAMPLES, 0, 1, 0), "batch must be at least 1, not 0");
  REFUSED(dw_train_begin(m, wider, SAMPLES, BATCH, 1, 0), "number of features than the model: 4");
  REFUSED(dw_train_begin(m, unlabelled, SAMPLES, BATCH, 1, 0), "no labels; classes: 0");
  dw_dataset_labels_view(more)[3] = CLASSES;
  REFUSED(dw_train_begin(m, more, SAMPLES, BATCH, 1, 0), "below classes and outputs; found 4");
  dw_dataset_labels_view(shorter)[3] = CLASSES;
  REFUSED(dw_train_begin(m, shorter, 9, BATCH, 1, 0), "below classes and outputs; found 4");
  REFUSED(dw_train_step(m, wider, 0.01, 0), "number of features than the model: 4");
  REFUSED(dw_train_step(m, shorter, 0.01, 0), "last wanted: 9");
  REFUSED(dw_train_step(m, d, -1, 0), "learning_rate must be a float32 >= 0, not -1");
  REFUSED(dw_train_step(m, d, NAN, 0), "NaN");
  REFUSED(dw_train_step(m, d, INFINITY, 0), "more than 2^53");
  REFUSED(dw_train_step(m, d, 0.01, -1), "momentum must be a float32 >= 0, not -1");
  REFUSED(dw_train_step(m, d, 0.01, NAN), "NaN");
  dw_dataset_destroy(wider);
  dw_dataset_destroy(unlabelled);
  dw_dataset_destroy(shorter);
  dw_dataset_destroy(more);
}

static void ask_other_labels(dw_model *m, dw_dataset *d) {
  dw_dataset *unlabelled = dw_dataset_create(SAMPLES, INPUTS, 0, DW_FLOATS);
  REFUSED(dw_train_step(m, unlabelled, 0.01, 0), "no labels");
  dw_dataset_destroy(unlabelled);
  uint16_t kept[SAMPLES], *labels = dw_dataset_labels_view(d);
  for (int i = 0; i < SAMPLES; i++) kept[i] = labels[i], labels[i] = CLASSES + 1;
  REFUSED(dw_train_step(m, d, 0.01, 0), "5");
  for (int i = 0; i < SAMPLES; i++) labels[i] = kept[i];
}

static void ask_restore(dw_model *m, dw_dataset *d) {
  (void)d;
  REFUSED(dw_train_restore(m, NAN, 4, 1, 1), "NaN");
  REFUSED(dw_train_restore(m, -1, 4, 1, 1), "-1");
  REFUSED(dw_train_restore(m, 0.5, 4, 1, 1), "0.5");
  REFUSED(dw_train_restore(m, 1, -1, 1, 1), "-1");
  REFUSED(dw_train_restore(m, 1, 0.5, 1, 1), "0.5");
  REFUSED(dw_train_restore(m, 1, SAMPLES + 1, 1, 1), "11");
  REFUSED(dw_train_restore(m, 1, 4, 1, -1), "-1");
  REFUSED(dw_train_restore(m, 1, 4, 1, INFINITY), "more than 2^53");
}

static void ask_evaluation(dw_model *m, dw_dataset *d) {
  dw_dataset *unlabelled = dw_dataset_create(SAMPLES, INPUTS, 0, DW_FLOATS);
  dw_report *r = dw_report_create(CLASSES, CLASSES), *wider = dw_report_create(CLASSES, 5),
            *more = dw_report_create(5, CLASSES);
  float values[64];
  uint8_t mask[64];
  REFUSED(dw_evaluate(m, d, 0, 0, 1, r), "rows must lie within the data");
  REFUSED(dw_evaluate(m, d, 0, SAMPLES + 1, 1, r), "last wanted: 10");
  REFUSED(dw_evaluate(m, d, SAMPLES, 1, 1, r), "last wanted: 10");
  REFUSED(dw_evaluate(m, d, UINT32_MAX, 1, 1, r), "last wanted: 4294967295");
  REFUSED(dw_evaluate(m, unlabelled, 0, 1, 1, r), "no labels; classes: 0");
  REFUSED(dw_evaluate(m, d, 0, 1, 0, r), "eval_scale must be a float32 > 0, not 0");
  REFUSED(dw_evaluate(m, d, 0, 1, -1, r), "-1");
  REFUSED(dw_evaluate(m, d, 0, 1, NAN, r), "NaN");
  REFUSED(dw_evaluate(m, d, 0, 1, INFINITY, r), "more than 2^53");
  REFUSED(dw_evaluate(m, d, 0, 1, 1, wider), "the report is for another number of classes: 4");
  REFUSED(dw_evaluate(m, d, 0, 1, 1, more), "the report is for another number of classes: 5");
  expect(dw_report_view(r)[DW_REPORT_SAMPLES] == 0, "a refused evaluation counts rows");
  REFUSED(dw_predict(m, d, 9, 2, 0, values, NULL), "last wanted: 10");
  REFUSED(dw_activations(m, d, 9, 2, 0, 0, 0, 0, values), "last wanted: 10");
  REFUSED(dw_activations(m, d, 0, 1, 0, 3, 0, 0, values), "there is no layer 3");
  REFUSED(dw_mask(m, 3, 0, 0, 1, mask), "there is no layer 3");
  REFUSED(dw_dropout_mask(1.5, 0, 2, 3, 0, 0, 0, mask), "p must be 0 to 1, not 1.5");
  REFUSED(dw_dropout_mask(0.5, 0, 2, 3, 2, 0, 0, mask), "mask must be 0 or 1, not 2");
  REFUSED(dw_dropout_mask(0.5, 0, 2, 3, 0, -1, 0, mask), "not -1");
  REFUSED(dw_dropout_mask(0.5, 0, 2, 0, 0, 0, 0, mask), "not 0");
  dw_dataset_destroy(unlabelled);
  dw_report_destroy(r), dw_report_destroy(wider), dw_report_destroy(more);
}

static void parameters(void) { unharmed(ask_parameters); }
static void optimizer(void) { unharmed(ask_optimizer); }
static void training(void) { unharmed(ask_training); }
static void other_labels(void) { unharmed(ask_other_labels); }
static void restoring(void) { unharmed(ask_restore); }
static void evaluation(void) { unharmed(ask_evaluation); }

const struct check error_checks[] = {
    {"before the first failure there is no sentence and no status", nothing_yet},
    {"models and data refuse sizes, seeds and formats out of range, naming the value", creation},
    {"layers refuse what is out of range; 1024 of them build and train", layers},
    {"rows of bytes that the data has no room for are refused", images},
    {"calls before the model is built, or out of order, are errors", before_build},
    {"parameters that are not there are errors, and training goes on", parameters},
    {"an optimizer with numbers out of range is an error, and training goes on", optimizer},
    {"training on wrong data or with wrong numbers is an error, and training goes on", training},
    {"a step on data whose labels do not fit is an error, and training goes on", other_labels},
    {"putting back numbers that no run had is an error, and training goes on", restoring},
    {"evaluation of wrong rows, scales and reports is an error, and training goes on", evaluation},
    {0}};
