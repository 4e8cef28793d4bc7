/* The check of digit products modulo the prime 2^61 - 1 (R. Freivalds, 1977). */
#include "digits.h"
#include "residue.h"
#include "sum.h"

#include <stdatomic.h>

/* DGEMM's planes are weighed at random.  Limbs carry from plane to plane: there the weights are those of the planes,
 * and what is checked is the value of each entry. */
void mc_check_init(mc_digits_sum *s) {
  static atomic_uint serial;
  mc_random r;
  mc_random_init(&r, 0, mc_random_stream_of("freivalds"), (uint32_t)atomic_fetch_add(&serial, 1));
  mc_residues_draw(&s->x, &r);
  for (size_t t = 0; t < s->raw.planes; t++)
    s->z[t] = s->limbs ? UINT64_C(1) << (size_t)s->raw.w * (s->raw.planes - 1 - t) % 61
                       : mc_random_below(&r, (UINT64_C(1) << 61) - 1);
}

/* The residue of row i of the raw planes, which lie side by side; false: not all are integers up to 2^52. */
static bool residue_of_row(uint64_t *residue, const mc_digits_sum *s, size_t i) {
  return mc_residues_dot_wide(residue, s->raw.d + i * s->zx.n, &s->zx, s->unset * s->raw.n);
}

mc_status mc_check_begin(mc_digits_sum *s, mc_error *e) {
  const size_t n = s->raw.n;
  if (s->products)
    return MC_OK;
  if (!mc_residues_init(&s->zx, s->raw.planes * n))
    return mc_fail(e, MC_NO_MEMORY, "no memory for a check");
  for (size_t j = 0; j < n; j++) {
    uint64_t x = mc_residues_get(&s->x, j);
    for (size_t t = 0; t < s->raw.planes; t++)
      mc_residues_set(&s->zx, t * n + j, mc_residue_mul(s->z[t], x));
  }
  for (size_t i = 0; i < s->raw.m && s->filled; i++)
    if (!residue_of_row(&s->expected[i], s, i))
      return mc_fail(e, MC_INTERNAL, "a sum of digits is out of range");
  s->products = true;
  return MC_OK;
}

void mc_check_expect(mc_digits_sum *s, size_t i, uint64_t factor, uint64_t value) {
  s->expected[i] = mc_residue_add(s->expected[i], mc_residue_mul(factor, value));
}

/* v := alpha sum_q z_t B_q x over the planes q of B whose product with plane p of A is computed, in raw plane t. */
static void weigh_planes(mc_residues *v, const mc_digits_sum *s, int alpha, const mc_digits *a, size_t p,
                         const mc_digits *b, const uint64_t *bx) {
  uint64_t factor[MC_MAX_PLANES];
  for (size_t q = 0; q < b->planes; q++) {
    slong t = mc_sum_position(a, p, b, q) - s->raw.first;
    bool inside = t >= 0 && mc_sum_computes(s, a, p, b, q);
    factor[q] = inside ? mc_residue_mul(mc_residue_of(alpha), s->z[t]) : 0;
  }
  for (size_t i = 0; i < b->m; i++) {
    uint64_t sum = 0;
    for (size_t q = 0; q < b->planes; q++)
      if (factor[q] != 0)
        sum = mc_residue_add(sum, mc_residue_mul(factor[q], bx[q * b->m + i]));
    mc_residues_set(v, i, sum);
  }
}

mc_status mc_check_expect_product(mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a, const mc_digits *b,
                                  mc_error *e) {
  const size_t k = b->m, m = s->raw.m;
  uint64_t *bx = mc_alloc(b->planes * k, sizeof *bx);
  double *room = mc_alloc(MC_RESIDUE_PARTS * m, sizeof *room);
  mc_residues v, columns = {0};
  bool good = mc_residues_init(&v, k);
  good = mc_residues_init(&columns, transpose_a ? m : 0) && good && bx != NULL && room != NULL;
  for (size_t i = 0; i < k && good; i++)
    for (size_t q = 0; q < b->planes; q++)
      bx[q * k + i] = mc_residues_dot(b->d + (i * b->planes + q) * b->n, &s->x, b->w + 2);
  for (size_t p = 0; p < a->planes && good; p++) {
    weigh_planes(&v, s, alpha, a, p, b, bx);
    if (transpose_a)
      mc_residues_apply_transposed(&columns, a->d + p * a->n, a->planes * a->n, k, &v, a->w + 2, room);
    for (size_t i = 0; !transpose_a && i < m; i++)
      mc_check_expect(s, i, 1, mc_residues_dot(a->d + (i * a->planes + p) * a->n, &v, a->w + 2));
  }
  for (size_t i = 0; transpose_a && good && i < m; i++)
    mc_check_expect(s, i, 1, mc_residues_get(&columns, i));
  mc_free(bx);
  mc_free(room);
  mc_residues_clear(&v);
  mc_residues_clear(&columns);
  return good ? MC_OK : mc_fail(e, MC_NO_MEMORY, "no memory for a check");
}

bool mc_check_row_passes(const mc_digits_sum *s, size_t i) {
  uint64_t residue;
  return !s->products || (residue_of_row(&residue, s, i) && residue == s->expected[i]);
}

bool mc_check_passes(const mc_digits_sum *s) {
  bool good = true;
  for (size_t i = 0; i < s->raw.m && good; i++)
    good = mc_check_row_passes(s, i);
  return good;
}

void mc_check_end(mc_digits_sum *s) {
  mc_residues_clear(&s->zx);
  s->products = false;
}
