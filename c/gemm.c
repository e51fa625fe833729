/* Dense products: loops and blocking around the register tile. */
#include <string.h>

#include "gemm_kernel.h"
#include "matrix.h"

/* Terms a block: a panel's rows of one block (128 x 128 bytes) take half of a 32 KB first cache
 * and leave the other half to what streams past. */
enum { BLOCK_TERMS = 128 };

_Static_assert(PANEL % TILE_LANES == 0 && TILE_LANES % 4 == 0 && BLOCK_TERMS % PANEL == 0,
               "whole tiles in a panel, whole panels in a block");

/* How the terms of a product lie: in runs, a_step apart in a and a_jump from the start of a run to
 * that of the next; b_step apart in b, or where b_rows says, b_step times each. */
struct walk {
  size_t a_step, a_jump, b_step;
  uint32_t run;
  const uint32_t *b_rows;
};

DW_INLINE void tile_walk(const struct tile *t, int tile_rows, const struct walk *w, const float *b,
                         uint32_t terms, int first) {
  f32x4 sums[TILE_ROWS][TILE_VECTORS];
  const float *a[TILE_ROWS];
  DW_UNROLL for (int r = 0; r < tile_rows; r++) a[r] = t->a[r];
  tile_load(sums, tile_rows, t, first);
  if (w->b_rows) {
    tile_add(sums, tile_rows, a, w->a_step, b, w->b_step, w->b_rows, terms);
    terms = 0;
  }
  while (terms) {
    uint32_t some = least(w->run, terms);
    tile_add(sums, tile_rows, a, w->a_step, b, w->b_step, NULL, some);
    DW_UNROLL for (int r = 0; r < tile_rows; r++) a[r] += w->a_jump;
    b += some * w->b_step, terms -= some;
  }
  tile_store(sums, tile_rows, t);
}

/* Not inlined: one body serves every product, whose calls are far apart (2 KB less to load). */
DW_SHARED void tile_run(const struct tile *t, const struct walk *w, const float *b, uint32_t terms,
                        int first) {
  tile_walk(t, TILE_ROWS, w, b, terms, first);
}
DW_SHARED void row_run(const struct tile *t, const struct walk *w, const float *b, uint32_t terms,
                       int first) {
  tile_walk(t, 1, w, b, terms, first);
}

/* Panels and rows that are taken together where the batch is large: four blocks of weights stay in
 * the second cache, 64 rows of 128 terms about in the first (4096 units, batch 1024: 31 GFLOP/s
 * become 40). */
enum { GROUP_PANELS = 4, GROUP_ROWS = 64 };

/* y += a P for one block: `terms` panel rows from b on, or those that b_rows lists. */
static void product_block(float *y, size_t ldy, const float *a, size_t lda, uint32_t rows,
                          const float *b, const uint32_t *b_rows, uint32_t terms, int first) {
  struct walk w = {.a_step = 1, .b_step = PANEL, .run = terms, .b_rows = b_rows};
  for (uint32_t lane = 0; lane < PANEL; lane += TILE_LANES) {
    uint32_t r = 0;
    for (; r + TILE_ROWS <= rows; r += TILE_ROWS) {
      struct tile t;
      for (int i = 0; i < TILE_ROWS; i++) {
        t.a[i] = a + (r + i) * lda, t.c[i] = y + (r + i) * ldy + lane;
      }
      tile_run(&t, &w, b + lane, terms, first);
    }
    for (; r < rows; r++) {
      struct tile t = {.a = {a + r * lda}, .c = {y + r * ldy + lane}};
      row_run(&t, &w, b + lane, terms, first);
    }
  }
}

