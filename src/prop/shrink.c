/* Greedy search for a smaller violated case.  Every candidate is judged with the full rigour of a trial, so what
 * remains is a violation like any other; nothing is claimed about its being the smallest. */
#include "prop.h"

static const size_t sizes[] = {1, 2, 3, 4, 6, 8, 12, 16, 32};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

/* How many trial numbers are tried for each shape. */
#define DRAWS 32

typedef struct {
  mc_prop_case *best;
  mc_prop_outcome *outcome;
  const mc_prop_plan *plan;
} search;

/* Take the candidate if it is violated.  A candidate that cannot be generated or measured is no improvement. */
static bool improve(search *s, const mc_prop_case *candidate) {
  mc_prop_outcome outcome;
  if (mc_interrupt_requested() || mc_prop_judge(&outcome, NULL, NULL, s->plan, candidate, NULL) != MC_OK ||
      outcome.verdict != MC_TRIAL_VIOLATED)
    return false;
  *s->best = *candidate;
  *s->outcome = outcome;
  return true;
}

static bool try_shape(search *s, size_t rows, size_t columns) {
  for (uint32_t draw = 0; draw < DRAWS; draw++) {
    mc_prop_case c = *s->best;
    c.trial = draw;
    c.rows = rows;
    c.columns = columns;
    if (improve(s, &c))
      return true;
  }
  return false;
}

/* Shapes in order of size; only such as are smaller than the one there is. */
static void shrink_shape(search *s) {
  for (size_t i = 0; i < SIZES; i++)
    for (size_t j = 0; j <= i; j++)
      for (size_t wide = 0; wide < (i == j ? 1 : 2); wide++) {
        size_t rows = wide ? sizes[j] : sizes[i], columns = wide ? sizes[i] : sizes[j];
        if (rows <= s->best->rows && columns <= s->best->columns && rows + columns < s->best->rows + s->best->columns &&
            try_shape(s, rows, columns))
          return;
      }
}

static void shrink_family(search *s) {
  static const mc_matgen_family simple[] = {{.name = "flat"}, {.name = "repeated"}, {.name = "uniform"}};
  for (size_t i = 0; i < sizeof simple / sizeof simple[0]; i++) {
    mc_prop_case c = *s->best;
    c.family = simple[i];
    if (improve(s, &c))
      return;
  }
}

static void shrink_rank(search *s) {
  size_t k = s->best->rows < s->best->columns ? s->best->rows : s->best->columns;
  for (size_t rank = 1; rank < k && (s->best->rank == 0 || rank < s->best->rank); rank++) {
    mc_prop_case c = *s->best;
    c.rank = rank;
    if (improve(s, &c))
      return;
  }
}

static void shrink_bits(search *s) {
  for (unsigned bits = 1; bits < s->best->bits; bits++) {
    mc_prop_case c = *s->best;
    c.bits = bits;
    if (improve(s, &c))
      return;
  }
}

mc_status mc_prop_shrink(mc_prop_case *c, mc_prop_outcome *outcome, const mc_prop_plan *plan, mc_error *e) {
  search s = {c, outcome, plan};
  if (outcome->verdict != MC_TRIAL_VIOLATED)
    return mc_fail(e, MC_INTERNAL, "only a violated case can be shrunk");
  shrink_shape(&s);
  shrink_family(&s);
  mc_prop_case plain = *c;
  plain.aligned = true;
  improve(&s, &plain);
  shrink_rank(&s);
  shrink_bits(&s);
  return MC_OK;
}
