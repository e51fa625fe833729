/* What the checks of the C core share.  A check is a promise and a function that keeps it by
 * calling `expect`; each runs in a process of its own where there are processes, so that a crash is
 * one promise broken. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct check {
  const char *promise; /* NULL ends a list */
  void (*run)(void);
};

extern const struct check optimizer_checks[], report_checks[], product_checks[], math_checks[],
    random_checks[], gradient_checks[], error_checks[], memory_checks[], extreme_checks[],
    order_checks[], allocation_checks[], list_checks[], packed_checks[], family_checks[],
    skipping_checks[], layout_checks[];

/* Returns `holds`; the first few times that it is false, says what was found. */
bool expect(bool holds, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Runs the checks whose promise contains `part`; returns how many are broken.  Prints TAP. */
int run_checks(const char *part);

/* Zeroed memory that ends where the array ends, so that a sanitizer sees one float too far. */
void *allocate(uint64_t count, uint64_t size);
#define ALLOCATE(type, count) ((type *)allocate(count, sizeof(type)))

/* Test data, from a generator that has nothing to do with the core's: SplitMix64. */
uint64_t test_bits(uint64_t *state);
/* in [-1, 1), and zero but for a share of `density` */
float test_float(uint64_t *state, double density);

bool same_bits(const float *a, const float *b, uint64_t count);
