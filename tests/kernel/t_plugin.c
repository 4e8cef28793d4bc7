/* Whatever a plug-in does is one clear line and the right status; nothing of it is left behind. */
#include <dirent.h>
#include <fenv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/kernel/kernel.h"

enum { M = 5, N = 7, PADDING = 3 };

static const mc_kernel_limits limits = {.seconds = 1, .bytes = (uint64_t)1 << 30, .helper = HELPER};

static mc_kernel_model model_of(mc_dtype storage) {
  mc_kernel_model model;
  mc_error e = {0};
  mc_kernel_model_init(&model);
  assert_int_equal(mc_kernel_model_set_preset(&model, "keller-jordan", &e), MC_OK);
  model.storage = storage;
  return model;
}

static mc_status open_plugin(mc_kernel **kernel, const char *fault, mc_error *e) {
  char path[1024];
  snprintf(path, sizeof path, "%s/plugin_%s.so", PLUGINS, fault);
  *e = (mc_error){0};
  return mc_kernel_open(kernel, path, &limits, e);
}

static void fill(double *g, size_t count) {
  for (size_t i = 0; i < count; i++)
    g[i] = (double)i - 17.5;
}

/* Open and call once; the status and the error are those of whichever failed. */
static mc_status call_once(const char *fault, mc_error *e) {
  mc_kernel *kernel;
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  double g[M * N], x[M * N];
  mc_kernel_conduct conduct;
  mc_kernel_call call = {.model = &model, .count = 1, .m = M, .n = N, .g = g, .x = x};
  fill(g, M * N);
  mc_status s = open_plugin(&kernel, fault, e);
  if (s == MC_OK)
    s = mc_kernel_run(&conduct, kernel, &call, e);
  mc_kernel_close(kernel);
  mc_kernel_model_clear(&model);
  return s;
}

static size_t own_children(void) {
  size_t count = 0;
  int child;
  char name[64];
  snprintf(name, sizeof name, "/proc/self/task/%d/children", (int)getpid());
  FILE *list = fopen(name, "r");
  while (list && fscanf(list, "%d", &child) == 1)
    count++;
  if (list)
    fclose(list);
  return count;
}

static void expect(const char *fault, mc_status status, const char *words) {
  mc_error e = {0};
  mc_status s = call_once(fault, &e);
  if (s != status || !strstr(e.text, words) || strchr(e.text, '\n'))
    fail_msg("%s: status %d, '%s'", fault, (int)s, e.text);
  if (!strstr(e.file, fault))
    fail_msg("%s: the line does not name the plug-in but '%s'", fault, e.file);
  assert_int_equal(own_children(), 0);
}

static void test_crashes(void **state) {
  (void)state;
  expect("crash", MC_CRASHED, "Segmentation fault in orthogonalise");
  expect("abort", MC_CRASHED, "Aborted in orthogonalise");
  expect("stack", MC_CRASHED, "Segmentation fault");
  expect("load", MC_CRASHED, "while it was loaded");
  expect("memory", MC_CRASHED, "in orthogonalise");
  expect("closed", MC_CRASHED, "orthogonalise");
  expect("signal", MC_CRASHED, "crashed: Terminated in orthogonalise");
  expect("trap", MC_CRASHED, "crashed: Floating point exception in orthogonalise");
  expect("disk", MC_CRASHED, "crashed: File size limit exceeded in orthogonalise");
}

static void test_ends(void **state) {
  (void)state;
  expect("hang", MC_CRASHED, "no answer within 1 s in orthogonalise");
  expect("exit", MC_CRASHED, "ended its process with status 0 in orthogonalise");
  expect("stop", MC_CRASHED, "no answer within 1 s in orthogonalise");
  expect("junk", MC_CRASHED, "in orthogonalise");
  expect("parent", MC_CRASHED, "ended the process that supervises it in orthogonalise");
  expect("load_hang", MC_CRASHED, "no answer within 1 s while it was loaded");
  expect("load_exit", MC_CRASHED, "ended its process with status 0 while it was loaded");
}

/* No process of a plug-in survives, whatever group or session it moved to. */
static size_t processes_named(const char *word) {
  DIR *all = opendir("/proc");
  size_t count = 0;
  assert_non_null(all);
  for (struct dirent *d = readdir(all); d; d = readdir(all)) {
    char name[300], line[4096] = {0};
    snprintf(name, sizeof name, "/proc/%s/cmdline", d->d_name);
    FILE *f = d->d_name[0] >= '1' && d->d_name[0] <= '9' ? fopen(name, "r") : NULL;
    if (!f)
      continue;
    size_t n = fread(line, 1, sizeof line - 1, f);
    for (size_t i = 0; i < n; i++)
      line[i] = line[i] ? line[i] : ' ';
    count += strstr(line, "muoncert-kernel-helper") && strstr(line, word);
    fclose(f);
  }
  closedir(all);
  return count;
}

