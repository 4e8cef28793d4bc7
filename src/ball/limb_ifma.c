/* Products of limbs with AVX-512 IFMA. */
#if defined(__x86_64__)
#define MC_LANES_IFMA
#include "limb_kernel.h"

bool mc_limb_has_ifma(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512ifma");
}

MC_LANES_TARGET
void mc_limb_multiply_ifma(uint64_t *lo, uint64_t *hi, const uint64_t *a, const uint64_t *b, size_t count) {
  multiply_tile(lo, hi, a, b, count);
}

#else
#include "limbs.h"

bool mc_limb_has_ifma(void) {
  return false;
}

void mc_limb_multiply_ifma(uint64_t *lo, uint64_t *hi, const uint64_t *a, const uint64_t *b, size_t count) {
  mc_limb_multiply_plain(lo, hi, a, b, count);
}
#endif
