/* What the commands print with --json is what docs/schema says, to the last member. */
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

/* Run the program and check its document. */
static void expect_document(const char *arguments) {
  char command[1024];
  mc_error e = {0};
  json_error_t why;
  snprintf(command, sizeof command, "%s %s --json", MUONCERT_PROGRAM, arguments);
  FILE *pipe = popen(command, "r");
  assert_non_null(pipe);
  json_t *document = json_loadf(pipe, JSON_REJECT_DUPLICATES, &why);
  pclose(pipe);
  if (!document)
    fail_msg("%s: %s", arguments, why.text);
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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_command_keeps_to_its_schema),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
