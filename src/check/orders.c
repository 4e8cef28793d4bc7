/* Polynomials in variables x >= 0 whose least one, in whatever order they come, gives way: x_j = x_k + y_j, y_j >= 0
 * (L. Yang, Difference substitution and automated inequality proving, 2005).  Once no coefficient is negative,
 * neither is the polynomial. */
#include <string.h>

#include "algebra.h"
#include "forms.h"

enum { ROUNDS = 3, MOST_ORDERS = 400 };

typedef struct {
  const mc_letters *x;
  bool used[4];
  size_t orders; /* looked at so far */
} state;

/* What is known of the variables on the way: which are > 0, and which are still without a place in the order. */
typedef struct {
  bool positive[4], open[4];
  size_t open_count, round;
} standing;

/* z = p with c + d x_j in place of x_j, c a polynomial. */
static bool put(fmpq_mpoly_t z, const fmpq_mpoly_t p, size_t j, const fmpq_mpoly_t c, const fmpq_t d,
                const mc_letters *x) {
  fmpq_mpoly_t by;
  fmpq_mpoly_init(by, x->ring);
  fmpq_mpoly_gen(by, (slong)j, x->ring);
  fmpq_mpoly_scalar_mul_fmpq(by, by, d, x->ring);
  fmpq_mpoly_add(by, by, c, x->ring);
  bool fits = mc_letters_replace(z, p, j, by, x);
  fmpq_mpoly_clear(by, x->ring);
  return fits;
}

/* No coefficient is negative; strict: and some monomial is of positive variables alone. */
static bool is_evident(const fmpq_mpoly_t p, bool strict, const standing *now, const mc_letters *x) {
  ulong exponents[MC_MOST_LETTERS];
  bool met = !strict, evident = true;
  fmpq_t c;
  fmpq_init(c);
  for (slong i = 0; i < fmpq_mpoly_length(p, x->ring) && evident; i++) {
    fmpq_mpoly_get_term_coeff_fmpq(c, p, i, x->ring);
    fmpq_mpoly_get_term_exp_ui(exponents, p, i, x->ring);
    evident = fmpq_sgn(c) >= 0;
    bool positive = fmpq_sgn(c) > 0;
    for (size_t j = 0; j < x->program->n; j++)
      positive = positive && (exponents[j] == 0 || now->positive[j]);
    met = met || positive;
  }
  fmpq_clear(c);
  return evident && met;
}

static bool in_every_order(state *s, const fmpq_mpoly_t p, bool strict, standing now) {
  const mc_letters *x = s->x;
  if (is_evident(p, strict, &now, x))
    return true;
  if (now.open_count <= 1) {
    now.open_count = 0;
    now.round++;
    for (size_t j = 0; j < x->program->n; j++) {
      now.open[j] = s->used[j];
      now.open_count += s->used[j];
    }
  }
  bool shown = now.round < ROUNDS && now.open_count > 1;
  fmpq_mpoly_t q, least;
  fmpq_t one;
  fmpq_init(one);
  fmpq_one(one);
  fmpq_mpoly_init(q, x->ring);
  fmpq_mpoly_init(least, x->ring);
  for (size_t k = 0; k < x->program->n && shown; k++) {
    if (!now.open[k])
      continue;
    standing next = now;
    next.open[k] = false;
    next.open_count--;
    fmpq_mpoly_gen(least, (slong)k, x->ring);
    fmpq_mpoly_set(q, p, x->ring);
    shown = s->orders++ < MOST_ORDERS;
    for (size_t j = 0; j < x->program->n && shown; j++)
      if (next.open[j]) {
        next.positive[j] = false;
        shown = put(q, q, j, least, one, x);
      }
    shown = shown && in_every_order(s, q, strict, next);
  }
  fmpq_clear(one);
  fmpq_mpoly_clear(q, x->ring);
  fmpq_mpoly_clear(least, x->ring);
  return shown;
}

static bool read_number(fmpq_t z, const json_t *json) {
  const char *text = json_string_value(json);
  bool ok = text && strlen(text) < 4000 && fmpq_set_str(z, text, 10) == 0 && !fmpz_is_zero(fmpq_denref(z));
  if (ok)
    fmpq_canonicalise(z);
  return ok;
}

/* t_j = c + d x_j with d > 0, and c below the box, so that x_j >= 0 on it. */
static bool take_scale(fmpq_mpoly_t p, standing *now, size_t j, const json_t *scale, const mc_letters *x) {
  fmpq_t c, d, lo;
  fmpq_mpoly_t constant;
  fmpq_init(c);
  fmpq_init(d);
  fmpq_init(lo);
  fmpq_mpoly_init(constant, x->ring);
  bool ok = read_number(c, json_array_get(scale, 0)) && read_number(d, json_array_get(scale, 1)) && fmpq_sgn(d) > 0;
  if (ok) {
    mc_iv_end(lo, x->box + j, false);
    ok = fmpq_cmp(c, lo) <= 0;
    now->positive[j] = fmpq_cmp(c, lo) < 0 || mc_box_end_is_excluded(x->program, x->box, j, false);
    fmpq_mpoly_set_fmpq(constant, c, x->ring);
    ok = ok && put(p, p, j, constant, d, x);
  }
  fmpq_clear(c);
  fmpq_clear(d);
  fmpq_clear(lo);
  fmpq_mpoly_clear(constant, x->ring);
  return ok;
}

bool mc_orders_are_nonnegative(const fmpq_mpoly_t p, const mc_letters *x, bool strict, const json_t *scales) {
  state s = {.x = x};
  standing now = {.round = 0};
  bool ok = json_array_size(scales) == x->program->n;
  fmpq_mpoly_t q;
  fmpq_mpoly_init(q, x->ring);
  fmpq_mpoly_set(q, p, x->ring);
  for (size_t k = 0; k < x->count && ok; k++) {
    bool used = fmpq_mpoly_degree_si(p, (slong)k, x->ring) > 0;
    ok = !used || k < x->program->n;
    if (!ok || !used)
      continue;
    s.used[k] = now.open[k] = true;
    now.open_count++;
    ok = take_scale(q, &now, k, json_array_get(scales, k), x);
  }
  ok = ok && in_every_order(&s, q, strict, now);
  fmpq_mpoly_clear(q, x->ring);
  return ok;
}
