/* Greedy search for a smaller violated case.  Every candidate is judged with the full rigour of a trial, so what
 * remains is a violation like any other; nothing is claimed about its being the smallest. */
#include "prop.h"

#include <limits.h>
#include <math.h>
#include <string.h>

static const size_t sizes[] = {1, 2, 3, 4, 6, 8, 12, 16, 32};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

/* How many trial numbers are tried for each shape. */
#define DRAWS 32

/* What a witness costs its reader. */
typedef struct {
  size_t numbers; /* entries of all matrices */
  size_t nonzero; /* of these */
  long exponents; /* binades between the largest and the least nonzero entry of a matrix, at most */
} burden;

typedef struct {
  mc_prop_case *best;
  mc_prop_outcome *outcome;
  burden burden;
  const mc_prop_plan *plan;
} search;

static burden burden_of(const mc_prop_instance *x) {
  burden b = {0};
  for (size_t k = 0; k < x->count; k++) {
    const mc_prop_matrix *a = &x->matrices[k];
    int high = INT_MIN, low = INT_MAX;
    for (size_t i = 0; i < a->rows * a->columns; i++) {
      int exponent = a->entries[i] != 0 && isfinite(a->entries[i]) ? ilogb(a->entries[i]) : 0;
      b.nonzero += a->entries[i] != 0;
      if (a->entries[i] != 0 && exponent > high)
        high = exponent;
      if (a->entries[i] != 0 && exponent < low)
        low = exponent;
    }
    b.numbers += a->rows * a->columns;
    if (high >= low && (long)high - low > b.exponents)
      b.exponents = (long)high - low;
  }
  return b;
}

/* Any of the three less, none more. */
static bool is_lighter(const burden *a, const burden *b) {
  return a->numbers <= b->numbers && a->nonzero <= b->nonzero && a->exponents <= b->exponents &&
         (a->numbers < b->numbers || a->nonzero < b->nonzero || a->exponents < b->exponents);
}

/* Take the candidate if it is violated and, where so wanted, lighter.  A candidate that cannot be generated or measured
 * is no improvement. */
static bool improve(search *s, const mc_prop_case *candidate, bool lighter) {
  mc_prop_outcome outcome;
  mc_prop_instance x = {0};
  if (mc_interrupt_requested())
    return false;
  mc_status status = mc_prop_judge(&outcome, NULL, &x, s->plan, candidate, NULL);
  burden b = burden_of(&x);
  mc_prop_instance_clear(&x);
  if (status != MC_OK || outcome.verdict != MC_TRIAL_VIOLATED || (lighter && !is_lighter(&b, &s->burden)))
    return false;
  *s->best = *candidate;
  *s->outcome = outcome;
  s->burden = b;
  return true;
}

static bool try_shape(search *s, size_t rows, size_t columns) {
  for (uint32_t draw = 0; draw < DRAWS; draw++) {
    mc_prop_case c = *s->best;
    c.trial = draw;
    c.rows = rows;
    c.columns = columns;
    if (improve(s, &c, false))
      return true;
  }
  return false;
}

/* Shapes in order of size; only such as are smaller than the one there is. */
static bool shrink_shape(search *s) {
  for (size_t i = 0; i < SIZES; i++)
    for (size_t j = 0; j <= i; j++)
      for (size_t wide = 0; wide < (i == j ? 1 : 2); wide++) {
        size_t rows = wide ? sizes[j] : sizes[i], columns = wide ? sizes[i] : sizes[j];
        if (rows <= s->best->rows && columns <= s->best->columns && rows + columns < s->best->rows + s->best->columns &&
            try_shape(s, rows, columns))
          return true;
      }
  return false;
}

static bool shrink_batch(search *s) {
  for (size_t batch = 1; batch < 8 && (s->best->batch == 0 || batch < s->best->batch); batch++) {
    mc_prop_case c = *s->best;
    c.batch = batch;
    if (improve(s, &c, true))
      return true;
  }
  return false;
}

/* Families from the simplest on, and the case's own with milder arguments: the root of each. */
static bool shrink_family(search *s) {
  static const mc_matgen_family simple[] = {{.name = "flat"}, {.name = "repeated"}, {.name = "uniform"}};
  for (size_t i = 0; i < sizeof simple / sizeof simple[0]; i++) {
    mc_prop_case c = *s->best;
    if (!strcmp(c.family.name, simple[i].name) && c.family.arguments == 0)
      return false;
    c.family = simple[i];
    if (improve(s, &c, false))
      return true;
  }
  mc_prop_case c = *s->best;
  bool milder = false;
  for (size_t i = 0; i < c.family.arguments; i++) {
    double root = sqrt(c.family.argument[i]);
    milder = milder || (root > 0 && (root > 2 || root < 0.5));
    if (root > 2 || root < 0.5)
      c.family.argument[i] = root;
  }
  return milder && mc_matgen_family_check(&c.family, NULL) == MC_OK && improve(s, &c, false);
}

static bool shrink_factors(search *s) {
  mc_prop_case c = *s->best;
  c.aligned = true;
  return !s->best->aligned && improve(s, &c, false);
}

static bool shrink_rank(search *s) {
  size_t k = s->best->rows < s->best->columns ? s->best->rows : s->best->columns;
  for (size_t rank = 1; rank < k && (s->best->rank == 0 || rank < s->best->rank); rank++) {
    mc_prop_case c = *s->best;
    c.rank = rank;
    if (improve(s, &c, false))
      return true;
  }
  return false;
}

static bool shrink_exponents(search *s) {
  unsigned most = s->best->exponents ? s->best->exponents : MC_PROP_EXPONENTS + 1;
  for (unsigned exponents = 1; exponents < most; exponents *= 2) {
    mc_prop_case c = *s->best;
    c.exponents = exponents;
    if (improve(s, &c, true))
      return true;
  }
  return false;
}

static bool shrink_bits(search *s) {
  for (unsigned bits = 1; bits < s->best->bits; bits++) {
    mc_prop_case c = *s->best;
    c.bits = bits;
    if (improve(s, &c, false))
      return true;
  }
  return false;
}

mc_status mc_prop_shrink(mc_prop_case *c, mc_prop_outcome *outcome, const mc_prop_plan *plan, mc_error *e) {
  static bool (*const passes[])(search *) = {shrink_shape, shrink_batch,     shrink_family, shrink_factors,
                                             shrink_rank,  shrink_exponents, shrink_bits};
  mc_prop_instance x = {0};
  mc_status status = mc_prop_judge(outcome, NULL, &x, plan, c, e);
  search s = {c, outcome, burden_of(&x), plan};
  mc_prop_instance_clear(&x);
  if (status == MC_OK && outcome->verdict != MC_TRIAL_VIOLATED)
    status = mc_fail(e, MC_INTERNAL, "only a violated case can be shrunk");
  for (bool smaller = status == MC_OK; smaller;) {
    smaller = false;
    for (size_t i = 0; i < sizeof passes / sizeof passes[0]; i++)
      smaller = passes[i](&s) || smaller;
  }
  return status;
}
