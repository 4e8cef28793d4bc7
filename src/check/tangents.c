/* Tangents of exp and log, at powers of e: linear bounds that convexity gives. */
#include "algebra.h"

enum { FARTHEST = 20 };

/* z = e^s; false: e is no generator. */
static bool set_power_of_e(fmpq_mpoly_t z, ulong s, const mc_letters *x) {
  size_t k = x->program->n;
  while (k < x->count && x->letters[k].kind != MC_LETTER_E)
    k++;
  fmpq_mpoly_one(z, x->ring);
  if (k == x->count)
    return s == 0;
  fmpq_mpoly_gen(z, (slong)k, x->ring);
  fmpq_mpoly_pow_ui(z, z, s, x->ring);
  return true;
}

/* The tangents of exp and exp(-u) at s, of log u and u log u at e^s, with e^s = b/a:
 *   a f - b (1 + u - s), b - a (1 - u + s) f for f = exp(u);  b (s - 1 - f) + a u, a u (f - 1 - s) + b for f = log(u).
 * All nonnegative. */
static bool set_tangent_at(fmpq_mpoly_t g, const mc_letters *x, size_t k, bool second, slong s) {
  const mc_letter *l = &x->letters[k];
  fmpq_mpoly_t f, a, b, line;
  fmpq_mpoly_init(f, x->ring);
  fmpq_mpoly_init(a, x->ring);
  fmpq_mpoly_init(b, x->ring);
  fmpq_mpoly_init(line, x->ring);
  bool fits = set_power_of_e(a, s < 0 ? (ulong)-s : 0, x) && set_power_of_e(b, s > 0 ? (ulong)s : 0, x);
  fmpq_mpoly_gen(f, (slong)k, x->ring);
  if (l->kind == MC_LETTER_EXP && !second) {
    fmpq_mpoly_add_si(line, &l->of, 1 - s, x->ring);
    fits = fits && mc_letters_multiply(f, f, a, x) && mc_letters_multiply(line, line, b, x);
    fmpq_mpoly_sub(g, f, line, x->ring);
  } else if (l->kind == MC_LETTER_EXP) {
    fmpq_mpoly_add_si(line, &l->of, -1 - s, x->ring);
    fits = fits && mc_letters_multiply(line, line, f, x) && mc_letters_multiply(line, line, a, x);
    fmpq_mpoly_add(g, line, b, x->ring);
  } else if (!second) {
    fmpq_mpoly_add_si(f, f, 1 - s, x->ring);
    fits = fits && mc_letters_multiply(f, f, b, x) && mc_letters_multiply(line, &l->of, a, x);
    fmpq_mpoly_sub(g, line, f, x->ring);
  } else {
    fmpq_mpoly_add_si(f, f, -1 - s, x->ring);
    fits = fits && mc_letters_multiply(line, &l->of, f, x) && mc_letters_multiply(line, line, a, x);
    fmpq_mpoly_add(g, line, b, x->ring);
  }
  fmpq_mpoly_clear(f, x->ring);
  fmpq_mpoly_clear(a, x->ring);
  fmpq_mpoly_clear(b, x->ring);
  fmpq_mpoly_clear(line, x->ring);
  return fits && mc_letters_reduce(g, x);
}

bool mc_tangent_is_read(fmpq_mpoly_t g, const mc_letters *x, const json_t *name) {
  const json_t *letter = json_array_get(name, 0), *which = json_array_get(name, 1), *at = json_array_get(name, 2);
  json_int_t k = json_integer_value(letter), second = json_integer_value(which), s = json_integer_value(at);
  if (!json_is_integer(letter) || !json_is_integer(which) || (at && !json_is_integer(at)) ||
      k < (json_int_t)x->program->n || k >= (json_int_t)x->count || second < 0 || second > 1 || s < -FARTHEST ||
      s > FARTHEST)
    return false;
  mc_letter_kind kind = x->letters[k].kind;
  return (kind == MC_LETTER_EXP || kind == MC_LETTER_LOG) && set_tangent_at(g, x, (size_t)k, second == 1, (slong)s);
}
