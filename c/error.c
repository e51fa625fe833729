#include "error.h"

#include <string.h>

enum { SENTENCE = 160, NUMBER = 40 }; /* bytes of a sentence, and of a number with its space */

static char sentence[SENTENCE];
static int last_status = DW_OK;

/* Decimal without stdio, which would make a third of the module: up to twelve decimals, numbers
 * past 2^53 in words. */
static char *put_number(char *to, double value) {
  if (value != value) return strcpy(to, "NaN") + 3;
  if (value < 0) *to++ = '-', value = -value;
  if (value > 9007199254740992.0) return strcpy(to, "more than 2^53") + 14;
  uint64_t whole = (uint64_t)value, rest = (uint64_t)((value - (double)whole) * 1e12);
  char digits[24];
  int n = 0;
  do digits[n++] = (char)('0' + whole % 10), whole /= 10;
  while (whole);
  while (n) *to++ = digits[--n];
  if (rest) *to++ = '.';
  for (uint64_t unit = 100000000000; rest; rest %= unit, unit /= 10) {
    *to++ = (char)('0' + rest / unit);
  }
  *to = 0;
  return to;
}

int fail(enum dw_status status, const char *text, double value) {
  char *to = sentence;
  for (; *text && to < sentence + SENTENCE - NUMBER; text++) *to++ = *text;
  *to++ = ' ';
  last_status = status;
  put_number(to, value);
  return status;
}

int fail_memory(double bytes) {
  return fail(DW_OUT_OF_MEMORY, "not enough memory; bytes wanted:", bytes);
}

const char *dw_last_error(void) { return sentence; }
int dw_last_status(void) { return last_status; }
