/* mathf.h against libm in double precision, over a fine sample of all floats. */
#include <float.h>
#include <math.h>

#include "check.h"
#include "mathf.h"

enum { CLAIMED_ULPS = 3 }; /* mathf.h's bound for float functions */
static const double CLAIMED_RELATIVE = 1e-13;

/* One in so many of all floats of a sign. */
enum { STRIDE = 1009 };

static uint32_t bits_of(float x) {
  union {
    float value;
    uint32_t bits;
  } u = {x};
  return u.bits;
}

static float float_of(uint32_t bits) {
  union {
    uint32_t bits;
    float value;
  } u = {bits};
  return u.value;
}

/* Distance in units in the last place of the exact value. */
static double ulps(double found, double exact) {
  int exponent;
  (void)frexp(exact, &exponent);
  double unit = ldexp(1, exponent - FLT_MANT_DIG);
  return fabs(found - exact) / (unit < 0x1p-149 ? 0x1p-149 : unit);
}

struct function {
  f32x4 (*of)(f32x4);
  double (*exact)(double);
  float least, most; /* where the claim holds */
};

static f32x4 own_exp(f32x4 x) { return f32x4_exp(x); }
static f32x4 own_expm1(f32x4 x) { return f32x4_expm1_negative(x); }
static f32x4 own_tanh(f32x4 x) { return f32x4_tanh(x); }
static f32x4 own_logistic(f32x4 x) { return f32x4_logistic(x); }
static f32x4 own_log(f32x4 x) { return f32x4_log(x); }
static f32x4 own_cosine(f32x4 x) { return f32x4_cos_turns(x); }
static double exact_logistic(double x) { return 1 / (1 + exp(-x)); }
static float at(f32x4 (*of)(f32x4), float x) { return of(f32x4_splat(x))[0]; }

/* Where the exact value is subnormal the function may give 0 instead. */
static void expect_near(float found, double exact, float x) {
  if (fabs(exact) < FLT_MIN && found == 0) return;
  expect(ulps(found, exact) <= CLAIMED_ULPS, "at %.9g: %.9g is %.2f units from %.9g", x, found,
         ulps(found, exact), exact);
}

/* All four functions rise; rounding may make a result fall behind the one before by a unit or
 * two, never more. */
static void sample(const struct function *f, bool negative) {
  uint32_t sign = negative ? 0x80000000U : 0, count = bits_of(INFINITY) / STRIDE;
  float before = negative ? INFINITY : -INFINITY;
  for (uint32_t i = 0; i < count; i += 4) {
    u32x4 bits = (u32x4_splat(i) + (u32x4){0, 1, 2, 3}) * (uint32_t)STRIDE;
    f32x4 x = (f32x4)(bits | sign), y = f->of(x);
    for (int lane = 0; lane < 4; lane++) {
      if (!(x[lane] >= f->least && x[lane] <= f->most)) continue;
      expect_near(y[lane], f->exact(x[lane]), x[lane]);
      float rise = negative ? before - y[lane] : y[lane] - before;
      expect(rise >= -2 * FLT_EPSILON * fabsf(y[lane]), "falls at %.9g by %g", x[lane], -rise);
      before = y[lane];
    }
  }
}

static void sample_both(const struct function *f) {
  sample(f, false);
  sample(f, true);
  const float edges[] = {0,       1e-45F,  1e-40F, 1e-38F, 1e-30F,     1e-8F,  0.34999999F, 0.35F,
                         0.3466F, 0.625F,  0.5F,   1,      87.3F,      88,     88.7F,       1e4F,
                         FLT_MAX, 0.6249F, 9.0F,   30,     87.336544F, FLT_MIN};
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
    for (int negative = 0; negative < 2; negative++) {
      float x = negative ? -edges[i] : edges[i];
      if (x >= f->least && x <= f->most) expect_near(at(f->of, x), f->exact(x), x);
    }
  }
  expect(isnan(at(f->of, NAN)), "NaN gives %g", at(f->of, NAN));
}

