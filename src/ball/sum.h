/* Sums of products in the making.  Private to this module. */
#ifndef MUONCERT_BALL_SUM_H
#define MUONCERT_BALL_SUM_H

#include "ball.h"

enum { MC_MAX_PLANES = 512 };

/* ---- Digits (measure.c, carry.c) ---- */

/* What plane s may hold. */
double mc_digit_limit(const mc_digits *x, size_t s);

/* Are n numbers all zero? */
bool mc_digits_are_zero(const double *x, size_t n);

/* Are the digits of row i integers in range? */
bool mc_digits_row_is_in_range(const mc_digits *x, size_t i);

/* Carry row i from its last plane to the first, of which the largest magnitude is returned; the first `unset` planes
 * are to be understood as zero. */
double mc_digits_carry_row(const mc_digits *x, size_t i, size_t unset);

/* ---- Sums (sum.c) ---- */

/* A matrix of m by n that fits the sum.  MC_INTERNAL: it does not, or the processor does not round to nearest. */
mc_status mc_sum_check_operand(const mc_digits_sum *s, const mc_digits *x, size_t m, size_t n, mc_error *e);

/* Maxima of all planes of x (up to MC_MAX_PLANES).  MC_INTERNAL: a digit is out of range or no integer. */
mc_status mc_sum_plane_maxima(double *maxima, const mc_digits *x, mc_error *e);

/* And bounds of the Euclidean norms of all columns (by_rows: rows) of each plane. */
mc_status mc_sum_measure(double *maxima, double *norms, const mc_digits *x, bool by_rows, mc_error *e);

/* Account for planes of magnitude `amount` at `position`: in a raw plane, or dropped.  MC_UNDECIDED: a sum could pass
 * 2^52, or a leading plane would not fit. */
mc_status mc_sum_account(mc_digits_sum *s, slong position, double amount, mc_error *e);
mc_status mc_sum_raise(mc_digits_sum *s, slong t, double amount, mc_error *e);
void mc_sum_drop(mc_digits_sum *s, double amount, slong position);

/* The position of the product of planes p of A and q of B, and is it computed? */
slong mc_sum_position(const mc_digits *a, size_t p, const mc_digits *b, size_t q);
bool mc_sum_computes(const mc_digits_sum *s, const mc_digits *a, size_t p, const mc_digits *b, size_t q);

/* Before something is added to raw planes from `first` on: those that are not set yet become zero, but for from, ...,
 * end - 1, which it will overwrite. */
void mc_sum_set(mc_digits_sum *s, size_t first, size_t from, size_t end);

/* ---- The check modulo 2^61 - 1 (check.c) ---- */

/* Draw the vectors. */
void mc_check_init(mc_digits_sum *s);

/* Before the first product: what is there is expected. */
mc_status mc_check_begin(mc_digits_sum *s, mc_error *e);

/* expected[i] += factor value. */
void mc_check_expect(mc_digits_sum *s, size_t i, uint64_t factor, uint64_t value);

/* expected += alpha op(A) B x, as far as it is computed. */
mc_status mc_check_expect_product(mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a, const mc_digits *b,
                                  mc_error *e);

/* Does row i of the raw planes, does every row, have the expected residue? */
bool mc_check_row_passes(const mc_digits_sum *s, size_t i);
bool mc_check_passes(const mc_digits_sum *s);

/* No products are left to check. */
void mc_check_end(mc_digits_sum *s);

#endif
