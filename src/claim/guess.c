/* Where does a claim fail first as ? moves?  At each point the claim, linear in ?, holds up to one value of ?; the best
 * value is the least (or greatest) of these.  It is looked for on samples, and then near the best of them.  Nothing
 * here is trusted: the values of ? that come of it are proved and refuted like any other. */
#include <math.h>

#include "derive.h"

enum {
  GUESS_PRECISION = 128,
  GUESS_SAMPLES = 240,
  SHRINKINGS = 70, /* of the step of the local search, by half */
  MOST_MOVES = 400
};

typedef struct {
  mc_derivation *d;
  size_t n;            /* real variables */
  size_t variables[4]; /* of the claim */
  arb_struct lower[4], width[4];
  bool lower_open[4], upper_open[4];
  arb_ptr environment; /* of the claim, with ? behind */
} guess;

/* Set the environment to the point t, rounded to a number; keeps it in the witness. */
static void set_place(guess *g, const double *t) {
  arb_t x;
  arb_init(x);
  for (size_t j = 0; j < g->n; j++) {
    size_t v = g->variables[j];
    arb_set_d(x, t[j]);
    arb_mul(x, x, &g->width[j], GUESS_PRECISION);
    arb_add(x, x, &g->lower[j], GUESS_PRECISION);
    arf_set_round(arb_midref(x), arb_midref(x), 64, ARF_RND_NEAR);
    arf_get_fmpq(g->d->witness.values + v, arb_midref(x));
    arb_set_arf(g->environment + v, arb_midref(x));
  }
  arb_clear(x);
}

/* The value of ? beyond which one comparison fails at the place: margin(?) = a + b ?. */
static bool value_of(arb_t value, guess *g, const mc_comparison *c) {
  arb_ptr unknown = g->environment + g->d->claim->variable_count;
  arb_t b;
  arb_init(b);
  arb_zero(unknown);
  mc_lang_comparison_margin(value, c, g->environment, GUESS_PRECISION);
  arb_one(unknown);
  mc_lang_comparison_margin(b, c, g->environment, GUESS_PRECISION);
  arb_sub(b, b, value, GUESS_PRECISION);
  arb_div(value, value, b, GUESS_PRECISION);
  arb_neg(value, value);
  arb_clear(b);
  return arb_is_finite(value);
}

/* The value at a point; false: it says nothing there. */
static bool value_at(arb_t value, guess *g, const double *t) {
  const mc_claim *claim = g->d->claim;
  bool known = false;
  arb_t one;
  for (size_t j = 0; j < g->n; j++)
    if (!(t[j] >= 0 && t[j] <= 1) || (t[j] == 0 && g->lower_open[j]) || (t[j] == 1 && g->upper_open[j]))
      return false;
  set_place(g, t);
  if (mc_lang_condition_decide(&claim->where, g->environment, GUESS_PRECISION) != MC_TRUE)
    return false;
  arb_init(one);
  for (size_t i = 0; i < claim->body.count; i++) {
    const mc_comparison *c = &claim->body.comparisons[i];
    if ((!mc_derive_mentions(c->left) && !mc_derive_mentions(c->right)) || !value_of(one, g, c))
      continue;
    if (!known || (g->d->true_below ? arb_lt(one, value) : arb_gt(one, value)))
      arb_set(value, one);
    known = true;
  }
  arb_clear(one);
  return known;
}

/* Keep value and point if they are better than *best. */
static bool improve(arb_t best, double *best_t, bool *has, guess *g, const double *t) {
  arb_t value;
  arb_init(value);
  bool better = value_at(value, g, t) && (!*has || (g->d->true_below ? arb_lt(value, best) : arb_gt(value, best)));
  if (better) {
    arb_swap(best, value);
    for (size_t j = 0; j < g->n; j++)
      best_t[j] = t[j];
    *has = true;
  }
  arb_clear(value);
  return better;
}