static void exponential(void) {
  const struct function f = {own_exp, exp, -87.336544F, 88.722839F};
  sample_both(&f);
  expect(at(own_exp, 0) == 1 && at(own_exp, -0.0F) == 1, "e^0 is not 1");
  const float over[] = {88.72284F, 89, 1e4F, FLT_MAX, INFINITY};
  const float under[] = {-87.34F, -88, -104, -1e4F, -FLT_MAX, -INFINITY};
  for (int i = 0; i < 5; i++) expect(at(own_exp, over[i]) == INFINITY, "e^%g is finite", over[i]);
  for (int i = 0; i < 6; i++) expect(bits_of(at(own_exp, under[i])) == 0, "e^%g", under[i]);
}

static void expm1_negative(void) {
  const struct function f = {own_expm1, expm1, -INFINITY, 0};
  sample_both(&f);
  expect(at(own_expm1, -INFINITY) == -1, "-infinity gives %g", at(own_expm1, -INFINITY));
  expect(at(own_expm1, -0.0F) == 0 && at(own_expm1, 0) == 0, "0 does not give 0");
}

static void hyperbolic_tangent(void) {
  const struct function f = {own_tanh, tanh, -INFINITY, INFINITY};
  sample_both(&f);
  expect(at(own_tanh, INFINITY) == 1 && at(own_tanh, -INFINITY) == -1, "not 1 at infinity");
  for (uint32_t i = 0; i < bits_of(INFINITY) / STRIDE; i++) {
    float x = float_of(i * STRIDE), y = at(own_tanh, x);
    expect(at(own_tanh, -x) == -y, "not odd at %.9g", x);
    expect(y <= 1, "%.9g at %.9g", y, x);
  }
}

static void logistic(void) {
  const struct function f = {own_logistic, exact_logistic, -INFINITY, INFINITY};
  sample_both(&f);
  expect(at(own_logistic, 0) == 0.5F, "not 1/2 at 0");
  expect(at(own_logistic, INFINITY) == 1, "not 1 at infinity");
  expect(bits_of(at(own_logistic, -INFINITY)) == 0, "not 0 at -infinity");
}

static void every_lane(void) {
  f32x4 (*const functions[])(f32x4) = {own_exp, own_expm1, own_tanh, own_logistic};
  const f32x4 mixed[] = {{-INFINITY, -1, NAN, -1e4F}, {-0.35F, -88, -0.0F, -1e-45F}};
  for (int f = 0; f < 4; f++) {
    for (int i = 0; i < 2; i++) {
      f32x4 y = functions[f](mixed[i]);
      for (int lane = 0; lane < 4; lane++) {
        expect(bits_of(y[lane]) == bits_of(at(functions[f], mixed[i][lane])),
               "function %d, lane %d depends on its neighbours", f, lane);
      }
    }
  }
}

static void expect_relative(double found, double exact, double x) {
  expect(fabs(found - exact) <= CLAIMED_RELATIVE * fabs(exact), "at %.17g: %.17g, not %.17g", x,
         found, exact);
}

static void logarithm(void) {
  for (uint32_t i = 1; i <= 1U << 24; i += 7)
    expect_relative(log_positive(i * 0x1p-24), log(i * 0x1p-24), i * 0x1p-24);
  for (int e = -1074; e < 1024; e++) {
    for (int k = 0; k < 101; k++) {
      double x = ldexp(1 + k / 101.0, e);
      expect_relative(log_positive(x), log(x), x);
    }
  }
  const double edges[] = {DBL_MIN, DBL_MAX, 1, 2, 0.5, 1.4142135623730951, 0.70710678118654757,
                          65536};
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
    double x = edges[i];
    expect_relative(log_positive(x), log(x), x);
    expect_relative(log_positive(nextafter(x, 0)), log(nextafter(x, 0)), x);
    if (x < DBL_MAX)
      expect_relative(log_positive(nextafter(x, 2 * x)), log(nextafter(x, 2 * x)), x);
  }
  expect(log_positive(1) == 0, "log 1 is %g", log_positive(1));
}

