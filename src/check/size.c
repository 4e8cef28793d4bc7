#include "size.h"

enum { MOST_TERMS = 4000, GREATEST_DEGREE = 1000000 };

/* Bits of a polynomial that a greatest common divisor is taken of. */
#define MOST_GCD_WEIGHT (MC_MOST_WEIGHT / 4)
/* Of a product, term by term: pairs times bits. */
#define MOST_WORK ((uint64_t)1 << 29)
/* Of a greatest common divisor: terms that a quotient could have times bits. */
#define MOST_GCD_WORK ((uint64_t)1 << 28)

/* ---- One variable ---- */

static uint64_t poly_bits(const fmpq_poly_struct *p) {
  return (uint64_t)FLINT_ABS(_fmpz_vec_max_bits(p->coeffs, p->length)) + fmpz_bits(p->den);
}

uint64_t mc_poly_weight(const fmpq_poly_struct *p) {
  return (uint64_t)p->length * poly_bits(p);
}

bool mc_poly_fits(const fmpq_poly_struct *p) {
  return poly_bits(p) <= MC_MOST_BITS && mc_poly_weight(p) <= MC_MOST_WEIGHT;
}

bool mc_poly_product_fits(const fmpq_poly_struct *a, const fmpq_poly_struct *b) {
  return (uint64_t)(a->length + b->length) * (poly_bits(a) + poly_bits(b)) <= MC_MOST_WEIGHT;
}

bool mc_poly_power_fits(const fmpq_poly_struct *p, ulong n) {
  uint64_t degree = p->length > 0 ? (uint64_t)p->length - 1 : 0, bits = poly_bits(p) + (uint64_t)p->length;
  return n <= MC_MOST_BITS && n * bits <= MC_MOST_BITS && (n * degree + 1) * n * bits <= MC_MOST_WEIGHT;
}

bool mc_poly_gcd_fits(const fmpq_poly_struct *p) {
  return mc_poly_fits(p) && mc_poly_weight(p) <= MOST_GCD_WEIGHT;
}

/* ---- Several variables ---- */

static uint64_t mpoly_bits(const fmpq_mpoly_struct *p) {
  return (uint64_t)FLINT_ABS(fmpz_mpoly_max_bits(p->zpoly)) + fmpz_bits(fmpq_numref(p->content)) +
         fmpz_bits(fmpq_denref(p->content));
}

uint64_t mc_mpoly_weight(const fmpq_mpoly_struct *p, const fmpq_mpoly_ctx_t ring) {
  return (uint64_t)fmpq_mpoly_length(p, ring) * mpoly_bits(p);
}

/* Few bits an exponent, or by the total degree. */
static bool degree_fits(const fmpq_mpoly_struct *p, const fmpq_mpoly_ctx_t ring) {
  return p->zpoly->bits <= 16 ||
         (fmpq_mpoly_total_degree_fits_si(p, ring) && fmpq_mpoly_total_degree_si(p, ring) <= GREATEST_DEGREE);
}

bool mc_mpoly_fits(const fmpq_mpoly_struct *p, const fmpq_mpoly_ctx_t ring) {
  return fmpq_mpoly_length(p, ring) <= MOST_TERMS && mpoly_bits(p) <= MC_MOST_BITS &&
         mc_mpoly_weight(p, ring) <= MC_MOST_WEIGHT && degree_fits(p, ring);
}

bool mc_mpoly_product_fits(const fmpq_mpoly_struct *a, const fmpq_mpoly_struct *b, const fmpq_mpoly_ctx_t ring) {
  uint64_t pairs = (uint64_t)fmpq_mpoly_length(a, ring) * (uint64_t)fmpq_mpoly_length(b, ring);
  return pairs * (mpoly_bits(a) + mpoly_bits(b) + 64) <= MOST_WORK;
}

bool mc_mpoly_gcd_fits(const fmpq_mpoly_struct *a, const fmpq_mpoly_struct *b, const fmpq_mpoly_ctx_t ring) {
  uint64_t terms = (uint64_t)fmpq_mpoly_length(a, ring) + (uint64_t)fmpq_mpoly_length(b, ring);
  uint64_t work = terms * (mpoly_bits(a) + mpoly_bits(b) + 64);
  for (slong j = 0; j < fmpq_mpoly_ctx_nvars(ring) && work <= MOST_GCD_WORK; j++) {
    slong in_a = fmpq_mpoly_degree_si(a, j, ring), in_b = fmpq_mpoly_degree_si(b, j, ring);
    if (in_a > 0 && in_b > 0)
      work *= (uint64_t)FLINT_MAX(in_a, in_b) + 1;
  }
  return work <= MOST_GCD_WORK;
}