/* product_dense, over all rows of P or over those in `kept`; a has a column for each of them. */
static void product(float *y, size_t ldy, const float *a, size_t lda, uint32_t rows,
                    const struct panels *p, const uint32_t *kept, uint32_t count) {
  for (uint32_t group = 0; group < panel_count(p); group += GROUP_PANELS) {
    uint32_t end = least(group + GROUP_PANELS, panel_count(p));
    for (uint32_t k = 0; k < count; k += BLOCK_TERMS) {
      uint32_t terms = least(BLOCK_TERMS, count - k);
      for (uint32_t r = 0; r < rows; r += GROUP_ROWS) {
        for (uint32_t panel = group; panel < end; panel++) {
          const float *weights = p->data + (size_t)panel * p->rows * PANEL;
          product_block(y + r * ldy + panel * PANEL, ldy, a + r * lda + k, lda,
                        least(GROUP_ROWS, rows - r), kept ? weights : weights + (size_t)k * PANEL,
                        kept ? kept + k : NULL, terms, k == 0);
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

/* gradient_dense, for k0 <= k < k0 + count or for the `count` k in `kept`. */
static void gradient(float *g, const float *a, size_t lda, const struct panels *v, uint32_t panel,
                     uint32_t k0, uint32_t count, const uint32_t *kept) {
  const float *rows = v->data + (size_t)panel * v->rows * PANEL;
  for (uint32_t b = 0; b < v->rows; b += BLOCK_TERMS) {
    uint32_t terms = least(BLOCK_TERMS, v->rows - b);
    struct walk w = {.a_step = lda, .b_step = PANEL, .run = terms};
    for (uint32_t lane = 0; lane < PANEL; lane += TILE_LANES) {
      const float *from = rows + (size_t)b * PANEL + lane;
      uint32_t k = 0;
      for (; k + TILE_ROWS <= count; k += TILE_ROWS) {
        struct tile t;
        for (uint32_t i = 0; i < TILE_ROWS; i++) {
          uint32_t at = kept ? kept[k + i] : k0 + k + i;
          t.a[i] = a + b * lda + at, t.c[i] = g + (size_t)(at - k0) * PANEL + lane;
        }
        tile_run(&t, &w, from, terms, b == 0);
      }
      for (; k < count; k++) {
        uint32_t at = kept ? kept[k] : k0 + k;
        struct tile t = {.a = {a + b * lda + at}, .c = {g + (size_t)(at - k0) * PANEL + lane}};
        row_run(&t, &w, from, terms, b == 0);
      }
    }
  }
}

void gradient_dense(float *g, const float *a, size_t lda, const struct panels *v, uint32_t panel,
                    uint32_t k0, uint32_t count) {
  gradient(g, a, lda, v, panel, k0, count, NULL);
}

void gradient_kept(float *g, const float *a, size_t lda, const struct panels *v, uint32_t panel,
                   uint32_t k0, uint32_t count, const uint32_t *kept, uint32_t kept_count) {
  memset(g, 0, sizeof(float) * PANEL * count);
  uint32_t first = 0, last;
  while (first < kept_count && kept[first] < k0) first++;
  for (last = first; last < kept_count && kept[last] < k0 + count;) last++;
  gradient(g, a, lda, v, panel, k0, last - first, kept + first);
}

/* packed[column][0..15] = a[0..15][column]; rows from `rows` on are zero. */
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

uint64_t product_transposed_scratch(uint32_t rows, uint32_t columns) {
  return ((uint64_t)rows + columns) * TILE_LANES;
}

void product_transposed(float *y, size_t ldy, const float *a, size_t lda, uint32_t rows,
                        const struct panels *p, const uint32_t *kept, uint32_t kept_count,
                        float *scratch) {
  float *packed = scratch, *sums = scratch + (size_t)p->columns * TILE_LANES;
  uint32_t units = kept ? kept_count : p->rows;
  size_t panel_step = (size_t)p->rows * PANEL;
  struct walk w = {.a_step = 1, .a_jump = panel_step, .b_step = TILE_LANES, .run = PANEL};
  if (kept || p->columns == 0) memset(sums, 0, sizeof(float) * TILE_LANES * p->rows);
  for (uint32_t b0 = 0; b0 < rows; b0 += TILE_LANES) {
    uint32_t some = least(TILE_LANES, rows - b0);
    pack_columns(packed, a + b0 * lda, lda, some, p->columns);
    for (uint32_t k = 0; k < p->columns; k += BLOCK_TERMS) {
      uint32_t terms = least(BLOCK_TERMS, p->columns - k);
      const float *weights = p->data + k / PANEL * panel_step;
      const float *b = packed + (size_t)k * TILE_LANES;
      uint32_t u = 0;
      for (; u + TILE_ROWS <= units; u += TILE_ROWS) {
        struct tile t;
        for (int i = 0; i < TILE_ROWS; i++) {
          uint32_t unit = kept ? kept[u + i] : u + i;
          t.a[i] = weights + (size_t)unit * PANEL, t.c[i] = sums + (size_t)unit * TILE_LANES;
        }
        tile_run(&t, &w, b, terms, k == 0);
      }
      for (; u < units; u++) {
        uint32_t unit = kept ? kept[u] : u;
        struct tile t = {.a = {weights + (size_t)unit * PANEL},
                         .c = {sums + (size_t)unit * TILE_LANES}};
        row_run(&t, &w, b, terms, k == 0);
      }
    }
    unpack_columns(y + b0 * ldy, ldy, sums, some, p->rows);
  }
}
