/* Roads that skip what is zero, against others: the same bits. */
#include <stdlib.h>

#include "check.h"
#include "model.h"
#include "network.h"

enum { CLASSES = 4 };

/* Inputs that one mask drops for all rows against the same network without that layer, on data
 * where they are zero.  More inputs than units: what is taken out needs more room than the
 * products. */
static void check_dropped_inputs(uint32_t rows, double p) {
  enum { MANY = 700, UNITS = 33 };
  const struct network with = {"dropped inputs",
                               MANY,
                               4,
                               {DROP(p, BATCH, NONE), DENSE(UNITS, DW_TANH), DENSE(UNITS, DW_TANH),
                                DENSE(CLASSES, DW_LINEAR)}};
  struct network without = {"zero inputs", MANY, 3, {{0}}};
  for (int i = 0; i < 3; i++) without.layers[i] = with.layers[i + 1];
  dw_model *a = network_create(&with, 0, 1), *b = network_create(&without, 0, 1);
  dw_dataset *whole = data_create(rows, MANY, CLASSES, 1, 5);
  dw_dataset *zeroed = data_create(rows, MANY, CLASSES, 1, 5);
  uint8_t mask[MANY];
  expect(dw_mask(a, 0, 0, 0, 1, mask) == DW_OK, "%s", dw_last_error());
  float *images = dw_dataset_floats_view(zeroed);
  for (uint32_t i = 0; i < rows * MANY; i++) images[i] *= mask[i % MANY];
  use_sgd(a), use_sgd(b);
  expect(dw_train_begin(a, whole, rows, rows, 0, 0) == DW_OK &&
             dw_train_begin(b, zeroed, rows, rows, 0, 0) == DW_OK,
         "%s", dw_last_error());
  expect(
      dw_train_step(a, whole, 0.01, 0.9) == DW_OK && dw_train_step(b, zeroed, 0.01, 0.9) == DW_OK,
      "%s", dw_last_error());
  float *left = parameters_copy(a, &with), *right = parameters_copy(b, &without);
  expect(same_bits(left, right, parameter_count(&without)), "p %g: weights differ after %u rows", p,
         rows);
  free(left), free(right);
  dw_dataset_destroy(whole), dw_dataset_destroy(zeroed);
  dw_model_destroy(a), dw_model_destroy(b);
}

static void dropped_inputs(void) {
  const uint32_t batches[] = {1, 5, 64, 65, 400};
  for (int i = 0; i < 5; i++) {
    check_dropped_inputs(batches[i], 0.5); /* lists against what is left out */
    check_dropped_inputs(batches[i], 0.1); /* dense products against what is left out */
  }
}

/* Rows enough for zeros behind ReLU to be skipped behind the first layer, against pieces that are
 * too short for that. */
static void many_rows(void) {
  enum { ROWS = 500, PIECE = 100 };
  _Static_assert((int)ROWS >= (int)TURN_ROWS && (int)PIECE < (int)TURN_ROWS,
                 "one is long enough, the other not");
  const struct network n = {
      "relu",
      30,
      3,
      {DENSE(45, DW_RELU), DENSE(LIST_BLOCK + 41, DW_RELU), DENSE(CLASSES, DW_LINEAR)}};
  dw_model *m = network_create(&n, 0, 1);
  dw_dataset *d = data_create(ROWS, 30, CLASSES, 1, 3);
  float whole[ROWS * CLASSES], piece[PIECE * CLASSES];
  uint64_t state = 7;
  for (int time = 0; time < 2; time++) { /* and with other weights */
    parameters_randomize(m, &n, test_bits(&state));
    expect(dw_predict(m, d, 0, ROWS, 0, whole, NULL) == DW_OK, "%s", dw_last_error());
    for (uint32_t dense = 1; dense < 3; dense++)
      expect(model_dense(m, dense)->is_turned, "no zero is skipped in layer %u", dense);
    for (uint32_t first = 0; first < ROWS; first += PIECE) {
      expect(dw_predict(m, d, first, PIECE, 0, piece, NULL) == DW_OK, "%s", dw_last_error());
      expect(same_bits(piece, whole + first * CLASSES, PIECE * CLASSES), "rows from %u differ",
             first);
    }
  }
  dw_dataset_destroy(d), dw_model_destroy(m);
}

const struct check skipping_checks[] = {
    {"inputs that one mask drops for all rows are as good as zero", dropped_inputs},
    {"many rows, with zeros skipped behind every ReLU, give what few do without", many_rows},
    {0}};
