/* The a-priori error bound of a matrix product, block by block, and its check on random vectors. */
#include "plain_product.h"

#include <cblas.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

/* Twice, with wider vectors for processors that have them: the same operations, bit for bit. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__AFL_COMPILER)
#define CLONES __attribute__((target_clones("default", "avx2")))
#else
#define CLONES
#endif

/* ---- Upper bounds in doubles ---- */

enum { LANES = 8 }; /* independent chains, so that compilers can use vectors */

/* Above x after an operation rounded to nearest. */
static inline double above(double x) {
  return x * (1 + 0x1p-52) + 0x1p-1074;
}

double mc_plain_add_upper(double x, double y) {
  return above(x + y);
}

double mc_plain_mul_upper(double x, double y) {
  return x == 0 || y == 0 ? 0 : above(x * y);
}

double mc_plain_gamma(size_t k) {
  double t = (double)k * 0x1p-53;
  return k < (size_t)1 << 40 ? above(t / (1 - t)) : (double)INFINITY;
}

/* Nonnegative terms in any order: the sum is at most fl(sum) (1 + gamma_(2 count)); a square that underflows loses at
 * most 2^-1074. */
CLONES
double mc_plain_norm_upper(const double *x, size_t count) {
  double lane[LANES] = {0}, sum = 0;
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (size_t k = 0; k < LANES; k++)
      lane[k] += x[i + k] * x[i + k];
  for (; i < count; i++)
    lane[0] += x[i] * x[i];
  for (size_t k = 0; k < LANES; k++)
    sum += lane[k];
  double slack = above(above(sum * (1 + 2 * mc_plain_gamma(count + 2))) + (double)count * 0x1p-1073);
  return above(sqrt(slack));
}

/* ---- Products with their a-priori bound ---- */

enum { BLOCK = 256 };

/* What one product of `k` terms may lose by underflow, an entry. */
static double underflow(size_t k) {
  return (double)k * 0x1p-1073;
}

/* row += gamma_(width + 1) (||row of C before|| + ||row of X|| ||Y||_F) for one block of the contraction: a sum of
 * width products and C in any order. */
static void bound_block(mc_plain_product *p, const double *before, const double *x, const double *y, size_t k,
                        size_t from, size_t width) {
  const double gamma = mc_plain_gamma(width + 1), norm = mc_plain_norm_upper(y + from * p->n, width * p->n);
  const double lost = mc_plain_mul_upper(underflow(width), sqrt((double)p->n) + 1);
  for (size_t i = 0; i < p->m; i++) {
    double terms = mc_plain_mul_upper(mc_plain_norm_upper(x + i * k + from, width), norm);
    double error = mc_plain_add_upper(mc_plain_mul_upper(gamma, mc_plain_add_upper(before[i], terms)), lost);
    p->row[i] = mc_plain_add_upper(p->row[i], error);
  }
}

/* norms := upper bounds of the Euclidean norms of the rows of C. */
static void row_norms(double *norms, const mc_plain_product *p) {
  for (size_t i = 0; i < p->m; i++)
    norms[i] = mc_plain_norm_upper(p->c + i * p->n, p->n);
}

static mc_status product_init(mc_plain_product *p, size_t m, size_t n, mc_error *e) {
  *p = (mc_plain_product){m, n, mc_alloc(m * n, sizeof(double)), mc_alloc(m, sizeof(double))};
  if (p->c != NULL && p->row != NULL)
    return MC_OK;
  mc_plain_product_clear(p);
  return mc_fail(e, MC_NO_MEMORY, "no memory for a product of %zu by %zu", m, n);
}

void mc_plain_product_clear(mc_plain_product *p) {
  mc_free(p->c);
  mc_free(p->row);
  *p = (mc_plain_product){0};
}

/* The lower triangle of c := the upper one, tile by tile. */
static void mirror(double *c, size_t n) {
  enum { TILE = 32 };
  for (size_t i = 0; i < n; i += TILE)
    for (size_t j = 0; j <= i; j += TILE)
      for (size_t k = i; k < n && k < i + TILE; k++)
        for (size_t l = j; l < k && l < j + TILE; l++)
          c[k * n + l] = c[l * n + k];
}

