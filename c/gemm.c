/* Dense products: loops and blocking around the register tile. */
#include <string.h>

#include "gemm_kernel.h"
#include "matrix.h"

/* Terms a block: a panel's rows of one block (128 x 128 bytes) take half of a 32 KB first cache
 * and leave the other half to what streams past. */
enum { BLOCK_TERMS = 128 };

_Static_assert(PANEL % TILE_LANES == 0 && TILE_LANES % 4 == 0 && BLOCK_TERMS % PANEL == 0,
               "whole tiles in a panel, whole panels in a block");
/* A tile at the right edge reads columns past the last one it is asked for. */
_Static_assert(TILE_ROWS <= (int)PADDING, "which lie in the padding of their row");

/* The two bodies of the tile.  Rows of a lie as a panel's do, 32 terms side by side, and their next
 * 32 a_jump further on; or they are columns of a row matrix. */
DW_SHARED void tile_of_rows(float *c, size_t c_step, const float *a, size_t a_jump, const float *b,
                            size_t b_step, uint32_t terms, int first) {
  struct walk w = {.apart = PANEL, .step = 1, .jump = a_jump, .run = PANEL};
  tile_add(c, c_step, a, w, b, b_step, terms, first);
}
DW_SHARED void tile_of_columns(float *c, const float *a, size_t lda, const float *b, uint32_t terms,
                               int first) {
  struct walk w = {.apart = 1, .step = lda, .run = terms};
  tile_add(c, PANEL, a, w, b, PANEL, terms, first);
}

/* Rows, rounded up to those of whole tiles. */
#define WHOLE_TILES(rows) (((rows) + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS)

/* Packed is what is laid out anew for the tiles.  Where its rows do not fill a tile the last one
 * does: whatever lies on the stack may be subnormal and slow, though nobody reads what comes of it
 * (64 rows, batch masks: 4.9 ms a step for 4.1). */

DW_INLINE void copy_panel_row(float *to, const float *from) {
  DW_UNROLL for (int j = 0; j < PANEL; j += 4) f32x4_store(to + j, f32x4_load(from + j));
}

static void copy_rows(float *to, size_t to_step, const float *from, size_t from_step,
                      uint32_t rows) {
  for (uint32_t r = 0; r < rows; r++) {
    for (uint32_t j = 0; j < TILE_LANES; j += 4) {
      f32x4_store(to + r * to_step + j, f32x4_load(from + r * from_step + j));
    }
  }
}

/* Panels and rows that are taken together where the batch is large: four blocks of weights stay in
 * the second cache, 64 rows of 128 terms about in the first (4096 units, batch 1024: 31 GFLOP/s
 * become 40). */
enum { GROUP_PANELS = 4, GROUP_ROWS = WHOLE_TILES(64) };

/* Rows of a as the panels of a group lie: [terms / 32][GROUP_ROWS][32]. */
static void pack_rows(float *packed, const float *a, size_t lda, uint32_t rows, uint32_t terms) {
  for (uint32_t k = 0; k < terms; k += PANEL, packed += GROUP_ROWS * PANEL) {
    for (uint32_t r = 0; r < WHOLE_TILES(rows); r++) {
      copy_panel_row(packed + r * PANEL, a + least(r, rows - 1) * lda + k);
    }
  }
}

/* Rows of a panel that `kept` lists, side by side. */
static void take_rows(float *taken, const float *panel, const uint32_t *kept, uint32_t count) {
  for (uint32_t j = 0; j < count; j++) {
    copy_panel_row(taken + j * PANEL, panel + (size_t)kept[j] * PANEL);
  }
}

