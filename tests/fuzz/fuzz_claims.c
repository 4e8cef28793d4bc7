/* libFuzzer: any bytes as a claim file.  Parsing may refuse, never crash, leak or hang. */
#include "lang/lang.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  mc_document *document = NULL;
  mc_error e;
  if (mc_lang_document_parse(&document, "fuzz", (const char *)bytes, length, &e) == MC_OK)
    mc_lang_document_free(document);
  return 0;
}
