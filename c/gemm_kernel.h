/* The register tile: DW_TILE_ROWS rows x DW_TILE_LANES columns of sums held in registers.
 * V8 has 15 usable 128-bit registers; 2 x 16 (8 sums, 4 loaded vectors, 2 splats) was at or near
 * the top of every engine measured, with and without fused multiply-add. */
#pragma once
#include "simd.h"

#ifndef DW_TILE_ROWS
#define DW_TILE_ROWS 2
#endif
#ifndef DW_TILE_LANES
#define DW_TILE_LANES 16
#endif
enum { TILE_ROWS = DW_TILE_ROWS, TILE_LANES = DW_TILE_LANES, TILE_VECTORS = DW_TILE_LANES / 4 };

/* Where a tile reads and writes: term k of row r is at a[r][k * a_step], its sums at c[r]. */
struct tile {
  const float *a[TILE_ROWS];
  float *c[TILE_ROWS];
};

/* sums[r] += a[r][k] * b[row k], for `terms` k; b_rows, if not NULL, lists the rows. */
DW_INLINE void tile_add(f32x4 sums[TILE_ROWS][TILE_VECTORS], int tile_rows,
                        const float *const a[TILE_ROWS], size_t a_step, const float *b,
                        size_t b_step, const uint32_t *b_rows, uint32_t terms) {
  const float *at[TILE_ROWS];
  DW_UNROLL for (int r = 0; r < tile_rows; r++) at[r] = a[r];
  /* Not unrolled: V8 11 moves all loads of a block of code before its arithmetic, so that two terms
   * at once would need 24 registers of 15 (26 GFLOP/s against 40; V8 13: 31 against 44). */
  DW_NO_UNROLL for (uint32_t k = 0; k < terms; k++) {
    f32x4 row[TILE_VECTORS];
    const float *from = b_rows ? b + b_rows[k] * b_step : b;
    DW_UNROLL for (int j = 0; j < TILE_VECTORS; j++) row[j] = f32x4_load(from + 4 * j);
    DW_UNROLL for (int r = 0; r < tile_rows; r++) {
      f32x4 factor = f32x4_splat(*at[r]);
      DW_UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
        sums[r][j] = f32x4_madd(factor, row[j], sums[r][j]);
      }
      at[r] += a_step;
    }
    if (!b_rows) b += b_step;
  }
}

DW_INLINE void tile_load(f32x4 sums[TILE_ROWS][TILE_VECTORS], int tile_rows, const struct tile *t,
                         int first) {
  DW_UNROLL for (int r = 0; r < tile_rows; r++) {
    DW_UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
      sums[r][j] = first ? f32x4_splat(0) : f32x4_load(t->c[r] + 4 * j);
    }
  }
}

DW_INLINE void tile_store(f32x4 sums[TILE_ROWS][TILE_VECTORS], int tile_rows,
                          const struct tile *t) {
  DW_UNROLL for (int r = 0; r < tile_rows; r++) {
    DW_UNROLL for (int j = 0; j < TILE_VECTORS; j++) f32x4_store(t->c[r] + 4 * j, sums[r][j]);
  }
}
