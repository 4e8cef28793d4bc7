/* What the properties about aligned models share; private to this folder. */
#ifndef MUONCERT_PROPS_ALIGNED_H
#define MUONCERT_PROPS_ALIGNED_H

#include "../src/dynamics/dynamics.h"
#include "../src/prop/prop.h"

/* low + (high - low) u, u uniform on (0, 1), rounded to a multiple of 2^-bits. */
double mc_props_draw_dyadic(mc_random *r, double low, double high, int bits);

/* v[i] := the case's singular values, from scale down, rounded to multiples of 2^-bits, but at least 2^-bits where
 * `positive`. */
mc_status mc_props_draw_values(double *v, size_t n, double scale, int bits, bool positive, const mc_prop_case *c,
                               mc_random *r, mc_error *e);

/* An orthogonal n x n matrix of dyadic numbers; the identity where the case is aligned. */
void mc_props_draw_orthogonal(double *q, size_t n, const mc_prop_case *c, mc_random *r);

/* x := | |modes[i]| - target[i] |, the largest over i < n. */
void mc_props_largest_error(arb_t x, arb_srcptr modes, arb_srcptr target, bool moduli, size_t n, slong precision);

/* How many of the modes are exactly zero. */
size_t mc_props_count_zeros(arb_srcptr modes, size_t count);

#endif
