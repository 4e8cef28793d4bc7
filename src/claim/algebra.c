#include "algebra.h"

enum {
  MOST_TERMS = 600,
  MOST_PRODUCTS = 40000,
  GREATEST_DEGREE = 16, /* to which a polynomial in a polynomial is expanded */
  MOST_NODES = 600
};

typedef struct {
  mc_quotient value;
  bool known;
} expanded;

/* ---- Polynomials ---- */

void mc_algebra_coefficient(fmpq_mpoly_t z, const fmpq_mpoly_t p, size_t generator, ulong power, const mc_algebra *a) {
  const slong variable = (slong)generator;
  fmpq_mpoly_get_coeff_vars_ui(z, p, &variable, &power, 1, a->ring.context);
}

static slong degree(const fmpq_mpoly_t p, size_t generator, const mc_algebra *a) {
  return fmpq_mpoly_degree_si(p, (slong)generator, a->ring.context);
}

/* sum_j p_j g^j with by^(j div step) in place of g^(j - j mod step). */
static bool replace_powers(fmpq_mpoly_t z, const fmpq_mpoly_t p, size_t k, const fmpq_mpoly_t by, ulong step,
                           const mc_algebra *a) {
  const mc_ring *r = &a->ring;
  slong highest = degree(p, k, a);
  fmpq_mpoly_t sum, power, term, g;
  fmpq_mpoly_init(sum, r->context);
  fmpq_mpoly_init(power, r->context);
  fmpq_mpoly_init(term, r->context);
  fmpq_mpoly_init(g, r->context);
  fmpq_mpoly_one(power, r->context);
  fmpq_mpoly_gen(g, (slong)k, r->context);
  bool fits = true;
  for (slong j = 0; j <= highest && fits; j++) {
    if (j > 0 && (ulong)j % step == 0)
      fits = mc_ring_multiply(power, power, by, r);
    mc_algebra_coefficient(term, p, k, (ulong)j, a);
    fits = fits && mc_ring_multiply(term, term, power, r);
    for (ulong i = (ulong)j % step; i > 0 && fits; i--)
      fits = mc_ring_multiply(term, term, g, r);
    if (fits)
      fmpq_mpoly_add(sum, sum, term, r->context);
  }
  fmpq_mpoly_swap(z, sum, r->context);
  fmpq_mpoly_clear(sum, r->context);
  fmpq_mpoly_clear(power, r->context);
  fmpq_mpoly_clear(term, r->context);
  fmpq_mpoly_clear(g, r->context);
  return fits && fmpq_mpoly_length(z, r->context) <= r->most_terms;
}

bool mc_algebra_substitute(fmpq_mpoly_t z, const fmpq_mpoly_t p, size_t k, const fmpq_mpoly_t by, const mc_algebra *a) {
  return replace_powers(z, p, k, by, 1, a) && mc_algebra_reduce(z, a);
}

/* The square of a generator, in earlier ones; false: it is not known. */
static bool square_of(fmpq_mpoly_t z, size_t k, const mc_algebra *a) {
  const mc_generator *g = &a->generators[k];
  const mc_ring *r = &a->ring;
  switch (g->kind) {
  case MC_GENERATOR_ROOT:
    fmpq_mpoly_set(z, &g->of, r->context);
    return true;
  case MC_GENERATOR_ABS:
    return mc_ring_multiply(z, &g->of, &g->of, r);
  case MC_GENERATOR_COS: /* 1 - sin^2; the sine comes right before */
    fmpq_mpoly_gen(z, (slong)k - 1, r->context);
    fmpq_mpoly_mul(z, z, z, r->context);
    fmpq_mpoly_neg(z, z, r->context);
    fmpq_mpoly_add_ui(z, z, 1, r->context);
    return true;
  default:
    return false;
  }
}

