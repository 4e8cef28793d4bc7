#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const mc_matgen_entry *find(const char *name) {
  for (const mc_matgen_entry *t = mc_matgen_spectra; t->name; t++)
    if (!strcmp(t->name, name))
      return t;
  for (const mc_matgen_entry *t = mc_matgen_structured; t->name; t++)
    if (!strcmp(t->name, name))
      return t;
  return NULL;
}

const char *mc_matgen_family_usage(size_t i) {
  const mc_matgen_entry *t = mc_matgen_spectra;
  for (; t->name && i > 0; t++)
    i--;
  if (t->name)
    return t->usage;
  for (t = mc_matgen_structured; t->name && i > 0; t++)
    i--;
  return t->usage;
}

static size_t takes(const mc_matgen_entry *t) {
  size_t count = 0;
  while (count < MC_MATGEN_ARGUMENTS && t->argument[count].low < t->argument[count].high)
    count++;
  return count;
}

static mc_status unknown(const char *name, mc_error *e) {
  mc_text known;
  mc_text_init(&known);
  for (const mc_matgen_entry *t = mc_matgen_spectra; t->name; t++)
    mc_text_printf(&known, "%s%s", known.length ? ", " : "", t->name);
  for (const mc_matgen_entry *t = mc_matgen_structured; t->name; t++)
    mc_text_printf(&known, ", %s", t->name);
  mc_fail(e, MC_BAD_INPUT, "there is no family of matrices called '%s'; there are %s", name,
          known.failed ? "others" : known.data);
  mc_text_clear(&known);
  return MC_BAD_INPUT;
}

mc_status mc_matgen_family_check(const mc_matgen_family *f, mc_error *e) {
  const mc_matgen_entry *t = find(f->name);
  if (!t)
    return unknown(f->name, e);
  if (f->arguments > takes(t))
    return mc_fail(e, MC_BAD_INPUT, "too many arguments (%zu): %s", f->arguments, t->usage);
  for (size_t i = 0; i < takes(t); i++) {
    if (i >= f->arguments) {
      if (t->argument[i].required)
        return mc_fail(e, MC_BAD_INPUT, "an argument is missing: %s", t->usage);
    } else if (!(f->argument[i] >= t->argument[i].low && f->argument[i] <= t->argument[i].high))
      return mc_fail(e, MC_BAD_INPUT, "argument %zu is %g and must lie in [%g, %g]: %s", i + 1, f->argument[i],
                     t->argument[i].low, t->argument[i].high, t->usage);
  }
  if (t->interval) {
    double hi = f->arguments > 1 ? f->argument[1] : t->argument[1].initial;
    if (f->arguments > 0 && f->argument[0] > hi)
      return mc_fail(e, MC_BAD_INPUT, "the interval [%g, %g] is empty: %s", f->argument[0], hi, t->usage);
  }
  return MC_OK;
}

static const char *skip_space(const char *s) {
  while (isspace((unsigned char)*s))
    s++;
  return s;
}

static mc_status parse_arguments(mc_matgen_family *f, const char *s, const char *text, mc_error *e) {
  for (;;) {
    char *end;
    if (f->arguments == MC_MATGEN_ARGUMENTS)
      return mc_fail(e, MC_BAD_INPUT, "'%s' has too many arguments", text);
    f->argument[f->arguments++] = strtod(s, &end);
    if (end == s)
      return mc_fail(e, MC_BAD_INPUT, "'%s': a number was expected at '%s'", text, s);
    s = skip_space(end);
    if (*s == ')')
      return *skip_space(s + 1) ? mc_fail(e, MC_BAD_INPUT, "'%s': unexpected text after ')'", text) : MC_OK;
    if (*s != ',')
      return mc_fail(e, MC_BAD_INPUT, "'%s': ',' or ')' was expected at '%s'", text, s);
    s++;
  }
}

mc_status mc_matgen_family_parse(mc_matgen_family *f, const char *text, mc_error *e) {
  memset(f, 0, sizeof *f);
  const char *s = skip_space(text);
  size_t length = strcspn(s, "( \t");
  if (length == 0 || length >= sizeof f->name)
    return mc_fail(e, MC_BAD_INPUT, "'%s' is not the name of a family of matrices", text);
  memcpy(f->name, s, length);
  s = skip_space(s + length);
  if (*s && *s != '(')
    return mc_fail(e, MC_BAD_INPUT, "'%s': '(' was expected at '%s'", text, s);
  mc_status status = *s ? parse_arguments(f, s + 1, text, e) : MC_OK;
  return status == MC_OK ? mc_matgen_family_check(f, e) : status;
}

void mc_matgen_family_format(mc_text *out, const mc_matgen_family *f) {
  mc_text_printf(out, "%s", f->name);
  for (size_t i = 0; i < f->arguments; i++)
    mc_text_printf(out, "%s%a%s", i ? "," : "(", f->argument[i], i + 1 == f->arguments ? ")" : "");
}

bool mc_matgen_family_is_spectrum(const mc_matgen_family *f) {
  const mc_matgen_entry *t = find(f->name);
  return t && t->spectrum;
}

static void fill_arguments(double *argument, const mc_matgen_entry *t, const mc_matgen_family *f) {
  for (size_t i = 0; i < MC_MATGEN_ARGUMENTS; i++)
    argument[i] = i < f->arguments ? f->argument[i] : t->argument[i].initial;
}

static int decreasing(const void *x, const void *y) {
  double a = *(const double *)x, b = *(const double *)y;
  return (a < b) - (a > b);
}

mc_status mc_matgen_spectrum(double *sigma, size_t k, const mc_matgen_family *f, mc_random *r, mc_error *e) {
  mc_status status = mc_matgen_family_check(f, e);
  if (status != MC_OK)
    return status;
  const mc_matgen_entry *t = find(f->name);
  if (!t->spectrum)
    return mc_fail(e, MC_BAD_INPUT, "'%s' is a family of matrices, not of singular values", f->name);
  double argument[MC_MATGEN_ARGUMENTS];
  fill_arguments(argument, t, f);
  t->spectrum(sigma, k, argument, r);
  qsort(sigma, k, sizeof *sigma, decreasing);
  if (t->interval && argument[0] > 0) {
    sigma[0] = argument[1];
    if (k > 1)
      sigma[k - 1] = argument[0];
  }
  return MC_OK;
}

static mc_status prescribed(double *a, size_t m, size_t n, const mc_matgen_family *f, mc_random *r, mc_error *e) {
  size_t k = m < n ? m : n;
  double *sigma = mc_alloc(k + m * k + n * k + 1, sizeof *sigma);
  if (!sigma)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu matrix", m, n);
  double *q1 = sigma + k, *q2 = q1 + m * k;
  mc_status status = mc_matgen_spectrum(sigma, k, f, r, e);
  if (status == MC_OK)
    status = mc_matgen_haar(q1, m, k, r, e);
  if (status == MC_OK)
    status = mc_matgen_haar(q2, n, k, r, e);
  if (status == MC_OK)
    mc_matgen_compose(a, m, n, k, q1, sigma, q2);
  mc_free(sigma);
  return status;
}

mc_status mc_matgen_matrix(double *a, size_t m, size_t n, const mc_matgen_family *f, mc_random *r, mc_error *e) {
  mc_status status = mc_matgen_family_check(f, e);
  if (status != MC_OK)
    return status;
  const mc_matgen_entry *t = find(f->name);
  if (t->spectrum)
    return prescribed(a, m, n, f, r, e);
  double argument[MC_MATGEN_ARGUMENTS];
  fill_arguments(argument, t, f);
  return t->matrix(a, m, n, argument, r, e);
}
