#include "adam.h"

#include "../ref/muon.h"
#include "../truth/truth.h"

void mc_dynamics_escape_init(mc_dynamics_escape *x) {
  arb_init(x->steps);
  arb_init(x->start);
  arb_init(x->incoherence);
  arb_init(x->noise);
  arb_init(x->error);
}

void mc_dynamics_escape_clear(mc_dynamics_escape *x) {
  arb_clear(x->steps);
  arb_clear(x->start);
  arb_clear(x->incoherence);
  arb_clear(x->noise);
  arb_clear(x->error);
}

/* One run: its state and what is needed again at each step. */
typedef struct {
  const mc_dynamics_saddle *p;
  slong precision;
  double *w, *g, *z, *work; /* iterate, gradient, polar factor; w owns the memory */
  arb_mat_t u, v;           /* unit columns */
  arb_mat_t a, b;           /* m x n, scratch */
  arb_ptr noise_norm;       /* of the given noise */
  mc_adam_course adam;
} escape_run;

static mc_status run_init(escape_run *r, const mc_dynamics_saddle *p, slong precision, mc_error *e) {
  size_t count = p->m * p->n;
  *r = (escape_run){.p = p, .precision = precision};
  r->w = mc_alloc(4 * count + 2 * (p->m + p->n), sizeof *r->w);
  if (!r->w)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a run of %zu x %zu matrices", p->m, p->n);
  r->g = r->w + count;
  r->z = r->g + count;
  r->work = r->z + count;
  for (size_t i = 0; i < count; i++)
    r->w[i] = p->start[i];
  arb_mat_init(r->u, (slong)p->m, 1);
  arb_mat_init(r->v, (slong)p->n, 1);
  arb_mat_init(r->a, (slong)p->m, (slong)p->n);
  arb_mat_init(r->b, (slong)p->m, (slong)p->n);
  r->noise_norm = _arb_vec_init((slong)p->noise_count);
  const muon_adam_settings adam = {
      .learning_rate = p->step_size, .beta1 = p->beta1, .beta2 = p->beta2, .eps = p->adam_eps};
  return p->method == MC_METHOD_ADAM ? mc_adam_course_init(&r->adam, adam, p->m, p->n, precision, e) : MC_OK;
}

static void run_clear(escape_run *r) {
  if (!r->w)
    return;
  mc_free(r->w);
  arb_mat_clear(r->u);
  arb_mat_clear(r->v);
  arb_mat_clear(r->a);
  arb_mat_clear(r->b);
  _arb_vec_clear(r->noise_norm, (slong)r->p->noise_count);
  mc_adam_course_clear(&r->adam);
}

/* x := max(x, upper end of y): for upper bounds. */
static void raise_bound(arb_t x, const arb_t y, slong precision) {
  arb_t upper;
  arb_init(upper);
  arb_get_ubound_arf(arb_midref(upper), y, precision);
  arb_max(x, x, upper, precision);
  arb_clear(upper);
}

/* bound += ||A||_F, from above. */
static void add_frobenius(arb_t bound, const arb_mat_t a, slong precision) {
  mag_t norm;
  arb_t x;
  mag_init(norm);
  arb_init(x);
  mc_ball_mat_frobenius_upper(norm, a);
  arf_set_mag(arb_midref(x), norm);
  arb_add(bound, bound, x, precision);
  mag_clear(norm);
  arb_clear(x);
}

/* The largest singular value of each noise matrix. */
static mc_status enclose_noise_norms(escape_run *r, mc_error *e) {
  const mc_dynamics_saddle *p = r->p;
  size_t k = p->m < p->n ? p->m : p->n;
  arb_ptr sigma = _arb_vec_init((slong)k);
  mc_status status = MC_OK;
  for (size_t i = 0; i < p->noise_count && status == MC_OK; i++) {
    status = mc_truth_sv_enclose(sigma, p->noise + i * p->m * p->n, p->m, p->n, 40, e);
    arb_set(r->noise_norm + i, sigma);
  }
  _arb_vec_clear(sigma, (slong)k);
  return status;
}

