// The arithmetic of the contracts: IEEE 754 operations in round-to-nearest-even, as functions on IEEE values.
// The symbols carry no axioms.  The proof driver links each of them to the operation that WP itself gives to the C
// operator of the same meaning, so that a contract pins a result down to the last bit without knowing anything about
// rounding.
#ifndef MUON_ACSL_ROUNDING_H
#define MUON_ACSL_ROUNDING_H

/*@ axiomatic Rounding {
      logic double rn_add(double x, double y);     // RN(x + y)
      logic double rn_sub(double x, double y);     // RN(x - y)
      logic double rn_mul(double x, double y);     // RN(x y)
      logic double rn_div(double x, double y);     // RN(x / y)
      logic double rn_sqrt(double x);              // RN(sqrt x)
      logic boolean rn_less(double x, double y);   // the C operator x < y: false when either is NaN
      predicate identical(double x, double y);     // the same IEEE value: +0 and -0 differ, NaN is NaN
    }
*/

#endif
