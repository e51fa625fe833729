/* The ends of every range: p 0 and 1, one unit, one row, logits of ten thousand, and numbers that
 * are none. */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "network.h"

enum { SAMPLES = 10, BATCH = 4 };

static void step(dw_model *m, const dw_dataset *d, double rate) {
  expect(dw_train_step(m, d, rate, 0) == DW_OK, "a step fails: %s", dw_last_error());
}

static double last_loss(const dw_model *m) { return dw_train_view(m)[DW_TRAIN_LAST_LOSS]; }

/* Parameters after two epochs of Adam. */
static float *trained(const struct network *n) {
  dw_model *m = network_create(n, DW_RELU, 1);
  dw_dataset *d = data_create(SAMPLES, n->inputs, network_outputs(n), 1, 1);
  use_adam(m);
  for (uint32_t epoch = 0; epoch < 2; epoch++) {
    dw_train_begin(m, d, SAMPLES, BATCH, 1, epoch);
    for (int i = 0; i < 3; i++) step(m, d, 0.01);
  }
  float *values = parameters_copy(m, n);
  dw_model_destroy(m);
  dw_dataset_destroy(d);
  return values;
}

static void expect_same_training(const struct network *n, const struct network *wanted) {
  float *a = trained(n), *b = trained(wanted);
  expect(same_bits(a, b, parameter_count(wanted)), "%s differs from %s", n->name, wanted->name);
  free(a), free(b);
}

static void p_zero(void) {
  const struct network plain = {
      "no dropout", 5, 3, {DENSE(7, CHOSEN), DENSE(6, CHOSEN), DENSE(3, DW_LINEAR)}};
  const struct network with_zero[] = {
      {"p 0 first",
       5,
       4,
       {DROP(0, ELEMENT, TRAIN), DENSE(7, CHOSEN), DENSE(6, CHOSEN), DENSE(3, DW_LINEAR)}},
      {"p 0 in the middle, shared",
       5,
       5,
       {DENSE(7, CHOSEN), DROP(0, BATCH, NONE), DENSE(6, CHOSEN), DROP(0, ELEMENT, EVAL),
        DENSE(3, DW_LINEAR)}},
      {"p 0 last",
       5,
       4,
       {DENSE(7, CHOSEN), DENSE(6, CHOSEN), DENSE(3, DW_LINEAR), DROP(0, BATCH, EVAL)}},
      {"DropConnect 0",
       5,
       3,
       {CONNECT(7, CHOSEN, 0, TRAIN), CONNECT(6, CHOSEN, 0, EVAL), CONNECT(3, DW_LINEAR, 0, NONE)}},
  };
  for (int i = 0; i < 4; i++) expect_same_training(&with_zero[i], &plain);
  const struct network one = {
      "one dropout", 5, 3, {DENSE(7, CHOSEN), DROP(0.5, ELEMENT, TRAIN), DENSE(3, DW_LINEAR)}};
  const struct network behind = {
      "one dropout behind p 0",
      5,
      4,
      {DROP(0, ELEMENT, TRAIN), DENSE(7, CHOSEN), DROP(0.5, ELEMENT, TRAIN), DENSE(3, DW_LINEAR)}};
  expect_same_training(&behind, &one);
  dw_model *m = network_create(&behind, 0, 1);
  uint8_t mask[10];
  dw_mask(m, 0, 3, 0, 2, mask);
  for (int i = 0; i < 10; i++) expect(mask[i] == 1, "p 0 drops unit %d", i);
  dw_model_destroy(m);
}

