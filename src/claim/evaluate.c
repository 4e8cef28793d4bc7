/* Tapes over ranges: values, first and second derivatives by forward automatic differentiation. */
#include "tape.h"

size_t mc_tape_packed(size_t j, size_t k) {
  return k * (k + 1) / 2 + j;
}

static void set_constant_arb(mc_range *z, void (*constant)(arb_t, slong), slong precision) {
  arb_t c;
  arb_init(c);
  constant(c, precision + 10);
  mc_range_set_arb(z, c, precision);
  arb_clear(c);
}

static void enclose_node(mc_range *z, const mc_tape *tape, const mc_node *node, const mc_range *values,
                         const mc_range *t, slong precision) {
  const mc_range *a = values + node->a, *b = values + node->b;
  switch (node->op) {
  case MC_OP_CONSTANT:
    mc_range_set_fmpq(z, node->constant, precision);
    break;
  case MC_OP_PI:
    set_constant_arb(z, arb_const_pi, precision);
    break;
  case MC_OP_E:
    set_constant_arb(z, arb_const_e, precision);
    break;
  case MC_OP_VARIABLE:
    mc_range_set(z, t + node->a);
    break;
  case MC_OP_POLYNOMIAL:
    mc_image_enclose(z, &tape->images[node->image].p[0], a, precision);
    break;
  case MC_OP_ADD:
    mc_range_add(z, a, b, precision);
    break;
  case MC_OP_SUB:
    mc_range_sub(z, a, b, precision);
    break;
  case MC_OP_MUL:
    mc_range_mul(z, a, b, precision);
    break;
  case MC_OP_DIV:
    mc_range_div(z, a, b, precision);
    break;
  case MC_OP_POWER:
    mc_range_pow_ui(z, a, node->exponent, precision);
    break;
  case MC_OP_SQRT:
    mc_range_sqrt(z, a, precision);
    break;
  case MC_OP_ABS:
    mc_range_abs(z, a);
    break;
  case MC_OP_MIN:
    mc_range_min(z, a, b, precision);
    break;
  case MC_OP_MAX:
    mc_range_max(z, a, b, precision);
    break;
  case MC_OP_EXP:
    mc_range_exp(z, a, precision);
    break;
  case MC_OP_LOG:
    mc_range_log(z, a, precision);
    break;
  case MC_OP_SIN:
    mc_range_sin(z, a, precision);
    break;
  case MC_OP_COS:
    mc_range_cos(z, a, precision);
    break;
  }
}

void mc_tape_enclose(mc_range *values, const mc_tape *tape, const mc_range *t, slong precision) {
  for (size_t i = 0; i < tape->node_count; i++)
    enclose_node(values + i, tape, &tape->nodes[i], values, t, precision);
}

/* ---- Derivatives ----
 *
 * A node z = f(a, b) has dz = f_a da + f_b db and
 * d2z = f_a d2a + f_b d2b + f_aa da da + f_ab (da db + db da) + f_bb db db. */

typedef struct {
  mc_range first_a, first_b, second_aa, second_ab, second_bb;
  bool has_b, has_second; /* second derivatives that are not zero */
} partials;

static void partials_init(partials *d) {
  mc_range_init(&d->first_a);
  mc_range_init(&d->first_b);
  mc_range_init(&d->second_aa);
  mc_range_init(&d->second_ab);
  mc_range_init(&d->second_bb);
}

static void partials_clear(partials *d) {
  mc_range_clear(&d->first_a);
  mc_range_clear(&d->first_b);
  mc_range_clear(&d->second_aa);
  mc_range_clear(&d->second_ab);
  mc_range_clear(&d->second_bb);
}

static void partials_of_abs(partials *d, const mc_range *a) {
  mc_range_set_si(&d->first_a, mc_range_is_nonpositive(a) ? -1 : 1);
  if (mc_range_is_undefined(a) || (arf_sgn(&a->lo) < 0 && arf_sgn(&a->hi) > 0)) {
    arf_set_si(&d->first_a.lo, -1);
    arf_set_si(&d->first_a.hi, 1);
    d->has_second = true;
    mc_range_set_undefined(&d->second_aa);
  }
}

/* min takes a where a < b; max is the mirror. */
static void partials_of_min(partials *d, const mc_range *a, const mc_range *b, bool is_max) {
  bool a_below = arf_cmp(&a->hi, &b->lo) < 0, b_below = arf_cmp(&b->hi, &a->lo) < 0;
  d->has_b = true;
  mc_range_set_si(&d->first_a, 0);
  mc_range_set_si(&d->first_b, 0);
  if (a_below || b_below) {
    mc_range_set_si(a_below != is_max ? &d->first_a : &d->first_b, 1);
  } else {
    /* Convex combinations of both gradients lie in [0, 1] da + [0, 1] db. */
    arf_set_si(&d->first_a.hi, 1);
    arf_set_si(&d->first_b.hi, 1);
    d->has_second = true;
    mc_range_set_undefined(&d->second_aa);
  }
}