/* s := u^T W v. */
static void enclose_corner(arb_t s, escape_run *r) {
  arb_mat_t wv;
  arb_mat_init(wv, (slong)r->p->m, 1);
  mc_ball_mat_set_double(r->a, r->w);
  arb_mat_mul(wv, r->a, r->v, r->precision);
  mc_dynamics_inner_enclose(s, r->u, wv, r->precision);
  arb_mat_clear(wv);
}

/* ---- The exact gradient ---- */

/* x := the exact sum of four doubles. */
static void set_sum(arb_t x, double a, double b, double c, double d) {
  const double terms[4] = {a, b, c, d};
  arf_t t;
  arf_init(t);
  arb_zero(x);
  for (size_t i = 0; i < 4; i++) {
    arf_set_d(t, terms[i]);
    arf_add(arb_midref(x), arb_midref(x), t, ARF_PREC_EXACT, ARF_RND_NEAR);
  }
  arf_clear(t);
}

/* h += x y^T for columns x, y. */
static void add_rank_one(arb_mat_t h, const arb_mat_t x, const arb_mat_t y, slong precision) {
  for (slong i = 0; i < arb_mat_nrows(h); i++)
    for (slong j = 0; j < arb_mat_ncols(h); j++)
      arb_addmul(arb_mat_entry(h, i, j), arb_mat_entry(x, i, 0), arb_mat_entry(y, j, 0), precision);
}

/* h := H(W) with the exact unit vectors, in the form of src/ref/saddle.h: bulk W + u a^T + b v^T. */
static void enclose_saddle(arb_mat_t h, const escape_run *r) {
  const muon_saddle k = r->p->curvature;
  const slong p = r->precision;
  arb_mat_t w, wt, a, b, sv;
  arb_t s, factor;
  arb_mat_init(w, arb_mat_nrows(h), arb_mat_ncols(h));
  arb_mat_init(wt, arb_mat_ncols(h), arb_mat_nrows(h));
  arb_mat_init(a, arb_mat_ncols(h), 1);
  arb_mat_init(b, arb_mat_nrows(h), 1);
  arb_mat_init(sv, arb_mat_ncols(h), 1);
  arb_init(s);
  arb_init(factor);
  mc_ball_mat_set_double(w, r->w);
  arb_mat_transpose(wt, w);
  arb_mat_mul(b, w, r->v, p);
  arb_mat_mul(a, wt, r->u, p);
  mc_dynamics_inner_enclose(s, r->u, b, p);
  set_sum(factor, k.bulk, -k.lambda, -k.row, -k.column);
  arb_mul(factor, factor, s, p);
  arb_mat_scalar_mul_arb(sv, r->v, factor, p);
  set_sum(factor, k.row, -k.bulk, 0, 0);
  arb_mat_scalar_mul_arb(a, a, factor, p);
  arb_mat_add(a, a, sv, p);
  set_sum(factor, k.column, -k.bulk, 0, 0);
  arb_mat_scalar_mul_arb(b, b, factor, p);
  set_sum(factor, k.bulk, 0, 0, 0);
  arb_mat_scalar_mul_arb(h, w, factor, p);
  add_rank_one(h, r->u, a, p);
  add_rank_one(h, b, r->v, p);
  arb_mat_clear(w);
  arb_mat_clear(wt);
  arb_mat_clear(a);
  arb_mat_clear(b);
  arb_mat_clear(sv);
  arb_clear(s);
  arb_clear(factor);
}

/* ---- A step ---- */

/* G := H(W) by src/ref, with its b, a, T, c, r (src/ref/saddle.h) in r->work. */
static void evaluate_gradient(escape_run *r) {
  size_t m = r->p->m, n = r->p->n;
  double *b = r->work, *a = b + m, *t = a + n, *c = t + m * n, *d = c + m;
  muon_saddle_gradient(r->g, n, b, a, t, c, d, r->p->curvature, r->w, n, r->p->u, r->p->v, m, n);
}

