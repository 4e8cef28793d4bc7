/* A whole step: the exact momentum and direction, and what the new weights say of the kernel's output.
 * docs/errors.md, section 11. */
#include "step.h"

#include <math.h>

#include "upward.h"

#define PRECISION 128

/* Operations that a term of mu B + nu G or of f W - lr s O passes through in any of the published forms, scalars
 * included. */
#define ROUNDINGS 6

struct mc_audit_step_view {
  double *direction, *update, *input, *output; /* one block; input and output: what around points to */
  mc_audit_surroundings around;
  arb_t buffer_error;
  double buffer_limit, buffer_ratio;
};

/* ---- Formats ---- */

static bool holds(mc_dtype format, const double *a, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (a[i] != mc_dtype_round(format, a[i]))
      return false;
  return true;
}

/* The narrowest format that holds both: what they were stored in, or narrower. */
static mc_dtype format_of(const double *a, const double *b, size_t count) {
  static const mc_dtype by_precision[] = {MC_DTYPE_BFLOAT16, MC_DTYPE_FLOAT16, MC_DTYPE_FLOAT32};
  for (size_t i = 0; i < 3; i++)
    if (holds(by_precision[i], a, count) && holds(by_precision[i], b, count))
      return by_precision[i];
  return MC_DTYPE_FLOAT64;
}

/* What one rounding in the format does. */
typedef struct {
  double u, eta, gamma; /* gamma: of ROUNDINGS roundings */
} unit;

static unit unit_of(mc_dtype format) {
  unit x = {.u = ldexp(1, -mc_kernel_precision(format)), .eta = ldexp(1, mc_kernel_smallest_exponent(format) - 1)};
  x.gamma = mc_up_over_one_minus(mc_up_mul(ROUNDINGS, x.u), mc_up_mul(ROUNDINGS, x.u));
  return x;
}

/* Bound of the error of one entry, where the terms that are added have at most this size together. */
static double entry_bound(const unit *x, double size) {
  return mc_up_add(mc_up_mul(x->gamma, size), mc_up_mul(2 * ROUNDINGS, x->eta));
}

/* ---- The step in balls ---- */

typedef struct {
  arb_t mu, nu, decay, rate, keep, divisor; /* keep: f; divisor: lr s */
  arb_t g, b, d, t;
} numbers;

static void numbers_init(numbers *x, const mc_audit_step *step, const mc_audit_step_rule *rule) {
  arb_ptr all[] = {x->mu, x->nu, x->decay, x->rate, x->keep, x->divisor, x->g, x->b, x->d, x->t};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    arb_init(all[i]);
  arb_set_fmpq(x->mu, rule->momentum, PRECISION);
  arb_one(x->nu);
  if (rule->rule == MC_STEP_AVERAGE)
    arb_sub(x->nu, x->nu, x->mu, PRECISION);
  arb_set_fmpq(x->decay, rule->weight_decay, PRECISION);
  arb_set_fmpq(x->rate, rule->rate, PRECISION);
  arb_mul(x->keep, x->decay, x->rate, PRECISION);
  if (rule->decay == MC_STEP_INDEPENDENT)
    arb_set(x->keep, x->decay);
  else if (rule->decay == MC_STEP_COUPLED)
    arb_zero(x->keep);
  arb_sub_ui(x->keep, x->keep, 1, PRECISION);
  arb_neg(x->keep, x->keep);
  mc_audit_step_scale(x->divisor, rule, step->m, step->n, PRECISION);
  arb_mul(x->divisor, x->divisor, x->rate, PRECISION);
}

static void numbers_clear(numbers *x) {
  arb_ptr all[] = {x->mu, x->nu, x->decay, x->rate, x->keep, x->divisor, x->g, x->b, x->d, x->t};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    arb_clear(all[i]);
}

/* *nearest := x to double; sum += the square of how far off that is. */
static void round_entry(double *nearest, double *sum, arb_t x) {
  *nearest = arf_get_d(arb_midref(x), ARF_RND_NEAR);
  arb_t off;
  arb_init(off);
  arb_set_d(off, *nearest);
  arb_sub(off, off, x, PRECISION);
  arb_abs(off, off);
  double upper = mc_ball_upper_double(off);
  *sum = mc_up_add(*sum, mc_up_mul(upper, upper));
  arb_clear(off);
}

