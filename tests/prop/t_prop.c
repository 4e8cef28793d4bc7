/* The property engine on a property of the test's own: verdicts, counting, precision, replay, shrinking, threads. */
#include "prop/prop.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* An instance is one matrix A of the case's family.  x is a_11, sum that of all entries, each with an error of
 * 2^-precision; blurred is a_11 with an error of 1 at any precision, fine is a_11 with an error of 2^-100 at best;
 * size is m + n. Nothing can be measured for 3 rows, and there are no instances with 5. */
enum { X, SUM, BLURRED, FINE, SIZE, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"x", "sum", "blurred", "fine", "size"};

static mc_status generate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  if (c->rows == 5)
    return mc_fail(e, MC_BAD_INPUT, "no instances with 5 rows");
  double *a = mc_prop_instance_add(x, "A", c->rows, c->columns);
  return a ? mc_matgen_matrix(a, c->rows, c->columns, &c->family, r, e) : mc_fail(e, MC_NO_MEMORY, "out of memory");
}

static mc_status measure(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  const mc_prop_matrix *a = &x->matrices[0];
  if (a->rows == 3)
    return mc_fail(e, MC_UNDECIDED, "not with 3 rows");
  arb_set_d(q + X, a->entries[0]);
  arb_set(q + BLURRED, q + X);
  mag_one(arb_radref(q + BLURRED));
  arb_set(q + FINE, q + X);
  arb_add_error_2exp_si(q + FINE, precision > 100 ? -1000 : 0);
  arb_zero(q + SUM);
  for (size_t i = 0; i < a->rows * a->columns; i++) {
    arb_t t;
    arb_init(t);
    arb_set_d(t, a->entries[i]);
    arb_add(q + SUM, q + SUM, t, 200);
    arb_clear(t);
  }
  arb_add_error_2exp_si(q + X, -precision);
  arb_add_error_2exp_si(q + SUM, -precision);
  arb_set_si(q + SIZE, (slong)(a->rows + a->columns));
  return MC_OK;
}

/* The same on three matrices A, of which the last two only make the instance larger. */
static mc_status generate_batch(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  mc_status status = MC_OK;
  for (size_t k = 0; k < mc_prop_draw_count(c, 3) && status == MC_OK; k++)
    status = generate(x, c, r, e);
  return status;
}

static const mc_property batched = {"batched", QUANTITIES, quantities, generate_batch, measure};
static const mc_property property = {"test", QUANTITIES, quantities, generate, measure};
static const size_t all[QUANTITIES] = {X, SUM, BLURRED, FINE, SIZE};

typedef struct {
  mc_document *document;
  mc_matgen_family family;
  mc_prop_plan plan;
} setup;

/* text: where, holds, shapes of a campaign over all quantities. */
static setup plan_of(const char *text, const char *family) {
  setup s = {0};
  mc_error e = {0};
  mc_text t;
  mc_text_init(&t);
  mc_text_printf(&t, "campaign c measure x, sum, blurred, fine, size by test %s", text);
  if (mc_lang_document_parse(&s.document, "t.claim", t.data, t.length, &e) != MC_OK ||
      mc_matgen_family_parse(&s.family, family, &e) != MC_OK)
    fail_msg("%s", e.text);
  mc_text_clear(&t);
  const mc_campaign *c = mc_lang_campaign(s.document, 0);
  s.plan = (mc_prop_plan){.property = &property,
                          .measure_count = QUANTITIES,
                          .measures = all,
                          .where = &c->where,
                          .holds = &c->holds,
                          .series_count = c->series_count,
                          .series = c->series,
                          .shape_count = c->shape_count,
                          .shapes = c->shapes,
                          .family_count = 1,
                          .seed = 7,
                          .trials = 60};
  return s;
}

/* A tally with its worst case; a violation is shrunk. */
typedef struct {
  mc_prop_tally tally;
  mc_prop_case worst;
  mc_prop_outcome grade;
} result;

static result run(setup *s) {
  result r = {0};
  mc_error e = {0};
  s->plan.families = &s->family;
  if (mc_prop_run(&r.tally, &s->plan, &e) != MC_OK)
    fail_msg("%s", e.text);
  r.grade = r.tally.grade;
  if (r.tally.met > 0)
    mc_prop_plan_case(&r.worst, &s->plan, r.tally.worst);
  if (r.tally.violated > 0 && mc_prop_shrink(&r.worst, &r.grade, &s->plan, &e) != MC_OK)
    fail_msg("%s", e.text);
  return r;
}

