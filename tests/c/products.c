/* Every product of matrix.h against the definition: bit for bit against a float32 sum of one term
 * after the other from +0, and within that sum's error bound against a sum in double precision. */
#include <math.h>
#include <stdlib.h>

#include "layers.h"
#include "matrices.h"
#include "simd.h"

/* sum + left * right, fused where this build fuses. */
static float multiply_add(float left, float right, float sum) {
  return f32x4_madd(f32x4_splat(left), f32x4_splat(right), f32x4_splat(sum))[0];
}

/* y = a b: the definition.  Every entry is checked against double precision on the way. */
static struct matrix definition(const struct matrix *a, const struct matrix *b) {
  struct matrix y = matrix_create(a->rows, b->columns);
  for (uint32_t r = 0; r < a->rows; r++) {
    for (uint32_t c = 0; c < b->columns; c++) {
      float sum = 0;
      double exact = 0, magnitude = 0;
      for (uint32_t k = 0; k < a->columns; k++) {
        float left = *matrix_at(a, r, k), right = *matrix_at(b, k, c);
        sum = multiply_add(left, right, sum);
        exact += (double)left * right, magnitude += fabs((double)left * right);
      }
      *matrix_at(&y, r, c) = sum;
      expect(fabs(sum - exact) <= (a->columns + 1) * 0x1p-24 * magnitude, "%g is not near %g", sum,
             exact);
    }
  }
  return y;
}

static void expect_product(const struct matrix *y, const struct matrix *wanted, double density) {
  for (uint32_t r = 0; r < wanted->rows; r++) {
    expect(same_bits(matrix_at(y, r, 0), matrix_at(wanted, r, 0), wanted->columns),
           "row %u of %u x %u differs at density %g", r, wanted->rows, wanted->columns, density);
    size_t whole = (wanted->columns + PANEL - 1) / PANEL * PANEL;
    for (size_t c = whole; c < y->ld; c++) {
      expect(isnan(*matrix_at(y, r, (uint32_t)c)), "column %zu is past the last panel", c);
    }
  }
}

static void check_forward(const struct matrix *a, const struct matrix *b, double density,
                          uint64_t seed) {
  (void)seed;
  struct matrix wanted = definition(a, b), y = matrix_create(a->rows, b->columns);
  struct panels p = panels_from(b);
  product_dense(y.data, y.ld, a->data, a->ld, a->rows, &p);
  expect_product(&y, &wanted, density);

  struct nonzeros s = nonzeros_create(a->rows, a->columns);
  struct matrix z = matrix_create(a->rows, b->columns);
  nonzeros_list(&s, a->data, a->ld, a->rows, a->columns);
  product_sparse(z.data, z.ld, &s, &p);
  expect_product(&z, &wanted, density);
  nonzeros_free(&s);
  free(wanted.data), free(y.data), free(z.data), free(p.data);
}

static void dense_and_sparse(void) { each_size(check_forward); }

/* Lists of so many entries in each of two blocks of a row; rows of the panels that they do not name
 * are NaN, which no list reads. */
static void check_entries(uint32_t count, uint32_t columns) {
  uint64_t state = count + 1;
  struct matrix a = matrix_random(1, LIST_BLOCK + 32, 0, &state);
  struct matrix b = matrix_random(a.columns, columns, 1, &state);
  for (uint32_t j = 0; j < count; j++) {
    *matrix_at(&a, 0, 3 * j) = test_float(&state, 1);
    *matrix_at(&a, 0, LIST_BLOCK + 5 * j) = test_float(&state, 1);
  }
  struct matrix wanted = definition(&a, &b), y = matrix_create(1, columns);
  for (uint32_t k = 0; k < a.columns; k++)
    for (uint32_t c = 0; c < columns && *matrix_at(&a, 0, k) == 0; c++) *matrix_at(&b, k, c) = NAN;
  struct panels p = panels_from(&b);
  struct nonzeros s = nonzeros_create(1, a.columns);
  nonzeros_list(&s, a.data, a.ld, 1, a.columns);
  expect(s.count == 2 * count, "%u entries, not %u", s.count, 2 * count);
  product_sparse(y.data, y.ld, &s, &p);
  expect_product(&y, &wanted, 0);
  nonzeros_free(&s);
  free(a.data), free(b.data), free(wanted.data), free(y.data), free(p.data);
}

