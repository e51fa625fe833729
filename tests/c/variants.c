#include "variants.h"

#include <string.h>

enum { FEATURES = 784, HIDDEN = 512, CLASSES = 10 };

static const struct {
  const char *name;
  struct layer_spec dropout; /* after the hidden layers; none where p is 0 */
  double drop_connect;       /* of the second layer */
} VARIANTS[] = {
    {"none", DROP(0, ELEMENT, NONE), 0},
    {"article", DROP(0.5, BATCH, NONE), 0},
    {"article-scaled", DROP(0.5, BATCH, TRAIN), 0},
    {"standard", DROP(0.5, ELEMENT, TRAIN), 0},
    {"test-scaled", DROP(0.5, ELEMENT, EVAL), 0},
    {"unscaled", DROP(0.5, ELEMENT, NONE), 0},
    {"dropconnect", DROP(0, ELEMENT, NONE), 0.5},
    {"gaussian", NOISE(0.5, GAUSSIAN), 0},
    {"alpha", NOISE(0.5, ALPHA), 0},
};

enum { VARIANT_COUNT = sizeof VARIANTS / sizeof *VARIANTS };

const char *variant_name(uint32_t index) {
  return index < VARIANT_COUNT ? VARIANTS[index].name : NULL;
}

bool variant_network(struct network *n, const char *network, const char *variant) {
  uint32_t activation = strcmp(network, "relu") == 0 ? DW_RELU : DW_LINEAR;
  if (strcmp(variant, "alpha") == 0) activation = DW_SELU;
  for (uint32_t i = 0; i < VARIANT_COUNT; i++) {
    if (strcmp(VARIANTS[i].name, variant) != 0) continue;
    *n = (struct network){.name = variant, .inputs = FEATURES};
    n->layers[n->layer_count++] = (struct layer_spec)DENSE(HIDDEN, activation);
    n->layers[n->layer_count++] =
        (struct layer_spec)CONNECT(HIDDEN, activation, VARIANTS[i].drop_connect, TRAIN);
    if (VARIANTS[i].dropout.p > 0) n->layers[n->layer_count++] = VARIANTS[i].dropout;
    if (strcmp(network, "printed") == 0) return true;
    n->layers[n->layer_count++] = (struct layer_spec)DENSE(CLASSES, DW_LINEAR);
    return true;
  }
  return false;
}
