/* How dear rigorous answers about scalar maps are: medians of processor time in one run, beside Sollya and Gappa where these are installed
 * and can state the problem.  The claims of all papers are timed by the clock, on all processors. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../src/claim/claim.h"
#include "../../src/run/run.h"
#include "../../src/schedule/schedule.h"

static double processor_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

enum { MOST_RUNS = 401 };

/* Median over runs that together take about half a second. */
static double median(bool (*work)(const void *), const void *input, bool *right) {
  static double t[MOST_RUNS];
  double total = 0;
  int runs = 0;
  *right = true;
  while (runs < MOST_RUNS && (runs < 3 || total < 0.5)) {
    double start = processor_seconds();
    *right = work(input) && *right;
    t[runs] = processor_seconds() - start;
    total += t[runs++];
  }
  qsort(t, (size_t)runs, sizeof *t, compare_doubles);
  return t[runs / 2];
}

static void line(const char *what, double seconds, double wanted, bool right) {
  const char *unit = seconds < 1e-3 ? "us" : seconds < 1 ? "ms" : "s";
  double scale = seconds < 1e-3 ? 1e6 : seconds < 1 ? 1e3 : 1;
  printf("%-64s %9.2f %-2s", what, seconds * scale, unit);
  if (wanted > 0)
    printf("  figure %g s: %s", wanted, seconds <= wanted ? "met" : "MISSED");
  printf("%s\n", right ? "" : "  NOT AS EXPECTED");
  fflush(stdout);
}

/* ---- Range of a schedule of five steps on [1e-3, 1] to 25 digits ---- */

static bool narrow(const arb_t x) {
  return arb_rel_accuracy_bits(x) >= 84; /* 25 digits are 83.05 bits */
}

static bool schedule_range(const void *schedule) {
  arb_t u, v;
  arb_init(u);
  arb_init(v);
  arb_set_si(u, 1);
  arb_div_si(u, u, 1000, 128);
  arb_one(v);
  mc_schedule_shape *shape = mc_schedule_shape_new(schedule, 128);
  mc_schedule_range_enclose(u, v, shape, ((const mc_schedule *)schedule)->count);
  mc_schedule_shape_free(shape);
  bool right = narrow(u) && narrow(v);
  arb_clear(u);
  arb_clear(v);
  return right;
}

static void ranges(void) {
  static const char *const names[] = {"jordan", "you", "dion", "cans", "cubic5"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    mc_schedule s;
    char what[80];
    bool right;
    mc_schedule_init(&s);
    mc_schedule_set_name(&s, names[i], NULL);
    double t = median(schedule_range, &s, &right);
    snprintf(what, sizeof what, "range of %s, %zu steps, on [1e-3, 1], 25 digits", names[i], s.count);
    line(what, t, 50e-6, right);
    mc_schedule_clear(&s);
  }
}

/* ---- Claims ---- */

#define RHO "def rho(x) = 3.4445*x - 4.7750*x^3 + 2.0315*x^5\n"
#define SMALL "forall x in (0, 0.02/3.4445^4] : "

static bool settle(const void *document) {
  mc_claim_result result;
  mc_claim_result_init(&result);
  mc_claim_settle(&result, document, mc_lang_claim(document, 0), &(mc_claim_options){.seconds = 60});
  bool right = result.verdict == MC_VERDICT_PROVED;
  if (right && result.has_derived) { /* twelve digits */
    arf_t gap;
    arf_init(gap);
    arf_sub(gap, result.derived_upper, result.derived_lower, 64, ARF_RND_UP);
    right = arf_get_d(gap, ARF_RND_UP) <= 1e-12 * fabs(arf_get_d(result.derived_lower, ARF_RND_DOWN));
    arf_clear(gap);
  }
  mc_claim_result_clear(&result);
  return right;
}

static void claim(const char *what, const char *text, double wanted) {
  mc_document *document;
  mc_error e = {0};
  bool right;
  if (mc_lang_statement_parse(&document, text, strlen(text), &e) != MC_OK) {
    fprintf(stderr, "bench_claims: %s\n", e.text);
    exit(3);
  }
  double t = median(settle, document, &right);
  line(what, t, wanted, right);
  mc_lang_document_free(document);
}

