/* How entries get into a list of nonzeros (matrix.h): four at a time. */
#pragma once
#include "matrix.h"
#include "simd.h"

/* Appends what is not zero of v, the values of columns c ... c + 3, and returns how many there are.
 * offset, value: the ends of row_offset and row_value. */
DW_INLINE uint32_t list_four(uint32_t *offset, float *value, uint32_t c, f32x4 v) {
  u32x4 columns = u32x4_splat(c) + (u32x4){0, 1, 2, 3};
  return f32x4_compact(offset, value, columns * ROW_BYTES, v);
}
