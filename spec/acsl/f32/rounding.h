// Generated from spec/acsl/rounding.h by tools/float_reference; edit that file.
// The arithmetic of the contracts: IEEE 754 operations in round-to-nearest-even, as functions on IEEE values.
// The symbols carry no axioms.  The proof driver links each of them to the operation that WP itself gives to the C
// operator of the same meaning, so that a contract pins a result down to the last bit without knowing anything about
// rounding.
#ifndef MUONF_ACSL_ROUNDING_H
#define MUONF_ACSL_ROUNDING_H

/*@ axiomatic Rounding {
      logic float rn_add(float x, float y);     // RN(x + y)
      logic float rn_sub(float x, float y);     // RN(x - y)
      logic float rn_mul(float x, float y);     // RN(x y)
      logic float rn_div(float x, float y);     // RN(x / y)
      logic float rn_sqrt(float x);              // RN(sqrt x)
      logic boolean rn_less(float x, float y);   // the C operator x < y: false when either is NaN
      predicate identical(float x, float y);     // the same IEEE value: +0 and -0 differ, NaN is NaN
    }
*/

#endif
