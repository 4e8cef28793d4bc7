/* What the laws share: verdicts, comparisons, limits. */
#include "bench.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

void mc_law_decide(mc_law_bench *b, mc_law_verdict verdict, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  b->f->verdict = verdict;
  vsnprintf(b->f->reason, sizeof b->f->reason, format, arguments);
  va_end(arguments);
}

bool mc_law_is_finite(const double *x, size_t size) {
  for (size_t i = 0; i < size; i++)
    if (!isfinite(x[i]))
      return false;
  return true;
}

size_t mc_law_compare(double *distance, const double *x, const double *y, size_t size) {
  size_t differing = 0;
  double sum = 0;
  for (size_t i = 0; i < size; i++) {
    differing += !(x[i] == y[i]);
    sum += (x[i] - y[i]) * (x[i] - y[i]);
  }
  *distance = sqrt(sum);
  return differing;
}

/* The relative error of a computed root of a sum of squares of differences, and a little more. */
double mc_law_slack(size_t size) {
  return (double)(size + 4) * 0x1p-53;
}

mc_status mc_law_limit_of(double *limit, mc_law_bench *b, mc_law_input_name i) {
  const mc_audit_reference *r = mc_law_suite_reference(b->suite, i, b->e);
  *limit = 0;
  if (!r)
    return b->e && b->e->status != MC_OK ? b->e->status : MC_UNDECIDED;
  for (size_t rule = 0; rule < mc_audit_reference_rules(r); rule++) {
    const mc_audit_limits *l;
    mc_status s = mc_audit_reference_limits(&l, r, rule, b->e);
    if (s != MC_OK)
      return s;
    double total = l->statistical[MC_MEASURE_TOTAL];
    *limit = fmax(*limit, isnan(total) ? fmin(l->sound, l->spectrum) : total);
  }
  return MC_OK;
}

size_t mc_law_count_changes(const double *x, const double *y, size_t size) {
  size_t changes = 0;
  for (size_t i = 0; i < size; i++)
    changes += !(x[i] == y[i]) && !(isnan(x[i]) && isnan(y[i]));
  return changes;
}
