/* What the commands print with --json, and the certificates they write, are what docs/schema says, to the last member. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../../src/report/report.h"

static const char spec[] = "paper test\n  title \"t\"\n  ref \"r\"\n"
                           "claim true\n  forall x in [0, 1] : x^2 <= x\n"
                           "claim false\n  cite \"c\"\n  forall x in [0, 2] : x^2 <= x\n"
                           "claim best\n  forall x in [0, 1] : x*(1 - x) <= ?\n"
                           "campaign good\n  measure theta, kappa, z by corner\n  where theta > 0\n"
                           "  holds (1 - z) * (2*theta)^2 <= kappa^2 * (1 + z)\n  shapes 4 by 4\n  trials 50\n"
                           "campaign bad\n  cite \"c\"\n  measure theta, kappa, z by corner\n  where theta > 0\n"
                           "  holds (1 - z) * (9*theta)^2 <= kappa^2 * (1 + z)\n  shapes 4 by 4\n  trials 50\n";

/* A 2 by 2 matrix of float64, and its image scaled by `scale`. */
static void write_npy(const char *path, double scale) {
  static const char header[] = "\x93NUMPY\x01\x00\x76\x00{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }";
  const double values[] = {scale * 0.5, 0, scale * 0.25, scale};
  char bytes[128 + sizeof values];
  memset(bytes, ' ', 128);
  memcpy(bytes, header, sizeof header - 1);
  bytes[127] = '\n';
  memcpy(bytes + 128, values, sizeof values);
  assert_int_equal(mc_file_write(path, bytes, sizeof bytes, NULL), MC_OK);
}

/* Run the program; its document. */
static json_t *document_of(const char *arguments) {
  char command[1024];
  json_error_t why;
  snprintf(command, sizeof command, "%s %s --json", MUONCERT_PROGRAM, arguments);
  FILE *pipe = popen(command, "r");
  assert_non_null(pipe);
  json_t *document = json_loadf(pipe, JSON_REJECT_DUPLICATES, &why);
  pclose(pipe);
  if (!document)
    fail_msg("%s: %s", arguments, why.text);
  return document;
}

static void expect_document(const char *arguments) {
  mc_error e = {0};
  json_t *document = document_of(arguments);
  if (mc_report_check(document, true, NULL, &e) != MC_OK)
    fail_msg("%s: %s", arguments, e.text);
  json_decref(document);
}

static void every_command_keeps_to_its_schema(void **state) {
  (void)state;
  mkdir("t_documents.spec", 0777);
  mkdir("t_documents.spec/claims", 0777);
  assert_int_equal(mc_file_write("t_documents.claim", spec, sizeof spec - 1, NULL), MC_OK);
  write_npy("t_documents.npy", 1);
  assert_int_equal(mc_file_write("t_documents.spec/claims/a.claim", spec, sizeof spec - 1, NULL), MC_OK);
  expect_document("claims t_documents.claim");
  expect_document("prove 'forall x in [0, 1] : x^2 < x'");
  expect_document("claims t_documents.claim --cert t_documents.certificates");
  expect_document("check t_documents.certificates/test.true.json t_documents.claim");
  expect_document("verify --spec t_documents.spec");
  expect_document("campaign --file t_documents.claim");
  expect_document("campaign good --file t_documents.claim --replay 'seed=0x0 trial=3 shape=4x4 spectrum=uniform'");
  expect_document("campaign --file t_documents.claim --shard 2/3");
  expect_document("gen flat --shape 2x2 --output t_documents_gen.npy");
  expect_document("gen --list");
  expect_document("simulate saddle --steps 3");
  expect_document("simulate --figure 2605.09331/fig4");
  expect_document("audit --dtype f64 --input t_documents.npy --output t_documents.npy");
  expect_document("truth polar t_documents.npy");
  expect_document("truth sv t_documents.npy");
  expect_document("truth ns t_documents.npy");
}

/* A claim for each kind of evidence. */
static const char certified[] = "claim plain\n  1 + 1 = 2\n"
                                "claim boxes\n  forall x in [0, 1] : sin(x) + cos(x) <= 1.42\n"
                                "claim identity\n  forall x, y in [1, 2] : 1/x + 1/y = (x + y)/(x*y)\n"
                                "claim integers\n  forall k in {0..3} where k >= 1 : 1/k <= 1\n"
                                "claim witness\n  expect refuted\n  forall k in {1..10}, x in [0, 1] : k*x^2 < 9\n"
                                "claim found\n  exists x in [0, 1] : x^2 >= 1\n"
                                "claim root\n  expect refuted\n  forall x in [0, 2] : abs(x^2 - 2) > 0\n"
                                "claim point\n  exists x in [0, pi] : sin(x) = 1\n"
                                "claim angle\n  exists x in [0, 3] : sin(x) = 1\n"
                                "claim orders\n  forall x, y, z in (0, 10] : x/y + y/z + z/x >= 3\n"
                                "claim nowhere\n  expect refuted\n  exists x in [0, 2] : x^2 = 5\n"
                                "claim sign_change\n  exists k in {2..3}, x in [1, 2] : x^2 = k\n"
                                "claim best\n  forall x in (0, 1] : sin(x) <= ?*x\n"
                                "claim end\n  forall x in [0, ?] : x^2 <= 2\n";

