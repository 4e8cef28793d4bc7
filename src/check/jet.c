#include "jet.h"

#include "../base/base.h"

mc_jets mc_jets_of(size_t n, size_t order) {
  mc_jets s = {n, order, 1};
  if (n == 1)
    s.size = order + 1;
  else
    s.size = order == 0 ? 1 : order == 1 ? 1 + n : 1 + n + n * (n + 1) / 2;
  return s;
}

size_t mc_jets_second(const mc_jets *s, size_t j, size_t k) {
  return 1 + s->n + k * (k + 1) / 2 + j;
}

/* z += x y */
static void add_product(mc_iv *z, const mc_iv *x, const mc_iv *y, mc_iv *t) {
  if (x == y && mc_iv_usable(x))
    mpfi_sqr(t, x);
  else
    mc_iv_mul(t, x, y);
  mpfi_add(z, z, t);
}

/* z = a b, z neither of them. */
static void multiply(mc_iv *z, const mc_iv *a, const mc_iv *b, const mc_jets *s, mc_iv *t) {
  for (size_t i = 0; i < s->size; i++)
    mpfi_set_ui(z + i, 0);
  if (s->n <= 1) {
    for (size_t k = 0; k < s->size; k++)
      for (size_t i = 0; i <= k; i++)
        add_product(z + k, a + i, b + k - i, t);
    return;
  }
  add_product(z, a, b, t);
  for (size_t j = 0; j < s->n && s->order >= 1; j++) {
    add_product(z + 1 + j, a, b + 1 + j, t);
    add_product(z + 1 + j, a + 1 + j, b, t);
  }
  for (size_t k = 0; k < s->n && s->order >= 2; k++)
    for (size_t j = 0; j <= k; j++) {
      size_t at = mc_jets_second(s, j, k);
      add_product(z + at, a, b + at, t);
      add_product(z + at, a + at, b, t);
      add_product(z + at, a + 1 + j, b + 1 + k, t);
      if (j != k)
        add_product(z + at, a + 1 + k, b + 1 + j, t);
    }
}

/* z = sum_k g_k (a - a_0)^k; scratch: three jets and one more. */
static void compose(mc_iv *z, const mc_iv *a, const mc_iv *g, const mc_jets *s, mc_iv *scratch) {
  mc_iv *w = scratch, *power = w + s->size, *next = power + s->size, *t = next + s->size;
  for (size_t i = 0; i < s->size; i++) {
    mpfi_set(w + i, a + i);
    mpfi_set_ui(z + i, 0);
  }
  mpfi_set_ui(w, 0);
  for (size_t i = 0; i < s->size; i++)
    mpfi_set(power + i, w + i);
  for (size_t k = 1; k <= s->order; k++) {
    for (size_t i = 0; i < s->size; i++)
      add_product(z + i, g + k, power + i, t);
    if (k == s->order)
      break;
    multiply(next, power, k == 1 ? power : w, s, t);
    for (size_t i = 0; i < s->size; i++)
      mpfi_set(power + i, next + i);
  }
  mpfi_set(z, g);
}

