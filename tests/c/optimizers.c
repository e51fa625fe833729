/* Every optimizer against its formula in double precision, over steps enough for momentum and
 * bias correction to show. */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "optimizer.h"

enum { COUNT = 12, STEPS = 30 };
static const double RATE = 0.01;

struct state {
  double w, first, second;
};

/* As optimizer.h writes them, which is as PyTorch does. */
static void exact_update(struct state *s, const struct optimizer *o, double g, double momentum,
                         int t) {
  if (o->kind == DW_ADAMW) s->w *= 1 - RATE * o->weight_decay;
  if (o->kind != DW_ADAMW) g += o->weight_decay * s->w;
  if (o->kind == DW_SGD) {
    s->first = momentum * s->first + g;
    s->w -= RATE * (o->nesterov ? g + momentum * s->first : s->first);
    return;
  }
  s->first = o->beta1 * s->first + (1 - o->beta1) * g;
  s->second = o->beta2 * s->second + (1 - o->beta2) * g * g;
  double m = s->first / (1 - pow(o->beta1, t)), v = s->second / (1 - pow(o->beta2, t));
  s->w -= RATE * m / (sqrt(v) + o->epsilon);
}

static void check_formula(enum dw_optimizer kind, bool nesterov, double decay, double momentum) {
  struct optimizer o = {kind, true, nesterov, decay, 0.9, 0.999, 1e-8, .updates = 0};
  float w[COUNT], slots[2][COUNT] = {{0}}, g[COUNT];
  struct state exact[COUNT] = {{0}};
  uint64_t random = 1;
  for (int i = 0; i < COUNT; i++) exact[i].w = w[i] = test_float(&random, 1);
  for (int t = 1; t <= STEPS; t++) {
    for (int i = 0; i < COUNT; i++) {
      /* from large to tiny, and one that is always zero */
      g[i] = test_float(&random, 1) * powf(0.1F, (float)(i % 6)) * (i != 7);
      exact_update(&exact[i], &o, g[i], momentum, t);
    }
    optimizer_begin_step(&o, RATE, momentum);
    optimizer_update(&o, w, slots[0], slots[1], g, COUNT);
    for (int i = 0; i < COUNT; i++) {
      expect(fabs(w[i] - exact[i].w) <= 1e-6 * t,
             "optimizer %d, momentum %g, decay %g: weight %d is %.9g, not %.9g after step %d", kind,
             momentum, decay, i, w[i], exact[i].w, t);
    }
  }
  expect(o.updates == STEPS, "%d updates", (int)o.updates);
}

static void formulas(void) {
  const double decays[] = {0, 0.1};
  for (int i = 0; i < 2; i++) {
    check_formula(DW_SGD, false, decays[i], 0);
    check_formula(DW_SGD, false, decays[i], 0.9);
    check_formula(DW_SGD, true, decays[i], 0.9);
    check_formula(DW_ADAM, false, decays[i], 0);
    check_formula(DW_ADAMW, false, decays[i], 0);
  }
}

/* Skipping a gradient of zero must be what updating with it is. */
static void zeros(void) {
  for (int kind = 0; kind < DW_OPTIMIZERS; kind++) {
    for (int way = 0; way < 4; way++) {
      struct optimizer o = {
          (enum dw_optimizer)kind, true, false, way % 2 ? 0.1 : 0, 0.9, 0.999, 1e-8, .updates = 0};
      float w[4] = {1, -2, 3, 0}, slots[2][4] = {{0}}, ones[4] = {1, 1, 1, 1}, none[4] = {0};
      optimizer_begin_step(&o, RATE, way / 2 ? 0.9 : 0);
      optimizer_update(&o, w, slots[0], slots[1], ones, 4);
      optimizer_begin_step(&o, RATE, way / 2 ? 0.9 : 0);
      float before[4] = {w[0], w[1], w[2], w[3]};
      optimizer_update(&o, w, slots[0], slots[1], none, 4);
      bool still = same_bits(w, before, 4);
      expect(still || !optimizer_ignores_zero(&o), "optimizer %d, way %d moves", kind, way);
    }
  }
}

const struct check optimizer_checks[] = {
    {"SGD, momentum, Nesterov, Adam and AdamW follow their formulas in double precision", formulas},
    {"an optimizer that says so leaves weights with a zero gradient as they are", zeros},
    {0}};
