/* Rows without their zeros against the bytes that they were made of. */
#include "packed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "matrices.h"

enum { ROWS = 5, UNTOUCHED = 7 };

static struct packed packed_create(uint32_t rows, uint32_t columns) {
  return (struct packed){
      .columns = columns,
      .kept = ALLOCATE(uint32_t, (size_t)rows * list_blocks(columns)),
      .start = ALLOCATE(uint32_t, rows + 1),
      .groups = (uint8_t(*)[GROUP])ALLOCATE(uint8_t, packed_capacity(rows, columns) * GROUP),
  };
}

static void packed_free(struct packed *p) { free(p->kept), free(p->start), free(p->groups); }

/* Row 0 is all zero, row 1 has no zero, row 2 single bytes, row 3 runs, row 4 some of each. */
static void fill(uint8_t *bytes, uint32_t columns) {
  uint64_t state = columns;
  for (uint32_t r = 0; r < ROWS; r++) {
    for (uint32_t c = 0; c < columns; c++) {
      uint64_t bits = test_bits(&state);
      const bool there[ROWS] = {false, true, bits >> 60 == 0, c / 19 % 2, bits >> 63};
      bytes[r * columns + c] = there[r] ? (uint8_t)(bits % 255 + 1) : 0;
    }
  }
}

static void expect_list(const struct packed *p, const struct matrix *a) {
  struct nonzeros s = nonzeros_create(ROWS, p->columns), t = nonzeros_create(ROWS, p->columns);
  nonzeros_list(&s, a->data, a->ld, ROWS, p->columns);
  t.rows = ROWS, t.columns = p->columns;
  uint32_t found = 0;
  for (uint32_t r = 0; r < ROWS; r++) found += packed_nonzeros(p, r), packed_list(p, r, &t, r);
  bool same = s.count == found && t.count == found;
  for (uint32_t i = 0; i <= ROWS * list_blocks(p->columns); i++)
    same = same && s.block_start[i] == t.block_start[i];
  for (uint32_t j = 0; same && j < found; j++)
    same = s.row_offset[j] == t.row_offset[j] && s.row_value[j] == t.row_value[j];
  expect(same, "the list of %u columns differs", p->columns);
  nonzeros_free(&s), nonzeros_free(&t);
}

/* A row without a zero fills its list and, where its last group is not whole, all that may be
 * written behind it. */
static void expect_full(const struct packed *p, uint32_t row) {
  struct nonzeros s = nonzeros_create(1, p->columns);
  s.rows = 1, s.columns = p->columns;
  packed_list(p, row, &s, 0);
  expect(s.count == p->columns && s.row_offset[s.count - 1] == (p->columns - 1) * ROW_BYTES,
         "%u of %u columns are listed", s.count, p->columns);
  nonzeros_free(&s);
}

/* A row that was not added. */
static void expect_nothing(const struct packed *p, uint32_t row) {
  struct nonzeros s = nonzeros_create(1, p->columns);
  float *values = ALLOCATE(float, padded(p->columns));
  values[0] = UNTOUCHED;
  s.rows = 1, s.columns = p->columns;
  packed_list(p, row, &s, 0);
  packed_values(p, row, values);
  bool nothing = s.count == 0 && packed_nonzeros(p, row) == 0;
  for (uint32_t c = 0; c < p->columns; c++) nothing = nothing && values[c] == 0;
  expect(nothing, "row %u of %u columns has values", row, p->columns);
  nonzeros_free(&s);
  free(values);
}

static void expect_values(const struct packed *p, const struct matrix *a) {
  float *values = ALLOCATE(float, padded(p->columns));
  uint32_t written = (p->columns + GROUP - 1) / GROUP * GROUP;
  for (uint32_t r = 0; r < ROWS; r++) {
    for (uint32_t c = 0; c < padded(p->columns); c++) values[c] = c < p->columns ? NAN : UNTOUCHED;
    packed_values(p, r, values);
    bool same = memcmp(values, matrix_at(a, r, 0), p->columns * sizeof *values) == 0;
    for (size_t c = p->columns; c < padded(p->columns); c++)
      same = same && (values[c] == UNTOUCHED || (c < written && values[c] == 0));
    expect(same, "row %u of %u columns differs", r, p->columns);
  }
  free(values);
}

/* Every length that ends within two groups, and three blocks. */
static void rows_of_bytes(void) {
  for (uint32_t columns = 1; columns <= 2 * LIST_BLOCK + 33; columns++) {
    uint8_t *bytes = ALLOCATE(uint8_t, ROWS * columns);
    struct matrix a = matrix_create(ROWS, columns);
    struct packed p = packed_create(ROWS + 2, columns);
    fill(bytes, columns);
    for (uint32_t r = 0; r < ROWS; r++) {
      for (uint32_t c = 0; c < columns; c++)
        *matrix_at(&a, r, c) = (float)(bytes[r * columns + c] / 255.0);
      packed_add(&p, bytes + r * columns);
    }
    expect(p.start[1] == 0, "%u groups of a row that is zero", p.start[1]);
    expect(p.start[2] == (columns + GROUP - 1) / GROUP, "%u groups of a whole row", p.start[2]);
    expect_list(&p, &a);
    expect_full(&p, 1);
    expect_values(&p, &a);
    expect_nothing(&p, ROWS), expect_nothing(&p, ROWS + 1);
    packed_free(&p);
    free(bytes), free(a.data);
  }
}

const struct check packed_checks[] = {
    {"rows without their zeros are the bytes that they were made of, at every length",
     rows_of_bytes},
    {0}};
