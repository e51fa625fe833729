/* The last failure's status and sentence. */
#pragma once
#include "dropout_wasm.h"

/* Keeps "<text> <value>", returns `status`. */
int fail(enum dw_status status, const char *text, double value);
int fail_memory(double bytes);
