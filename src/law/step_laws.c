/* Laws of a whole step of the optimizer. */
#include <math.h>

#include "bench.h"

/* ||image||_F, rounded up. */
static double image_norm(const mc_audit_reference *r, size_t size) {
  const double *image = mc_audit_reference_image_approx(r);
  double sum = 0;
  for (size_t i = 0; i < size; i++)
    sum += image[i] * image[i];
  return sqrt(sum) * (1 + 2 * mc_law_slack(size));
}

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
static mc_status expect_step(expected_step *s, mc_law_bench *b, mc_law_input_name i) {
  const mc_law_suite *suite = b->suite;
  const mc_law_input *input = &suite->inputs[i];
  size_t size = mc_law_size_of(input);
  double u = ldexp(1, -mc_kernel_precision(suite->model->storage));
  *s = (expected_step){.input = input,
                       .output = &b->outputs[i],
                       .direction = mc_alloc(size, sizeof *s->direction),
                       .buffer = mc_alloc(size, sizeof *s->buffer)};
  if (!s->direction || !s->buffer)
    return mc_fail(b->e, MC_NO_MEMORY, "out of memory");
  mc_law_momentum(s->direction, s->buffer, input, &suite->conventions);
  mc_status status = mc_law_limit_of(&s->limit, b, i);
  if (status != MC_OK)
    return status;
  s->reference = mc_law_suite_reference(b->suite, i, b->e);
  s->image = mc_audit_reference_image_approx(s->reference);
  double gamma = 4 * u / (1 - 4 * u);
  s->limit = s->limit * (1 + gamma) + gamma * image_norm(s->reference, size);
  return MC_OK;
}

/* f with ||-W' - f image|| least, that distance and ||image||, each to within a relative 2^-50 of the exact image's. */
typedef struct {
  double factor, distance, norm;
  double rounding; /* and of the distance: that of the image's entries to double, times f */
} fitted;

#define NEARLY 0x1p-50
#define BITS 128