static void partials_of_quotient(partials *d, const mc_range *z, const mc_range *b, slong precision) {
  mc_range one;
  mc_range_init(&one);
  mc_range_set_si(&one, 1);
  d->has_b = d->has_second = true;
  /* z = a/b: z_a = 1/b, z_b = -z/b, z_ab = -1/b^2, z_bb = 2 z/b^2. */
  mc_range_div(&d->first_a, &one, b, precision);
  mc_range_mul(&d->first_b, z, &d->first_a, precision);
  mc_range_neg(&d->first_b, &d->first_b);
  mc_range_sqr(&d->second_ab, &d->first_a, precision);
  mc_range_neg(&d->second_ab, &d->second_ab);
  mc_range_mul(&d->second_bb, &d->first_b, &d->first_a, precision);
  mc_range_set_si(&one, -2);
  mc_range_mul(&d->second_bb, &d->second_bb, &one, precision);
  mc_range_set_si(&d->second_aa, 0);
  mc_range_clear(&one);
}

static void partials_of_power(partials *d, const mc_range *a, ulong n, slong precision) {
  mc_range factor;
  mc_range_init(&factor);
  d->has_second = true;
  mc_range_pow_ui(&d->first_a, a, n - 1, precision);
  mc_range_set_si(&factor, (slong)n);
  mc_range_mul(&d->first_a, &d->first_a, &factor, precision);
  mc_range_pow_ui(&d->second_aa, a, n - 2, precision);
  mc_range_set_si(&factor, (slong)n * ((slong)n - 1));
  mc_range_mul(&d->second_aa, &d->second_aa, &factor, precision);
  mc_range_clear(&factor);
}

/* Fill in the partial derivatives of a node that has operands. */
static void find_partials(partials *d, const mc_tape *tape, const mc_node *node, const mc_range *values,
                          const mc_range *z, slong precision) {
  const mc_range *a = values + node->a, *b = values + node->b;
  mc_range t;
  mc_range_init(&t);
  d->has_b = d->has_second = false;
  switch (node->op) {
  case MC_OP_POLYNOMIAL:
    mc_image_enclose(&d->first_a, &tape->images[node->image].p[1], a, precision);
    mc_image_enclose(&d->second_aa, &tape->images[node->image].p[2], a, precision);
    d->has_second = tape->images[node->image].p[2].length > 0;
    break;
  case MC_OP_ADD:
  case MC_OP_SUB:
    d->has_b = true;
    mc_range_set_si(&d->first_a, 1);
    mc_range_set_si(&d->first_b, node->op == MC_OP_SUB ? -1 : 1);
    break;
  case MC_OP_MUL:
    d->has_b = d->has_second = true;
    mc_range_set(&d->first_a, b);
    mc_range_set(&d->first_b, a);
    mc_range_set_si(&d->second_aa, 0);
    mc_range_set_si(&d->second_ab, 1);
    mc_range_set_si(&d->second_bb, 0);
    break;
  case MC_OP_DIV:
    partials_of_quotient(d, z, b, precision);
    break;
  case MC_OP_POWER:
    partials_of_power(d, a, node->exponent, precision);
    break;
  case MC_OP_SQRT:
    /* z' = 1/(2z), z'' = -z'/(2a). */
    d->has_second = true;
    mc_range_set_si(&t, 1);
    mc_range_div(&d->first_a, &t, z, precision);
    arf_mul_2exp_si(&d->first_a.lo, &d->first_a.lo, -1);
    arf_mul_2exp_si(&d->first_a.hi, &d->first_a.hi, -1);
    mc_range_div(&d->second_aa, &d->first_a, a, precision);
    mc_range_neg(&d->second_aa, &d->second_aa);
    arf_mul_2exp_si(&d->second_aa.lo, &d->second_aa.lo, -1);
    arf_mul_2exp_si(&d->second_aa.hi, &d->second_aa.hi, -1);
    break;
  case MC_OP_ABS:
    partials_of_abs(d, a);
    break;
  case MC_OP_MIN:
  case MC_OP_MAX:
    partials_of_min(d, a, b, node->op == MC_OP_MAX);
    break;
  case MC_OP_EXP:
    d->has_second = true;
    mc_range_set(&d->first_a, z);
    mc_range_set(&d->second_aa, z);
    break;
  case MC_OP_LOG:
    d->has_second = true;
    mc_range_set_si(&t, 1);
    mc_range_div(&d->first_a, &t, a, precision);
    mc_range_sqr(&d->second_aa, &d->first_a, precision);
    mc_range_neg(&d->second_aa, &d->second_aa);
    break;
  case MC_OP_SIN:
    d->has_second = true;
    mc_range_cos(&d->first_a, a, precision);
    mc_range_neg(&d->second_aa, z);
    break;
  case MC_OP_COS:
    d->has_second = true;
    mc_range_sin(&d->first_a, a, precision);
    mc_range_neg(&d->first_a, &d->first_a);
    mc_range_neg(&d->second_aa, z);
    break;
  default:
    break;
  }
  /* What partials_of_min and partials_of_abs leave undefined is so as a whole. */
  if (d->has_second && (node->op == MC_OP_MIN || node->op == MC_OP_MAX || node->op == MC_OP_ABS)) {
    mc_range_set_undefined(&d->second_ab);
    mc_range_set_undefined(&d->second_bb);
  }
  mc_range_clear(&t);
}

