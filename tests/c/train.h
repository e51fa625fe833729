/* Training on MNIST as the library does it. */
#pragma once
#include <stdint.h>

struct training {
  const char *network; /* 'printed', 'intended' or 'relu' */
  const char *variant;
  double seed;
  uint32_t samples, epochs;
  const char *data; /* the directory with the IDX files */
  uint32_t optimizer;
  double learning_rate;
  const char *out; /* for weights, then biases, of every dense layer */
};

/* 0, or 1 after a sentence on stderr. */
int train_variant(const struct training *t);