/* y += a P for one block: packed rows of a, and as many panel rows as they have terms. */
static void product_block(float *y, size_t ldy, const float *packed, uint32_t rows, const float *b,
                          uint32_t terms, int first) {
  for (uint32_t lane = 0; lane < PANEL; lane += TILE_LANES) {
    for (uint32_t r = 0; r < rows; r += TILE_ROWS) {
      float copy[TILE_ROWS * TILE_LANES], *c = y + r * ldy + lane;
      bool whole = rows - r >= TILE_ROWS; /* what y has behind its last row stays */
      if (!whole && !first) copy_rows(copy, TILE_LANES, c, ldy, rows - r);
      tile_of_rows(whole ? c : copy, whole ? ldy : TILE_LANES, packed + r * PANEL,
                   GROUP_ROWS * PANEL, b + lane, PANEL, terms, first);
      if (!whole) copy_rows(c, ldy, copy, TILE_LANES, rows - r);
    }
  }
}

/* product_dense, over all rows of P or over those in `kept`; a has a column for each of them. */
static void product(float *y, size_t ldy, const float *a, size_t lda, uint32_t rows,
                    const struct panels *p, const uint32_t *kept, uint32_t count) {
  float packed[GROUP_ROWS * BLOCK_TERMS], taken[BLOCK_TERMS * PANEL];
  for (uint32_t group = 0; group < panel_count(p); group += GROUP_PANELS) {
    uint32_t end = least(group + GROUP_PANELS, panel_count(p));
    for (uint32_t k = 0; k < count; k += BLOCK_TERMS) {
      uint32_t terms = least(BLOCK_TERMS, count - k);
      for (uint32_t r = 0; r < rows; r += GROUP_ROWS) {
        uint32_t some = least(GROUP_ROWS, rows - r);
        pack_rows(packed, a + r * lda + k, lda, some, terms);
        for (uint32_t panel = group; panel < end; panel++) {
          const float *weights = p->data + (size_t)panel * p->rows * PANEL;
          if (kept) take_rows(taken, weights, kept + k, terms);
          product_block(y + r * ldy + panel * PANEL, ldy, packed, some,
                        kept ? taken : weights + (size_t)k * PANEL, terms, k == 0);
        }
      }
    }
  }
}

void product_dense(float *y, size_t ldy, const float *a, size_t lda, uint32_t rows,
                   const struct panels *p) {
  product(y, ldy, a, lda, rows, p, NULL, p->rows);
}

void product_kept(float *y, size_t ldy, const float *a, size_t lda, uint32_t rows,
                  const struct panels *p, const uint32_t *kept, uint32_t kept_count,
                  float *scratch) {
  size_t lds = padded(kept_count);
  rows_take(scratch, lds, a, lda, rows, kept, kept_count);
  for (uint32_t b = 0; b < rows && kept_count == 0; b++) {
    memset(y + b * ldy, 0, sizeof(float) * panel_count(p) * PANEL);
  }
  product(y, ldy, scratch, lds, rows, p, kept, kept_count);
}

void gradient_dense(float *g, const float *a, size_t lda, const struct panels *v, uint32_t panel,
                    uint32_t k0, uint32_t count) {
  const float *rows = v->data + (size_t)panel * v->rows * PANEL;
  for (uint32_t b = 0; b < v->rows; b += BLOCK_TERMS) {
    uint32_t terms = least(BLOCK_TERMS, v->rows - b);
    for (uint32_t lane = 0; lane < PANEL; lane += TILE_LANES) {
      for (uint32_t k = 0; k < count; k += TILE_ROWS) {
        float copy[TILE_ROWS * PANEL], *c = g + (size_t)k * PANEL + lane;
        bool whole = count - k >= TILE_ROWS;
        if (!whole && b > 0) copy_rows(copy, PANEL, c, PANEL, count - k);
        tile_of_columns(whole ? c : copy, a + b * lda + k0 + k, lda,
                        rows + (size_t)b * PANEL + lane, terms, b == 0);
        if (!whole) copy_rows(c, PANEL, copy, PANEL, count - k);
      }
    }
  }
}

