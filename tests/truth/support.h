/* What the tests of src/truth share: exact distances and random matrices. */
#ifndef MUONCERT_TESTS_TRUTH_SUPPORT_H
#define MUONCERT_TESTS_TRUTH_SUPPORT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/matgen/matgen.h"
#include "../../src/truth/truth.h"

enum { REFERENCE_PREC = 16000 };

/* Fails unless ||truth - x->value||_F <= x->radius, where the truth is num / den, entry by entry. Returns radius /
 * distance. */
static inline double assert_encloses_quotient(const mc_enclosure *x, const double *num, double den) {
  arb_t entry, sum;
  arf_t radius;
  slong m = arb_mat_nrows(x->value), n = arb_mat_ncols(x->value);
  arb_init(entry);
  arb_init(sum);
  arf_init(radius);
  for (slong i = 0; i < m; i++)
    for (slong j = 0; j < n; j++) {
      assert_true(mag_is_zero(arb_radref(arb_mat_entry(x->value, i, j))));
      arb_set_d(entry, num[i * n + j]);
      arb_div_ui(entry, entry, (ulong)den, REFERENCE_PREC);
      arb_sub(entry, entry, arb_mat_entry(x->value, i, j), REFERENCE_PREC);
      arb_addmul(sum, entry, entry, REFERENCE_PREC);
    }
  arb_sqrt(sum, sum, REFERENCE_PREC);
  arf_set_mag(radius, x->radius);
  arb_set_arf(entry, radius);
  assert_true(arb_le(sum, entry));
  arb_div(entry, entry, sum, 64);
  double ratio = arf_get_d(arb_midref(entry), ARF_RND_NEAR);
  arb_clear(entry);
  arb_clear(sum);
  arf_clear(radius);
  return ratio;
}

/* x := U diag(s) V^T with U and V exact reflections over their denominators: integers throughout, singular values du
 * dv s[i]. */
static inline void assert_contains_double(const arb_t x, double value) {
  arb_t exact;
  arb_init(exact);
  arb_set_d(exact, value);
  if (!arb_contains(x, exact)) {
    char *text = arb_get_str(x, 40, 0);
    print_error("%s does not contain %.17g\n", text, value);
    flint_free(text);
    fail();
  }
  arb_clear(exact);
}

#endif
