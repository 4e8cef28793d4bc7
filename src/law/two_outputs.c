/* Laws that relate two outputs. */
#include <math.h>
#include <string.h>

#include "bench.h"

/* x and y, what a law makes equal, may differ by what a correct kernel errs on the inputs i and j. */
static mc_status allow_errors(mc_law_bench *b, const double *x, const double *y, size_t size, mc_law_input_name i,
                              mc_law_input_name j) {
  double distance, first, second;
  size_t differing = mc_law_compare(&distance, x, y, size);
  if (differing == 0) {
    mc_law_decide(b, MC_LAW_HOLDS, "to the last bit");
    return MC_OK;
  }
  if (!mc_law_is_finite(x, size) || !mc_law_is_finite(y, size)) {
    mc_law_decide(b, MC_LAW_VIOLATED, "an output holds NaN or infinity");
    return MC_OK;
  }
  mc_status status = mc_law_limit_of(&first, b, i);
  if (status == MC_OK)
    status = mc_law_limit_of(&second, b, j);
  if (status != MC_OK)
    return status;
  double limit = first + second;
  if (!isfinite(limit))
    mc_law_decide(b, MC_LAW_UNDECIDED, "%zu entries differ, and no limit is known for these inputs", differing);
  else if (distance * (1 - mc_law_slack(size)) - MC_LAW_UNDERFLOW > limit)
    mc_law_decide(b, MC_LAW_VIOLATED, "%zu entries differ, by %.3g in all; correct kernels by at most %.3g", differing,
                  distance, limit);
  else if (distance * (1 + mc_law_slack(size)) + MC_LAW_UNDERFLOW <= limit)
    mc_law_decide(b, MC_LAW_HOLDS, "differs by %.3g; correct kernels by at most %.3g", distance, limit);
  else
    mc_law_decide(b, MC_LAW_UNDECIDED, "differs by %.17g, which is the limit to within rounding", distance);
  return MC_OK;
}

static bool is_deterministic(const mc_law_bench *b) {
  return mc_law_are_present(b, MC_INPUT_BASE, MC_INPUT_AGAIN) &&
         mc_law_count_changes(mc_law_output_of(b, MC_INPUT_BASE), mc_law_output_of(b, MC_INPUT_AGAIN),
                              mc_law_size_of(&b->suite->inputs[MC_INPUT_BASE])) == 0;
}

/* Rounding to nearest makes factor x and y equal to the last bit, unless the kernel orders its sums differently from
 * call to call. */
static mc_status want_bits(mc_law_bench *b, mc_law_input_name i, double factor, const char *meaning) {
  const mc_law_input *input = &b->suite->inputs[i];
  size_t size = mc_law_size_of(input);
  double *x = mc_alloc(size, sizeof *x), distance;
  mc_status status = MC_OK;
  if (!x)
    return mc_fail(b->e, MC_NO_MEMORY, "out of memory");
  for (size_t k = 0; k < size; k++)
    x[k] = factor * mc_law_output_of(b, MC_INPUT_BASE)[k];
  size_t differing = mc_law_compare(&distance, x, mc_law_output_of(b, i), size);
  if (differing == 0)
    mc_law_decide(b, MC_LAW_HOLDS, "to the last bit");
  else if (is_deterministic(b))
    mc_law_decide(b, MC_LAW_VIOLATED, "%zu of %zu entries %s, by %.3g in all", differing, size, meaning, distance);
  else
    status = allow_errors(b, x, mc_law_output_of(b, i), size, MC_INPUT_BASE, i);
  mc_free(x);
  return status;
}

mc_status mc_law_judge_odd(mc_law_bench *b) {
  return mc_law_are_present(b, MC_INPUT_BASE, MC_INPUT_NEGATED)
             ? want_bits(b, MC_INPUT_NEGATED, -1, "are not minus those for -G")
             : MC_OK;
}

mc_status mc_law_judge_scale(mc_law_bench *b) {
  mc_status status = MC_OK;
  if (!mc_law_are_present(b, MC_INPUT_BASE, MC_INPUT_LARGER) || !b->outputs[MC_INPUT_SMALLER].present)
    return MC_OK;
  status = want_bits(b, MC_INPUT_LARGER, 1, "change when the input is multiplied by 8");
  if (status == MC_OK && b->f->verdict == MC_LAW_HOLDS)
    status = want_bits(b, MC_INPUT_SMALLER, 1, "change when the input is divided by 8");
  return status;
}