static result result_of(const char *text, const char *family) {
  setup s = plan_of(text, family);
  result r = run(&s);
  mc_lang_document_free(s.document);
  return r;
}

static void trials_are_counted_by_verdict(void **state) {
  (void)state;
  mc_prop_tally t = result_of("where x > 0 holds x^2 > 0 shapes 2 by 2", "ginibre").tally;
  assert_int_equal(t.trials, 60);
  assert_true(t.met == t.holds && t.met + t.missed == 60 && t.missed > 10 && t.met > 10);
  t = result_of("where x > 0 holds x < 0 shapes 2 by 2", "ginibre").tally;
  assert_true(t.violated == t.met && t.met > 10);
  t = result_of("holds blurred > x shapes 2 by 2", "flat").tally;
  assert_true(t.met == 60 && t.undecided == 60 && t.grade.verdict == MC_TRIAL_UNDECIDED);
  assert_int_equal(t.grade.precision, MC_PROP_PRECISION_LIMIT);
}

/* size is 4 for 2 by 2 and 10 for 6 by 4: an integer, with brackets around it. */
static void steps_are_told_by_dimension(void **state) {
  (void)state;
  mc_prop_tally t = result_of("where x > 0 holds x > 0 series muon: size in (size - 1, size + 1/2] "
                              "series adam: blurred series gd: size - x/1000 shapes 6 by 4, 2 by 2",
                              "ginibre")
                        .tally;
  assert_int_equal(t.point_count, 6);
  static const char *const names[] = {"adam", "gd", "muon"};
  for (size_t i = 0; i < 6; i++) {
    const mc_prop_point *p = &t.points[i];
    assert_int_equal(p->n, i < 3 ? 2 : 4);
    assert_string_equal(p->optimizer, names[i % 3]);
    assert_true(p->trials > 5 && p->unsettled == (i % 3 == 2 ? 0 : p->trials));
    assert_int_equal(p->bracket, i % 3 == 2);
  }
  assert_int_equal(t.points[2].trials + t.points[5].trials, t.met);
  assert_true(t.points[2].steps_min == 4 && t.points[2].steps_max == 4 && t.points[5].steps_max == 10);
  assert_true(t.points[2].bracket_lo == 4 && t.points[2].bracket_hi == 4);
  t = result_of("holds x > -1000 series muon: size in [size - 1, size + 1) shapes 6 by 4, 4 by 4", "flat").tally;
  assert_true(t.point_count == 1 && t.points[0].trials == 60);
  assert_true(t.points[0].steps_min == 8 && t.points[0].steps_max == 10);
  assert_true(t.points[0].bracket_lo == 7 && t.points[0].bracket_hi == 10);
  t = result_of("holds x > 1000 series muon: size shapes 4 by 4", "flat").tally; /* a violated trial has met them */
  assert_true(t.violated == 60 && t.points[0].trials == 60);
  t = result_of("holds x > 0 series muon: size in [0, 1] shapes 4 by 4", "flat").tally;
  assert_int_equal(t.violated, 60); /* the bracket belongs to the conclusion */
  t = result_of("holds x > -1000 series muon: size in [size, 1/(x - x)] shapes 4 by 4", "flat").tally;
  assert_true(t.undecided == 60 && t.point_count == 0);
}

/* Points of four series over 16 dimensions fit, over 17 do not; many cases of one dimension are no matter. */
static void there_is_room_for_so_many_points(void **state) {
  (void)state;
  setup s = plan_of("holds x > -1000 series muon: size series adam: size series gd: size series sign: size", "flat");
  mc_shape shapes[17];
  mc_prop_case corpus[100];
  mc_prop_tally t = {0};
  mc_error e = {0};
  for (size_t i = 0; i < 17; i++)
    shapes[i] = (mc_shape){10 + i, 10 + i};
  for (size_t i = 0; i < 100; i++)
    corpus[i] = (mc_prop_case){.rows = 10, .columns = 20 + i, .family = s.family, .bits = 53};
  s.plan.families = &s.family;
  s.plan.shapes = shapes;
  s.plan.shape_count = 16;
  s.plan.corpus = corpus;
  s.plan.corpus_count = 100;
  assert_int_equal(mc_prop_run(&t, &s.plan, &e), MC_OK);
  assert_true(t.point_count == 64 && t.points[0].trials > 100);
  s.plan.shape_count = 17;
  t = (mc_prop_tally){0};
  assert_int_equal(mc_prop_run(&t, &s.plan, &e), MC_BAD_INPUT);
  mc_lang_document_free(s.document);
}

