/* Rounding errors before the first step; private to this module. */
#ifndef MUONCERT_AUDIT_START_H
#define MUONCERT_AUDIT_START_H

#include "rounding.h"

/* ||computed X_0 - X_0||_F, where x0 >= ||X_0||_F. */
double mc_audit_initial_error(const mc_audit_rounding *k, const mc_kernel_model *model, const double *g, double x0,
                              const mc_audit_surroundings *around);

/* Upper bound of |sqrt(1 + y) - 1| for |y| <= x; infinite for x >= 1. */
double mc_audit_root_error(double x);

#endif
