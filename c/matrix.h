/* The matrix products of a dense layer.  Capital letters: B rows of the batch, K rows and C
 * columns of a weight matrix.  All sums run over their index upwards, from +0, one term after the
 * other; so no tile shape or blocking changes a bit of a result, nor does a skipped zero where all
 * numbers are finite.
 *
 * Row matrices (activations, gradients) are [B][ld]; ld is `padded(columns)`.
 * Weights are panels of 32 columns: [ceil(C / 32)][K][32], the rest of the last panel zero. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PANEL = 32 };

/* Floats from a row to the next: whole panels, then an odd number of cache lines, so that a walk
 * down a column visits every set of the first cache (a power of two would visit one). */
enum { PADDING = 16 };
static inline size_t padded(size_t columns) {
  return (columns + PANEL - 1) / PANEL * PANEL + PADDING;
}

static inline uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

struct panels {
  float *data;
  uint32_t rows, columns;
};

static inline uint32_t panel_count(const struct panels *p) {
  return (p->columns + PANEL - 1) / PANEL;
}
static inline uint64_t panels_size(uint32_t rows, uint32_t columns) {
  return (uint64_t)((columns + PANEL - 1) / PANEL) * rows * PANEL;
}
static inline size_t panels_index(const struct panels *p, uint32_t row, uint32_t column) {
  return ((size_t)(column / PANEL) * p->rows + row) * PANEL + column % PANEL;
}

/* A list names panel rows by their distance in bytes from the first, which the loops over it add to
 * an address as it is: 3 % faster than by their number.  32 bits do: 2^25 rows are 4 GB. */
enum { ROW_BYTES = PANEL * sizeof(float) };

/* Lists are written four entries at a time, however many of them count: room behind the last. */
enum { LIST_SPARE = 4 };

/* The entries of a row matrix that are not zero, twice: by row for products along it, by column
 * for products across it; both in ascending order. */
struct nonzeros {
  uint32_t rows, columns, count;
  uint32_t *block_start, *row_offset; /* [B blocks + 1], [count + LIST_SPARE]: column ROW_BYTES */
  uint32_t *column_start, *column_offset; /* [columns + 1], [count]: row ROW_BYTES */
  float *row_value, *column_value;        /* [count + LIST_SPARE], [count] */
  uint32_t *cursor;                       /* [columns], scratch */
};

/* A row's list in blocks of columns, whose panel rows (256 x 128 bytes, of which a list skips most)
 * stay in the first cache while all rows of the batch pass; shorter blocks lose more to the ends of
 * short loops.  Block i of row b starts at block_start[b blocks + i]. */
enum { LIST_BLOCK = 256 };
static inline uint32_t list_blocks(uint32_t columns) {
  return (columns + LIST_BLOCK - 1) / LIST_BLOCK;
}

/* Lists the nonzeros of a [B][lda] by row, and then by column. */
void nonzeros_list(struct nonzeros *s, const float *a, size_t lda, uint32_t rows, uint32_t columns);
void nonzeros_list_columns(struct nonzeros *s);
/* Whether skipping zeros beats the dense kernels on the `columns_left` columns that are not zero
 * throughout. */
bool nonzeros_worthwhile(const struct nonzeros *s, uint32_t columns_left);

/* y[b][c] = sum over k of a[b][k] P[k][c].  y: [B][ldy], written up to the last whole panel. */
void product_dense(float *y, size_t ldy, const float *a, size_t lda, uint32_t rows,
                   const struct panels *p);
void product_sparse(float *y, size_t ldy, const struct nonzeros *a, const struct panels *p);

/* y[b][k] = sum over c of a[b][c] P[k][c].  `kept`, if not NULL, lists the k to compute, ascending;
 * the others become +0.  scratch: product_transposed_scratch floats for B rows, whether or
 * not units are ever left out. */
void product_transposed(float *y, size_t ldy, const float *a, size_t lda, uint32_t rows,
                        const struct panels *p, const uint32_t *kept, uint32_t kept_count,
                        float *scratch);
uint64_t product_transposed_scratch(uint32_t batch, uint32_t rows, uint32_t columns, bool keeps);

/* product_dense over the k in `kept` alone (ascending, kept_count of them): a[b][k] of every other
 * k is zero.  scratch: [rows][padded(kept_count)]. */
void product_kept(float *y, size_t ldy, const float *a, size_t lda, uint32_t rows,
                  const struct panels *p, const uint32_t *kept, uint32_t kept_count,
                  float *scratch);

/* Units taken out and put back.  `kept` lists some, ascending.
 * rows_take: the columns that are listed, side by side.  rows_spread: these back in their places,
 * the others of `columns` +0. */
void rows_take(float *to, size_t ldt, const float *a, size_t lda, uint32_t rows,
               const uint32_t *kept, uint32_t kept_count);
void rows_spread(float *y, size_t ldy, uint32_t columns, const float *from, size_t ldf,
                 uint32_t rows, const uint32_t *kept, uint32_t kept_count);
/* The columns of P that are listed; to->data: panels_size(p->rows, kept_count) floats. */
void panels_take(struct panels *to, const struct panels *p, const uint32_t *kept,
                 uint32_t kept_count);
/* The way back: `from`, kept_count columns side by side as panels of from_rows rows, of which the
 * first `rows` are read.  to [rows][32]: the columns whose places are in panel `panel`, the others
 * +0. */
void panel_columns_spread(float *to, uint32_t rows, uint32_t panel, const float *from,
                          uint32_t from_rows, const uint32_t *kept, uint32_t kept_count);
/* Rows of `width` floats, a multiple of 4, in place: row j becomes row kept[j] - first of `rows`,
 * the others +0. */
void spread_in_place(float *data, uint32_t width, uint32_t rows, const uint32_t *kept,
                     uint32_t kept_count, uint32_t first);

/* to = P transposed; to->data: panels_size(p->columns, p->rows) floats. */
void panels_turn(struct panels *to, const struct panels *p);

/* g[k - k0][0..31] = sum over b of a[b][k] v[b][32 panel + 0..31], for k0 <= k < k0 + count: a
 * block of the gradient of panel `panel`.  v: [B] rows as panels, which no stride tears apart.  Of
 * a's rows the padding is read, too. */
void gradient_dense(float *g, const float *a, size_t lda, const struct panels *v, uint32_t panel,
                    uint32_t k0, uint32_t count);
void gradient_sparse(float *g, const struct nonzeros *a, const struct panels *v, uint32_t panel,
                     uint32_t k0, uint32_t count);
/* w -= rate g, w laid out as g, without a pass over g; rows without a nonzero are not touched. */
void descend_sparse(float *w, float rate, const struct nonzeros *a, const struct panels *v,
                    uint32_t panel, uint32_t k0, uint32_t count);
/* gradient_dense for the k in `kept` alone, of which a has the columns side by side; the other rows
 * of g become +0. */
void gradient_kept(float *g, const float *a, size_t lda, const struct panels *v, uint32_t panel,
                   uint32_t k0, uint32_t count, const uint32_t *kept, uint32_t kept_count);
/* A row matrix as panels, all columns (kept: NULL) or those in `kept`; to->data:
 * panels_size(rows, columns) floats. */
void panels_from_rows(struct panels *to, const float *a, size_t lda, uint32_t rows,
                      uint32_t columns, const uint32_t *kept);
