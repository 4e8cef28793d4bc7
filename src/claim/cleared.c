/* Poles at ends that do not belong to the domain.  f = up/down with polynomials above and below; near an excluded end
 * where down vanishes the sign of f is that of up times that of down, both certified on the box without that end. */
#include "certify.h"

/* The strict sign of a node on the box, but for excluded ends; 0: not certain.  A product has the product of the
 * signs. */
static int strict_sign(mc_workspace *s, size_t node, slong precision) {
  const mc_node *x = &s->tape->nodes[node];
  if (x->op == MC_OP_MUL)
    return strict_sign(s, x->a, precision) * strict_sign(s, x->b, precision);
  for (int sign = 1; sign >= -1; sign -= 2) {
    mc_goal g = {node, sign, true};
    if (mc_certify(s, s->box, &s->on_box, g, precision, true))
      return sign;
  }
  return 0;
}

/* Where a tape clears, functions are applied to nothing that divides; so an undefined one is undefined for itself. */
static bool only_divisions_are_undefined(const mc_workspace *s) {
  for (size_t i = 0; i < s->tape->node_count; i++) {
    mc_op op = s->tape->nodes[i].op;
    bool rational = op == MC_OP_ADD || op == MC_OP_SUB || op == MC_OP_MUL || op == MC_OP_DIV ||
                    op == MC_OP_POLYNOMIAL || op == MC_OP_POWER;
    if (!rational && mc_range_is_undefined(s->on_box.values + i))
      return false;
  }
  return true;
}

bool mc_certify_divisors(mc_workspace *s, slong precision) {
  bool defined = only_divisions_are_undefined(s);
  for (size_t i = 0; i < s->tape->divisor_count && defined; i++)
    defined = strict_sign(s, s->tape->divisors[i], precision) != 0;
  return defined;
}

bool mc_certify_cleared(mc_workspace *s, const mc_atom *atom, bool fails, slong precision) {
  int down = strict_sign(s, atom->down, precision);
  mc_goal g = {atom->up, fails ? -down : down, fails ? !atom->strict : atom->strict};
  return down != 0 && mc_certify(s, s->box, &s->on_box, g, precision, true) && mc_workspace_note(s, "cleared", NULL, 0);
}
