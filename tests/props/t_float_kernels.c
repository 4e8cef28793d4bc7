/* Float kernels against the polar factor: the campaign, and its false neighbours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "campaigns.h"

static void test_campaign(void **state) {
  (void)state;
  campaign_holds("float_kernels_campaigns.claim", "float_kernels_vs_mpfr", 66);
}

static void test_neighbours(void **state) {
  (void)state;
  neighbours_are_violated("float_kernels_false.claim", 40, 64);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_campaign), cmocka_unit_test(test_neighbours)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
