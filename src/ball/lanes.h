/* Eight 64-bit integers at a time, with the two instructions of AVX-512 IFMA (Intel, Software Developer's Manual,
 * VPMADD52LUQ and VPMADD52HUQ) as they are, or in plain C of the same meaning.  Private to this module; the includer
 * chooses by MC_LANES_IFMA. */
#ifndef MUONCERT_BALL_LANES_H
#define MUONCERT_BALL_LANES_H

#include <stdint.h>

enum { MC_LANES_COUNT = 8 };

#ifdef MC_LANES_IFMA

#include <immintrin.h>

#define MC_LANES_TARGET __attribute__((target("avx512f,avx512ifma")))
#define MC_LANES static inline __attribute__((always_inline)) MC_LANES_TARGET
typedef __m512i mc_lanes;

MC_LANES mc_lanes mc_lanes_load(const uint64_t *x) {
  return _mm512_loadu_si512(x);
}

MC_LANES void mc_lanes_store(uint64_t *x, mc_lanes y) {
  _mm512_storeu_si512(x, y);
}

MC_LANES mc_lanes mc_lanes_all(uint64_t x) {
  return _mm512_set1_epi64((long long)x);
}

/* sum + the low (high) 52 bits of the 104-bit product of the low 52 bits of x and y, modulo 2^64. */
MC_LANES mc_lanes mc_lanes_madd52lo(mc_lanes sum, mc_lanes x, mc_lanes y) {
  return _mm512_madd52lo_epu64(sum, x, y);
}

MC_LANES mc_lanes mc_lanes_madd52hi(mc_lanes sum, mc_lanes x, mc_lanes y) {
  return _mm512_madd52hi_epu64(sum, x, y);
}

#else

#define MC_LANES_TARGET
#define MC_LANES static inline
#define MC_LANES_MASK ((UINT64_C(1) << 52) - 1)
typedef struct {
  uint64_t x[MC_LANES_COUNT];
} mc_lanes;

MC_LANES mc_lanes mc_lanes_load(const uint64_t *x) {
  mc_lanes y;
  for (int i = 0; i < MC_LANES_COUNT; i++)
    y.x[i] = x[i];
  return y;
}

MC_LANES void mc_lanes_store(uint64_t *x, mc_lanes y) {
  for (int i = 0; i < MC_LANES_COUNT; i++)
    x[i] = y.x[i];
}

MC_LANES mc_lanes mc_lanes_all(uint64_t x) {
  mc_lanes y;
  for (int i = 0; i < MC_LANES_COUNT; i++)
    y.x[i] = x;
  return y;
}

MC_LANES mc_lanes mc_lanes_madd52lo(mc_lanes sum, mc_lanes x, mc_lanes y) {
  for (int i = 0; i < MC_LANES_COUNT; i++)
    sum.x[i] += (x.x[i] & MC_LANES_MASK) * (y.x[i] & MC_LANES_MASK) & MC_LANES_MASK;
  return sum;
}

MC_LANES mc_lanes mc_lanes_madd52hi(mc_lanes sum, mc_lanes x, mc_lanes y) {
  for (int i = 0; i < MC_LANES_COUNT; i++)
    sum.x[i] += (uint64_t)((unsigned __int128)(x.x[i] & MC_LANES_MASK) * (y.x[i] & MC_LANES_MASK) >> 52);
  return sum;
}

#endif
#endif
