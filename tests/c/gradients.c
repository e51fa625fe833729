/* The core's losses, gradients, layer outputs and evaluation against the network in double
 * precision (reference.h), gradients by way of central differences. */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "reference.h"

static const double TOLERANCE = 1e-5; /* float32 sums of some tens of terms */

static const struct network NETWORKS[] = {
    {"one layer", 5, 1, {DENSE(3, DW_LINEAR)}},
    {"activation last", 3, 2, {DENSE(5, CHOSEN), DENSE(4, CHOSEN)}},
    {"three layers", 6, 3, {DENSE(9, CHOSEN), DENSE(5, CHOSEN), DENSE(3, DW_LINEAR)}},
    {"wider than a panel",
     37,
     4,
     {DENSE(41, CHOSEN), DROP(0.5, BATCH, TRAIN), DENSE(35, CHOSEN), DENSE(33, DW_LINEAR)}},
    {"dropout first", 7, 3, {DROP(0.2, ELEMENT, TRAIN), DENSE(9, CHOSEN), DENSE(3, DW_LINEAR)}},
    {"shared dropout first", 7, 3, {DROP(0.3, BATCH, EVAL), DENSE(9, CHOSEN), DENSE(3, DW_LINEAR)}},
    {"dropout in the middle",
     5,
     3,
     {DENSE(11, CHOSEN), DROP(0.5, ELEMENT, TRAIN), DENSE(3, DW_LINEAR)}},
    {"unscaled dropout in the middle",
     5,
     4,
     {DENSE(7, CHOSEN), DENSE(11, CHOSEN), DROP(0.5, ELEMENT, NONE), DENSE(3, DW_LINEAR)}},
    {"shared dropout in the middle",
     5,
     4,
     {DENSE(7, CHOSEN), DENSE(11, CHOSEN), DROP(0.4, BATCH, NONE), DENSE(3, DW_LINEAR)}},
    {"shared, scaled dropout in the middle",
     5,
     4,
     {DENSE(7, CHOSEN), DENSE(11, CHOSEN), DROP(0.4, BATCH, TRAIN), DENSE(3, DW_LINEAR)}},
    {"dropout last", 5, 3, {DENSE(7, CHOSEN), DENSE(9, CHOSEN), DROP(0.5, ELEMENT, TRAIN)}},
    {"shared dropout last", 5, 3, {DENSE(7, CHOSEN), DENSE(9, CHOSEN), DROP(0.5, BATCH, EVAL)}},
    {"two dropouts in a row",
     5,
     5,
     {DENSE(7, CHOSEN), DENSE(13, CHOSEN), DROP(0.3, BATCH, TRAIN), DROP(0.4, ELEMENT, EVAL),
      DENSE(3, DW_LINEAR)}},
    {"dropout that drops nothing before one that does",
     5,
     5,
     {DENSE(7, CHOSEN), DENSE(13, CHOSEN), DROP(0, ELEMENT, TRAIN), DROP(0.5, BATCH, TRAIN),
      DENSE(3, DW_LINEAR)}},
    {"shared dropout on every side",
     40,
     6,
     {DROP(0.3, BATCH, TRAIN), DENSE(70, CHOSEN), DROP(0.5, BATCH, TRAIN), DENSE(45, CHOSEN),
      DROP(0.4, BATCH, NONE), DENSE(5, DW_LINEAR)}},
    {"DropConnect between shared dropouts",
     7,
     5,
     {DENSE(37, CHOSEN), DROP(0.5, BATCH, EVAL), CONNECT(35, CHOSEN, 0.3, TRAIN),
      DROP(0.5, BATCH, TRAIN), DENSE(4, DW_LINEAR)}},
    {"DropConnect first", 7, 2, {CONNECT(9, CHOSEN, 0.5, TRAIN), DENSE(3, DW_LINEAR)}},
    {"DropConnect in the middle",
     5,
     3,
     {DENSE(7, CHOSEN), CONNECT(9, CHOSEN, 0.4, EVAL), DENSE(3, DW_LINEAR)}},
    {"DropConnect last", 5, 2, {DENSE(7, CHOSEN), CONNECT(5, DW_LINEAR, 0.5, TRAIN)}},
    {"every kind at once",
     9,
     6,
     {DROP(0.2, ELEMENT, TRAIN), CONNECT(11, CHOSEN, 0.3, NONE), DROP(0.5, BATCH, TRAIN),
      CONNECT(8, CHOSEN, 0.5, TRAIN), DROP(0.25, ELEMENT, EVAL), DENSE(4, DW_LINEAR)}},
};
enum { NETWORK_COUNT = sizeof NETWORKS / sizeof *NETWORKS };
enum { MOST_DIFFERENCES = 150 }; /* parameters of a large network that are tried */

