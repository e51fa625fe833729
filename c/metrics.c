#include "metrics.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"

static void place(struct dw_report *m) {
  m->confusion = arena_place(&m->arena, (uint64_t)m->classes * m->columns, sizeof *m->confusion);
  m->values = arena_place(&m->arena, DW_REPORT_CLASSES + 4ULL * m->classes, sizeof *m->values);
}

dw_report *dw_report_create(uint32_t classes, uint32_t outputs) {
  const char *wrong = NULL;
  if (classes < 1 || classes > DW_MAX_UNITS) wrong = "classes must be 1 to 65536, not";
  if (wrong) return fail(DW_INVALID_ARGUMENT, wrong, classes), NULL;
  if (outputs < 1 || outputs > DW_MAX_UNITS) wrong = "outputs must be 1 to 65536, not";
  if (wrong) return fail(DW_INVALID_ARGUMENT, wrong, outputs), NULL;
  dw_report *m = calloc(1, sizeof *m);
  if (!m) return fail_memory(sizeof *m), NULL;
  m->classes = classes, m->units = outputs, m->columns = classes + (outputs > classes);
  place(m);
  double bytes = (double)m->arena.used;
  if (!arena_allocate(&m->arena)) {
    free(m);
    return fail_memory(bytes), NULL;
  }
  place(m);
  return m;
}

void dw_report_destroy(dw_report *m) {
  if (!m) return;
  arena_free(&m->arena);
  free(m);
}

uint32_t largest(const float *values, uint32_t count) {
  uint32_t best = 0;
  for (uint32_t i = 1; i < count; i++) best = values[i] > values[best] ? i : best;
  return best;
}

/* Naeini et al. 2015: bin k holds confidences in (k/15, (k+1)/15]. */
static int bin_of(float confidence) {
  if (!(confidence >= 0)) return 0; /* NaN, of weights that are none */
  int k = (int)ceil((double)confidence * DW_RELIABILITY_BINS) - 1;
  return k < 0 ? 0 : k >= DW_RELIABILITY_BINS ? DW_RELIABILITY_BINS - 1 : k;
}

void metrics_add(struct dw_report *m, const float *probabilities, const float *logits, size_t ld,
                 const uint16_t *labels, uint32_t rows, double loss) {
  m->loss += loss;
  m->samples += rows;
  for (uint32_t b = 0; b < rows; b++, probabilities += ld, logits += ld) {
    uint32_t label = labels[b], predicted = largest(logits, m->units);
    bool hit = predicted == label;
    uint32_t column = predicted < m->classes ? predicted : m->classes;
    m->correct += hit;
    m->confusion[(size_t)label * m->columns + column]++;
    for (uint32_t o = 0; o < m->units; o++) {
      double error = (double)probabilities[o] - (o == label);
      m->brier += error * error;
    }
    int bin = bin_of(probabilities[predicted]);
    m->bin_count[bin]++;
    m->bin_correct[bin] += hit;
    m->bin_confidence[bin] += probabilities[predicted];
  }
}

static double ratio(double a, double b) { return b > 0 ? a / b : 0; }

static void report_classes(struct dw_report *m) {
  double f1_sum = 0;
  for (uint32_t c = 0; c < m->classes; c++) {
    double predicted = 0, support = 0, hits = m->confusion[(size_t)c * m->columns + c];
    for (uint32_t k = 0; k < m->classes; k++) predicted += m->confusion[(size_t)k * m->columns + c];
    for (uint32_t k = 0; k < m->columns; k++) support += m->confusion[(size_t)c * m->columns + k];
    double *of_class = m->values + DW_REPORT_CLASSES + 4ULL * c;
    of_class[0] = ratio(hits, predicted), of_class[1] = ratio(hits, support);
    of_class[2] = ratio(2 * hits, predicted + support), of_class[3] = support;
    f1_sum += of_class[2];
  }
  m->values[DW_REPORT_MACRO_F1] = ratio(f1_sum, m->classes);
}

const double *dw_report_view(dw_report *m) {
  double *report = m->values, n = (double)m->samples, ece = 0;
  report[DW_REPORT_SAMPLES] = n;
  report[DW_REPORT_LOSS] = ratio(m->loss, n);
  report[DW_REPORT_ACCURACY] = ratio((double)m->correct, n);
  report[DW_REPORT_BRIER] = ratio(m->brier, n);
  for (int k = 0; k < DW_RELIABILITY_BINS; k++) {
    double count = (double)m->bin_count[k], *bin = report + DW_REPORT_BINS + 3 * k;
    bin[0] = count, bin[1] = ratio(m->bin_confidence[k], count);
    bin[2] = ratio((double)m->bin_correct[k], count);
    ece += ratio(count, n) * fabs(bin[1] - bin[2]);
  }
  report[DW_REPORT_ECE] = ece;
  report_classes(m);
  return report;
}

const uint32_t *dw_confusion_view(const dw_report *m) { return m->confusion; }
