#include "counter.h"

#include <stdlib.h>

static uint32_t calls;

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker's names */
void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t bytes);
void __real_free(void *memory);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t bytes);
void __wrap_free(void *memory);

void *__wrap_malloc(size_t bytes) { return calls++, __real_malloc(bytes); }
void *__wrap_calloc(size_t count, size_t size) { return calls++, __real_calloc(count, size); }
void *__wrap_realloc(void *memory, size_t bytes) { return calls++, __real_realloc(memory, bytes); }
void __wrap_free(void *memory) { calls++, __real_free(memory); }
/* NOLINTEND(bugprone-reserved-identifier) */

uint32_t allocation_count(void) { return calls; }
