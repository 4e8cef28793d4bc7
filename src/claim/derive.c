/* The best value of ?: the claim is true on one side of it and false on the other, so it lies between a value for
 * which the claim is proved and one for which it is refuted. */
#include "derive.h"

#include <string.h>

enum {
  WANTED_BITS = 40,     /* relative width at which an enclosure is good enough */
  ACCEPTED_BITS = 30,   /* relative width at which it is an answer where the claim expects none in particular */
  LARGEST_SCALE = 48,   /* best values up to 2^48 are found */
  SMALLEST_SCALE = 100, /* and ends of intervals down to 2^-100 */
  MOST_GUESSES = 20
};

static mc_status not_derivable(mc_derivation *d, const char *why) {
  const mc_expr *at = d->claim->unknown;
  return mc_lang_fail(d->error, d->settling->document, at->line, at->column, "%s", why);
}

/* For a constant: find the side on which the claim is true. */
static mc_status find_side(mc_derivation *d) {
  bool rising = true, falling = true;
  for (size_t i = 0; i < d->claim->body.count; i++) {
    const mc_comparison *c = &d->claim->body.comparisons[i];
    if (!mc_derive_mentions(c->left) && !mc_derive_mentions(c->right))
      continue;
    if (c->relation == MC_RELATION_EQ)
      return not_derivable(d, "? in an equation: there is no best constant, state an inequality");
    rising = rising && mc_derive_is_monotone(d, c, true, NULL);
    falling = falling && !rising && mc_derive_is_monotone(d, c, false, NULL);
  }
  if (!rising && !falling)
    return not_derivable(d, "no best constant: ? must enter linearly, with a factor of one sign on the whole domain");
  d->true_below = !rising;
  return MC_OK;
}

/* For an end of an interval: the claim is true for the smaller (forall) or the larger (exists) interval. */
static mc_status find_end(mc_derivation *d) {
  for (size_t i = 0; i < d->claim->variable_count; i++) {
    const mc_quantified *q = &d->claim->variables[i];
    if (q->lower != d->claim->unknown && q->upper != d->claim->unknown)
      continue;
    bool upper = q->upper == d->claim->unknown;
    d->is_end = true;
    d->direction = upper ? 1 : -1;
    d->true_below = !d->claim->exists;
    if (mc_lang_expr_exact(d->origin, upper ? q->lower : q->upper, NULL, NULL, NULL) != MC_OK)
      return not_derivable(d, "the other end of this interval must be an exact rational number");
  }
  return MC_OK;
}

/* ---- The bracket ---- */

static void value_at(fmpq_t value, const mc_derivation *d, const fmpq_t p) {
  if (d->direction > 0)
    fmpq_add(value, d->origin, p);
  else
    fmpq_sub(value, d->origin, p);
}

/* Keep the greatest (or least) of the values seen. */
static void keep(bool *has, fmpq_t known, const fmpq_t p, bool greatest) {
  if (!*has || (fmpq_cmp(p, known) > 0) == greatest)
    fmpq_set(known, p);
  *has = true;
}

/* Settle the claim at p and keep what that says. */
static mc_verdict try_at(mc_derivation *d, const fmpq_t p) {
  fmpq_t value;
  fmpq_init(value);
  value_at(value, d, p);
  mc_verdict verdict = MC_VERDICT_UNDECIDED;
  mc_settling settling = *d->settling;
  settling.recording = false;
  mc_status s = mc_settle_at(&verdict, &d->witness, NULL, &d->result->boxes, &settling, d->claim, value, d->error);
  if (s == MC_BAD_INPUT && d->is_end && !d->claim->exists) {
    /* On an interval that reaches where it is not defined the claim is not true, nor on any greater one. */
    d->is_senseless = true;
    verdict = MC_VERDICT_REFUTED;
  } else if (s != MC_OK) {
    d->result->status = s;
    verdict = MC_VERDICT_UNDECIDED;
  }
  if (verdict == MC_VERDICT_PROVED)
    keep(&d->has_true, d->known_true, p, d->true_below);
  else if (verdict == MC_VERDICT_REFUTED)
    keep(&d->has_false, d->known_false, p, !d->true_below);
  fmpq_clear(value);
  return verdict;
}

