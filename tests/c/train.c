#include "train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "variants.h"

enum { FEATURES = 784, CLASSES = 10, BATCH = 64 };
enum { IMAGES_HEADER = 16, LABELS_HEADER = 8 }; /* bytes of IDX before the data */

static int complain(const char *what, const char *value) {
  (void)fprintf(stderr, "%s: %s\n", what, value);
  return 1;
}

static bool read_idx(const char *directory, const char *name, long header, void *to, size_t bytes) {
  char path[4096];
  if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path) return false;
  FILE *file = fopen(path, "rb");
  if (!file) return false;
  bool whole = fseek(file, header, SEEK_SET) == 0 && fread(to, 1, bytes, file) == bytes;
  (void)fclose(file);
  return whole;
}

static dw_dataset *read_mnist(const struct training *t) {
  dw_dataset *d = dw_dataset_create(t->samples, FEATURES, CLASSES, DW_BYTES);
  size_t size = (size_t)t->samples * FEATURES;
  uint8_t *images = ALLOCATE(uint8_t, size), *labels = ALLOCATE(uint8_t, t->samples);
  bool whole = d && read_idx(t->data, "train-images-idx3-ubyte", IMAGES_HEADER, images, size) &&
               read_idx(t->data, "train-labels-idx1-ubyte", LABELS_HEADER, labels, t->samples) &&
               dw_dataset_add_bytes(d, 0, t->samples, images) == DW_OK;
  for (uint32_t i = 0; whole && i < t->samples; i++) dw_dataset_labels_view(d)[i] = labels[i];
  free(images), free(labels);
  if (whole) return d;
  dw_dataset_destroy(d);
  return NULL;
}

static int run_epochs(dw_model *m, const dw_dataset *d, const struct training *t) {
  int status = dw_optimizer_configure(m, t->optimizer, 0, 0, 0.9, 0.999, 1e-8);
  for (uint32_t epoch = 0; !status && epoch < t->epochs; epoch++) {
    status = dw_train_begin(m, d, t->samples, BATCH, 1, epoch);
    const double *state = dw_train_view(m);
    while (!status && state[DW_TRAIN_POSITION] < t->samples) {
      status = dw_train_step(m, d, t->learning_rate, 0);
    }
    if (!status) printf("%.17g\n", state[DW_TRAIN_LOSS_SUM] / t->samples);
  }
  return status;
}

int train_variant(const struct training *t) {
  struct network n;
  if (!variant_network(&n, t->network, t->variant)) return complain("no such variant", t->variant);
  dw_dataset *d = read_mnist(t);
  if (!d) return complain("no MNIST in", t->data);
  dw_model *m = network_create(&n, DW_LINEAR, t->seed);
  int status = run_epochs(m, d, t);
  if (status) (void)complain("training failed", dw_last_error());
  float *values = parameters_copy(m, &n);
  FILE *out = status ? NULL : fopen(t->out, "wb");
  size_t count = parameter_count(&n), written = 0;
  if (out) {
    written = fwrite(values, sizeof *values, count, out);
    if (fclose(out) != 0) written = 0;
  }
  free(values);
  dw_model_destroy(m);
  dw_dataset_destroy(d);
  return written == count ? 0 : complain("not written", t->out);
}
