/* How often the core asks for memory. */
#include "check.h"
#include "counter.h"
#include "variants.h"

enum { SAMPLES = 40, BATCH = 16, STEPS = 3, CLASSES = 10 }; /* the last step has 8 rows */

static void expect_none(const char *network, const char *variant, uint32_t optimizer) {
  struct network n;
  expect(variant_network(&n, network, variant), "there is no variant %s", variant);
  dw_model *m = network_create(&n, 0, 1);
  dw_dataset *d = data_create(SAMPLES, n.inputs, CLASSES, 0.2, 1);
  dw_optimizer_configure(m, optimizer, 0, 0, 0.9, 0.999, 1e-8);
  uint32_t before = allocation_count();
  for (uint32_t i = 0; i < 2 * STEPS; i++) {
    if (i % STEPS == 0) dw_train_begin(m, d, SAMPLES, BATCH, 1, i / STEPS);
    expect(dw_train_step(m, d, 0.001, 0.9) == DW_OK, "%s", dw_last_error());
    uint32_t calls = allocation_count();
    if (i == 0) expect(calls > before, "the counter does not count"), before = calls;
    expect(calls == before, "%s, %s, optimizer %u: %u calls by step %u", network, variant,
           optimizer, calls - before, i);
  }
  dw_model_destroy(m);
  dw_dataset_destroy(d);
}

static void each_variant(void) {
  for (uint32_t i = 0; variant_name(i); i++) {
    for (uint32_t optimizer = 0; optimizer < DW_OPTIMIZERS; optimizer++) {
      expect_none("relu", variant_name(i), optimizer);
    }
    expect_none("printed", variant_name(i), DW_ADAM);
  }
}

const struct check allocation_checks[] = {
    {"no step after the first of a run asks for memory or gives it back, in any variant",
     each_variant},
    {0}};
