/* The report on a data set: what evaluation adds up row by row, and what it says of the sums. */
#pragma once
#include "arena.h"
#include "dropout_wasm.h"

struct dw_report {
  uint32_t classes, columns, units; /* columns: classes, and one more where units > classes */
  uint64_t samples, correct;
  double loss, brier;                      /* sums over rows */
  uint64_t bin_count[DW_RELIABILITY_BINS]; /* rows by their top probability */
  uint64_t bin_correct[DW_RELIABILITY_BINS];
  double bin_confidence[DW_RELIABILITY_BINS]; /* sums */
  uint32_t *confusion;                        /* [classes][columns] */
  double *values;                             /* enum dw_report_field */
  struct arena arena;
};

/* probabilities, logits: [rows][ld]; loss: the sum over these rows. */
void metrics_add(struct dw_report *m, const float *probabilities, const float *logits, size_t ld,
                 const uint16_t *labels, uint32_t rows, double loss);
/* Index of the largest; the lowest index of a tie. */
uint32_t largest(const float *values, uint32_t count);
