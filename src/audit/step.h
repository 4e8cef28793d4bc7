/* Conventions of a step as balls; private to this module. */
#ifndef MUONCERT_AUDIT_STEP_H
#define MUONCERT_AUDIT_STEP_H

#include "audit.h"

/* s of an m by n matrix. */
void mc_audit_step_scale(arb_t s, const mc_audit_step_rule *rule, size_t m, size_t n, slong prec);

#endif