bool mc_algebra_reduce(fmpq_mpoly_t p, const mc_algebra *a) {
  bool fits = true;
  fmpq_mpoly_t square;
  fmpq_mpoly_init(square, a->ring.context);
  for (size_t k = a->count; k-- > a->tape->variable_count && fits;)
    if (degree(p, k, a) >= 2 && square_of(square, k, a))
      fits = replace_powers(p, p, k, square, 2, a);
  fmpq_mpoly_clear(square, a->ring.context);
  return fits;
}

json_t *mc_algebra_json(const fmpq_mpoly_t p, const mc_algebra *a) {
  json_t *terms = json_array();
  ulong exponents[MC_ALGEBRA_GENERATORS];
  fmpq_t c;
  fmpq_init(c);
  for (slong i = 0; i < fmpq_mpoly_length(p, a->ring.context); i++) {
    fmpq_mpoly_get_term_coeff_fmpq(c, p, i, a->ring.context);
    fmpq_mpoly_get_term_exp_ui(exponents, p, i, a->ring.context);
    size_t used = a->count;
    while (used > 0 && exponents[used - 1] == 0)
      used--;
    char *text = fmpq_get_str(NULL, 10, c);
    json_t *term = json_array();
    json_array_append_new(term, json_string(text));
    for (size_t k = 0; k < used; k++)
      json_array_append_new(term, json_integer((json_int_t)exponents[k]));
    json_array_append_new(terms, term);
    flint_free(text);
  }
  fmpq_clear(c);
  return terms;
}

/* ---- Quotients ---- */

static bool is_polynomial(const mc_quotient *x, const mc_ring *r) {
  return fmpq_mpoly_is_one(&x->down, r->context);
}

/* ---- Generators ---- */

static bool same_generator(const mc_generator *g, mc_generator_kind kind, const fmpq_mpoly_t of, const mc_ring *r) {
  return g->kind == kind && fmpq_mpoly_equal(&g->of, of, r->context);
}

/* SIZE_MAX: there are too many. */
static size_t find_generator(mc_algebra *a, mc_generator_kind kind, const fmpq_mpoly_t of, size_t node) {
  for (size_t k = 0; k < a->count; k++)
    if (same_generator(&a->generators[k], kind, of, &a->ring)) {
      if (a->generators[k].node == SIZE_MAX)
        a->generators[k].node = node;
      return k;
    }
  if (a->count == MC_ALGEBRA_GENERATORS)
    return SIZE_MAX;
  mc_generator *g = &a->generators[a->count];
  *g = (mc_generator){.kind = kind, .node = node};
  fmpq_mpoly_init(&g->of, a->ring.context);
  fmpq_mpoly_set(&g->of, of, a->ring.context);
  return a->count++;
}

static bool set_generator(mc_algebra *a, fmpq_mpoly_t z, mc_generator_kind kind, const fmpq_mpoly_t of, size_t node) {
  size_t k = find_generator(a, kind, of, node);
  if (k != SIZE_MAX)
    fmpq_mpoly_gen(z, (slong)k, a->ring.context);
  return k != SIZE_MAX;
}

/* |c p| = |c| |p| for the monic p. */
static bool absolute(mc_algebra *a, fmpq_mpoly_t z, const fmpq_mpoly_t of, size_t node) {
  const mc_ring *r = &a->ring;
  fmpq_t c;
  fmpq_mpoly_t monic;
  bool fits = true;
  if (fmpq_mpoly_is_zero(of, r->context)) {
    fmpq_mpoly_zero(z, r->context);
    return true;
  }
  fmpq_init(c);
  fmpq_mpoly_init(monic, r->context);
  fmpq_mpoly_get_term_coeff_fmpq(c, of, 0, r->context);
  fmpq_mpoly_scalar_div_fmpq(monic, of, c, r->context);
  fmpq_abs(c, c);
  if (fmpq_mpoly_is_fmpq(monic, r->context))
    fmpq_mpoly_set_fmpq(z, c, r->context);
  else if ((fits = set_generator(a, z, MC_GENERATOR_ABS, monic, fmpq_is_one(c) ? node : SIZE_MAX)))
    fmpq_mpoly_scalar_mul_fmpq(z, z, c, r->context);
  fmpq_clear(c);
  fmpq_mpoly_clear(monic, r->context);
  return fits;
}

