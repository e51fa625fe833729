/* Products that skip zeros: for every nonzero, its value times a panel row of 32 floats, the sums
 * of a row held in eight registers.  Four of five MNIST pixels are zero; behind ReLU and dropout
 * so are half or three quarters of the gradients. */
#include "matrix.h"
#include "simd.h"

/* Multiply-adds a second of these kernels over those of the dense ones, as measured: a list loads a
 * vector for each multiply-add, a tile one for two. */
static const float RELATIVE_RATE = 0.68F;

/* Panel rows a block: 128 x 128 bytes stay in the first cache while all rows of the batch pass. */
enum { BLOCK_TERMS = 128, VECTORS = PANEL / 4 };

bool nonzeros_worthwhile(const struct nonzeros *s, uint32_t columns_left) {
  return (float)s->count <= RELATIVE_RATE * ((float)s->rows * (float)columns_left);
}

void nonzeros_list_columns(struct nonzeros *s) {
  uint32_t *start = s->column_start;
  for (uint32_t c = 0; c <= s->columns; c++) start[c] = 0;
  for (uint32_t j = 0; j < s->count; j++) start[s->row_index[j] + 1]++;
  for (uint32_t c = 0; c < s->columns; c++) {
    start[c + 1] += start[c];
    s->cursor[c] = start[c];
  }
  for (uint32_t r = 0; r < s->rows; r++) {
    for (uint32_t j = s->row_start[r]; j < s->row_start[r + 1]; j++) {
      uint32_t at = s->cursor[s->row_index[j]]++;
      s->column_index[at] = r;
      s->column_value[at] = s->row_value[j];
    }
  }
}

void nonzeros_list(struct nonzeros *s, const float *a, size_t lda, uint32_t rows,
                   uint32_t columns) {
  uint32_t n = 0;
  for (uint32_t r = 0; r < rows; r++) {
    const float *row = a + r * lda;
    s->row_start[r] = n;
    uint32_t c = 0;
    for (; c + 4 <= columns; c += 4) {
      u32x4 index = u32x4_splat(c) + (u32x4){0, 1, 2, 3};
      n += f32x4_compact(s->row_index + n, s->row_value + n, index, f32x4_load(row + c));
    }
    for (; c < columns; c++) {
      if (row[c] == 0) continue;
      s->row_index[n] = c, s->row_value[n] = row[c];
      n++;
    }
  }
  s->row_start[rows] = n;
  s->rows = rows, s->columns = columns, s->count = n;
}

DW_INLINE void row_add(f32x4 sums[VECTORS], float value, const float *row) {
  f32x4 factor = f32x4_splat(value);
  DW_UNROLL for (int i = 0; i < VECTORS / 2; i++) {
    sums[i] = f32x4_madd(factor, f32x4_load(row + 4 * i), sums[i]);
  }
  /* Never taken, and there to end a block of code: V8 11 loads all that a block loads before it
   * computes, and eight sums with eight loads do not fit its 15 registers (20 GFLOP/s against 30).
   */
  __asm__("" : "+r"(row));
  if (!row) __builtin_trap();
  DW_UNROLL for (int i = VECTORS / 2; i < VECTORS; i++) {
    sums[i] = f32x4_madd(factor, f32x4_load(row + 4 * i), sums[i]);
  }
}

DW_INLINE void row_store(float *to, const f32x4 sums[VECTORS]) {
  DW_UNROLL for (int i = 0; i < VECTORS; i++) f32x4_store(to + 4 * i, sums[i]);
}

void product_sparse(float *y, size_t ldy, struct nonzeros *a, const struct panels *p) {
  for (uint32_t panel = 0; panel < panel_count(p); panel++) {
    const float *weights = p->data + (size_t)panel * p->rows * PANEL;
    for (uint32_t b = 0; b < a->rows; b++) a->cursor[b] = a->row_start[b];
    for (uint32_t k = 0; k < p->rows; k += BLOCK_TERMS) {
      uint32_t end = k + BLOCK_TERMS;
      for (uint32_t b = 0; b < a->rows; b++) {
        float *to = y + b * ldy + panel * PANEL;
        f32x4 sums[VECTORS];
        DW_UNROLL for (int i = 0; i < VECTORS; i++) {
          sums[i] = k == 0 ? f32x4_splat(0) : f32x4_load(to + 4 * i);
        }
        const uint32_t *index = a->row_index, last = a->row_start[b + 1];
        const float *value = a->row_value;
        uint32_t j = a->cursor[b];
        for (; j < last && index[j] < end; j++) {
          row_add(sums, value[j], weights + (size_t)index[j] * PANEL);
        }
        a->cursor[b] = j;
        row_store(to, sums);
      }
    }
  }
}

void gradient_sparse(float *g, const struct nonzeros *a, const float *v, size_t ldv, uint32_t panel,
                     uint32_t k0, uint32_t count) {
  const float *rows = v + (size_t)panel * PANEL;
  for (uint32_t k = 0; k < count; k++) {
    f32x4 sums[VECTORS];
    DW_UNROLL for (int i = 0; i < VECTORS; i++) sums[i] = f32x4_splat(0);
    for (uint32_t j = a->column_start[k0 + k]; j < a->column_start[k0 + k + 1]; j++) {
      row_add(sums, a->column_value[j], rows + a->column_index[j] * ldv);
    }
    row_store(g + k * PANEL, sums);
  }
}