void gradient_kept(float *g, const float *a, size_t lda, const struct panels *v, uint32_t panel,
                   uint32_t k0, uint32_t count, const uint32_t *kept, uint32_t kept_count) {
  uint32_t first = 0, last;
  while (first < kept_count && kept[first] < k0) first++;
  for (last = first; last < kept_count && kept[last] < k0 + count;) last++;
  gradient_dense(g, a, lda, v, panel, first, last - first);
  spread_in_place(g, PANEL, count, kept + first, last - first, k0);
}

/* packed[column][0..TILE_LANES-1] = a[0..TILE_LANES-1][column]; rows from `rows` on are zero. */
static void pack_columns(float *packed, const float *a, size_t lda, uint32_t rows,
                         uint32_t columns) {
  if (rows < TILE_LANES) memset(packed, 0, sizeof(float) * TILE_LANES * columns);
  uint32_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    uint32_t c = 0;
    for (; c + 4 <= columns; c += 4) {
      f32x4 v[4];
      for (int i = 0; i < 4; i++) v[i] = f32x4_load(a + (r + i) * lda + c);
      f32x4_transpose(v);
      for (int i = 0; i < 4; i++) f32x4_store(packed + (c + i) * TILE_LANES + r, v[i]);
    }
    for (; c < columns; c++)
      for (int i = 0; i < 4; i++) packed[c * TILE_LANES + r + i] = a[(r + i) * lda + c];
  }
  for (; r < rows; r++)
    for (uint32_t c = 0; c < columns; c++) packed[c * TILE_LANES + r] = a[r * lda + c];
}

/* The way back: y[0..rows-1][k] = sums[k][0..rows-1]. */
static void unpack_columns(float *y, size_t ldy, const float *sums, uint32_t rows,
                           uint32_t columns) {
  uint32_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    uint32_t c = 0;
    for (; c + 4 <= columns; c += 4) {
      f32x4 v[4];
      for (int i = 0; i < 4; i++) v[i] = f32x4_load(sums + (c + i) * TILE_LANES + r);
      f32x4_transpose(v);
      for (int i = 0; i < 4; i++) f32x4_store(y + (r + i) * ldy + c, v[i]);
    }
    for (; c < columns; c++)
      for (int i = 0; i < 4; i++) y[(r + i) * ldy + c] = sums[c * TILE_LANES + r + i];
  }
  for (; r < rows; r++)
    for (uint32_t c = 0; c < columns; c++) y[r * ldy + c] = sums[c * TILE_LANES + r];
}

/* Samples whose inputs are packed together: a block of weights serves them all from the second
 * cache. */
enum { GROUP_SAMPLES = 64 };
_Static_assert(GROUP_SAMPLES % TILE_LANES == 0, "whole tiles");

/* As many as whole tiles of the batch take. */
static uint32_t group_samples(uint32_t batch) {
  return least(GROUP_SAMPLES, (batch + TILE_LANES - 1) / TILE_LANES * TILE_LANES);
}

uint64_t product_transposed_scratch(uint32_t batch, uint32_t rows, uint32_t columns, bool keeps) {
  uint64_t taken = keeps ? WHOLE_TILES((uint64_t)rows) : TILE_ROWS;
  return (columns + WHOLE_TILES((uint64_t)rows)) * group_samples(batch) + taken * BLOCK_TERMS;
}

/* Terms k ... of `count` units, side by side as if they were all that the panels have: of those in
 * `kept` or, where it is NULL, from unit `first` on. */
static void take_units(float *taken, const struct panels *p, const uint32_t *kept, uint32_t first,
                       uint32_t count, uint32_t k, uint32_t terms) {
  for (uint32_t end = k + terms; k < end; k += PANEL, taken += WHOLE_TILES((size_t)count) * PANEL) {
    for (uint32_t i = 0; i < WHOLE_TILES(count); i++) {
      uint32_t at = least(i, count - 1);
      copy_panel_row(taken + (size_t)i * PANEL,
                     p->data + panels_index(p, kept ? kept[at] : first + at, k));
    }
  }
}