/* ||N_k||_2 <= ||given noise||_2 + ||G_k - H(W_k) - given noise||_F. */
static void take_gradient(mc_dynamics_escape *x, escape_run *r, size_t k) {
  const mc_dynamics_saddle *p = r->p;
  size_t turn = p->noise_count ? k % p->noise_count : 0;
  const double *noise = p->noise + turn * p->m * p->n;
  arb_t bound;
  arb_init(bound);
  evaluate_gradient(r);
  if (p->noise_count)
    muon_gradient_step(r->g, p->n, -1, noise, p->n, p->m, p->n);
  enclose_saddle(r->a, r);
  mc_ball_mat_set_double(r->b, r->g);
  arb_mat_sub(r->a, r->b, r->a, r->precision);
  if (p->noise_count) {
    mc_ball_mat_set_double(r->b, noise);
    arb_mat_sub(r->a, r->a, r->b, r->precision);
    arb_set(bound, r->noise_norm + turn);
  }
  add_frobenius(bound, r->a, r->precision);
  raise_bound(x->noise, bound, r->precision);
  arb_clear(bound);
}

/* kappa/(2 |theta|) of the gradient; MC_DYNAMICS_INCOHERENT unless theta certainly has the sign of -s. */
static void raise_incoherence(mc_dynamics_escape *x, escape_run *r, const arb_t s) {
  arb_t theta, kappa;
  arb_init(theta);
  arb_init(kappa);
  mc_ball_mat_set_double(r->a, r->g);
  mc_dynamics_corner_enclose(theta, kappa, r->a, r->u, r->v, r->precision);
  if ((arb_is_positive(s) && arb_is_negative(theta)) || (arb_is_negative(s) && arb_is_positive(theta))) {
    arb_abs(theta, theta);
    arb_mul_2exp_si(theta, theta, 1);
    arb_div(kappa, kappa, theta, r->precision);
    raise_bound(x->incoherence, kappa, r->precision);
  } else
    arb_set_d(x->incoherence, MC_DYNAMICS_INCOHERENT);
  arb_clear(theta);
  arb_clear(kappa);
}

/* error := max(error, ||(W_k - W_{k+1})/eta - D||_F + radius), W_k in r->a and W_{k+1} in r->w, D within radius of
 * the given matrix. */
static void raise_error(mc_dynamics_escape *x, escape_run *r, const arb_mat_t direction, const mag_t radius) {
  arb_t bound, eta;
  arb_init(bound);
  arb_init(eta);
  mc_ball_mat_set_double(r->b, r->w);
  arb_set_d(eta, r->p->step_size);
  arb_mat_sub(r->a, r->a, r->b, r->precision);
  arb_mat_scalar_div_arb(r->a, r->a, eta, r->precision);
  arb_mat_sub(r->a, r->a, direction, r->precision);
  arf_set_mag(arb_midref(bound), radius);
  add_frobenius(bound, r->a, r->precision);
  raise_bound(x->error, bound, r->precision);
  arb_clear(bound);
  arb_clear(eta);
}

/* W := W - eta Z by src/ref, Z a rounding of the polar factor. */
static mc_status step_polar(mc_dynamics_escape *x, escape_run *r, mc_error *e) {
  const mc_dynamics_saddle *p = r->p;
  const muon_settings settings = {.learning_rate = p->step_size, .scaling = MUON_SCALE_NONE};
  mc_truth_polar polar;
  mc_truth_polar_init(&polar);
  mc_status status = mc_truth_polar_certify(&polar, r->g, p->m, p->n, 48, e);
  if (status == MC_OK) {
    mc_ball_mat_set_double(r->a, r->w);
    mc_enclosure_get_double(r->z, NULL, &polar.factor);
    muon_update(r->w, p->n, settings, r->z, p->n, p->m, p->n);
    raise_error(x, r, polar.factor.value, polar.factor.radius);
  }
  mc_truth_polar_clear(&polar);
  return status;
}

