#include "layers.h"
#include "mathf.h"

/* Klambauer et al. 2017, equation 2 */
static const float SELU_LAMBDA = 1.0507009873554805F, SELU_ALPHA = 1.6732632423543772F;

/* Applies an expression of v (f32x4) to the units of every row. */
#define EACH(expression)                      \
  for (uint32_t b = 0; b < rows; b++) {       \
    for (uint32_t o = 0; o < units; o += 4) { \
      float *at = z + b * ld + o;             \
      f32x4 v = f32x4_load(at);               \
      f32x4_store(at, (expression));          \
    }                                         \
  }

void activation_forward(float *z, uint32_t units, uint32_t rows, enum dw_activation f) {
  size_t ld = padded(units);
  switch (f) {
    case DW_RELU:
      EACH(f32x4_max(v, f32x4_splat(0)));
      break;
    case DW_TANH:
      EACH(f32x4_tanh(v));
      break;
    case DW_SIGMOID:
      EACH(f32x4_logistic(v));
      break;
    case DW_SELU:
      EACH(f32x4_select((u32x4)(v > 0), v * SELU_LAMBDA,
                        f32x4_expm1_negative(v) * (SELU_LAMBDA * SELU_ALPHA)));
      break;
    default:
      break;
  }
}

/* Likewise for dy (d) and y (v). */
#define EACH_BACK(expression)                                                \
  for (uint32_t b = 0; b < rows; b++) {                                      \
    for (uint32_t o = 0; o < units; o += 4) {                                \
      f32x4 d = f32x4_load(dy + b * ld + o), v = f32x4_load(y + b * ld + o); \
      f32x4_store(dy + b * ld + o, (expression));                            \
    }                                                                        \
  }

void activation_backward(float *dy, const float *y, uint32_t units, uint32_t rows,
                         enum dw_activation f) {
  size_t ld = padded(units);
  switch (f) {
    case DW_RELU:
      EACH_BACK(f32x4_keep((u32x4)(v > 0), d));
      break;
    case DW_TANH:
      EACH_BACK(d * (1.0F - v * v));
      break;
    case DW_SIGMOID:
      EACH_BACK(d * (v * (1.0F - v)));
      break;
    case DW_SELU:
      EACH_BACK(f32x4_select((u32x4)(v > 0), d * SELU_LAMBDA, d * (v + SELU_LAMBDA * SELU_ALPHA)));
      break;
    default:
      break;
  }
}
