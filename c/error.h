/* The last failure's status and sentence. */
#pragma once
#include "dropout_wasm.h"

/* Keeps "<text> <value>", returns `status`. */
int fail(enum dw_status status, const char *text, double value);
int fail_memory(double bytes);

/* Checks of arguments that several functions take. */
int check_drop(double p, uint32_t mask, uint32_t scaling);
/* That rows first ... first + count - 1 are of data for this model, which is built. */
int check_rows(const dw_model *m, const dw_dataset *d, uint32_t first, uint32_t count);
/* The key of a seed: its low and its high word. */
int split_seed(double seed, uint32_t key[2]);
