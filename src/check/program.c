/* A claim as a program. */
#include "compile.h"

/* left - right, or right - left. */
static void add_atom(mc_compiler *c, mc_check_atom *atoms, size_t *count, const mc_value *left, const mc_value *right,
                     bool strict, bool equation) {
  mc_value difference;
  mc_value_init(&difference);
  mc_value_add(c, &difference, left, right, true);
  atoms[*count] =
      (mc_check_atom){mc_compile_line_of(c, &difference.up), mc_compile_line_of(c, &difference.down), strict, equation};
  ++*count;
  mc_value_clear(&difference);
}

static void add_comparison(mc_compiler *c, mc_check_atom *atoms, size_t *count, mc_relation r, const mc_value *left,
                           const mc_value *right) {
  if (r != MC_RELATION_LE && r != MC_RELATION_LT)
    add_atom(c, atoms, count, left, right, r == MC_RELATION_GT, r == MC_RELATION_EQ);
  if (r != MC_RELATION_GE && r != MC_RELATION_GT)
    add_atom(c, atoms, count, right, left, r == MC_RELATION_LT, false);
}

static mc_check_atom *compile_condition(mc_compiler *c, size_t *count, const mc_condition *condition,
                                        const mc_value *environment) {
  mc_check_atom *atoms = mc_alloc(2 * condition->count + 1, sizeof *atoms);
  mc_value left, right;
  mc_value_init(&left);
  mc_value_init(&right);
  *count = 0;
  if (!atoms)
    mc_compile_fail(c, "out of memory");
  for (size_t i = 0; i < condition->count && !c->failed; i++) {
    mc_compile_expression(c, &left, condition->comparisons[i].left, environment);
    mc_compile_expression(c, &right, condition->comparisons[i].right, environment);
    add_comparison(c, atoms, count, condition->comparisons[i].relation, &left, &right);
  }
  mc_value_clear(&left);
  mc_value_clear(&right);
  return atoms;
}

/* The slope of left - right (or of right - left) with respect to ?, nonnegative (rising) or nonpositive. */
static mc_check_atom *compile_slope_atom(mc_compiler *c, size_t *count, const mc_comparison *of, bool rising,
                                         const mc_value *environment) {
  mc_check_atom *atoms = mc_alloc(2, sizeof *atoms);
  mc_value left, right;
  bool greater = of->relation == MC_RELATION_GE || of->relation == MC_RELATION_GT;
  mc_value_init(&left);
  mc_value_init(&right);
  *count = 0;
  if (!atoms || of->relation == MC_RELATION_EQ)
    mc_compile_fail(c, "? in an equation");
  mc_compile_slope(c, &left, of->left, environment);
  mc_compile_slope(c, &right, of->right, environment);
  if (atoms && !c->failed)
    add_comparison(c, atoms, count, greater == rising ? MC_RELATION_GE : MC_RELATION_LE, &left, &right);
  mc_value_clear(&left);
  mc_value_clear(&right);
  return atoms;
}

/* One variable in its frame. */
static void compile_variable(mc_compiler *c, mc_value *x, size_t i) {
  mc_program *p = c->program;
  const mc_quantified *q = &p->claim->variables[i];
  mc_value lower, upper, t;
  if (q->integer) {
    mc_term_set_q(&x->up, c->options->integers + i);
    return;
  }
  mc_value_init(&lower);
  mc_value_init(&upper);
  mc_value_init(&t);
  size_t j = p->n++;
  p->variables[j] = i;
  p->lower_open[j] = q->lower_open;
  p->upper_open[j] = q->upper_open;
  mc_compile_expression(c, &lower, q->lower, NULL);
  mc_compile_expression(c, &upper, q->upper, NULL);
  mc_term_set_line(&t.up, mc_compile_add_line(c, MC_CODE_VARIABLE, j, 0, NULL));
  if (p->unit) {
    mc_value_add(c, &upper, &upper, &lower, true);
    mc_value_mul(c, &t, &t, &upper);
    mc_value_add(c, x, &lower, &t, false);
  } else {
    mc_value_set(x, &t);
    add_comparison(c, p->domain, &p->domain_count, q->lower_open ? MC_RELATION_GT : MC_RELATION_GE, &t, &lower);
    add_comparison(c, p->domain, &p->domain_count, q->upper_open ? MC_RELATION_LT : MC_RELATION_LE, &t, &upper);
  }
  mc_value_clear(&lower);
  mc_value_clear(&upper);
  mc_value_clear(&t);
}