/* |u/d| = |u|/|d|. */
static bool absolute_quotient(mc_algebra *a, mc_quotient *z, const mc_quotient *x, size_t node) {
  return absolute(a, &z->up, &x->up, is_polynomial(x, &a->ring) ? node : SIZE_MAX) &&
         absolute(a, &z->down, &x->down, SIZE_MAX);
}

/* sqrt(u/d) = sqrt(u d)/|d|. */
static bool root_of(mc_algebra *a, mc_quotient *z, const mc_quotient *x, size_t node) {
  fmpq_mpoly_t product;
  fmpq_mpoly_init(product, a->ring.context);
  bool plain = is_polynomial(x, &a->ring);
  bool fits = mc_ring_multiply(product, &x->up, &x->down, &a->ring) && mc_algebra_reduce(product, a) &&
              set_generator(a, &z->up, MC_GENERATOR_ROOT, product, plain ? node : SIZE_MAX) &&
              absolute(a, &z->down, &x->down, SIZE_MAX);
  fmpq_mpoly_clear(product, a->ring.context);
  return fits;
}

/* min, max = (x + y ∓ |x - y|)/2. */
static bool extremum(mc_algebra *a, mc_quotient *z, const mc_quotient *x, const mc_quotient *y, bool is_max) {
  const mc_ring *r = &a->ring;
  mc_quotient sum, difference, size;
  mc_quotient_init(&sum, r);
  mc_quotient_init(&difference, r);
  mc_quotient_init(&size, r);
  bool fits = mc_quotient_add(&sum, x, y, false, r) && mc_quotient_add(&difference, x, y, true, r) &&
              mc_algebra_reduce(&difference.up, a) && mc_algebra_reduce(&difference.down, a);
  fits = fits && !fmpq_mpoly_is_zero(&difference.down, r->context);
  if (fits)
    mc_quotient_cancel(&difference, r);
  fits = fits && absolute_quotient(a, &size, &difference, SIZE_MAX) && mc_quotient_add(z, &sum, &size, !is_max, r);
  if (fits)
    fmpq_mpoly_scalar_mul_ui(&z->down, &z->down, 2, r->context);
  mc_quotient_clear(&sum, r);
  mc_quotient_clear(&difference, r);
  mc_quotient_clear(&size, r);
  return fits;
}

/* The generator of the given kind that x is; SIZE_MAX: it is none. */
static size_t generator_of_kind(const mc_algebra *a, mc_generator_kind kind, const fmpq_mpoly_t x) {
  for (size_t k = 0; k < a->count; k++)
    if (a->generators[k].kind == kind && fmpq_mpoly_is_gen(x, (slong)k, a->ring.context))
      return k;
  return SIZE_MAX;
}

/* exp(log(u)) = u, log(exp(u)) = u; a cosine follows its sine. */
static bool function_of(mc_algebra *a, mc_quotient *z, mc_generator_kind kind, const mc_quotient *x, size_t node) {
  const mc_ring *r = &a->ring;
  if (!is_polynomial(x, r))
    return false;
  size_t inverse = kind == MC_GENERATOR_EXP   ? generator_of_kind(a, MC_GENERATOR_LOG, &x->up)
                   : kind == MC_GENERATOR_LOG ? generator_of_kind(a, MC_GENERATOR_EXP, &x->up)
                                              : SIZE_MAX;
  if (inverse != SIZE_MAX) {
    fmpq_mpoly_set(&z->up, &a->generators[inverse].of, r->context);
    return true;
  }
  if (kind == MC_GENERATOR_SIN || kind == MC_GENERATOR_COS) {
    bool is_sine = kind == MC_GENERATOR_SIN;
    size_t sine = find_generator(a, MC_GENERATOR_SIN, &x->up, is_sine ? node : SIZE_MAX);
    size_t cosine = find_generator(a, MC_GENERATOR_COS, &x->up, is_sine ? SIZE_MAX : node);
    if (sine == SIZE_MAX || cosine != sine + 1)
      return false;
    fmpq_mpoly_gen(&z->up, (slong)(is_sine ? sine : cosine), r->context);
    return true;
  }
  return set_generator(a, &z->up, kind, &x->up, node);
}

