/* Lowering: expressions become nodes of a tape.  Private to src/claim. */
#ifndef MUONCERT_CLAIM_LOWER_H
#define MUONCERT_CLAIM_LOWER_H

#include "tape.h"

/* Degree to which products are expanded. */
#define MC_LOWER_DEGREE 32

/* Bits of a coefficient, numerator and denominator together, that are computed with. */
#define MC_LOWER_BITS ((flint_bitcnt_t)1 << 18)

/* A polynomial in one node; base MC_NO_BASE: a constant. */
typedef struct {
  size_t base;
  fmpq_poly_t p;
} mc_lowered;

#define MC_NO_BASE SIZE_MAX

typedef struct {
  mc_tape *tape;
  const mc_document *document;
  const mc_instance *instance;
  mc_error *error;
  mc_status status; /* the first failure; nothing is lowered after it */
} mc_lowering;

void mc_lower_fail(mc_lowering *l, const mc_expr *at, const char *text);
void mc_lower_give_up(mc_lowering *l, const char *text);

void mc_lowered_init(mc_lowered *x);
void mc_lowered_clear(mc_lowered *x);
void mc_lowered_set(mc_lowered *z, const mc_lowered *x);
void mc_lowered_set_node(mc_lowered *z, size_t node);
void mc_lowered_set_constant(mc_lowered *z, const fmpq_t c);
void mc_lowered_set_ui(mc_lowered *z, ulong c);
bool mc_lowered_is_constant(const mc_lowered *x);
void mc_lowered_get_constant(fmpq_t c, const mc_lowered *x);

/* The node whose value x is; x becomes the identity on it. */
size_t mc_lower_materialise(mc_lowering *l, mc_lowered *x, const mc_expr *source);

size_t mc_lower_operation(mc_lowering *l, mc_op op, size_t a, size_t b, const mc_expr *source);
void mc_lower_binary(mc_lowering *l, mc_lowered *z, mc_op op, const mc_lowered *x, const mc_lowered *y,
                     const mc_expr *source);
void mc_lower_unary_node(mc_lowering *l, mc_lowered *z, mc_op op, const mc_lowered *x, const mc_expr *source);

/* z may be an operand. */
void mc_lower_sum(mc_lowering *l, mc_lowered *z, bool minus, const mc_lowered *x, const mc_lowered *y,
                  const mc_expr *source);
void mc_lower_product(mc_lowering *l, mc_lowered *z, const mc_lowered *x, const mc_lowered *y, const mc_expr *source);
void mc_lower_quotient(mc_lowering *l, mc_lowered *z, const mc_lowered *x, const mc_lowered *y, const mc_expr *source);
void mc_lower_whole_power(mc_lowering *l, mc_lowered *z, const mc_lowered *x, ulong n, const mc_expr *source);
void mc_lower_power(mc_lowering *l, mc_lowered *z, const mc_lowered *x, const mc_lowered *y, const mc_expr *source);

/* environment[i]: VARIABLE i.  (lower.c) */
void mc_lower_expression(mc_lowering *l, mc_lowered *z, const mc_expr *expr, const mc_lowered *environment);

/* Give each atom of the body its cleared form, where that exists.  (clear.c) */
void mc_lower_cleared_forms(mc_lowering *l);

#endif
