/* malloc of the WebAssembly build; natively the C library's is used.
 *
 * One list of free blocks in the order of their addresses: the smallest that is large enough is
 * taken, neighbours join when they are freed, and memory grows by no more than is missing.  A model
 * is a dozen blocks and a data set two; what a general allocator does for thousands would be a
 * fifth of the module. */
#ifdef __wasm__
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 65536 };

/* Stands before what malloc returns. */
struct block {
  _Alignas(16) size_t size; /* with this header, a multiple of 16 */
  struct block *next;       /* of a free block; ascending */
};

extern struct block __heap_base; /* the linker's: the first address behind stack and data */
static struct block *free_blocks;
static size_t heap_end; /* 0: nothing was asked for yet; the last page stays out, so that it fits */
/* From here on memory is as the engine gave it, all zero, but for the header of a block that begins
 * here: what is zero need not be written, and a page that nobody writes takes no memory. Workspaces
 * are sized for the worst case and seldom filled. */
static size_t untouched;

static struct block *block_end(struct block *b) { return (struct block *)((char *)b + b->size); }

/* Puts a block into the list and joins it with its neighbours. */
static void give(struct block *b) {
  struct block *before = NULL, *after = free_blocks;
  while (after && after < b) before = after, after = after->next;
  b->next = after;
  if (after && block_end(b) == after) {
    b->size += after->size, b->next = after->next;
    *after = (struct block){0};
  }
  if (!before) {
    free_blocks = b;
  } else if (block_end(before) == b) {
    before->size += b->size, before->next = b->next;
    *b = (struct block){0};
  } else {
    before->next = b;
  }
}

/* Adds memory for a block of this size, less what the last block of the list has at the end. */
static bool grow(size_t size) {
  struct block *last = free_blocks;
  while (last && last->next) last = last->next;
  if (last && (size_t)block_end(last) == heap_end) size -= last->size;
  size_t pages = size / PAGE + (size % PAGE != 0);
  if (heap_end / PAGE + pages >= UINT32_MAX / PAGE) return false;
  if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) return false;
  struct block *fresh = (struct block *)heap_end;
  fresh->size = pages * PAGE;
  heap_end += fresh->size;
  give(fresh);
  return true;
}

/* The link to the smallest free block of at least this size, or NULL. */
static struct block **find(size_t size) {
  struct block **best = NULL;
  for (struct block **b = &free_blocks; *b; b = &(*b)->next) {
    if ((*b)->size >= size && (!best || (*b)->size < (*best)->size)) best = b;
  }
  return best;
}

/* `dirty`, if not NULL, becomes how many of the bytes, from the first, may not be zero. */
static void *take(size_t bytes, size_t *dirty) {
  const size_t unit = sizeof(struct block);
  if (bytes > SIZE_MAX - 2 * unit) return NULL;
  size_t size = (bytes + unit - 1) / unit * unit + unit;
  if (!heap_end) {
    heap_end = __builtin_wasm_memory_size(0) * PAGE;
    __heap_base.size = heap_end - (size_t)&__heap_base;
    give(&__heap_base);
  }
  struct block **link = find(size);
  if (!link && grow(size)) link = find(size);
  if (!link) return NULL;
  struct block *b = *link;
  if (b->size - size < 2 * unit) {
    *link = b->next;
  } else {
    struct block *rest = (struct block *)((char *)b + size);
    *rest = (struct block){.size = b->size - size, .next = b->next};
    *link = rest;
    b->size = size;
  }
  size_t start = (size_t)(b + 1), end = start + bytes;
  if (dirty) *dirty = untouched <= start ? 0 : untouched < end ? untouched - start : bytes;
  if (untouched < (size_t)block_end(b)) untouched = (size_t)block_end(b);
  return b + 1;
}

void *malloc(size_t bytes) { return take(bytes, NULL); }

void free(void *memory) {
  if (memory) give((struct block *)memory - 1);
}

void *calloc(size_t count, size_t size) {
  if (size && count > SIZE_MAX / size) return NULL;
  size_t dirty = 0;
  void *memory = take(count * size, &dirty);
  if (memory) memset(memory, 0, dirty);
  return memory;
}

void *realloc(void *memory, size_t bytes) {
  void *moved = take(bytes, NULL);
  if (!moved || !memory) return moved;
  size_t held = ((struct block *)memory - 1)->size - sizeof(struct block);
  memcpy(moved, memory, held < bytes ? held : bytes);
  free(memory);
  return moved;
}
#else
typedef int heap_is_the_c_library_s; /* C wants a declaration in every file */
#endif