/* Sums of squares over all entries. */
typedef struct {
  double direction, update;             /* of rounding to double */
  double input, output, buffer_allowed; /* of what roundings may do */
} squares;

static void add_square(double *sum, double x) {
  *sum = mc_up_add(*sum, mc_up_mul(x, x));
}

/* Entry i of momentum and direction, and of what rounding allows them. */
static void find_momentum(mc_audit_step_view *v, squares *sum, numbers *x, const mc_audit_step *s,
                          const mc_audit_step_rule *rule, const unit *format, size_t i) {
  arb_set_d(x->g, s->gradient[i]);
  if (rule->decay == MC_STEP_COUPLED) {
    arb_set_d(x->t, s->weights[i]);
    arb_addmul(x->g, x->t, x->decay, PRECISION);
  }
  arb_mul(x->g, x->g, x->nu, PRECISION);
  arb_set_d(x->b, s->buffer[i]);
  arb_mul(x->b, x->b, x->mu, PRECISION);
  arb_add(x->b, x->b, x->g, PRECISION);
  arb_set(x->d, x->b);
  if (rule->nesterov) {
    arb_mul(x->d, x->d, x->mu, PRECISION);
    arb_add(x->d, x->d, x->g, PRECISION);
  }
  round_entry(&v->direction[i], &sum->direction, x->d);
  /* Forms: mu B + nu G, B + nu (G - B), G + mu (B - G); G may be G + wd W. */
  double mu = fmax(1, mc_ball_upper_double(x->mu)), decay = mc_ball_upper_double(x->decay);
  double g = mc_up_add(fabs(s->gradient[i]), mc_up_mul(decay, fabs(s->weights[i])));
  double size = mc_up_mul(2 * mu, mc_up_add(fabs(s->buffer[i]), g)), allowed = entry_bound(format, size);
  arb_set_d(x->t, s->buffer_after[i]);
  arb_sub(x->t, x->t, x->b, PRECISION);
  arb_addmul(v->buffer_error, x->t, x->t, PRECISION);
  arb_abs(x->t, x->t);
  v->buffer_ratio = fmax(v->buffer_ratio, nextafter(mc_ball_lower_double(x->t) / allowed, 0));
  add_square(&sum->buffer_allowed, allowed);
  double once_more = rule->nesterov ? entry_bound(format, mc_up_mul(2 * mu, mc_up_add3(size, allowed, g))) : 0;
  add_square(&sum->input, mc_up_add(mc_up_mul(mu, allowed), once_more));
  v->input[i] = format->u * (fabs(arf_get_d(arb_midref(x->b), ARF_RND_NEAR)) + fabs(v->direction[i]));
}

/* Entry i of the update that the weights show, and of what rounding allows it. */
static void find_update(mc_audit_step_view *v, squares *sum, numbers *x, const mc_audit_step *s, const unit *format,
                        size_t i) {
  double w = fabs(s->weights[i]), after = fabs(s->weights_after[i]);
  arb_set_d(x->d, s->weights[i]);
  arb_set_d(x->t, s->weights_after[i]);
  arb_mul(x->d, x->d, x->keep, PRECISION);
  arb_sub(x->d, x->d, x->t, PRECISION);
  arb_div(x->d, x->d, x->divisor, PRECISION);
  round_entry(&v->update[i], &sum->update, x->d);
  double divisor = mc_ball_lower_double(x->divisor), keep = fmax(1, fabs(mc_ball_upper_double(x->keep)));
  double size = mc_up_mul(2 * keep, mc_up_add(w, after)); /* |f W| and |lr s O| <= |f W| + |W'| */
  add_square(&sum->output, mc_up(entry_bound(format, size) / divisor));
  bool decays = !arb_is_one(x->keep);
  double moved = format->u * ((decays ? w : 0) + after) / divisor + format->u * fabs(v->update[i]);
  v->output[i] = moved;
}

static double centre(const arb_t x) {
  return fabs(arf_get_d(arb_midref(x), ARF_RND_NEAR));
}

