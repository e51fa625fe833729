#include "arena.h"

#include <stdlib.h>

#ifndef __has_feature
#define __has_feature(name) 0
#endif
/* Under AddressSanitizer arrays lie apart, and what is between them may not be touched. */
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
enum { GAP = 256 };
static void forbid(void *from, size_t bytes) { __asan_poison_memory_region(from, bytes); }
static void allow(void *from, size_t bytes) { __asan_unpoison_memory_region(from, bytes); }
#else
enum { GAP = 0 };
static void forbid(void *from, size_t bytes) { (void)from, (void)bytes; }
static void allow(void *from, size_t bytes) { (void)from, (void)bytes; }
#endif

void *arena_place(struct arena *a, uint64_t count, size_t size) {
  uint64_t start = (a->used + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
  a->used = start + count * size + GAP;
  if (!a->base) return NULL;
  forbid(a->base + a->used - GAP, GAP);
  return a->base + start;
}

bool arena_allocate(struct arena *a) {
  uint64_t bytes = a->used + ARENA_ALIGNMENT;
  if (bytes > SIZE_MAX / 2) return false;
  a->block = calloc(1, (size_t)bytes); /* which writes no page that is zero already */
  if (!a->block) return false;
  a->bytes = (size_t)bytes;
  a->base = (uint8_t *)a->block + (ARENA_ALIGNMENT - (uintptr_t)a->block % ARENA_ALIGNMENT);
  a->used = 0;
  return true;
}

void arena_free(struct arena *a) {
  allow(a->block, a->bytes);
  free(a->block);
  *a = (struct arena){0};
}
