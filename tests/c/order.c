/* What may happen between two steps without changing the next, and what makes no difference at
 * all.  Every comparison is bit for bit. */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "model.h"
#include "network.h"

enum { SAMPLES = 150, BATCH = 16, INPUTS = 9, CLASSES = 4, STEPS = 10 };

static const struct network NETWORK = {
    "every kind",
    INPUTS,
    6,
    {DROP(0.2, ELEMENT, TRAIN), DENSE(11, DW_RELU), DROP(0.5, BATCH, TRAIN),
     CONNECT(8, DW_TANH, 0.5, TRAIN), DROP(0.25, ELEMENT, EVAL), DENSE(CLASSES, DW_LINEAR)}};

static dw_dataset *data(void) { return data_create(SAMPLES, INPUTS, CLASSES, 0.5, 1); }

static void step(dw_model *m, const dw_dataset *d) {
  expect(dw_train_step(m, d, 0.01, 0.9) == DW_OK, "a step fails: %s", dw_last_error());
}

static void begin(dw_model *m, const dw_dataset *d, uint32_t epoch) {
  expect(dw_train_begin(m, d, SAMPLES, BATCH, 1, epoch) == DW_OK, "%s", dw_last_error());
}

/* Two epochs; `meanwhile`, if any, happens before every step. */
static float *trained(const struct network *n, uint32_t optimizer,
                      void (*meanwhile)(dw_model *m, dw_dataset *d)) {
  dw_model *m = network_create(n, 0, 1);
  dw_dataset *d = data();
  dw_optimizer_configure(m, optimizer, 0, 0.01, 0.9, 0.999, 1e-8);
  for (uint32_t epoch = 0; epoch < 2; epoch++) {
    begin(m, d, epoch);
    for (int i = 0; i < STEPS; i++) {
      double before[DW_TRAIN_FIELDS];
      for (int f = 0; f < DW_TRAIN_FIELDS; f++) before[f] = dw_train_view(m)[f];
      if (meanwhile) meanwhile(m, d);
      for (int f = 0; f < DW_TRAIN_FIELDS; f++) {
        expect(dw_train_view(m)[f] == before[f], "number %d of training moves by %g", f,
               dw_train_view(m)[f] - before[f]);
      }
      step(m, d);
    }
  }
  float *values = parameters_copy(m, n);
  dw_model_destroy(m);
  dw_dataset_destroy(d);
  return values;
}

static void expect_undisturbed(void (*meanwhile)(dw_model *m, dw_dataset *d)) {
  for (uint32_t optimizer = 0; optimizer < DW_OPTIMIZERS; optimizer++) {
    float *a = trained(&NETWORK, optimizer, NULL), *b = trained(&NETWORK, optimizer, meanwhile);
    expect(same_bits(a, b, parameter_count(&NETWORK)), "optimizer %u trains differently",
           optimizer);
    free(a), free(b);
  }
}

static void evaluate(dw_model *m, dw_dataset *d) {
  dw_report *r = dw_report_create(CLASSES, CLASSES);
  dw_evaluate(m, d, 3, SAMPLES - 3, 2, r);
  dw_report_destroy(r);
}

static void predict(dw_model *m, dw_dataset *d) {
  float p[SAMPLES * CLASSES];
  uint16_t labels[SAMPLES];
  dw_predict(m, d, 0, SAMPLES, 0, p, labels);
}

static void look(dw_model *m, dw_dataset *d) {
  float values[SAMPLES * 11];
  uint8_t mask[SAMPLES * 11];
  for (uint32_t layer = 0; layer < NETWORK.layer_count; layer++) {
    dw_activations(m, d, 0, SAMPLES, 0, layer, 1, 77, values); /* the workspace grows */
    dw_activations(m, d, 0, SAMPLES, 0, layer, 0, 0, values);
    dw_mask(m, layer, 78, 0, SAMPLES, mask);
  }
  float *parameters = parameters_copy(m, &NETWORK);
  parameters_write(m, &NETWORK, parameters);
  free(parameters);
}

