#include "packed.h"

#include <string.h>

#include "listing.h"
#include "simd.h"

_Static_assert(BLOCK_GROUPS == 32, "a block's groups are the bits of a word");

uint64_t packed_capacity(uint32_t rows, uint32_t columns) {
  return (uint64_t)rows * ((columns + GROUP - 1) / GROUP);
}

/* Writes a group where `at` is, and stays there if it was zero: no branch to be guessed wrong.
 * Returns whether it is kept. */
DW_INLINE uint32_t add_group(uint8_t (*groups)[GROUP], uint32_t *at, uint64_t group) {
  uint32_t is_kept = group != 0;
  memcpy(groups[*at], &group, GROUP);
  *at += is_kept;
  return is_kept;
}

DW_INLINE uint64_t load_group(const uint8_t *bytes) {
  uint64_t group;
  memcpy(&group, bytes, GROUP);
  return group;
}

void packed_add(struct packed *p, const uint8_t *bytes) {
  /* Kept here: for all the compiler knows, a group overwrites p->groups, which it would then load
   * for each of them (47 MB: 16 ms instead of 9). */
  uint8_t(*groups)[GROUP] = p->groups;
  uint32_t *kept = p->kept + (size_t)p->rows * list_blocks(p->columns), at = p->start[p->rows];
  for (uint32_t left = p->columns; left > 0; kept++) {
    uint32_t bits = 0, g = 0, whole = least(left, LIST_BLOCK) / GROUP;
    for (; g < whole; g++, bytes += GROUP) bits |= add_group(groups, &at, load_group(bytes)) << g;
    left -= whole * GROUP;
    if (0 < left && left < GROUP && g < BLOCK_GROUPS) { /* a row's last group, filled up */
      uint64_t group = 0;
      memcpy(&group, bytes, left);
      bits |= add_group(groups, &at, group) << g;
      left = 0;
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

/* byte / 255: both are exact in float32, so that the quotient is the float32 nearest to it. */
DW_INLINE void group_values(f32x4 v[2], const uint8_t *group) {
  f32x4_from_bytes(v, group);
  DW_UNROLL for (int k = 0; k < 2; k++) v[k] /= 255;
}

/* Without a branch on what a byte is, which would be guessed wrong for every other group. */
void packed_list(const struct packed *p, size_t row, struct nonzeros *s, uint32_t r) {
  uint32_t n = s->count, blocks = list_blocks(p->columns);
  uint32_t *start = s->block_start + (size_t)r * blocks, *offset = s->row_offset;
  float *value = s->row_value;
  const uint32_t *kept = p->kept + row * blocks;
  const uint8_t *group = p->groups[p->start[row]];
  for (uint32_t b = 0; b < blocks; b++) {
    *start++ = n;
    for (uint32_t left = kept[b]; left; left &= left - 1, group += GROUP) {
      uint32_t c = b * LIST_BLOCK + (uint32_t)__builtin_ctz(left) * GROUP;
      f32x4 v[2];
      group_values(v, group);
      DW_UNROLL for (uint32_t k = 0; k < 2; k++) {
        n += list_four(offset + n, value + n, c + 4 * k, v[k]);
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
      group_values(v, group);
      DW_UNROLL for (int k = 0; k < 2; k++) f32x4_store(to + 4 * k, v[k]);
    }
  }
}
