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

/* Where W[o][i] and its neighbours lie in weight, masked, weight_mask and state: `count` inputs
 * from i on are at, at + step ... */
struct run {
  size_t at, step;
  uint32_t count;
};
static inline struct run weight_run(const struct dense *l, uint32_t o, uint32_t i) {
  if (l->panels_of_units) {
    return (struct run){panels_index(&l->weight, i, o), PANEL, l->inputs - i};
  }
  return (struct run){panels_index(&l->weight, o, i), 1, least(l->inputs - i, PANEL - i % PANEL)};
}

static inline void count_macs(struct workspace *w, double done, double dense) {
  w->macs += done, w->macs_dense += dense;
}