static bool is_zero(const mc_range *x) {
  return arf_is_zero(&x->lo) && arf_is_zero(&x->hi);
}

/* z += x y, where an exact zero among the factors settles it even against undefined. */
static void add_product(mc_range *z, const mc_range *x, const mc_range *y, mc_range *t, slong precision) {
  if (is_zero(x) || is_zero(y))
    return;
  mc_range_mul(t, x, y, precision);
  mc_range_add(z, z, t, precision);
}

static void differentiate_node(mc_range *gradient, mc_range *hessian, const mc_node *node, size_t index, size_t n,
                               const partials *d, mc_range *t, slong precision) {
  mc_range *out = gradient + index * n;
  const mc_range *da = gradient + node->a * n, *db = gradient + node->b * n;
  for (size_t j = 0; j < n; j++) {
    mc_range_set_si(out + j, 0);
    add_product(out + j, &d->first_a, da + j, t, precision);
    if (d->has_b)
      add_product(out + j, &d->first_b, db + j, t, precision);
  }
  if (!hessian)
    return;
  size_t packed = n * (n + 1) / 2;
  mc_range *hz = hessian + index * packed;
  const mc_range *ha = hessian + node->a * packed, *hb = hessian + node->b * packed;
  mc_range product;
  mc_range_init(&product);
  for (size_t k = 0; k < n; k++)
    for (size_t j = 0; j <= k; j++) {
      size_t at = mc_tape_packed(j, k);
      mc_range_set_si(hz + at, 0);
      add_product(hz + at, &d->first_a, ha + at, t, precision);
      if (d->has_b)
        add_product(hz + at, &d->first_b, hb + at, t, precision);
      if (!d->has_second)
        continue;
      mc_range_set_si(&product, 0);
      if (j == k && !is_zero(da + j))
        mc_range_sqr(&product, da + j, precision);
      else
        add_product(&product, da + j, da + k, t, precision);
      add_product(hz + at, &d->second_aa, &product, t, precision);
      if (!d->has_b)
        continue;
      mc_range_set_si(&product, 0);
      add_product(&product, da + j, db + k, t, precision);
      add_product(&product, db + j, da + k, t, precision);
      add_product(hz + at, &d->second_ab, &product, t, precision);
      mc_range_set_si(&product, 0);
      if (j == k && !is_zero(db + j))
        mc_range_sqr(&product, db + j, precision);
      else
        add_product(&product, db + j, db + k, t, precision);
      add_product(hz + at, &d->second_bb, &product, t, precision);
    }
  mc_range_clear(&product);
}

void mc_tape_enclose_derivatives(mc_range *values, mc_range *gradient, mc_range *hessian, const mc_tape *tape,
                                 const mc_range *t, slong precision) {
  size_t n = tape->variable_count, packed = n * (n + 1) / 2;
  partials d;
  mc_range scratch;
  partials_init(&d);
  mc_range_init(&scratch);
  for (size_t i = 0; i < tape->node_count; i++) {
    const mc_node *node = &tape->nodes[i];
    enclose_node(values + i, tape, node, values, t, precision);
    if (node->op == MC_OP_CONSTANT || node->op == MC_OP_PI || node->op == MC_OP_E || node->op == MC_OP_VARIABLE) {
      for (size_t j = 0; j < n; j++)
        mc_range_set_si(gradient + i * n + j, node->op == MC_OP_VARIABLE && node->a == j);
      for (size_t j = 0; hessian && j < packed; j++)
        mc_range_set_si(hessian + i * packed + j, 0);
    } else {
      find_partials(&d, tape, node, values, values + i, precision);
      differentiate_node(gradient, hessian, node, i, n, &d, &scratch, precision);
    }
  }
  partials_clear(&d);
  mc_range_clear(&scratch);
}

bool mc_tape_first_undefined(size_t *node, const mc_tape *tape, const mc_range *values) {
  for (size_t i = 0; i < tape->node_count; i++)
    if (mc_range_is_undefined(values + i)) {
      /* Operands come first, so theirs are defined. */
      *node = i;
      return true;
    }
  return false;
}
