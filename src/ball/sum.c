/* Sums of digit matrices: what they may hold, what falls off their small end, and what becomes of them. */
#include "sum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "digits.h"
#include "limbs.h"
#include "residue.h"

static const double LIMIT = 0x1p52;

mc_status mc_digits_sum_init(mc_digits_sum *s, size_t m, size_t n, size_t planes, slong first, int w, mc_error *e) {
  const bool limbs = mc_digits_backend_selected() != MC_DIGITS_DGEMM;
  const size_t all = planes + (limbs ? MC_LIMB_GUARD : 0);
  *s = (mc_digits_sum){.kept = planes,
                       .unset = all,
                       .limbs = limbs,
                       .bound = mc_alloc(all, sizeof(double)),
                       .z = mc_alloc(all, sizeof(uint64_t)),
                       .expected = mc_alloc(m, sizeof(uint64_t))};
  mag_init(s->dropped);
  mc_status status = mc_digits_reserve(&s->raw, m, n, all, first, w, e);
  bool room = mc_residues_init(&s->x, n) && s->bound != NULL && s->z != NULL && s->expected != NULL;
  if (status == MC_OK && !room)
    status = mc_fail(e, MC_NO_MEMORY, "no memory for a sum of products");
  if (status == MC_OK)
    mc_check_init(s);
  else
    mc_digits_sum_clear(s);
  return status;
}

void mc_digits_sum_clear(mc_digits_sum *s) {
  mc_digits_clear(&s->raw);
  mc_free(s->bound);
  mc_residues_clear(&s->x);
  mc_residues_clear(&s->zx);
  mc_free(s->z);
  mc_free(s->expected);
  mag_zero(s->dropped); /* and with it the memory of a large exponent */
  s->bound = NULL;
  s->z = s->expected = NULL;
}

/* ---- What a sum may hold ---- */

mc_status mc_sum_raise(mc_digits_sum *s, slong t, double amount, mc_error *e) {
  if (t < 0)
    return amount == 0 ? MC_OK : mc_fail(e, MC_UNDECIDED, "a leading digit does not fit the sum");
  s->bound[t] += amount;
  return s->bound[t] <= LIMIT ? MC_OK : mc_fail(e, MC_UNDECIDED, "a sum of products could pass 2^52");
}

/* dropped += amount 2^(-w (position + 1)) sqrt(m n). */
void mc_sum_drop(mc_digits_sum *s, double amount, slong position) {
  mag_t t, count;
  mag_init(t);
  mag_init(count);
  mag_set_ui(count, s->raw.m * s->raw.n);
  mag_sqrt(count, count);
  mag_set_d(t, amount);
  mag_mul_2exp_si(t, t, -(slong)s->raw.w * (position + 1));
  mag_addmul(s->dropped, t, count);
  mag_clear(t);
  mag_clear(count);
}

mc_status mc_sum_account(mc_digits_sum *s, slong position, double amount, mc_error *e) {
  slong t = position - s->raw.first;
  if (t < (slong)s->raw.planes)
    return mc_sum_raise(s, t, amount, e);
  mc_sum_drop(s, amount, position);
  return MC_OK;
}

mc_status mc_sum_check_operand(const mc_digits_sum *s, const mc_digits *x, size_t m, size_t n, mc_error *e) {
  if (x->w != s->raw.w || x->m != m || x->n != n)
    return mc_fail(e, MC_INTERNAL, "digit matrices that do not match");
  return mc_ball_check_arithmetic(e);
}

/* ---- Sums without products of matrices ---- */

MC_BALL_CLONES
static void add_multiple(double *to, const double *from, double alpha, size_t n) {
  for (size_t j = 0; j < n; j++)
    to[j] += alpha * from[j];
}

void mc_sum_set(mc_digits_sum *s, size_t first, size_t from, size_t end) {
  const size_t planes = s->raw.planes, n = s->raw.n;
  if (first >= s->unset)
    return;
  if (from >= end)
    from = end = first;
  for (size_t i = 0; i < s->raw.m; i++) {
    double *row = s->raw.d + i * planes * n;
    memset(row + first * n, 0, (from - first) * n * sizeof *row);
    memset(row + end * n, 0, (s->unset - end) * n * sizeof *row);
  }
  s->unset = first;
}

/* What products there are is checked now, so that what is added next needs no check. */
static mc_status settle(mc_digits_sum *s, mc_error *e) {
  if (!mc_check_passes(s))
    return mc_fail(e, MC_INTERNAL, "the BLAS returned a wrong product");
  mc_check_end(s);
  return MC_OK;
}

/* Room for alpha times the digits of X, in range as they must be. */
static mc_status announce_term(mc_digits_sum *s, int alpha, const mc_digits *x, mc_error *e) {
  mc_status status = mc_sum_check_operand(s, x, s->raw.m, s->raw.n, e);
  if (status == MC_OK)
    status = settle(s, e);
  for (size_t p = 0; p < x->planes && status == MC_OK; p++)
    status = mc_sum_account(s, x->first + (slong)p, fabs((double)alpha) * mc_digit_limit(x, p), e);
  mc_sum_set(s, 0, 0, 0);
  s->filled = true;
  return status;
}