/* Is some side condition a constant that fails?  Then the body is not asked for. */
static bool is_vacuous(const mc_program *p) {
  for (size_t i = 0; i < p->where_count; i++) {
    const mc_line *x = &p->lines[p->where[i].up];
    if (x->code == MC_CODE_CONSTANT && fmpq_sgn(x->constant) < (p->where[i].strict ? 1 : 0) && !p->cleared)
      return true;
  }
  return false;
}

static void compile_claim(mc_compiler *c) {
  static const mc_condition nothing = {0};
  mc_program *p = c->program;
  size_t n = p->claim->variable_count;
  mc_value *environment = mc_alloc(n + 1, sizeof *environment);
  p->domain = mc_alloc(2 * n + 1, sizeof *p->domain);
  if (!environment || !p->domain) {
    mc_compile_fail(c, "out of memory");
    mc_free(environment);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    mc_value_init(&environment[i]);
    compile_variable(c, &environment[i], i);
  }
  p->where = compile_condition(c, &p->where_count, &p->claim->where, environment);
  if (c->options->slope)
    p->body = compile_slope_atom(c, &p->body_count, &p->claim->body.comparisons[c->options->comparison],
                                 c->options->rising, environment);
  else
    p->body = compile_condition(c, &p->body_count, p->where && is_vacuous(p) ? &nothing : &p->claim->body, environment);
  for (size_t i = 0; i < n; i++)
    mc_value_clear(&environment[i]);
  mc_free(environment);
}

mc_program *mc_program_new(const mc_claim *claim, const mc_program_options *options, mc_error *e) {
  mc_program *p = mc_alloc(1, sizeof *p);
  mc_compiler c = {.program = p, .options = options, .error = e};
  if (!p) {
    mc_fail(e, MC_NO_MEMORY, "out of memory");
    return NULL;
  }
  p->claim = claim;
  p->unit = options->unit;
  p->cleared = options->cleared;
  p->deadline = options->deadline;
  compile_claim(&c);
  if (c.failed) {
    mc_program_free(p);
    return NULL;
  }
  return p;
}

void mc_program_free(mc_program *p) {
  if (!p)
    return;
  for (size_t i = 0; i < p->line_count; i++)
    fmpq_clear(p->lines[i].constant);
  for (size_t i = 0; i < p->polynomial_count; i++) {
    for (size_t k = 0; k < p->polynomials[i].count; k++)
      mc_ranged_clear(&p->polynomials[i].taylor[k]);
    fmpq_poly_clear(p->polynomials[i].exact);
  }
  mc_free(p->lines);
  mc_free(p->polynomials);
  mc_free(p->where);
  mc_free(p->body);
  mc_free(p->domain);
  mc_free(p->poles);
  mc_free(p);
}

bool mc_program_in_time(const mc_program *program) {
  return !mc_deadline_passed(program->deadline);
}

const mc_ranged *mc_program_taylor(mc_program *p, size_t i, size_t k) {
  mc_expansion *x = &p->polynomials[i];
  fmpq_poly_t derivative;
  fmpq_poly_init(derivative);
  while (x->count <= k && !x->failed) {
    fmpq_poly_set(derivative, x->exact);
    for (size_t j = 1; j <= x->count; j++) {
      fmpq_poly_derivative(derivative, derivative);
      fmpq_poly_scalar_div_ui(derivative, derivative, j);
    }
    x->failed = !mc_ranged_init(&x->taylor[x->count], derivative, p->deadline);
    if (x->failed)
      mc_ranged_clear(&x->taylor[x->count]);
    else
      x->count++;
  }
  fmpq_poly_clear(derivative);
  return k < x->count ? &x->taylor[k] : NULL;
}
