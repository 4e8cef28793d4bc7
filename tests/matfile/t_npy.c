/* .npy files: what is read, what is written, and what is refused with which words. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/matfile/matfile.h"

static const char path[] = "t_npy.npy";

/* A file of format version `version` with this dictionary and these elements. */
static void write_raw(int version, const char *dictionary, const void *data, size_t length) {
  mc_text t;
  mc_text_init(&t);
  size_t header = strlen(dictionary);
  mc_text_append(&t, "\x93NUMPY", 6);
  char start[6] = {(char)version, 0, (char)(header & 255), (char)(header >> 8), 0, 0};
  mc_text_append(&t, start, version == 1 ? 4 : 6);
  mc_text_append(&t, dictionary, header);
  mc_text_append(&t, data, length);
  assert_int_equal(mc_file_write(path, t.data, t.length, NULL), MC_OK);
  mc_text_clear(&t);
}

static mc_matfile read_good(mc_matfile_flags flags) {
  mc_matfile f;
  mc_error e = {0};
  if (mc_matfile_read(&f, path, flags, &e) != MC_OK)
    fail_msg("%s", e.text);
  return f;
}

static void expect_refused(const char *words) {
  mc_matfile f;
  mc_error e = {0};
  assert_int_equal(mc_matfile_read(&f, path, MC_MATFILE_PLAIN, &e), MC_BAD_INPUT);
  assert_string_equal(e.file, path);
  if (strstr(e.text, words) == NULL)
    fail_msg("'%s' does not say '%s'", e.text, words);
  assert_null(f.values);
}

static void orders(void **state) {
  (void)state;
  const float c_order[6] = {1, 2, 3, 4, 5, 6}, fortran[6] = {1, 4, 2, 5, 3, 6};
  for (int version = 1; version <= 3; version++)
    for (int f_order = 0; f_order < 2; f_order++) {
      write_raw(version,
                f_order ? "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n"
                        : "{\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"<f4\"}",
                f_order ? fortran : c_order, sizeof c_order);
      mc_matfile f = read_good(MC_MATFILE_PLAIN);
      assert_true(f.count == 1 && f.m == 2 && f.n == 3 && f.dtype == MC_DTYPE_FLOAT32);
      for (int i = 0; i < 6; i++)
        assert_true(f.values[i] == i + 1);
      mc_matfile_clear(&f);
    }
}

/* A batch of two 1 by 3 matrices in Fortran order: element (b, 0, j) at b + 2 j. */
static void fortran_batch(void **state) {
  (void)state;
  const float data[6] = {1, 4, 2, 5, 3, 6};
  write_raw(1, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1, 3), }", data, sizeof data);
  mc_matfile f = read_good(MC_MATFILE_PLAIN);
  assert_true(f.count == 2 && f.m == 1 && f.n == 3);
  for (int i = 0; i < 6; i++)
    assert_true(f.values[i] == i + 1);
  mc_matfile_clear(&f);
}

static void big_endian(void **state) {
  (void)state;
  write_raw(1, "{'descr': '>f8', 'fortran_order': False, 'shape': (1, 1), }", "\x3f\xf8\0\0\0\0\0\0", 8);
  mc_matfile f = read_good(MC_MATFILE_PLAIN);
  assert_true(f.values[0] == 1.5);
  mc_matfile_clear(&f);
  write_raw(1, "{'descr': '>f2', 'fortran_order': False, 'shape': (1, 1), }", "\x3e\x00", 2);
  f = read_good(MC_MATFILE_PLAIN);
  assert_true(f.values[0] == 1.5);
  mc_matfile_clear(&f);
}

static void void2_needs_to_be_told(void **state) {
  (void)state;
  write_raw(1, "{'descr': '<V2', 'fortran_order': False, 'shape': (1, 2), }", "\xc0\x3f\x80\xff", 4);
  expect_refused("bfloat16");
  mc_matfile f = read_good(MC_MATFILE_VOID2_IS_BFLOAT16);
  assert_true(f.dtype == MC_DTYPE_BFLOAT16 && f.values[0] == 1.5 && f.values[1] == -INFINITY);
  mc_matfile_clear(&f);
}