static double nearest(const arb_t x) {
  return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

static fitted fit(const expected_step *s) {
  arb_t xy, yy, x, y, factor;
  arb_init(xy);
  arb_init(yy);
  arb_init(x);
  arb_init(y);
  arb_init(factor);
  for (size_t i = 0; i < mc_law_size_of(s->input); i++) {
    arb_set_d(x, -s->output->weights_after[i]);
    arb_set_d(y, s->image[i]);
    arb_addmul(xy, x, y, BITS);
    arb_addmul(yy, y, y, BITS);
  }
  arb_div(factor, xy, yy, BITS);
  arb_zero(xy);
  for (size_t i = 0; i < mc_law_size_of(s->input); i++) {
    arb_set_d(x, -s->output->weights_after[i]);
    arb_set_d(y, s->image[i]);
    arb_submul(x, factor, y, BITS);
    arb_addmul(xy, x, x, BITS);
  }
  arb_sqrtpos(xy, xy, BITS);
  arb_sqrtpos(yy, yy, BITS);
  fitted f = {.factor = nearest(factor), .distance = nearest(xy), .norm = nearest(yy)};
  f.rounding = 0x1p-52 * fabs(f.factor) * f.norm;
  arb_clear(xy);
  arb_clear(yy);
  arb_clear(x);
  arb_clear(y);
  arb_clear(factor);
  return f;
}

/* Is -W' within limit |f| of f image for some f?  From the best f, where the distance is d, to f + t it becomes
 * sqrt(d^2 + t^2 norm^2), which exceeds limit (|f| + |t|) for every t if d sqrt(1 - (limit / norm)^2) > limit |f|. */
static mc_law_verdict is_along(const expected_step *s, const fitted *f) {
  double allowed = s->limit * fabs(f->factor), share = s->limit / f->norm * (1 + NEARLY);
  if (!isfinite(allowed))
    return MC_LAW_UNDECIDED;
  if (f->distance * (1 + NEARLY) + f->rounding <= allowed * (1 - NEARLY))
    return MC_LAW_HOLDS;
  double least = f->distance * (1 - NEARLY) - f->rounding;
  bool beyond = share < 1 && least * sqrt(1 - share * share) * (1 - NEARLY) > allowed * (1 + NEARLY);
  return beyond ? MC_LAW_VIOLATED : MC_LAW_UNDECIDED;
}

static bool are_finite_weights(mc_law_bench *b, const expected_step *s) {
  bool finite = mc_law_is_finite(s->output->weights_after, mc_law_size_of(s->input));
  if (!finite)
    mc_law_decide(b, MC_LAW_VIOLATED, "the new weights hold NaN or infinity");
  return finite;
}

/* The buffer is exact; the update is a multiple of the image of the right direction. */
static void judge_momentum_of(mc_law_bench *b, const expected_step *s) {
  double unused;
  size_t size = mc_law_size_of(s->input), differing = mc_law_compare(&unused, s->buffer, s->output->buffer_after, size);
  if (differing > 0) {
    mc_law_decide(b, MC_LAW_VIOLATED, "%zu of %zu entries of the buffer are not %s", differing, size,
                  b->suite->conventions.sum ? "momentum * buffer + gradient"
                                            : "momentum * buffer + (1 - momentum) * gradient");
  } else if (are_finite_weights(b, s)) {
    fitted f = fit(s);
    mc_law_verdict verdict = is_along(s, &f);
    mc_law_decide(b, verdict, "the update is %.3g away from the image of %s; correct kernels at most %.3g", f.distance,
                  s->input->nesterov ? "momentum * buffer + weight * gradient" : "the buffer",
                  s->limit * fabs(f.factor));
  }
}

static mc_status judge_momentum_on(mc_law_bench *b, mc_law_input_name i) {
  expected_step s;
  mc_status status = expect_step(&s, b, i);
  if (status == MC_OK)
    judge_momentum_of(b, &s);
  clear_step(&s);
  return status;
}

mc_status mc_law_judge_momentum(mc_law_bench *b) {
  if (!mc_law_are_present(b, MC_INPUT_STEP_TALL, MC_INPUT_STEP_WIDE))
    return MC_OK;
  mc_status status = judge_momentum_on(b, MC_INPUT_STEP_TALL);
  if (status == MC_OK && b->f->verdict == MC_LAW_HOLDS)
    status = judge_momentum_on(b, MC_INPUT_STEP_WIDE);
  return status;
}

/* |f - lr s| ||image|| = |<-W' - lr s image, image>| / ||image|| is at most the error of the update. */
static void judge_scaling_of(mc_law_bench *b, const expected_step *s) {
  fitted f = fit(s);
  double right =
      s->input->learning_rate * mc_kernel_update_scale(b->suite->conventions.scaling, s->input->m, s->input->n);
  double allowed = right * s->limit / f.norm, off = fabs(f.factor - right), noise = NEARLY * (fabs(f.factor) + right);
  mc_law_verdict verdict = !isfinite(allowed)                          ? MC_LAW_UNDECIDED
                           : off + noise <= allowed * (1 - 4 * NEARLY) ? MC_LAW_HOLDS
                           : off - noise > allowed * (1 + 4 * NEARLY)  ? MC_LAW_VIOLATED
                                                                       : MC_LAW_UNDECIDED;
  mc_law_decide(b, verdict, "the factor on the update of %zu by %zu weights is %.6g; right is %.6g to within %.3g",
                s->input->m, s->input->n, f.factor, right, allowed);
}

static mc_status judge_scaling_on(mc_law_bench *b, mc_law_input_name i) {
  expected_step s;
  mc_status status = expect_step(&s, b, i);
  if (status == MC_OK && are_finite_weights(b, &s))
    judge_scaling_of(b, &s);
  clear_step(&s);
  return status;
}

mc_status mc_law_judge_scaling(mc_law_bench *b) {
  if (!mc_law_are_present(b, MC_INPUT_STEP_TALL, MC_INPUT_STEP_WIDE))
    return MC_OK;
  mc_status status = judge_scaling_on(b, MC_INPUT_STEP_TALL);
  if (status == MC_OK && b->f->verdict == MC_LAW_HOLDS)
    status = judge_scaling_on(b, MC_INPUT_STEP_WIDE);
  return status;
}

/* (1 - 1/4) W is exact in every format, in whatever order it is computed. */
mc_status mc_law_judge_decay(mc_law_bench *b) {
  const mc_law_input *input = &b->suite->inputs[MC_INPUT_STEP_DECAY];
  const mc_law_output *o = &b->outputs[MC_INPUT_STEP_DECAY];
  size_t wrong = 0, unchanged = 0, size = mc_law_size_of(input);
  if (!o->present)
    return MC_OK;
  for (size_t i = 0; i < size; i++) {
    wrong += !(o->weights_after[i] == (1 - input->learning_rate * input->weight_decay) * input->weights[i]);
    unchanged += o->weights_after[i] == input->weights[i];
  }
  if (wrong == 0)
    mc_law_decide(b, MC_LAW_HOLDS, "to the last bit");
  else
    mc_law_decide(b, MC_LAW_VIOLATED, "%zu of %zu weights are not (1 - lr decay) times what they were%s", wrong, size,
                  unchanged == size ? "; none has changed" : "");
  return MC_OK;
}
