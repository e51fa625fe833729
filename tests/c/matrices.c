#include "matrices.h"

#include <math.h>
#include <stdlib.h>

static const uint32_t ROWS[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 33, 64, 65, 129};
static const uint32_t SIZES[] = {1,  2,  3,  4,  5,  6,   7,   8,   9,  31,
                                 32, 33, 63, 64, 65, 127, 128, 129, 257};
enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS, SIZE_COUNT = sizeof SIZES / sizeof *SIZES };

float *matrix_at(const struct matrix *m, uint32_t r, uint32_t c) { return m->data + r * m->ld + c; }

struct matrix matrix_create(uint32_t rows, uint32_t columns) {
  struct matrix m = {rows, columns, padded(columns), ALLOCATE(float, rows *padded(columns))};
  for (size_t i = 0; i < rows * m.ld; i++) m.data[i] = NAN;
  return m;
}

struct matrix matrix_random(uint32_t rows, uint32_t columns, double density, uint64_t *state) {
  struct matrix m = matrix_create(rows, columns);
  for (uint32_t r = 0; r < rows; r++)
    for (uint32_t c = 0; c < columns; c++) *matrix_at(&m, r, c) = test_float(state, density);
  return m;
}

struct matrix matrix_transpose(const struct matrix *m) {
  struct matrix t = matrix_create(m->columns, m->rows);
  for (uint32_t r = 0; r < m->rows; r++)
    for (uint32_t c = 0; c < m->columns; c++) *matrix_at(&t, c, r) = *matrix_at(m, r, c);
  return t;
}

struct panels panels_from(const struct matrix *m) {
  struct panels p = {ALLOCATE(float, panels_size(m->rows, m->columns)), m->rows, m->columns};
  for (uint32_t r = 0; r < m->rows; r++)
    for (uint32_t c = 0; c < m->columns; c++) p.data[panels_index(&p, r, c)] = *matrix_at(m, r, c);
  return p;
}

struct nonzeros nonzeros_create(uint32_t rows, uint32_t columns) {
  uint32_t size = rows * columns;
  return (struct nonzeros){.block_start = ALLOCATE(uint32_t, rows * list_blocks(columns) + 1),
                           .row_offset = ALLOCATE(uint32_t, size + LIST_SPARE),
                           .column_start = ALLOCATE(uint32_t, columns + 1),
                           .column_offset = ALLOCATE(uint32_t, size),
                           .row_value = ALLOCATE(float, size + LIST_SPARE),
                           .column_value = ALLOCATE(float, size),
                           .cursor = ALLOCATE(uint32_t, columns)};
}

void nonzeros_free(struct nonzeros *s) {
  free(s->block_start), free(s->row_offset), free(s->row_value);
  free(s->column_start), free(s->column_offset), free(s->column_value), free(s->cursor);
}

uint32_t keep_units(uint32_t *kept, uint32_t units, int way, uint64_t *state) {
  uint32_t count = 0;
  for (uint32_t u = 0; u < units; u++) {
    bool keep = way == 0 || (way == 2 && u % 3 == 0) || (way == 3 && test_bits(state) >> 63);
    if (keep) kept[count++] = u;
  }
  return count;
}

void each_size(void (*check)(const struct matrix *a, const struct matrix *b, double density,
                             uint64_t seed)) {
  uint64_t state = 1;
  for (int k = 0; k < SIZE_COUNT; k++) {
    for (int c = 0; c < SIZE_COUNT; c++) {
      for (int i = 0; i < DENSITY_COUNT; i++) {
        uint32_t rows = ROWS[(k + 2 * c) % ROW_COUNT];
        struct matrix a = matrix_random(rows, SIZES[k], DENSITIES[i], &state);
        struct matrix b = matrix_random(SIZES[k], SIZES[c], 1, &state);
        check(&a, &b, DENSITIES[i], test_bits(&state));
        free(a.data), free(b.data);
      }
    }
  }
}
