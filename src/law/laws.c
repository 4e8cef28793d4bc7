/* The laws.  docs/laws.md says of each why it is one. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"

const char *mc_law_verdict_name(mc_law_verdict verdict) {
  static const char *const words[] = {"holds", "violated", "undecided", "absent"};
  return words[verdict];
}

/* What a law is judged from. */
typedef struct {
  mc_law_finding *f;
  mc_law_suite *suite;
  const mc_law_output *outputs;
  mc_error *e;
} bench;

MC_PRINTF(3, 4)
static void decide(bench *b, mc_law_verdict verdict, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  b->f->verdict = verdict;
  vsnprintf(b->f->reason, sizeof b->f->reason, format, arguments);
  va_end(arguments);
}

static bool are_present(const bench *b, mc_law_input_name i, mc_law_input_name j) {
  return b->outputs[i].present && b->outputs[j].present;
}

static const double *output_of(const bench *b, mc_law_input_name i) {
  return b->outputs[i].x;
}

static bool is_finite(const double *x, size_t size) {
  for (size_t i = 0; i < size; i++)
    if (!isfinite(x[i]))
      return false;
  return true;
}

static size_t size_of(const mc_law_input *input) {
  return input->count * input->m * input->n;
}

/* ---- Two outputs ---- */

/* Entries in which x and y differ, NaN from everything; *distance: upper bound of ||x - y||_F. */
static size_t compare(double *distance, const double *x, const double *y, size_t size) {
  size_t differing = 0;
  double sum = 0;
  for (size_t i = 0; i < size; i++) {
    differing += !(x[i] == y[i]);
    sum += (x[i] - y[i]) * (x[i] - y[i]);
  }
  *distance = sqrt(sum);
  return differing;
}

/* The relative error of such a sum's root, and a little more. */
static double slack(size_t size) {
  return (double)(size + 4) * 0x1p-53;
}

/* How far the output for input i may be from the exact image: the largest limit over the rules that a kernel may
 * follow, statistical where the ensemble gives one, else sound.  Infinite: nothing is known. */
static mc_status limit_of(double *limit, bench *b, mc_law_input_name i) {
  const mc_audit_reference *r = mc_law_suite_reference(b->suite, i, b->e);
  *limit = 0;
  if (!r)
    return b->e && b->e->status != MC_OK ? b->e->status : MC_UNDECIDED;
  for (size_t rule = 0; rule < mc_audit_reference_rules(r); rule++) {
    const mc_audit_limits *l = mc_audit_reference_limits(r, rule);
    double total = l->statistical[MC_MEASURE_TOTAL];
    *limit = fmax(*limit, isnan(total) ? fmin(l->sound, l->spectrum) : total);
  }
  return MC_OK;
}

/* x and y, what a law makes equal, may differ by what a correct kernel errs on the inputs i and j. */
static mc_status allow_errors(bench *b, const double *x, const double *y, size_t size, mc_law_input_name i,
                              mc_law_input_name j) {
  double distance, first, second;
  size_t differing = compare(&distance, x, y, size);
  if (differing == 0) {
    decide(b, MC_LAW_HOLDS, "to the last bit");
    return MC_OK;
  }
  if (!is_finite(x, size) || !is_finite(y, size)) {
    decide(b, MC_LAW_VIOLATED, "an output holds NaN or infinity");
    return MC_OK;
  }
  mc_status status = limit_of(&first, b, i);
  if (status == MC_OK)
    status = limit_of(&second, b, j);
  if (status != MC_OK)
    return status;
  double limit = first + second;
  if (!isfinite(limit))
    decide(b, MC_LAW_UNDECIDED, "%zu entries differ, and no limit is known for these inputs", differing);
  else if (distance * (1 - slack(size)) > limit)
    decide(b, MC_LAW_VIOLATED, "%zu entries differ, by %.3g in all; correct kernels by at most %.3g", differing,
           distance, limit);
  else if (distance * (1 + slack(size)) <= limit)
    decide(b, MC_LAW_HOLDS, "differs by %.3g; correct kernels by at most %.3g", distance, limit);
  else
    decide(b, MC_LAW_UNDECIDED, "differs by %.17g, which is the limit to within rounding", distance);
  return MC_OK;
}

/* NaN is NaN again. */
static size_t count_changes(const double *x, const double *y, size_t size) {
  size_t changes = 0;
  for (size_t i = 0; i < size; i++)
    changes += !(x[i] == y[i]) && !(isnan(x[i]) && isnan(y[i]));
  return changes;
}

