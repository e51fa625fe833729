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
        expect(s.row_index[n] == c && s.row_value[n] == value, "entry %u, %u is missing", r, c);
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
        expect(s.column_index[n] == r && s.column_value[n] == value, "entry %u, %u is missing", r,
               c);
        n++;
      }
    }
    nonzeros_free(&s);
    free(a.data);
  }
}

/* Bytes, some of them zero, as a list; every length that ends within sixteen, and three blocks. */
static void lists_of_bytes(void) {
  uint64_t state = 3;
  for (uint32_t columns = 1; columns <= 2 * LIST_BLOCK + 33; columns++) {
    enum { BYTE_ROWS = 3 };
    uint8_t *bytes = ALLOCATE(uint8_t, BYTE_ROWS * columns);
    struct matrix a = matrix_create(BYTE_ROWS, columns);
    uint32_t found = 0;
    for (uint32_t i = 0; i < BYTE_ROWS * columns; i++) {
      uint64_t bits = test_bits(&state);
      bytes[i] = bits >> 63 ? (uint8_t)bits : 0, found += bytes[i] != 0;
      *matrix_at(&a, i / columns, i % columns) = (float)(bytes[i] / 255.0);
    }
    expect(nonzero_bytes(bytes, BYTE_ROWS * columns) == found, "%u of %u columns", found, columns);
    struct nonzeros s = nonzeros_create(BYTE_ROWS, columns),
                    t = nonzeros_create(BYTE_ROWS, columns);
    nonzeros_list(&s, a.data, a.ld, BYTE_ROWS, columns);
    t.rows = BYTE_ROWS, t.columns = columns;
    for (uint32_t r = 0; r < BYTE_ROWS; r++) nonzeros_list_bytes(&t, bytes + r * columns, r);
    bool same = s.count == found && t.count == found;
    for (uint32_t i = 0; i <= BYTE_ROWS * list_blocks(columns); i++)
      same = same && s.block_start[i] == t.block_start[i];
    for (uint32_t j = 0; j < found; j++)
      same = same && s.row_index[j] == t.row_index[j] && s.row_value[j] == t.row_value[j];
    expect(same, "the list of %u columns differs", columns);
    nonzeros_free(&s), nonzeros_free(&t);
    free(bytes), free(a.data);
  }
}

const struct check list_checks[] = {
    {"lists hold every nonzero once, by row and by column, in ascending order", lists},
    {"a list of bytes is the list of their values, at every length", lists_of_bytes},
    {0}};