/* p of an expected value; false if it is not one that ? can take. */
static bool expected_place(fmpq_t p, const mc_derivation *d, const mc_expr *expected) {
  if (!expected || mc_lang_expr_exact(p, expected, NULL, NULL, NULL) != MC_OK)
    return false;
  if (d->direction > 0)
    fmpq_sub(p, p, d->origin);
  else
    fmpq_sub(p, d->origin, p);
  return !d->is_end || fmpq_sgn(p) > 0;
}

static bool may_go_on(const mc_derivation *d) {
  return d->result->status == MC_OK && !mc_deadline_passed(d->settling->deadline) && !mc_interrupt_requested();
}

static void set_power_of_two(fmpq_t p, slong exponent) {
  fmpq_one(p);
  if (exponent >= 0)
    fmpq_mul_2exp(p, p, (flint_bitcnt_t)exponent);
  else
    fmpq_div_2exp(p, p, (flint_bitcnt_t)-exponent);
}

static bool narrow_to(const mc_derivation *d, slong bits) {
  fmpq_t width, size;
  fmpq_init(width);
  fmpq_init(size);
  fmpq_sub(width, d->known_true, d->known_false);
  fmpq_abs(width, width);
  fmpq_abs(size, d->known_true);
  fmpq_div_2exp(size, size, (flint_bitcnt_t)bits);
  bool narrow = fmpq_cmp(width, size) <= 0;
  set_power_of_two(size, -SMALLEST_SCALE);
  narrow = narrow || fmpq_cmp(width, size) <= 0;
  fmpq_clear(width);
  fmpq_clear(size);
  return narrow;
}

/* Round p to a dyadic number with 12 bits more than it takes to tell p from p + step. */
static void shorten(fmpq_t p, const fmpq_t step) {
  arf_t rounded, width;
  arf_init(rounded);
  arf_init(width);
  arf_set_fmpq(rounded, p, 200, ARF_RND_NEAR);
  arf_set_fmpq(width, step, 30, ARF_RND_NEAR);
  slong bits = 12;
  if (!arf_is_zero(rounded) && !arf_is_zero(width)) {
    fmpz_t gap;
    fmpz_init(gap);
    fmpz_sub(gap, ARF_EXPREF(rounded), ARF_EXPREF(width));
    bits += fmpz_sgn(gap) > 0 ? fmpz_get_si(gap) : 0;
    fmpz_clear(gap);
  }
  arf_set_round(rounded, rounded, bits < 200 ? bits : 200, ARF_RND_NEAR);
  arf_get_fmpq(p, rounded);
  arf_clear(rounded);
  arf_clear(width);
}

/* p = known_true + eighths/8 of the way to known_false, about. */
static void between(fmpq_t p, const mc_derivation *d, slong eighths) {
  fmpq_t t;
  fmpq_init(t);
  fmpq_sub(t, d->known_false, d->known_true);
  fmpq_mul_si(t, t, eighths);
  fmpq_div_2exp(t, t, 3);
  fmpq_add(p, d->known_true, t);
  shorten(p, t);
  fmpq_clear(t);
}

/* |v| 2^-(WANTED_BITS + 3), at least 2^-(SMALLEST_SCALE + 3). */
static void set_margin(fmpq_t margin, const fmpq_t v) {
  fmpq_t least;
  fmpq_init(least);
  set_power_of_two(least, -SMALLEST_SCALE - 3);
  fmpq_abs(margin, v);
  fmpq_div_2exp(margin, margin, WANTED_BITS + 3);
  if (fmpq_cmp(margin, least) < 0)
    fmpq_set(margin, least);
  fmpq_clear(least);
}

/* Powers of two, away from 1, until the claim has been seen true and false. */
static void bracket_end(mc_derivation *d) {
  fmpq_t p;
  fmpq_init(p);
  fmpq_one(p);
  mc_verdict first = try_at(d, p);
  bool outward = (first == MC_VERDICT_PROVED) == d->true_below;
  for (slong k = 1; may_go_on(d) && !(d->has_true && d->has_false) && k <= (outward ? LARGEST_SCALE : SMALLEST_SCALE);
       k++) {
    set_power_of_two(p, outward ? k : -k);
    try_at(d, p);
  }
  fmpq_clear(p);
}

/* From a point where the claim fails first: false just beyond its value, and true just before unless there is a worse
 * point, which is then the next. */
