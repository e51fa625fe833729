/* The C core, natively:
 *   native check [PART]   every check, or those whose promise contains PART, as TAP
 *   native train NETWORK VARIANT SEED SAMPLES EPOCHS MNIST_DIR OUT [sgd|adam|adamw RATE]
 *                         one run; prints each epoch's loss, writes little-endian float32 weights
 *                         and biases of every dense layer in order to OUT  */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "dropout_wasm.h"
#include "train.h"

enum { WRONG_USAGE = 2 };

static uint32_t optimizer_named(const char *name) {
  if (strcmp(name, "sgd") == 0) return DW_SGD;
  return strcmp(name, "adamw") == 0 ? DW_ADAMW : DW_ADAM;
}

int main(int count, char **words) {
  if (count >= 2 && strcmp(words[1], "check") == 0) {
    return run_checks(count > 2 ? words[2] : "") != 0;
  }
  if ((count == 9 || count == 11) && strcmp(words[1], "train") == 0) {
    struct training t = {.network = words[2],
                         .variant = words[3],
                         .seed = strtod(words[4], NULL),
                         .samples = (uint32_t)strtoul(words[5], NULL, 10),
                         .epochs = (uint32_t)strtoul(words[6], NULL, 10),
                         .data = words[7],
                         .out = words[8],
                         .optimizer = count == 11 ? optimizer_named(words[9]) : DW_ADAM,
                         .learning_rate = count == 11 ? strtod(words[10], NULL) : 0.001};
    return train_variant(&t);
  }
  (void)fprintf(stderr,
                "usage: native check [PART]\n"
                "       native train NETWORK VARIANT SEED SAMPLES EPOCHS MNIST_DIR OUT "
                "[sgd|adam|adamw RATE]\n");
  return WRONG_USAGE;
}
