/* Tapes in doubles: what to look at, never what is true. */
#include <math.h>

#include "tape.h"

void mc_tape_approx(double *values, const mc_tape *tape, const double *t) {
  for (size_t i = 0; i < tape->node_count; i++) {
    const mc_node *node = &tape->nodes[i];
    const double a = values[node->op == MC_OP_VARIABLE ? 0 : node->a], b = values[node->b];
    const mc_image *p;
    switch (node->op) {
    case MC_OP_CONSTANT:
      values[i] = fmpz_get_d(fmpq_numref(node->constant)) / fmpz_get_d(fmpq_denref(node->constant));
      break;
    case MC_OP_PI:
      values[i] = 3.141592653589793;
      break;
    case MC_OP_E:
      values[i] = 2.718281828459045;
      break;
    case MC_OP_VARIABLE:
      values[i] = t[node->a];
      break;
    case MC_OP_POLYNOMIAL:
      p = &tape->images[node->image].p[0];
      values[i] = 0;
      for (slong k = p->length; k-- > 0;)
        values[i] = values[i] * a + p->approx[k];
      break;
    case MC_OP_ADD:
      values[i] = a + b;
      break;
    case MC_OP_SUB:
      values[i] = a - b;
      break;
    case MC_OP_MUL:
      values[i] = a * b;
      break;
    case MC_OP_DIV:
      values[i] = a / b;
      break;
    case MC_OP_POWER:
      values[i] = pow(a, (double)node->exponent);
      break;
    case MC_OP_SQRT:
      values[i] = sqrt(a);
      break;
    case MC_OP_ABS:
      values[i] = fabs(a);
      break;
    case MC_OP_MIN:
      values[i] = fmin(a, b);
      break;
    case MC_OP_MAX:
      values[i] = fmax(a, b);
      break;
    case MC_OP_EXP:
      values[i] = exp(a);
      break;
    case MC_OP_LOG:
      values[i] = log(a);
      break;
    case MC_OP_SIN:
      values[i] = sin(a);
      break;
    case MC_OP_COS:
      values[i] = cos(a);
      break;
    }
  }
}