static void refused(void **state) {
  (void)state;
  static const struct {
    const char *dictionary, *words;
  } bad[] = {
      {"{'descr': '<i4', 'fortran_order': False, 'shape': (1, 1), }", "'<i4' are not supported"},
      {"{'descr': '<c8', 'fortran_order': False, 'shape': (1, 1), }", "not supported"},
      {"{'descr': '|O', 'fortran_order': False, 'shape': (1, 1), }", "not supported"},
      {"{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1, 1), }", "structured"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "1 dimension;"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "0 dimensions;"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1), }", "more than three"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }", "no elements"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 0), }", "no elements"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3, 3), }", "no elements"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "too large"},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 1), }", "too large"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 1), }", "dimension is too large"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }", "truncated: 4 bytes"},
      {"{'descr': '<f2', 'fortran_order': False, 'shape': (1, 1), }", "trailing bytes: 4 bytes"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 1), }", "expected a dimension"},
      {"{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1, 1), }", "neither True nor False"},
      {"{'descr': '<f4', 'fortran_order': False, }", "missing"},
      {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }", "unexpected key"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), 'x': 1}", "unexpected key"},
      {"{'descr': '<f4' 'fortran_order': False, 'shape': (1, 1), }", "expected ','"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1 1), }", "expected ','"},
      {"{'descr: <f4, fortran_order: False, shape: (1, 1), }", "unterminated"},
      {"{'descr': '\x01\x02\x03', 'fortran_order': False, 'shape': (1, 1), }", "printable"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), } x", "after the dictionary"},
      {"{'descr' '<f4'}", "expected ':'"},
      {"", "expected '{'"},
      {"{", "expected a quoted string"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    write_raw(1, bad[i].dictionary, "\0\0\0\0", 4);
    expect_refused(bad[i].words);
  }
  write_raw(4, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }", "\0\0\0\0", 4);
  expect_refused("version 4.0");
  mc_file_write(path, "hello, world", 12, NULL);
  expect_refused("not a .npy file");
  mc_file_write(path, "", 0, NULL);
  expect_refused("not a .npy file");
}

static void missing_file(void **state) {
  (void)state;
  mc_matfile f;
  mc_error e = {0};
  assert_int_equal(mc_matfile_read(&f, "does/not/exist.npy", MC_MATFILE_PLAIN, &e), MC_IO);
  assert_string_equal(e.file, "does/not/exist.npy");
}

/* Every prefix of a good file is refused, and so is every good file with one more byte. */
static void every_truncation(void **state) {
  (void)state;
  double values[4] = {1, 2, 3, 4};
  mc_matfile f = {.values = values, .count = 1, .m = 2, .n = 2, .dtype = MC_DTYPE_FLOAT64}, g;
  mc_text t;
  assert_int_equal(mc_matfile_write(&f, path, NULL), MC_OK);
  mc_text_init(&t);
  assert_int_equal(mc_text_read_file(&t, path, 1000, NULL), MC_OK);
  for (size_t length = 0; length < t.length; length++) {
    mc_file_write(path, t.data, length, NULL);
    assert_int_equal(mc_matfile_read(&g, path, MC_MATFILE_PLAIN, NULL), MC_BAD_INPUT);
  }
  mc_text_append(&t, "x", 1);
  mc_file_write(path, t.data, t.length, NULL);
  expect_refused("trailing bytes");
  mc_text_clear(&t);
}

/* No byte of the header can be changed so that the reader crashes (the sanitizers watch). */
static void every_byte_changed(void **state) {
  (void)state;
  double values[2] = {1, 2};
  mc_matfile f = {.values = values, .count = 1, .m = 1, .n = 2, .dtype = MC_DTYPE_FLOAT32}, g;
  mc_text t;
  assert_int_equal(mc_matfile_write(&f, path, NULL), MC_OK);
  mc_text_init(&t);
  assert_int_equal(mc_text_read_file(&t, path, 1000, NULL), MC_OK);
  static const char replacements[] = {'\0', '\xff', '9', ')'};
  for (size_t i = 0; i < t.length; i++)
    for (size_t k = 0; k < sizeof replacements; k++) {
      char kept = t.data[i];
      t.data[i] = replacements[k];
      mc_file_write(path, t.data, t.length, NULL);
      t.data[i] = kept;
      if (mc_matfile_read(&g, path, MC_MATFILE_PLAIN, NULL) == MC_OK)
        mc_matfile_clear(&g);
    }
  mc_text_clear(&t);
}

