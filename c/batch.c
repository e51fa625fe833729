#include <string.h>

#include "data.h"
#include "matrix.h"
#include "rng.h"
#include "simd.h"

void shuffle(uint32_t *order, uint32_t n, const uint32_t seed[2], uint32_t epoch) {
  struct random_stream stream = random_stream(seed, RANDOM_SHUFFLE, 0, epoch, 0);
  uint32_t words[PHILOX_BATCH], block = UINT32_MAX; /* the first block of `words` */
  for (uint32_t i = 0; i < n; i++) order[i] = i;
  for (uint32_t i = n - 1; i >= 1 && n > 0; i--) {
    uint32_t wanted = i / PHILOX_BATCH * PHILOX_LANES;
    if (wanted != block) {
      u32x4 four[PHILOX_LANES];
      random_words(&stream, block = wanted, four);
      memcpy(words, four, sizeof words);
    }
    uint32_t j = (uint32_t)(((uint64_t)words[i % PHILOX_BATCH] * (i + 1ULL)) >> 32);
    uint32_t swapped = order[i];
    order[i] = order[j], order[j] = swapped;
  }
}

/* byte_value of each. */
static void gather_bytes(float *to, const uint8_t *from, uint32_t features) {
  uint32_t i = 0;
  for (; i + 16 <= features; i += 16) {
    f32x4 v[4];
    f32x4_from_bytes(v, from + i);
    DW_UNROLL for (int k = 0; k < 4; k++) f32x4_store(to + i + 4 * k, v[k] / 255);
  }
  for (; i < features; i++) to[i] = byte_value(from[i]);
}

/* The data's row that is row r of a batch. */
static size_t row_at(const uint32_t *order, uint32_t first, uint32_t r) {
  return order ? order[r] : first + r;
}

static const uint8_t *row_of_bytes(const struct dw_dataset *d, const uint32_t *order,
                                   uint32_t first, uint32_t r) {
  return (const uint8_t *)d->images + row_at(order, first, r) * d->features;
}

/* Lists the rows; false where too few of their bytes are zero for that to pay. */
static bool list_bytes(struct nonzeros *list, const struct dw_dataset *d, const uint32_t *order,
                       uint32_t first, uint32_t rows) {
  uint64_t count = 0;
  for (uint32_t r = 0; r < rows; r++) {
    count += nonzero_bytes(row_of_bytes(d, order, first, r), d->features);
  }
  list->rows = rows, list->columns = d->features, list->count = (uint32_t)count;
  if (!nonzeros_worthwhile(list, d->features)) return false;
  list->count = 0;
  for (uint32_t r = 0; r < rows; r++) {
    nonzeros_list_bytes(list, row_of_bytes(d, order, first, r), r);
  }
  return true;
}

void batch_gather(struct batch *b, const struct dw_dataset *d, const uint32_t *order,
                  uint32_t first, uint32_t rows) {
  b->rows = rows;
  for (uint32_t r = 0; d->labels && r < rows; r++) {
    b->labels[r] = d->labels[row_at(order, first, r)];
  }
  bool bytes = d->format == DW_BYTES;
  b->listed = bytes && b->list && list_bytes(b->list, d, order, first, rows);
  for (uint32_t r = 0; !b->listed && r < rows; r++) {
    float *to = b->images + r * padded(d->features);
    if (bytes) {
      gather_bytes(to, row_of_bytes(d, order, first, r), d->features);
    } else {
      memcpy(to, (const float *)d->images + row_at(order, first, r) * d->features,
             d->features * sizeof *to);
    }
  }
}