/* With each optimizer the last `biases` parameters move, and no other. */
static void expect_biases_move(const struct network *n, uint32_t biases) {
  uint32_t count = parameter_count(n);
  for (uint32_t kind = 0; kind < DW_OPTIMIZERS; kind++) {
    dw_model *m = network_create(n, DW_TANH, 1);
    dw_dataset *d = data_create(SAMPLES, n->inputs, network_outputs(n), 1, 1);
    dw_optimizer_configure(m, kind, 0, 0, 0.9, 0.999, 1e-8);
    float *before = parameters_copy(m, n);
    dw_train_begin(m, d, SAMPLES, BATCH, 1, 0);
    for (int i = 0; i < 3; i++) step(m, d, 0.01);
    float *after = parameters_copy(m, n);
    expect(isfinite(last_loss(m)), "%s: loss %g", n->name, last_loss(m));
    expect(same_bits(before, after, count - biases), "%s: optimizer %u moves what is dropped",
           n->name, kind);
    for (uint32_t i = count - biases; i < count; i++)
      expect(before[i] != after[i], "%s: optimizer %u leaves bias %u", n->name, kind, i);
    free(before), free(after);
    dw_model_destroy(m);
    dw_dataset_destroy(d);
  }
}

/* Whether a layer's training output is +0 to the bit. */
static void expect_zeros(const struct network *n, uint32_t layer, uint32_t units) {
  dw_model *m = network_create(n, DW_TANH, 1);
  dw_dataset *d = data_create(SAMPLES, n->inputs, network_outputs(n), 1, 1);
  float *values = ALLOCATE(float, SAMPLES *units), *zeros = ALLOCATE(float, SAMPLES *units);
  dw_activations(m, d, 0, SAMPLES, 0, layer, 1, 0, values);
  expect(same_bits(values, zeros, SAMPLES * units), "%s: not all are +0", n->name);
  free(values), free(zeros);
  dw_model_destroy(m);
  dw_dataset_destroy(d);
}

static void p_one(void) {
  const struct network networks[] = {
      {"p 1, mask of every row",
       5,
       4,
       {DENSE(7, CHOSEN), DENSE(6, CHOSEN), DROP(1, ELEMENT, TRAIN), DENSE(3, DW_LINEAR)}},
      {"p 1, shared",
       5,
       4,
       {DENSE(7, CHOSEN), DENSE(6, CHOSEN), DROP(1, BATCH, NONE), DENSE(3, DW_LINEAR)}},
      {"p 1, scaled in evaluation",
       5,
       4,
       {DENSE(7, CHOSEN), DENSE(6, CHOSEN), DROP(1, BATCH, EVAL), DENSE(3, DW_LINEAR)}},
      {"p 1 of the data", 5, 2, {DROP(1, ELEMENT, TRAIN), DENSE(3, DW_LINEAR)}},
      {"DropConnect 1", 5, 2, {DENSE(7, CHOSEN), CONNECT(3, DW_LINEAR, 1, TRAIN)}},
      {"DropConnect 1 alone", 5, 1, {CONNECT(3, DW_LINEAR, 1, EVAL)}},
  };
  for (int i = 0; i < 6; i++) expect_biases_move(&networks[i], 3);
  for (int i = 0; i < 3; i++) expect_zeros(&networks[i], 2, 6);
  expect_zeros(&networks[3], 0, 5);
  const struct network last = {"p 1 last", 5, 2, {DENSE(3, CHOSEN), DROP(1, ELEMENT, TRAIN)}};
  expect_biases_move(&last, 0);
}

/* Infinite inputs exactly where the mask drops train as zeros do. */
static void infinite_inputs(void) {
  const struct network n = {
      "infinite inputs", 9, 3, {DROP(0.5, ELEMENT, TRAIN), DENSE(7, DW_RELU), DENSE(3, DW_LINEAR)}};
  float *weights[2];
  for (int infinite = 0; infinite < 2; infinite++) {
    dw_model *m = network_create(&n, 0, 1);
    dw_dataset *d = data_create(BATCH, 9, 3, 1, 1);
    float *images = dw_dataset_floats_view(d);
    uint8_t mask[BATCH * 9];
    dw_mask(m, 0, 0, 0, BATCH, mask);
    for (int i = 0; i < BATCH * 9; i++) {
      if (!mask[i])
        images[i] = !infinite ? 0 : i % 3 == 0 ? NAN : i % 3 == 1 ? INFINITY : -INFINITY;
    }
    use_adam(m);
    dw_train_begin(m, d, BATCH, BATCH, 0, 0);
    step(m, d, 0.01);
    weights[infinite] = parameters_copy(m, &n);
    dw_model_destroy(m);
    dw_dataset_destroy(d);
  }
  expect(same_bits(weights[0], weights[1], parameter_count(&n)), "infinities show");
  free(weights[0]), free(weights[1]);
}

