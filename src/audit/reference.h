/* What a reference holds; private to this module. */
#ifndef MUONCERT_AUDIT_REFERENCE_H
#define MUONCERT_AUDIT_REFERENCE_H

#include "ensemble.h"

struct mc_audit_reference {
  size_t m, n;
  mc_enclosure truth; /* the exact image */
  mc_audit_image image;
  mc_truth_polar polar;
  bool polar_certified;
  double *polar_approximate; /* NULL: not certified */
  mc_audit_basis basis;
  size_t rules;
  mc_audit_limits limits[MC_ROUNDINGS];
  mc_audit_centre centres[MC_ROUNDINGS];
};

#endif
