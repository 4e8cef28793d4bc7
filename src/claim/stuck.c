/* Where a search got stuck, and whether the claim makes sense there. */
#include "stuck.h"

#include <stdio.h>
#include <string.h>

#include "../ball/ball.h"

static void describe_box(const mc_workspace *s, char *out, size_t size) {
  const mc_claim *claim = s->task->claim;
  mc_text text;
  mc_text_init(&text);
  fmpq_t t;
  fmpq_init(t);
  for (size_t j = 0; j < s->n; j++) {
    const mc_quantified *q = &claim->variables[s->tape->variables[j]];
    arb_t a, b;
    arb_init(a);
    arb_init(b);
    double ends[2];
    for (int end = 0; end < 2; end++) {
      /* For people: rounding to nearest will do. */
      arf_get_fmpq(t, end ? &s->box[j].hi : &s->box[j].lo);
      mc_lang_expr_enclose(a, q->lower, NULL, 128);
      mc_lang_expr_enclose(b, q->upper, NULL, 128);
      if (q->lower == claim->unknown && s->task->instance->unknown)
        arb_set_fmpq(a, s->task->instance->unknown, 128);
      if (q->upper == claim->unknown && s->task->instance->unknown)
        arb_set_fmpq(b, s->task->instance->unknown, 128);
      arb_sub(b, b, a, 128);
      arb_mul_fmpz(b, b, fmpq_numref(t), 128);
      arb_div_fmpz(b, b, fmpq_denref(t), 128);
      arb_add(a, a, b, 128);
      ends[end] = arf_get_d(arb_midref(a), ARF_RND_NEAR);
    }
    char shown[2][32];
    for (int end = 0; end < 2; end++)
      snprintf(shown[end], sizeof shown[end], "%.10g", ends[end]);
    if (strcmp(shown[0], shown[1]) == 0)
      mc_text_printf(&text, "%s%s near %s", j > 0 ? ", " : "", q->name, shown[0]);
    else
      mc_text_printf(&text, "%s%s in [%s, %s]", j > 0 ? ", " : "", q->name, shown[0], shown[1]);
    arb_clear(a);
    arb_clear(b);
  }
  fmpq_clear(t);
  snprintf(out, size, "%s", text.data ? text.data : "");
  mc_text_clear(&text);
}

/* The first atom that is not certain on the box: by how much its comparison holds there. */
static void describe_margin(const mc_workspace *s, char *out, size_t size) {
  *out = '\0';
  for (size_t i = 0; i < s->tape->body_count; i++) {
    const mc_range *margin = s->on_box.values + s->tape->body[i].node;
    bool certain = s->tape->body[i].strict ? mc_range_is_positive(margin) : mc_range_is_nonnegative(margin);
    if (certain || mc_range_is_undefined(margin))
      continue;
    char *lo = mc_ball_arf_text(&margin->lo, -1, 3), *hi = mc_ball_arf_text(&margin->hi, 1, 3);
    if (lo && hi)
      snprintf(out, size, "; margin of the comparison there: [%s, %s]", lo, hi);
    mc_free(lo);
    mc_free(hi);
    return;
  }
}

/* n: the real variables. */
static const char *defect_of(const mc_node *node, size_t n) {
  mc_op op = node->op;
  if (op == MC_OP_LOG && node->source->kind == MC_EXPR_POW)
    return "x^y with such a y means exp(y*log(x)), and x is not positive";
  switch (op) {
  case MC_OP_DIV:
    return n == 0 ? "division by zero" : "division by an interval that contains zero";
  case MC_OP_SQRT:
    return n == 0 ? "the square root of a negative number" : "square root of an interval that reaches below zero";
  case MC_OP_LOG:
    return n == 0 ? "the logarithm of a number that is not positive" : "logarithm of an interval that is not positive";
  default:
    return "a value outside the range of numbers";
  }
}

/* The simplest rational in x. */
static void simplest_of(fmpq_t t, const mc_range *x) {
  fmpq_t hi;
  fmpq_init(hi);
  arf_get_fmpq(t, &x->lo);
  arf_get_fmpq(hi, &x->hi);
  fmpq_simplest_between(t, t, hi);
  fmpq_clear(hi);
}