static void bracket_by_guess(mc_derivation *d) {
  fmpq_t v, p, margin;
  fmpq_init(v);
  fmpq_init(p);
  fmpq_init(margin);
  bool narrow = false;
  for (int round = 0; round < MOST_GUESSES && may_go_on(d) && !narrow && mc_derive_guess(v, d, round > 0); round++) {
    set_margin(margin, v);
    if (d->true_below)
      fmpq_neg(margin, margin);
    fmpq_sub(p, v, margin);
    shorten(p, margin);
    fmpq_set(d->witness.values + d->claim->variable_count, p);
    if (mc_witness_check(&d->witness, d->claim, false))
      keep(&d->has_false, d->known_false, p, !d->true_below);
    fmpq_add(p, v, margin);
    shorten(p, margin);
    if (try_at(d, p) != MC_VERDICT_REFUTED)
      break;
    narrow = d->has_true && d->has_false && narrow_to(d, WANTED_BITS);
  }
  fmpq_clear(v);
  fmpq_clear(p);
  fmpq_clear(margin);
}

static void bracket_constant(mc_derivation *d) {
  fmpq_t p;
  fmpq_init(p);
  mc_verdict first = try_at(d, p);
  bool upward = (first == MC_VERDICT_PROVED) == d->true_below;
  for (slong k = 0; may_go_on(d) && !(d->has_true && d->has_false) && k <= LARGEST_SCALE; k++) {
    set_power_of_two(p, k);
    if (!upward)
      fmpq_neg(p, p);
    try_at(d, p);
  }
  fmpq_clear(p);
}

static void bisect(mc_derivation *d) {
  fmpq_t p;
  fmpq_init(p);
  while (may_go_on(d) && !narrow_to(d, WANTED_BITS)) {
    between(p, d, 4);
    if (try_at(d, p) != MC_VERDICT_UNDECIDED)
      continue;
    /* Too near the best value to tell: try either side of it once. */
    between(p, d, 1);
    mc_verdict near_true = try_at(d, p);
    between(p, d, 7);
    if (near_true == MC_VERDICT_UNDECIDED && try_at(d, p) == MC_VERDICT_UNDECIDED)
      break;
  }
  fmpq_clear(p);
}

/* ---- The answer ---- */

/* The bound of ? on that side, exactly; false: none was found. */
static bool get_bound(fmpq_t value, const mc_derivation *d, bool lower) {
  /* Values below the best are the true ones or the false ones; mirrored where the lower end of an interval is
   * sought. */
  bool from_true = (d->true_below == (d->direction > 0)) == lower;
  bool known = from_true ? d->has_true : d->has_false;
  if (known)
    value_at(value, d, from_true ? d->known_true : d->known_false);
  return known;
}

static void set_bound(arf_t bound, const mc_derivation *d, bool lower) {
  fmpq_t value;
  fmpq_init(value);
  if (get_bound(value, d, lower))
    arf_fmpz_div_fmpz(bound, fmpq_numref(value), fmpq_denref(value), 256, lower ? ARF_RND_FLOOR : ARF_RND_CEIL);
  else if (lower)
    arf_neg_inf(bound);
  else
    arf_pos_inf(bound);
  fmpq_clear(value);
}

/* The sign of bound - expected; a bound that was not found is infinite. */
static int compare_bound(const mc_derivation *d, bool lower, const mc_expr *expected) {
  fmpq_t bound, value;
  fmpq_init(bound);
  fmpq_init(value);
  int order = lower ? -1 : 1;
  if (get_bound(bound, d, lower) && mc_lang_expr_exact(value, expected, NULL, NULL, NULL) == MC_OK)
    order = fmpq_cmp(bound, value);
  fmpq_clear(bound);
  fmpq_clear(value);
  return order;
}

static void conclude(mc_derivation *d) {
  mc_claim_result *r = d->result;
  const mc_expr *lower = d->claim->expected_lower, *upper = d->claim->expected_upper;
  r->has_derived = true;
  set_bound(r->derived_lower, d, true);
  set_bound(r->derived_upper, d, false);
  if (lower) {
    if (compare_bound(d, true, lower) >= 0 && compare_bound(d, false, upper) <= 0)
      r->verdict = MC_VERDICT_PROVED;
    else if (compare_bound(d, false, lower) < 0 || compare_bound(d, true, upper) > 0)
      r->verdict = MC_VERDICT_REFUTED;
  } else if (d->has_true && d->has_false && narrow_to(d, ACCEPTED_BITS)) {
    r->verdict = MC_VERDICT_PROVED;
  }
  if (r->verdict != MC_VERDICT_UNDECIDED)
    return;
  if (!d->has_true && !d->has_false)
    mc_fail(d->error, MC_UNDECIDED, "no value of ? was settled");
  else if (!d->has_true || !d->has_false)
    mc_fail(d->error, MC_UNDECIDED, "only one bound was found: no value of ? was %s",
            d->has_true ? "refuted" : "proved");
  else
    mc_fail(d->error, MC_UNDECIDED,
            lower ? "the expected interval holds a part of the enclosure only" : "the enclosure did not get narrow");
}