static void after_evaluation(void) { expect_undisturbed(evaluate); }
static void after_prediction(void) { expect_undisturbed(predict); }
static void after_a_look(void) { expect_undisturbed(look); }

/* An epoch of large batches after one of small ones equals that epoch with room from the start. */
static void expect_growth(uint32_t rows) {
  float *weights[2];
  for (int roomy = 0; roomy < 2; roomy++) {
    dw_model *m = network_create(&NETWORK, 0, 1);
    dw_dataset *d = data();
    use_adam(m);
    if (roomy) dw_train_begin(m, d, SAMPLES, SAMPLES, 1, 9); /* room before the first step */
    dw_train_begin(m, d, SAMPLES / 2, 2, 1, 0);
    for (int i = 0; i < 5; i++) step(m, d);
    dw_train_begin(m, d, SAMPLES, rows, 1, 1);
    step(m, d);
    step(m, d);
    weights[roomy] = parameters_copy(m, &NETWORK);
    dw_model_destroy(m);
    dw_dataset_destroy(d);
  }
  expect(same_bits(weights[0], weights[1], parameter_count(&NETWORK)), "growth to %u rows shows",
         rows);
  free(weights[0]), free(weights[1]);
}

static void growth(void) {
  for (uint32_t rows = 63; rows < 70; rows++) expect_growth(rows);
  expect_growth(SAMPLES - 1);
}

/* Behind a sigmoid even what lies past the last unit is not zero: 1/2. */
static void panel_padding(void) {
  const struct network n = {
      "sigmoids",
      INPUTS,
      3,
      {DENSE(11, DW_SIGMOID), CONNECT(7, DW_SIGMOID, 0.5, TRAIN), DENSE(CLASSES, DW_LINEAR)}};
  for (uint32_t optimizer = 0; optimizer < DW_OPTIMIZERS; optimizer++) {
    dw_model *m = network_create(&n, 0, 1);
    dw_dataset *d = data();
    dw_optimizer_configure(m, optimizer, 0, 0.01, 0.9, 0.999, 1e-8);
    begin(m, d, 0);
    for (int i = 0; i < STEPS; i++) step(m, d);
    for (uint32_t dense = 0; dense < 3; dense++) {
      const struct panels *p = &model_dense(m, dense)->weight;
      uint64_t end = panels_size(p->rows, p->columns);
      for (uint64_t at = 0; at < end; at++) {
        uint64_t column = at / PANEL / p->rows * PANEL + at % PANEL;
        if (column >= p->columns) expect(p->data[at] == 0, "layer %u: %g", dense, p->data[at]);
      }
    }
    dw_model_destroy(m);
    dw_dataset_destroy(d);
  }
}

/* Parameters, optimizer state and the numbers of training, from one model to another. */
static void transplant(dw_model *to, const dw_model *from, const dw_dataset *d, uint32_t slots) {
  float values[128];
  begin(to, d, 1);
  for (uint32_t dense = 0; dense < 3; dense++) {
    for (uint32_t which = 0; which < DW_PARAMETERS; which++) {
      for (uint32_t slot = 0; slot <= slots; slot++) {
        int status = dw_parameter_read(from, dense, which, slot, values);
        if (!status) status = dw_parameter_write(to, dense, which, slot, values);
        expect(status == DW_OK, "slot %u: %s", slot, dw_last_error());
      }
    }
  }
  const double *t = dw_train_view(from);
  dw_train_restore(to, t[DW_TRAIN_STEP], t[DW_TRAIN_POSITION], t[DW_TRAIN_LOSS_SUM],
                   t[DW_TRAIN_UPDATES]);
}

