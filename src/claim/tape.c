/* From claim to tape. */
#include "tape.h"

#include <string.h>

#include "lower.h"

/* ---- The claim ---- */

/* One comparison as atoms: left - right or right - left, nonnegative or positive; equality is both. */
static size_t lower_comparison(mc_lowering *l, mc_atom *atoms, const mc_comparison *c, const mc_lowered *environment) {
  mc_lowered left, right, difference;
  mc_lowered_init(&left);
  mc_lowered_init(&right);
  mc_lowered_init(&difference);
  mc_lower_expression(l, &left, c->left, environment);
  mc_lower_expression(l, &right, c->right, environment);
  size_t count = 0;
  mc_relation r = c->relation;
  if (l->status == MC_OK && r != MC_RELATION_LE && r != MC_RELATION_LT) {
    mc_lower_sum(l, &difference, true, &left, &right, c->left);
    atoms[count++] = (mc_atom){.node = mc_lower_materialise(l, &difference, c->left),
                               .strict = r == MC_RELATION_GT,
                               .equation = r == MC_RELATION_EQ};
  }
  if (l->status == MC_OK && r != MC_RELATION_GE && r != MC_RELATION_GT) {
    mc_lower_sum(l, &difference, true, &right, &left, c->left);
    atoms[count++] = (mc_atom){.node = mc_lower_materialise(l, &difference, c->left), .strict = r == MC_RELATION_LT};
  }
  mc_lowered_clear(&left);
  mc_lowered_clear(&right);
  mc_lowered_clear(&difference);
  return count;
}

static mc_atom *lower_condition(mc_lowering *l, size_t *count, const mc_condition *condition,
                                const mc_lowered *environment) {
  mc_atom *atoms = mc_alloc(2 * condition->count + 1, sizeof *atoms);
  *count = 0;
  if (!atoms)
    mc_lower_give_up(l, "out of memory");
  for (size_t i = 0; atoms && i < condition->count && l->status == MC_OK; i++)
    *count += lower_comparison(l, atoms + *count, &condition->comparisons[i], environment);
  return atoms;
}

/* lower + (upper - lower) t. */
static void lower_domain(mc_lowering *l, mc_lowered *x, const mc_quantified *q, size_t index) {
  mc_lowered lo, hi, t;
  mc_lowered_init(&lo);
  mc_lowered_init(&hi);
  mc_lowered_init(&t);
  mc_lower_expression(l, &lo, q->lower, NULL);
  mc_lower_expression(l, &hi, q->upper, NULL);
  mc_lowered_set_node(&t, mc_lower_operation(l, MC_OP_VARIABLE, index, 0, q->lower));
  mc_lower_sum(l, &hi, true, &hi, &lo, q->lower);
  mc_lower_product(l, &t, &t, &hi, q->lower);
  mc_lower_sum(l, x, false, &lo, &t, q->lower);
  mc_lowered_clear(&lo);
  mc_lowered_clear(&hi);
  mc_lowered_clear(&t);
}

/* Is some side condition a constant that fails?  Then the body says nothing, and need not even be defined. */
static bool is_vacuous(const mc_tape *tape) {
  for (size_t i = 0; i < tape->where_count; i++) {
    const mc_node *node = &tape->nodes[tape->where[i].node];
    if (node->op == MC_OP_CONSTANT && fmpq_sgn(node->constant) < (tape->where[i].strict ? 1 : 0))
      return true;
  }
  return false;
}

static bool is_open(const mc_tape *tape) {
  for (size_t j = 0; j < tape->variable_count; j++)
    if (tape->lower_open[j] || tape->upper_open[j])
      return true;
  return false;
}

static void lower_claim(mc_lowering *l, const mc_claim *claim) {
  mc_tape *tape = l->tape;
  size_t n = claim->variable_count;
  mc_lowered *environment = mc_alloc(n + 1, sizeof *environment);
  tape->lower_open = mc_alloc(n + 1, sizeof *tape->lower_open);
  tape->upper_open = mc_alloc(n + 1, sizeof *tape->upper_open);
  tape->variables = mc_alloc(n + 1, sizeof *tape->variables);
  if (!environment || !tape->lower_open || !tape->upper_open || !tape->variables) {
    mc_lower_give_up(l, "out of memory");
    mc_free(environment);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    const mc_quantified *q = &claim->variables[i];
    mc_lowered_init(&environment[i]);
    if (q->integer) {
      mc_lowered_set_constant(&environment[i], l->instance->integers + i);
    } else {
      size_t index = tape->variable_count++;
      tape->variables[index] = i;
      tape->lower_open[index] = q->lower_open;
      tape->upper_open[index] = q->upper_open;
      lower_domain(l, &environment[i], q, index);
    }
  }
  static const mc_condition nothing = {0};
  tape->where = lower_condition(l, &tape->where_count, &claim->where, environment);
  tape->body = lower_condition(l, &tape->body_count, is_vacuous(l->tape) ? &nothing : &claim->body, environment);
  if (l->status == MC_OK && is_open(tape))
    mc_lower_cleared_forms(l);
  for (size_t i = 0; i < n; i++)
    mc_lowered_clear(&environment[i]);
  mc_free(environment);
}

mc_status mc_tape_new(mc_tape **tape, const mc_document *document, const mc_claim *claim, const mc_instance *instance,
                      mc_error *e) {
  *tape = mc_alloc(1, sizeof **tape);
  if (!*tape)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_lowering l = {.tape = *tape, .document = document, .instance = instance, .error = e, .status = MC_OK};
  lower_claim(&l, claim);
  if (l.status != MC_OK) {
    mc_tape_free(*tape);
    *tape = NULL;
  }
  return l.status;
}

void mc_tape_free(mc_tape *tape) {
  if (!tape)
    return;
  for (size_t i = 0; i < tape->node_count; i++)
    fmpq_clear(tape->nodes[i].constant);
  for (size_t i = 0; i < tape->image_count; i++)
    for (int order = 0; order < 3; order++)
      mc_image_clear(&tape->images[i].p[order]);
  mc_free(tape->nodes);
  mc_free(tape->images);
  mc_free(tape->where);
  mc_free(tape->body);
  mc_free(tape->lower_open);
  mc_free(tape->upper_open);
  mc_free(tape->variables);
  mc_free(tape->poles);
  mc_free(tape);
}