/* Every 16-bit pattern survives reading and writing; NaN stays NaN. */
static void sixteen_bits_round_trip(void **state) {
  (void)state;
  static unsigned char data[65536 * 2];
  for (size_t i = 0; i < 65536; i++) {
    data[2 * i] = (unsigned char)(i & 255);
    data[2 * i + 1] = (unsigned char)(i >> 8);
  }
  for (int bf16 = 0; bf16 < 2; bf16++) {
    write_raw(1,
              bf16 ? "{'descr': '<V2', 'fortran_order': False, 'shape': (256, 256), }"
                   : "{'descr': '<f2', 'fortran_order': False, 'shape': (256, 256), }",
              data, sizeof data);
    mc_matfile f = read_good(MC_MATFILE_VOID2_IS_BFLOAT16);
    assert_int_equal(mc_matfile_write(&f, path, NULL), MC_OK);
    mc_matfile g = read_good(MC_MATFILE_VOID2_IS_BFLOAT16);
    assert_true(f.dtype == g.dtype && f.dtype == (bf16 ? MC_DTYPE_BFLOAT16 : MC_DTYPE_FLOAT16));
    for (size_t i = 0; i < 65536; i++)
      assert_true(isnan(f.values[i]) ? isnan(g.values[i])
                                     : f.values[i] == g.values[i] && signbit(f.values[i]) == signbit(g.values[i]));
    mc_matfile_clear(&f);
    mc_matfile_clear(&g);
  }
}

/* Rounding to float32 is the processor's; 16-bit rounding goes to the nearer neighbour, ties to even, overflow to
 * infinity. */
static void rounding(void **state) {
  (void)state;
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("rounding"), 0);
  for (int i = 0; i < 20000; i++) {
    double x = ldexp(mc_random_unit(&r) - 0.5, (int)mc_random_below(&r, 290) - 155);
    assert_true(mc_dtype_round(MC_DTYPE_FLOAT32, x) == (double)(float)x);
  }
  assert_true(mc_dtype_round(MC_DTYPE_BFLOAT16, 1 + 0x1p-8) == 1);
  assert_true(mc_dtype_round(MC_DTYPE_BFLOAT16, 1 + 0x1p-8 + 0x1p-40) == 1 + 0x1p-7);
  assert_true(mc_dtype_round(MC_DTYPE_BFLOAT16, 1 + 3 * 0x1p-8) == 1 + 0x1p-6);
  assert_true(mc_dtype_round(MC_DTYPE_FLOAT16, 65519.99) == 65504);
  assert_true(mc_dtype_round(MC_DTYPE_FLOAT16, 65520) == INFINITY);
  assert_true(mc_dtype_round(MC_DTYPE_FLOAT16, 0x1p-25) == 0);
  assert_true(mc_dtype_round(MC_DTYPE_FLOAT16, -0x1.8p-25) == -0x1p-24);
  assert_true(mc_dtype_round(MC_DTYPE_BFLOAT16, 0x1p-134) == 0);
  assert_true(mc_dtype_round(MC_DTYPE_BFLOAT16, 0x1.0002p-134) == 0x1p-133);
  assert_true(isnan(mc_dtype_round(MC_DTYPE_FLOAT32, NAN)));
}

static void write_failure_keeps_the_old(void **state) {
  (void)state;
  double value = 1;
  mc_matfile f = {.values = &value, .count = 1, .m = 1, .n = 1, .dtype = MC_DTYPE_FLOAT64};
  mc_error e = {0};
  assert_int_equal(mc_matfile_write(&f, "no/such/folder/x.npy", &e), MC_IO);
}

static int remove_file(void **state) {
  (void)state;
  unlink(path);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(orders),
      cmocka_unit_test(fortran_batch),
      cmocka_unit_test(big_endian),
      cmocka_unit_test(void2_needs_to_be_told),
      cmocka_unit_test(refused),
      cmocka_unit_test(missing_file),
      cmocka_unit_test(every_truncation),
      cmocka_unit_test(every_byte_changed),
      cmocka_unit_test(sixteen_bits_round_trip),
      cmocka_unit_test(rounding),
      cmocka_unit_test(write_failure_keeps_the_old),
  };
  return cmocka_run_group_tests(tests, NULL, remove_file);
}
