// Generated from spec/acsl/sqrt.h by tools/float_reference; edit that file.
// What is assumed of libm, in place of <math.h>: sqrt is correctly rounded, as IEEE 754 demands.  That it may set
// errno for a negative argument is left out; nothing in the reference reads errno.
#ifndef MUONF_ACSL_SQRT_H
#define MUONF_ACSL_SQRT_H

#include "rounding.h"

/*@ terminates \true;
    exits    never:  \false;
    assigns  \result \from x;
    ensures  result: identical(\result, rn_sqrt(x));
*/
float sqrtf(float x);

#endif