static json_t *certificate_of(const json_t *entry) {
  const char *id = json_string_value(json_object_get(entry, "id"));
  const char *path = json_string_value(json_object_get(json_object_get(entry, "certificate"), "file"));
  if (!path)
    fail_msg("%s: no certificate", id);
  json_t *certificate = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
  if (!certificate)
    fail_msg("%s: no JSON", path);
  return certificate;
}

/* Note the names of all members. */
static void note_parts(const json_t *value, json_t *seen) {
  const char *name;
  json_t *member;
  size_t i;
  json_object_foreach((json_t *)value, name, member) {
    json_object_set_new(seen, name, json_true());
    note_parts(member, seen);
  }
  json_array_foreach(value, i, member) note_parts(member, seen);
}

/* Certificates of every claim of the file; their number. */
static size_t expect_certificates(const char *file, json_t *seen) {
  char arguments[512];
  mc_error e = {0};
  size_t i;
  const json_t *entry;
  snprintf(arguments, sizeof arguments, "claims %s --cert t_documents.certificates", file);
  json_t *document = document_of(arguments);
  const json_t *claims = json_object_get(document, "claims");
  json_array_foreach(claims, i, entry) {
    json_t *certificate = certificate_of(entry);
    if (mc_report_check_against("certificate.json", certificate, true, NULL, &e) != MC_OK)
      fail_msg("%s: %s", json_string_value(json_object_get(entry, "id")), e.text);
    note_parts(json_object_get(certificate, "evidence"), seen);
    json_decref(certificate);
  }
  size_t count = json_array_size(claims);
  json_decref(document);
  return count;
}

static void certificates_keep_to_their_schema(void **state) {
  (void)state;
  static const char *const parts[] = {"instances", "integers", "boxes", "witness", "sign_change", "derived",
                                      "holds",     "slopes",   "fails", "value",   "root",        "polynomial",
                                      "from",      "to",       "point", "angle"};
  json_t *seen = json_object();
  assert_int_equal(mc_file_write("t_documents_certified.claim", certified, sizeof certified - 1, NULL), MC_OK);
  assert_int_equal(expect_certificates("t_documents_certified.claim", seen), 14);
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    if (!json_object_get(seen, parts[i]))
      fail_msg("no certificate has a member %s", parts[i]);
  assert_true(expect_certificates(MUONCERT_SOURCE_DIR "/spec/claims/dimension_free_escape.claim", seen) > 50);
  json_decref(seen);
}

/* What is changed in a certificate so that it keeps to its schema no longer is found and located. */
static void a_broken_certificate_is_found(void **state) {
  (void)state;
  static const struct {
    const char *path, *name;
    const char *value; /* JSON; NULL: the member is taken away */
    const char *pointer;
  } changes[] = {
      {"", "verdict", NULL, "/: missing: verdict"},
      {"", "verdict", "\"undecided\"", "/verdict: "},
      {"", "certificate", "2", "/certificate: "},
      {"", "colour", "1", "/: a member that the schema does not name: colour"},
      {"evidence", "witness", "{\"x\": \"0.5\"}", "/evidence/witness/x: "},
      {"evidence", "derived", "{\"holds\": {}}", "/evidence/derived: missing: fails"},
      {"evidence", "instances", "[{\"integers\": {}, \"boxes\": [[\"x\"]]}]", "/evidence/instances/0/boxes/0/0: "},
  };
  assert_int_equal(mc_file_write("t_documents_broken.claim", certified, sizeof certified - 1, NULL), MC_OK);
  json_t *document = document_of("claims t_documents_broken.claim --only witness --cert t_documents.certificates");
  for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
    mc_error e = {0};
    json_t *certificate = certificate_of(json_array_get(json_object_get(document, "claims"), 0));
    json_t *object = *changes[i].path ? json_object_get(certificate, changes[i].path) : certificate;
    if (changes[i].value)
      json_object_set_new(object, changes[i].name, json_loads(changes[i].value, JSON_DECODE_ANY, NULL));
    else
      json_object_del(object, changes[i].name);
    if (mc_report_check_against("certificate.json", certificate, true, NULL, &e) != MC_BAD_INPUT)
      fail_msg("taken for a good certificate: %s", changes[i].pointer);
    if (strncmp(e.text, changes[i].pointer, strlen(changes[i].pointer)) != 0)
      fail_msg("'%s' does not start with '%s'", e.text, changes[i].pointer);
    json_decref(certificate);
  }
  json_decref(document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_command_keeps_to_its_schema),
      cmocka_unit_test(certificates_keep_to_their_schema),
      cmocka_unit_test(a_broken_certificate_is_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
