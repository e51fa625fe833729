#include <string.h>

#include "data.h"
#include "matrix.h"
#include "rng.h"

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

static void gather_bytes(float *to, const uint8_t *from, uint32_t features) {
  static float value[256]; /* the float32 nearest to byte / 255 */
  if (value[255] == 0)
    for (int i = 0; i < 256; i++) value[i] = (float)(i / 255.0);
  for (uint32_t i = 0; i < features; i++) to[i] = value[from[i]];
}

void batch_gather(struct batch *b, const struct dw_dataset *d, const uint32_t *order,
                  uint32_t first, uint32_t rows) {
  b->rows = rows;
  for (uint32_t r = 0; r < rows; r++) {
    size_t row = order ? order[r] : first + r;
    float *to = b->images + r * padded(d->features);
    if (d->format == DW_BYTES) {
      gather_bytes(to, (const uint8_t *)d->images + row * d->features, d->features);
    } else {
      memcpy(to, (const float *)d->images + row * d->features, d->features * sizeof *to);
    }
    if (d->labels) b->labels[r] = d->labels[row];
  }
}
