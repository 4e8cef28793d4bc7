/* Every example of docs/claim-language.md parses, and its claims come out as it says. */
#include "settle.h"

/* The next fenced block marked "claim" from *text on; false: none is left. */
static bool next_block(const char **text, const char **begin, size_t *length) {
  static const char open[] = "```claim\n", close[] = "\n```";
  const char *start = strstr(*text, open);
  if (!start)
    return false;
  *begin = start + sizeof open - 1;
  const char *end = strstr(*begin, close);
  assert_non_null(end);
  *length = (size_t)(end + 1 - *begin);
  *text = end + sizeof close - 1;
  return true;
}

static void settle_block(const char *text, size_t length, size_t *claims) {
  mc_document *document;
  mc_error e = {0};
  if (mc_lang_document_parse(&document, "docs/claim-language.md", text, length, &e) != MC_OK)
    fail_msg("%u:%u: %s\n%.*s", e.line, e.column, e.text, (int)length, text);
  for (size_t i = 0; i < mc_lang_claim_count(document); i++) {
    mc_claim_result result;
    mc_claim_result_init(&result);
    mc_claim_settle(&result, document, mc_lang_claim(document, i), NULL);
    if (!result.expected)
      fail_msg("claim %s: %s, %s", mc_lang_claim(document, i)->block.id, mc_claim_verdict_name(result.verdict),
               result.message);
    mc_claim_result_clear(&result);
    ++*claims;
  }
  mc_lang_document_free(document);
}

static void examples_come_out_as_they_say(void **state) {
  (void)state;
  mc_text page;
  mc_error e = {0};
  mc_text_init(&page);
  if (mc_text_read_file(&page, MUONCERT_SOURCE_DIR "/docs/claim-language.md", 1 << 20, &e) != MC_OK)
    fail_msg("%s", e.text);
  const char *at = page.data, *begin;
  size_t length, blocks = 0, claims = 0;
  while (next_block(&at, &begin, &length)) {
    settle_block(begin, length, &claims);
    blocks++;
  }
  assert_true(blocks >= 7 && claims >= 20);
  mc_text_clear(&page);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(examples_come_out_as_they_say)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
