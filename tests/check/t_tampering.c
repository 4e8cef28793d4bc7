/* Whatever is changed in a certificate is refused, or changes nothing of what it shows. */
#include "certificates.h"

typedef struct {
  json_t *certificate; /* under change */
  const json_t *original;
  const char *path;
  unsigned changes, refused;
} tampering;

/* A changed certificate is refused, or shows the same verdict on the same claim: then what was changed is a test that
 * shows it too, a box that is not needed, or a number that is as good. */
static void judge(tampering *t, const char *what) {
  mc_check_result r;
  mc_check_result_init(&r);
  mc_check_certificate(&r, t->certificate, NULL, 60);
  t->changes++;
  t->refused += !r.accepted;
  bool same_claim = json_equal(json_object_get(t->certificate, "text"), json_object_get(t->original, "text")) &&
                    json_equal(json_object_get(t->certificate, "verdict"), json_object_get(t->original, "verdict")) &&
                    json_equal(json_object_get(t->certificate, "statement"), json_object_get(t->original, "statement"));
  if (r.accepted && !same_claim)
    fail_msg("%s: accepted for another claim or verdict", what);
  mc_check_result_clear(&r);
}

static json_t *changed_text(const char *text, int kind) {
  fmpq_t x;
  char *number;
  json_t *changed;
  fmpq_init(x);
  if (kind < 2 && fmpq_set_str(x, text, 10) == 0 && !fmpz_is_zero(fmpq_denref(x))) {
    fmpq_t d;
    fmpq_init(d);
    fmpq_set_si(d, kind == 0 ? 1 : -1, 3);
    fmpq_add(x, x, d);
    number = fmpq_get_str(NULL, 10, x);
    changed = json_string(number);
    flint_free(number);
    fmpq_clear(d);
  } else {
    static const char *const words[] = {"range", "vertex", "", "touch", "1/0"};
    changed = json_string(words[kind % 5]);
  }
  fmpq_clear(x);
  return changed;
}

static json_t *changed_leaf(const json_t *leaf, int kind) {
  if (json_is_integer(leaf)) {
    static const json_int_t by[] = {1, -1, 1000000, -2};
    return json_integer(json_integer_value(leaf) + by[kind % 4]);
  }
  if (json_is_string(leaf))
    return changed_text(json_string_value(leaf), kind);
  return kind % 2 ? json_null() : json_array();
}

enum { KINDS = 5 };

/* Change, remove and double every part of a value in turn. */
static void tamper(tampering *t, json_t *value) {
  if (json_is_object(value)) {
    json_t *keys = json_array(), *key_text;
    const char *key;
    json_t *member;
    size_t k;
    json_object_foreach(value, key, member) json_array_append_new(keys, json_string(key));
    json_array_foreach(keys, k, key_text) {
      key = json_string_value(key_text);
      member = json_incref(json_object_get(value, key));
      json_object_del(value, key);
      judge(t, key);
      for (int kind = 0; kind < KINDS && !json_is_array(member) && !json_is_object(member); kind++) {
        json_object_set_new(value, key, changed_leaf(member, kind));
        judge(t, key);
      }
      json_object_set(value, key, member);
      tamper(t, member);
      json_decref(member);
    }
    json_decref(keys);
    return;
  }
  for (size_t i = 0; i < json_array_size(value) && i < 40; i++) {
    json_t *member = json_incref(json_array_get(value, i));
    json_array_remove(value, i);
    judge(t, "an entry");
    json_array_insert(value, i, member);
    json_array_insert(value, i, member);
    judge(t, "an entry doubled");
    json_array_remove(value, i);
    for (int kind = 0; kind < KINDS && !json_is_array(member) && !json_is_object(member); kind++) {
      json_array_set_new(value, i, changed_leaf(member, kind));
      judge(t, "an entry changed");
    }
    json_array_set(value, i, member);
    tamper(t, member);
    json_decref(member);
  }
}

static void tampering_is_refused_or_harmless(void **state) {
  (void)state;
  unsigned changes = 0, refused = 0;
  for (size_t i = 0; i < TEXTS; i++) {
    json_t *certificate = certificate_of_text(texts[i]), *original = json_deep_copy(certificate);
    tampering t = {.certificate = certificate, .original = original};
    tamper(&t, certificate);
    assert_true(json_equal(certificate, original));
    changes += t.changes;
    refused += t.refused;
    json_decref(certificate);
    json_decref(original);
  }
  print_message("%u changes, %u refused, the others harmless\n", changes, refused);
  assert_true(refused * 10 > changes * 6);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tampering_is_refused_or_harmless),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
