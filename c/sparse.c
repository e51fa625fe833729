/* Products that skip zeros: for every nonzero, its value times a panel row of 32 floats, the sums
 * of a row held in eight registers.  Four of five MNIST pixels are zero; behind ReLU and dropout
 * so are half or three quarters of the gradients. */
#include "listing.h"
#include "matrix.h"
#include "simd.h"

/* The share of nonzeros up to which lists pay.  A list loads a vector for each multiply-add, a tile
 * one for two or six: as measured, lists of 0.85 take as long as the plain tiles, of 0.80 as the
 * fused ones.  Somewhat less than both, for the making of a list. */
static const float PAYING_SHARE = 0.75F;

enum { VECTORS = PANEL / 4 };

bool nonzeros_worthwhile(const struct nonzeros *s, uint32_t columns_left) {
  return (float)s->count <= PAYING_SHARE * ((float)s->rows * (float)columns_left);
}

void nonzeros_list_columns(struct nonzeros *s) {
  uint32_t *start = s->column_start;
  for (uint32_t c = 0; c <= s->columns; c++) start[c] = 0;
  for (uint32_t j = 0; j < s->count; j++) start[s->row_offset[j] / ROW_BYTES + 1]++;
  for (uint32_t c = 0; c < s->columns; c++) {
    start[c + 1] += start[c];
    s->cursor[c] = start[c];
  }
  uint32_t blocks = list_blocks(s->columns);
  for (uint32_t r = 0; r < s->rows; r++) {
    for (uint32_t j = s->block_start[r * blocks]; j < s->block_start[(r + 1) * blocks]; j++) {
      uint32_t place = s->cursor[s->row_offset[j] / ROW_BYTES]++;
      s->column_offset[place] = r * ROW_BYTES;
      s->column_value[place] = s->row_value[j];
    }
  }
}

void nonzeros_list(struct nonzeros *s, const float *a, size_t lda, uint32_t rows,
                   uint32_t columns) {
  uint32_t n = 0, *start = s->block_start;
  for (uint32_t r = 0; r < rows; r++) {
    const float *row = a + r * lda;
    uint32_t c = 0;
    while (c < columns) {
      uint32_t end = c + least(columns - c, LIST_BLOCK);
      *start++ = n;
      for (; c + 4 <= end; c += 4) {
        n += list_four(s->row_offset + n, s->row_value + n, c, f32x4_load(row + c));
      }
      for (; c < end; c++) {
        if (row[c] == 0) continue;
        s->row_offset[n] = c * ROW_BYTES, s->row_value[n] = row[c];
        n++;
      }
    }
  }
  *start = n;
  s->rows = rows, s->columns = columns, s->count = n;
}

DW_INLINE const float *panel_row(const float *rows, uint32_t bytes) {
  return (const float *)(const void *)((const char *)rows + bytes);
}

DW_INLINE void half_add(f32x4 sums[VECTORS / 2], f32x4 factor, const float *half_row) {
  DW_UNROLL for (int i = 0; i < VECTORS / 2; i++) {
    sums[i] = f32x4_madd(factor, f32x4_load(half_row + 4 * i), sums[i]);
  }
}

/* half_add, and a branch that is never taken: there to end a block of code that needs these sums.
 * V8 11 loads all that a block loads before it computes, and eight sums with eight loads do not fit
 * its 15 registers (17 GFLOP/s against 25).  V8 13 interleaves them itself, and engines that fuse
 * are no older: their build needs no branch. */
DW_INLINE void half_add_apart(f32x4 sums[VECTORS / 2], f32x4 factor, const float *half_row) {
  f32x4 old[VECTORS / 2];
  DW_UNROLL for (int i = 0; i < VECTORS / 2; i++) old[i] = sums[i];
  half_add(sums, factor, half_row);
  if (DW_FUSES) return;
  __asm__("" : "+r"(half_row));
  if (__builtin_expect(!half_row, 0)) {
    __asm__ volatile("");
    DW_UNROLL for (int i = 0; i < VECTORS / 2; i++) sums[i] = old[i];
  }
}

/* The last row of a block of code, which ends with its loop or its condition. */
DW_INLINE void row_add(f32x4 sums[VECTORS], float value, const float *row) {
  f32x4 factor = f32x4_splat(value);
  half_add_apart(sums, factor, row);
  half_add(sums + VECTORS / 2, factor, row + PANEL / 2);
}

