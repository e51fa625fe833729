#pragma once
#include "dropout_wasm.h"

/* Calls of malloc, calloc, realloc and free so far.  The linker sends them here: --wrap in
 * build.sh.
 */
uint32_t DW_API(allocation_count)(void);
