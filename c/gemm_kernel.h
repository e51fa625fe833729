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
#ifdef DW_RELAXED
#define DW_TILE_ROWS 6
#define DW_TILE_LANES 8
#else
#define DW_TILE_ROWS 2
#define DW_TILE_LANES 16
#endif
#endif
enum { TILE_ROWS = DW_TILE_ROWS, TILE_LANES = DW_TILE_LANES, TILE_VECTORS = DW_TILE_LANES / 4 };

/* c[r][0..TILE_LANES-1] += a[r][k] b[k][0..TILE_LANES-1], for k < terms one after the other.  Row r
 * of c begins at c + r c_step, of a at a + r a_apart (a constant), b[k] at b + k b_step.  Of a's
 * row the terms lie in runs, a_step apart in a run and a_jump from one run to the next. first: c
 * begins as zeros, instead of being read. */
DW_INLINE void tile_add(float *c, size_t c_step, const float *a, size_t a_apart, size_t a_step,
                        uint32_t run, size_t a_jump, const float *b, size_t b_step, uint32_t terms,
                        int first) {
  f32x4 sums[TILE_ROWS][TILE_VECTORS];
  DW_UNROLL for (int r = 0; r < TILE_ROWS; r++) {
    DW_UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
      sums[r][j] = first ? f32x4_splat(0) : f32x4_load(c + r * c_step + 4 * j);
    }
  }
  while (terms) {
    uint32_t some = run < terms ? run : terms;
    const float *at = a;
    /* Not unrolled: V8 11 moves all loads of a block of code before its arithmetic, so that two
     * terms at once would need 24 registers of 15 (26 GFLOP/s against 40; V8 13: 31 against 44). */
    DW_NO_UNROLL for (uint32_t k = 0; k < some; k++) {
      f32x4 row[TILE_VECTORS];
      DW_UNROLL for (int j = 0; j < TILE_VECTORS; j++) row[j] = f32x4_load(b + 4 * j);
      DW_UNROLL for (int r = 0; r < TILE_ROWS; r++) {
        f32x4 factor = f32x4_splat(at[r * a_apart]);
        DW_UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
          sums[r][j] = f32x4_madd(factor, row[j], sums[r][j]);
        }
      }
      at += a_step, b += b_step;
    }
    a += a_jump, terms -= some;
  }
  DW_UNROLL for (int r = 0; r < TILE_ROWS; r++) {
    DW_UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
      f32x4_store(c + r * c_step + 4 * j, sums[r][j]);
    }
  }
}
