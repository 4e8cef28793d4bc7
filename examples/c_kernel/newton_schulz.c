/* A kernel of somebody's own, as a plug-in of muoncert: Newton-Schulz in float32, tile by tile, with the schedule that it
 * is handed.  Compiled with -DPLANTED_BUG it contains the bug that tiled kernels have most often: a remainder that is not
 * a whole tile is left out.
 *
 *   cc -O2 -shared -fPIC -I.../muoncert/include newton_schulz.c -o newton_schulz.so -lm
 *   muoncert audit ./newton_schulz.so --preset keller-jordan --dtype f32
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <muoncert_kernel.h>

enum { TILE = 32 };

#ifdef PLANTED_BUG
#define TILES(n) ((n) < TILE ? (n) : (n) / TILE * TILE) /* forgets what is left behind the last whole tile */
#else
#define TILES(n) (n)
#endif

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* out (m by n) += left (m by k) right, or left right^T. */
static void multiply(float *out, const float *left, const float *right, size_t m, size_t n, size_t k, int transposed) {
  for (size_t i = 0; i < m; i++)
    for (size_t l0 = 0; l0 < TILES(k); l0 += TILE)
      for (size_t j = 0; j < n; j++) {
        float sum = 0;
        for (size_t l = l0; l < least(l0 + TILE, TILES(k)); l++)
          sum += left[i * k + l] * (transposed ? right[j * k + l] : right[l * n + j]);
        out[i * n + j] += sum;
      }
}

/* x (r by c) := a x + (b A + c A A) x with A = x x^T. */
static void step(float *x, float *next, float *gram, float *poly, size_t r, size_t c, const muoncert_coefficients *k) {
  memset(gram, 0, r * r * sizeof *gram);
  memset(poly, 0, r * r * sizeof *poly);
  memset(next, 0, r * c * sizeof *next);
  multiply(gram, x, x, r, r, c, 1);
  multiply(poly, gram, gram, r, r, r, 0);
  for (size_t i = 0; i < r * r; i++)
    poly[i] = (float)k->b * gram[i] + (float)k->c * poly[i];
  multiply(next, poly, x, r, c, r, 0);
  for (size_t i = 0; i < r * c; i++)
    x[i] = (float)k->a * x[i] + next[i];
}

static void normalise(float *x, size_t count, const muoncert_problem *p) {
  double sum = 0; /* summed in float one by one, 65536 squares would lose enough for the audit to object */
  for (size_t i = 0; i < count; i++)
    sum += (double)x[i] * x[i];
  float norm = (float)p->safety * (float)sqrt(sum), eps = (float)p->eps;
  float divisor = p->normalisation == MUONCERT_NORM_NONE  ? 1
                  : p->normalisation == MUONCERT_NORM_ADD ? norm + eps
                  : norm < eps                            ? eps
                                                          : norm;
  for (size_t i = 0; i < count; i++)
    x[i] /= divisor;
}

static void orthogonalise_one(const muoncert_orthogonalise *call, size_t which, float *work) {
  const muoncert_problem *p = &call->problem;
  size_t m = p->m, n = p->n, r = least(m, n), c = m + n - r;
  const float *g = (const float *)call->g.data + which * call->g.batch_stride;
  float *out = (float *)call->x.data + which * call->x.batch_stride;
  float *x = work, *next = x + r * c, *gram = next + r * c, *poly = gram + r * r;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      x[m > n ? j * c + i : i * c + j] = g[i * call->g.row_stride + j];
  normalise(x, r * c, p);
  for (size_t k = 0; k < p->steps; k++)
    step(x, next, gram, poly, r, c, &p->schedule[k]);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      out[i * call->x.row_stride + j] = x[m > n ? j * c + i : i * c + j];
}

static int orthogonalise(const muoncert_orthogonalise *call) {
  const muoncert_problem *p = &call->problem;
  size_t r = least(p->m, p->n);
  float *work = malloc((2 * p->m * p->n + 2 * r * r) * sizeof *work);
  if (!work)
    return 1;
  for (size_t k = 0; k < p->count; k++)
    orthogonalise_one(call, k, work);
  free(work);
  return 0;
}

MUONCERT_EXPORT const muoncert_kernel muoncert_kernel_plugin = {
    MUONCERT_KERNEL_ABI, 1u << MUONCERT_FLOAT32, "tiled Newton-Schulz", orthogonalise, NULL,
};
