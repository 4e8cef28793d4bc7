/* bfloat16 kernels on the instruction VDPBF16PS of AVX-512 BF16, and on a portable twin of it.
 *
 * Intel 64 and IA-32 Architectures Software Developer's Manual, vol. 2, VDPBF16PS: in each of 16 lanes, acc := acc +
 * x_1 y_1, then acc := acc + x_0 y_0 for a pair (x_0, x_1) and (y_0, y_1), each rounded once to nearest, ties to
 * even, whatever the control register says; subnormal inputs are taken as zero, subnormal results are made zero.
 *
 * Rounding rule `sums`, flushed: A, bA + cAA and aX + BX are stored as bfloat16, everything else is float32. */
#include <math.h>
#include <string.h>

#include "bfloat16.h"
#include "format.h"

enum { LANES = 16, CHUNK = 2 * LANES }; /* elements of one instruction */

/* left, right: rows of `length` bfloat16 numbers, a multiple of CHUNK; out[i * columns + j] := row i of left times
 * row j of right, in the accumulators' format. */
typedef void multiplier(float *out, const uint16_t *left, const uint16_t *right, size_t rows, size_t columns,
                        size_t length);

/* The lanes of an accumulator in one order: halves are added to halves. */
static inline float sum_lanes(float lane[LANES]) {
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++)
      lane[i] += lane[i + half];
  return lane[0];
}

/* ---- The portable twin ---- */

static float widen(uint16_t x) {
  uint32_t bits = (uint32_t)x << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* NaN is no number below. */
static float flushed(float x) {
  return fabsf(x) < 0x1p-126f ? copysignf(0, x) : x;
}

void mc_bfloat16_dot_portable(float acc[LANES], const uint16_t x[CHUNK], const uint16_t y[CHUNK]) {
  for (int i = 0; i < LANES; i++)
    for (int odd = 1; odd >= 0; odd--)
      acc[i] = flushed(fmaf(flushed(widen(x[2 * i + odd])), flushed(widen(y[2 * i + odd])), flushed(acc[i])));
}

static void multiply_portable(float *out, const uint16_t *left, const uint16_t *right, size_t rows, size_t columns,
                              size_t length) {
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) {
      float acc[LANES] = {0};
      for (size_t k = 0; k < length; k += CHUNK)
        mc_bfloat16_dot_portable(acc, left + i * length + k, right + j * length + k);
      out[i * columns + j] = sum_lanes(acc);
    }
}

/* ---- The instruction ---- */

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512bf16")))
enum { BLOCK = 4, ENTRIES = BLOCK * BLOCK }; /* rows of either factor that share their loads */

AVX512 static inline __m512 dot(__m512 acc, __m512i x, __m512i y) {
  return _mm512_dpbf16_ps(acc, (__m512bh)x, (__m512bh)y);
}

AVX512 static float multiply_one(const uint16_t *left, const uint16_t *right, size_t length) {
  __m512 acc = _mm512_setzero_ps();
  float lane[LANES];
  for (size_t k = 0; k < length; k += CHUNK)
    acc = dot(acc, _mm512_loadu_si512(left + k), _mm512_loadu_si512(right + k));
  _mm512_storeu_ps(lane, acc);
  return sum_lanes(lane);
}

/* BLOCK by BLOCK entries, whose accumulators stay in registers once the loops are unrolled. */
AVX512 static void multiply_block(float *out, const uint16_t *left, const uint16_t *right, size_t columns,
                                  size_t length) {
  __m512 acc[BLOCK][BLOCK];
#pragma GCC unroll 16
  for (size_t b = 0; b < ENTRIES; b++)
    acc[b / BLOCK][b % BLOCK] = _mm512_setzero_ps();
  for (size_t k = 0; k < length; k += CHUNK) {
#pragma GCC unroll 16
    for (size_t b = 0; b < ENTRIES; b++)
      acc[b / BLOCK][b % BLOCK] = dot(acc[b / BLOCK][b % BLOCK], _mm512_loadu_si512(left + b / BLOCK * length + k),
                                      _mm512_loadu_si512(right + b % BLOCK * length + k));
  }
#pragma GCC unroll 16
  for (size_t b = 0; b < ENTRIES; b++) {
    float lane[LANES];
    _mm512_storeu_ps(lane, acc[b / BLOCK][b % BLOCK]);
    out[b / BLOCK * columns + b % BLOCK] = sum_lanes(lane);
  }
}

AVX512 static void multiply_avx512(float *out, const uint16_t *left, const uint16_t *right, size_t rows, size_t columns,
                                   size_t length) {
  for (size_t j = 0; j < columns; j += BLOCK)
    for (size_t i = 0; i < rows; i += BLOCK) {
      size_t down = i + BLOCK < rows ? i + BLOCK : rows, across = j + BLOCK < columns ? j + BLOCK : columns;
      if (i + BLOCK <= rows && j + BLOCK <= columns)
        multiply_block(out + i * columns + j, left + i * length, right + j * length, columns, length);
      else
        for (size_t k = i; k < down; k++)
          for (size_t l = j; l < across; l++)
            out[k * columns + l] = multiply_one(left + k * length, right + l * length, length);
    }
}

bool mc_bfloat16_is_native(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512bf16");
}
#else
static void multiply_avx512(float *out, const uint16_t *left, const uint16_t *right, size_t rows, size_t columns,
                            size_t length) {
  multiply_portable(out, left, right, rows, columns, length);
}