mc_status mc_law_judge_huge(mc_law_bench *b) {
  return mc_law_are_present(b, MC_INPUT_BASE, MC_INPUT_HUGE)
             ? want_bits(b, MC_INPUT_HUGE, 1, "change for an input near the end of the range")
             : MC_OK;
}

mc_status mc_law_judge_deterministic(mc_law_bench *b) {
  size_t size = mc_law_size_of(&b->suite->inputs[MC_INPUT_BASE]);
  if (!mc_law_are_present(b, MC_INPUT_BASE, MC_INPUT_AGAIN))
    return MC_OK;
  size_t changes = mc_law_count_changes(mc_law_output_of(b, MC_INPUT_BASE), mc_law_output_of(b, MC_INPUT_AGAIN), size);
  if (changes == 0)
    mc_law_decide(b, MC_LAW_HOLDS, "to the last bit");
  else
    mc_law_decide(b, MC_LAW_VIOLATED, "%zu of %zu entries change when the same input is given again", changes, size);
  return MC_OK;
}

/* expected := what the output for i should be, from that for the base input. */
static mc_status judge_rearranged(mc_law_bench *b, mc_law_input_name i,
                                  void (*rearrange)(double *y, const double *x, size_t m, size_t n)) {
  const mc_law_input *base = &b->suite->inputs[MC_INPUT_BASE];
  double *expected = mc_alloc(mc_law_size_of(base), sizeof *expected);
  if (!expected)
    return mc_fail(b->e, MC_NO_MEMORY, "out of memory");
  mc_status status = MC_OK;
  if (mc_law_are_present(b, MC_INPUT_BASE, i)) {
    rearrange(expected, mc_law_output_of(b, MC_INPUT_BASE), base->m, base->n);
    status = allow_errors(b, expected, mc_law_output_of(b, i), mc_law_size_of(base), MC_INPUT_BASE, i);
  }
  mc_free(expected);
  return status;
}

static void transpose(double *y, const double *x, size_t m, size_t n) {
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      y[j * m + i] = x[i * n + j];
}

static void permute(double *y, const double *x, size_t m, size_t n) {
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      size_t k, l;
      mc_law_permute(&k, &l, i, j, m, n);
      y[i * n + j] = x[k * n + l];
    }
}

mc_status mc_law_judge_transpose(mc_law_bench *b) {
  return judge_rearranged(b, MC_INPUT_TRANSPOSED, transpose);
}

mc_status mc_law_judge_permutation(mc_law_bench *b) {
  return judge_rearranged(b, MC_INPUT_PERMUTED, permute);
}

mc_status mc_law_judge_rotation(mc_law_bench *b) {
  return judge_rearranged(b, MC_INPUT_ROTATED, mc_law_rotate);
}

mc_status mc_law_judge_batch(mc_law_bench *b) {
  static const mc_law_input_name slices[] = {MC_INPUT_BASE, MC_INPUT_SLICE_1, MC_INPUT_SLICE_2};
  mc_status status = MC_OK;
  bool all_bits = true;
  size_t size = mc_law_size_of(&b->suite->inputs[MC_INPUT_BASE]);
  if (!b->outputs[MC_INPUT_BATCH].present)
    return MC_OK;
  for (size_t k = 0; k < 3 && status == MC_OK; k++) {
    if (!b->outputs[slices[k]].present) {
      b->f->verdict = MC_LAW_ABSENT;
      return MC_OK;
    }
    status = allow_errors(b, mc_law_output_of(b, MC_INPUT_BATCH) + k * size, mc_law_output_of(b, slices[k]), size,
                          slices[k], slices[k]);
    if (b->f->verdict != MC_LAW_HOLDS)
      return status;
    all_bits = all_bits && strcmp(b->f->reason, "to the last bit") == 0;
  }
  if (status == MC_OK)
    mc_law_decide(b, MC_LAW_HOLDS, "%s", all_bits ? "to the last bit" : "but not to the last bit");
  return status;
}
