/* Data sets, and the batches that are taken from them. */
#pragma once
#include "arena.h"
#include "dropout_wasm.h"
#include "matrix.h"
#include "packed.h"

struct dw_dataset {
  uint32_t samples, features, classes;
  float *floats;        /* [samples][features], and NULL for bytes */
  struct packed packed; /* bytes: the rows that were added; those to come are zero */
  uint16_t *labels;     /* [samples]; NULL where classes is 0 */
  struct arena arena;
};

struct batch {
  float *images;    /* [B][padded(features)] */
  uint16_t *labels; /* [B] */
  uint32_t rows;
  struct nonzeros *list; /* where a dense layer comes first, of its inputs; else NULL */
  bool listed;           /* the images are in `list` alone */
};

/* order[0..n-1] = a permutation of 0 ... n-1: Fisher-Yates downwards with numbers of this epoch. */
void shuffle(uint32_t *order, uint32_t n, const uint32_t seed[2], uint32_t epoch);
/* Rows order[0..rows-1] of the data, or first ... first + rows - 1 where order is NULL.  Bytes go
 * straight into the list where that pays: most of them are zero. */
void batch_gather(struct batch *b, const struct dw_dataset *d, const uint32_t *order,
                  uint32_t first, uint32_t rows);
/* The images as a matrix; NULL where the list has them. */
static inline const float *batch_images(const struct batch *b) {
  return b->listed ? NULL : b->images;
}
