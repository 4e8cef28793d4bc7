/* What a reference holds; private to this module. */
#ifndef MUONCERT_AUDIT_REFERENCE_H
#define MUONCERT_AUDIT_REFERENCE_H

#include "ensemble.h"

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
  size_t rules;
  mc_audit_limits limits[MC_ROUNDINGS];
  mc_audit_centre centres[MC_ROUNDINGS];
  /* What the sound limits are derived from. */
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

/* The sound limits for all rules together, given that the output's 2-norm is at most `output`. */
void mc_audit_reference_sound_given(double *sound, double *spectrum, const mc_audit_reference *r, double output);

#endif
