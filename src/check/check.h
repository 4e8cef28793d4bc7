/* muoncert: does a certificate prove what it says?
 *
 * A certificate (docs/certification.md, docs/schema/certificate.json) holds the text of one claim and what a search
 * left behind: a tree of boxes with the tests that succeeded on them, a witness, a change of sign.  The checker
 * parses the text anew and repeats the tests with an arithmetic of its own, MPFI intervals and FLINT's rationals.  It
 * includes nothing of src/claim and searches for nothing: what is missing, false or unknown to it is refused. */
#ifndef MUONCERT_CHECK_H
#define MUONCERT_CHECK_H

#include <jansson.h>

#include "../ball/arb_headers.h"
#include "../base/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Version of certificates: their member "certificate". */
#define MC_CHECK_VERSION 1

typedef struct {
  bool accepted;
  const char *verdict;  /* "proved", "refuted": shown by an accepted certificate */
  char id[160];         /* as the certificate says; "" where it does not */
  char statement[1024]; /* the claim as the checker understood it, cut to fit */
  bool has_derived;     /* claims with ?: lower <= best <= upper, exactly */
  fmpq_t lower, upper;
  uint64_t boxes; /* that were checked */
  double seconds;
  char message[400]; /* why it was refused */
} mc_check_result;

void mc_check_result_init(mc_check_result *result);
void mc_check_result_clear(mc_check_result *result);

/* Check one certificate.  text: NULL, or the text of the claim that it must be about (mc_lang_claim_text).  Never fails
 * as a call: what cannot be checked, for want of memory or of time (seconds > 0) too, is refused. */
void mc_check_certificate(mc_check_result *result, const json_t *certificate, const char *text, double seconds);

#ifdef __cplusplus
}
#endif
#endif
