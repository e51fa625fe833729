/* The register tile: DW_TILE_ROWS rows x DW_TILE_LANES columns of sums held in registers.  Its rows
 * of a lie a constant apart, so that one address serves them all: with an address for each row the
 * same tiles are slower by 12 to 25 % (V8 13), and more so the more rows there are.
 *
 * V8 has 15 usable 128-bit registers.  2 x 16 (8 sums, 4 loaded vectors, 2 splats) is at or near
 * the top of every engine that multiplies, then adds.  A fused multiply-add takes four cycles, and
 * two may begin in each: 8 sums just keep them busy, the 12 of 6 x 8 with room to spare. */
#pragma once
#include "simd.h"

#ifndef DW_TILE_ROWS
#define DW_TILE_ROWS (DW_FUSES ? 6 : 2)
#define DW_TILE_LANES (DW_FUSES ? 8 : 16)
#endif
enum { TILE_ROWS = DW_TILE_ROWS, TILE_LANES = DW_TILE_LANES, TILE_VECTORS = DW_TILE_LANES / 4 };

/* How the terms of a row of a lie: in runs, `step` apart in a run and `jump` from the start of one
 * run to that of the next; and `apart` from row to row. */
struct walk {
  size_t apart, step, jump;
  uint32_t run;
};

/* c[r][0..TILE_LANES-1] += a[r][k] b[k][0..TILE_LANES-1], for k < terms one after the other.  Row r
 * of c begins at c + r c_step, b[k] at b + k b_step.  first: c begins as zeros, instead of being
 * read.  w.apart: a constant. */
DW_INLINE void tile_add(float *c, size_t c_step, const float *a, struct walk w, const float *b,
                        size_t b_step, uint32_t terms, int first) {
  f32x4 sums[TILE_ROWS][TILE_VECTORS];
  DW_UNROLL for (int r = 0; r < TILE_ROWS; r++) {
    DW_UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
      sums[r][j] = first ? f32x4_splat(0) : f32x4_load(c + r * c_step + 4 * j);
    }
  }
  while (terms) {
    uint32_t some = w.run < terms ? w.run : terms;
    const float *at = a;
    /* Not unrolled: V8 11 moves all loads of a block of code before its arithmetic, so that two
     * terms at once would need 24 registers of 15 (26 GFLOP/s against 40; V8 13: 31 against 44). */
    DW_NO_UNROLL for (uint32_t k = 0; k < some; k++) {
      f32x4 row[TILE_VECTORS];
      DW_UNROLL for (int j = 0; j < TILE_VECTORS; j++) row[j] = f32x4_load(b + 4 * j);
      DW_UNROLL for (int r = 0; r < TILE_ROWS; r++) {
        f32x4 factor = f32x4_splat(at[r * w.apart]);
        DW_UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
          sums[r][j] = f32x4_madd(factor, row[j], sums[r][j]);
        }
      }
      at += w.step, b += b_step;
    }
    a += w.jump, terms -= some;
  }
  DW_UNROLL for (int r = 0; r < TILE_ROWS; r++) {
    DW_UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
      f32x4_store(c + r * c_step + 4 * j, sums[r][j]);
    }
  }
}
