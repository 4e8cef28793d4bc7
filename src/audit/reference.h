/* What a reference holds; private to this module. */
#ifndef MUONCERT_AUDIT_REFERENCE_H
#define MUONCERT_AUDIT_REFERENCE_H

#include <pthread.h>

#include "ensemble.h"
#include "sound.h"

/* One that the kernel may follow. */
typedef struct {
  mc_audit_limits limits;
  mc_audit_centre centre;
  mc_audit_origin origin; /* of its sound limits */
  bool is_derived;        /* the statistical limits and the centre are there */
} mc_audit_rule;

/* All of them.  Statistical limits are derived when they are first asked for, under the lock. */
typedef struct {
  pthread_mutex_t lock;
  size_t count;
  mc_audit_rule rule[MC_ROUNDINGS];
} mc_audit_rules;

struct mc_audit_reference {
  size_t m, n, count; /* count: of singular values */
  mc_enclosure truth; /* the exact image; not set where plain */
  mc_audit_image image;
  mc_truth_polar polar;
  bool plain; /* all from plain doubles; then of polar only polar_radius is set */
  bool polar_certified;
  double polar_radius;       /* of polar_approximate, where plain */
  double *polar_approximate; /* NULL: not certified */
  mc_audit_basis basis;
  mc_audit_rules *rules;
  /* What the limits are derived from. */
  mc_kernel_model model;
  mc_audit_options options;
  double *input;
  arb_ptr sigma; /* of X_0, count entries */
};

/* Fill image, truth, basis, sigma and polar factor from one decomposition in doubles; r->plain says whether that was
 * wanted and came near enough (plain.c). */
mc_status mc_audit_reference_fill_plain(mc_audit_reference *r, const double *g, mc_error *e);

/* *truth := the exact image, where r->plain; initialised. */
void mc_audit_plain_truth(mc_enclosure *truth, const mc_audit_reference *r);

/* polar_distance of an output, where r->plain; and sigma_min, sigma_max and orthogonality too where it is near its
 * image: then true. */
bool mc_audit_describe_plain(mc_audit_finding *f, const mc_audit_reference *r, const double *x);

/* The rules that the options allow, with their sound limits (limits.c).  *rules is NULL on failure. */
mc_status mc_audit_rules_new(mc_audit_rules **rules, const mc_audit_reference *r, mc_error *e);
void mc_audit_rules_free(mc_audit_rules *rules);

/* A rule with its statistical limits: the first call runs its ensemble. */
mc_status mc_audit_rule_derive(const mc_audit_rule **rule, const mc_audit_reference *r, size_t i, mc_error *e);

/* The sound limits for all rules together, given that the output's 2-norm is at most `output`. */
void mc_audit_reference_sound_given(double *sound, double *spectrum, const mc_audit_reference *r, double output);

#endif
