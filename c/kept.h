/* What the files of a dense layer share. */
#pragma once
#include "layers.h"

/* Of what a shared mask keeps (NULL: all of `all`), how many and which. */
static inline uint32_t count_of(const struct kept *kept, uint32_t all) {
  return kept ? kept->count : all;
}
static inline const uint32_t *units_of(const struct kept *kept) {
  return kept ? kept->units : NULL;
}

/* Where W[o][i] lies in weight, masked, weight_mask and state. */
static inline size_t weight_index(const struct dense *l, uint32_t o, uint32_t i) {
  return l->panels_of_units ? panels_index(&l->weight, i, o) : panels_index(&l->weight, o, i);
}

static inline void count_macs(struct workspace *w, double done, double dense) {
  w->macs += done, w->macs_dense += dense;
}