static bool is_deterministic(const bench *b) {
  return are_present(b, MC_INPUT_BASE, MC_INPUT_AGAIN) &&
         count_changes(output_of(b, MC_INPUT_BASE), output_of(b, MC_INPUT_AGAIN),
                       size_of(&b->suite->inputs[MC_INPUT_BASE])) == 0;
}

/* Rounding to nearest makes factor x and y equal to the last bit, unless the kernel orders its sums differently from
 * call to call. */
static mc_status want_bits(bench *b, mc_law_input_name i, double factor, const char *meaning) {
  const mc_law_input *input = &b->suite->inputs[i];
  size_t size = size_of(input);
  double *x = mc_alloc(size, sizeof *x), distance;
  mc_status status = MC_OK;
  if (!x)
    return mc_fail(b->e, MC_NO_MEMORY, "out of memory");
  for (size_t k = 0; k < size; k++)
    x[k] = factor * output_of(b, MC_INPUT_BASE)[k];
  size_t differing = compare(&distance, x, output_of(b, i), size);
  if (differing == 0)
    decide(b, MC_LAW_HOLDS, "to the last bit");
  else if (is_deterministic(b))
    decide(b, MC_LAW_VIOLATED, "%zu of %zu entries %s, by %.3g in all", differing, size, meaning, distance);
  else
    status = allow_errors(b, x, output_of(b, i), size, MC_INPUT_BASE, i);
  mc_free(x);
  return status;
}

static mc_status judge_odd(bench *b) {
  return are_present(b, MC_INPUT_BASE, MC_INPUT_NEGATED)
             ? want_bits(b, MC_INPUT_NEGATED, -1, "are not minus those for -G")
             : MC_OK;
}

static mc_status judge_scale(bench *b) {
  mc_status status = MC_OK;
  if (!are_present(b, MC_INPUT_BASE, MC_INPUT_LARGER) || !b->outputs[MC_INPUT_SMALLER].present)
    return MC_OK;
  status = want_bits(b, MC_INPUT_LARGER, 1, "change when the input is multiplied by 8");
  if (status == MC_OK && b->f->verdict == MC_LAW_HOLDS)
    status = want_bits(b, MC_INPUT_SMALLER, 1, "change when the input is divided by 8");
  return status;
}

static mc_status judge_huge(bench *b) {
  return are_present(b, MC_INPUT_BASE, MC_INPUT_HUGE)
             ? want_bits(b, MC_INPUT_HUGE, 1, "change for an input near the end of the range")
             : MC_OK;
}

static mc_status judge_deterministic(bench *b) {
  size_t size = size_of(&b->suite->inputs[MC_INPUT_BASE]);
  if (!are_present(b, MC_INPUT_BASE, MC_INPUT_AGAIN))
    return MC_OK;
  size_t changes = count_changes(output_of(b, MC_INPUT_BASE), output_of(b, MC_INPUT_AGAIN), size);
  if (changes == 0)
    decide(b, MC_LAW_HOLDS, "to the last bit");
  else
    decide(b, MC_LAW_VIOLATED, "%zu of %zu entries change when the same input is given again", changes, size);
  return MC_OK;
}

