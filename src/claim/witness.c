#include "witness.h"

enum { LARGEST_PRECISION = 4096 };

mc_status mc_witness_init(mc_witness *w, size_t count, mc_error *e) {
  *w = (mc_witness){.count = count};
  w->values = mc_alloc(count + 1, sizeof *w->values);
  if (!w->values)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i <= count; i++)
    fmpq_init(w->values + i);
  return MC_OK;
}

void mc_witness_clear(mc_witness *w) {
  for (size_t i = 0; w->values && i <= w->count; i++)
    fmpq_clear(w->values + i);
  mc_free(w->values);
  json_decref(w->place);
  w->values = NULL;
  w->place = NULL;
}

void mc_witness_swap(mc_witness *a, mc_witness *b) {
  mc_witness t = *a;
  *a = *b;
  *b = t;
}

/* ---- Judging ---- */

typedef struct {
  const fmpq *point;
  arb_ptr balls; /* the same point */
  size_t count;
  bool wants_exact; /* exact arithmetic first; else balls first */
  bool exact;       /* so far nothing needed balls */
} judge;

static int order_in_balls(judge *j, const mc_expr *left, const mc_expr *right, slong most) {
  int result = 2;
  arb_t x, y;
  arb_init(x);
  arb_init(y);
  for (slong precision = 128; precision <= most && result == 2; precision *= 2) {
    for (size_t i = 0; i < j->count; i++)
      arb_set_fmpq(j->balls + i, j->point + i, precision);
    mc_lang_expr_enclose(x, left, j->balls, precision);
    mc_lang_expr_enclose(y, right, j->balls, precision);
    if (arb_lt(x, y))
      result = -1;
    else if (arb_gt(x, y))
      result = 1;
  }
  arb_clear(x);
  arb_clear(y);
  return result;
}

/* The sign of left - right at the point: -1, 0, 1, or 2 when it cannot be told. */
static int order(judge *j, const mc_expr *left, const mc_expr *right) {
  int result = j->wants_exact ? 2 : order_in_balls(j, left, right, 512);
  if (result != 2) {
    j->exact = false;
    return result;
  }
  fmpq_t a, b;
  fmpq_init(a);
  fmpq_init(b);
  mc_status s = mc_lang_expr_exact(a, left, j->point, NULL, NULL);
  if (s == MC_OK)
    s = mc_lang_expr_exact(b, right, j->point, NULL, NULL);
  if (s == MC_OK) {
    int c = fmpq_cmp(a, b);
    result = (c > 0) - (c < 0);
  } else if (s == MC_UNDECIDED) {
    j->exact = false;
    result = order_in_balls(j, left, right, LARGEST_PRECISION);
  }
  fmpq_clear(a);
  fmpq_clear(b);
  return result;
}

static mc_truth judge_comparison(judge *j, const mc_comparison *c) {
  int sign = order(j, c->left, c->right);
  if (sign == 2)
    return MC_UNKNOWN;
  switch (c->relation) {
  case MC_RELATION_GE:
    return sign >= 0 ? MC_TRUE : MC_FALSE;
  case MC_RELATION_GT:
    return sign > 0 ? MC_TRUE : MC_FALSE;
  case MC_RELATION_LE:
    return sign <= 0 ? MC_TRUE : MC_FALSE;
  case MC_RELATION_LT:
    return sign < 0 ? MC_TRUE : MC_FALSE;
  default:
    return sign == 0 ? MC_TRUE : MC_FALSE;
  }
}

/* MC_FALSE as soon as one comparison is false, for then the conjunction is, whatever the others. */
static mc_truth judge_condition(judge *j, const mc_condition *condition) {
  mc_truth result = MC_TRUE;
  for (size_t i = 0; i < condition->count && result != MC_FALSE; i++) {
    mc_truth one = judge_comparison(j, &condition->comparisons[i]);
    if (one != MC_TRUE)
      result = one;
  }
  return result;
}

static bool in_domain(judge *j, const mc_claim *claim) {
  for (size_t i = 0; i < claim->variable_count; i++) {
    const mc_quantified *q = &claim->variables[i];
    const mc_expr variable = {.kind = MC_EXPR_VARIABLE, .index = i};
    int above = order(j, &variable, q->lower), below = order(j, &variable, q->upper);
    if (above == 2 || below == 2 || above < (q->lower_open ? 1 : 0) || below > (q->upper_open ? -1 : 0))
      return false;
    if (q->integer && !fmpz_is_one(fmpq_denref(j->point + i)))
      return false;
  }
  return true;
}

