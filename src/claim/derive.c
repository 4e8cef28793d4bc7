/* The best value of ?: the claim is true on one side of it and false on the other, so it lies between a value for
 * which the claim is proved and one for which it is refuted. */
#include "settle.h"

#include <string.h>

enum {
  WANTED_BITS = 40,     /* relative width at which an enclosure is good enough */
  ACCEPTED_BITS = 30,   /* relative width at which it is an answer where the claim expects none in particular */
  LARGEST_SCALE = 48,   /* best values up to 2^48 are found */
  SMALLEST_SCALE = 100, /* and ends of intervals down to 2^-100 */
};

typedef struct {
  const mc_settling *settling;
  const mc_claim *claim;
  mc_claim_result *result;
  mc_error *error;
  mc_witness witness;
  bool true_below; /* the claim holds for small values of ? and fails for large ones; else the other way round */

  /* An end of an interval is origin + p or origin - p for p > 0; a constant is p itself. */
  bool is_end;
  fmpq_t origin;
  int direction;

  bool has_true, has_false;
  fmpq_t known_true, known_false; /* values of p */
} derivation;

/* ---- Is the claim monotone in ? ---- */

/* The derivative with respect to ? of an expression in which it occurs linearly; NULL: it occurs otherwise.  Fresh
 * nodes come from *pool. */
typedef struct {
  mc_expr nodes[256];
  mc_expr *arguments[512];
  size_t node_count, argument_count;
} node_pool;

static bool mentions_unknown(const mc_expr *expr) {
  if (expr->kind == MC_EXPR_UNKNOWN)
    return true;
  for (size_t i = 0; i < expr->count; i++)
    if (mentions_unknown(expr->arguments[i]))
      return true;
  return false;
}

static mc_expr *pool_new(node_pool *pool, const mc_expr *like, mc_expr_kind kind, mc_expr *a, mc_expr *b) {
  if (pool->node_count == 256)
    return NULL;
  mc_expr *x = &pool->nodes[pool->node_count++];
  *x = (mc_expr){.kind = kind, .line = like->line, .column = like->column, .height = like->height + 1, .cost = 1};
  fmpq_init(x->value);
  x->arguments = &pool->arguments[pool->argument_count];
  mc_expr *operands[] = {a, b};
  for (int i = 0; i < 2 && operands[i]; i++)
    x->arguments[x->count++] = operands[i];
  pool->argument_count += x->count;
  return x;
}

static mc_expr *pool_number(node_pool *pool, const mc_expr *like, slong value) {
  mc_expr *x = pool_new(pool, like, MC_EXPR_NUMBER, NULL, NULL);
  if (x)
    fmpq_set_si(x->value, value, 1);
  return x;
}

static mc_expr *slope(node_pool *pool, const mc_expr *expr) {
  if (!mentions_unknown(expr))
    return pool_number(pool, expr, 0);
  if (expr->kind == MC_EXPR_UNKNOWN)
    return pool_number(pool, expr, 1);
  mc_expr *left = expr->count > 0 ? expr->arguments[0] : NULL, *right = expr->count > 1 ? expr->arguments[1] : NULL;
  mc_expr *a, *b;
  switch (expr->kind) {
  case MC_EXPR_NEG:
    return (a = slope(pool, left)) ? pool_new(pool, expr, MC_EXPR_NEG, a, NULL) : NULL;
  case MC_EXPR_ADD:
  case MC_EXPR_SUB:
    a = slope(pool, left);
    b = slope(pool, right);
    return a && b ? pool_new(pool, expr, expr->kind, a, b) : NULL;
  case MC_EXPR_MUL:
    if (mentions_unknown(left) && mentions_unknown(right))
      return NULL;
    if (mentions_unknown(right))
      return (b = slope(pool, right)) ? pool_new(pool, expr, MC_EXPR_MUL, left, b) : NULL;
    return (a = slope(pool, left)) ? pool_new(pool, expr, MC_EXPR_MUL, a, right) : NULL;
  case MC_EXPR_DIV:
    if (mentions_unknown(right))
      return NULL;
    return (a = slope(pool, left)) ? pool_new(pool, expr, MC_EXPR_DIV, a, right) : NULL;
  default:
    return NULL;
  }
}

static mc_status not_derivable(derivation *d, const char *why) {
  const mc_expr *at = d->claim->unknown;
  return mc_lang_fail(d->error, d->settling->document, at->line, at->column, "%s", why);
}

/* Prove that the comparison's margin rises (or falls) with ? on the whole domain. */
static bool margin_is_monotone(derivation *d, const mc_comparison *c, bool rising) {
  node_pool *pool = mc_alloc(1, sizeof *pool);
  if (!pool)
    return false;
  mc_expr *left = slope(pool, c->left), *right = slope(pool, c->right);
  bool proved = false;
  if (left && right) {
    bool greater = c->relation == MC_RELATION_GE || c->relation == MC_RELATION_GT;
    mc_comparison sign = {greater == rising ? MC_RELATION_GE : MC_RELATION_LE, left, right, c->line, c->column};
    mc_claim statement = *d->claim;
    statement.exists = false;
    statement.unknown = NULL;
    statement.body = (mc_condition){1, &sign};
    mc_verdict verdict = MC_VERDICT_UNDECIDED;
    mc_error ignored = {0};
    proved = mc_settle_at(&verdict, &d->witness, &d->result->boxes, d->settling, &statement, NULL, &ignored) == MC_OK &&
             verdict == MC_VERDICT_PROVED;
  }
  for (size_t i = 0; i < pool->node_count; i++)
    fmpq_clear(pool->nodes[i].value);
  mc_free(pool);
  return proved;
}