/* expected := what the output for i should be, from that for the base input. */
static mc_status judge_rearranged(bench *b, mc_law_input_name i,
                                  void (*rearrange)(double *y, const double *x, size_t m, size_t n)) {
  const mc_law_input *base = &b->suite->inputs[MC_INPUT_BASE];
  double *expected = mc_alloc(size_of(base), sizeof *expected);
  if (!expected)
    return mc_fail(b->e, MC_NO_MEMORY, "out of memory");
  mc_status status = MC_OK;
  if (are_present(b, MC_INPUT_BASE, i)) {
    rearrange(expected, output_of(b, MC_INPUT_BASE), base->m, base->n);
    status = allow_errors(b, expected, output_of(b, i), size_of(base), MC_INPUT_BASE, i);
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

static mc_status judge_transpose(bench *b) {
  return judge_rearranged(b, MC_INPUT_TRANSPOSED, transpose);
}

static mc_status judge_permutation(bench *b) {
  return judge_rearranged(b, MC_INPUT_PERMUTED, permute);
}

static mc_status judge_rotation(bench *b) {
  return judge_rearranged(b, MC_INPUT_ROTATED, mc_law_rotate);
}

static mc_status judge_batch(bench *b) {
  static const mc_law_input_name slices[] = {MC_INPUT_BASE, MC_INPUT_SLICE_1, MC_INPUT_SLICE_2};
  mc_status status = MC_OK;
  bool all_bits = true;
  size_t size = size_of(&b->suite->inputs[MC_INPUT_BASE]);
  if (!b->outputs[MC_INPUT_BATCH].present)
    return MC_OK;
  for (size_t k = 0; k < 3 && status == MC_OK; k++) {
    if (!b->outputs[slices[k]].present) {
      b->f->verdict = MC_LAW_ABSENT;
      return MC_OK;
    }
    status =
        allow_errors(b, output_of(b, MC_INPUT_BATCH) + k * size, output_of(b, slices[k]), size, slices[k], slices[k]);
    if (b->f->verdict != MC_LAW_HOLDS)
      return status;
    all_bits = all_bits && strcmp(b->f->reason, "to the last bit") == 0;
  }
  if (status == MC_OK)
    decide(b, MC_LAW_HOLDS, "%s", all_bits ? "to the last bit" : "but not to the last bit");
  return status;
}

/* ---- One output ---- */

static mc_status judge_zero(bench *b) {
  const double *x = output_of(b, MC_INPUT_ZERO);
  size_t nonzero = 0, size = size_of(&b->suite->inputs[MC_INPUT_ZERO]);
  if (!b->outputs[MC_INPUT_ZERO].present)
    return MC_OK;
  for (size_t i = 0; i < size; i++)
    nonzero += !(x[i] == 0);
  if (nonzero == 0)
    decide(b, MC_LAW_HOLDS, "to the last bit");
  else
    decide(b, MC_LAW_VIOLATED, "%zu of %zu entries are not 0%s", nonzero, size, isnan(x[0]) ? " but NaN" : "");
  return MC_OK;
}

/* ||image||_F, rounded up. */
static double image_norm(const mc_audit_reference *r, size_t size) {
  const double *image = mc_audit_reference_image_approx(r);
  double sum = 0;
  for (size_t i = 0; i < size; i++)
    sum += image[i] * image[i];
  return sqrt(sum) * (1 + 2 * slack(size));
}

/* The output is within `limit` of the image. */
static mc_status want_near(bench *b, mc_law_input_name i, double limit) {
  const mc_audit_reference *r = mc_law_suite_reference(b->suite, i, b->e);
  const double *x = output_of(b, i);
  mc_audit_finding f;
  if (!is_finite(x, size_of(&b->suite->inputs[i]))) {
    decide(b, MC_LAW_VIOLATED, "the output holds NaN or infinity");
    return MC_OK;
  }
  mc_audit_finding_init(&f);
  mc_status status = mc_audit_judge(&f, r, x, b->e);
  if (status == MC_OK && mc_ball_lower_double(f.error) > limit)
    decide(b, MC_LAW_VIOLATED, "the error is %.3g; that of correct kernels at most %.3g", mc_ball_lower_double(f.error),
           limit);
  else if (status == MC_OK && mc_ball_upper_double(f.error) <= limit)
    decide(b, MC_LAW_HOLDS, "the error is %.3g; that of correct kernels at most %.3g", mc_ball_upper_double(f.error),
           limit);
  else
    decide(b, MC_LAW_UNDECIDED, "the limit %.3g lies inside the enclosure of the error", limit);
  mc_audit_finding_clear(&f);
  return status;
}

/* Sums of one term leave nothing to an order of summation: what is 0 stays 0, and the one entry is rounded as a scalar
 * is. */
static mc_status judge_rank_one(bench *b) {
  const mc_law_input *input = &b->suite->inputs[MC_INPUT_RANK_ONE];
  const double *x = output_of(b, MC_INPUT_RANK_ONE);
  size_t wrong = 0;
  double limit;
  if (!b->outputs[MC_INPUT_RANK_ONE].present)
    return MC_OK;
  for (size_t i = 0; i < size_of(input); i++)
    wrong += input->g[i] == 0 && !(x[i] == 0);
  if (wrong > 0) {
    decide(b, MC_LAW_VIOLATED, "%zu entries in rows or columns of zeros are not 0", wrong);
    return MC_OK;
  }
  mc_status status = limit_of(&limit, b, MC_INPUT_RANK_ONE);
  if (status == MC_OK && !isfinite(limit))
    decide(b, MC_LAW_HOLDS, "zeros stay zeros; no limit is known for the one entry");
  return status == MC_OK && isfinite(limit) ? want_near(b, MC_INPUT_RANK_ONE, limit) : status;
}

/* A kernel that flushes such numbers to zero returns 0, which is ||image||_F away; one that does not is nearer.  The
 * image may be smaller than the radius to which it is enclosed, so that only a certified excess counts. */
static mc_status judge_denormal(bench *b) {
  double limit;
  if (!b->outputs[MC_INPUT_DENORMAL].present)
    return MC_OK;
  mc_status status = limit_of(&limit, b, MC_INPUT_DENORMAL);
  if (status != MC_OK)
    return status;
  double flushed = image_norm(mc_law_suite_reference(b->suite, MC_INPUT_DENORMAL, b->e),
                              size_of(&b->suite->inputs[MC_INPUT_DENORMAL]));
  status = want_near(b, MC_INPUT_DENORMAL, isfinite(limit) ? fmax(limit, flushed) : flushed);
  if (status == MC_OK && b->f->verdict == MC_LAW_UNDECIDED)
    decide(b, MC_LAW_HOLDS, "to within the radius of the enclosed image");
  return status;
}

static mc_status judge_not_finite(bench *b, mc_law_input_name i) {
  const mc_law_output *o = &b->outputs[i];
  if (!o->present)
    return MC_OK;
  if (o->refused)
    decide(b, MC_LAW_HOLDS, "the kernel refuses it");
  else if (is_finite(o->x, size_of(&b->suite->inputs[i])))
    decide(b, MC_LAW_VIOLATED, "the output is finite and hides it");
  else
    decide(b, MC_LAW_HOLDS, "the output shows it");
  return MC_OK;
}

static mc_status judge_nan(bench *b) {
  return judge_not_finite(b, MC_INPUT_NAN);
}

static mc_status judge_infinity(bench *b) {
  return judge_not_finite(b, MC_INPUT_INFINITE);
}

/* ---- Conduct ---- */

static mc_status judge_untouched(bench *b) {
  for (size_t i = 0; i < MC_INPUTS; i++) {
    const mc_law_output *o = &b->outputs[i];
    const mc_law_input *input = &b->suite->inputs[i];
    if (!o->watched && !o->g_after)
      continue;
    if (o->watched ? o->conduct.input_changed : count_changes(o->g_after, input->g, size_of(input)) > 0) {
      decide(b, MC_LAW_VIOLATED, "the kernel writes into its input '%s'", input->name);
      return MC_OK;
    }
    decide(b, MC_LAW_HOLDS, "to the last bit");
  }
  return MC_OK;
}

/* Where only files are there, what was not written is what holds NaN. */
static bool find_unwritten(bench *b, const mc_law_input *input, const mc_law_output *o) {
  if (o->watched && o->conduct.unwritten > 0)
    decide(b, MC_LAW_VIOLATED, "%zu entries of the output for '%s' are not written", o->conduct.unwritten, input->name);
  else if (o->watched && o->conduct.strayed > 0)
    decide(b, MC_LAW_VIOLATED, "%zu elements between the rows or matrices of the output for '%s' are written",
           o->conduct.strayed, input->name);
  else if (!o->watched && input->finite && o->x && !is_finite(o->x, size_of(input)))
    decide(b, MC_LAW_VIOLATED, "the output for '%s' holds NaN or infinity", input->name);
  else
    return false;
  return true;
}

static mc_status judge_written(bench *b) {
  for (size_t i = 0; i < MC_INPUTS; i++) {
    if (!b->outputs[i].present || b->outputs[i].refused)
      continue;
    if (find_unwritten(b, &b->suite->inputs[i], &b->outputs[i]))
      return MC_OK;
    decide(b, MC_LAW_HOLDS, "and nothing else");
  }
  return MC_OK;
}

/* ---- Steps ---- */

/* What a step from zero weights should do: direction and buffer, the image of the direction, and its limit. */
typedef struct {
  const mc_law_input *input;
  const mc_law_output *output;
  double *direction, *buffer;
  const double *image;
  double limit; /* of ||update - image||_F for an update over its factor */
  const mc_audit_reference *reference;
} expected_step;

static void clear_step(expected_step *s) {
  mc_free(s->direction);
  mc_free(s->buffer);
}

/* Behind the kernel's own error there are at most four roundings: of the factor, of the product with it, of the
 * decayed weights and of the difference. */
static mc_status expect_step(expected_step *s, bench *b, mc_law_input_name i) {
  const mc_law_suite *suite = b->suite;
  const mc_law_input *input = &suite->inputs[i];
  size_t size = size_of(input);
  double u = ldexp(1, -mc_kernel_precision(suite->model->storage));
  *s = (expected_step){.input = input,
                       .output = &b->outputs[i],
                       .direction = mc_alloc(size, sizeof *s->direction),
                       .buffer = mc_alloc(size, sizeof *s->buffer)};
  if (!s->direction || !s->buffer)
    return mc_fail(b->e, MC_NO_MEMORY, "out of memory");
  mc_law_momentum(s->direction, s->buffer, input, &suite->conventions);
  mc_status status = limit_of(&s->limit, b, i);
  if (status != MC_OK)
    return status;
  s->reference = mc_law_suite_reference(b->suite, i, b->e);
  s->image = mc_audit_reference_image_approx(s->reference);
  double gamma = 4 * u / (1 - 4 * u);
  s->limit = s->limit * (1 + gamma) + gamma * image_norm(s->reference, size);
  return MC_OK;
}

/* f with ||-W' - f image|| least, and that distance. */
static double fit(double *distance, const expected_step *s) {
  size_t size = size_of(s->input);
  double xy = 0, yy = 0, sum = 0;
  for (size_t i = 0; i < size; i++) {
    xy -= s->output->weights_after[i] * s->image[i];
    yy += s->image[i] * s->image[i];
  }
  for (size_t i = 0; i < size; i++) {
    double off = -s->output->weights_after[i] - xy / yy * s->image[i];
    sum += off * off;
  }
  *distance = sqrt(sum);
  return xy / yy;
}

/* The buffer is exact; the update is a multiple of the image of the right direction. */
static mc_status judge_momentum_on(bench *b, mc_law_input_name i) {
  expected_step s;
  double distance, off;
  mc_status status = expect_step(&s, b, i);
  if (status == MC_OK) {
    size_t size = size_of(s.input), differing = compare(&distance, s.buffer, s.output->buffer_after, size);
    double factor = fit(&off, &s);
    if (differing > 0)
      decide(b, MC_LAW_VIOLATED, "%zu of %zu entries of the buffer are not %s", differing, size,
             b->suite->conventions.sum ? "momentum * buffer + gradient"
                                       : "momentum * buffer + (1 - momentum) * gradient");
    else if (off * (1 - slack(size)) <= s.limit * fabs(factor))
      decide(b, MC_LAW_HOLDS, "to the last bit");
    else
      decide(b, isfinite(s.limit) ? MC_LAW_VIOLATED : MC_LAW_UNDECIDED,
             "the update is not along the image of %s: %.3g away, correct kernels at most %.3g",
             s.input->nesterov ? "momentum * buffer + weight * gradient" : "the buffer", off, s.limit * fabs(factor));
  }
  clear_step(&s);
  return status;
}

static mc_status judge_momentum(bench *b) {
  if (!are_present(b, MC_INPUT_STEP_TALL, MC_INPUT_STEP_WIDE))
    return MC_OK;
  mc_status status = judge_momentum_on(b, MC_INPUT_STEP_TALL);
  if (status == MC_OK && b->f->verdict == MC_LAW_HOLDS)
    status = judge_momentum_on(b, MC_INPUT_STEP_WIDE);
  return status;
}

/* |f - lr s| ||image|| = |<-W' - lr s image, image>| / ||image|| is at most the error of the update. */
static mc_status judge_scaling_on(bench *b, mc_law_input_name i) {
  expected_step s;
  double off;
  mc_status status = expect_step(&s, b, i);
  if (status == MC_OK) {
    size_t size = size_of(s.input);
    double right =
               s.input->learning_rate * mc_kernel_update_scale(b->suite->conventions.scaling, s.input->m, s.input->n),
           factor = fit(&off, &s), norm = image_norm(s.reference, size),
           allowed = right * s.limit / norm * (1 + 8 * slack(size));
    if (fabs(factor - right) <= allowed)
      decide(b, MC_LAW_HOLDS, "the factor on the update is %.6g", factor);
    else
      decide(b, isfinite(s.limit) ? MC_LAW_VIOLATED : MC_LAW_UNDECIDED,
             "the factor on the update of %zu by %zu weights is %.6g, not %.6g to within %.3g", s.input->m, s.input->n,
             factor, right, allowed);
  }
  clear_step(&s);
  return status;
}

static mc_status judge_scaling(bench *b) {
  if (!are_present(b, MC_INPUT_STEP_TALL, MC_INPUT_STEP_WIDE))
    return MC_OK;
  mc_status status = judge_scaling_on(b, MC_INPUT_STEP_TALL);
  if (status == MC_OK && b->f->verdict == MC_LAW_HOLDS)
    status = judge_scaling_on(b, MC_INPUT_STEP_WIDE);
  return status;
}

/* (1 - 1/4) W is exact in every format, in whatever order it is computed. */
static mc_status judge_decay(bench *b) {
  const mc_law_input *input = &b->suite->inputs[MC_INPUT_STEP_DECAY];
  const mc_law_output *o = &b->outputs[MC_INPUT_STEP_DECAY];
  size_t wrong = 0, unchanged = 0, size = size_of(input);
  if (!o->present)
    return MC_OK;
  for (size_t i = 0; i < size; i++) {
    wrong += !(o->weights_after[i] == (1 - input->learning_rate * input->weight_decay) * input->weights[i]);
    unchanged += o->weights_after[i] == input->weights[i];
  }
  if (wrong == 0)
    decide(b, MC_LAW_HOLDS, "to the last bit");
  else
    decide(b, MC_LAW_VIOLATED, "%zu of %zu weights are not (1 - lr decay) times what they were%s", wrong, size,
           unchanged == size ? "; none has changed" : "");
  return MC_OK;
}

/* ---- The list ---- */

static const struct {
  mc_law law;
  mc_status (*judge)(bench *b);
} laws[] = {
    {{"odd", "X(-G) = -X(G)", "intel/torch-xpu-ops 4408", false}, judge_odd},
    {{"scale", "X(2^k G) = X(G) where eps is negligible", "NVIDIA-NeMo/Emerging-Optimizers 229", false}, judge_scale},
    {{"transpose", "X(G^T) = X(G)^T", "pytorch_optimizer 371", false}, judge_transpose},
    {{"permutation", "X(P G Q) = P X(G) Q for permutations P and Q", "deepspeedai/DeepSpeed 8384", false},
     judge_permutation},
    {{"rotation", "X(H G K) = H X(G) K for orthogonal H and K", "deepspeedai/DeepSpeed 8437", false}, judge_rotation},
    {{"zero", "X(0) = 0", "microsoft/dion 24", false}, judge_zero},
    {{"rank_one", "X(g e_i e_j^T) is a multiple of e_i e_j^T, the right one", "Xilinx/mlir-air 1427", false},
     judge_rank_one},
    {{"denormal", "subnormal numbers give the image or 0", "deepspeedai/DeepSpeed 8533", false}, judge_denormal},
    {{"huge", "X(2^k G) = X(G) near the end of the range", "deepspeedai/DeepSpeed 8533", false}, judge_huge},
    {{"nan", "a NaN in G shows in X", "marin 6301", false}, judge_nan},
    {{"infinity", "an infinity in G shows in X", "deepspeedai/DeepSpeed 8432", false}, judge_infinity},
    {{"input_untouched", "the input is as it was", "pytorch 194664", false}, judge_untouched},
    {{"output_written", "every entry of the output is written", "microsoft/onnxruntime 31155", false}, judge_written},
    {{"deterministic", "the same input gives the same output", "NVIDIA/TransformerEngine 2986", false},
     judge_deterministic},
    {{"batch", "a batch gives what its slices give", "microsoft/dion 102", false}, judge_batch},
    {{"momentum", "buffer and direction follow the convention", "KellerJordan/Muon 52", true}, judge_momentum},
    {{"update_scaling", "the update is -lr s(m, n) NS(direction)", "huggingface/pytorch-image-models 2791", true},
     judge_scaling},
    {{"weight_decay", "weights decay by lr decay, apart from the update", "tinygrad 17709", true}, judge_decay},
};
enum { LAWS = sizeof laws / sizeof laws[0] };

const mc_law *mc_law_get(size_t i) {
  return i < LAWS ? &laws[i].law : NULL;
}

mc_status mc_law_judge(mc_law_finding *f, size_t i, mc_law_suite *suite, const mc_law_output *outputs, mc_error *e) {
  mc_error why = {0};
  bench b = {f, suite, outputs, &why};
  *f = (mc_law_finding){.verdict = MC_LAW_ABSENT};
  mc_status status = laws[i].judge(&b);
  if (status == MC_UNDECIDED) {
    decide(&b, MC_LAW_UNDECIDED, "%.200s", why.text);
    return MC_OK;
  }
  if (status != MC_OK && e)
    *e = why;
  return status;
}
