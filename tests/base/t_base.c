/* Status, memory, text, parallel loops and random numbers. */
#include "base/base.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void exit_statuses_have_the_documented_order(void **state) {
  const mc_exit order[] = {MC_EXIT_USAGE, MC_EXIT_CRASHED, MC_EXIT_VIOLATED, MC_EXIT_UNDECIDED, MC_EXIT_EXPECTED};
  (void)state;
  for (size_t i = 0; i < 5; i++)
    for (size_t j = 0; j < 5; j++)
      assert_int_equal(mc_exit_worse(order[i], order[j]), order[i < j ? i : j]);
}

static void errors_carry_their_place(void **state) {
  mc_error e;
  char line[1024];
  (void)state;
  assert_int_equal(mc_fail_at(&e, MC_BAD_INPUT, "a.claim", 3, 14, "expected '%s'", ":"), MC_BAD_INPUT);
  mc_error_format(line, sizeof line, &e);
  assert_string_equal(line, "a.claim:3:14: expected ':'");
  assert_int_equal(mc_fail(&e, MC_UNDECIDED, "no"), MC_UNDECIDED);
  mc_error_format(line, sizeof line, &e);
  assert_string_equal(line, "no");
  assert_int_equal(mc_fail(NULL, MC_IO, "unheard"), MC_IO);
}

static void absurd_sizes_are_refused(void **state) {
  mc_error e;
  void *volatile p;
  (void)state;
  p = mc_alloc(SIZE_MAX / 2, 4);
  assert_null(p);
  assert_int_equal(mc_memory_require(1, "a byte", &e), MC_OK);
  assert_int_equal(mc_memory_require(UINT64_MAX, "the universe", &e), MC_NO_MEMORY);
  assert_non_null(strstr(e.text, "the universe"));
}

static void globs_match_like_a_shell(void **state) {
  (void)state;
  assert_true(mc_glob_match("lemma2.*", "lemma2.a"));
  assert_true(mc_glob_match("*", ""));
  assert_true(mc_glob_match("*a*b?", "xxaybbc"));
  assert_false(mc_glob_match("lemma2.?", "lemma2."));
  assert_false(mc_glob_match("a", "ab"));
  assert_false(mc_glob_match("*a", "ab"));
}

static void files_are_replaced_whole(void **state) {
  char folder[] = "t_base.XXXXXX", path[64];
  mc_error e;
  mc_text t;
  (void)state;
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/f", folder);
  assert_int_equal(mc_file_write(path, "one", 3, &e), MC_OK);
  assert_int_equal(mc_file_write(path, "second", 6, &e), MC_OK);
  mc_text_init(&t);
  assert_int_equal(mc_text_read_file(&t, path, 100, &e), MC_OK);
  assert_string_equal(t.data, "second");
  mc_text_clear(&t);
  assert_int_equal(mc_text_read_file(&t, path, 5, &e), MC_BAD_INPUT);
  mc_text_clear(&t);
  assert_int_equal(mc_file_write("t_base.no.such.folder/f", "x", 1, &e), MC_IO);
  assert_int_equal(mc_file_require_writable("t_base.no.such.folder/f", &e), MC_IO);
  assert_int_equal(mc_file_require_writable(folder, &e), MC_IO); /* a folder */
  assert_int_equal(mc_file_require_writable(path, &e), MC_OK);
  unlink(path);
  rmdir(folder);
  assert_int_equal(mc_text_read_file(&t, path, 5, &e), MC_IO);
}

