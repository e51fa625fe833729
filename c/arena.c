#include "arena.h"

#include <stdlib.h>

void *arena_place(struct arena *a, uint64_t count, size_t size) {
  uint64_t start = (a->used + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
  a->used = start + count * size;
  return a->base ? a->base + start : NULL;
}

static bool allocate(struct arena *a, bool zeroed) {
  uint64_t bytes = a->used + ARENA_ALIGNMENT;
  if (bytes > SIZE_MAX / 2) return false;
  a->block = zeroed ? calloc(1, (size_t)bytes) : malloc((size_t)bytes);
  if (!a->block) return false;
  a->base = (uint8_t *)a->block + (ARENA_ALIGNMENT - (uintptr_t)a->block % ARENA_ALIGNMENT);
  a->used = 0;
  return true;
}

bool arena_allocate(struct arena *a) { return allocate(a, false); }
bool arena_allocate_zeroed(struct arena *a) { return allocate(a, true); }

void arena_free(struct arena *a) {
  free(a->block);
  *a = (struct arena){0};
}