static void resumption(void) {
  for (uint32_t optimizer = 0; optimizer < DW_OPTIMIZERS; optimizer++) {
    dw_model *m[2];
    dw_dataset *d = data();
    for (int i = 0; i < 2; i++) {
      m[i] = network_create(&NETWORK, 0, 1);
      dw_optimizer_configure(m[i], optimizer, 0, 0, 0.9, 0.999, 1e-8);
    }
    begin(m[0], d, 0);
    for (int i = 0; i < STEPS; i++) step(m[0], d);
    begin(m[0], d, 1);
    for (int i = 0; i < 3; i++) step(m[0], d);
    transplant(m[1], m[0], d, optimizer == DW_SGD ? 1 : 2);
    float *weights[2];
    for (int k = 0; k < 2; k++) {
      for (int i = 3; i < STEPS; i++) step(m[k], d);
      weights[k] = parameters_copy(m[k], &NETWORK);
    }
    expect(same_bits(weights[0], weights[1], parameter_count(&NETWORK)), "optimizer %u: weights",
           optimizer);
    for (int f = 0; f <= DW_TRAIN_UPDATES; f++) {
      expect(dw_train_view(m[0])[f] == dw_train_view(m[1])[f], "number %d of training is %g", f,
             dw_train_view(m[1])[f]);
    }
    for (int k = 0; k < 2; k++) free(weights[k]), dw_model_destroy(m[k]);
    dw_dataset_destroy(d);
  }
}

static void optimizer_state(void) {
  dw_model *m = network_create(&NETWORK, 0, 1);
  dw_dataset *d = data();
  float values[INPUTS * 11];
  begin(m, d, 0);
  expect(dw_parameter_read(m, 0, 0, 1, values) != DW_OK, "there is state before an optimizer");
  use_adam(m);
  step(m, d);
  dw_optimizer_configure(m, DW_ADAM, 0, 0.1, 0.8, 0.99, 1e-7);
  dw_parameter_read(m, 0, DW_WEIGHT, 2, values);
  float sum = 0;
  for (int i = 0; i < INPUTS * 11; i++) sum += values[i];
  expect(sum > 0 && dw_train_view(m)[DW_TRAIN_UPDATES] == 1, "a changed number clears state");
  use_sgd(m);
  dw_parameter_read(m, 0, DW_WEIGHT, 1, values);
  for (int i = 0; i < INPUTS * 11; i++) expect(values[i] == 0, "velocity %d is %g", i, values[i]);
  expect(dw_train_view(m)[DW_TRAIN_UPDATES] == 0, "another optimizer keeps the count");
  expect(dw_parameter_read(m, 0, 0, 2, values) != DW_OK, "SGD has a second state");
  step(m, d);
  expect(dw_train_view(m)[DW_TRAIN_STEP] == 2, "steps of the model's life are lost");
  dw_model_destroy(m);
  dw_dataset_destroy(d);
}

static void any_split(void) {
  dw_model *m = network_create(&NETWORK, 0, 1);
  dw_dataset *d = data();
  float whole[SAMPLES * CLASSES], part[SAMPLES * CLASSES];
  dw_report *one = dw_report_create(CLASSES, CLASSES), *many = dw_report_create(CLASSES, CLASSES);
  dw_predict(m, d, 0, SAMPLES, 0, whole, NULL);
  dw_evaluate(m, d, 0, SAMPLES, 1, one);
  for (uint32_t first = 0, count = 1; first < SAMPLES; first += count, count += 6) {
    if (count > SAMPLES - first) count = SAMPLES - first;
    dw_predict(m, d, first, count, 0, part + (size_t)first * CLASSES, NULL);
    dw_evaluate(m, d, first, count, 1, many);
  }
  expect(same_bits(whole, part, SAMPLES * CLASSES), "probabilities differ");
  const double *a = dw_report_view(one), *b = dw_report_view(many);
  expect(a[DW_REPORT_ACCURACY] == b[DW_REPORT_ACCURACY], "accuracies differ");
  expect(fabs(a[DW_REPORT_LOSS] - b[DW_REPORT_LOSS]) < 1e-12, "losses differ");
  for (int i = 0; i < CLASSES * CLASSES; i++)
    expect(dw_confusion_view(one)[i] == dw_confusion_view(many)[i], "confusion differs");
  dw_report_destroy(one), dw_report_destroy(many);
  dw_model_destroy(m);
  dw_dataset_destroy(d);
}