static void test_leaves_nothing_behind(void **state) {
  (void)state;
  expect("fork", MC_CRASHED, "left 1 process behind");
  assert_int_equal(processes_named(PLUGINS "/plugin_fork.so"), 0);
  expect("daemon", MC_CRASHED, "left 2 processes behind");
  assert_int_equal(processes_named(PLUGINS "/plugin_daemon.so"), 0);
  expect("fork_tree", MC_CRASHED, "left 20 processes behind");
  assert_int_equal(processes_named(PLUGINS "/plugin_fork_tree.so"), 0);
  expect("load_fork", MC_CRASHED, "left 1 process behind while it was loaded");
  assert_int_equal(processes_named(PLUGINS "/plugin_load_fork.so"), 0);
  assert_int_equal(processes_named(PLUGINS "/plugin_parent.so"), 0);
  assert_int_equal(processes_named(PLUGINS "/plugin_junk.so"), 0);
}

static void test_out_of_bounds(void **state) {
  (void)state;
  expect("far", MC_CRASHED, "touched memory behind the end of its output X");
  expect("near", MC_CRASHED, "behind the end of its output X");
  expect("before", MC_CRASHED, "touched memory before its output X");
  expect("below", MC_CRASHED, "wrote before the beginning of its output X");
}

static void test_no_plugins(void **state) {
  mc_error e = {0};
  mc_kernel *kernel;
  (void)state;
  expect("refuse", MC_BAD_INPUT, "returned 7 in orthogonalise");
  expect("abi", MC_BAD_INPUT, "speaks version 2 of the kernel ABI");
  expect("empty", MC_BAD_INPUT, "neither");
  expect("symbol", MC_BAD_INPUT, "exports no symbol muoncert_kernel_plugin");
  assert_int_equal(mc_kernel_open(&kernel, "./no-such.so", &limits, &e), MC_BAD_INPUT);
  assert_non_null(strstr(e.text, "No such file"));
  assert_int_equal(mc_kernel_open(&kernel, MUONCERT_SOURCE_DIR "/README.md", &limits, &e), MC_BAD_INPUT);
  assert_non_null(strstr(e.text, "cannot be loaded"));
  assert_int_equal(mc_kernel_open(&kernel, "openblass", &limits, &e), MC_BAD_INPUT);
  assert_non_null(strstr(e.text, "openblas-symmetric"));
  assert_int_equal(call_once("half", &e), MC_BAD_INPUT);
  assert_non_null(strstr(e.text, "plugin_half.so has no function orthogonalise"));
  assert_int_equal(call_once("formats", &e), MC_BAD_INPUT);
  assert_non_null(strstr(e.text, "plugin_formats.so does not take float32"));
}

/* A file made of the first `length` bytes of a good plug-in, with one byte changed (at: SIZE_MAX: none). */
static void expect_file(const char *name, size_t length, size_t at, char byte, mc_status status, const char *words) {
  char folder[] = "/tmp/muoncert kernel.XXXXXX", path[256];
  mc_text bytes;
  mc_error e = {0};
  mc_kernel *kernel;
  mc_text_init(&bytes);
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/%s", folder, name);
  assert_int_equal(mc_text_read_file(&bytes, PLUGINS "/plugin_none.so", SIZE_MAX, &e), MC_OK);
  if (at != SIZE_MAX)
    bytes.data[at] = byte;
  assert_int_equal(mc_file_write(path, bytes.data, length < bytes.length ? length : bytes.length, &e), MC_OK);
  mc_status s = mc_kernel_open(&kernel, path, &limits, &e);
  if (s != status || (s != MC_OK && !strstr(e.text, words)) || strchr(e.text, '\n'))
    fail_msg("%s: status %d, '%s'", name, (int)s, e.text);
  if (s == MC_OK)
    mc_kernel_close(kernel);
  unlink(path);
  rmdir(folder);
  mc_text_clear(&bytes);
}

static void test_files(void **state) {
  mc_error e = {0};
  mc_kernel *kernel;
  (void)state;
  expect_file("a good one.so", SIZE_MAX, SIZE_MAX, 0, MC_OK, "");
  expect_file("empty.so", 0, SIZE_MAX, 0, MC_BAD_INPUT, "cannot be loaded");
  expect_file("header.so", 64, SIZE_MAX, 0, MC_BAD_INPUT, "cannot be loaded");
  expect_file("no elf.so", SIZE_MAX, 0, 'x', MC_BAD_INPUT, "cannot be loaded");
  expect_file("narrow.so", SIZE_MAX, 4, 1, MC_BAD_INPUT, "cannot be loaded"); /* of 32 bits */
  expect_file("other processor.so", SIZE_MAX, 18, 40, MC_BAD_INPUT, "cannot be loaded");
  assert_int_equal(mc_kernel_open(&kernel, "/tmp/", &limits, &e), MC_BAD_INPUT);
  assert_null(strchr(e.text, '\n'));
}