/* ---- The check ----
 *
 * If the bound of row i is false, ||e_i|| > row_i for E = C - X Y, then |e_i g| <= t row_i has probability at most 2
 * sqrt(2) t for g uniform in [-1/2, 1/2]^n (K. Ball, Cube slicing in R^n, Proc. AMS 97 (1986): the density of e_i g /
 * ||e_i|| is at most sqrt(2)).  E g is evaluated from numbers split in two, so that the leading parts of all sums are
 * exact: digits of 22 bits of a row, and of 20 bits of g, make sums of up to 2^11 terms exact. */

enum { VECTORS = 16, SPLIT_BITS = 22, VECTOR_BITS = 20, MAX_TERMS = 1 << 11 };

/* n by VECTORS numbers as leading parts and rests (NULL: none). */
typedef struct {
  double *lead, *rest;
  double norm; /* >= the largest Euclidean norm of a column */
} panel;

static bool panel_init(panel *p, size_t n, bool rest) {
  *p = (panel){mc_alloc(n * VECTORS, sizeof(double)), rest ? mc_alloc(n * VECTORS, sizeof(double)) : NULL, 0};
  return p->lead != NULL && (p->rest != NULL || !rest);
}

static void panel_clear(panel *p) {
  mc_free(p->lead);
  mc_free(p->rest);
}

/* g := fresh multiples of 2^-20, uniform in (-1/2, 1/2). */
static void draw(panel *g, size_t n) {
  static atomic_uint serial;
  mc_random r;
  mc_random_init(&r, 0, mc_random_stream_of("plain product"), (uint32_t)atomic_fetch_add(&serial, 1));
  for (size_t i = 0; i < n * VECTORS; i++)
    g->lead[i] = (double)(mc_random_u32(&r) >> (32 - VECTOR_BITS)) * 0x1p-20 + 0x1p-21 - 0.5;
  g->norm = above(sqrt((double)n)) / 2;
}

/* 2^e > |x_j| for all j, or 0 for a row of zeros. */
CLONES
static double power_above(const double *x, size_t n) {
  double lane[LANES] = {0}, largest = 0;
  size_t j = 0;
  int exponent;
  for (; j + LANES <= n; j += LANES)
    for (size_t k = 0; k < LANES; k++)
      lane[k] = fabs(x[j + k]) > lane[k] ? fabs(x[j + k]) : lane[k];
  for (; j < n; j++)
    lane[0] = fabs(x[j]) > lane[0] ? fabs(x[j]) : lane[0];
  for (size_t k = 0; k < LANES; k++)
    largest = fmax(largest, lane[k]);
  frexp(largest, &exponent);
  return largest > 0 ? ldexp(1, exponent) : 0;
}

enum { LANE = 4, GROUPS = VECTORS / LANE };
typedef double vector __attribute__((vector_size(LANE * sizeof(double)), aligned(8), may_alias));

CLONES
/* lead := sum of leading parts times leading parts, exact; rest := sum of all else, for one row x below `power`. */
static void apply_row(double *lead, double *rest, const double *x, double power, size_t k, const panel *p) {
  const double magic = power * (0x1.8p52 / (1 << SPLIT_BITS));
  vector exact[GROUPS] = {{0}}, rounded[GROUPS] = {{0}};
  for (size_t l = 0; l < k; l++) {
    const vector *a = (const vector *)(p->lead + l * VECTORS);
    const double high = (x[l] + magic) - magic, low = x[l] - high;
    for (size_t h = 0; h < GROUPS; h++) {
      exact[h] += high * a[h];
      rounded[h] += low * a[h];
    }
    if (p->rest != NULL)
      for (size_t h = 0; h < GROUPS; h++)
        rounded[h] += x[l] * ((const vector *)(p->rest + l * VECTORS))[h];
  }
  memcpy(lead, exact, sizeof exact);
  memcpy(rest, rounded, sizeof rounded);
}