static void large_logits(void) {
  const struct network n = {"logits", 1, 1, {DENSE(5, DW_LINEAR)}};
  const float largest[] = {1e4F, -1e4F, 3e38F};
  for (int i = 0; i < 3; i++) {
    dw_model *m = network_create(&n, 0, 1);
    dw_dataset *d = dw_dataset_create(2, 1, 5, DW_FLOATS);
    float *images = dw_dataset_floats_view(d), values[10] = {0}, p[10];
    images[0] = 1, images[1] = -1;
    values[0] = largest[i];
    for (int k = 1; k < 5; k++) values[k] = -largest[i] / 4;
    parameters_write(m, &n, values);
    use_sgd(m);
    dw_train_begin(m, d, 2, 2, 0, 0);
    step(m, d, 0.01);
    /* of one row, whose other four logits tie; the loss of the other row is 0 */
    double distance = 1.25 * fabs((double)largest[i]) + log(4);
    expect(fabs(last_loss(m) - distance / 2) <= 1e-6 * distance, "loss %g", last_loss(m));
    dw_predict(m, d, 0, 2, 0, p, NULL);
    for (int k = 0; k < 10; k++) expect(p[k] >= 0 && p[k] <= 1, "probability %g", p[k]);
    parameters_read(m, &n, values);
    for (int k = 0; k < 10; k++) expect(isfinite(values[k]), "parameter %g", values[k]);
    dw_model_destroy(m);
    dw_dataset_destroy(d);
  }
}

static const struct network PLAIN = {
    "plain", 3, 3, {DENSE(4, DW_LINEAR), DENSE(5, DW_LINEAR), DENSE(3, DW_LINEAR)}};

static void divergence(void) {
  uint32_t count = parameter_count(&PLAIN);
  dw_model *m = network_create(&PLAIN, 0, 1);
  dw_dataset *d = data_create(1000, 3, 3, 1, 1);
  float *start = parameters_copy(m, &PLAIN), *before = NULL;
  int status = DW_OK, steps = 0;
  use_sgd(m);
  dw_train_begin(m, d, 1000, BATCH, 1, 0);
  for (; status == DW_OK && steps < 100; steps++) {
    free(before);
    before = parameters_copy(m, &PLAIN);
    status = dw_train_step(m, d, 1e30, 0);
  }
  float *after = parameters_copy(m, &PLAIN);
  expect(status == DW_DIVERGED && dw_last_status() == DW_DIVERGED, "status %d", status);
  expect(dw_train_view(m)[DW_TRAIN_STEP] == steps - 1, "%d steps count", steps);
  expect(dw_train_view(m)[DW_TRAIN_POSITION] == (steps - 1) * BATCH, "rows of the step count");
  expect(isfinite(dw_train_view(m)[DW_TRAIN_LOSS_SUM]), "the loss of the step counts");
  expect(same_bits(before, after, count), "the step that failed moves weights");
  for (uint32_t i = 0; i < count; i++) expect(isfinite(after[i]), "parameter %u: %g", i, after[i]);
  parameters_write(m, &PLAIN, start);
  step(m, d, 0.01); /* the model is usable */
  expect(last_loss(m) < 10, "loss %g", last_loss(m));
  free(start), free(before), free(after);
  dw_model_destroy(m);
  dw_dataset_destroy(d);
}

