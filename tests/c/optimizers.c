/* Every optimizer against its formula in double precision, over steps enough for momentum and
 * bias correction to show. */
#include <float.h>
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

static bool is_subnormal(float x) { return x != 0 && fabsf(x) < FLT_MIN; }

/* The same in float32, and nothing ever made 0. */
static void plain_update(float s[3], const struct optimizer *o, float g) {
  if (o->kind == DW_SGD) {
    s[1] = s[1] * o->momentum + g;
    s[0] -= s[1] * o->rate;
    return;
  }
  s[1] = s[1] * o->first + g * o->first_rest;
  s[2] = s[2] * o->second + g * g * o->second_rest;
  s[0] = s[0] * o->shrink - s[1] * o->rate / (sqrtf(s[2]) * o->root_scale + o->small);
}

/* Pixels that few images light: gradients for ten steps, and none for the rest. */
static void check_rest(enum dw_optimizer kind, double momentum, double beta1, double beta2) {
  enum { STEPS_AT_REST = 2000 };
  struct optimizer o = {kind, true, false, 0, beta1, beta2, 1e-8, .updates = 0};
  float w[4], slots[2][4] = {{0}}, plain[4][3] = {{0}};
  uint64_t random = 1;
  for (int i = 0; i < 4; i++) plain[i][0] = w[i] = test_float(&random, 1);
  for (int t = 0; t < STEPS_AT_REST; t++) {
    float g[4] = {0};
    for (int i = 0; i < 4 && t < 10; i++) g[i] = test_float(&random, 1) * powf(0.1F, (float)i);
    optimizer_begin_step(&o, RATE, momentum);
    optimizer_update(&o, w, slots[0], slots[1], g, 4);
    for (int i = 0; i < 4; i++) {
      plain_update(plain[i], &o, g[i]);
      expect(same_bits(&w[i], &plain[i][0], 1), "optimizer %d: weight %d is %.9g, not %.9g", kind,
             i, w[i], plain[i][0]);
      expect(!is_subnormal(slots[0][i]) && !is_subnormal(slots[1][i]),
             "optimizer %d: moments %g, %g after step %d", kind, slots[0][i], slots[1][i], t);
    }
  }
  expect(is_subnormal(plain[0][1]), "without a rule the moment ends at %g", plain[0][1]);
  expect(slots[0][0] == 0 && (beta2 > 0.95 || slots[1][0] == 0), "optimizer %d does not rest",
         kind);
}

static void rest(void) {
  check_rest(DW_SGD, 0.9, 0.9, 0.999);
  check_rest(DW_ADAM, 0, 0.9, 0.999);
  check_rest(DW_ADAM, 0, 0.9, 0.9);
  check_rest(DW_ADAMW, 0, 0.9, 0.9);
}

/* Where epsilon does not cover them, the smallest moments decide what a weight does. */
static void tiny_epsilon(void) {
  struct optimizer o = {DW_ADAM, true, false, 0, 0.9, 0.999, FLT_MIN, .updates = 0};
  const float gradients[4] = {1e-18F, 1e-19F, 1e-20F, 0};
  float w[4] = {1, 1, 1, 1}, slots[2][4] = {{0}};
  struct state exact[4] = {{1, 0, 0}, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}};
  for (int t = 1; t <= STEPS; t++) {
    optimizer_begin_step(&o, RATE, 0);
    optimizer_update(&o, w, slots[0], slots[1], gradients, 4);
    for (int i = 0; i < 4; i++) exact_update(&exact[i], &o, gradients[i], 0, t);
  }
  for (int i = 0; i < 4; i++) { /* subnormal squares have few digits */
    expect(fabs(w[i] - exact[i].w) <= 0.1 * (1 - exact[i].w), "weight %d is %g, not %g", i, w[i],
           exact[i].w);
  }
}

static void faults_stay(void) {
  for (int kind = 0; kind < DW_OPTIMIZERS; kind++) {
    struct optimizer o = {(enum dw_optimizer)kind, true, false, 0, 0.9, 0.999, 1e-8, .updates = 0};
    float w[4] = {1, 1, 1, 1}, slots[2][4] = {{0}}, g[4] = {NAN, INFINITY, -INFINITY, 0};
    optimizer_begin_step(&o, RATE, 0.9);
    optimizer_update(&o, w, slots[0], slots[1], g, 4);
    expect(isnan(slots[0][0]) && isinf(slots[0][1]) && isinf(slots[0][2]),
           "optimizer %d hides %g, %g, %g", kind, slots[0][0], slots[0][1], slots[0][2]);
  }
}

const struct check optimizer_checks[] = {
    {"SGD, momentum, Nesterov, Adam and AdamW follow their formulas in double precision", formulas},
    {"an optimizer that says so leaves weights with a zero gradient as they are", zeros},
    {"moments without a gradient end at 0, not in subnormals, and no weight shows it", rest},
    {"moments that are not finite stay what they are", faults_stay},
    {"where epsilon is tiny, tiny gradients move a weight as the formula says", tiny_epsilon},
    {0}};
