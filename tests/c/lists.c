/* Lists of nonzeros against the matrices that they are of. */
#include <stdlib.h>

#include "matrices.h"

static void lists(void) {
  uint64_t state = 2;
  for (int i = 0; i < DENSITY_COUNT; i++) {
    struct matrix a = matrix_random(17, 2 * LIST_BLOCK + 33, DENSITIES[i], &state);
    struct nonzeros s = nonzeros_create(a.rows, a.columns);
    *matrix_at(&a, 3, 4) = -0.0F;
    nonzeros_list(&s, a.data, a.ld, a.rows, a.columns);
    nonzeros_list_columns(&s);
    uint32_t n = 0;
    for (uint32_t r = 0; r < a.rows; r++) {
      for (uint32_t c = 0; c < a.columns; c++) {
        uint32_t start = s.block_start[r * list_blocks(a.columns) + c / LIST_BLOCK];
        if (c % LIST_BLOCK == 0) expect(start == n, "%u, %u starts at %u, not %u", r, c, start, n);
        float value = *matrix_at(&a, r, c);
        if (value == 0) continue;
        expect(s.row_offset[n] == c * ROW_BYTES && s.row_value[n] == value,
               "entry %u, %u is missing", r, c);
        n++;
      }
    }
    expect(s.count == n && s.block_start[a.rows * list_blocks(a.columns)] == n,
           "%u entries, not %u", s.count, n);
    n = 0;
    for (uint32_t c = 0; c < a.columns; c++) {
      expect(s.column_start[c] == n, "column %u starts at %u, not %u", c, s.column_start[c], n);
      for (uint32_t r = 0; r < a.rows; r++) {
        float value = *matrix_at(&a, r, c);
        if (value == 0) continue;
        expect(s.column_offset[n] == r * ROW_BYTES && s.column_value[n] == value,
               "entry %u, %u is missing", r, c);
        n++;
      }
    }
    nonzeros_free(&s);
    free(a.data);
  }
}

const struct check list_checks[] = {
    {"lists hold every nonzero once, by row and by column, in ascending order", lists}, {0}};