/* For a constant: find the side on which the claim is true. */
static mc_status find_side(derivation *d) {
  bool rising = true, falling = true;
  for (size_t i = 0; i < d->claim->body.count; i++) {
    const mc_comparison *c = &d->claim->body.comparisons[i];
    if (!mentions_unknown(c->left) && !mentions_unknown(c->right))
      continue;
    if (c->relation == MC_RELATION_EQ)
      return not_derivable(d, "? in an equation: there is no best constant, state an inequality");
    rising = rising && margin_is_monotone(d, c, true);
    falling = falling && !rising && margin_is_monotone(d, c, false);
  }
  if (!rising && !falling)
    return not_derivable(d, "no best constant: ? must enter linearly, with a factor of one sign on the whole domain");
  d->true_below = !rising;
  return MC_OK;
}

/* For an end of an interval: the claim is true for the smaller (forall) or the larger (exists) interval. */
static mc_status find_end(derivation *d) {
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

static void value_at(fmpq_t value, const derivation *d, const fmpq_t p) {
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
static mc_verdict try_at(derivation *d, const fmpq_t p) {
  fmpq_t value;
  fmpq_init(value);
  value_at(value, d, p);
  mc_verdict verdict = MC_VERDICT_UNDECIDED;
  mc_status s = mc_settle_at(&verdict, &d->witness, &d->result->boxes, d->settling, d->claim, value, d->error);
  if (s != MC_OK) {
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
static bool expected_place(fmpq_t p, const derivation *d, const mc_expr *expected) {
  if (!expected || mc_lang_expr_exact(p, expected, NULL, NULL, NULL) != MC_OK)
    return false;
  if (d->direction > 0)
    fmpq_sub(p, p, d->origin);
  else
    fmpq_sub(p, d->origin, p);
  return !d->is_end || fmpq_sgn(p) > 0;
}

static bool may_go_on(const derivation *d) {
  return d->result->status == MC_OK && !mc_deadline_passed(d->settling->deadline) && !mc_interrupt_requested();
}

static void set_power_of_two(fmpq_t p, slong exponent) {
  fmpq_one(p);
  if (exponent >= 0)
    fmpq_mul_2exp(p, p, (flint_bitcnt_t)exponent);
  else
    fmpq_div_2exp(p, p, (flint_bitcnt_t)-exponent);
}

/* Powers of two, away from 1, until the claim has been seen true and false. */
static void bracket_end(derivation *d) {
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

static void bracket_constant(derivation *d) {
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

static bool narrow_to(const derivation *d, slong bits) {
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

/* p = (1 - weight) known_true + weight known_false, rounded to a short dyadic number in between. */
static void between(fmpq_t p, const derivation *d, slong eighths) {
  fmpq_t t;
  fmpq_init(t);
  fmpq_sub(t, d->known_false, d->known_true);
  fmpq_mul_si(t, t, eighths);
  fmpq_div_2exp(t, t, 3);
  fmpq_add(p, d->known_true, t);
  /* Round to 12 bits more than the bracket has, so that numbers stay short. */
  arf_t rounded, width;
  arf_init(rounded);
  arf_init(width);
  arf_set_fmpq(rounded, p, 200, ARF_RND_NEAR);
  arf_set_fmpq(width, t, 30, ARF_RND_NEAR);
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
  fmpq_clear(t);
}

static void bisect(derivation *d) {
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
static bool get_bound(fmpq_t value, const derivation *d, bool lower) {
  /* Values below the best are the true ones or the false ones; mirrored where the lower end of an interval is
   * sought. */
  bool from_true = (d->true_below == (d->direction > 0)) == lower;
  bool known = from_true ? d->has_true : d->has_false;
  if (known)
    value_at(value, d, from_true ? d->known_true : d->known_false);
  return known;
}

static void set_bound(arf_t bound, const derivation *d, bool lower) {
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
static int compare_bound(const derivation *d, bool lower, const mc_expr *expected) {
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

static void conclude(derivation *d) {
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

void mc_settle_derive(mc_claim_result *result, const mc_settling *s, const mc_claim *claim, mc_error *e) {
  derivation d = {.settling = s, .claim = claim, .result = result, .error = e, .direction = 1};
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
    if (may_go_on(&d) && !(d.has_true && d.has_false)) {
      if (d.is_end)
        bracket_end(&d);
      else
        bracket_constant(&d);
    }
    if (d.has_true && d.has_false)
      bisect(&d);
    if (result->status == MC_OK)
      conclude(&d);
  }
  mc_witness_clear(&d.witness);
  fmpq_clear(p);
  fmpq_clear(d.origin);
  fmpq_clear(d.known_true);
  fmpq_clear(d.known_false);
}
