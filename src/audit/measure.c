/* Measures of the error matrix E = output - image.  docs/errors.md, section 4. */
#include "measure.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "upward.h"

#define TILE 16

const char *mc_audit_measure_name(mc_audit_measure measure) {
  static const char *const names[MC_MEASURES] = {"total", "spectrum", "profile", "rows", "columns", "tiles", "along"};
  return names[measure];
}

/* ---- Image ---- */

mc_status mc_audit_image_init(mc_audit_image *image, const mc_enclosure *truth, mc_error *e) {
  slong m = arb_mat_nrows(truth->value), n = arb_mat_ncols(truth->value);
  image->high = mc_alloc((size_t)(m * n), sizeof *image->high);
  image->low = mc_alloc((size_t)(m * n), sizeof *image->low);
  if (!image->high || !image->low) {
    mc_audit_image_clear(image);
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  }
  arb_mat_t rest;
  mag_t error;
  arb_mat_init(rest, m, n);
  mag_init(error);
  mc_enclosure_get_double(image->high, NULL, truth);
  mc_ball_mat_set_double(rest, image->high);
  arb_mat_sub(rest, truth->value, rest, 4096);
  mc_ball_mat_get_double(image->low, error, rest);
  mag_add(error, error, truth->radius);
  image->radius = mc_ball_mag_upper_double(error);
  arb_mat_clear(rest);
  mag_clear(error);
  return MC_OK;
}

void mc_audit_image_clear(mc_audit_image *image) {
  mc_free(image->high);
  mc_free(image->low);
  *image = (mc_audit_image){0};
}

/* ---- Basis ---- */

static double frobenius_upper(const double *a, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum = mc_up_add(sum, mc_up_mul(a[i], a[i]));
  return mc_up_sqrt(sum);
}

static void transpose(double *out, const double *in, size_t m, size_t n) {
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      out[j * m + i] = in[i * n + j];
}

mc_status mc_audit_basis_init(mc_audit_basis *basis, const double *g, size_t m, size_t n, mc_error *e) {
  size_t k = m < n ? m : n;
  *basis = (mc_audit_basis){.m = m, .n = n, .k = k};
  double *copy = mc_alloc(m * n, sizeof *copy), *s = mc_alloc(k, sizeof *s), *vt = mc_alloc(k * n, sizeof *vt);
  basis->u = mc_alloc(m * k, sizeof *basis->u);
  basis->v = mc_alloc(n * k, sizeof *basis->v);
  mc_status status = MC_OK;
  if (!copy || !s || !vt || !basis->u || !basis->v)
    status = mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (status == MC_OK) {
    memcpy(copy, g, m * n * sizeof *copy);
    if (LAPACKE_dgesdd(LAPACK_ROW_MAJOR, 'S', (lapack_int)m, (lapack_int)n, copy, (lapack_int)n, s, basis->u,
                       (lapack_int)k, vt, (lapack_int)n) != 0)
      status = mc_fail(e, MC_UNDECIDED, "LAPACK computes no singular vectors of the input");
  }
  if (status == MC_OK) {
    transpose(basis->v, vt, k, n);
    basis->weight = fmax(1, mc_up_mul(frobenius_upper(basis->u, m * k), frobenius_upper(basis->v, n * k)));
  }
  mc_free(copy);
  mc_free(s);
  mc_free(vt);
  if (status != MC_OK)
    mc_audit_basis_clear(basis);
  return status;
}

void mc_audit_basis_clear(mc_audit_basis *basis) {
  mc_free(basis->u);
  mc_free(basis->v);
  *basis = (mc_audit_basis){0};
}

/* ---- Evaluation in double ---- */

/* diagonal[i] := u_i^T E v_i, columns[i] := ||E v_i||^2.  room: m k doubles. */
static void find_diagonal(double *diagonal, double *columns, const double *error, const mc_audit_basis *b,
                          double *room) {
  memset(diagonal, 0, b->k * sizeof *diagonal);
  memset(columns, 0, b->k * sizeof *columns);
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)b->m, (int)b->k, (int)b->n, 1, error, (int)b->n, b->v,
              (int)b->k, 0, room, (int)b->k);
  for (size_t i = 0; i < b->m; i++)
    for (size_t l = 0; l < b->k; l++) {
      diagonal[l] += b->u[i * b->k + l] * room[i * b->k + l];
      columns[l] += room[i * b->k + l] * room[i * b->k + l];
    }
}

/* <error, along> / ||along||_F */
static double find_along(const double *error, const mc_audit_basis *b) {
  double product = 0, square = 0;
  for (size_t i = 0; i < b->m * b->n && b->along; i++) {
    product += error[i] * b->along[i];
    square += b->along[i] * b->along[i];
  }
  return b->along ? product / sqrt(square) : 0;
}