DW_INLINE void row_add_apart(f32x4 sums[VECTORS], float value, const float *row) {
  f32x4 factor = f32x4_splat(value);
  half_add_apart(sums, factor, row);
  half_add_apart(sums + VECTORS / 2, factor, row + PANEL / 2);
}

/* sums += value[j] * the panel row offset[j] bytes behind `rows`, for `count` j.  Two entries an
 * iteration, which costs V8 five instructions besides, are 4 to 6 % faster than one, and 12 to 18 %
 * where fused; four are slower. */
DW_INLINE void list_add(f32x4 sums[VECTORS], const uint32_t *offset, const float *value,
                        uint32_t count, const float *rows) {
  DW_NO_UNROLL for (; count >= 2; count -= 2, offset += 2, value += 2) {
    row_add_apart(sums, value[0], panel_row(rows, offset[0]));
    row_add(sums, value[1], panel_row(rows, offset[1]));
  }
  if (count) row_add(sums, value[0], panel_row(rows, offset[0]));
}

DW_INLINE void row_store(float *to, const f32x4 sums[VECTORS]) {
  DW_UNROLL for (int i = 0; i < VECTORS; i++) f32x4_store(to + 4 * i, sums[i]);
}

/* Walks through panel rows once, as caches like it best, before lists jump about in them
 * (25 GFLOP/s against 22). */
DW_INLINE void touch(const float *rows, uint32_t count) {
  float sum = 0;
  for (uint32_t k = 0; k < count; k++) sum += rows[k * PANEL] + rows[k * PANEL + PANEL / 2];
  __asm__ volatile("" : : "r"(sum));
}

void product_sparse(float *y, size_t ldy, const struct nonzeros *a, const struct panels *p) {
  uint32_t blocks = list_blocks(a->columns);
  const uint32_t *offset = a->row_offset;
  const float *value = a->row_value;
  /* The last panels are those that the update before has left in the second cache. */
  for (uint32_t panel = panel_count(p); panel-- > 0;) {
    for (uint32_t i = 0; i < blocks; i++) {
      uint32_t k = i * LIST_BLOCK;
      const float *weights = p->data + (size_t)panel * p->rows * PANEL;
      touch(weights + (size_t)k * PANEL, least(p->rows - k, LIST_BLOCK));
      for (uint32_t b = 0; b < a->rows; b++) {
        const uint32_t *start = a->block_start + b * blocks + i;
        float *to = y + b * ldy + panel * PANEL;
        f32x4 sums[VECTORS];
        DW_UNROLL for (int v = 0; v < VECTORS; v++) {
          sums[v] = i == 0 ? f32x4_splat(0) : f32x4_load(to + 4 * v);
        }
        list_add(sums, offset + start[0], value + start[0], start[1] - start[0], weights);
        row_store(to, sums);
      }
    }
  }
}

/* Row k of a gradient: what column k of a's list says of panel `rows`. */
DW_INLINE void gradient_row(f32x4 sums[VECTORS], const uint32_t *start, const uint32_t *offset,
                            const float *value, const float *rows) {
  DW_UNROLL for (int i = 0; i < VECTORS; i++) sums[i] = f32x4_splat(0);
  list_add(sums, offset + start[0], value + start[0], start[1] - start[0], rows);
}

void gradient_sparse(float *g, const struct nonzeros *a, const struct panels *v, uint32_t panel,
                     uint32_t k0, uint32_t count) {
  const float *rows = v->data + (size_t)panel * v->rows * PANEL, *value = a->column_value;
  const uint32_t *start = a->column_start + k0, *offset = a->column_offset;
  for (uint32_t k = 0; k < count; k++, start++) {
    f32x4 sums[VECTORS];
    gradient_row(sums, start, offset, value, rows);
    row_store(g + k * PANEL, sums);
  }
}

void descend_sparse(float *w, float rate, const struct nonzeros *a, const struct panels *v,
                    uint32_t panel, uint32_t k0, uint32_t count) {
  const float *rows = v->data + (size_t)panel * v->rows * PANEL, *value = a->column_value;
  const uint32_t *start = a->column_start + k0, *offset = a->column_offset;
  for (uint32_t k = 0; k < count; k++, start++, w += PANEL) {
    if (start[0] == start[1]) continue;
    f32x4 sums[VECTORS];
    gradient_row(sums, start, offset, value, rows);
    DW_UNROLL for (int i = 0; i < VECTORS; i++) {
      f32x4_store(w + 4 * i, f32x4_load(w + 4 * i) - sums[i] * rate);
    }
  }
}
