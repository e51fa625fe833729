/* Matrices laid out anew against the same, element by element; what is to be overwritten is NaN. */
#include <math.h>
#include <stdlib.h>

#include "matrices.h"

enum { WAYS = 4 };

static float *nans(uint64_t count) {
  float *values = ALLOCATE(float, count);
  for (uint64_t i = 0; i < count; i++) values[i] = NAN;
  return values;
}

/* Panels with room, and NaN in it. */
static struct panels panels_empty(uint32_t rows, uint32_t columns) {
  return (struct panels){nans(panels_size(rows, columns)), rows, columns};
}

/* Every entry is wanted's, and what lies past the last column +0. */
static void expect_panels(const struct panels *p, const struct matrix *wanted, const char *what) {
  expect(p->rows == wanted->rows && p->columns == wanted->columns, "%s: %u x %u", what, p->rows,
         p->columns);
  for (uint32_t r = 0; r < p->rows; r++) {
    for (uint32_t c = 0; c < panel_count(p) * PANEL; c++) {
      float value = c < p->columns ? *matrix_at(wanted, r, c) : 0;
      size_t at = ((size_t)(c / PANEL) * p->rows + r) * PANEL + c % PANEL;
      expect(same_bits(p->data + at, &value, 1), "%s: row %u, column %u of %u x %u", what, r, c,
             p->rows, p->columns);
    }
  }
}

/* The columns of m that are listed, and m with the others +0. */
static struct matrix columns_of(const struct matrix *m, const uint32_t *kept, uint32_t count) {
  struct matrix some = matrix_create(m->rows, count);
  for (uint32_t r = 0; r < m->rows; r++)
    for (uint32_t j = 0; j < count; j++) *matrix_at(&some, r, j) = *matrix_at(m, r, kept[j]);
  return some;
}
static struct matrix masked(const struct matrix *m, const uint32_t *kept, uint32_t count) {
  struct matrix some = matrix_create(m->rows, m->columns);
  for (uint32_t r = 0; r < m->rows; r++) {
    for (uint32_t c = 0; c < m->columns; c++) *matrix_at(&some, r, c) = 0;
    for (uint32_t j = 0; j < count; j++) *matrix_at(&some, r, kept[j]) = *matrix_at(m, r, kept[j]);
  }
  return some;
}

static void check_rows(const struct matrix *m, const uint32_t *kept, uint32_t count) {
  struct matrix wanted = columns_of(m, kept, count), back = masked(m, kept, count);
  struct matrix taken = matrix_create(m->rows, count), spread = matrix_create(m->rows, m->columns);
  rows_take(taken.data, taken.ld, m->data, m->ld, m->rows, kept, count);
  rows_spread(spread.data, spread.ld, m->columns, taken.data, taken.ld, m->rows, kept, count);
  for (uint32_t r = 0; r < m->rows; r++) {
    expect(same_bits(matrix_at(&taken, r, 0), matrix_at(&wanted, r, 0), count), "taken: row %u", r);
    expect(same_bits(matrix_at(&spread, r, 0), matrix_at(&back, r, 0), m->columns),
           "spread: row %u, %u of %u", r, count, m->columns);
  }
  free(wanted.data), free(back.data), free(taken.data), free(spread.data);
}

static void check_panels(const struct matrix *m, const uint32_t *kept, uint32_t count) {
  struct matrix wanted = columns_of(m, kept, count), back = masked(m, kept, count);
  struct panels p = panels_from(m), taken = panels_empty(m->rows, count);
  panels_take(&taken, &p, kept, count);
  expect_panels(&taken, &wanted, "taken");
  for (uint32_t rows = m->rows; rows > 0; rows /= 3) { /* all of them, and fewer than there are */
    float *to = nans((uint64_t)rows * PANEL);
    for (uint32_t panel = 0; panel < panel_count(&p); panel++) {
      panel_columns_spread(to, rows, panel, taken.data, m->rows, kept, count);
      for (uint32_t i = 0; i < rows * PANEL; i++) {
        uint32_t c = panel * PANEL + i % PANEL;
        float value = c < m->columns ? *matrix_at(&back, i / PANEL, c) : 0;
        expect(same_bits(to + i, &value, 1), "spread: row %u, column %u, %u of %u", i / PANEL, c,
               count, m->columns);
      }
    }
    free(to);
  }
  free(wanted.data), free(back.data), free(p.data), free(taken.data);
}

/* Rows of a few floats, those of some numbers from `first` on. */
static void check_in_place(const uint32_t *kept, uint32_t count, uint32_t units) {
  enum { WIDTH = 8 };
  uint32_t first = units / 3, before = 0, end = units - units / 5;
  while (before < count && kept[before] < first) before++;
  uint32_t some = 0;
  while (before + some < count && kept[before + some] < end) some++;
  float *rows = nans((uint64_t)(end - first) * WIDTH);
  for (uint32_t j = 0; j < some; j++)
    for (uint32_t i = 0; i < WIDTH; i++) rows[j * WIDTH + i] = (float)(kept[before + j] + 1);
  spread_in_place(rows, WIDTH, end - first, kept + before, some, first);
  uint32_t next = before;
  for (uint32_t r = 0; r < end - first; r++) {
    bool is_kept = next < before + some && kept[next] == first + r;
    float value = is_kept ? (float)(first + r + 1) : 0;
    for (int j = 0; j < WIDTH; j++)
      expect(same_bits(rows + (size_t)r * WIDTH + j, &value, 1), "row %u is %g, not %g", r,
             rows[(size_t)r * WIDTH + j], value);
    next += is_kept;
  }
  free(rows);
}

static void check_kept(const struct matrix *a, const struct matrix *b, double density,
                       uint64_t seed) {
  (void)a;
  if (density != 1) return; /* of b, which has no zeros */
  uint32_t *kept = ALLOCATE(uint32_t, b->columns);
  for (int way = 0; way < WAYS; way++) {
    uint32_t count = keep_units(kept, b->columns, way, &seed);
    check_rows(b, kept, count);
    check_panels(b, kept, count);
    check_in_place(kept, count, b->columns);
  }
  free(kept);
}

static void check_turned(const struct matrix *a, const struct matrix *b, double density,
                         uint64_t seed) {
  (void)a, (void)seed;
  if (density != 1) return;
  struct matrix wanted = matrix_transpose(b);
  struct panels p = panels_from(b), turned = panels_empty(b->columns, b->rows);
  panels_turn(&turned, &p);
  expect_panels(&turned, &wanted, "turned");
  free(wanted.data), free(p.data), free(turned.data);
}

static void taken_and_spread(void) { each_size(check_kept); }
static void turned(void) { each_size(check_turned); }

const struct check layout_checks[] = {
    {"what is taken is what was kept, and spread it lies where it lay, the rest +0",
     taken_and_spread},
    {"panels turned around are the transposed matrix, the rest of the last panel +0", turned},
    {0}};
