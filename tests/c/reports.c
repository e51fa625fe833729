/* The report on a data set against its definitions, computed again from predictions. */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "network.h"

enum { SAMPLES = 333, INPUTS = 6, MOST_CLASSES = 9 };

struct sums {
  double loss, brier, correct, macro_f1, ece;
  double bins[DW_RELIABILITY_BINS][3]; /* rows, confidence, hits */
  double table[MOST_CLASSES][MOST_CLASSES + 1];
};

static double share(double a, double b) { return b > 0 ? a / b : 0; }

static void add_row(struct sums *s, const float *p, uint32_t units, uint32_t classes,
                    uint32_t label) {
  uint32_t top = 0;
  for (uint32_t o = 0; o < units; o++) {
    if (p[o] > p[top]) top = o;
    s->brier += pow((double)p[o] - (o == label), 2);
  }
  s->loss -= log((double)p[label]);
  s->correct += top == label;
  s->table[label][top < classes ? top : classes]++;
  for (int k = 0; k < DW_RELIABILITY_BINS; k++) {
    if (!(p[top] > k / 15.0 && p[top] <= (k + 1) / 15.0)) continue;
    s->bins[k][0]++, s->bins[k][1] += p[top], s->bins[k][2] += top == label;
  }
}

static void expect_number(const char *what, double found, double wanted) {
  expect(fabs(found - wanted) <= 1e-5 * (1 + fabs(wanted)), "%s is %.9g, not %.9g", what, found,
         wanted);
}

static void expect_classes(struct sums *s, uint32_t classes, const double *report) {
  for (uint32_t c = 0; c < classes; c++) {
    double support = 0, predicted = 0, hits = s->table[c][c];
    for (uint32_t k = 0; k <= classes; k++) support += s->table[c][k];
    for (uint32_t k = 0; k < classes; k++) predicted += s->table[k][c];
    const double *found = report + DW_REPORT_CLASSES + 4 * (size_t)c;
    double precision = share(hits, predicted), recall = share(hits, support);
    double f1 = share(2 * precision * recall, precision + recall);
    expect_number("precision", found[0], precision);
    expect_number("recall", found[1], recall);
    expect_number("F1", found[2], f1);
    expect_number("support", found[3], support);
    s->macro_f1 += f1 / classes;
  }
}

static void expect_report(uint32_t classes, uint32_t units, double spread) {
  const struct network n = {"report", INPUTS, 1, {DENSE(units, DW_LINEAR)}};
  dw_model *m = network_create(&n, 0, 1);
  dw_dataset *d = data_create(SAMPLES, INPUTS, classes, 1, 3);
  dw_report *r = dw_report_create(classes, units);
  float *parameters = parameters_copy(m, &n), *p = ALLOCATE(float, SAMPLES *units);
  for (uint32_t i = 0; i < parameter_count(&n); i++) parameters[i] *= (float)spread;
  parameters_write(m, &n, parameters);
  const uint16_t *labels = dw_dataset_labels_view(d);
  struct sums s = {0};
  dw_predict(m, d, 0, SAMPLES, 0, p, NULL);
  for (uint32_t b = 0; b < SAMPLES; b++)
    add_row(&s, p + (size_t)b * units, units, classes, labels[b]);
  expect(dw_evaluate(m, d, 0, SAMPLES, 1, r) == DW_OK, "%s", dw_last_error());
  const double *report = dw_report_view(r);
  expect_classes(&s, classes, report);
  expect_number("samples", report[DW_REPORT_SAMPLES], SAMPLES);
  expect_number("loss", report[DW_REPORT_LOSS], s.loss / SAMPLES);
  expect_number("accuracy", report[DW_REPORT_ACCURACY], s.correct / SAMPLES);
  expect_number("Brier score", report[DW_REPORT_BRIER], s.brier / SAMPLES);
  expect_number("macro F1", report[DW_REPORT_MACRO_F1], s.macro_f1);
  for (int k = 0; k < DW_RELIABILITY_BINS; k++) {
    const double *bin = report + DW_REPORT_BINS + 3 * (size_t)k, *sums = s.bins[k];
    expect_number("rows of a bin", bin[0], sums[0]);
    expect_number("confidence of a bin", bin[1], share(sums[1], sums[0]));
    expect_number("accuracy of a bin", bin[2], share(sums[2], sums[0]));
    s.ece += fabs(sums[1] - sums[2]) / SAMPLES;
  }
  expect_number("ECE", report[DW_REPORT_ECE], s.ece);
  uint32_t columns = classes + (units > classes);
  for (uint32_t i = 0; i < classes * columns; i++) {
    expect_number("confusion", dw_confusion_view(r)[i], s.table[i / columns][i % columns]);
  }
  free(parameters), free(p);
  dw_report_destroy(r);
  dw_dataset_destroy(d);
  dw_model_destroy(m);
}

static void definitions(void) {
  const double spreads[] = {0.1, 1, 5, 20}; /* from undecided to certain */
  for (int i = 0; i < 4; i++) {
    expect_report(5, 5, spreads[i]);
    expect_report(3, 7, spreads[i]);
    expect_report(MOST_CLASSES, MOST_CLASSES, spreads[i]);
    expect_report(1, 2, spreads[i]);
  }
}

static void ties(void) {
  const struct network n = {"ties", 1, 1, {DENSE(5, DW_LINEAR)}};
  dw_model *m = network_create(&n, 0, 1);
  dw_dataset *d = data_create(4, 1, 5, 1, 1);
  dw_report *r = dw_report_create(5, 5);
  const float biases[] = {-1, 2, 0, 2, 2};
  float parameters[10] = {0}, p[20];
  uint16_t labels[4];
  for (int i = 0; i < 5; i++) parameters[5 + i] = biases[i];
  parameters_write(m, &n, parameters);
  for (int i = 0; i < 4; i++) dw_dataset_labels_view(d)[i] = 1;
  dw_predict(m, d, 0, 4, 0, p, labels);
  dw_evaluate(m, d, 0, 4, 1, r);
  for (int i = 0; i < 4; i++) expect(labels[i] == 1, "label %u", labels[i]);
  expect(dw_report_view(r)[DW_REPORT_ACCURACY] == 1, "the report sees another label");
  dw_report_destroy(r);
  dw_dataset_destroy(d);
  dw_model_destroy(m);
}

const struct check report_checks[] = {
    {"every number of a report follows its definition, with more outputs than classes too",
     definitions},
    {"a tie goes to the lowest index", ties},
    {0}};
