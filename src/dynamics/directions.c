#include "dynamics.h"

#include "../ref/ref.h"
#include "../truth/truth.h"

void mc_dynamics_growth_init(mc_dynamics_growth *x) {
  arb_init(x->slow);
  arb_init(x->fast);
  arb_init(x->incoherence);
  arb_init(x->error);
}

void mc_dynamics_growth_clear(mc_dynamics_growth *x) {
  arb_clear(x->slow);
  arb_clear(x->fast);
  arb_clear(x->incoherence);
  arb_clear(x->error);
}

typedef struct {
  const mc_dynamics_directions *p;
  slong precision;
  double *w, *g, *z, *work; /* w owns the memory */
  arb_mat_t *u, *v;         /* count unit columns */
  arb_mat_t a, b;           /* m x n, scratch */
  arb_ptr s;                /* count */
  bool begun;
} course;

static mc_status init(course *c, const mc_dynamics_directions *p, slong precision, mc_error *e) {
  size_t count = p->m * p->n;
  *c = (course){.p = p, .precision = precision};
  c->w = mc_alloc(4 * count, sizeof *c->w);
  c->u = mc_alloc(2 * p->count, sizeof *c->u);
  arb_mat_init(c->a, (slong)p->m, (slong)p->n);
  arb_mat_init(c->b, (slong)p->m, (slong)p->n);
  c->s = _arb_vec_init((slong)p->count);
  if (!c->w || !c->u)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a run of %zu x %zu matrices", p->m, p->n);
  c->g = c->w + count;
  c->z = c->g + count;
  c->work = c->z + count;
  c->v = c->u + p->count;
  bool unit = true;
  for (size_t i = 0; i < p->count; i++) {
    arb_mat_init(c->u[i], (slong)p->m, 1);
    arb_mat_init(c->v[i], (slong)p->n, 1);
    unit = mc_dynamics_unit_enclose(c->u[i], p->u + i * p->m, precision) && unit;
    unit = mc_dynamics_unit_enclose(c->v[i], p->v + i * p->n, precision) && unit;
  }
  for (size_t i = 0; i < count; i++)
    c->w[i] = p->start[i];
  return unit ? MC_OK : mc_fail(e, MC_UNDECIDED, "a direction may be zero");
}

static void clear(course *c) {
  for (size_t i = 0; c->v && i < c->p->count; i++) {
    arb_mat_clear(c->u[i]);
    arb_mat_clear(c->v[i]);
  }
  arb_mat_clear(c->a);
  arb_mat_clear(c->b);
  _arb_vec_clear(c->s, (slong)c->p->count);
  mc_free(c->u);
  mc_free(c->w);
}

static void raise_upper(arb_t x, const arb_t y, slong precision) {
  arb_t upper;
  arb_init(upper);
  arb_get_ubound_arf(arb_midref(upper), y, precision);
  arb_max(x, x, upper, precision);
  arb_clear(upper);
}

/* s_i of the present W; and what |s_i| gained since the last call. */
static void look(mc_dynamics_growth *x, course *c, bool first) {
  arb_mat_t wv;
  arb_t now, eta;
  arb_init(now);
  arb_init(eta);
  arb_set_d(eta, c->p->step_size);
  arb_mat_init(wv, (slong)c->p->m, 1);
  mc_ball_mat_set_double(c->a, c->w);
  for (size_t i = 0; i < c->p->count; i++) {
    arb_mat_mul(wv, c->a, c->v[i], c->precision);
    mc_dynamics_inner_enclose(now, c->u[i], wv, c->precision);
    if (!first) {
      arb_abs(c->s + i, c->s + i);
      arb_abs(now, now);
      arb_sub(c->s + i, now, c->s + i, c->precision);
      arb_div(c->s + i, c->s + i, eta, c->precision);
      if (!c->begun) {
        arb_set(x->slow, c->s + i);
        arb_set(x->fast, c->s + i);
        c->begun = true;
      }
      arb_min(x->slow, x->slow, c->s + i, c->precision);
      arb_max(x->fast, x->fast, c->s + i, c->precision);
      mc_dynamics_inner_enclose(now, c->u[i], wv, c->precision);
    }
    arb_set(c->s + i, now);
  }
  arb_mat_clear(wv);
  arb_clear(now);
  arb_clear(eta);
}