/* Is node `a` certainly 0 (division) or negative (root) or not positive (logarithm) at a point of the domain that
 * meets the side conditions?  Tried at two corners and the simplest point of a box that is next to nothing wide. */
static bool undefined_at_corner(mc_workspace *s, const mc_node *node) {
  for (int end = 0; end < 3; end++) {
    bool excluded = false;
    for (size_t j = 0; j < s->n; j++) {
      if (end < 2)
        arf_get_fmpq(s->corner + j, end ? &s->box[j].hi : &s->box[j].lo);
      else
        simplest_of(s->corner + j, s->box + j);
      excluded = excluded || (s->tape->lower_open[j] && fmpq_is_zero(s->corner + j)) ||
                 (s->tape->upper_open[j] && fmpq_is_one(s->corner + j));
    }
    size_t operand = node->op == MC_OP_DIV ? node->b : node->a;
    int sign = mc_workspace_sign(s, operand, s->corner);
    bool bad = node->op == MC_OP_DIV ? sign == 0 : node->op == MC_OP_SQRT ? sign == -1 : sign == 0 || sign == -1;
    for (size_t i = 0; i < s->tape->where_count && bad && !excluded; i++) {
      int condition = mc_workspace_sign(s, s->tape->where[i].node, s->corner);
      bad = condition != 2 && (s->tape->where[i].strict ? condition > 0 : condition >= 0);
    }
    if (bad && !excluded)
      return true;
  }
  return false;
}

/* The divisor takes both signs, so it vanishes in between: between the corners of a box without side conditions. */
static bool divisor_changes_sign(mc_workspace *s, const mc_node *node) {
  if (node->op != MC_OP_DIV || s->tape->where_count > 0 || mc_range_is_undefined(s->on_box.values + node->b))
    return false;
  int signs[2];
  for (int end = 0; end < 2; end++) {
    for (size_t j = 0; j < s->n; j++)
      arf_get_fmpq(s->corner + j, end ? &s->box[j].hi : &s->box[j].lo);
    signs[end] = mc_workspace_sign(s, node->b, s->corner);
  }
  return signs[0] != 2 && signs[1] != 2 && signs[0] * signs[1] < 0;
}

void mc_stuck_describe(mc_workspace *s, const char *why, char *out, size_t size) {
  char place[300], margin[120];
  describe_box(s, place, sizeof place);
  mc_tape_enclose(s->on_box.values, s->tape, s->box, MC_POINT_PRECISION);
  describe_margin(s, margin, sizeof margin);
  if (s->n == 0)
    snprintf(out, size, "neither side is shown to be greater, nor both to be equal%.110s", margin);
  else
    snprintf(out, size, "%.40s at %.230s%.110s", why, place, margin);
}

mc_status mc_stuck_explain(mc_workspace *s, char *out, size_t size, mc_error *e) {
  char place[300];
  size_t node;
  describe_box(s, place, sizeof place);
  mc_tape_enclose(s->on_box.values, s->tape, s->box, MC_POINT_PRECISION);
  if (!mc_tape_first_undefined(&node, s->tape, s->on_box.values)) {
    mc_stuck_describe(s, "stuck", out, size);
    return MC_OK;
  }
  const mc_node *culprit = &s->tape->nodes[node];
  const mc_expr *source = culprit->source;
  bool certain = culprit->op == MC_OP_DIV || culprit->op == MC_OP_SQRT || culprit->op == MC_OP_LOG;
  const char *of = s->n > 0 ? ", for " : "";
  if (certain && (undefined_at_corner(s, culprit) || divisor_changes_sign(s, culprit)))
    return mc_lang_fail(e, s->task->document, source->line, source->column, "%s%s%.120s", defect_of(culprit, s->n), of,
                        place);
  snprintf(out, size, "line %u, column %u: %s%s%.250s", source->line, source->column, defect_of(culprit, s->n), of,
           place);
  return MC_OK;
}
