/* How dear certified values are: medians of processor time in one run on one thread, and their ratio to what a peer
 * needs.  Peers that certify nothing are optional; what is left out is said.
 *   bench_truth [BENCH_EIGEN]      the program of bench_eigen.cpp, where it was built */
#include <cblas.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../src/matgen/matgen.h"
#include "../../src/truth/path.h"
#include "../../src/truth/search.h"
#include "../../src/truth/svd.h"

static double processor_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Multiplications that the BLAS is asked for: what it takes for them alone bounds the time of a digit path from below. */
static double multiplications;

void __real_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha,
                        const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc);
void __wrap_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha,
                        const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc);

void __wrap_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha,
                        const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc) {
  multiplications += (double)m * n * k;
  __real_cblas_dgemm(layout, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

/* What is measured: one matrix and what is asked of it. */
typedef struct {
  const double *a;
  size_t n;
  slong bits;
  mc_path path;
  bool good;
} job;

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

enum { MOST_RUNS = 9 };

/* Median over at least three runs (one, if it takes long) that together take about a second, in milliseconds. */
static double median_ms(void (*work)(job *), job *j) {
  double t[MOST_RUNS], total = 0;
  int runs = 0;
  while (runs < MOST_RUNS && (runs < 3 || total < 1) && total < 10) {
    double start = processor_seconds();
    work(j);
    t[runs] = processor_seconds() - start;
    total += t[runs++];
  }
  qsort(t, (size_t)runs, sizeof *t, compare_doubles);
  return 1e3 * t[runs / 2];
}

/* ---- This library ---- */

static void polar(job *j) {
  mc_truth_polar p;
  mc_truth_polar_init(&p);
  j->good = mc_polar_certify_by(&p, j->a, j->n, j->n, j->bits, j->path, NULL) == MC_OK;
  mc_truth_polar_clear(&p);
}

/* One product of doubles. */
static void dgemm(job *j) {
  const int n = (int)j->n;
  double *c = calloc(j->n * j->n, sizeof *c);
  j->good = c != NULL;
  if (c != NULL)
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, j->a, n, j->a, n, 0, c, n);
  free(c);
}

static void singular_values(job *j) {
  arb_ptr sigma = _arb_vec_init((slong)j->n);
  j->good = mc_sv_enclose_by(sigma, j->a, j->n, j->n, j->bits, j->path, NULL) == MC_OK;
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
  j->good = mc_ns_enclose_by(&y, j->a, j->n, j->n, &jordan, &norm, j->bits, j->path, NULL) == MC_OK;
  mc_schedule_clear(&jordan);
  mc_normalisation_clear(&norm);
  mc_enclosure_clear(&y);
}

/* ---- Peers ---- */

static void lapack(job *j) {
  mc_svd svd;
  j->good = mc_svd_approx(&svd, j->a, j->n, j->n, NULL) == MC_OK;
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
  j->good = true;
  arb_mat_clear(A);
  arb_mat_clear(B);
}

/* Newton's iteration in Arb, uncertified. */
static void arb_newton(job *j) {
  arb_mat_t A, U;
  arb_mat_init(A, (slong)j->n, (slong)j->n);
  arb_mat_init(U, (slong)j->n, (slong)j->n);
  mc_ball_mat_set_double(A, j->a);
  j->good = mc_polar_newton_approx(U, A, j->bits + 16);
  arb_mat_clear(A);
  arb_mat_clear(U);
}

/* Five Newton–Schulz steps in plain ball arithmetic, with as many more bits as balls lose on the way; good: all radii
 * together are at most 2^-bits. */
static void arb_image(job *j) {
  const slong n = (slong)j->n, prec = j->bits + 24 + 5 * (slong)FLINT_BIT_COUNT(j->n);
  arb_mat_t X, G, Q, Y;
  arb_t a, b, c;
  mag_t radius;
  arb_mat_init(X, n, n);
  arb_mat_init(G, n, n);
  arb_mat_init(Q, n, n);
  arb_mat_init(Y, n, n);
  arb_init(a);
  arb_init(b);
  arb_init(c);
  mag_init(radius);
  mc_ball_mat_set_double(X, j->a);
  arb_mat_frobenius_norm(a, X, prec);
  arb_mat_scalar_div_arb(X, X, a, prec);
  arb_set_str(a, "3.4445", prec);
  arb_set_str(b, "-4.7750", prec);
  arb_set_str(c, "2.0315", prec);
  for (int step = 0; step < 5; step++) {
    arb_mat_transpose(Y, X);
    arb_mat_mul(G, Y, X, prec);
    arb_mat_scalar_mul_arb(Q, G, c, prec);
    for (slong i = 0; i < n; i++)
      arb_add(arb_mat_entry(Q, i, i), arb_mat_entry(Q, i, i), b, prec);
    arb_mat_mul(Q, Q, G, prec);
    for (slong i = 0; i < n; i++)
      arb_add(arb_mat_entry(Q, i, i), arb_mat_entry(Q, i, i), a, prec);
    arb_mat_mul(X, X, Q, prec);
  }
  mc_ball_mat_trim(radius, X);
  j->good = mag_cmp_2exp_si(radius, -j->bits) <= 0;
  arb_mat_clear(X);
  arb_mat_clear(G);
  arb_mat_clear(Q);
  arb_mat_clear(Y);
  arb_clear(a);
  arb_clear(b);
  arb_clear(c);
  mag_clear(radius);
}

/* Milliseconds that a program prints when it is fed the matrix; NaN: it does not run. */
static double foreign_ms(const char *command, const job *j) {
  char folder[] = "bench_XXXXXX.txt";
  int file = mkstemps(folder, 4);
  double ms = NAN;
  char line[1024];
  if (file < 0)
    return NAN;
  FILE *in = fdopen(file, "w");
  for (size_t i = 0; in != NULL && i < j->n * j->n; i++)
    fprintf(in, "%a\n", j->a[i]);
  if (in != NULL)
    fclose(in);
  snprintf(line, sizeof line, "%s %zu %ld < %s 2>/dev/null", command, j->n, (long)j->bits, folder);
  FILE *out = popen(line, "r");
  if (out != NULL && fscanf(out, "%lf", &ms) != 1)
    ms = NAN;
  if (out != NULL)
    pclose(out);
  unlink(folder);
  return ms;
}

static const char mpmath_program[] =
    "python3 -c 'import sys, time; from mpmath import mp; n, mp.prec = int(sys.argv[1]), int(sys.argv[2]); "
    "x = [float.fromhex(t) for t in sys.stdin]; a = mp.matrix([x[i * n:i * n + n] for i in range(n)]); "
    "s = time.process_time(); u, d, v = mp.svd_r(a); q = u * v; print(1e3 * (time.process_time() - s))'";

/* ---- The table ---- */

static void print_row(const char *name, const job *j, double ms, bool good, const char *unit, double unit_ms,
                      double target) {
  printf("%-30s %5zu %5ld %10.2f  %-26s %10.2f  %7.3f", name, j->n, (long)j->bits, ms, unit, unit_ms, ms / unit_ms);
  if (target > 0)
    printf("  <= %-6.4g %s", target, !good ? "NOT CERTIFIED" : ms / unit_ms <= target ? "reached" : "missed");
  puts("");
  fflush(stdout);
}

/* The work by a path against one unit; returns its time. */
static double row(const char *name, void (*work)(job *), mc_path path, const char *unit, void (*peer)(job *),
                  const double *a, size_t n, slong bits, double target) {
  job j = {.a = a, .n = n, .bits = bits, .path = path}, k = j;
  double ms = median_ms(work, &j), unit_ms = median_ms(peer, &k);
  print_row(name, &j, ms, j.good && k.good, unit, unit_ms, target);
  return ms;
}

/* What the BLAS alone costs: no portable path that asks for these products can be faster. */
static void lower_bound(mc_path path, const double *a, size_t n, slong bits) {
  job j = {.a = a, .n = n, .bits = bits, .path = path};
  double svd_ms = median_ms(lapack, &j), product_ms = median_ms(dgemm, &j), unit_ms = median_ms(arb_product, &j);
  multiplications = 0;
  polar(&j);
  double products = multiplications / ((double)n * (double)n * (double)n);
  printf("  its least: dgesdd %.2f ms + %.1f products of doubles by the BLAS at %.3f ms each = %.2f ms, ratio %.3f\n",
         svd_ms, products, product_ms, svd_ms + products * product_ms, (svd_ms + products * product_ms) / unit_ms);
}

static void foreign_row(const char *name, const char *command, double ms, const double *a, size_t n, slong bits,
                        double target) {
  job j = {.a = a, .n = n, .bits = bits};
  double unit_ms = command != NULL ? foreign_ms(command, &j) : NAN;
  if (unit_ms > 0)
    print_row("polar", &j, ms, true, name, unit_ms, target);
  else
    printf("left out: %s (not installed)\n", name);
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

static void bench_size(size_t n, const char *eigen) {
  static const struct {
    size_t n;
    double target;
  } targets[2][3] = {{{64, 1}, {256, 0.8}, {512, 1.3}}, {{64, 0.5}, {256, 0.4}, {512, 1.3}}};
  const bool ifma = mc_digits_backend_selected() == MC_DIGITS_IFMA;
  double *a = matrix(n), target = 0;
  for (size_t i = 0; i < 3; i++)
    target = targets[ifma][i].n == n ? targets[ifma][i].target : target;
  row("polar, digits", polar, MC_PATH_DIGITS, "arb_mat_mul", arb_product, a, n, 53, 0);
  double ms = row("polar, digits", polar, MC_PATH_DIGITS, "arb_mat_mul", arb_product, a, n, 128, target);
  lower_bound(MC_PATH_DIGITS, a, n, 128);
  if (n <= 256)
    row("polar, digits", polar, MC_PATH_DIGITS, "arb_mat_mul", arb_product, a, n, 256, 0);
  if (n <= 128) {
    row("polar, balls", polar, MC_PATH_BALLS, "arb_mat_mul", arb_product, a, n, 128, 0);
    row("polar, digits", polar, MC_PATH_DIGITS, "Newton in Arb", arb_newton, a, n, 128, 0);
  }
  if (n == 64) {
    foreign_row("Eigen BDCSVD<mpreal>", eigen, ms, a, n, 128, 1.0 / 150);
    foreign_row("mpmath svd_r", mpmath_program, ms, a, n, 128, 0);
  }
  row("singular values, digits", singular_values, MC_PATH_DIGITS, "dgesdd", lapack, a, n, 46, 0);
  if (n <= 256)
    row("jordan image, digits", image, MC_PATH_DIGITS, "the same in Arb balls", arb_image, a, n, 100,
        n != 256 ? 0
        : ifma   ? 0.08
                 : 0.2);
  free(a);
}

/* Good enough for float32: plain doubles. */
static void bench_fast(size_t n) {
  double *a = matrix(n);
  row("polar, plain doubles", polar, MC_PATH_ANY, "dgesdd", lapack, a, n, 24, n == 1024 ? 1.5 : 0);
  row("singular values, plain doubles", singular_values, MC_PATH_ANY, "dgesdd", lapack, a, n, 24, n == 1024 ? 3 : 0);
  row("jordan image, plain doubles", image, MC_PATH_ANY, "dgesdd", lapack, a, n, 24, 0);
  free(a);
}

int main(int argc, char **argv) {
  static const size_t sizes[] = {16, 32, 64, 128, 256, 512};
  /* Memory that was freed is kept: what is timed is arithmetic, of the peers too. */
  mallopt(M_MMAP_THRESHOLD, 1 << 25);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  printf("%-30s %5s %5s %10s  %-26s %10s  %7s  %s\n", "work", "n", "bits", "ms", "against", "ms", "ratio", "target");
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    bench_size(sizes[i], argc > 1 ? argv[1] : NULL);
  bench_fast(256);
  bench_fast(1024);
  printf("One thread, medians of processor time.  Only this library's values are certified.  Digit products: %s.\n",
         mc_digits_backend_name(mc_digits_backend_selected()));
  if (!mc_digits_backend_runs(MC_DIGITS_IFMA))
    puts("left out: the AVX-512 IFMA targets (this processor has no such instructions)");
  return 0;
}
