/* What happens where there is no memory: a status, a sentence with the bytes, and everything as
 * it was.  Requests are beyond a terabyte, and the address space is limited while they are made. */
/* NOLINTNEXTLINE(bugprone-reserved-identifier): what -std=c11 hides, setrlimit */
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <string.h>
#ifndef __wasm__
#include <sys/resource.h>
#endif

#include "check.h"
#include "network.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LIMITED /* by the sanitizer, which itself reserves terabytes, and refuses one */
#endif
#endif
#ifdef __wasm__
#define LIMITED /* by addresses of 32 bits */
#endif

static void limit_memory(void) {
#ifndef LIMITED
  const rlim_t bytes = 1ULL << 32;
  const struct rlimit limit = {bytes, bytes};
  (void)setrlimit(RLIMIT_AS, &limit);
#endif
}

/* The number at the end of the sentence. */
static double bytes_wanted(void) {
  const char *number = strrchr(dw_last_error(), ' ');
  return number ? strtod(number, NULL) : 0;
}

static void no_memory(int status, double least) {
  expect(status == DW_OUT_OF_MEMORY, "the status is %d", status);
  expect(dw_last_status() == DW_OUT_OF_MEMORY, "the last status is %d", dw_last_status());
  expect(bytes_wanted() >= least, "the sentence is \"%s\"", dw_last_error());
}

static void too_large_data(void) {
  limit_memory();
  const double least[DW_IMAGE_FORMATS] = {2.8e14, 1.1e15};
  for (uint32_t format = 0; format < DW_IMAGE_FORMATS; format++) {
    dw_dataset *d = dw_dataset_create(UINT32_MAX, DW_MAX_UNITS, 10, format);
    expect(!d, "a data set of %g bytes is there", least[format]);
    no_memory(d ? DW_OK : dw_last_status(), least[format]);
  }
}

static void too_large_model(void) {
  limit_memory();
  dw_model *m = dw_model_create(DW_MAX_UNITS, 1);
  for (int i = 0; i < DW_MAX_LAYERS; i++) dw_model_add_dense(m, DW_MAX_UNITS, DW_RELU);
  double before = dw_model_bytes(m);
  for (int attempt = 0; attempt < 2; attempt++) {
    no_memory(dw_model_build(m), 0x1p44);
    expect(bytes_wanted() < 0x1.1p44, "attempt %d wants %g bytes", attempt, bytes_wanted());
    expect(dw_model_bytes(m) == before, "%g bytes are held, as it says", dw_model_bytes(m));
  }
  dw_model_destroy(m);
}

/* 65,536 outputs, 2 million rows: a megabyte a row. */
static void too_large_batch(void) {
  enum { SAMPLES = 1 << 21 };
  limit_memory();
  const struct network n = {"wide", 1, 1, {DENSE(DW_MAX_UNITS, DW_LINEAR)}};
  dw_model *m = network_create(&n, 0, 1);
  dw_dataset *d = dw_dataset_create(SAMPLES, 1, 1, DW_BYTES);
  use_sgd(m);
  dw_train_begin(m, d, 4, 2, 0, 0);
  expect(dw_train_step(m, d, 0.01, 0) == DW_OK, "%s", dw_last_error());
  float *before = parameters_copy(m, &n);
  no_memory(dw_train_begin(m, d, SAMPLES, SAMPLES, 0, 0), 1e12);
  expect(dw_train_view(m)[DW_TRAIN_POSITION] == 2, "the epoch at hand has moved");
  float *after = parameters_copy(m, &n);
  expect(same_bits(before, after, parameter_count(&n)), "weights have moved");
  expect(dw_train_step(m, d, 0.01, 0) == DW_OK, "the epoch does not go on: %s", dw_last_error());
  expect(dw_train_step(m, d, 0.01, 0) == DW_INVALID_ARGUMENT, "the epoch at hand has grown");
  free(before), free(after);
  dw_model_destroy(m);
  dw_dataset_destroy(d);
}

static void nothing_to_destroy(void) {
  dw_model_destroy(NULL);
  dw_dataset_destroy(NULL);
  dw_report_destroy(NULL);
  dw_free(NULL);
  void *empty = dw_allocate(0);
  expect(empty != NULL, "no bytes have no address");
  dw_free(empty);
  dw_model *m = dw_model_create(3, 1);
  dw_model_add_dense(m, 2, DW_RELU);
  dw_model_destroy(m); /* never built */
}

const struct check memory_checks[] = {
    {"data beyond memory is an error that names the bytes", too_large_data},
    {"a model beyond memory is an error that names the bytes, and holds nothing", too_large_model},
    {"a batch beyond memory is an error that names the bytes, and the epoch at hand goes on",
     too_large_batch},
    {"destroying nothing, or what was never built, is allowed", nothing_to_destroy},
    {0}};
