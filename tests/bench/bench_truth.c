/* How dear certified values are: medians of processor time in one run on one thread, and their ratio to one
 * arb_mat_mul of the same size and precision, or to one LAPACK decomposition. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../src/matgen/matgen.h"
#include "../../src/truth/path.h"
#include "../../src/truth/svd.h"

static double processor_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What is measured: one matrix and what is asked of it. */
typedef struct {
  const double *a;
  size_t n;
  slong bits;
  mc_path path;
  bool certified;
} job;

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

enum { MOST_RUNS = 9 };

/* Median over runs that together take about a second, in milliseconds. */
static double median_ms(void (*work)(job *), job *j) {
  double t[MOST_RUNS], total = 0;
  int runs = 0;
  while (runs < MOST_RUNS && (runs < 3 || total < 1)) {
    double start = processor_seconds();
    work(j);
    t[runs] = processor_seconds() - start;
    total += t[runs++];
  }
  qsort(t, (size_t)runs, sizeof *t, compare_doubles);
  return 1e3 * t[runs / 2];
}

static void polar(job *j) {
  mc_truth_polar p;
  mc_truth_polar_init(&p);
  j->certified = mc_polar_certify_by(&p, j->a, j->n, j->n, j->bits, j->path, NULL) == MC_OK;
  mc_truth_polar_clear(&p);
}

static void singular_values(job *j) {
  arb_ptr sigma = _arb_vec_init((slong)j->n);
  j->certified = mc_sv_enclose_by(sigma, j->a, j->n, j->n, j->bits, j->path, NULL) == MC_OK;
  _arb_vec_clear(sigma, (slong)j->n);
}

static void image(job *j) {
  mc_schedule jordan;
  mc_normalisation norm;
  mc_enclosure y;
  mc_schedule_init(&jordan);
  mc_normalisation_init(&norm, MC_NORM_FROBENIUS_ADD);
  mc_enclosure_init(&y);
  mc_schedule_set_name(&jordan, "jordan", NULL);
  j->certified = mc_ns_enclose_by(&y, j->a, j->n, j->n, &jordan, &norm, j->bits, j->path, NULL) == MC_OK;
  mc_schedule_clear(&jordan);
  mc_normalisation_clear(&norm);
  mc_enclosure_clear(&y);
}

static void lapack(job *j) {
  mc_svd svd;
  j->certified = mc_svd_approx(&svd, j->a, j->n, j->n, NULL) == MC_OK;
  mc_svd_clear(&svd);
}

/* One product of full-precision matrices. */
static void arb_product(job *j) {
  arb_mat_t A, B;
  arb_mat_init(A, (slong)j->n, (slong)j->n);
  arb_mat_init(B, (slong)j->n, (slong)j->n);
  mc_ball_mat_set_double(A, j->a);
  arb_mat_scalar_div_si(A, A, 3, j->bits);
  arb_mat_get_mid(A, A);
  arb_mat_mul(B, A, A, j->bits);
  j->certified = true;
  arb_mat_clear(A);
  arb_mat_clear(B);
}

/* One line: the work by digits and by balls, against the unit. */
static void line(const char *name, void (*work)(job *), void (*unit)(job *), const char *unit_name, const double *a,
                 size_t n, slong bits, bool balls) {
  job j = {.a = a, .n = n, .bits = bits};
  double one = median_ms(unit, &j), t[2] = {NAN, NAN};
  bool certified[2] = {false, false};
  for (int k = 0; k <= (balls ? 1 : 0); k++) {
    j.path = k == 0 ? MC_PATH_DIGITS : MC_PATH_BALLS;
    t[k] = median_ms(work, &j);
    certified[k] = j.certified;
  }
  printf("%-16s %5zu %5ld  %10.2f %7.2f%s", name, n, (long)bits, t[0], t[0] / one,
         certified[0] ? "" : " NOT CERTIFIED");
  if (balls)
    printf("  %10.2f %7.2f%s", t[1], t[1] / one, certified[1] ? "" : " NOT CERTIFIED");
  else
    printf("  %10s %7s", "-", "-");
  printf("  %10.2f %s\n", one, unit_name);
  fflush(stdout);
}

/* Condition number 100, Haar factors. */
static double *matrix(size_t n) {
  mc_random r;
  mc_matgen_family family = {"log_uniform", {0.01, 1}, 2};
  double *a = malloc(n * n * sizeof *a);
  mc_random_init(&r, 1, mc_random_stream_of("bench"), (uint32_t)n);
  if (a == NULL || mc_matgen_matrix(a, n, n, &family, &r, NULL) != MC_OK) {
    fprintf(stderr, "bench_truth: no matrix of size %zu\n", n);
    exit(3);
  }
  return a;
}

int main(void) {
  static const size_t sizes[] = {16, 32, 64, 128, 256};
  printf("                              by digits          by balls         unit\n"
         "work                 n  bits          ms   ratio          ms   ratio          ms\n");
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    size_t n = sizes[i];
    double *a = matrix(n);
    line("polar", polar, arb_product, "arb_mat_mul", a, n, 53, n <= 128);
    line("polar", polar, arb_product, "arb_mat_mul", a, n, 128, n <= 128);
    line("polar", polar, arb_product, "arb_mat_mul", a, n, 256, n <= 64);
    line("singular values", singular_values, lapack, "dgesdd", a, n, 46, n <= 128);
    line("jordan image", image, arb_product, "arb_mat_mul", a, n, 53, n <= 128);
    line("jordan image", image, arb_product, "arb_mat_mul", a, n, 100, n <= 256);
    free(a);
  }
  puts("\"by balls\" of the image is one pass with trimmed radii (T2), not ball arithmetic through all products.\n"
       "Not measured: Eigen's BDCSVD on mpreal, mpmath, PARI (peers that certify nothing), AVX-512 integer digits (not "
       "implemented).");
  return 0;
}