/* What it does to its own process stays there. */
static void test_modes(void **state) {
  mc_kernel *kernel;
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  double g[M * N], x[M * N];
  mc_kernel_conduct conduct;
  mc_error e;
  mc_kernel_call call = {.model = &model, .count = 1, .m = M, .n = N, .g = g, .x = x};
  char before[1024], after[1024];
  (void)state;
  fill(g, M * N);
  assert_non_null(getcwd(before, sizeof before));
  assert_int_equal(open_plugin(&kernel, "modes", &e), MC_OK);
  for (size_t run = 0; run < 2; run++) {
    assert_int_equal(mc_kernel_run(&conduct, kernel, &call, &e), MC_OK);
    assert_memory_equal(x, g, sizeof x);
  }
  mc_kernel_close(kernel);
  assert_string_equal(getcwd(after, sizeof after), before);
  assert_int_equal(fegetround(), FE_TONEAREST);
  assert_int_equal(own_children(), 0);
  assert_int_equal(processes_named(PLUGINS "/plugin_modes.so"), 0);
  mc_kernel_model_clear(&model);
}

/* A changed input is seen; a thread that outlives its call is a crash of that call or of the next. */
static void test_after_the_call(void **state) {
  mc_kernel *kernel;
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  double g[M * N], x[M * N];
  mc_kernel_conduct conduct;
  mc_error e;
  mc_kernel_call call = {.model = &model, .count = 1, .m = M, .n = N, .g = g, .x = x};
  mc_status s = MC_OK;
  (void)state;
  fill(g, M * N);
  assert_int_equal(open_plugin(&kernel, "input", &e), MC_OK);
  assert_int_equal(mc_kernel_run(&conduct, kernel, &call, &e), MC_OK);
  assert_true(conduct.input_changed);
  mc_kernel_close(kernel);
  assert_int_equal(open_plugin(&kernel, "thread", &e), MC_OK);
  for (size_t run = 0; run < 2 && s == MC_OK; run++) {
    s = mc_kernel_run(&conduct, kernel, &call, &e);
    usleep(20000);
  }
  if (s != MC_CRASHED || !strstr(e.text, "Segmentation fault"))
    fail_msg("thread: status %d, '%s'", (int)s, e.text);
  mc_kernel_close(kernel);
  mc_kernel_model_clear(&model);
}

/* Values, strides and batches arrive and come back; what it prints goes nowhere. */
static void test_well_behaved(void **state) {
  static const char *const names[] = {"none", "talk"};
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  double g[3 * M * N], x[3 * M * N], w[3 * M * N], after[3 * M * N];
  mc_kernel_conduct conduct;
  mc_error e;
  (void)state;
  fill(g, 3 * M * N);
  fill(w, 3 * M * N);
  for (size_t i = 0; i < 2; i++) {
    mc_kernel *kernel;
    mc_kernel_call call = {.model = &model, .count = 3, .m = M, .n = N, .padding = PADDING, .g = g, .x = x};
    assert_int_equal(open_plugin(&kernel, names[i], &e), MC_OK);
    assert_true(mc_kernel_takes(kernel, MC_DTYPE_FLOAT32) && !mc_kernel_takes(kernel, MC_DTYPE_FLOAT64));
    for (size_t run = 0; run < 3; run++) {
      memset(x, 0, sizeof x);
      assert_int_equal(mc_kernel_run(&conduct, kernel, &call, &e), MC_OK);
      assert_memory_equal(x, g, sizeof x);
      assert_true(!conduct.input_changed && conduct.unwritten == 0 && conduct.strayed == 0);
    }
    mc_kernel_step step = {.weights = w, .buffer = w, .weights_after = after, .buffer_after = x};
    call.count = 1;
    call.step = &step;
    assert_int_equal(mc_kernel_run(&conduct, kernel, &call, &e), MC_OK);
    for (size_t k = 0; k < M * N; k++)
      assert_true(after[k] == w[k] + g[k] && x[k] == w[k]);
    mc_kernel_close(kernel);
  }
  mc_kernel_model_clear(&model);
}

/* After a crash the plug-in is loaded anew. */
static void test_calls_after_a_crash(void **state) {
  mc_kernel *kernel;
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  double g[M * N], x[M * N];
  mc_kernel_conduct conduct;
  mc_error e;
  mc_kernel_call call = {.model = &model, .count = 1, .m = M, .n = N, .g = g, .x = x};
  (void)state;
  fill(g, M * N);
  assert_int_equal(open_plugin(&kernel, "crash", &e), MC_OK);
  for (size_t i = 0; i < 3; i++)
    assert_int_equal(mc_kernel_run(&conduct, kernel, &call, &e), MC_CRASHED);
  mc_kernel_close(kernel);
  mc_kernel_model_clear(&model);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_crashes),       cmocka_unit_test(test_ends),
      cmocka_unit_test(test_out_of_bounds), cmocka_unit_test(test_leaves_nothing_behind),
      cmocka_unit_test(test_no_plugins),    cmocka_unit_test(test_files),
      cmocka_unit_test(test_modes),         cmocka_unit_test(test_after_the_call),
      cmocka_unit_test(test_well_behaved),  cmocka_unit_test(test_calls_after_a_crash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