/* p(x), where an x that is long gets a name. */
static bool compose(mc_algebra *a, mc_quotient *z, const fmpq_poly_t p, const mc_quotient *x, size_t node) {
  const mc_ring *r = &a->ring;
  mc_quotient name;
  mc_quotient_init(&name, r);
  bool plain = is_polynomial(x, r), named = false, fits = true;
  if (plain && fmpq_mpoly_total_degree_fits_si(&x->up, r->context)) {
    slong inner = fmpq_mpoly_total_degree_si(&x->up, r->context);
    named = inner >= 2 && inner * fmpq_poly_degree(p) > GREATEST_DEGREE;
    for (size_t k = 0; k < a->count && !named; k++)
      named = same_generator(&a->generators[k], MC_GENERATOR_LET, &x->up, r);
    fits = !named || set_generator(a, &name.up, MC_GENERATOR_LET, &x->up, node);
  }
  fits = fits && mc_quotient_compose(z, p, named ? &name : x, r);
  mc_quotient_clear(&name, r);
  return fits;
}

/* ---- Nodes ---- */

static bool expand_operation(mc_algebra *a, expanded *all, size_t i) {
  const mc_node *node = &a->tape->nodes[i];
  const mc_ring *r = &a->ring;
  mc_quotient *z = &all[i].value;
  const mc_quotient *x = node->a < i && all[node->a].known ? &all[node->a].value : NULL;
  const mc_quotient *y = node->b < i && all[node->b].known ? &all[node->b].value : NULL;
  fmpq_mpoly_t nothing;
  bool known = false;
  switch (node->op) {
  case MC_OP_VARIABLE:
    mc_quotient_set_variable(z, node->a, r);
    return true;
  case MC_OP_PI:
  case MC_OP_E:
    fmpq_mpoly_init(nothing, r->context);
    known = set_generator(a, &z->up, node->op == MC_OP_PI ? MC_GENERATOR_PI : MC_GENERATOR_E, nothing, i);
    fmpq_mpoly_clear(nothing, r->context);
    return known;
  case MC_OP_POLYNOMIAL:
    return x && compose(a, z, a->tape->images[node->image].p[0].exact, x, node->a);
  case MC_OP_SQRT:
    return x && root_of(a, z, x, i);
  case MC_OP_ABS:
    return x && absolute_quotient(a, z, x, i);
  case MC_OP_MIN:
  case MC_OP_MAX:
    return x && y && extremum(a, z, x, y, node->op == MC_OP_MAX);
  case MC_OP_EXP:
    return x && function_of(a, z, MC_GENERATOR_EXP, x, i);
  case MC_OP_LOG:
    return x && function_of(a, z, MC_GENERATOR_LOG, x, i);
  case MC_OP_SIN:
    return x && function_of(a, z, MC_GENERATOR_SIN, x, i);
  case MC_OP_COS:
    return x && function_of(a, z, MC_GENERATOR_COS, x, i);
  case MC_OP_POWER:
    if (node->exponent > GREATEST_DEGREE)
      return false;
    break;
  default:
    break;
  }
  return mc_quotient_operate(z, node, a->tape, x, y, r);
}

