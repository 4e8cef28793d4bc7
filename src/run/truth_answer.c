/* What `muoncert truth` finds out about one matrix. */
#include "truth_answer.h"

#include <stdio.h>

enum { MOST_BITS = 4096, PLAIN_BITS = 46 }; /* what doubles can prove of singular values */

void mc_run_truth_answer_init(mc_run_truth_answer *r, size_t m, size_t n) {
  *r = (mc_run_truth_answer){.m = m, .n = n, .small = m < n ? m : n};
  mc_enclosure_init(&r->matrix);
  r->sigma = _arb_vec_init((slong)r->small);
  _arb_vec_indeterminate(r->sigma, (slong)r->small);
  arb_init(r->sigma_min);
  arb_init(r->sigma_max);
}

void mc_run_truth_answer_clear(mc_run_truth_answer *r) {
  mc_enclosure_clear(&r->matrix);
  _arb_vec_clear(r->sigma, (slong)r->small);
  arb_clear(r->sigma_min);
  arb_clear(r->sigma_max);
}

/* ---- Singular values ---- */

/* Is some singular value enclosed less sharply than was asked?  It is proved all the same. */
static bool falls_short(const mc_run_truth_answer *r, slong bits) {
  mag_t allowed;
  bool short_of = false;
  mag_init(allowed);
  arb_get_mag(allowed, &r->sigma[0]);
  mag_mul_2exp_si(allowed, allowed, -bits);
  for (size_t i = 0; i < r->small; i++)
    short_of |= mag_cmp(arb_radref(&r->sigma[i]), allowed) > 0;
  mag_clear(allowed);
  return short_of;
}

/* Those whose enclosures reach no other value: sigma_i >= sigma_(i+1) besides. */
static void count_singular_values(mc_run_truth_answer *r) {
  r->different = 1;
  for (size_t i = 0; i < r->small; i++) {
    r->positive += arb_is_positive(&r->sigma[i]) != 0;
    r->different += i > 0 && arb_gt(&r->sigma[i - 1], &r->sigma[i]) != 0;
  }
}

static mc_status enclose_singular_values(mc_run_truth_answer *r, const double *a, slong bits, mc_error *e) {
  mc_status status = mc_truth_sv_enclose(r->sigma, a, r->m, r->n, bits, e);
  arb_set(r->sigma_max, &r->sigma[0]);
  arb_set(r->sigma_min, &r->sigma[r->small - 1]);
  r->falls_short = status == MC_OK && falls_short(r, bits);
  count_singular_values(r);
  return status;
}

/* ---- Matrices ---- */

static mc_status certify_polar(mc_run_truth_answer *r, const double *a, slong bits, mc_error *e) {
  mc_truth_polar p;
  mc_truth_polar_init(&p);
  mc_status status = mc_truth_polar_certify(&p, a, r->m, r->n, bits, e);
  mc_enclosure matrix = r->matrix;
  r->matrix = p.factor;
  p.factor = matrix;
  arb_set(r->sigma_min, p.sigma_min);
  arb_set(r->sigma_max, p.sigma_max);
  mc_truth_polar_clear(&p);
  return status;
}

static mc_status enclose_matrix(mc_run_truth_answer *r, const double *a, const mc_run_truth_question *q, slong bits,
                                mc_error *e) {
  return q->kind == MC_RUN_POLAR ? certify_polar(r, a, bits, e)
                                 : mc_truth_ns_enclose(&r->matrix, a, r->m, r->n, &q->schedule, &q->norm, bits, e);
}

/* The first entry whose digits are not decided; false: none. */
static bool first_undecided(size_t *row, size_t *column, const mc_enclosure *x, size_t digits) {
  for (slong i = 0; i < arb_mat_nrows(x->value); i++)
    for (slong j = 0; j < arb_mat_ncols(x->value); j++)
      if (!mc_enclosure_entry_decided(x, (size_t)i, (size_t)j, digits)) {
        *row = (size_t)i;
        *column = (size_t)j;
        return true;
      }
  return false;
}

/* Raise the accuracy until every digit asked for is decided. */
static mc_status enclose_digits(mc_run_truth_answer *r, const double *a, const mc_run_truth_question *q, mc_error *e) {
  slong bits = q->bits;
  mc_status status = enclose_matrix(r, a, q, bits, e);
  size_t i = 0, j = 0;
  while (status == MC_OK && q->digits > 0 && first_undecided(&i, &j, &r->matrix, q->digits)) {
    if (2 * bits > MOST_BITS)
      return mc_fail(e, MC_UNDECIDED,
                     "%d digits of entry (%zu, %zu) are not decided with %ld bits: it is zero or halfway between two "
                     "decimals, or nearly",
                     (int)q->digits, i, j, bits);
    bits *= 2;
    status = enclose_matrix(r, a, q, bits, e);
  }
  return status;
}

/* The singular values of what is iterated do not enter the image's proof, but belong to the answer. */
static mc_status enclose_image(mc_run_truth_answer *r, const double *a, const mc_run_truth_question *q, mc_error *e) {
  mc_error unused = {0};
  mc_status image = enclose_digits(r, a, q, e);
  if (image != MC_OK && image != MC_UNDECIDED)
    return image;
  mc_status values = enclose_singular_values(r, a, PLAIN_BITS, &unused);
  if (values == MC_OK || values == MC_UNDECIDED)
    return image;
  *e = unused;
  return values;
}

mc_status mc_run_truth_answer_set(mc_run_truth_answer *r, const double *a, const mc_run_truth_question *q,
                                  mc_error *e) {
  mc_error why = {0};
  mc_status status = q->kind == MC_RUN_POLAR             ? enclose_digits(r, a, q, &why)
                     : q->kind == MC_RUN_SINGULAR_VALUES ? enclose_singular_values(r, a, q->bits, &why)
                                                         : enclose_image(r, a, q, &why);
  r->certified = status == MC_OK;
  if (status == MC_UNDECIDED)
    snprintf(r->reason, sizeof r->reason, "%s", why.text);
  else if (status != MC_OK)
    *e = why;
  return status == MC_UNDECIDED ? MC_OK : status;
}