bool mc_bfloat16_is_native(void) {
  return false;
}
#endif

/* ---- The kernel, for either ---- */

/* X is r by c, r <= c; rows of x, gram and poly hold their bfloat16 numbers and zeros up to a multiple of CHUNK; across
 * is X^T. */
typedef struct {
  size_t r, c, r_length, c_length;
  uint16_t *x, *across, *gram, *poly;
  float *square, *product; /* r by r, r by c */
} room;

static size_t padded(size_t n) {
  return (n + CHUNK - 1) / CHUNK * CHUNK;
}

static void room_clear(room *w) {
  mc_free(w->x);
  mc_free(w->across);
  mc_free(w->gram);
  mc_free(w->poly);
  mc_free(w->square);
  mc_free(w->product);
}

static bool room_init(room *w, size_t m, size_t n) {
  size_t r = m < n ? m : n, c = m < n ? n : m;
  *w = (room){.r = r, .c = c, .r_length = padded(r), .c_length = padded(c)};
  w->x = mc_alloc(r * w->c_length, sizeof *w->x);
  w->across = mc_alloc(c * w->r_length, sizeof *w->across);
  w->gram = mc_alloc(r * w->r_length, sizeof *w->gram);
  w->poly = mc_alloc(r * w->r_length, sizeof *w->poly);
  w->square = mc_alloc(r * r, sizeof *w->square);
  w->product = mc_alloc(r * c, sizeof *w->product);
  return w->x && w->across && w->gram && w->poly && w->square && w->product;
}

static uint16_t narrow(float x) {
  uint32_t bits;
  mc_kernel_round_float(&x, 1, MC_DTYPE_BFLOAT16);
  memcpy(&bits, &x, sizeof bits);
  return (uint16_t)(bits >> 16);
}

/* Entry (i, j) of X. */
static void set_x(room *w, size_t i, size_t j, float value) {
  uint16_t stored = narrow(value);
  w->x[i * w->c_length + j] = stored;
  w->across[j * w->r_length + i] = stored;
}

static void load(room *w, const muoncert_orthogonalise *call, size_t k) {
  const muoncert_problem *p = &call->problem;
  const uint16_t *g = (const uint16_t *)call->g.data + k * call->g.batch_stride;
  float sum = 0, divisor = 1, eps = (float)p->eps;
  for (size_t i = 0; i < p->m; i++)
    for (size_t j = 0; j < p->n; j++)
      sum += widen(g[i * call->g.row_stride + j]) * widen(g[i * call->g.row_stride + j]);
  if (p->normalisation != MUONCERT_NORM_NONE) {
    divisor = (float)p->safety * sqrtf(sum);
    divisor = p->normalisation == MUONCERT_NORM_ADD ? divisor + eps : divisor < eps ? eps : divisor;
  }
  for (size_t i = 0; i < p->m; i++)
    for (size_t j = 0; j < p->n; j++)
      set_x(w, p->m > p->n ? j : i, p->m > p->n ? i : j, widen(g[i * call->g.row_stride + j]) / divisor);
}

static void store(const muoncert_orthogonalise *call, size_t k, const room *w) {
  const muoncert_problem *p = &call->problem;
  uint16_t *x = (uint16_t *)call->x.data + k * call->x.batch_stride;
  for (size_t i = 0; i < p->m; i++)
    for (size_t j = 0; j < p->n; j++)
      x[i * call->x.row_stride + j] = w->x[p->m > p->n ? j * w->c_length + i : i * w->c_length + j];
}

/* A = X X^T, B = b A + c A A, X := a X + B X; A and B are symmetric, so that their columns are rows. */
static void step(room *w, const muoncert_coefficients *k, multiplier *multiply) {
  const float a = (float)k->a, b = (float)k->b, c = (float)k->c;
  multiply(w->square, w->x, w->x, w->r, w->r, w->c_length);
  for (size_t i = 0; i < w->r; i++)
    for (size_t j = 0; j < w->r; j++)
      w->gram[i * w->r_length + j] = narrow(w->square[i * w->r + j]);
  multiply(w->square, w->gram, w->gram, w->r, w->r, w->r_length);
  for (size_t i = 0; i < w->r; i++)
    for (size_t j = 0; j < w->r; j++)
      w->poly[i * w->r_length + j] = narrow(b * widen(w->gram[i * w->r_length + j]) + c * w->square[i * w->r + j]);
  multiply(w->product, w->poly, w->across, w->r, w->c, w->r_length);
  for (size_t i = 0; i < w->r; i++)
    for (size_t j = 0; j < w->c; j++)
      set_x(w, i, j, a * widen(w->x[i * w->c_length + j]) + w->product[i * w->c + j]);
}

static int run(const muoncert_orthogonalise *call, multiplier *multiply) {
  room w;
  bool made = room_init(&w, call->problem.m, call->problem.n);
  for (size_t k = 0; k < call->problem.count && made; k++) {
    load(&w, call, k);
    for (size_t s = 0; s < call->problem.steps; s++)
      step(&w, &call->problem.schedule[s], multiply);
    store(call, k, &w);
  }
  room_clear(&w);
  return made ? 0 : 1;
}

int mc_bfloat16_run_portable(const void *unused, const muoncert_orthogonalise *call) {
  (void)unused;
  return run(call, multiply_portable);
}

int mc_bfloat16_run_native(const void *unused, const muoncert_orthogonalise *call) {
  (void)unused;
  return mc_bfloat16_is_native() ? run(call, multiply_avx512) : 1;
}
