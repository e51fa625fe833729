/* Counts what is allocated and freed.  The linker's --wrap leads every call of malloc here, every
 * call of real_malloc to the library's. */
#include <stddef.h>
#include <stdint.h>

#include "dropout_wasm.h"

static uint32_t count;

void *real_malloc(size_t bytes) __asm__("__real_malloc");
void *real_calloc(size_t number, size_t bytes) __asm__("__real_calloc");
void *real_realloc(void *old, size_t bytes) __asm__("__real_realloc");
void real_free(void *memory) __asm__("__real_free");
void *wrap_malloc(size_t bytes) __asm__("__wrap_malloc");
void *wrap_calloc(size_t number, size_t bytes) __asm__("__wrap_calloc");
void *wrap_realloc(void *old, size_t bytes) __asm__("__wrap_realloc");
void wrap_free(void *memory) __asm__("__wrap_free");

void *wrap_malloc(size_t bytes) {
  count++;
  return real_malloc(bytes);
}

void *wrap_calloc(size_t number, size_t bytes) {
  count++;
  return real_calloc(number, bytes);
}

void *wrap_realloc(void *old, size_t bytes) {
  count++;
  return real_realloc(old, bytes);
}

void wrap_free(void *memory) {
  count++;
  real_free(memory);
}

uint32_t DW_API(allocation_count)(void) { return count; }
