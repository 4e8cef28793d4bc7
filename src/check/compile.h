/* What a claim is compiled with: polynomials in one line, and their quotients.  Private to src/check. */
#ifndef MUONCERT_CHECK_COMPILE_H
#define MUONCERT_CHECK_COMPILE_H

#include "program.h"

#define MC_NO_BASE SIZE_MAX

/* A polynomial in one line; base MC_NO_BASE: a constant. */
typedef struct {
  size_t base;
  fmpq_poly_t p;
} mc_term;

/* up/down; down is 1 unless the form is cleared. */
typedef struct {
  mc_term up, down;
} mc_value;

typedef struct {
  mc_program *program;
  const mc_program_options *options;
  mc_error *error;
  bool failed;
} mc_compiler;

void mc_compile_fail(mc_compiler *c, const char *why);
size_t mc_compile_add_line(mc_compiler *c, mc_code code, size_t a, size_t b, const fmpq *constant);
void mc_term_init(mc_term *x);
void mc_term_clear(mc_term *x);
void mc_term_set(mc_term *z, const mc_term *x);
void mc_term_set_line(mc_term *z, size_t line);
void mc_term_set_q(mc_term *z, const fmpq_t q);
void mc_term_set_ui(mc_term *z, ulong x);
bool mc_term_is_constant(const mc_term *x);
bool mc_term_is_one(const mc_term *x);
size_t mc_compile_line_of(mc_compiler *c, const mc_term *x);
void mc_value_init(mc_value *x);
void mc_value_clear(mc_value *x);
void mc_value_set(mc_value *z, const mc_value *x);
void mc_value_add(mc_compiler *c, mc_value *z, const mc_value *x, const mc_value *y, bool minus);
void mc_value_mul(mc_compiler *c, mc_value *z, const mc_value *x, const mc_value *y);
void mc_value_div(mc_compiler *c, mc_value *z, const mc_value *x, const mc_value *y);
void mc_value_function(mc_compiler *c, mc_value *z, mc_code code, const mc_value *x);
void mc_value_extremum(mc_compiler *c, mc_value *z, mc_code code, const mc_value *x, const mc_value *y);
void mc_value_whole_power(mc_compiler *c, mc_value *z, const mc_value *x, slong n);
void mc_value_power(mc_compiler *c, mc_value *z, const mc_value *x, const mc_value *y);

/* environment[i]: VARIABLE i. */
void mc_compile_expression(mc_compiler *c, mc_value *z, const mc_expr *x, const mc_value *environment);

/* The derivative with respect to ?, which must enter linearly.  (slope.c) */
void mc_compile_slope(mc_compiler *c, mc_value *z, const mc_expr *x, const mc_value *environment);

/* -x, |x|, … (expression.c) */
void mc_compile_function(mc_compiler *c, mc_value *z, mc_expr_kind kind, const mc_value *x);

#endif
