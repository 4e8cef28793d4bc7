/* The parts of the prover against each other: derivatives by two independent ways, exact signs, exact images. */
#include "settle.h"

#include "../../src/claim/roots.h"
#include "../../src/claim/series.h"
#include "../../src/claim/tape.h"

/* The tape of `claim` (with one variable on the unit interval), for the left side of its first comparison against 0. */
static mc_tape *tape_of(mc_document **document, const char *expression) {
  char text[300];
  mc_error e = {0};
  mc_tape *tape = NULL;
  mc_instance instance = {0};
  snprintf(text, sizeof text, "forall t in [0, 1] : %s >= 0", expression);
  if (mc_lang_statement_parse(document, text, strlen(text), &e) != MC_OK ||
      mc_tape_new(&tape, *document, mc_lang_claim(*document, 0), &instance, &e) != MC_OK)
    fail_msg("%s: %s", text, e.text);
  return tape;
}

static void set_ends(mc_range *x, double lo, double hi) {
  arf_set_d(&x->lo, lo);
  arf_set_d(&x->hi, hi);
}

static bool overlap(const mc_range *x, const mc_range *y) {
  return arf_cmp(&x->lo, &y->hi) <= 0 && arf_cmp(&y->lo, &x->hi) <= 0;
}

static bool inside(const mc_range *x, const mc_range *y) {
  return arf_cmp(&y->lo, &x->lo) <= 0 && arf_cmp(&x->hi, &y->hi) <= 0;
}

static const char *const functions[] = {
    "t^3 - 2*t",
    "(t + 1)^40",
    "exp(t)*t",
    "log(1 + t)/(2 + t)",
    "t/(1 + t^2)",
    "1/(3 - t) - exp(-t)",
    "sqrt(1 + t)*sin(3*t)",
    "cos(5*t)^2",
    "sin(t)/(1 + exp(t))",
    "(2 + t)^(1/3)",
    "(1 + t)^(-3/2)",
    "abs(t - 2)*t",
    "max(t, t^2 - 1) + min(exp(t), 5)",
};

/* d f/dt and d2 f/dt2 by the chain rule on a point against Taylor coefficients; and inside what an interval around
 * it gives. */
static void derivatives_agree(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    mc_document *document;
    mc_tape *tape = tape_of(&document, functions[i]);
    size_t node = tape->body[0].node, count = tape->node_count;
    mc_range *values = mc_range_vector_new(count), *first = mc_range_vector_new(count),
             *second = mc_range_vector_new(count), *wide = mc_range_vector_new(3 * count), x, c;
    mc_range_init(&x);
    mc_range_init(&c);
    for (int k = 1; k < 16; k++) {
      double at = k / 16.0;
      set_ends(&x, at, at);
      mc_tape_enclose_derivatives(values, first, second, tape, &x, 128);
      bool smooth = strstr(functions[i], "abs") == NULL && strstr(functions[i], "max") == NULL;
      if (smooth) {
        mc_series_enclose_coefficient(&c, tape, node, 1, &x, 128);
        assert_false(mc_range_is_undefined(&c));
        if (!overlap(&c, first + node))
          fail_msg("first derivative of %s at %g", functions[i], at);
        mc_series_enclose_coefficient(&c, tape, node, 2, &x, 128);
        arf_mul_2exp_si(&c.lo, &c.lo, 1);
        arf_mul_2exp_si(&c.hi, &c.hi, 1);
        if (!overlap(&c, second + node))
          fail_msg("second derivative of %s at %g", functions[i], at);
      }
      set_ends(&x, at - 1 / 32.0, at + 1 / 16.0);
      mc_tape_enclose_derivatives(wide, wide + count, wide + 2 * count, tape, &x, 128);
      if (!inside(values + node, wide + node) || !inside(first + node, wide + count + node) ||
          !inside(second + node, wide + 2 * count + node))
        fail_msg("interval derivatives of %s around %g", functions[i], at);
    }
    mc_range_clear(&x);
    mc_range_clear(&c);
    mc_range_vector_free(values, count);
    mc_range_vector_free(first, count);
    mc_range_vector_free(second, count);
    mc_range_vector_free(wide, 3 * count);
    mc_tape_free(tape);
    mc_lang_document_free(document);
  }
}

/* The difference quotient between two points lies in the derivative's range between them (mean value theorem), kinks
 * included. */
