/* The derivative of an expression with respect to ?. */
#include "compile.h"

static bool mentions_unknown(const mc_expr *x) {
  if (x->kind == MC_EXPR_UNKNOWN)
    return true;
  for (size_t i = 0; i < x->count; i++)
    if (mentions_unknown(x->arguments[i]))
      return true;
  return false;
}

void mc_compile_slope(mc_compiler *c, mc_value *z, const mc_expr *x, const mc_value *environment) {
  mc_value left, right;
  mc_value_init(&left);
  mc_value_init(&right);
  mc_term_set_ui(&z->up, x->kind == MC_EXPR_UNKNOWN);
  mc_term_set_ui(&z->down, 1);
  const mc_expr *a = x->count > 0 ? x->arguments[0] : NULL, *b = x->count > 1 ? x->arguments[1] : NULL;
  if (mentions_unknown(x) && x->kind != MC_EXPR_UNKNOWN) {
    bool second = b && mentions_unknown(b), linear = true;
    switch (x->kind) {
    case MC_EXPR_NEG:
      mc_compile_slope(c, &left, a, environment);
      mc_compile_function(c, z, MC_EXPR_NEG, &left);
      break;
    case MC_EXPR_ADD:
    case MC_EXPR_SUB:
      mc_compile_slope(c, &left, a, environment);
      mc_compile_slope(c, &right, b, environment);
      mc_value_add(c, z, &left, &right, x->kind == MC_EXPR_SUB);
      break;
    case MC_EXPR_MUL:
      linear = !(mentions_unknown(a) && second);
      if (linear) {
        mc_compile_slope(c, &left, second ? b : a, environment);
        mc_compile_expression(c, &right, second ? a : b, environment);
        mc_value_mul(c, z, &left, &right);
      }
      break;
    case MC_EXPR_DIV:
      linear = !second;
      if (linear) {
        mc_compile_slope(c, &left, a, environment);
        mc_compile_expression(c, &right, b, environment);
        mc_value_div(c, z, &left, &right);
      }
      break;
    default:
      linear = false;
    }
    if (!linear)
      mc_compile_fail(c, "? does not enter linearly");
  }
  mc_value_clear(&left);
  mc_value_clear(&right);
}