static void claims(void) {
  claim("rho^5(x) >= 483 x on (0, delta0]", RHO SMALL "iter(rho, 5, x) >= 483*x", 2e-3);
  claim("rho^5(x) > 0.03 on [1e-4, 0.6]", RHO "forall x in [1e-4, 0.6] : iter(rho, 5, x) > 0.03", 2e-3);
  claim("rho^5(x) >= 400 x + 1e-5 on [1e-6, 2.5e-3]",
        RHO "forall x in [1e-6, 2.5e-3] : iter(rho, 5, x) >= 400*x + 1e-5", 2e-3);
  for (int k = 1; k <= 10; k++) {
    char what[80], text[256];
    snprintf(what, sizeof what, "best constant of rho^%d(x)/x on (0, delta0], 12 digits", k);
    snprintf(text, sizeof text, RHO SMALL "iter(rho, %d, x) >= ? * x", k);
    claim(what, text, 0.5);
  }
  claim("(1 - z)(1 + t^2)/(1 + z) with two variables: corner lemma",
        "forall z in [-1, 1], t in [0, 20] where 1 - z <= t^2*(1 + z) : z*(1 + t^2) >= 1 - t^2", 5);
}

static void all_claims(void) {
  char **files;
  size_t count;
  mc_error e = {0};
  mc_run_options options = {0};
  if (mc_run_spec_claims(&files, &count, MUONCERT_SOURCE_DIR "/spec", &e) != MC_OK) {
    fprintf(stderr, "bench_claims: %s\n", e.text);
    exit(3);
  }
  double start = mc_clock_seconds();
  json_t *document = mc_run_claims((const char *const *)files, count, &options, &e);
  double t = mc_clock_seconds() - start;
  char what[80];
  snprintf(what, sizeof what, "all %zu claims of spec, %u processors, by the clock",
           json_array_size(json_object_get(document, "claims")), mc_parallel_processors());
  line(what, t, 5, mc_run_exit(document) == MC_EXIT_EXPECTED);
  json_decref(document);
  mc_run_spec_free(files, count);
}

/* ---- Others ---- */

enum { PEER_SECONDS = 100 };

static bool installed(const char *program) {
  char command[64];
  snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", program);
  return system(command) == 0;
}

/* Run a program on a text by the clock; print what it answers. */
static void peer(const char *program, const char *what, const char *text) {
  if (!installed(program)) {
    printf("%-64s %s is not installed: left out\n", what, program);
    return;
  }
  char path[] = "bench_claims_XXXXXX", command[160], answer[256] = "";
  int file = mkstemp(path);
  FILE *input = file >= 0 ? fdopen(file, "w") : NULL;
  if (!input)
    return;
  fputs(text, input);
  fclose(input);
  snprintf(command, sizeof command, "timeout %d %s < %s 2>&1", PEER_SECONDS, program, path);
  double start = mc_clock_seconds();
  FILE *output = popen(command, "r");
  while (output && fgets(answer, sizeof answer, output) && strspn(answer, " \n") == strlen(answer))
    ;
  for (char rest[256]; output && fgets(rest, sizeof rest, output);)
    ;
  int status = output ? pclose(output) : -1;
  double t = mc_clock_seconds() - start;
  unlink(path);
  answer[strcspn(answer, "\n")] = '\0';
  printf("%-64s %9.2f s   %s%.70s\n", what, t,
         status == 0 ? "" : "gave up: ", status == 0 && !*answer ? "proved" : answer);
  fflush(stdout);
}

static void peers(void) {
  puts("\nOthers, by the clock, start of the program included:");
  peer("sollya", "Sollya dirtyinfnorm of jordan's rho^5 on [1e-3, 1], not rigorous",
       "prec = 100!; r = 3.4445*x - 4.7750*x^3 + 2.0315*x^5; print(dirtyinfnorm(r(r(r(r(r)))), [1e-3; 1])); quit;\n");
  peer("sollya", "Sollya supnorm of jordan's rho^5 on [1e-3, 1], rigorous, 1e-6",
       "prec = 100!; r = 3.4445*x - 4.7750*x^3 + 2.0315*x^5;\n"
       "print(supnorm(0, r(r(r(r(r)))), [1e-3; 1], absolute, 1e-6)); quit;\n");
  peer("gappa", "Gappa: rho^5(x) > 0.03 on [1e-4, 0.6], 4096 pieces",
       "y1 = x*(3.4445 + x*x*(-4.775 + 2.0315*(x*x))); y2 = y1*(3.4445 + y1*y1*(-4.775 + 2.0315*(y1*y1)));\n"
       "y3 = y2*(3.4445 + y2*y2*(-4.775 + 2.0315*(y2*y2))); y4 = y3*(3.4445 + y3*y3*(-4.775 + 2.0315*(y3*y3)));\n"
       "y5 = y4*(3.4445 + y4*y4*(-4.775 + 2.0315*(y4*y4)));\n{ x in [1e-4, 0.6] -> y5 >= 0.03 }\n$ x in 4096;\n");
}

int main(void) {
  ranges();
  claims();
  all_claims();
  peers();
  return 0;
}
