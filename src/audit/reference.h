/* What a reference holds; private to this module. */
#ifndef MUONCERT_AUDIT_REFERENCE_H
#define MUONCERT_AUDIT_REFERENCE_H

#include "ensemble.h"

struct mc_audit_reference {
  size_t m, n, count; /* count: of singular values */
  mc_enclosure truth; /* the exact image */
  mc_audit_image image;
  mc_truth_polar polar;
  bool polar_certified;
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

/* The sound limits for all rules together, given that the output's 2-norm is at most `output`. */
void mc_audit_reference_sound_given(double *sound, double *spectrum, const mc_audit_reference *r, double output);

#endif