static void expand_node(mc_algebra *a, expanded *all, size_t i) {
  mc_quotient *z = &all[i].value;
  all[i].known = expand_operation(a, all, i) && mc_algebra_reduce(&z->up, a) && mc_algebra_reduce(&z->down, a) &&
                 !fmpq_mpoly_is_zero(&z->down, a->ring.context);
  if (all[i].known)
    mc_quotient_cancel(z, &a->ring);
}

static mc_algebra_atom *new_atoms(mc_algebra *a, const mc_atom *atoms, size_t count, const expanded *all) {
  mc_algebra_atom *out = mc_alloc(count + 1, sizeof *out);
  for (size_t i = 0; out && i < count; i++) {
    const expanded *x = &all[atoms[i].node];
    out[i].strict = atoms[i].strict;
    out[i].equation = atoms[i].equation || (i > 0 && atoms[i - 1].equation);
    fmpq_mpoly_init(&out[i].p, a->ring.context);
    out[i].known = x->known && mc_ring_multiply(&out[i].p, &x->value.up, &x->value.down, &a->ring) &&
                   mc_algebra_reduce(&out[i].p, a);
  }
  return out;
}

/* All nodes, time and again until no generator is new: what has a name must have it everywhere. */
static bool expand_all(mc_algebra *a) {
  const mc_tape *tape = a->tape;
  size_t count = tape->node_count, before;
  expanded *all = mc_alloc(count + 1, sizeof *all);
  bool stable = false;
  for (size_t i = 0; all && i < count; i++)
    mc_quotient_init(&all[i].value, &a->ring);
  for (int pass = 0; all && pass < 4 && !stable && count <= MOST_NODES; pass++) {
    before = a->count;
    for (size_t i = 0; i < count; i++) {
      fmpq_mpoly_zero(&all[i].value.up, a->ring.context);
      fmpq_mpoly_one(&all[i].value.down, a->ring.context);
      expand_node(a, all, i);
    }
    stable = a->count == before;
  }
  for (size_t i = 0; all && i < count; i++)
    all[i].known = all[i].known && stable;
  if (all) {
    a->where_count = tape->where_count;
    a->body_count = tape->body_count;
    a->where = new_atoms(a, tape->where, tape->where_count, all);
    a->body = new_atoms(a, tape->body, tape->body_count, all);
  }
  for (size_t i = 0; all && i < count; i++)
    mc_quotient_clear(&all[i].value, &a->ring);
  mc_free(all);
  return a->where && a->body;
}

mc_algebra *mc_algebra_new(const mc_tape *tape) {
  mc_algebra *a = mc_alloc(1, sizeof *a);
  fmpq_mpoly_t nothing;
  if (!a)
    return NULL;
  a->tape = tape;
  mc_ring_init(&a->ring, MC_ALGEBRA_GENERATORS, MOST_TERMS, MOST_PRODUCTS);
  for (size_t j = 0; j < tape->variable_count; j++) {
    a->generators[j] = (mc_generator){.kind = MC_GENERATOR_VARIABLE, .node = SIZE_MAX};
    fmpq_mpoly_init(nothing, a->ring.context);
    a->generators[j].of = *nothing;
  }
  a->count = tape->variable_count;
  if (!expand_all(a)) {
    mc_algebra_free(a);
    return NULL;
  }
  return a;
}

static void free_atoms(mc_algebra_atom *atoms, size_t count, const mc_ring *r) {
  for (size_t i = 0; atoms && i < count; i++)
    fmpq_mpoly_clear(&atoms[i].p, r->context);
  mc_free(atoms);
}

void mc_algebra_free(mc_algebra *a) {
  if (!a)
    return;
  free_atoms(a->where, a->where_count, &a->ring);
  free_atoms(a->body, a->body_count, &a->ring);
  for (size_t k = 0; k < a->count; k++)
    fmpq_mpoly_clear(&a->generators[k].of, a->ring.context);
  mc_ring_clear(&a->ring);
  mc_free(a);
}