/* A trial whose hypotheses are open is harmless only where the conclusion is certain; else it is open itself. */
static void open_hypotheses_are_not_passed_over(void **state) {
  (void)state;
  mc_prop_tally t = result_of("where blurred > x holds x > -1000 shapes 2 by 2", "flat").tally;
  assert_true(t.met == 0 && t.unclear == 60 && t.undecided == 0);
  t = result_of("where blurred > x holds x < -1000 shapes 2 by 2", "flat").tally;
  assert_true(t.undecided == 60 && t.unclear == 0);
  t = result_of("where blurred > x holds blurred > x shapes 2 by 2", "flat").tally;
  assert_true(t.undecided == 60 && t.unclear == 0);
  t = result_of("holds x > -1000 shapes 3 by 2, 2 by 2", "ginibre").tally;
  assert_true(t.holds == 30 && t.undecided == 30 && t.grade.verdict == MC_TRIAL_UNDECIDED);
}

static void precision_is_doubled_on_demand(void **state) {
  (void)state;
  result r = result_of("holds abs(fine) < 1 shapes 1 by 1", "flat(0.5)");
  assert_true(r.tally.holds == 60 && r.grade.precision == 128);
  r = result_of("holds x < 1 shapes 1 by 1", "flat(0.5)");
  assert_true(r.tally.holds == 60 && r.grade.precision == 64);
}

/* (r - l)/(|l| + |r|), least over the comparisons; 0 where both sides are 0. */
static void margins_are_relative(void **state) {
  (void)state;
  result r = result_of("holds size <= 6 and -3 <= size shapes 1 by 1", "flat");
  assert_true(r.grade.margin_lower <= 0.5 && 0.5 <= r.grade.margin_upper);
  assert_true(r.grade.margin_upper - r.grade.margin_lower < 1e-15);
  r = result_of("holds size - 2 <= 0*size shapes 1 by 1", "flat");
  assert_true(r.tally.holds == 60 && r.grade.margin_lower == 0 && r.grade.margin_upper == 0);
  r = result_of("holds size = 6 shapes 1 by 1", "flat");
  assert_true(r.tally.violated == 60 && r.grade.margin_upper < -0.49);
}

static bool same_case(const mc_prop_case *a, const mc_prop_case *b) {
  return a->seed == b->seed && a->trial == b->trial && a->rows == b->rows && a->columns == b->columns &&
         !strcmp(a->family.name, b->family.name) && a->family.arguments == b->family.arguments &&
         !memcmp(a->family.argument, b->family.argument, sizeof a->family.argument) && a->rank == b->rank &&
         a->bits == b->bits && a->aligned == b->aligned;
}

/* Of equal verdicts the least margin, of equal margins the first trial. */
static void the_worst_is_the_worst(void **state) {
  (void)state;
  setup s = plan_of("holds x > -9 shapes 4 by 3", "ginibre");
  mc_prop_tally t = run(&s).tally;
  for (uint64_t i = 0; i < 60; i++) {
    mc_prop_case c;
    mc_prop_outcome outcome;
    mc_prop_plan_case(&c, &s.plan, i);
    assert_int_equal(mc_prop_judge(&outcome, NULL, NULL, &s.plan, &c, NULL), MC_OK);
    assert_true(i == t.worst ? outcome.margin_lower == t.grade.margin_lower
                             : outcome.margin_lower > t.grade.margin_lower);
  }
  mc_lang_document_free(s.document);
  assert_int_equal(result_of("holds size > 1 shapes 2 by 2", "ginibre").tally.worst, 0);
}

static void threads_do_not_change_results(void **state) {
  (void)state;
  for (size_t violated = 0; violated < 2; violated++) {
    setup s = plan_of(
        violated ? "where sum > 0 holds x < 1 shapes 2 by 2, 4 by 3" : "holds x > -9 shapes 4 by 3, 3 by 4", "ginibre");
    result r[3];
    for (unsigned threads = 1; threads <= 3; threads++) {
      s.plan.threads = threads;
      r[threads - 1] = run(&s);
    }
    for (size_t i = 1; i < 3; i++) {
      assert_true(same_case(&r[0].worst, &r[i].worst));
      assert_true(!memcmp(&r[0].tally, &r[i].tally, sizeof r[0].tally));
      assert_true(r[0].grade.margin_lower == r[i].grade.margin_lower);
    }
    assert_true((r[0].tally.violated > 0) == (violated == 1));
    mc_lang_document_free(s.document);
  }
}