/* Taylor coefficients of a function about every point of x: g_0 … g_order. */
static void function_series(mc_iv *g, mc_code code, const mc_iv *x, size_t order) {
  mc_iv t;
  mc_iv_init(&t);
  switch (code) {
  case MC_CODE_SQRT:
    mc_iv_sqrt(g, x);
    if (order >= 1) {
      mpfi_set_ui(&t, 1);
      mc_iv_div(g + 1, &t, g);
      mpfi_div_ui(g + 1, g + 1, 2);
    }
    for (size_t k = 2; k <= order; k++) {
      /* (1/2 - k + 1)/k = (3 - 2k)/(2k) */
      mpfi_mul_si(g + k, g + k - 1, 3 - 2 * (long)k);
      mpfi_mul_ui(&t, x, 2 * k);
      mc_iv_div(g + k, g + k, &t);
    }
    break;
  case MC_CODE_EXP:
    mpfi_exp(g, x);
    for (size_t k = 1; k <= order; k++)
      mpfi_div_ui(g + k, g + k - 1, k);
    break;
  case MC_CODE_LOG:
    mc_iv_log(g, x);
    mpfi_set_si(&t, 1);
    for (size_t k = 1; k <= order; k++) {
      mc_iv_div(&t, &t, x);
      mpfi_div_si(g + k, &t, k % 2 ? (long)k : -(long)k);
    }
    break;
  default:
    for (size_t k = 0; k <= order; k++) {
      bool sine = (k % 2 == 0) == (code == MC_CODE_SIN);
      long factorial = 1, sign = 1;
      for (size_t i = 2; i <= k; i++)
        factorial *= (long)i;
      /* sin: 1, 1, -1, -1, …; cos: 1, -1, -1, 1, … */
      if (code == MC_CODE_SIN)
        sign = k % 4 < 2 ? 1 : -1;
      else
        sign = k % 4 == 0 || k % 4 == 3 ? 1 : -1;
      if (sine)
        mc_iv_sin(g + k, x);
      else
        mc_iv_cos(g + k, x);
      mpfi_div_si(g + k, g + k, sign * factorial);
    }
  }
  mpfi_clear(&t);
}

/* 1/x: (-1)^k / x^(k+1). */
static void inverse_series(mc_iv *g, const mc_iv *x, size_t order) {
  mc_iv t;
  mc_iv_init(&t);
  mpfi_set_si(&t, 1);
  for (size_t k = 0; k <= order; k++) {
    mc_iv_div(&t, &t, x);
    mpfi_set(g + k, &t);
    if (k % 2)
      mpfi_neg(g + k, g + k);
  }
  mpfi_clear(&t);
}

static void spoil_from(mc_iv *z, size_t first, size_t size) {
  for (size_t i = first; i < size; i++)
    mc_iv_spoil(z + i);
}

/* |a|; at a point where a vanishes the sides differ. */
static void absolute(mc_iv *z, const mc_iv *a, const mc_jets *s, mc_iv *t) {
  bool inside = mc_iv_is_point(a) ? mc_iv_is_zero(a) : !mc_iv_nonnegative(a) && !mc_iv_nonpositive(a);
  if (!inside) {
    for (size_t i = 0; i < s->size; i++)
      if (mc_iv_nonnegative(a))
        mpfi_set(z + i, a + i);
      else
        mpfi_neg(z + i, a + i);
    return;
  }
  mpfi_abs(z, a);
  if (!mc_iv_usable(a))
    mc_iv_spoil(z);
  mpfi_interv_si(t, -1, 1);
  for (size_t i = 1; i < s->size && i <= s->n; i++)
    mc_iv_mul(z + i, t, a + i);
  spoil_from(z, 1 + s->n, s->size);
}

/* min takes a where a < b. */
static void extremum(mc_iv *z, const mc_iv *a, const mc_iv *b, bool is_max, const mc_jets *s) {
  bool usable = mc_iv_usable(a) && mc_iv_usable(b);
  bool a_below = usable && mpfr_less_p(&a->right, &b->left), b_below = usable && mpfr_less_p(&b->right, &a->left);
  if (a_below || b_below) {
    const mc_iv *taken = a_below != is_max ? a : b;
    for (size_t i = 0; i < s->size; i++)
      mpfi_set(z + i, taken + i);
    return;
  }
  if (!usable) {
    spoil_from(z, 0, s->size);
    return;
  }
  mpfr_srcptr left = is_max ? (mpfr_greater_p(&a->left, &b->left) ? &a->left : &b->left)
                            : (mpfr_less_p(&a->left, &b->left) ? &a->left : &b->left);
  mpfr_srcptr right = is_max ? (mpfr_greater_p(&a->right, &b->right) ? &a->right : &b->right)
                             : (mpfr_less_p(&a->right, &b->right) ? &a->right : &b->right);
  mpfi_interv_fr(z, left, right);
  for (size_t i = 1; i < s->size && i <= s->n; i++) {
    /* Convex combinations of both slopes lie in their hull. */
    mpfi_set(z + i, a + i);
    mc_iv_hull(z + i, b + i);
  }
  spoil_from(z, 1 + s->n, s->size);
}