bool mc_witness_check(mc_witness *w, const mc_claim *claim, bool exactly) {
  judge j = {.point = w->values, .count = w->count + 1, .wants_exact = exactly};
  j.balls = _arb_vec_init((slong)j.count);
  /* Whether the point lies in the domain must be told too, but a domain with irrational ends costs no exactness. */
  bool inside = in_domain(&j, claim);
  j.exact = true;
  w->found = inside && judge_condition(&j, &claim->where) == MC_TRUE &&
             judge_condition(&j, &claim->body) == (claim->exists ? MC_TRUE : MC_FALSE);
  w->exact = j.exact;
  _arb_vec_clear(j.balls, (slong)j.count);
  return w->found;
}

/* ---- Finding ---- */

/* lower + (upper - lower) t for the claim's variable i, rounded to a rational where the ends are not. */
static void place(fmpq_t x, const mc_quantified *q, const fmpq *unknown_environment, const fmpq_t t) {
  fmpq_t lo, hi;
  fmpq_init(lo);
  fmpq_init(hi);
  if (mc_lang_expr_exact(lo, q->lower, unknown_environment, NULL, NULL) == MC_OK &&
      mc_lang_expr_exact(hi, q->upper, unknown_environment, NULL, NULL) == MC_OK) {
    fmpq_sub(hi, hi, lo);
    fmpq_mul(hi, hi, t);
    fmpq_add(x, lo, hi);
  } else {
    arb_t a, b, s;
    arb_init(a);
    arb_init(b);
    arb_init(s);
    mc_lang_expr_enclose(a, q->lower, NULL, 256);
    mc_lang_expr_enclose(b, q->upper, NULL, 256);
    arb_set_fmpq(s, t, 256);
    arb_sub(b, b, a, 256);
    arb_addmul(a, b, s, 256);
    if (arb_is_finite(a))
      arf_get_fmpq(x, arb_midref(a));
    arb_clear(a);
    arb_clear(b);
    arb_clear(s);
  }
  fmpq_clear(lo);
  fmpq_clear(hi);
}

/* z = t + (end - t) 2^-shift. */
static void approach(fmpq_t z, const fmpq_t t, const arf_struct *end, slong shift) {
  arf_get_fmpq(z, end);
  fmpq_sub(z, z, t);
  fmpq_div_2exp(z, z, (flint_bitcnt_t)shift);
  fmpq_add(z, z, t);
}

bool mc_witness_find(mc_witness *w, const mc_claim *claim, const mc_tape *tape, const mc_instance *instance,
                     const mc_range *box, const fmpq *t) {
  fmpq_t lo, hi;
  fmpq_init(lo);
  fmpq_init(hi);
  /* place() may meet ? as an end; it stands at the last place of the environment. */
  for (size_t i = 0; i < claim->variable_count; i++)
    if (claim->variables[i].integer)
      fmpq_set(w->values + i, instance->integers + i);
  if (instance->unknown)
    fmpq_set(w->values + claim->variable_count, instance->unknown);
  w->found = false;
  static const slong shifts[] = {0, 1, 3, 6, 12, 24, -1};
  for (size_t k = 0; k < sizeof shifts / sizeof shifts[0] && !w->found; k++) {
    for (size_t i = 0; i < tape->variable_count; i++) {
      size_t v = tape->variables[i];
      const mc_quantified *q = &claim->variables[v];
      if (shifts[k] < 0) {
        place(w->values + v, q, w->values, t + i);
        continue;
      }
      approach(lo, t + i, &box[i].lo, shifts[k]);
      approach(hi, t + i, &box[i].hi, shifts[k]);
      place(lo, q, w->values, lo);
      place(hi, q, w->values, hi);
      if (fmpq_cmp(lo, hi) <= 0)
        fmpq_simplest_between(w->values + v, lo, hi);
      else
        fmpq_simplest_between(w->values + v, hi, lo);
    }
    mc_witness_check(w, claim, false);
  }
  fmpq_clear(lo);
  fmpq_clear(hi);
  return w->found;
}
