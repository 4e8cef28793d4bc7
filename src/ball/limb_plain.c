/* Products of limbs in plain C, the same to the last bit as with AVX-512 IFMA. */
#include "limb_kernel.h"

void mc_limb_multiply_plain(uint64_t *lo, uint64_t *hi, const uint64_t *a, const uint64_t *b, size_t count) {
  multiply_tile(lo, hi, a, b, count);
}