static void few_entries(void) {
  for (uint32_t count = 0; count < 7; count++) check_entries(count, 45);
}

static void check_transposed(const struct matrix *a, const struct matrix *b, double density,
                             uint64_t seed) {
  struct matrix wanted = definition(a, b), transposed = matrix_transpose(b);
  struct panels p = panels_from(&transposed);
  float *scratch = ALLOCATE(float, product_transposed_scratch(a->rows, p.rows, p.columns, true));
  for (int way = -1; way < 4; way++) {
    struct matrix y = matrix_create(a->rows, p.rows), some = matrix_create(a->rows, p.rows);
    uint32_t *kept = ALLOCATE(uint32_t, p.rows), count = keep_units(kept, p.rows, way, &seed);
    product_transposed(y.data, y.ld, a->data, a->ld, a->rows, &p, way < 0 ? NULL : kept,
                       way < 0 ? 0 : count, scratch);
    for (uint32_t r = 0; r < a->rows; r++) {
      for (uint32_t u = 0; u < p.rows; u++) *matrix_at(&some, r, u) = 0;
      for (uint32_t j = 0; j < count; j++)
        *matrix_at(&some, r, kept[j]) = *matrix_at(&wanted, r, kept[j]);
    }
    expect_product(&y, way < 0 ? &wanted : &some, density);
    free(y.data), free(some.data), free(kept);
  }
  free(wanted.data), free(transposed.data), free(p.data), free(scratch);
}

static void transposed(void) { each_size(check_transposed); }

/* The gradient of panels in blocks of `block` panel rows. */
static void check_gradient_blocks(const struct matrix *a, const struct matrix *v,
                                  const struct matrix *wanted, const struct nonzeros *s,
                                  uint32_t block, double density) {
  struct panels rows = panels_from(v);
  for (uint32_t panel = 0; panel * PANEL < v->columns; panel++) {
    for (uint32_t k = 0; k < a->columns; k += block) {
      uint32_t count = a->columns - k < block ? a->columns - k : block;
      float *g = ALLOCATE(float, count *PANEL);
      uint32_t left = v->columns - panel * PANEL, lanes = left < PANEL ? left : PANEL;
      if (s) {
        gradient_sparse(g, s, &rows, panel, k, count);
      } else {
        gradient_dense(g, a->data, a->ld, &rows, panel, k, count);
      }
      for (uint32_t r = 0; r < count; r++) {
        expect(same_bits(g + (size_t)r * PANEL, matrix_at(wanted, k + r, panel * PANEL), lanes),
               "row %u of panel %u differs, B %u, density %g", k + r, panel, a->rows, density);
      }
      free(g);
    }
  }
  free(rows.data);
}

static void check_gradients(const struct matrix *a, const struct matrix *b, double density,
                            uint64_t seed) {
  struct matrix v = matrix_random(a->rows, b->columns, 1, &seed), across = matrix_transpose(a);
  struct matrix wanted = definition(&across, &v);
  struct nonzeros s = nonzeros_create(a->rows, a->columns);
  nonzeros_list(&s, a->data, a->ld, a->rows, a->columns);
  nonzeros_list_columns(&s);
  const uint32_t blocks[] = {GRADIENT_ROWS, 32, 7};
  for (int i = 0; i < 3; i++) {
    check_gradient_blocks(a, &v, &wanted, NULL, blocks[i], density);
    check_gradient_blocks(a, &v, &wanted, &s, blocks[i], density);
  }
  nonzeros_free(&s);
  free(v.data), free(across.data), free(wanted.data);
}

static void gradients(void) { each_size(check_gradients); }

/* Columns of a that a shared mask drops are zero; the kept roads must give what the dense ones do.
 */
