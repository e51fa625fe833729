/* The whole network once more, slowly, plainly and in double precision: what dropout.md says,
 * without a line of the core's. */
#pragma once
#include "network.h"

enum { MOST_ROWS = 17, MOST_UNITS = 80, MOST_MASK = 2048 };

struct reference {
  const struct network *network;
  uint32_t activation; /* for CHOSEN */
  uint32_t rows;
  bool train;
  double eval_scale;
  const float *images; /* [rows][inputs] */
  const uint16_t *labels;
  double *parameters;                    /* as parameters_read */
  uint8_t masks[MOST_LAYERS][MOST_MASK]; /* as dw_mask */
  double output[MOST_LAYERS][MOST_ROWS][MOST_UNITS];
};

/* Fills `output`, the last of which is the logits; returns the mean cross-entropy. */
double reference_loss(struct reference *r);