typedef struct {
  mc_iv *out, *scratch, *g, *inverse;
  const mc_jets *s;
  mc_program *program;
  const mc_iv *box;
} evaluation;

static bool evaluate_line(evaluation *v, size_t i) {
  const mc_jets *s = v->s;
  const mc_line *x = &v->program->lines[i];
  mc_iv *z = v->out + i * s->size, *t = v->scratch + 3 * s->size;
  const mc_iv *a = v->out + x->a * s->size, *b = v->out + x->b * s->size;
  const mc_ranged *p;
  for (size_t k = 0; k < s->size && x->code <= MC_CODE_VARIABLE; k++)
    mpfi_set_ui(z + k, 0);
  switch (x->code) {
  case MC_CODE_CONSTANT:
    mc_iv_set_q(z, x->constant);
    return true;
  case MC_CODE_PI:
    mpfi_const_pi(z);
    return true;
  case MC_CODE_E:
    mpfi_set_ui(z, 1);
    mpfi_exp(z, z);
    return true;
  case MC_CODE_VARIABLE:
    mpfi_set(z, v->box + x->a);
    if (s->order >= 1)
      mpfi_set_ui(z + 1 + x->a, 1);
    return true;
  case MC_CODE_POLYNOMIAL:
    for (size_t k = 0; k <= s->order; k++) {
      if (!(p = mc_program_taylor(v->program, x->b, k)))
        return false;
      mc_ranged_enclose(v->g + k, p, a);
    }
    compose(z, a, v->g, s, v->scratch);
    return true;
  case MC_CODE_ADD:
  case MC_CODE_SUB:
    for (size_t k = 0; k < s->size; k++)
      if (x->code == MC_CODE_ADD)
        mpfi_add(z + k, a + k, b + k);
      else
        mpfi_sub(z + k, a + k, b + k);
    return true;
  case MC_CODE_MUL:
    multiply(z, a, b, s, t);
    return true;
  case MC_CODE_DIV:
    inverse_series(v->g, b, s->order);
    compose(v->inverse, b, v->g, s, v->scratch);
    multiply(z, a, v->inverse, s, t);
    if (!mc_iv_usable(v->inverse)) /* 0/0 is no number, though 0 times anything is 0 */
      spoil_from(z, 0, s->size);
    return true;
  case MC_CODE_ABS:
    absolute(z, a, s, t);
    return true;
  case MC_CODE_MIN:
  case MC_CODE_MAX:
    extremum(z, a, b, x->code == MC_CODE_MAX, s);
    return true;
  default:
    function_series(v->g, x->code, a, s->order);
    compose(z, a, v->g, s, v->scratch);
    return true;
  }
}

bool mc_jets_evaluate(mc_iv *out, const mc_jets *s, mc_program *program, const mc_iv *t) {
  evaluation v = {.out = out, .s = s, .program = program, .box = t};
  v.scratch = mc_iv_vector_new(3 * s->size + 1);
  v.inverse = mc_iv_vector_new(s->size);
  v.g = mc_iv_vector_new(s->order + 1);
  bool ok = v.scratch && v.inverse && v.g;
  for (size_t i = 0; i < program->line_count && ok; i++)
    ok = mc_program_in_time(program) && evaluate_line(&v, i);
  mc_iv_vector_free(v.scratch, 3 * s->size + 1);
  mc_iv_vector_free(v.inverse, s->size);
  mc_iv_vector_free(v.g, s->order + 1);
  return ok;
}
