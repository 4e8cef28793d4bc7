/* Memory that runs out at any place of a parse is an error like any other: said, and nothing leaks or exits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/lang/lang.h"

/* The linker sends the library's allocations here (--wrap). */
void *__real_mc_alloc(size_t count, size_t size);
void *__real_mc_realloc(void *p, size_t count, size_t size);
void *__wrap_mc_alloc(size_t count, size_t size);
void *__wrap_mc_realloc(void *p, size_t count, size_t size);

static long left;

void *__wrap_mc_alloc(size_t count, size_t size) {
  return left-- > 0 ? __real_mc_alloc(count, size) : NULL;
}

void *__wrap_mc_realloc(void *p, size_t count, size_t size) {
  return left-- > 0 ? __real_mc_realloc(p, count, size) : NULL;
}

static const char text[] = "paper p title \"t\" let a = 3.4445 def f(x) = a*x - x^3 schedule s = (1.5, -0.5) repeat 2\n"
                           "claim c cite \"q\" forall x in (0, 1], k in {1..3} where x > 1/2 : iter(f, k, x) >= ? * x\n"
                           "claim d expect refuted forall x in [0, 1] : 0 <= apply(s, x) <= min(x, 1/2)\n";

static void no_memory_is_an_error(void **state) {
  (void)state;
  mc_document *document = NULL;
  mc_status status = MC_NO_MEMORY;
  long failures = 0;
  for (long allowed = 0; status != MC_OK; allowed++) {
    mc_error e = {0};
    left = allowed;
    status = mc_lang_document_parse(&document, "memory", text, sizeof text - 1, &e);
    failures += status == MC_NO_MEMORY;
    if (status != MC_OK && (status != MC_NO_MEMORY || document || !strstr(e.text, "memory")))
      fail_msg("after %ld allocations: %s", allowed, e.text);
  }
  assert_true(failures > 3);
  mc_lang_document_free(document);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(no_memory_is_an_error)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