mc_status mc_digits_sum_add(mc_digits_sum *s, int alpha, const mc_digits *x, mc_error *e) {
  const slong shift = x->first - s->raw.first, room = (slong)s->raw.planes - shift;
  const size_t count = room < 0 ? 0 : (size_t)room < x->planes ? (size_t)room : x->planes;
  mc_status status = announce_term(s, alpha, x, e);
  for (size_t i = 0; i < x->m && status == MC_OK; i++) {
    if (!mc_digits_row_is_in_range(x, i))
      status = mc_fail(e, MC_INTERNAL, "a digit is out of range");
    else if (count > 0)
      add_multiple(s->raw.d + (i * s->raw.planes + (size_t)shift) * x->n, x->d + i * x->planes * x->n, alpha,
                   count * x->n);
  }
  return status;
}

/* to[j] += alpha d[j] from[j]. */
MC_BALL_CLONES
static void add_scaled(double *to, const double *from, const double *d, double alpha, size_t n) {
  for (size_t j = 0; j < n; j++)
    to[j] += alpha * d[j] * from[j];
}

/* raw plane t += alpha (plane q of x) diag(plane p of d), and what the check expects of it. */
static void add_scaled_plane(mc_digits_sum *s, int alpha, const mc_digits *x, size_t q, const double *d, size_t t,
                             mc_residues *dx) {
  for (size_t j = 0; j < x->n; j++)
    mc_residues_set(dx, j, mc_residue_mul(mc_residue_of((int64_t)(alpha * d[j])), mc_residues_get(&s->x, j)));
  for (size_t i = 0; i < x->m; i++) {
    const double *from = x->d + (i * x->planes + q) * x->n;
    add_scaled(s->raw.d + (i * s->raw.planes + t) * x->n, from, d, alpha, x->n);
    mc_check_expect(s, i, s->z[t], mc_residues_dot(from, dx, x->w + 2));
  }
}

mc_status mc_digits_sum_addscaled(mc_digits_sum *s, int alpha, const mc_digits *x, const mc_digits *d, mc_error *e) {
  double x_max[MC_MAX_PLANES] = {0}, d_max[MC_MAX_PLANES] = {0};
  mc_residues dx;
  mc_status status = mc_residues_init(&dx, x->n) ? mc_sum_check_operand(s, x, s->raw.m, s->raw.n, e)
                                                 : mc_fail(e, MC_NO_MEMORY, "no memory for a check");
  if (status == MC_OK)
    status = mc_sum_check_operand(s, d, 1, x->n, e);
  if (status == MC_OK)
    status = mc_sum_plane_maxima(x_max, x, e);
  if (status == MC_OK)
    status = mc_sum_plane_maxima(d_max, d, e);
  if (status == MC_OK)
    status = mc_check_begin(s, e);
  mc_sum_set(s, 0, 0, 0);
  for (size_t p = 0; p < d->planes && status == MC_OK; p++)
    for (size_t q = 0; q < x->planes && status == MC_OK; q++) {
      slong position = mc_sum_position(d, p, x, q), t = position - s->raw.first;
      status = mc_sum_account(s, position, fabs((double)alpha) * d_max[p] * x_max[q], e);
      if (status == MC_OK && t >= 0 && t < (slong)s->raw.planes)
        add_scaled_plane(s, alpha, x, q, d->d + p * x->n, (size_t)t, &dx);
    }
  mc_residues_clear(&dx);
  return status;
}

/* ---- The end ---- */

/* Drop the guard planes: after the carry, together at most (1 + 2^-w) / 2 units of the last plane that stays. */
static void drop_guard(mc_digits_sum *s) {
  const size_t n = s->raw.n, all = s->raw.planes, kept = s->kept;
  bool any = false;
  if (all == kept)
    return;
  for (size_t i = 0; i < s->raw.m; i++) {
    double *row = s->raw.d + i * all * n;
    for (size_t j = kept * n; j < all * n; j++)
      any |= row[j] != 0;
    memmove(s->raw.d + i * kept * n, row, kept * n * sizeof *row);
  }
  s->raw.planes = kept;
  if (any)
    mc_sum_drop(s, (1 + ldexp(1, -s->raw.w)) / 2, s->raw.first + (slong)kept - 1);
}

mc_status mc_digits_sum_finish(mc_digits *x, mag_t error, mc_digits_sum *s, mc_error *e) {
  const double base = ldexp(1, s->raw.w);
  mc_status status = mc_ball_check_arithmetic(e);
  for (size_t i = 0; i < s->raw.m && status == MC_OK; i++)
    if (!mc_check_row_passes(s, i))
      status = mc_fail(e, MC_INTERNAL, "the BLAS returned a wrong product");
    else if (!(mc_digits_carry_row(&s->raw, i, s->unset) <= base))
      status = mc_fail(e, MC_UNDECIDED, "a result does not fit its digits");
  *x = (mc_digits){0};
  if (status == MC_OK) {
    drop_guard(s);
    *x = s->raw;
    s->raw.d = NULL;
    mag_set(error, s->dropped);
  }
  mc_digits_sum_clear(s);
  return status;
}
