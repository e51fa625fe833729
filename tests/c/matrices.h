/* Matrices for the checks of matrix.h, every odd size of them, and lists of their nonzeros. */
#pragma once
#include "check.h"
#include "matrix.h"

/* A matrix of `rows` x `columns`, `ld` floats from row to row; what lies between is NaN. */
struct matrix {
  uint32_t rows, columns;
  size_t ld;
  float *data;
};

static const double DENSITIES[] = {0, 0.1, 0.5, 1};
enum { DENSITY_COUNT = sizeof DENSITIES / sizeof *DENSITIES };

float *matrix_at(const struct matrix *m, uint32_t r, uint32_t c);
/* data and panels are the caller's to free. */
struct matrix matrix_create(uint32_t rows, uint32_t columns);
struct matrix matrix_random(uint32_t rows, uint32_t columns, double density, uint64_t *state);
struct matrix matrix_transpose(const struct matrix *m);
struct panels panels_from(const struct matrix *m);
/* Room for all entries. */
struct nonzeros nonzeros_create(uint32_t rows, uint32_t columns);
void nonzeros_free(struct nonzeros *s);

/* Units that a mask leaves, ascending: all, none, every third, or each with probability 1/2 (way 0
 * to 3).  Returns how many. */
uint32_t keep_units(uint32_t *kept, uint32_t units, int way, uint64_t *state);

/* Calls `check` for operands a [B][K] and b [K][C]: every pair of K and C, of B and K, of B and C
 * occurs. */
void each_size(void (*check)(const struct matrix *a, const struct matrix *b, double density,
                             uint64_t seed));
