/* What one operation, one sum and one store may be off by; private.  docs/errors.md, sections 1 and 2. */
#ifndef MUONCERT_AUDIT_ROUNDING_H
#define MUONCERT_AUDIT_ROUNDING_H

#include <math.h>

#include "audit.h"
#include "upward.h"

typedef struct {
  double u, eta;   /* storing an accumulator's value: relative and absolute error of an entry */
  double uo, etao; /* one operation in the accumulator, then storing */
  double ua, etaa; /* one operation in the accumulator */
  double us, etas; /* one operation of a sum of products: 2 ua and 2 etaa where sums are truncated, 2^-126 flushed */
  double uf, etaf; /* rounding a factor of a product, to nearest or by truncation */
  double r, c, root_rr, root_rc;
  size_t depth;
} mc_audit_rounding;

static inline mc_audit_rounding rounding_of(const mc_kernel_model *model, size_t r, size_t c, size_t depth) {
  mc_dtype accumulator = mc_kernel_accumulator(model->storage);
  bool cast = accumulator != model->storage;
  mc_audit_rounding k = {.r = (double)r, .c = (double)c, .depth = depth};
  k.ua = ldexp(1, -mc_kernel_precision(accumulator));
  k.etaa = ldexp(1, mc_kernel_smallest_exponent(accumulator) - 1);
  k.us = model->truncate ? 2 * k.ua : k.ua;
  k.etas = model->truncate ? 2 * k.etaa : k.etaa;
  k.uf = model->tf32 ? 0x1p-10 : 0;
  k.etaf = model->tf32 ? 0x1p-136 : 0;
  if (model->flush)
    k.etas = k.etaf = 0x1p-126;
  k.u = cast ? ldexp(1, -mc_kernel_precision(model->storage)) : 0;
  k.eta = cast ? ldexp(1, mc_kernel_smallest_exponent(model->storage) - 1) : 0;
  k.uo = mc_up_add3(k.u, k.ua, mc_up_mul(k.u, k.ua));
  k.etao = mc_up_add(k.eta, 2 * k.etaa);
  k.root_rr = k.r;
  k.root_rc = mc_up_sqrt(mc_up_mul(k.r, k.c));
  return k;
}

/* gamma_K = K us / (1 - K us) for a sum of `terms` products. */
static inline double gamma_of(const mc_audit_rounding *k, double terms) {
  double depth = k->depth == MC_AUDIT_EXACT_SUMS ? 1 : k->depth > 0 ? fmin(terms, (double)k->depth + 1) : terms;
  double x = mc_up_mul(depth, k->us);
  return mc_up_over_one_minus(x, x);
}

/* For the sum of so many squares in the norm: no tree of fewer levels than log2 of them has them all. */
static inline double norm_gamma(const mc_audit_rounding *k, double squares) {
  mc_audit_rounding deeper = *k;
  double levels = ceil(log2(squares));
  if (k->depth != MC_AUDIT_EXACT_SUMS && k->depth > 0 && (double)k->depth < levels)
    deeper.depth = (size_t)levels;
  return gamma_of(&deeper, squares);
}

/* For a term to which the sum of so many products is added: in any order it may be the first, and then passes through all
 * additions; to a tree of declared depth, or an exact sum, it is added at the end. */
static inline double carried_gamma(const mc_audit_rounding *k, double terms) {
  return k->depth == 0 ? gamma_of(k, terms) : 0;
}

/* What underflow costs a sum: each event is carried through the rest. */
static inline double sum_underflow(const mc_audit_rounding *k, double terms) {
  return mc_up_mul(mc_up_mul(2 * terms, k->etas), mc_up_add(1, gamma_of(k, terms)));
}

/* Frobenius error of a product of factors of Frobenius norms f and g, with `terms` terms an entry and root =
 * sqrt(entries). */
static inline double product_error(const mc_audit_rounding *k, double terms, double f, double g, double root) {
  double sum = mc_up_mul(gamma_of(k, terms), mc_up_mul(f, g));
  double underflow = mc_up_mul(sum_underflow(k, terms), root);
  if (k->uf == 0 && k->etaf == 0)
    return mc_up_add(sum, underflow);
  /* of rounded factors: (1 + uf)^2 - 1 <= 3 uf, on top of it the sum's own; a factor's underflow meets the other's
   * norm */
  double factors = mc_up_mul(mc_up_mul(3 * k->uf, mc_up(1 + gamma_of(k, terms))), mc_up_mul(f, g));
  double lost = mc_up_mul(mc_up_mul(4 * k->etaf, mc_up_mul(terms, root)), mc_up_add3(f, g, 1));
  return mc_up_add3(sum, mc_up_add(underflow, lost), factors);
}

static inline double store_error(const mc_audit_rounding *k, double norm, double root) {
  return mc_up_add(mc_up_mul(k->u, norm), mc_up_mul(k->eta, root));
}

static inline double operation_error(const mc_audit_rounding *k, double norm, double root) {
  return mc_up_add(mc_up_mul(k->uo, norm), mc_up_mul(k->etao, root));
}

#endif