static void slopes_contain_secants(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    mc_document *document;
    mc_tape *tape = tape_of(&document, functions[i]);
    size_t node = tape->body[0].node, count = tape->node_count;
    mc_range *values = mc_range_vector_new(count), *first = mc_range_vector_new(count), x, left, secant, width;
    mc_range_init(&x);
    mc_range_init(&left);
    mc_range_init(&secant);
    mc_range_init(&width);
    for (int k = 0; k < 15; k++) {
      set_ends(&x, k / 16.0, k / 16.0);
      mc_tape_enclose(values, tape, &x, 128);
      mc_range_set(&left, values + node);
      set_ends(&x, (k + 1) / 16.0, (k + 1) / 16.0);
      mc_tape_enclose(values, tape, &x, 128);
      mc_range_sub(&secant, values + node, &left, 128);
      mc_range_set_si(&width, 16);
      mc_range_mul(&secant, &secant, &width, 128);
      set_ends(&x, k / 16.0, (k + 1) / 16.0);
      mc_tape_enclose_derivatives(values, first, NULL, tape, &x, 128);
      if (!overlap(&secant, first + node))
        fail_msg("secant of %s from %d/16", functions[i], k);
    }
    mc_range_clear(&x);
    mc_range_clear(&left);
    mc_range_clear(&secant);
    mc_range_clear(&width);
    mc_range_vector_free(values, count);
    mc_range_vector_free(first, count);
    mc_tape_free(tape);
    mc_lang_document_free(document);
  }
}

static void signs_of_rational_functions_are_exact(void **state) {
  (void)state;
  static const struct {
    const char *expression;
    double lo, hi;
    bool nonnegative;
  } cases[] = {
      {"t^2 - 1/2", 0.5, 1, false},           {"t^2 - 1/2", 0.75, 1, true},
      {"1/2 - t^2", 0.75, 1, false},          {"1/2 - t^2", 0.5, 1, false},
      {"(t^2 - 1/2)^2", 0, 1, true},          {"-(t^2 - 1/2)^2", 0, 1, false},
      {"(t^2 - 1/2)^3", 0, 1, false},         {"(t^2 - 1/2)^2/(t + 1) - 0*t", 0, 1, true},
      {"(t^2 - 1/2)^2/(t - 2)", 0, 1, false}, {"exp(t)", 0, 1, false}, /* no rational function: not seen */
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    mc_document *document;
    mc_tape *tape = tape_of(&document, cases[i].expression);
    mc_range x;
    mc_range_init(&x);
    set_ends(&x, cases[i].lo, cases[i].hi);
    if (mc_roots_nonnegative(tape, tape->body[0].node, &x) != cases[i].nonnegative)
      fail_msg("%s on [%g, %g]", cases[i].expression, cases[i].lo, cases[i].hi);
    mc_range_clear(&x);
    mc_tape_free(tape);
    mc_lang_document_free(document);
  }
}

/* An image ends at the values of ends and critical points, no further; a double root gives an exact 0. */
static void images_are_exact(void **state) {
  (void)state;
  mc_document *document;
  mc_tape *tape = tape_of(&document, "(t^2 - 1/2)^2");
  mc_range x, *values = mc_range_vector_new(tape->node_count);
  mc_range_init(&x);
  set_ends(&x, 0, 1);
  mc_tape_enclose(values, tape, &x, 128);
  const mc_range *image = values + tape->body[0].node;
  assert_true(arf_is_zero(&image->lo));
  assert_true(arf_equal_d(&image->hi, 0.25));
  mc_range_clear(&x);
  mc_range_vector_free(values, tape->node_count);
  mc_tape_free(tape);
  mc_lang_document_free(document);
}

static void orders_of_vanishing_are_exact(void **state) {
  (void)state;
  static const struct {
    const char *expression;
    int order;
  } cases[] = {
      {"t", 1},   {"t^3 - t^5", 3},          {"sin(t) - t", 3}, {"exp(t) - 1 - t", 2}, {"cos(t) - 1", 2},
      {"t^7", 7}, {"log(1 + t)/(2 + t)", 1}, {"1 + t", 0},      {"t - t + 0*t", -1},   {"exp(t + 1) - e", -1},
  };
  fmpq_t zero;
  fmpq_init(zero);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    mc_document *document;
    mc_tape *tape = tape_of(&document, cases[i].expression);
    if (mc_series_vanishing_order(tape, tape->body[0].node, zero) != cases[i].order)
      fail_msg("%s", cases[i].expression);
    mc_tape_free(tape);
    mc_lang_document_free(document);
  }
  fmpq_clear(zero);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(derivatives_agree),
      cmocka_unit_test(slopes_contain_secants),
      cmocka_unit_test(signs_of_rational_functions_are_exact),
      cmocka_unit_test(images_are_exact),
      cmocka_unit_test(orders_of_vanishing_are_exact),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
