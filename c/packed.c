#include "packed.h"

#include <string.h>

#include "simd.h"

_Static_assert(BLOCK_GROUPS == 32, "a block's groups are the bits of a word");

uint64_t packed_capacity(uint32_t rows, uint32_t columns) {
  return (uint64_t)rows * ((columns + GROUP - 1) / GROUP);
}

/* Writes every group, and stays where it was zero: no branch to be guessed wrong. */
void packed_add(struct packed *p, const uint8_t *bytes) {
  uint32_t *kept = p->kept + (size_t)p->rows * list_blocks(p->columns), at = p->start[p->rows];
  for (uint32_t c = 0; c < p->columns; kept++) {
    uint32_t bits = 0;
    for (uint32_t g = 0; g < BLOCK_GROUPS && c < p->columns; g++, c += GROUP) {
      uint64_t group = 0;
      if (c + GROUP <= p->columns) {
        memcpy(&group, bytes + c, GROUP);
      } else {
        memcpy(&group, bytes + c, p->columns - c);
      }
      memcpy(p->groups[at], &group, GROUP);
      uint32_t is_kept = group != 0;
      at += is_kept, bits |= is_kept << g;
    }
    *kept = bits;
  }
  p->start[++p->rows] = at;
}

uint32_t packed_nonzeros(const struct packed *p, size_t row) {
  uint32_t found = 0, end = p->start[row + 1];
  for (uint32_t at = p->start[row]; at < end; at++) {
    found += (uint32_t)__builtin_popcount(nonzero_bits(p->groups[at]));
  }
  return found;
}

void packed_list(const struct packed *p, size_t row, struct nonzeros *s, uint32_t r) {
  uint32_t n = s->count, blocks = list_blocks(p->columns);
  uint32_t *start = s->block_start + (size_t)r * blocks, *index = s->row_index;
  float *value = s->row_value;
  const uint32_t *kept = p->kept + row * blocks;
  const uint8_t *group = p->groups[p->start[row]];
  for (uint32_t b = 0; b < blocks; b++) {
    *start++ = n;
    for (uint32_t left = kept[b]; left; left &= left - 1, group += GROUP) {
      uint32_t c = b * LIST_BLOCK + (uint32_t)__builtin_ctz(left) * GROUP;
      for (uint32_t bits = nonzero_bits(group); bits; bits &= bits - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(bits);
        index[n] = c + i, value[n++] = byte_value(group[i]);
      }
    }
  }
  *start = n; /* where the next row starts, or the list ends */
  s->count = n;
}

void packed_values(const struct packed *p, size_t row, float *values) {
  uint32_t blocks = list_blocks(p->columns);
  const uint32_t *kept = p->kept + row * blocks;
  const uint8_t *group = p->groups[p->start[row]];
  memset(values, 0, p->columns * sizeof *values);
  for (uint32_t b = 0; b < blocks; b++, values += LIST_BLOCK) {
    for (uint32_t left = kept[b]; left; left &= left - 1, group += GROUP) {
      float *to = values + (size_t)__builtin_ctz(left) * GROUP;
      f32x4 v[2];
      f32x4_from_bytes(v, group);
      DW_UNROLL for (int k = 0; k < 2; k++) f32x4_store(to + 4 * k, v[k] / 255);
    }
  }
}
