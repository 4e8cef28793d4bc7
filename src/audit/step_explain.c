/* What a step did instead of what it should have done: published conventions tried in turn, weights of the parts fitted
 * by least squares.  In double; certifies nothing. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "step.h"

typedef struct {
  mc_audit_explanation *list;
  size_t count;
  const mc_audit_step *s;
  const mc_audit_step_rule *rule;
  double mu, rate, decay, scale, keep; /* keep: f */
} search;

static double nearest(const fmpq_t q) {
  arb_t x;
  arb_init(x);
  arb_set_fmpq(x, q, 64);
  double d = arf_get_d(arb_midref(x), ARF_RND_NEAR);
  arb_clear(x);
  return d;
}

static double scale_of(const mc_audit_step_rule *rule, mc_audit_step_scaling scaling, size_t m, size_t n) {
  mc_audit_step_rule other = *rule; /* shares the numbers, which are only read */
  other.scaling = scaling;
  arb_t s;
  arb_init(s);
  mc_audit_step_scale(s, &other, m, n, 64);
  double d = arf_get_d(arb_midref(s), ARF_RND_NEAR);
  arb_clear(s);
  return d;
}

static void say(search *x, double distance, const char *text) {
  if (x->count == MC_AUDIT_EXPLANATIONS)
    return;
  mc_audit_explanation *last = &x->list[x->count++];
  last->distance = distance;
  snprintf(last->text, sizeof last->text, "%s", text);
}

/* ---- Least squares ---- */

static double dot(const double *a, const double *b, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += a[i] * b[i];
  return sum;
}

/* y ~ p P + q Q, and how well: rest = ||y - p P - q Q||_F; errors of p and q if the rest is noise. */
typedef struct {
  double p, q, rest, p_error, q_error;
} fit;

static fit fit_pair(const double *y, const double *P, const double *Q, size_t count) {
  double pp = dot(P, P, count), qq = dot(Q, Q, count), pq = dot(P, Q, count), yp = dot(y, P, count),
         yq = dot(y, Q, count), determinant = pp * qq - pq * pq, sum = 0;
  fit f = {0};
  if (determinant > 1e-9 * pp * qq) {
    f.p = (yp * qq - yq * pq) / determinant;
    f.q = (yq * pp - yp * pq) / determinant;
  } else {
    f.q = qq > 0 ? yq / qq : 0;
    f.p = qq > 0 || pp == 0 ? 0 : yp / pp;
  }
  for (size_t i = 0; i < count; i++) {
    double rest = y[i] - f.p * P[i] - f.q * Q[i];
    sum += rest * rest;
  }
  f.rest = sqrt(sum);
  f.p_error = pp > 0 ? f.rest / sqrt((double)count * pp) : (double)INFINITY;
  f.q_error = qq > 0 ? f.rest / sqrt((double)count * qq) : (double)INFINITY;
  return f;
}

/* Is `a` so near to b that the fit cannot tell them apart, or within one in a hundred? */
static bool agrees(double a, double b, double error) {
  return fabs(a - b) <= fmax(10 * error, 0.01 * fabs(b));
}

/* ---- Momentum ---- */

/* B' as a combination of B and G, or of B and G + wd W where that fits better: *coupled.  room: m n doubles. */
static fit fit_buffer(bool *coupled, const search *x, double *room) {
  const mc_audit_step *s = x->s;
  size_t count = s->m * s->n;
  fit plain = fit_pair(s->buffer_after, s->buffer, s->gradient, count);
  for (size_t i = 0; i < count; i++)
    room[i] = s->gradient[i] + x->decay * s->weights[i];
  fit with_decay = fit_pair(s->buffer_after, s->buffer, room, count);
  *coupled = x->decay > 0 && with_decay.rest < plain.rest / 2;
  return *coupled ? with_decay : plain;
}