static void worst_case_replays_from_its_text(void **state) {
  (void)state;
  setup s = plan_of("where sum > 0 holds x < 1 shapes 2 by 2, 6 by 9", "log_uniform(0.001, 3)");
  result r = run(&s);
  assert_true(r.tally.violated > 0);
  mc_text t;
  mc_text_init(&t);
  mc_prop_case c;
  mc_prop_case_format(&t, &r.worst);
  assert_int_equal(mc_prop_case_parse(&c, t.data, NULL), MC_OK);
  assert_true(same_case(&c, &r.worst));
  mc_prop_outcome outcome;
  mc_prop_instance x;
  assert_int_equal(mc_prop_judge(&outcome, NULL, &x, &s.plan, &c, NULL), MC_OK);
  assert_true(outcome.verdict == MC_TRIAL_VIOLATED && outcome.margin_lower == r.grade.margin_lower);
  assert_true(x.count == 1 && x.matrices[0].entries[0] >= 1);
  mc_prop_instance_clear(&x);
  mc_text_clear(&t);
  mc_lang_document_free(s.document);
}

/* size >= 5 is violated by anything smaller: from 12 x 12 down to the least shape that still violates, one bit left. */
static void violations_shrink(void **state) {
  (void)state;
  result r = result_of("holds size < 7 shapes 12 by 12", "log_uniform(0.001, 3)");
  assert_int_equal(r.worst.rows + r.worst.columns, 7);
  assert_true(r.worst.bits == 1);
  assert_string_equal(r.worst.family.name, "flat");
  assert_true(r.tally.violated == 60 && r.grade.verdict == MC_TRIAL_VIOLATED);
  r = result_of("holds x < 2 shapes 12 by 12", "ginibre(4)");
  assert_true(r.worst.rows == 1 && r.worst.columns == 1 && r.worst.bits == 1);
}

/* x is the first entry of the first matrix: one sample, one nonzero binade and one bit are enough for it. */
static void violations_shrink_in_batch_and_exponents(void **state) {
  (void)state;
  setup s = plan_of("holds 0*x > 0 shapes 4 by 4", "graded(0.01)");
  result r = run(&s);
  assert_true(r.worst.rows == 1 && r.worst.columns == 1 && r.worst.batch == 0);
  mc_lang_document_free(s.document);
  s = plan_of("holds size < 8 shapes 4 by 4", "graded(0.01)");
  s.plan.property = &batched;
  r = run(&s);
  assert_int_equal(r.worst.batch, 1);
  assert_int_equal(r.worst.exponents, 1);
  mc_prop_instance x;
  mc_prop_outcome outcome;
  assert_int_equal(mc_prop_judge(&outcome, NULL, &x, &s.plan, &r.worst, NULL), MC_OK);
  assert_int_equal(x.count, 1);
  mc_prop_instance_clear(&x);
  mc_lang_document_free(s.document);
}

static void errors_of_a_property_are_errors(void **state) {
  (void)state;
  setup s = plan_of("holds x < 1 shapes 5 by 1", "flat");
  mc_prop_tally t = {0};
  mc_error e = {0};
  s.plan.families = &s.family;
  assert_int_equal(mc_prop_run(&t, &s.plan, &e), MC_BAD_INPUT);
  assert_non_null(strstr(e.text, "5 rows"));
  mc_lang_document_free(s.document);
}

/* A limit leaves the tally of the first trials; going on from it gives what one run gives. */
static void a_run_goes_on_where_it_stopped(void **state) {
  (void)state;
  setup s = plan_of("where sum > 0 holds x < 1 shapes 4 by 4, 3 by 4", "ginibre");
  mc_prop_tally whole = run(&s).tally, parts = {0};
  s.plan.seconds = 1e-9;
  assert_int_equal(mc_prop_run(&parts, &s.plan, NULL), MC_OK);
  assert_true(parts.trials < 60 && parts.trials == parts.met + parts.missed);
  for (uint64_t trials = 7; trials <= 60; trials += 53) {
    s.plan.seconds = 0;
    s.plan.trials = trials;
    assert_int_equal(mc_prop_run(&parts, &s.plan, NULL), MC_OK);
    assert_int_equal(parts.trials, trials);
  }
  assert_memory_equal(&parts, &whole, sizeof whole);
  mc_lang_document_free(s.document);
}

/* Whatever their number, shares have each trial once, and the worst of them is that of the whole. */
static void shares_are_the_whole(void **state) {
  (void)state;
  setup s = plan_of("where sum > 0 holds x < 1 shapes 4 by 4, 3 by 4", "ginibre");
  mc_prop_tally whole = run(&s).tally;
  for (unsigned shares = 1; shares <= 64; shares += 21) {
    mc_prop_tally sum = {0};
    for (unsigned share = 1; share <= shares; share++) {
      mc_prop_tally t = {0};
      s.plan.share = share;
      s.plan.shares = shares;
      assert_int_equal(mc_prop_run(&t, &s.plan, NULL), MC_OK);
      assert_int_equal(t.trials, mc_prop_plan_share(&s.plan));
      mc_prop_tally_add(&sum, &t);
    }
    assert_memory_equal(&sum, &whole, sizeof whole);
  }
  mc_lang_document_free(s.document);
}