/* Scalars are rounded once: mu and nu move buffer and gradient as a whole, f the weights, lr s the update. */
static void find_modes(mc_audit_surroundings *around, const mc_audit_step_view *v, const numbers *x,
                       const mc_audit_step *s, const mc_audit_step_rule *rule, const unit *buffers,
                       const unit *weights) {
  double twice = rule->nesterov ? 2 : 1, keep = arb_is_one(x->keep) ? 0 : centre(x->keep);
  around->input_modes[0] = (mc_audit_mode){s->buffer, twice * buffers->u * centre(x->mu)};
  around->input_modes[1] = (mc_audit_mode){s->gradient, twice * buffers->u * centre(x->nu)};
  around->output_modes[0] = (mc_audit_mode){s->weights, weights->u * keep / centre(x->divisor)};
  around->output_modes[1] = (mc_audit_mode){v->update, weights->u};
}

static void find_all(mc_audit_step_view *v, const mc_audit_step *s, const mc_audit_step_rule *rule) {
  size_t count = s->m * s->n;
  unit buffers = unit_of(format_of(s->buffer, s->buffer_after, count));
  unit weights = unit_of(format_of(s->weights, s->weights_after, count));
  squares sum = {0};
  numbers x;
  numbers_init(&x, s, rule);
  for (size_t i = 0; i < count; i++) {
    find_momentum(v, &sum, &x, s, rule, &buffers, i);
    find_update(v, &sum, &x, s, &weights, i);
  }
  find_modes(&v->around, v, &x, s, rule, &buffers, &weights);
  numbers_clear(&x);
  arb_sqrtpos(v->buffer_error, v->buffer_error, PRECISION);
  v->buffer_limit = mc_up_sqrt(sum.buffer_allowed);
  v->around.input_bound = mc_up_sqrt(sum.input);
  v->around.output_bound = mc_up_sqrt(sum.output);
  v->around.input_radius = mc_up_sqrt(sum.direction);
  v->around.output_radius = mc_up_sqrt(sum.update);
}

/* ---- The view ---- */

static mc_status check(const mc_audit_step *s, mc_error *e) {
  const double *const all[] = {s->gradient, s->weights, s->buffer, s->weights_after, s->buffer_after};
  static const char *const names[] = {"gradient", "weights", "buffer", "weights after", "buffer after"};
  for (size_t k = 0; k < 5; k++)
    for (size_t i = 0; i < s->m * s->n; i++)
      if (!isfinite(all[k][i]))
        return mc_fail(e, MC_UNDECIDED, "the %s of the step hold NaN or infinity", names[k]);
  return MC_OK;
}

static bool is_zero(const double *a, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (a[i] != 0)
      return false;
  return true;
}

mc_status mc_audit_step_view_new(mc_audit_step_view **view, const mc_audit_step *step, const mc_audit_step_rule *rule,
                                 mc_error *e) {
  size_t count = step->m * step->n;
  mc_status s = check(step, e);
  *view = NULL;
  if (s != MC_OK)
    return s;
  mc_audit_step_view *v = mc_alloc(1, sizeof *v);
  double *room = mc_alloc(4 * count, sizeof *room);
  if (!v || !room) {
    mc_free(v);
    mc_free(room);
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  }
  *v = (mc_audit_step_view){
      .direction = room, .update = room + count, .input = room + 2 * count, .output = room + 3 * count};
  v->around = (mc_audit_surroundings){
      .input = v->input, .output = v->output, .along = is_zero(step->weights, count) ? NULL : step->weights};
  arb_init(v->buffer_error);
  find_all(v, step, rule);
  *view = v;
  return MC_OK;
}

void mc_audit_step_view_free(mc_audit_step_view *view) {
  if (!view)
    return;
  arb_clear(view->buffer_error);
  mc_free(view->direction);
  mc_free(view);
}

const double *mc_audit_step_direction(const mc_audit_step_view *view) {
  return view->direction;
}

const double *mc_audit_step_update(const mc_audit_step_view *view) {
  return view->update;
}

const mc_audit_surroundings *mc_audit_step_surroundings(const mc_audit_step_view *view) {
  return &view->around;
}

void mc_audit_step_buffer(arb_t error, double *limit, double *ratio, const mc_audit_step_view *view) {
  arb_set(error, view->buffer_error);
  *limit = view->buffer_limit;
  *ratio = view->buffer_ratio;
}