/* Bound of the error of `rest` above: at most 2 k + 2 roundings of terms whose absolute values sum to ||low|| ||lead||
 * + ||x|| ||rest||, with |low| <= 2^-SPLIT_BITS power; and underflow. */
static double rest_error(double power, double norm, size_t k, double lead_norm, double rest_norm) {
  double low = mc_plain_mul_upper(power * (1.0 / (1 << SPLIT_BITS)), above(sqrt((double)k)));
  double terms = mc_plain_add_upper(mc_plain_mul_upper(low, lead_norm), mc_plain_mul_upper(norm, rest_norm));
  return mc_plain_add_upper(mc_plain_mul_upper(mc_plain_gamma(2 * k + 4), terms), underflow(3 * k));
}

/* p := Y g; *error bounds the Euclidean norm of each column's error, *rest_norm that of its rests. */
static void apply_all(panel *p, double *error, double *rest_norm, const double *y, size_t k, size_t n, const panel *g) {
  double largest = 0, squares = 0;
  for (size_t l = 0; l < k; l++) {
    double power = power_above(y + l * n, n), lost = rest_error(power, 0, n, g->norm, 0);
    apply_row(p->lead + l * VECTORS, p->rest + l * VECTORS, y + l * n, power, n, g);
    squares = mc_plain_add_upper(squares, mc_plain_mul_upper(lost, lost));
    for (size_t c = 0; c < VECTORS; c++)
      largest = fmax(largest, fabs(p->lead[l * VECTORS + c]));
  }
  /* leading parts become multiples of 2^-20 times a power of two above them all */
  const double magic = power_above(&largest, 1) * (0x1.8p52 / (1 << VECTOR_BITS));
  for (size_t i = 0; i < k * VECTORS; i++) {
    double high = (p->lead[i] + magic) - magic;
    p->rest[i] += p->lead[i] - high; /* the difference is exact, the sum rounded once */
    p->lead[i] = high;
  }
  p->norm = mc_plain_norm_upper(p->lead, k * VECTORS);
  *rest_norm = mc_plain_norm_upper(p->rest, k * VECTORS);
  *error = mc_plain_add_upper(above(sqrt(squares)), mc_plain_mul_upper(0x1p-53, *rest_norm));
}

typedef enum { PASSES, CANNOT_TELL, FAILS } outcome;

/* Row i of E g against its bound, which is raised to what passes if it may be: ||e_i|| is above max |e_i g| / t, too, with
 * the probability above. */
static outcome check_row(const mc_plain_product *p, size_t i, const double *x, size_t k, const panel *g,
                         const panel *yg, double yg_error, double yg_rest, bool widen) {
  /* (2 sqrt(2) t')^16 <= 2^-60 with t' = t + sqrt(n) 2^-20, since g + uniform noise below 2^-21 is uniform in the cube */
  const double threshold = 0x1.3p-4 / 0x1.6bp1 - above(sqrt((double)p->n)) * 0x1p-20;
  const double *c = p->c + i * p->n, *row = x + i * k, bound = p->row[i];
  double lead[2][VECTORS], rest[2][VECTORS];
  double c_power = power_above(c, p->n), x_power = power_above(row, k), x_norm = mc_plain_norm_upper(row, k);
  apply_row(lead[0], rest[0], c, c_power, p->n, g);
  apply_row(lead[1], rest[1], row, x_power, k, yg);
  double noise =
      mc_plain_add_upper(rest_error(c_power, 0, p->n, g->norm, 0), rest_error(x_power, x_norm, k, yg->norm, yg_rest));
  noise = mc_plain_add_upper(noise, mc_plain_mul_upper(x_norm, yg_error));
  outcome worst = PASSES;
  for (int v = 0; v < VECTORS; v++) {
    double a = lead[0][v] - lead[1][v], b = rest[0][v] - rest[1][v], value = fabs(a + b);
    double allowed = mc_plain_add_upper(noise, 0x1p-50 * (fabs(a) + fabs(b)));
    if (widen)
      p->row[i] = fmax(p->row[i], above(mc_plain_add_upper(value, allowed) / threshold) * (1 + 0x1p-50));
    if (!(mc_plain_add_upper(value, allowed) <= p->row[i] * threshold))
      worst = worst == PASSES ? CANNOT_TELL : worst;
    if (isfinite(bound) && !(value - allowed <= mc_plain_mul_upper(bound, g->norm))) /* |e g| <= ||e|| ||g|| */
      worst = FAILS;
  }
  return worst;
}