static void explain_buffer(search *x, double *room) {
  const mc_audit_step *s = x->s;
  double mu = x->mu, nu = x->rule->rule == MC_STEP_AVERAGE ? 1 - mu : 1;
  const struct {
    double p, q;
    const char *name;
  } known[] = {{mu, 1 - mu, "an average of gradients"},
               {mu, 1, "a sum of gradients (heavy ball)"},
               {1, 0, "the buffer was not updated"},
               {0, 1, "the gradient alone"},
               {0, 0, "zero"},
               {1 - mu, mu, "an average with its weights swapped"}};
  const char *name = "";
  char text[160];
  bool coupled;
  fit f = fit_buffer(&coupled, x, room);
  for (size_t i = 0; i < sizeof known / sizeof *known && !*name; i++)
    if (agrees(f.p, known[i].p, f.p_error) && agrees(f.q, known[i].q, f.q_error))
      name = known[i].name;
  if (!*name && agrees(f.p * nu, f.q * mu, nu * f.p_error + mu * f.q_error))
    name = "the right buffer times a factor";
  snprintf(text, sizeof text, "the buffer after is %.4g times the buffer and %.4g times the gradient%s%s%s", f.p, f.q,
           coupled ? " with decay added" : "", *name ? ": " : "", name);
  double size = sqrt(dot(s->buffer_after, s->buffer_after, s->m * s->n));
  say(x, f.rest, f.rest <= 0.01 * size ? text : "the buffer after is no combination of the buffer and the gradient");
}

/* ---- Direction ---- */

typedef struct {
  mc_audit_step_momentum rule;
  bool nesterov, coupled, momentum;
} convention;

static void find_direction(double *d, const search *x, const convention *c) {
  const mc_audit_step *s = x->s;
  double nu = c->rule == MC_STEP_AVERAGE ? 1 - x->mu : 1;
  for (size_t i = 0; i < s->m * s->n; i++) {
    double g = s->gradient[i] + (c->coupled ? x->decay * s->weights[i] : 0);
    double b = x->mu * s->buffer[i] + nu * g;
    d[i] = !c->momentum ? g : c->nesterov ? x->mu * b + nu * g : b;
  }
}

/* The k-th convention, the declared one first; false past the last. */
static bool convention_of(convention *c, const search *x, size_t k) {
  bool coupled = x->rule->decay == MC_STEP_COUPLED;
  *c = (convention){x->rule->rule, x->rule->nesterov, coupled, true};
  if (k & 1)
    c->rule = c->rule == MC_STEP_AVERAGE ? MC_STEP_SUM : MC_STEP_AVERAGE;
  if (k & 2)
    c->nesterov = !c->nesterov;
  if (k & 4)
    c->coupled = !coupled;
  if (k == 8)
    c->momentum = false;
  return k <= 8;
}

static void describe_direction(search *x, const convention *c, double distance) {
  char text[160];
  if (c->momentum)
    snprintf(text, sizeof text, "the direction is that of %s, %s Nesterov%s",
             c->rule == MC_STEP_AVERAGE ? "an average of gradients" : "a sum of gradients (heavy ball)",
             c->nesterov ? "with" : "without", c->coupled ? ", decay added to the gradient (coupled)" : "");
  else
    snprintf(text, sizeof text, "the direction is that of the gradient alone, without momentum");
  say(x, distance, text);
}

/* ---- Decay and scaling ---- */

static void explain_decay(search *x, const fit *f) {
  double lr_wd = x->rate * x->decay;
  const struct {
    double value;
    const char *name;
  } known[] = {{0, "weight decay was not applied"},
               {lr_wd, "decay multiplied by the learning rate (decoupled)"},
               {x->decay, "decay not multiplied by the learning rate (independent)"},
               {lr_wd * x->scale, "decay multiplied by the scaled learning rate"},
               {-lr_wd, "decay of the wrong sign"}};
  const char *name = "";
  char text[160];
  if (fabs(f->p - (1 - x->keep)) <= fmax(10 * f->p_error, 1e-3 * fabs(1 - x->keep)))
    return;
  for (size_t i = 0; i < sizeof known / sizeof *known && !*name; i++)
    if (agrees(f->p, known[i].value, f->p_error))
      name = known[i].name;
  snprintf(text, sizeof text, "the weights shrank by %.3g of themselves, not by %.3g%s%s", f->p, 1 - x->keep,
           *name ? ": " : "", name);
  say(x, NAN, text);
}