/* Settle once more at one side of the bracket, for the evidence; NULL: none. */
static json_t *evidence_at(mc_derivation *d, const fmpq_t p, mc_verdict wanted) {
  mc_verdict verdict = MC_VERDICT_UNDECIDED;
  json_t *evidence = NULL;
  mc_error ignored = {0};
  fmpq_t value;
  fmpq_init(value);
  value_at(value, d, p);
  mc_status s =
      mc_settle_at(&verdict, &d->witness, &evidence, &d->result->boxes, d->settling, d->claim, value, &ignored);
  if (s != MC_OK || verdict != wanted || !evidence) {
    json_decref(evidence);
    evidence = NULL;
  } else {
    char *text = fmpq_get_str(NULL, 10, value);
    evidence = json_pack("{s:s s:o}", "value", text, "evidence", evidence);
    flint_free(text);
  }
  fmpq_clear(value);
  return evidence;
}

/* {"holds", "fails", "slopes"}: both sides of the bracket, and that ? is monotone in each comparison where it
 * stands. */
static void keep_evidence(mc_derivation *d) {
  json_t *holds = evidence_at(d, d->known_true, MC_VERDICT_PROVED);
  json_t *fails = holds ? evidence_at(d, d->known_false, MC_VERDICT_REFUTED) : NULL, *slopes = json_object();
  for (size_t i = 0; i < d->claim->body.count && !d->is_end && fails; i++) {
    const mc_comparison *c = &d->claim->body.comparisons[i];
    json_t *one = NULL;
    if (!mc_derive_mentions(c->left) && !mc_derive_mentions(c->right))
      continue;
    char name[24];
    snprintf(name, sizeof name, "%zu", i);
    if (mc_derive_is_monotone(d, c, !d->true_below, &one) && one)
      json_object_set(slopes, name, one);
    json_decref(one);
  }
  if (fails)
    d->result->evidence = json_pack("{s:{s:O s:O s:O}}", "derived", "holds", holds, "fails", fails, "slopes", slopes);
  json_decref(holds);
  json_decref(fails);
  json_decref(slopes);
}

void mc_settle_derive(mc_claim_result *result, const mc_settling *s, const mc_claim *claim, mc_error *e) {
  mc_derivation d = {.settling = s, .claim = claim, .result = result, .error = e, .direction = 1};
  fmpq_t p;
  fmpq_init(p);
  fmpq_init(d.origin);
  fmpq_init(d.known_true);
  fmpq_init(d.known_false);
  result->status = mc_witness_init(&d.witness, claim->variable_count, e);
  if (result->status == MC_OK)
    result->status = find_end(&d);
  if (result->status == MC_OK && !d.is_end)
    result->status = find_side(&d);
  if (result->status == MC_OK) {
    if (expected_place(p, &d, claim->expected_lower))
      try_at(&d, p);
    if (expected_place(p, &d, claim->expected_upper))
      try_at(&d, p);
    if (!d.is_end)
      bracket_by_guess(&d);
    if (may_go_on(&d) && !(d.has_true && d.has_false)) {
      if (d.is_end)
        bracket_end(&d);
      else
        bracket_constant(&d);
    }
    if (d.has_true && d.has_false)
      bisect(&d);
    if (result->status == MC_OK && d.is_senseless && !d.has_true)
      result->status = MC_BAD_INPUT;
    if (result->status == MC_OK)
      conclude(&d);
    if (s->recording && d.has_true && d.has_false)
      keep_evidence(&d);
  }
  mc_witness_clear(&d.witness);
  fmpq_clear(p);
  fmpq_clear(d.origin);
  fmpq_clear(d.known_true);
  fmpq_clear(d.known_false);
}
