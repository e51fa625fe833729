#include "layers.h"
#include "mathf.h"

/* Four logits from o on; lanes past the last unit are -infinity, so that they never count. */
DW_INLINE f32x4 logits_at(const float *z, uint32_t o, uint32_t units) {
  u32x4 lane = u32x4_splat(o) + (u32x4){0, 1, 2, 3};
  return f32x4_select((u32x4)(lane < units), f32x4_load(z + o), f32x4_splat(-INFINITY));
}

double softmax_loss_forward(float *p, const float *z, uint32_t units, uint32_t rows,
                            const uint16_t *labels) {
  size_t ld = padded(units);
  double loss = 0;
  for (uint32_t b = 0; b < rows; b++, z += ld, p += ld) {
    f32x4 most4 = f32x4_splat(-INFINITY);
    for (uint32_t o = 0; o < units; o += 4) most4 = f32x4_max(logits_at(z, o, units), most4);
    float most = most4[0];
    for (int i = 1; i < 4; i++) most = most4[i] > most ? most4[i] : most;
    f32x4 sum4 = f32x4_splat(0);
    for (uint32_t o = 0; o < units; o += 4) {
      f32x4 e = f32x4_exp(logits_at(z, o, units) - most);
      f32x4_store(p + o, e);
      sum4 += e;
    }
    float sum = f32x4_sum(sum4);
    f32x4 sums = f32x4_splat(sum);
    for (uint32_t o = 0; o < units; o += 4) f32x4_store(p + o, f32x4_load(p + o) / sums);
    if (!labels) continue;
    double distance = (double)most - (double)z[labels[b]];
    /* not finite logits make a loss that is not finite, which the caller looks for */
    loss += sum >= 1 && sum < INFINITY ? log_positive(sum) + distance : NAN;
  }
  return loss;
}

void softmax_loss_backward(float *p, uint32_t units, uint32_t rows, const uint16_t *labels) {
  size_t ld = padded(units);
  float share = 1.0F / (float)rows;
  for (uint32_t b = 0; b < rows; b++, p += ld) {
    p[labels[b]] -= 1.0F;
    for (uint32_t o = 0; o < units; o += 4) f32x4_store(p + o, f32x4_load(p + o) * share);
  }
}