/* A model, its data, and the reference on the rows of one batch. */
struct trial {
  const struct network *network;
  dw_model *model;
  dw_dataset *data;
  struct reference *reference;
  uint32_t count; /* parameters */
  float *parameters;
};

static void trial_read(struct trial *t) {
  parameters_read(t->model, t->network, t->parameters);
  for (uint32_t i = 0; i < t->count; i++) t->reference->parameters[i] = t->parameters[i];
}

static void trial_masks(struct trial *t, uint32_t step) {
  for (uint32_t i = 0; i < t->network->layer_count; i++)
    dw_mask(t->model, i, step, 0, t->reference->rows, t->reference->masks[i]);
}

static struct trial trial_create(const struct network *n, uint32_t activation, uint32_t rows,
                                 double density) {
  struct trial t = {.network = n, .count = parameter_count(n)};
  t.model = network_create(n, activation, 11);
  t.data = data_create(rows, n->inputs, network_outputs(n), density, 12);
  t.parameters = ALLOCATE(float, t.count);
  t.reference = ALLOCATE(struct reference, 1);
  struct reference *r = t.reference;
  r->network = n, r->activation = activation, r->rows = rows, r->train = true, r->eval_scale = 1;
  r->images = dw_dataset_floats_view(t.data), r->labels = dw_dataset_labels_view(t.data);
  r->parameters = ALLOCATE(double, t.count);
  parameters_randomize(t.model, n, 13);
  use_sgd(t.model);
  trial_read(&t);
  return t;
}

static void trial_destroy(struct trial *t) {
  dw_model_destroy(t->model);
  dw_dataset_destroy(t->data);
  free(t->reference->parameters), free(t->reference), free(t->parameters);
}

static const char *const ACTIVATIONS[] = {"linear", "relu", "tanh", "sigmoid", "selu"};

/* Every network with every activation, on sparse and on full data. */
static void each_trial(void (*check)(struct trial *t, const char *activation)) {
  for (int i = 0; i < NETWORK_COUNT; i++) {
    for (uint32_t f = 0; f < DW_ACTIVATIONS; f++) {
      for (int full = 0; full < 2; full++) {
        uint32_t rows = NETWORKS[i].inputs > 32 ? MOST_ROWS : full ? 7 : 3;
        struct trial t = trial_create(&NETWORKS[i], f, rows, full ? 1 : 0.4);
        check(&t, ACTIVATIONS[f]);
        trial_destroy(&t);
      }
    }
  }
}

static double difference(struct trial *t, uint32_t parameter) {
  const double h = 1e-6;
  double *at = &t->reference->parameters[parameter], value = *at;
  *at = value + h;
  double above = reference_loss(t->reference);
  *at = value - h;
  double below = reference_loss(t->reference);
  *at = value;
  return (above - below) / (2 * h);
}

/* With a learning rate of 1 the step is the gradient. */
static void check_step(struct trial *t, uint32_t step, const char *activation) {
  trial_masks(t, step);
  trial_read(t);
  float *after = ALLOCATE(float, t->count);
  double wanted = reference_loss(t->reference), largest = 0, worst = 0;
  dw_train_begin(t->model, t->data, t->reference->rows, t->reference->rows, 0, step);
  if (!expect(dw_train_step(t->model, t->data, 1, 0) == DW_OK, "%s", dw_last_error())) return;
  double loss = dw_train_view(t->model)[DW_TRAIN_LAST_LOSS];
  expect(fabs(loss - wanted) <= TOLERANCE * (1 + wanted), "%s, %s, step %u: loss %.9g, not %.9g",
         t->network->name, activation, step, loss, wanted);
  parameters_read(t->model, t->network, after);
  uint32_t stride = t->count / MOST_DIFFERENCES + 1, where = 0;
  for (uint32_t i = 0; i < t->count; i += stride) {
    double exact = difference(t, i), error = fabs(t->parameters[i] - (double)after[i] - exact);
    largest = fmax(largest, fabs(exact));
    if (!(error <= worst)) worst = error, where = i;
  }
  expect(worst <= TOLERANCE * largest, "%s, %s, step %u: parameter %u is off by %g of %g",
         t->network->name, activation, step, where, worst, largest);
  free(after);
}

