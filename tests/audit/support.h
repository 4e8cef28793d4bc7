/* Inputs and references for the tests of audits. */
#ifndef MUONCERT_TESTS_AUDIT_SUPPORT_H
#define MUONCERT_TESTS_AUDIT_SUPPORT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/audit/audit.h"
#include "../../src/matgen/matgen.h"

static inline void need(mc_status s, const mc_error *e) {
  if (s != MC_OK)
    fail_msg("%s: %s", e->file, e->text);
}

static inline mc_kernel_model model_of(mc_dtype storage) {
  mc_kernel_model model;
  mc_error e = {0};
  mc_kernel_model_init(&model);
  need(mc_kernel_model_set_preset(&model, "keller-jordan", &e), &e);
  model.storage = storage;
  return model;
}

/* A matrix of float32 numbers with this family of singular values; free with mc_free. */
static inline double *matrix_of(const char *family, size_t m, size_t n, uint64_t seed) {
  mc_matgen_family f;
  mc_error e = {0};
  mc_random r;
  double *g = mc_alloc(m * n, sizeof *g);
  assert_non_null(g);
  mc_random_init(&r, seed, 1, 0);
  need(mc_matgen_family_parse(&f, family, &e), &e);
  need(mc_matgen_matrix(g, m, n, &f, &r, &e), &e);
  for (size_t i = 0; i < m * n; i++)
    g[i] = (double)(float)g[i];
  return g;
}

static inline mc_audit_reference *reference_of(const double *g, size_t m, size_t n, const mc_kernel_model *model) {
  mc_audit_reference *reference;
  mc_audit_options options = mc_audit_default_options();
  mc_error e = {0};
  need(mc_audit_reference_new(&reference, g, m, n, model, &options, &e), &e);
  return reference;
}

static inline const mc_audit_limits *limits_of(const mc_audit_reference *reference, size_t rule) {
  const mc_audit_limits *limits;
  mc_error e = {0};
  need(mc_audit_reference_limits(&limits, reference, rule, &e), &e);
  return limits;
}

static inline mc_matfile example(const char *name) {
  mc_matfile f;
  mc_text path;
  mc_error e = {0};
  mc_text_init(&path);
  mc_text_printf(&path, "%s/examples/real_gradients/%s.npy", MUONCERT_SOURCE_DIR, name);
  need(mc_matfile_read(&f, path.data, MC_MATFILE_PLAIN, &e), &e);
  mc_text_clear(&path);
  return f;
}

#endif