static mc_status check(const mc_plain_product *p, const double *x, const double *y, size_t k, bool widen, mc_error *e) {
  panel g, yg;
  double error, rest_norm;
  outcome worst = PASSES;
  if (p->n > MAX_TERMS || k > MAX_TERMS)
    return mc_fail(e, MC_UNDECIDED, "a product with more than %d terms", MAX_TERMS);
  bool room = panel_init(&g, p->n, false);
  room = panel_init(&yg, k, true) && room;
  if (room) {
    draw(&g, p->n);
    apply_all(&yg, &error, &rest_norm, y, k, p->n, &g);
    for (size_t i = 0; i < p->m && worst != FAILS; i++) {
      outcome o = check_row(p, i, x, k, &g, &yg, error, rest_norm, widen);
      worst = o > worst ? o : worst;
    }
  }
  panel_clear(&g);
  panel_clear(&yg);
  if (!room)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a check");
  if (worst == FAILS)
    return mc_fail(e, MC_INTERNAL, "the BLAS returned a wrong product");
  return worst == PASSES ? MC_OK : mc_fail(e, MC_UNDECIDED, "the check of a product in doubles cannot tell");
}

/* C := X Y block by block, X = Y^T (and so only one triangle computed) where symmetric. */
static mc_status accumulate(mc_plain_product *p, const double *x, const double *y, size_t k, bool symmetric,
                            mc_error *e) {
  const size_t m = p->m, n = p->n;
  double *before = mc_alloc(m, sizeof *before);
  if (before == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a product of %zu by %zu", m, n);
  for (size_t from = 0; from < k; from += BLOCK) {
    size_t width = k - from < BLOCK ? k - from : BLOCK;
    bound_block(p, before, x, y, k, from, width);
    if (symmetric)
      cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)n, (int)width, 1, y + from * n, (int)n, from > 0, p->c,
                  (int)n);
    else
      cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)m, (int)n, (int)width, 1, x + from, (int)k,
                  y + from * n, (int)n, from > 0, p->c, (int)n);
    if (symmetric)
      mirror(p->c, n);
    if (from + width < k)
      row_norms(before, p);
  }
  mc_free(before);
  return MC_OK;
}

static mc_status multiply(mc_plain_product *p, const double *x, const double *y, size_t m, size_t n, size_t k,
                          bool symmetric, bool widen, mc_error *e) {
  mc_status status = product_init(p, m, n, e);
  if (status == MC_OK)
    status = accumulate(p, x, y, k, symmetric, e);
  if (status == MC_OK)
    status = check(p, x, y, k, widen, e);
  if (status != MC_OK)
    mc_plain_product_clear(p);
  return status;
}

mc_status mc_plain_multiply(mc_plain_product *p, const double *x, const double *y, size_t m, size_t n, size_t k,
                            mc_error *e) {
  return multiply(p, x, y, m, n, k, false, false, e);
}

mc_status mc_plain_multiply_widened(mc_plain_product *p, const double *x, const double *y, size_t m, size_t n, size_t k,
                                    mc_error *e) {
  return multiply(p, x, y, m, n, k, false, true, e);
}

mc_status mc_plain_gram(mc_plain_product *p, const double *transposed, const double *y, size_t n, size_t k,
                        mc_error *e) {
  return multiply(p, transposed, y, n, n, k, true, false, e);
}