static double l2(const double *x, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += x[i] * x[i];
  return sqrt(sum);
}

/* (sum s_i^4)^(1/8) for squared norms s_i. */
static double l8(const double *squares, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += squares[i] * squares[i] * squares[i] * squares[i];
  return sqrt(sqrt(sqrt(sum)));
}

static size_t blocks_along(size_t length, size_t block) {
  return (length + block - 1) / block;
}

size_t mc_audit_tiles(size_t m, size_t n) {
  return blocks_along(m, TILE) * blocks_along(n, TILE);
}

/* l8 norm over blocks of h by w. */
static double blocks(const double *error, size_t m, size_t n, size_t h, size_t w, double *squares) {
  size_t across = blocks_along(n, w), down = blocks_along(m, h);
  memset(squares, 0, across * down * sizeof *squares);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      squares[i / h * across + j / w] += error[i * n + j] * error[i * n + j];
  return l8(squares, across * down);
}

void mc_audit_measure_blocks_approx(double value[MC_MEASURES], const double *error, size_t m, size_t n, double *room) {
  value[MC_MEASURE_ROWS] = blocks(error, m, n, 1, n, room);
  value[MC_MEASURE_COLUMNS] = blocks(error, m, n, m, 1, room);
  value[MC_MEASURE_TILES] = blocks(error, m, n, TILE, TILE, room);
}

mc_status mc_audit_measured_init(mc_audit_measured *measured, const mc_audit_basis *b, mc_error *e) {
  size_t longest = b->m > b->n ? b->m : b->n, tiles = (b->m / TILE + 1) * (b->n / TILE + 1);
  size_t product = b->m * b->k, blocks = longest > tiles ? longest : tiles;
  measured->room = mc_alloc(b->m * b->n + (product > blocks ? product : blocks), sizeof *measured->room);
  measured->diagonal = mc_alloc(2 * b->k, sizeof *measured->diagonal);
  measured->columns = measured->diagonal ? measured->diagonal + b->k : NULL;
  if (measured->room && measured->diagonal)
    return MC_OK;
  mc_audit_measured_clear(measured);
  return mc_fail(e, MC_NO_MEMORY, "out of memory");
}

void mc_audit_measured_clear(mc_audit_measured *measured) {
  mc_free(measured->room);
  mc_free(measured->diagonal);
  *measured = (mc_audit_measured){0};
}

void mc_audit_measure_approx(mc_audit_measured *measured, const double *x, const mc_audit_image *image,
                             const mc_audit_basis *basis) {
  size_t m = basis->m, n = basis->n;
  double *error = measured->room, *rest = error + m * n, sum = 0;
  for (size_t i = 0; i < m * n; i++) {
    error[i] = (x[i] - image->high[i]) - image->low[i];
    sum += error[i] * error[i];
  }
  mc_audit_measure_blocks_approx(measured->value, error, m, n, rest);
  find_diagonal(measured->diagonal, measured->columns, error, basis, rest);
  measured->value[MC_MEASURE_TOTAL] = sqrt(sum);
  measured->value[MC_MEASURE_SPECTRUM] = l2(measured->diagonal, basis->k);
  measured->value[MC_MEASURE_PROFILE] = NAN;
  measured->along = find_along(error, basis);
  measured->value[MC_MEASURE_ALONG] = fabs(measured->along);
}

double mc_audit_profile_distance_approx(const double *diagonal, const double *profile, size_t k) {
  double sum = 0;
  for (size_t i = 0; i < k; i++)
    sum += (diagonal[i] - profile[i]) * (diagonal[i] - profile[i]);
  return sqrt(sum);
}

/* ---- Error of the evaluation ---- */

/* Each measure is evaluated with a relative error of at most gamma_K, K = m n + 128 operations in the longest chain
 * (the entries of E are rounded once), relative to weight ||E||_F (plus the profile) for the two that project.
 * Underflow loses less than 2^-120 under the eighth root. All measures are Lipschitz in E with constant 1 or weight,
 * so the radius of the truth counts as often.  Along a matrix, the product and the norm it is divided by are both
 * evaluated, hence 2. */
double mc_audit_measure_error(mc_audit_measure measure, const mc_audit_basis *basis, double size, double radius) {
  double unit = mc_up_mul((double)(basis->m * basis->n + 128), 0x1p-53), gamma = mc_up_over_one_minus(unit, unit);
  double weight = measure == MC_MEASURE_SPECTRUM || measure == MC_MEASURE_PROFILE ? basis->weight
                  : measure == MC_MEASURE_ALONG                                   ? 2
                                                                                  : 1;
  return mc_up_add(mc_up_mul(weight, mc_up_add(radius, mc_up_mul(gamma, size))), 0x1p-120);
}