static void no_numbers(void) {
  const float wrong[] = {NAN, INFINITY, -INFINITY};
  for (int i = 0; i < 3; i++) {
    dw_model *m = network_create(&PLAIN, 0, 1);
    dw_dataset *d = data_create(SAMPLES, 3, 3, 1, 1);
    dw_report *r = dw_report_create(3, 3);
    float *values = parameters_copy(m, &PLAIN), p[SAMPLES * 3];
    uint16_t labels[SAMPLES];
    values[0] = wrong[i];
    parameters_write(m, &PLAIN, values);
    use_sgd(m);
    dw_train_begin(m, d, SAMPLES, BATCH, 1, 0);
    expect(dw_train_step(m, d, 0.01, 0) == DW_DIVERGED, "a step on %g goes on", wrong[i]);
    expect(dw_evaluate(m, d, 0, SAMPLES, 1, r) == DW_OK, "%s", dw_last_error());
    expect(!isfinite(dw_report_view(r)[DW_REPORT_LOSS]), "a finite loss");
    expect(dw_report_view(r)[DW_REPORT_SAMPLES] == SAMPLES, "rows are lost");
    dw_predict(m, d, 0, SAMPLES, 0, p, labels);
    for (int k = 0; k < SAMPLES; k++) expect(labels[k] < 3, "label %u", labels[k]);
    free(values);
    dw_report_destroy(r);
    dw_model_destroy(m);
    dw_dataset_destroy(d);
  }
}

static void one_of_each(void) {
  const struct network small[] = {
      {"one unit", 3, 1, {DENSE(1, DW_LINEAR)}},
      {"one input", 1, 2, {DENSE(3, DW_RELU), DENSE(2, DW_LINEAR)}},
      {"one hidden unit", 3, 3, {DENSE(1, DW_TANH), DROP(0.5, BATCH, TRAIN), DENSE(2, DW_LINEAR)}},
      {"one of all",
       1,
       3,
       {DROP(0.5, ELEMENT, TRAIN), CONNECT(1, DW_SELU, 0.5, TRAIN), DENSE(1, DW_SIGMOID)}},
  };
  const uint32_t batches[] = {1, 3, SAMPLES, SAMPLES + 1, UINT32_MAX};
  for (int i = 0; i < 4; i++) {
    for (int k = 0; k < 5; k++) {
      dw_model *m = network_create(&small[i], 0, 1);
      dw_dataset *d = data_create(SAMPLES, small[i].inputs, network_outputs(&small[i]), 1, 1);
      uint32_t rows = batches[k] < SAMPLES ? batches[k] : SAMPLES;
      use_adam(m);
      dw_train_begin(m, d, SAMPLES, batches[k], 1, 0);
      for (uint32_t done = 0; done < SAMPLES; done += rows) {
        step(m, d, 0.01);
        if (network_outputs(&small[i]) == 1) expect(last_loss(m) == 0, "loss %g", last_loss(m));
      }
      expect(dw_train_view(m)[DW_TRAIN_POSITION] == SAMPLES, "rows are left");
      expect(dw_train_step(m, d, 0.01, 0) == DW_INVALID_ARGUMENT, "the epoch goes on");
      dw_model_destroy(m);
      dw_dataset_destroy(d);
    }
  }
}

const struct check extreme_checks[] = {
    {"p 0 trains bit for bit as the network without the layer", p_zero},
    {"p 1 gives exactly +0 and finite losses, and only biases behind it move", p_one},
    {"dropping selects: infinities and NaN that are dropped train as zeros do", infinite_inputs},
    {"logits of +-10,000 and 3e38 give finite losses, probabilities and steps", large_logits},
    {"a diverging run stops with the weights before the step that failed", divergence},
    {"weights that are no numbers diverge, and reports on them are harmless", no_numbers},
    {"one unit, one input, one row, and batches beyond the data train whole epochs", one_of_each},
    {0}};
