#include "arena.h"

#include <stdlib.h>

void *arena_place(struct arena *a, uint64_t count, size_t size) {
  uint64_t start = (a->used + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
  a->used = start + count * size;
  return a->base ? a->base + start : NULL;
}

bool arena_allocate(struct arena *a) {
  uint64_t bytes = a->used + ARENA_ALIGNMENT;
  if (bytes > SIZE_MAX / 2) return false;
  a->block = calloc(1, (size_t)bytes); /* which writes no page that is zero already */
  if (!a->block) return false;
  a->base = (uint8_t *)a->block + (ARENA_ALIGNMENT - (uintptr_t)a->block % ARENA_ALIGNMENT);
  a->used = 0;
  return true;
}

void arena_free(struct arena *a) {
  free(a->block);
  *a = (struct arena){0};
}