static void check_kept(const struct matrix *a, const struct matrix *b, double density,
                       uint64_t seed) {
  uint32_t *kept = ALLOCATE(uint32_t, a->columns + 1);
  struct matrix v = matrix_random(a->rows, b->columns, 1, &seed);
  struct panels p = panels_from(b), rows_v = panels_from(&v);
  for (int way = 0; way < 4; way++) {
    uint32_t count = keep_units(kept, a->columns, way, &seed);
    struct matrix some = matrix_create(a->rows, a->columns), y = matrix_create(a->rows, b->columns);
    for (uint32_t r = 0; r < a->rows; r++) {
      for (uint32_t c = 0; c < a->columns; c++) *matrix_at(&some, r, c) = 0;
      for (uint32_t j = 0; j < count; j++)
        *matrix_at(&some, r, kept[j]) = *matrix_at(a, r, kept[j]);
    }
    struct matrix wanted = definition(&some, b);
    float *scratch = ALLOCATE(float, a->rows *padded(count));
    product_kept(y.data, y.ld, some.data, some.ld, a->rows, &p, kept, count, scratch);
    expect_product(&y, &wanted, density);
    rows_take(scratch, padded(count), some.data, some.ld, a->rows, kept, count);
    for (uint32_t k = 0; k < a->columns; k += GRADIENT_ROWS) {
      uint32_t rows = least(a->columns - k, GRADIENT_ROWS);
      float *dense = ALLOCATE(float, rows *PANEL), *g = ALLOCATE(float, rows *PANEL);
      gradient_dense(dense, some.data, some.ld, &rows_v, 0, k, rows);
      gradient_kept(g, scratch, padded(count), &rows_v, 0, k, rows, kept, count);
      uint32_t lanes = v.columns < PANEL ? v.columns : PANEL;
      for (uint32_t r = 0; r < rows; r++) {
        expect(same_bits(g + (size_t)r * PANEL, dense + (size_t)r * PANEL, lanes),
               "gradient row %u differs, B %u, kept %u", k + r, a->rows, count);
      }
      free(dense), free(g);
    }
    free(some.data), free(y.data), free(wanted.data), free(scratch);
  }
  free(v.data), free(p.data), free(rows_v.data), free(kept);
}

static void kept_roads(void) { each_size(check_kept); }

/* w - rate g, of the gradient's own sums. */
static void check_descent(const struct matrix *a, const struct matrix *b, double density,
                          uint64_t seed) {
  struct matrix v = matrix_random(a->rows, b->columns, 1, &seed);
  struct panels rows = panels_from(&v);
  struct nonzeros s = nonzeros_create(a->rows, a->columns);
  nonzeros_list(&s, a->data, a->ld, a->rows, a->columns);
  nonzeros_list_columns(&s);
  uint32_t size = a->columns * PANEL;
  float *g = ALLOCATE(float, size), *w = ALLOCATE(float, size), *wanted = ALLOCATE(float, size);
  gradient_sparse(g, &s, &rows, 0, 0, a->columns);
  for (uint32_t i = 0; i < size; i++) {
    w[i] = test_float(&seed, 1);
    wanted[i] = w[i] - g[i] * 0.1F;
  }
  descend_sparse(w, 0.1F, &s, &rows, 0, 0, a->columns);
  expect(same_bits(w, wanted, size), "%u x %u, density %g", a->columns, b->columns, density);
  nonzeros_free(&s);
  free(v.data), free(rows.data), free(g), free(w), free(wanted);
}

static void descents(void) { each_size(check_descent); }

const struct check product_checks[] = {
    {"the dense and the sparse product are the float32 sum in order, at every size and density",
     dense_and_sparse},
    {"lists of no entry, one, two and more give that sum, and read no weight but theirs",
     few_entries},
    {"the transposed product is that sum for kept units and +0 for dropped ones", transposed},
    {"the dense and the sparse gradient are that sum over rows, in blocks of any size", gradients},
    {"products over the kept columns alone are those over all, where the others are zero",
     kept_roads},
    {"descent within the sparse gradient is the step of SGD", descents},
    {0}};
