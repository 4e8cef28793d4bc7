/* Certificates of true verdicts are accepted, about the claim that they are for and no other. */
#include "certificates.h"

static void every_kind_of_evidence_is_accepted(void **state) {
  (void)state;
  char why[400];
  for (size_t i = 0; i < TEXTS; i++) {
    json_t *certificate = certificate_of_text(texts[i]);
    if (!accepts(certificate, json_string_value(json_object_get(certificate, "text")), why, sizeof why)) {
      char *dump = json_dumps(certificate, JSON_COMPACT);
      fail_msg("%s: %s\n%.2000s", texts[i], why, dump);
    }
    json_decref(certificate);
  }
}

/* ---- The claims of the papers ---- */

static void check_file(const char *path) {
  mc_document *document;
  mc_error e = {0};
  char why[400];
  if (mc_lang_document_read(&document, path, &e) != MC_OK)
    fail_msg("%s: %s", path, e.text);
  for (size_t i = 0; i < mc_lang_claim_count(document); i++) {
    const mc_claim *claim = mc_lang_claim(document, i);
    json_t *certificate = certificate_of(document, claim);
    if (certificate && !accepts(certificate, NULL, why, sizeof why))
      fail_msg("%s: %s", claim->block.id, why);
    json_decref(certificate);
  }
  mc_lang_document_free(document);
}

static void claims_of_papers_are_accepted(void **state) {
  (void)state;
  check_file(MUONCERT_SOURCE_DIR "/spec/claims/dimension_free_escape.claim");
  check_file(MUONCERT_SOURCE_DIR "/spec/claims/preconditioning_benefits.claim");
  check_file(MUONCERT_SOURCE_DIR "/spec/claims/balanced_factorisation.claim");
}

static void another_claim_is_refused(void **state) {
  (void)state;
  for (size_t i = 0; i + 1 < TEXTS; i++) {
    json_t *one = certificate_of_text(texts[i]), *other = certificate_of_text(texts[i + 1]);
    assert_false(accepts(one, json_string_value(json_object_get(other, "text")), NULL, 0));
    json_object_set(one, "text", json_object_get(other, "text"));
    assert_false(accepts(one, NULL, NULL, 0));
    json_decref(one);
    json_decref(other);
  }
}

static void brackets_are_held_together(void **state) {
  (void)state;
  json_t *certificate = certificate_of_text("forall x in [0, 1] : x*(1 - x) <= ?");
  json_t *derived = json_object_get(json_object_get(certificate, "evidence"), "derived");
  json_t *good = json_incref(json_object_get(derived, "holds")), *bad = json_incref(json_object_get(derived, "fails"));
  json_object_set(derived, "holds", bad);
  json_object_set(derived, "fails", good);
  assert_false(accepts(certificate, NULL, NULL, 0));
  json_object_set(derived, "holds", good);
  assert_false(accepts(certificate, NULL, NULL, 0));
  json_object_set(derived, "fails", bad);
  assert_true(accepts(certificate, NULL, NULL, 0));
  json_object_set_new(derived, "slopes", json_object());
  assert_false(accepts(certificate, NULL, NULL, 0));
  json_decref(good);
  json_decref(bad);
  json_decref(certificate);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_of_evidence_is_accepted),
      cmocka_unit_test(claims_of_papers_are_accepted),
      cmocka_unit_test(another_claim_is_refused),
      cmocka_unit_test(brackets_are_held_together),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