/* c += W b for one block of terms and as many samples as a tile has lanes; weights as take_units
 * leaves them or a panel has them. */
static void transposed_block(float *c, const float *weights, size_t weights_jump, uint32_t units,
                             const float *b, uint32_t terms, int first) {
  for (uint32_t u = 0; u < units; u += TILE_ROWS, c += TILE_ROWS * TILE_LANES) {
    tile_of_rows(c, TILE_LANES, weights + (size_t)u * PANEL, weights_jump, b, TILE_LANES, terms,
                 first);
  }
}

/* What a transposed product works on, and where it lies in scratch. */
struct transposed {
  const struct panels *p;
  const uint32_t *kept; /* the units to compute, NULL: all of them */
  uint32_t in_place;    /* units read where they lie, in whole tiles */
  uint32_t taken;       /* units read from taken_weights: the others */
  float *inputs;        /* [samples, up to whole tiles / TILE_LANES][columns][TILE_LANES] */
  float *sums;          /* [likewise][sums_step][TILE_LANES] */
  float *taken_weights; /* of one block, as take_units leaves them */
  size_t sums_step;     /* all units, up to whole tiles */
};

/* The sums of a group of samples, whose inputs are packed. */
static void sum_group(const struct transposed *t, uint32_t samples) {
  const struct panels *p = t->p;
  for (uint32_t k = 0; k < p->columns; k += BLOCK_TERMS) {
    uint32_t terms = least(BLOCK_TERMS, p->columns - k);
    take_units(t->taken_weights, p, t->kept, t->in_place, t->taken, k, terms);
    for (uint32_t s = 0; s < samples; s += TILE_LANES) {
      float *c = t->sums + s * t->sums_step;
      const float *b = t->inputs + (size_t)s * p->columns + k * TILE_LANES;
      transposed_block(c, p->data + panels_index(p, 0, k), (size_t)p->rows * PANEL, t->in_place, b,
                       terms, k == 0);
      transposed_block(c + (size_t)t->in_place * TILE_LANES, t->taken_weights,
                       WHOLE_TILES((size_t)t->taken) * PANEL, t->taken, b, terms, k == 0);
    }
  }
}

void product_transposed(float *y, size_t ldy, const float *a, size_t lda, uint32_t rows,
                        const struct panels *p, const uint32_t *kept, uint32_t kept_count,
                        float *scratch) {
  uint32_t columns = p->columns, group = group_samples(rows);
  size_t sums_step = WHOLE_TILES((size_t)p->rows);
  struct transposed t = {.p = p, .kept = kept, .sums_step = sums_step};
  t.inputs = scratch;
  t.sums = scratch + (size_t)columns * group;
  t.in_place = kept ? 0 : p->rows / TILE_ROWS * TILE_ROWS;
  t.taken = kept ? kept_count : p->rows - t.in_place;
  t.taken_weights = t.sums + t.sums_step * group;
  if (columns == 0) memset(t.sums, 0, sizeof *t.sums * t.sums_step * group);
  for (uint32_t first = 0; first < rows; first += group) {
    uint32_t samples = least(group, rows - first);
    for (uint32_t s = 0; s < samples; s += TILE_LANES) {
      pack_columns(t.inputs + (size_t)s * columns, a + (first + s) * lda, lda,
                   least(TILE_LANES, samples - s), columns);
    }
    sum_group(&t, samples);
    for (uint32_t s = 0; s < samples; s += TILE_LANES) {
      float *c = t.sums + s * t.sums_step;
      if (kept) spread_in_place(c, TILE_LANES, p->rows, kept, kept_count, 0);
      unpack_columns(y + (first + s) * ldy, ldy, c, least(TILE_LANES, samples - s), p->rows);
    }
  }
}
