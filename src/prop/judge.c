#include "../ball/ball.h"
#include "prop.h"

#include <math.h>

/* A ball around the margin of one comparison (prop.h). */
static void enclose_margin(arb_t margin, const mc_comparison *comparison, arb_srcptr environment, slong precision) {
  arb_t left, right;
  arb_init(left);
  arb_init(right);
  mc_lang_expr_enclose(left, comparison->left, environment, precision);
  mc_lang_expr_enclose(right, comparison->right, environment, precision);
  mc_lang_comparison_margin(margin, comparison, environment, precision);
  if (arb_is_zero(left) && arb_is_zero(right))
    arb_zero(margin);
  else {
    arb_abs(left, left);
    arb_abs(right, right);
    arb_add(left, left, right, precision);
    arb_div(margin, margin, left, precision);
  }
  arb_clear(left);
  arb_clear(right);
}

/* fmin and fmax return the number where the other is NaN; a margin that is not known must stay unknown. */
static double least(double a, double b) {
  return isnan(a) || isnan(b) ? -INFINITY : a < b ? a : b;
}

static void grade(mc_prop_outcome *outcome, const mc_condition *holds, arb_srcptr environment, slong precision) {
  arb_t margin;
  arb_init(margin);
  outcome->margin_lower = outcome->margin_upper = INFINITY;
  for (size_t i = 0; i < holds->count; i++) {
    enclose_margin(margin, &holds->comparisons[i], environment, precision);
    outcome->margin_lower = least(outcome->margin_lower, mc_ball_lower_double(margin));
    outcome->margin_upper = fmin(outcome->margin_upper, mc_ball_upper_double(margin));
  }
  arb_clear(margin);
}

/* Of "where implies holds".  Where the conclusion is certain it does not matter whether the hypotheses are met. */
static mc_trial_verdict verdict_of(mc_truth where, mc_truth holds) {
  if (where == MC_FALSE)
    return MC_TRIAL_MISSED;
  if (where == MC_UNKNOWN)
    return holds == MC_TRUE ? MC_TRIAL_UNCLEAR : MC_TRIAL_UNDECIDED;
  return holds == MC_TRUE ? MC_TRIAL_HOLDS : holds == MC_FALSE ? MC_TRIAL_VIOLATED : MC_TRIAL_UNDECIDED;
}

/* One trial at one precision. */
static mc_status judge_at(mc_prop_outcome *outcome, arb_ptr quantities, const mc_prop_plan *plan,
                          const mc_prop_instance *x, slong precision, mc_error *e) {
  mc_status status = plan->property->measure(quantities, x, precision, e);
  *outcome = (mc_prop_outcome){
      .verdict = MC_TRIAL_UNDECIDED, .precision = precision, .margin_lower = -INFINITY, .margin_upper = INFINITY};
  if (status != MC_OK)
    return status == MC_UNDECIDED ? MC_OK : status;
  arb_ptr environment = _arb_vec_init((slong)plan->measure_count);
  for (size_t i = 0; i < plan->measure_count; i++)
    arb_set(environment + i, quantities + plan->measures[i]);
  mc_truth where = mc_lang_condition_decide(plan->where, environment, precision);
  outcome->verdict = verdict_of(where, mc_lang_condition_decide(plan->holds, environment, precision));
  if (where == MC_TRUE)
    grade(outcome, plan->holds, environment, precision);
  for (size_t i = 0; i < plan->series_count && where == MC_TRUE; i++)
    mc_prop_steps_take(&outcome->steps[i], &plan->series[i], environment, precision);
  _arb_vec_clear(environment, (slong)plan->measure_count);
  return MC_OK;
}

static bool is_settled(mc_trial_verdict v) {
  return v == MC_TRIAL_HOLDS || v == MC_TRIAL_VIOLATED || v == MC_TRIAL_MISSED;
}

/* x rounded to `bits` significant bits, ties away from zero: exact steps but the last. */
static double round_bits(double x, unsigned bits) {
  int exponent;
  if (x == 0 || !isfinite(x) || bits >= 53)
    return x;
  double scaled = ldexp(frexp(x, &exponent), (int)bits);
  return ldexp(round(scaled), exponent - (int)bits);
}

/* Entries below 2^-exponents times the largest become 0. */
static void drop_small(mc_prop_matrix *a, unsigned exponents) {
  double largest = 0;
  for (size_t i = 0; i < a->rows * a->columns; i++)
    largest = fmax(largest, fabs(a->entries[i]));
  for (size_t i = 0; i < a->rows * a->columns; i++)
    if (fabs(a->entries[i]) < ldexp(largest, -(int)exponents))
      a->entries[i] = 0;
}

static mc_status generate(mc_prop_instance *x, const mc_prop_plan *plan, const mc_prop_case *c, mc_error *e) {
  mc_random r;
  mc_random_init(&r, c->seed, mc_random_stream_of(plan->property->name), c->trial);
  *x = (mc_prop_instance){0};
  mc_status status = plan->property->generate(x, c, &r, e);
  for (size_t k = 0; k < x->count; k++) {
    if (c->exponents)
      drop_small(&x->matrices[k], c->exponents);
    for (size_t i = 0; i < x->matrices[k].rows * x->matrices[k].columns; i++)
      x->matrices[k].entries[i] = round_bits(x->matrices[k].entries[i], c->bits);
  }
  return status;
}

mc_status mc_prop_judge(mc_prop_outcome *outcome, arb_ptr quantities, mc_prop_instance *instance,
                        const mc_prop_plan *plan, const mc_prop_case *c, mc_error *e) {
  mc_prop_instance own = {0}, *x = instance ? instance : &own;
  arb_ptr values = quantities ? quantities : _arb_vec_init((slong)plan->property->count);
  mc_status status = generate(x, plan, c, e);
  *outcome = (mc_prop_outcome){.verdict = MC_TRIAL_SKIPPED, .margin_lower = -INFINITY, .margin_upper = INFINITY};
  for (slong p = MC_PROP_PRECISION; status == MC_OK && p <= MC_PROP_PRECISION_LIMIT; p *= 2) {
    status = judge_at(outcome, values, plan, x, p, e);
    if (is_settled(outcome->verdict))
      break;
  }
  mc_prop_instance_clear(&own);
  if (!quantities)
    _arb_vec_clear(values, (slong)plan->property->count);
  return status;
}
