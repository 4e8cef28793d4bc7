/* Laws that one output keeps or breaks. */
#include <math.h>

#include "bench.h"

mc_status mc_law_judge_zero(mc_law_bench *b) {
  const double *x = mc_law_output_of(b, MC_INPUT_ZERO);
  size_t nonzero = 0, size = mc_law_size_of(&b->suite->inputs[MC_INPUT_ZERO]);
  if (!b->outputs[MC_INPUT_ZERO].present)
    return MC_OK;
  for (size_t i = 0; i < size; i++)
    nonzero += !(x[i] == 0);
  if (nonzero == 0)
    mc_law_decide(b, MC_LAW_HOLDS, "to the last bit");
  else
    mc_law_decide(b, MC_LAW_VIOLATED, "%zu of %zu entries are not 0%s", nonzero, size, isnan(x[0]) ? " but NaN" : "");
  return MC_OK;
}

/* Is the output within `limit` of the image? */
static mc_status want_near(mc_law_bench *b, mc_law_input_name i, double limit) {
  const mc_audit_reference *r = mc_law_suite_reference(b->suite, i, b->e);
  const double *x = mc_law_output_of(b, i);
  mc_audit_finding f;
  if (!mc_law_is_finite(x, mc_law_size_of(&b->suite->inputs[i]))) {
    mc_law_decide(b, MC_LAW_VIOLATED, "the output holds NaN or infinity");
    return MC_OK;
  }
  mc_audit_finding_init(&f);
  mc_status status = mc_audit_judge(&f, r, x, b->e);
  double least = mc_ball_lower_double(f.error), most = mc_ball_upper_double(f.error);
  if (status == MC_OK && least > limit)
    mc_law_decide(b, MC_LAW_VIOLATED, "the error is %.3g; that of correct kernels at most %.3g", least, limit);
  else if (status == MC_OK && most <= limit)
    mc_law_decide(b, MC_LAW_HOLDS, "the error is %.3g; that of correct kernels at most %.3g", most, limit);
  else
    mc_law_decide(b, MC_LAW_UNDECIDED, "the limit %.3g lies inside the enclosure of the error", limit);
  mc_audit_finding_clear(&f);
  return status;
}

static double norm_of_image(mc_law_bench *b, mc_law_input_name i) {
  const mc_audit_reference *r = mc_law_suite_reference(b->suite, i, b->e);
  double square = 0;
  for (size_t k = 0; r && k < mc_law_size_of(&b->suite->inputs[i]); k++)
    square += pow(mc_audit_reference_image_approx(r)[k], 2);
  return sqrt(square);
}

/* Sums of one term leave nothing to an order of summation: what is 0 stays 0, and the one entry is rounded as a scalar
 * is.  A limit above the image (of 16-bit formats) would let 0 pass: nothing is held to it. */
mc_status mc_law_judge_rank_one(mc_law_bench *b) {
  const mc_law_input *input = &b->suite->inputs[MC_INPUT_RANK_ONE];
  const double *x = mc_law_output_of(b, MC_INPUT_RANK_ONE);
  size_t wrong = 0;
  double limit;
  if (!b->outputs[MC_INPUT_RANK_ONE].present)
    return MC_OK;
  for (size_t i = 0; i < mc_law_size_of(input); i++)
    wrong += input->g[i] == 0 && !(x[i] == 0);
  if (wrong > 0) {
    mc_law_decide(b, MC_LAW_VIOLATED, "%zu entries in rows or columns of zeros are not 0", wrong);
    return MC_OK;
  }
  mc_status status = mc_law_limit_of(&limit, b, MC_INPUT_RANK_ONE);
  if (status != MC_OK)
    return status;
  double image = norm_of_image(b, MC_INPUT_RANK_ONE);
  if (!isfinite(limit))
    mc_law_decide(b, MC_LAW_UNDECIDED, "zeros stay zeros, but no limit is known for the one entry");
  else if (limit < image)
    return want_near(b, MC_INPUT_RANK_ONE, limit);
  else if (!mc_law_is_finite(x, mc_law_size_of(input)))
    mc_law_decide(b, MC_LAW_VIOLATED, "the output holds NaN or infinity");
  else
    mc_law_decide(b, MC_LAW_HOLDS,
                  "zeros stay zeros; the one entry is not judged: its limit, %.3g, is above its image, %.3g", limit,
                  image);
  return MC_OK;
}

/* Is the output within ||image||_F of the image, each enclosed relative to the image? */
static void want_nearer_than_zero(mc_law_bench *b, mc_law_input_name i) {
  const mc_law_input *input = &b->suite->inputs[i];
  arb_t error, size;
  arb_init(error);
  arb_init(size);
  mc_audit_small_enclose(error, size, b->suite->model, input->g, input->m, input->n, mc_law_output_of(b, i));
  double nearest = arf_get_d(arb_midref(error), ARF_RND_NEAR), flushed = arf_get_d(arb_midref(size), ARF_RND_NEAR);
  if (arb_le(error, size))
    mc_law_decide(b, MC_LAW_HOLDS, "the error is %.3g; that of a kernel that flushes to zero %.3g", nearest, flushed);
  else if (arb_gt(error, size))
    mc_law_decide(b, MC_LAW_VIOLATED, "the error is %.3g; that of a kernel that flushes to zero %.3g", nearest,
                  flushed);
  else
    mc_law_decide(b, MC_LAW_UNDECIDED, "the limit %.3g lies inside the enclosure of the error", flushed);
  arb_clear(error);
  arb_clear(size);
}

static bool is_zero(const double *x, size_t size) {
  for (size_t i = 0; i < size; i++)
    if (!(x[i] == 0))
      return false;
  return true;
}

/* A kernel that flushes such numbers to zero returns 0; one that does not is within limits of the image or, where
 * none is known, nearer to it than 0. */
mc_status mc_law_judge_denormal(mc_law_bench *b) {
  const mc_law_output *o = &b->outputs[MC_INPUT_DENORMAL];
  size_t size = mc_law_size_of(&b->suite->inputs[MC_INPUT_DENORMAL]);
  double limit;
  if (!o->present)
    return MC_OK;
  if (is_zero(o->x, size)) {
    mc_law_decide(b, MC_LAW_HOLDS, "flushed to zero");
    return MC_OK;
  }
  mc_status status = mc_law_limit_of(&limit, b, MC_INPUT_DENORMAL);
  if (status == MC_OK && (isfinite(limit) || !mc_law_is_finite(o->x, size)))
    return want_near(b, MC_INPUT_DENORMAL, limit);
  if (status == MC_OK)
    want_nearer_than_zero(b, MC_INPUT_DENORMAL);
  return status;
}

static mc_status judge_not_finite(mc_law_bench *b, mc_law_input_name i) {
  const mc_law_output *o = &b->outputs[i];
  if (!o->present)
    return MC_OK;
  if (o->refused)
    mc_law_decide(b, MC_LAW_HOLDS, "the kernel refuses it");
  else if (mc_law_is_finite(o->x, mc_law_size_of(&b->suite->inputs[i])))
    mc_law_decide(b, MC_LAW_VIOLATED, "the output is finite and hides it");
  else
    mc_law_decide(b, MC_LAW_HOLDS, "the output shows it");
  return MC_OK;
}

mc_status mc_law_judge_nan(mc_law_bench *b) {
  return judge_not_finite(b, MC_INPUT_NAN);
}

mc_status mc_law_judge_infinity(mc_law_bench *b) {
  return judge_not_finite(b, MC_INPUT_INFINITE);
}