/* kappa_i/(2 |theta_i|) of the gradient in c->g. */
static void raise_incoherence(mc_dynamics_growth *x, course *c) {
  arb_t theta, kappa;
  arb_init(theta);
  arb_init(kappa);
  mc_ball_mat_set_double(c->b, c->g);
  for (size_t i = 0; i < c->p->count; i++) {
    arb_srcptr s = c->s + i;
    mc_dynamics_corner_enclose(theta, kappa, c->b, c->u[i], c->v[i], c->precision);
    if ((arb_is_positive(s) && arb_is_negative(theta)) || (arb_is_negative(s) && arb_is_positive(theta))) {
      arb_abs(theta, theta);
      arb_mul_2exp_si(theta, theta, 1);
      arb_div(kappa, kappa, theta, c->precision);
      raise_upper(x->incoherence, kappa, c->precision);
    } else
      arb_set_d(x->incoherence, MC_DYNAMICS_INCOHERENT);
  }
  arb_clear(theta);
  arb_clear(kappa);
}

/* W := W - eta Z by src/ref, Z a rounding of the polar factor; ||(W_k - W_{k+1})/eta - polar||_F is raised into
 * error. */
static void update(mc_dynamics_growth *x, course *c, const mc_truth_polar *polar) {
  const mc_dynamics_directions *p = c->p;
  const muon_settings settings = {.learning_rate = p->step_size, .scaling = MUON_SCALE_NONE};
  mag_t norm;
  arb_t bound, part;
  mag_init(norm);
  arb_init(bound);
  arb_init(part);
  mc_ball_mat_set_double(c->a, c->w);
  mc_enclosure_get_double(c->z, NULL, &polar->factor);
  muon_update(c->w, p->n, settings, c->z, p->n, p->m, p->n);
  mc_ball_mat_set_double(c->b, c->w);
  arb_mat_sub(c->a, c->a, c->b, c->precision);
  arb_set_d(bound, p->step_size);
  arb_mat_scalar_div_arb(c->a, c->a, bound, c->precision);
  arb_mat_sub(c->a, c->a, polar->factor.value, c->precision);
  mc_ball_mat_frobenius_upper(norm, c->a);
  arf_set_mag(arb_midref(part), norm);
  arb_zero(bound);
  arf_set_mag(arb_midref(bound), polar->factor.radius);
  arb_add(bound, bound, part, c->precision);
  raise_upper(x->error, bound, c->precision);
  mag_clear(norm);
  arb_clear(bound);
  arb_clear(part);
}

static mc_status take_step(mc_dynamics_growth *x, course *c, mc_error *e) {
  const mc_dynamics_directions *p = c->p;
  mc_truth_polar polar;
  mc_truth_polar_init(&polar);
  muon_matrix_gemm_nn(c->g, p->n, 1, p->a, p->m, c->w, p->n, 0, c->work, p->m, p->n, p->m);
  raise_incoherence(x, c);
  mc_status status = mc_truth_polar_certify(&polar, c->g, p->m, p->n, 48, e);
  if (status == MC_OK)
    update(x, c, &polar);
  mc_truth_polar_clear(&polar);
  return status;
}

mc_status mc_dynamics_directions_follow(mc_dynamics_growth *x, const mc_dynamics_directions *p, slong precision,
                                        mc_error *e) {
  course c;
  mc_status status = init(&c, p, precision, e);
  arb_zero(x->incoherence);
  arb_zero(x->error);
  for (size_t k = 0; k < p->steps && status == MC_OK; k++) {
    if (k == 0)
      look(x, &c, true);
    status = take_step(x, &c, e);
    if (status == MC_OK)
      look(x, &c, false);
  }
  clear(&c);
  return status;
}