/* On a line both ends in geometric progression, else a lattice. */
static void sample(double *t, size_t k, size_t n) {
  static const double generators[] = {0.6180339887498949, 0.7548776662466927, 0.8191725133961645, 0.8566748838545029};
  size_t corners = (size_t)1 << n;
  for (size_t j = 0; j < n; j++) {
    double x = 0.5 + (double)(k + 1) * pow(generators[n - 1], (double)(j + 1));
    t[j] = k < corners ? (double)((k >> j) & 1) : x - floor(x);
  }
  if (n == 1 && k >= corners && k < GUESS_SAMPLES / 2) {
    size_t pair = k / 2;
    double near = exp2(-0.5 * (double)pair);
    t[0] = k % 2 ? 1 - near : near;
  }
}

/* Compass search: along each coordinate, with ever smaller steps. */
static void refine(arb_t best, double *t, guess *g) {
  bool has = true;
  double step = 1.0 / 256, trial[4];
  for (int shrinking = 0, move = 0; shrinking < SHRINKINGS && move < MOST_MOVES; move++) {
    bool better = false;
    for (size_t j = 0; j < 2 * g->n; j++) {
      for (size_t i = 0; i < g->n; i++)
        trial[i] = t[i];
      trial[j / 2] = fmin(1, fmax(0, trial[j / 2] + (j % 2 ? step : -step)));
      better = improve(best, t, &has, g, trial) || better;
    }
    if (!better) {
      step /= 2;
      shrinking++;
    }
  }
}

/* t of the point of the witness. */
static void place_of_witness(double *t, const guess *g) {
  arb_t x;
  arb_init(x);
  for (size_t j = 0; j < g->n; j++) {
    arb_set_fmpq(x, g->d->witness.values + g->variables[j], GUESS_PRECISION);
    arb_sub(x, x, &g->lower[j], GUESS_PRECISION);
    arb_div(x, x, &g->width[j], GUESS_PRECISION);
    t[j] = arf_get_d(arb_midref(x), ARF_RND_NEAR);
  }
  arb_clear(x);
}

static bool search_for(arb_t best, guess *g, bool from_witness) {
  double t[4] = {0}, trial[4] = {0};
  bool has = false;
  if (from_witness && g->d->witness.found) {
    place_of_witness(trial, g);
    improve(best, t, &has, g, trial);
  }
  size_t samples = has ? 0 : g->n == 0 ? 1 : GUESS_SAMPLES;
  for (size_t k = 0; k < samples; k++) {
    if (g->n > 0)
      sample(trial, k, g->n);
    improve(best, t, &has, g, trial);
  }
  if (!has)
    return false;
  refine(best, t, g);
  set_place(g, t);
  return true;
}

bool mc_derive_guess(fmpq_t value, mc_derivation *d, bool from_witness) {
  const mc_claim *claim = d->claim;
  guess g = {.d = d};
  bool found = false;
  arb_t best;
  for (size_t i = 0; i < claim->variable_count; i++)
    if (claim->variables[i].integer || claim->exists)
      return false;
  arb_init(best);
  g.environment = _arb_vec_init((slong)claim->variable_count + 1);
  for (size_t i = 0; i < claim->variable_count; i++) {
    const mc_quantified *q = &claim->variables[i];
    size_t j = g.n++;
    g.variables[j] = i;
    g.lower_open[j] = q->lower_open;
    g.upper_open[j] = q->upper_open;
    arb_init(&g.lower[j]);
    arb_init(&g.width[j]);
    mc_lang_expr_enclose(&g.lower[j], q->lower, NULL, GUESS_PRECISION);
    mc_lang_expr_enclose(&g.width[j], q->upper, NULL, GUESS_PRECISION);
    arb_sub(&g.width[j], &g.width[j], &g.lower[j], GUESS_PRECISION);
  }
  found = search_for(best, &g, from_witness);
  if (found)
    arf_get_fmpq(value, arb_midref(best));
  for (size_t j = 0; j < g.n; j++) {
    arb_clear(&g.lower[j]);
    arb_clear(&g.width[j]);
  }
  _arb_vec_clear(g.environment, (slong)claim->variable_count + 1);
  arb_clear(best);
  return found;
}
