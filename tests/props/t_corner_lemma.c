/* The sharp corner lemma: its quantities on a matrix that can be done by hand, the campaign, and its false
 * neighbours. */
#include "../../props/props.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "campaigns.h"

/* G = [[1, 1/2], [1/2, 1/4 - eps]], u = 3 e_1, v = e_1 / 5.  For a symmetric 2 x 2 matrix with a negative determinant,
 * z = (a - d)/sqrt((a - d)^2 + 4 b^2). */
static void quantities_by_hand(void **state) {
  (void)state;
  mc_prop_instance x = {0};
  double *g = mc_prop_instance_add(&x, "G", 2, 2), *u = mc_prop_instance_add(&x, "u", 2, 1),
         *v = mc_prop_instance_add(&x, "v", 2, 1), eps = 0x1p-20;
  g[0] = 1;
  g[1] = g[2] = 0.5;
  g[3] = 0.25 - eps;
  u[0] = 3;
  v[0] = 0.2;
  arb_ptr q = _arb_vec_init(3);
  assert_int_equal(mc_props_corner_lemma.measure(q, &x, 64, NULL), MC_OK);
  arb_t z, t;
  arb_init(z);
  arb_init(t);
  arb_set_d(z, 0.75 + eps);
  arb_mul(t, z, z, 256);
  arb_add_ui(t, t, 1, 256);
  arb_sqrt(t, t, 256);
  arb_div(z, z, t, 256);
  assert_true(arb_contains_si(q, 1) && arb_contains_si(q + 1, 1) && arb_contains(q + 2, z));
  assert_true(arb_rel_accuracy_bits(q) > 60 && arb_rel_accuracy_bits(q + 1) > 60 && arb_rel_accuracy_bits(q + 2) > 60);
  arb_clear(z);
  arb_clear(t);
  _arb_vec_clear(q, 3);
  mc_prop_instance_clear(&x);
}

/* Z of [A 0] is [polar(A) 0]; of the zero matrix nothing is certified. */
static void zero_columns(void **state) {
  (void)state;
  mc_prop_instance x = {0};
  double *g = mc_prop_instance_add(&x, "G", 2, 3), *u = mc_prop_instance_add(&x, "u", 2, 1),
         *v = mc_prop_instance_add(&x, "v", 3, 1);
  g[0] = 4;
  u[0] = 1;
  v[0] = 3;
  v[2] = 4;
  arb_ptr q = _arb_vec_init(3);
  assert_int_equal(mc_props_corner_lemma.measure(q, &x, 64, NULL), MC_OK);
  arb_mul_ui(q + 2, q + 2, 5, 64);
  assert_true(arb_contains_si(q + 2, 3));
  g[0] = 0;
  assert_int_equal(mc_props_corner_lemma.measure(q, &x, 64, NULL), MC_UNDECIDED);
  _arb_vec_clear(q, 3);
  mc_prop_instance_clear(&x);
}

static void lemma_holds(void **state) {
  (void)state;
  campaign_holds("dimension_free_escape_campaigns.claim", "corner_lemma", 48);
}

static void neighbours(void **state) {
  (void)state;
  neighbours_are_violated("corner_lemma_false.claim", 120, 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(quantities_by_hand),
      cmocka_unit_test(zero_columns),
      cmocka_unit_test(lemma_holds),
      cmocka_unit_test(neighbours),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
