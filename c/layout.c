/* Matrices laid out anew.  Units that a shared mask keeps are taken out and put back: what is left
 * is a smaller network, whose products the dense and sparse kernels take as they are. */
#include <string.h>

#include "matrix.h"
#include "simd.h"

void rows_take(float *to, size_t ldt, const float *a, size_t lda, uint32_t rows,
               const uint32_t *kept, uint32_t kept_count) {
  for (uint32_t b = 0; b < rows; b++) {
    for (uint32_t k = 0; k < kept_count; k++) to[b * ldt + k] = a[b * lda + kept[k]];
  }
}

void rows_spread(float *y, size_t ldy, uint32_t columns, const float *from, size_t ldf,
                 uint32_t rows, const uint32_t *kept, uint32_t kept_count) {
  for (uint32_t b = 0; b < rows; b++) {
    memset(y + b * ldy, 0, sizeof *y * columns);
    for (uint32_t k = 0; k < kept_count; k++) y[b * ldy + kept[k]] = from[b * ldf + k];
  }
}

void panels_take(struct panels *to, const struct panels *p, const uint32_t *kept,
                 uint32_t kept_count) {
  to->rows = p->rows, to->columns = kept_count;
  for (uint32_t first = 0; first < kept_count; first += PANEL) {
    uint32_t lanes = least(kept_count - first, PANEL);
    float *panel = to->data + (size_t)first * p->rows;
    size_t from[PANEL]; /* where each lane's column starts */
    for (uint32_t i = 0; i < lanes; i++) from[i] = panels_index(p, 0, kept[first + i]);
    for (uint32_t r = 0; r < p->rows; r++, panel += PANEL) {
      const float *row = p->data + (size_t)r * PANEL;
      for (uint32_t i = 0; i < lanes; i++) panel[i] = row[from[i]];
      for (uint32_t i = lanes; i < PANEL; i++) panel[i] = 0;
    }
  }
}

void spread_in_place(float *data, uint32_t width, uint32_t rows, const uint32_t *kept,
                     uint32_t kept_count, uint32_t first) {
  for (uint32_t r = rows; r-- > 0;) { /* from behind: a row is read before it is written */
    bool is_kept = kept_count && kept[kept_count - 1] - first == r;
    float *to = data + (size_t)r * width;
    kept_count -= is_kept;
    const float *from = data + (size_t)kept_count * width;
    for (uint32_t j = 0; j < width; j += 4) {
      f32x4_store(to + j, is_kept ? f32x4_load(from + j) : f32x4_splat(0));
    }
  }
}

void panel_columns_spread(float *to, uint32_t rows, uint32_t panel, const float *from,
                          uint32_t from_rows, const uint32_t *kept, uint32_t kept_count) {
  memset(to, 0, sizeof *to * PANEL * rows);
  uint32_t c = 0;
  while (c < kept_count && kept[c] < panel * PANEL) c++;
  for (; c < kept_count && kept[c] < (panel + 1) * PANEL; c++) {
    const float *column = from + (size_t)c / PANEL * from_rows * PANEL + c % PANEL;
    for (uint32_t r = 0; r < rows; r++) to[r * PANEL + kept[c] % PANEL] = column[r * PANEL];
  }
}

void panels_from_rows(struct panels *to, const float *a, size_t lda, uint32_t rows,
                      uint32_t columns, const uint32_t *kept) {
  to->rows = rows, to->columns = columns;
  for (uint32_t first = 0; first < columns; first += PANEL) {
    uint32_t lanes = least(columns - first, PANEL);
    float *panel = to->data + (size_t)first * rows;
    for (uint32_t b = 0; b < rows; b++, panel += PANEL) {
      const float *row = a + b * lda;
      if (kept) {
        for (uint32_t i = 0; i < lanes; i++) panel[i] = row[kept[first + i]];
      } else {
        memcpy(panel, row + first, sizeof *panel * lanes);
      }
      for (uint32_t i = lanes; i < PANEL; i++) panel[i] = 0;
    }
  }
}

void panels_turn(struct panels *to, const struct panels *p) {
  to->rows = p->columns, to->columns = p->rows;
  for (uint32_t r = 0; r < panel_count(to) * PANEL; r += 4) {
    for (uint32_t c = 0; c < p->columns; c += 4) {
      f32x4 v[4];
      for (uint32_t i = 0; i < 4; i++) {
        v[i] = r + i < p->rows ? f32x4_load(p->data + panels_index(p, r + i, c)) : f32x4_splat(0);
      }
      f32x4_transpose(v);
      for (uint32_t i = 0; i < 4 && c + i < to->rows; i++) {
        f32x4_store(to->data + panels_index(to, c + i, r), v[i]);
      }
    }
  }
}