/* Byte i of the data: `nonzero` of 4 are not zero. */
static uint8_t byte_at(int i, int nonzero) { return i % 4 < nonzero ? (uint8_t)(7 * i + 1) : 0; }

static void expect_bytes_as_floats(const struct network *n, int nonzero) {
  float *weights[2];
  for (uint32_t format = 0; format < DW_IMAGE_FORMATS; format++) {
    dw_model *m = network_create(n, 0, 1);
    dw_dataset *d = dw_dataset_create(SAMPLES, INPUTS, CLASSES, format);
    uint8_t bytes[SAMPLES * INPUTS];
    for (int i = 0; i < SAMPLES * INPUTS; i++) {
      bytes[i] = byte_at(i, nonzero);
      if (format == DW_FLOATS) dw_dataset_floats_view(d)[i] = (float)(bytes[i] / 255.0);
    }
    if (format == DW_BYTES)
      expect(dw_dataset_add_bytes(d, 0, SAMPLES, bytes) == DW_OK, "%s", dw_last_error());
    use_adam(m);
    begin(m, d, 0);
    for (int i = 0; i < STEPS; i++) step(m, d);
    weights[format] = parameters_copy(m, n);
    dw_model_destroy(m);
    dw_dataset_destroy(d);
  }
  expect(same_bits(weights[0], weights[1], parameter_count(n)), "bytes are no floats: %s, %d of 4",
         n->name, nonzero);
  free(weights[0]), free(weights[1]);
}

/* Dropout first: never a list of bytes; a dense layer first: one where enough of them are zero. */
static void bytes_and_floats(void) {
  const struct network listed = {
      "dense first", INPUTS, 2, {DENSE(11, DW_RELU), DENSE(CLASSES, DW_LINEAR)}};
  for (int nonzero = 0; nonzero <= 4; nonzero++) {
    expect_bytes_as_floats(&NETWORK, nonzero);
    expect_bytes_as_floats(&listed, nonzero);
  }
}

static struct network with_dropout(uint32_t mask, uint32_t scaling) {
  return (struct network){"one dropout",
                          INPUTS,
                          3,
                          {DENSE(11, DW_RELU),
                           {false, 0, 0, 0.5, mask, scaling, DW_BERNOULLI},
                           DENSE(CLASSES, DW_LINEAR)}};
}

static void scaling_in_evaluation(void) {
  for (uint32_t mask = 0; mask < DW_MASKS; mask++) {
    struct network unscaled = with_dropout(mask, DW_SCALE_NONE);
    struct network scaled = with_dropout(mask, DW_SCALE_EVAL);
    float *a = trained(&unscaled, DW_ADAM, NULL), *b = trained(&scaled, DW_ADAM, NULL);
    expect(same_bits(a, b, parameter_count(&scaled)), "weights differ, mask %u", mask);
    free(a), free(b);
  }
}

const struct check order_checks[] = {
    {"an evaluation between two steps changes nothing of training", after_evaluation},
    {"a prediction between two steps changes nothing of training", after_prediction},
    {"asking for activations, masks and parameters changes nothing of training", after_a_look},
    {"a workspace that grows between two steps changes no weight", growth},
    {"what lies past the last column of a panel stays zero", panel_padding},
    {"a run put back into another model goes on bit for bit, with every optimizer", resumption},
    {"optimizer state starts anew with the kind and stays with the numbers", optimizer_state},
    {"any split of the rows gives the same probabilities and report", any_split},
    {"bytes train as the floats nearest to byte / 255 do", bytes_and_floats},
    {"scaling in evaluation trains the weights that no scaling trains", scaling_in_evaluation},
    {0}};