/* What stands at the path stays what it is: a link, a file that only its owner may read, a pipe. */
static void links_and_permissions_stay(void **state) {
  char folder[] = "t_base.XXXXXX", file[64], link[64], pipe[64], nowhere[64];
  struct stat is;
  mc_text t;
  (void)state;
  assert_non_null(mkdtemp(folder));
  snprintf(file, sizeof file, "%s/file", folder);
  snprintf(link, sizeof link, "%s/link", folder);
  snprintf(pipe, sizeof pipe, "%s/pipe", folder);
  snprintf(nowhere, sizeof nowhere, "%s/nowhere", folder);
  assert_int_equal(mc_file_write(file, "old", 3, NULL), MC_OK);
  assert_int_equal(chmod(file, 0600), 0);
  assert_int_equal(symlink("file", link), 0);
  assert_int_equal(mc_file_write(link, "new", 3, NULL), MC_OK);
  assert_true(lstat(link, &is) == 0 && S_ISLNK(is.st_mode));
  assert_true(stat(file, &is) == 0 && (is.st_mode & 07777) == 0600);
  mc_text_init(&t);
  assert_int_equal(mc_text_read_file(&t, file, 100, NULL), MC_OK);
  assert_string_equal(t.data, "new");
  mc_text_clear(&t);
  assert_int_equal(symlink("missing", nowhere), 0);
  assert_int_equal(mc_file_write(nowhere, "x", 1, NULL), MC_OK);
  assert_true(lstat(nowhere, &is) == 0 && S_ISLNK(is.st_mode));
  assert_int_equal(mkfifo(pipe, 0600), 0);
  assert_int_equal(mc_file_require_writable(link, NULL), MC_OK);
  assert_int_equal(mc_file_require_writable(pipe, NULL), MC_OK);
  assert_int_equal(mc_file_require_writable("/dev/null", NULL), MC_OK); /* in a folder that few may write to */
  const int reader = open(pipe, O_RDONLY | O_NONBLOCK);
  char got[8] = "";
  assert_true(reader >= 0);
  assert_int_equal(mc_file_write(pipe, "piped", 5, NULL), MC_OK);
  assert_int_equal(read(reader, got, sizeof got - 1), 5);
  assert_string_equal(got, "piped");
  assert_true(lstat(pipe, &is) == 0 && S_ISFIFO(is.st_mode));
  close(reader);
  unlink(pipe);
  unlink(nowhere);
  unlink(link);
  unlink(file);
  snprintf(file, sizeof file, "%s/missing", folder);
  unlink(file);
  assert_int_equal(rmdir(folder), 0); /* and nothing else was left */
}

static void square(void *context, size_t i) {
  ((uint64_t *)context)[i] = (uint64_t)i * i;
}

static void parallel_loops_reach_every_index_once(void **state) {
  uint64_t squares[1000];
  (void)state;
  for (unsigned threads = 0; threads < 5; threads++) {
    memset(squares, 0xff, sizeof squares);
    assert_int_equal(mc_parallel_for(1000, threads, square, squares), MC_OK);
    for (size_t i = 0; i < 1000; i++)
      assert_true(squares[i] == i * i);
  }
  assert_int_equal(mc_parallel_for(0, 3, square, NULL), MC_OK);
}

/* Known answers of Philox4x32-10 published with Random123 (kat_vectors): zero counter and key. */
static void philox_gives_the_published_words(void **state) {
  const uint32_t zeros[4] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
  mc_random r;
  (void)state;
  mc_random_init(&r, 0, 0, 0);
  for (int i = 0; i < 4; i++)
    assert_int_equal(mc_random_u32(&r), zeros[i]);
}

static void trials_are_independent_of_order(void **state) {
  mc_random a, b;
  uint64_t first[8];
  (void)state;
  mc_random_init(&a, 7, mc_random_stream_of("corner_lemma"), 41);
  for (int i = 0; i < 8; i++)
    first[i] = mc_random_u64(&a);
  mc_random_init(&b, 7, mc_random_stream_of("corner_lemma"), 41);
  b.next = 6;
  for (int i = 3; i < 8; i++)
    assert_true(mc_random_u64(&b) == first[i]);
  mc_random_init(&b, 7, mc_random_stream_of("corner_lemma"), 42);
  assert_true(mc_random_u64(&b) != first[0]);
}

static void uniform_values_stay_inside(void **state) {
  mc_random r;
  uint64_t seen[3] = {0, 0, 0};
  (void)state;
  mc_random_init(&r, 1, 2, 3);
  for (int i = 0; i < 30000; i++) {
    const double u = mc_random_unit(&r);
    assert_true(u > 0 && u < 1);
    seen[mc_random_below(&r, 3)]++;
  }
  for (int i = 0; i < 3; i++) /* 10000 expected, standard deviation 82: eight of them */
    assert_true(seen[i] > 9344 && seen[i] < 10656);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exit_statuses_have_the_documented_order),
      cmocka_unit_test(errors_carry_their_place),
      cmocka_unit_test(absurd_sizes_are_refused),
      cmocka_unit_test(globs_match_like_a_shell),
      cmocka_unit_test(files_are_replaced_whole),
      cmocka_unit_test(links_and_permissions_stay),
      cmocka_unit_test(parallel_loops_reach_every_index_once),
      cmocka_unit_test(philox_gives_the_published_words),
      cmocka_unit_test(trials_are_independent_of_order),
      cmocka_unit_test(uniform_values_stay_inside),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