/* Cases of the corpus are the first trials. */
static void the_corpus_is_tried_first(void **state) {
  (void)state;
  setup s = plan_of("holds x < 1 shapes 2 by 2", "flat(0.5)");
  mc_prop_case corpus[2];
  assert_int_equal(mc_prop_case_parse(&corpus[0], "seed=1 trial=9 shape=1x1 spectrum=flat(0.25)", NULL), MC_OK);
  assert_int_equal(mc_prop_case_parse(&corpus[1], "seed=1 trial=9 shape=1x1 spectrum=flat(4) factors=identity", NULL),
                   MC_OK);
  assert_int_equal(run(&s).tally.violated, 0);
  s.plan.corpus = corpus;
  s.plan.corpus_count = 2;
  mc_prop_tally t = run(&s).tally;
  assert_true(t.trials == 62 && t.violated >= 1);
  mc_prop_case first, random;
  mc_prop_plan_case(&first, &s.plan, 1);
  mc_prop_plan_case(&random, &s.plan, 2); /* the random ones are what they are without a corpus */
  assert_true(same_case(&first, &corpus[1]) && random.trial == 0 && random.rows == 2);
  mc_lang_document_free(s.document);
}

static void case_texts_are_checked(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",
      "trial=1 shape=2x2 spectrum=flat",
      "seed=1 trial=1 shape=2x2",
      "seed=1 trial=1 shape=2 spectrum=flat",
      "seed=1 trial=1 shape=0x2 spectrum=flat",
      "seed=1 trial=1 shape=2x99999 spectrum=flat",
      "seed=1 trial=-1 shape=2x2 spectrum=flat",
      "seed=1 trial=1 shape=2x2 spectrum=flatt",
      "seed=1 trial=1 shape=2x2 spectrum=flat bits=54",
      "seed=1 trial=1 shape=2x2 spectrum=flat bits=0",
      "seed=1 trial=1 shape=2x2 spectrum=flat batch=0",
      "seed=1 trial=1 shape=2x2 spectrum=flat exponents=9999",
      "seed=1 trial=1 shape=2x2 spectrum=flat factors=haar",
      "seed=1 trial=1 shape=2x2 spectrum=flat seed=2",
      "seed=1 trial=1 shape=2x2 spectrum=flat colour=red",
      "seed=1 trial=1 shape=2x2 spectrum=flat nonsense",
      "seed=99999999999999999999 trial=1 shape=2x2 spectrum=flat",
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    mc_prop_case c;
    mc_error e = {0};
    if (mc_prop_case_parse(&c, bad[i], &e) != MC_BAD_INPUT || !e.text[0])
      fail_msg("accepted: %s", bad[i]);
  }
  mc_prop_case c;
  assert_int_equal(mc_prop_case_parse(&c,
                                      "seed=0x10 trial=3 shape=2x7 spectrum=flat rank=1 batch=2 bits=4 exponents=9 "
                                      "factors=identity",
                                      NULL),
                   MC_OK);
  assert_true(c.seed == 16 && c.trial == 3 && c.columns == 7 && c.rank == 1 && c.batch == 2 && c.bits == 4 &&
              c.exponents == 9 && c.aligned);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(trials_are_counted_by_verdict),    cmocka_unit_test(open_hypotheses_are_not_passed_over),
      cmocka_unit_test(precision_is_doubled_on_demand),   cmocka_unit_test(margins_are_relative),
      cmocka_unit_test(the_worst_is_the_worst),           cmocka_unit_test(threads_do_not_change_results),
      cmocka_unit_test(worst_case_replays_from_its_text), cmocka_unit_test(violations_shrink),
      cmocka_unit_test(errors_of_a_property_are_errors),  cmocka_unit_test(violations_shrink_in_batch_and_exponents),
      cmocka_unit_test(a_run_goes_on_where_it_stopped),   cmocka_unit_test(shares_are_the_whole),
      cmocka_unit_test(the_corpus_is_tried_first),        cmocka_unit_test(case_texts_are_checked),
      cmocka_unit_test(steps_are_told_by_dimension),      cmocka_unit_test(there_is_room_for_so_many_points),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