/* cos(2 pi u) by way of the sine near its zeros, where 2 pi u itself is too coarse. */
static double exact_cosine(double u) {
  const long double turn = 6.283185307179586476925286766559L;
  if (fabs(u - 0.25) < 0.125) return (double)sinl(turn * (0.25L - u));
  if (fabs(u - 0.75) < 0.125) return (double)sinl(turn * (u - 0.75L));
  return (double)cosl(turn * (u > 0.5 ? 1 - (long double)u : u));
}

static void cosine(void) {
  const double bound = 2e-7;
  for (uint32_t i = 0; i < 1U << 24; i += 7) {
    double u = i * 0x1p-24, found = at(own_cosine, (float)u);
    expect(fabs(found - exact_cosine(u)) <= bound, "%.9g turns: %.9g", u, found);
  }
  const float exact[][2] = {{0, 1}, {0.25F, 0}, {0.5F, -1}, {0.75F, 0}, {1 - 0x1p-24F, 1}};
  for (int i = 0; i < 5; i++) {
    expect(at(own_cosine, exact[i][0]) == exact[i][1], "cosine of %g turns", exact[i][0]);
  }
}

static void float_logarithm(void) {
  for (uint32_t i = 1; i <= 1U << 24; i += 3) {
    float x = (float)i * 0x1p-24F;
    expect_near(at(own_log, x), log(x), x);
  }
  for (uint32_t bits = bits_of(FLT_MIN); bits < bits_of(INFINITY); bits += STRIDE) {
    expect_near(at(own_log, float_of(bits)), log(float_of(bits)), float_of(bits));
  }
  expect(at(own_log, 1) == 0, "log 1 is %g", at(own_log, 1));
}

/* Squaring doubles a relative error, so n of them stand behind x^n. */
static void powers(void) {
  const double bases[] = {0, 0.5, 0.9, 0.99, 0.999, 0.9999, 1, nextafter(1, 0)};
  const uint64_t exponents[] = {0, 1, 2, 3, 7, 64, 1000, 99999, 1000000};
  for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
    for (size_t k = 0; k < sizeof exponents / sizeof *exponents; k++) {
      double found = power(bases[i], exponents[k]), n = (double)exponents[k];
      double exact = pow(bases[i], n), bound = (n + 2) * DBL_EPSILON * exact + DBL_MIN;
      expect(fabs(found - exact) <= bound, "%g^%g is %.17g, not %.17g", bases[i], n, found, exact);
    }
  }
}

/* 1 + 2^-12 squared is 1 + 2^-11 + 2^-24, a tie that rounds to 1 + 2^-11. */
static void multiply_add(void) {
  volatile float factor = 1 + 0x1p-12F, minus = -1 - 0x1p-11F;
  float found = f32x4_madd(f32x4_splat(factor), f32x4_splat(factor), f32x4_splat(minus))[0];
#if defined(DW_RELAXED) && defined(__wasm__)
  expect(found == 0 || found == 0x1p-24F, "it is %g", found);
#elif defined(DW_RELAXED)
  expect(found == 0x1p-24F, "it is %g", found);
#else
  expect(found == 0, "it is %g", found);
#endif
}

const struct check math_checks[] = {
    {"exp is within 3 units of libm, rises, is +inf past 88.73 and +0 below -87.34", exponential},
    {"expm1 of x <= 0 is within 3 units of libm, rises, and is -1 at -infinity", expm1_negative},
    {"tanh is within 3 units of libm, rises, is odd, and +-1 at +-infinity", hyperbolic_tangent},
    {"the logistic function is within 3 units of libm, rises, and is 0 and 1 at +-infinity",
     logistic},
    {"no lane depends on its neighbours", every_lane},
    {"log of every kind of positive double is within 1e-13 of libm", logarithm},
    {"log of every kind of normal float is within 3 units of libm", float_logarithm},
    {"cosine of turns is within 2e-7 of libm, exact at quarters", cosine},
    {"multiply-add rounds twice; once in the fused build, and as the engine likes in the relaxed "
     "one",
     multiply_add},
    {"integer powers are as near to pow as their number of factors allows", powers},
    {0}};
