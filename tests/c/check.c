/* NOLINTNEXTLINE(bugprone-reserved-identifier): what -std=c11 hides of POSIX, fork above all */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef __wasm__
#include <sys/wait.h>
#include <unistd.h>
#endif

enum { DETAILS = 5, LONGEST_SECONDS = 60 };

static const struct check *const LISTS[] = {
    product_checks,    math_checks,  random_checks,   error_checks,     memory_checks,
    extreme_checks,    order_checks, gradient_checks, optimizer_checks, report_checks,
    allocation_checks, list_checks,  packed_checks,   family_checks,    skipping_checks,
    layout_checks,     NULL};

/* An allocation that the sanitizer finds too large is NULL, as from any other malloc.
 * NOLINTBEGIN(bugprone-reserved-identifier): the sanitizer's name for it */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "allocator_may_return_null=1"; }
/* NOLINTEND(bugprone-reserved-identifier) */

static int failures;

bool expect(bool holds, const char *format, ...) {
  if (holds || failures++ >= DETAILS) return holds;
  va_list values;
  va_start(values, format);
  printf("  # ");
  vprintf(format, values);
  printf("\n");
  va_end(values);
  return holds;
}

#ifdef __wasm__
/* No processes here: a trap ends the program, and TAP's plan, its last line, is missing. */
static bool run(const struct check *c) {
  failures = 0;
  c->run();
  if (failures > DETAILS) printf("  # ... %d in all\n", failures);
  return failures == 0;
}
#else
static bool run(const struct check *c) {
  (void)fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    (void)alarm(LONGEST_SECONDS);
    (void)dup2(STDOUT_FILENO, STDERR_FILENO); /* a sanitizer speaks beside its check */
    c->run();
    if (failures > DETAILS) printf("  # ... %d in all\n", failures);
    (void)fflush(stdout);
    _exit(failures > 0);
  }
  int status = -1;
  if (child < 0 || waitpid(child, &status, 0) < 0) return expect(false, "no process to run in");
  if (WIFSIGNALED(status)) printf("  # ended by signal %d\n", WTERMSIG(status));
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
#endif

int run_checks(const char *part) {
  int number = 0, broken = 0;
  for (int i = 0; LISTS[i]; i++) {
    for (const struct check *c = LISTS[i]; c->promise; c++) {
      if (!strstr(c->promise, part)) continue;
      bool kept = run(c);
      broken += !kept;
      printf("%s %d - %s\n", kept ? "ok" : "not ok", ++number, c->promise);
    }
  }
  printf("1..%d\n", number);
  return broken;
}

void *allocate(uint64_t count, uint64_t size) {
  void *memory = calloc(count ? count : 1, size);
  if (!memory) abort();
  return memory;
}

uint64_t test_bits(uint64_t *state) {
  uint64_t z = *state += 0x9E3779B97F4A7C15ULL;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
  return z ^ z >> 31;
}

float test_float(uint64_t *state, double density) {
  double chance = (double)(test_bits(state) >> 11) * 0x1p-53;
  float value = (float)(int32_t)(test_bits(state) >> 40) * 0x1p-23F - 1;
  return chance < density ? value : 0;
}

bool same_bits(const float *a, const float *b, uint64_t count) {
  return memcmp(a, b, count * sizeof *a) == 0;
}
