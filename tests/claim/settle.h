/* One claim given as text, settled: what every test of the prover needs. */
#ifndef MUONCERT_TESTS_CLAIM_SETTLE_H
#define MUONCERT_TESTS_CLAIM_SETTLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/claim/claim.h"

/* Parses, settles, and lets `look` (may be NULL) see the result.  Returns the verdict, or -1 for a claim that is in
 * error. */
typedef void look_at(const mc_claim *claim, const mc_claim_result *result);

static inline int settle_text(const char *text, double seconds, look_at *look) {
  mc_document *document;
  mc_error e = {0};
  if (mc_lang_statement_parse(&document, text, strlen(text), &e) != MC_OK)
    fail_msg("%s: %s", text, e.text);
  mc_claim_result result;
  mc_claim_options options = {.seconds = seconds};
  mc_claim_result_init(&result);
  mc_claim_settle(&result, document, mc_lang_claim(document, 0), &options);
  int verdict = result.status == MC_OK ? (int)result.verdict : -1;
  if (look)
    look(mc_lang_claim(document, 0), &result);
  mc_claim_result_clear(&result);
  mc_lang_document_free(document);
  return verdict;
}

#endif
