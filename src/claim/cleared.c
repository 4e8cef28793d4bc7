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

/* Where a tape clears, functions are applied to nothing that divides; what is undefined for itself, and not because
 * an operand is, is a quotient or a logarithm. */
static bool only_poles_are_undefined(const mc_workspace *s) {
  const mc_range *values = s->on_box.values;
  for (size_t i = 0; i < s->tape->node_count; i++) {
    const mc_node *x = &s->tape->nodes[i];
    if (!mc_range_is_undefined(values + i))
      continue;
    switch (x->op) {
    case MC_OP_ADD:
    case MC_OP_SUB:
    case MC_OP_MUL:
    case MC_OP_DIV:
    case MC_OP_LOG:
    case MC_OP_POLYNOMIAL:
    case MC_OP_POWER:
      break;
    case MC_OP_EXP:
    case MC_OP_SIN:
    case MC_OP_COS:
    case MC_OP_ABS:
      if (!mc_range_is_undefined(values + x->a))
        return false;
      break;
    case MC_OP_MIN:
    case MC_OP_MAX:
      if (!mc_range_is_undefined(values + x->a) && !mc_range_is_undefined(values + x->b))
        return false;
      break;
    default:
      return false;
    }
  }
  return true;
}

bool mc_certify_divisors(mc_workspace *s, slong precision) {
  bool defined = only_poles_are_undefined(s);
  for (size_t i = 0; i < s->tape->pole_count && defined; i++) {
    int sign = strict_sign(s, s->tape->poles[i].node, precision);
    defined = s->tape->poles[i].positive ? sign > 0 : sign != 0;
  }
  return defined;
}

bool mc_certify_cleared(mc_workspace *s, const mc_atom *atom, bool fails, slong precision) {
  int down = strict_sign(s, atom->down, precision);
  mc_goal g = {atom->up, fails ? -down : down, fails ? !atom->strict : atom->strict};
  return down != 0 && mc_certify(s, s->box, &s->on_box, g, precision, true) && mc_workspace_note(s, "cleared", NULL, 0);
}
