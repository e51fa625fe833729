/* Rows of bytes without most of their zeros: of a row only those groups of eight bytes are there
 * that are not all zero, 39 % of MNIST's.  What is not there need not be kept or read.  A row takes
 * eight bytes of its own and eight for a group begun: with fewer columns than 16 there is nothing
 * to save. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "matrix.h"

/* In bytes, and in the groups of a list's block: one word of bits. */
enum { GROUP = 8, BLOCK_GROUPS = LIST_BLOCK / GROUP };

/* kept and start begin as zeros: a row that was not added has no group, and for the first of them
 * start[row + 1] lies below start[row]. */
struct packed {
  uint32_t columns, rows; /* rows: added so far, of the R that there is room for */
  uint32_t *kept;  /* [R][list_blocks(columns)]: bit g, whether the block's group g is there */
  uint32_t *start; /* [R + 1]: the first group of a row */
  uint8_t (*groups)[GROUP]; /* [packed_capacity(R, columns)] */
};

/* Groups that so many rows may have at most. */
uint64_t packed_capacity(uint32_t rows, uint32_t columns);
/* Adds a row behind the others; the last group is filled up with zeros. */
void packed_add(struct packed *p, const uint8_t *bytes);
/* How many of a row's bytes are not zero. */
uint32_t packed_nonzeros(const struct packed *p, size_t row);
/* Row r of a list, of the values byte / 255: rows are listed in order, in a list with `rows`,
 * `columns` and count 0. */
void packed_list(const struct packed *p, size_t row, struct nonzeros *s, uint32_t r);
/* The values byte / 255: [columns]; where the last group is kept, zeros to its end, too. */
void packed_values(const struct packed *p, size_t row, float *values);
