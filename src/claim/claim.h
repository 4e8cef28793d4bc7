/* muoncert: is a claim true?
 *
 * A claim of src/lang is proved, refuted by a witness, or left undecided; a claim with ? gets its best constant or
 * end point as a two-sided enclosure.  The search is a branch and bound over boxes, whose tests are, in order of
 * cost, interval evaluation with exact polynomial images, monotonicity, mean value form, and second-order forms
 * (Moore, Kearfott and Cloud 2009, chapters 6 to 8), with the exact vanishing of a function at a
 * rational point where a claim touches equality. */
#ifndef MUONCERT_CLAIM_H
#define MUONCERT_CLAIM_H

#include <jansson.h>

#include "../base/base.h"
#include "../lang/lang.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { MC_VERDICT_PROVED, MC_VERDICT_REFUTED, MC_VERDICT_UNDECIDED } mc_verdict;

const char *mc_claim_verdict_name(mc_verdict verdict);

typedef struct {
  double seconds;   /* time limit; 0: 20 s */
  unsigned threads; /* 0: all processors; results are the same for any number */
  bool recording;   /* leave evidence in the result */
} mc_claim_options;

typedef struct {
  mc_status status; /* MC_OK, or why there is no verdict: MC_BAD_INPUT (the claim divides by zero, …), MC_NO_MEMORY */
  mc_verdict verdict; /* MC_VERDICT_UNDECIDED unless status is MC_OK */
  bool expected;      /* the verdict is the one that the claim expects */

  /* forall refuted, or exists proved: a point, variable by variable. */
  bool has_witness;
  bool witness_exact; /* re-evaluated in rational arithmetic; else in balls at exactly this point */
  size_t witness_count;
  fmpq *witness;
  json_t *place; /* where that point is not rational: {variable: {"lo", "hi"}}, outward decimals; else NULL */

  /* Claims with ?: lower <= best <= upper.  An infinite end is a bound that was not found. */
  bool has_derived;
  arf_t derived_lower, derived_upper;

  json_t *evidence; /* what was asked for by recording; NULL: none */

  uint64_t boxes;
  double seconds;
  char message[512]; /* why undecided, where it got stuck; what went wrong */
} mc_claim_result;

void mc_claim_result_init(mc_claim_result *result);
void mc_claim_result_clear(mc_claim_result *result);

/* Settle one claim of a document.  Never fails as a call: what stands in the way is in result. */
void mc_claim_settle(mc_claim_result *result, const mc_document *document, const mc_claim *claim,
                     const mc_claim_options *options);

/* What src/check can check (docs/certification.md); NULL: the verdict is undecided, there is no evidence for it, or no
 * memory. */
json_t *mc_claim_certificate(const mc_document *document, const mc_claim *claim, const mc_claim_result *result);

#ifdef __cplusplus
}
#endif
#endif
