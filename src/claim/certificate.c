/* Certificates: the claim's text, its verdict, and the evidence that the search left. */
#include "claim.h"

#include <string.h>

enum { CERTIFICATE_VERSION = 1 };

json_t *mc_claim_certificate(const mc_document *document, const mc_claim *claim, const mc_claim_result *result) {
  if (result->status != MC_OK || result->verdict == MC_VERDICT_UNDECIDED || !result->evidence)
    return NULL;
  mc_text text;
  mc_text_init(&text);
  json_t *certificate = NULL;
  if (mc_lang_claim_text(&text, document, claim) == MC_OK)
    certificate = json_pack("{s:i s:s s:s s:I s:s s:s s:s s:O}", "certificate", CERTIFICATE_VERSION, "id",
                            claim->block.id, "file", claim->block.file, "line", (json_int_t)claim->block.line, "text",
                            text.data, "statement", claim->block.statement, "verdict",
                            mc_claim_verdict_name(result->verdict), "evidence", result->evidence);
  mc_text_clear(&text);
  return certificate;
}