static void check_gradients(struct trial *t, const char *activation) {
  for (uint32_t step = 0; step < 2; step++) check_step(t, step, activation);
}

static void gradients(void) { each_trial(check_gradients); }

static void check_outputs(struct trial *t, const char *activation) {
  enum { STEP = 5 };
  trial_masks(t, STEP);
  float *values = ALLOCATE(float, (size_t)MOST_ROWS *MOST_UNITS);
  for (int train = 0; train < 2; train++) {
    uint32_t units = t->network->inputs;
    t->reference->train = train;
    (void)reference_loss(t->reference);
    for (uint32_t i = 0; i < t->network->layer_count; i++) {
      if (t->network->layers[i].is_dense) units = t->network->layers[i].units;
      dw_activations(t->model, t->data, 0, t->reference->rows, 0, i, (uint32_t)train, STEP, values);
      for (uint32_t k = 0; k < t->reference->rows * units; k++) {
        double wanted = t->reference->output[i][k / units][k % units];
        expect(fabs(values[k] - wanted) <= TOLERANCE * (1 + fabs(wanted)),
               "%s, %s, %s: layer %u, row %u, unit %u is %.7g, not %.7g", t->network->name,
               activation, train ? "training" : "evaluation", i, k / units, k % units, values[k],
               wanted);
      }
    }
  }
  free(values);
}

static void outputs(void) { each_trial(check_outputs); }

static void check_evaluation(struct trial *t, const char *activation) {
  uint32_t rows = t->reference->rows, units = network_outputs(t->network);
  t->reference->train = false;
  const double scales[] = {1, 0.5, 2, 0.3};
  for (int i = 0; i < 4; i++) {
    t->reference->eval_scale = scales[i];
    double wanted = reference_loss(t->reference);
    dw_report *report = dw_report_create(units, units);
    expect(dw_evaluate(t->model, t->data, 0, rows, scales[i], report) == DW_OK, "%s",
           dw_last_error());
    double loss = dw_report_view(report)[DW_REPORT_LOSS];
    expect(fabs(loss - wanted) <= TOLERANCE * (1 + wanted), "%s, %s, scale %g: loss %.9g, not %.9g",
           t->network->name, activation, scales[i], loss, wanted);
    dw_report_destroy(report);
  }
}

static void evaluation(void) { each_trial(check_evaluation); }

static void check_probabilities(struct trial *t, const char *activation) {
  uint32_t rows = t->reference->rows, units = network_outputs(t->network);
  float *found = ALLOCATE(float, rows *units);
  uint16_t *labels = ALLOCATE(uint16_t, rows);
  t->reference->train = false;
  (void)reference_loss(t->reference);
  dw_predict(t->model, t->data, 0, rows, 0, found, labels);
  for (uint32_t b = 0; b < rows; b++) {
    const double *z = t->reference->output[t->network->layer_count - 1][b];
    double sum = 0, most = z[0];
    for (uint32_t o = 0; o < units; o++) sum += exp(z[o]), most = fmax(most, z[o]);
    for (uint32_t o = 0; o < units; o++) {
      double wanted = exp(z[o]) / sum;
      expect(fabs(found[b * units + o] - wanted) <= TOLERANCE, "%s, %s: row %u, unit %u is %g",
             t->network->name, activation, b, o, found[b * units + o]);
    }
    expect(z[labels[b]] >= most - TOLERANCE * (1 + fabs(most)), "%s, %s: row %u is not a %u",
           t->network->name, activation, b, labels[b]);
  }
  free(found), free(labels);
}

static void probabilities(void) { each_trial(check_probabilities); }

const struct check gradient_checks[] = {
    {"the loss and the gradient of every parameter equal those in double precision, wherever "
     "dropout and DropConnect stand",
     gradients},
    {"the output of every layer equals that in double precision, in training and evaluation",
     outputs},
    {"the loss in evaluation equals that in double precision at any eval_scale", evaluation},
    {"probabilities and labels equal those in double precision", probabilities},
    {0}};
