/* What a prover knows of polynomials without a proof: their values on the box, and of what they are made. */
#include <math.h>

#include "prover.h"

void mc_prover_enclose(mc_range *z, const fmpq_mpoly_t p, const mc_prover *v) {
  ulong exponents[MC_ALGEBRA_GENERATORS];
  mc_range term, power;
  fmpq_t c;
  fmpq_init(c);
  mc_range_init(&term);
  mc_range_init(&power);
  mc_range_set_si(z, 0);
  for (slong i = 0; i < fmpq_mpoly_length(p, v->ring); i++) {
    fmpq_mpoly_get_term_coeff_fmpq(c, p, i, v->ring);
    fmpq_mpoly_get_term_exp_ui(exponents, p, i, v->ring);
    mc_range_set_fmpq(&term, c, v->precision);
    for (size_t k = 0; k < v->a->count; k++)
      if (exponents[k] > 0) {
        mc_range_pow_ui(&power, v->ranges + k, exponents[k], v->precision);
        mc_range_mul(&term, &term, &power, v->precision);
      }
    mc_range_add(z, z, &term, v->precision);
  }
  fmpq_clear(c);
  mc_range_clear(&term);
  mc_range_clear(&power);
}

double mc_prover_approx(const fmpq_mpoly_t p, const mc_prover *v) {
  ulong exponents[MC_ALGEBRA_GENERATORS];
  double sum = 0;
  fmpq_t c;
  fmpq_init(c);
  for (slong i = 0; i < fmpq_mpoly_length(p, v->ring); i++) {
    fmpq_mpoly_get_term_coeff_fmpq(c, p, i, v->ring);
    fmpq_mpoly_get_term_exp_ui(exponents, p, i, v->ring);
    double term = fmpz_get_d(fmpq_numref(c)) / fmpz_get_d(fmpq_denref(c));
    for (size_t k = 0; k < v->a->count; k++)
      term *= exponents[k] > 0 ? pow(v->centre[k], (double)exponents[k]) : 1;
    sum += term;
  }
  fmpq_clear(c);
  return sum;
}

static double approx_generator(const mc_generator *g, const mc_prover *v) {
  double of = mc_prover_approx(&g->of, v);
  switch (g->kind) {
  case MC_GENERATOR_ROOT:
    return sqrt(fmax(of, 0));
  case MC_GENERATOR_ABS:
    return fabs(of);
  case MC_GENERATOR_EXP:
    return exp(of);
  case MC_GENERATOR_LOG:
    return log(of);
  case MC_GENERATOR_SIN:
    return sin(of);
  case MC_GENERATOR_COS:
    return cos(of);
  case MC_GENERATOR_PI:
    return 3.141592653589793;
  case MC_GENERATOR_E:
    return 2.718281828459045;
  default:
    return of;
  }
}

static void enclose_generator(mc_prover *v, size_t k) {
  const mc_generator *g = &v->a->generators[k];
  mc_range *z = v->ranges + k;
  mc_range_set_undefined(z);
  if (g->node != SIZE_MAX)
    mc_range_set(z, v->s->on_box.values + g->node);
  if (!mc_range_is_undefined(z))
    return;
  if (g->kind == MC_GENERATOR_LET || g->kind == MC_GENERATOR_ABS || g->kind == MC_GENERATOR_ROOT)
    mc_prover_enclose(z, &g->of, v);
  if (g->kind == MC_GENERATOR_ABS)
    mc_range_abs(z, z);
  if (g->kind == MC_GENERATOR_ROOT && !mc_range_is_undefined(z) && arf_sgn(&z->hi) >= 0) {
    if (arf_sgn(&z->lo) < 0) /* where the root is defined, its operand is not negative */
      arf_zero(&z->lo);
    mc_range_sqrt(z, z, v->precision);
  } else if (g->kind == MC_GENERATOR_ROOT) {
    mc_range_set_undefined(z);
  }
}

void mc_prover_enclose_generators(mc_prover *v) {
  for (size_t k = 0; k < v->a->count; k++) {
    if (k < v->s->n) {
      const mc_range *side = v->s->box + k;
      mc_range_set(v->ranges + k, side);
      v->centre[k] = 0.5 * (arf_get_d(&side->lo, ARF_RND_NEAR) + arf_get_d(&side->hi, ARF_RND_NEAR));
    } else {
      enclose_generator(v, k);
      v->centre[k] = approx_generator(&v->a->generators[k], v);
    }
  }
}
bool mc_prover_is_constant(const fmpq_mpoly_t p, int *sign, const mc_prover *v) {
  fmpq_t c;
  if (!fmpq_mpoly_is_fmpq(p, v->ring))
    return false;
  fmpq_init(c);
  fmpq_mpoly_get_fmpq(c, p, v->ring);
  *sign = fmpq_sgn(c);
  fmpq_clear(c);
  return true;
}

bool mc_prover_uses(const fmpq_mpoly_t p, size_t k, const mc_prover *v) {
  return fmpq_mpoly_degree_si(p, (slong)k, v->ring) > 0;
}

bool mc_prover_only_variables(const fmpq_mpoly_t p, const mc_prover *v) {
  for (size_t k = v->s->n; k < v->a->count; k++)
    if (mc_prover_uses(p, k, v))
      return false;
  return true;
}
