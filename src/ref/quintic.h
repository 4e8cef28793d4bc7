// The quintic of a Newton–Schulz step on one number: what the step does to a singular value.
#ifndef MUON_REF_QUINTIC_H
#define MUON_REF_QUINTIC_H

#ifdef __FRAMAC__
#include "../../spec/acsl/rounding.h"
#endif

// a x + b x^3 + c x^5 as x (a + x^2 (b + c x^2)), six roundings.  How far they take the result from the polynomial with
// the coefficients of S5.JORDAN is proved in proofs/rounding.
// Source: S5.JORDAN.
/*@ terminates \true;
    exits    never:  \false;
    assigns  \result \from a, b, c, x;
    ensures  result: identical(\result,
                       rn_mul(x, rn_add(a, rn_mul(rn_mul(x, x), rn_add(b, rn_mul(c, rn_mul(x, x)))))));
*/
double muon_quintic(double a, double b, double c, double x);

#endif