static void explain_scaling(search *x, const fit *f) {
  size_t m = x->s->m, n = x->s->n;
  double expected = x->rate * x->scale;
  char name[80] = "", text[160];
  if (agrees(f->q, expected, f->q_error))
    return;
  if (agrees(f->q, 0, f->q_error))
    snprintf(name, sizeof name, ": the weights were not updated");
  else if (agrees(f->q, -expected, f->q_error))
    snprintf(name, sizeof name, ": the wrong sign");
  for (int k = 0; k < MC_STEP_SCALINGS && !*name; k++) {
    mc_audit_step_scaling scaling = (mc_audit_step_scaling)k;
    if (agrees(f->q, x->rate * scale_of(x->rule, scaling, m, n), f->q_error))
      snprintf(name, sizeof name, ", as with scaling %s", mc_audit_step_scaling_name(scaling));
    else if (agrees(f->q, x->rate * scale_of(x->rule, scaling, n, m), f->q_error))
      snprintf(name, sizeof name, ", as with scaling %s of the transposed shape", mc_audit_step_scaling_name(scaling));
  }
  snprintf(text, sizeof text, "the update is %.4g times what it should be%s", f->q / expected, name);
  say(x, NAN, text);
}

/* ---- All of it ---- */

/* room: 3 m n doubles. */
static mc_status explain_weights(search *x, const mc_kernel_model *model, double *room, mc_error *e) {
  const mc_audit_step *s = x->s;
  size_t count = s->m * s->n;
  double *moved = room, *direction = room + count, *image = room + 2 * count;
  mc_kernel_model wide = *model; /* shares the schedule, which is only read */
  convention best = {0}, c;
  fit found = {0};
  double declared = 0;
  wide.storage = MC_DTYPE_FLOAT64;
  for (size_t i = 0; i < count; i++)
    moved[i] = s->weights[i] - s->weights_after[i];
  for (size_t k = 0; convention_of(&c, x, k); k++) {
    find_direction(direction, x, &c);
    mc_status status = mc_kernel_emulate(image, &wide, direction, s->m, s->n, NULL, e);
    if (status != MC_OK)
      return status;
    fit f = fit_pair(moved, s->weights, image, count);
    if (k == 0)
      declared = f.rest;
    if (k == 0 || (f.rest < found.rest && f.rest < declared / 2)) {
      found = f;
      best = c;
    }
  }
  if (found.rest < declared)
    describe_direction(x, &best, found.q != 0 ? found.rest / fabs(found.q) : (double)NAN);
  explain_decay(x, &found);
  explain_scaling(x, &found);
  return MC_OK;
}

mc_status mc_audit_step_explain_approx(mc_audit_explanation explanations[MC_AUDIT_EXPLANATIONS], size_t *count,
                                       const mc_audit_step *step, const mc_audit_step_rule *rule,
                                       const mc_kernel_model *model, mc_error *e) {
  search x = {.list = explanations,
              .s = step,
              .rule = rule,
              .mu = nearest(rule->momentum),
              .rate = nearest(rule->rate),
              .decay = nearest(rule->weight_decay),
              .scale = scale_of(rule, rule->scaling, step->m, step->n)};
  x.keep = rule->decay == MC_STEP_DECOUPLED     ? 1 - x.rate * x.decay
           : rule->decay == MC_STEP_INDEPENDENT ? 1 - x.decay
                                                : 1;
  mc_audit_step_view *view;
  arb_t error;
  double limit, ratio;
  mc_status s = mc_audit_step_view_new(&view, step, rule, e);
  if (s != MC_OK)
    return s;
  arb_init(error);
  mc_audit_step_buffer(error, &limit, &ratio, view);
  arb_clear(error);
  mc_audit_step_view_free(view);
  double *room = mc_alloc(3 * step->m * step->n, sizeof *room);
  if (room && ratio > 1)
    explain_buffer(&x, room);
  s = room ? explain_weights(&x, model, room, e) : mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_free(room);
  *count = x.count;
  return s;
}
