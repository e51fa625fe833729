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

static inline void count_macs(struct workspace *w, double done, double dense) {
  w->macs += done, w->macs_dense += dense;
}
