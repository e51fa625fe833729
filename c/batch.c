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

/* The data's row that is row r of a batch. */
static size_t row_at(const uint32_t *order, uint32_t first, uint32_t r) {
  return order ? order[r] : first + r;
}

/* Lists the rows; false where too few of their bytes are zero for that to pay. */
static bool list_bytes(struct nonzeros *list, const struct dw_dataset *d, const uint32_t *order,
                       uint32_t first, uint32_t rows) {
  uint64_t count = 0;
  for (uint32_t r = 0; r < rows; r++) {
    count += packed_nonzeros(&d->packed, row_at(order, first, r));
  }
  if (count > UINT32_MAX) return false; /* a list counts in 32 bits */
  list->rows = rows, list->columns = d->features, list->count = (uint32_t)count;
  if (!nonzeros_worthwhile(list, d->features)) return false;
  list->count = 0;
  for (uint32_t r = 0; r < rows; r++) {
    packed_list(&d->packed, row_at(order, first, r), list, r);
  }
  return true;
}

void batch_gather(struct batch *b, const struct dw_dataset *d, const uint32_t *order,
                  uint32_t first, uint32_t rows) {
  b->rows = rows;
  for (uint32_t r = 0; d->labels && r < rows; r++) {
    b->labels[r] = d->labels[row_at(order, first, r)];
  }
  b->listed = !d->floats && b->list && list_bytes(b->list, d, order, first, rows);
  for (uint32_t r = 0; !b->listed && r < rows; r++) {
    size_t row = row_at(order, first, r);
    float *to = b->images + r * padded(d->features);
    if (d->floats) {
      memcpy(to, d->floats + row * d->features, d->features * sizeof *to);
    } else {
      packed_values(&d->packed, row, to);
    }
  }
}