/* The same along the gradient or its signs, which are exact, or as Adam does. */
static void step_entrywise(mc_dynamics_escape *x, escape_run *r) {
  const mc_dynamics_saddle *p = r->p;
  arb_mat_t direction;
  mag_t radius;
  mag_init(radius);
  arb_mat_init(direction, (slong)p->m, (slong)p->n);
  mc_ball_mat_set_double(r->a, r->w);
  for (size_t i = 0; i < p->m * p->n; i++)
    r->z[i] = p->method == MC_METHOD_SIGN ? muon_sign(r->g[i]) : r->g[i];
  mc_ball_mat_set_double(direction, r->z);
  if (p->method == MC_METHOD_ADAM)
    mc_adam_course_step(r->w, direction, &r->adam, r->g);
  else if (p->method == MC_METHOD_SIGN)
    muon_sign_step(r->w, p->n, p->step_size, r->g, p->n, p->m, p->n);
  else
    muon_gradient_step(r->w, p->n, p->step_size, r->g, p->n, p->m, p->n);
  raise_error(x, r, direction, radius);
  arb_mat_clear(direction);
  mag_clear(radius);
}

static mc_status take_step(mc_dynamics_escape *x, escape_run *r, const arb_t s, size_t k, mc_error *e) {
  take_gradient(x, r, k);
  raise_incoherence(x, r, s);
  if (r->p->method == MC_METHOD_POLAR)
    return step_polar(x, r, e);
  step_entrywise(x, r);
  return MC_OK;
}

/* ---- The run ---- */

/* [low, low + 2^41], both ends exact. */
static void set_unreached(arb_t steps, size_t low) {
  arb_one(steps);
  arb_mul_2exp_si(steps, steps, 40);
  mag_set_ui_2exp_si(arb_radref(steps), 1, 40);
  arf_add_ui(arb_midref(steps), arb_midref(steps), low, ARF_PREC_EXACT, ARF_RND_DOWN);
}

static mc_status run_loop(mc_dynamics_escape *x, escape_run *r, mc_error *e) {
  arb_t s, distance, target;
  arb_init(s);
  arb_init(distance);
  arb_init(target);
  arb_set_d(target, r->p->target);
  mc_status status = MC_OK;
  for (size_t k = 0; status == MC_OK; k++) {
    enclose_corner(s, r);
    arb_abs(distance, s);
    if (k == 0)
      arb_set(x->start, distance);
    if (arb_ge(distance, target)) {
      arb_set_ui(x->steps, k);
      break;
    }
    if (!arb_lt(distance, target))
      status = mc_fail(e, MC_UNDECIDED, "|s| is too close to R at step %zu", k);
    else if (k == r->p->limit) {
      set_unreached(x->steps, k + 1);
      break;
    } else
      status = take_step(x, r, s, k, e);
  }
  arb_clear(s);
  arb_clear(distance);
  arb_clear(target);
  return status;
}

mc_status mc_dynamics_saddle_escape(mc_dynamics_escape *x, const mc_dynamics_saddle *p, slong precision, mc_error *e) {
  escape_run r;
  mc_status status = run_init(&r, p, precision, e);
  arb_zero(x->incoherence);
  arb_zero(x->noise);
  arb_zero(x->error);
  if (status == MC_OK &&
      (!mc_dynamics_unit_enclose(r.u, p->u, precision) || !mc_dynamics_unit_enclose(r.v, p->v, precision)))
    status = mc_fail(e, MC_UNDECIDED, "a direction may be zero");
  if (status == MC_OK)
    status = enclose_noise_norms(&r, e);
  if (status == MC_OK)
    status = run_loop(x, &r, e);
  run_clear(&r);
  return status;
}
