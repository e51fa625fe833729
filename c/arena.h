/* One aligned block that holds many arrays.  The same function places the arrays twice: first
 * with base NULL, which only measures, then in the block that was allocated.
 *
 *   struct arena a = {0};
 *   place(&a, ...);  if (!arena_allocate(&a)) out of memory;  place(&a, ...);  */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARENA_ALIGNMENT = 64 }; /* a cache line, and more than any vector needs */

struct arena {
  void *block;   /* what free() takes */
  size_t bytes;  /* of it */
  uint8_t *base; /* the block's first aligned byte; NULL while measuring */
  uint64_t used; /* bytes placed so far; 64 bits also where pointers have 32 */
};

/* count elements of `size` bytes, or NULL while measuring */
void *arena_place(struct arena *a, uint64_t count, size_t size);
/* Allocates what was measured, zeroed; false when there is no memory.  Resets `used`. */
bool arena_allocate(struct arena *a);
void arena_free(struct arena *a);
