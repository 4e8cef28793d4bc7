/* The one loop of products of limbs, written once for both kinds of lanes; unrolled, so that all sums stay in
 * registers.  Private to this module. */
#ifndef MUONCERT_BALL_LIMB_KERNEL_H
#define MUONCERT_BALL_LIMB_KERNEL_H

#include <stddef.h>

#include "lanes.h"
#include "limbs.h"

/* As mc_limb_kernel says. */
MC_LANES void multiply_tile(uint64_t *lo, uint64_t *hi, const uint64_t *a, const uint64_t *b, size_t count) {
  enum { ROWS = MC_LIMB_ROWS, VECTORS = MC_LIMB_COLUMNS / MC_LANES_COUNT };
  mc_lanes low[ROWS][VECTORS], high[ROWS][VECTORS];
#pragma GCC unroll 4
  for (size_t i = 0; i < ROWS; i++)
#pragma GCC unroll 2
    for (size_t v = 0; v < VECTORS; v++) {
      low[i][v] = mc_lanes_load(lo + i * MC_LIMB_COLUMNS + v * MC_LANES_COUNT);
      high[i][v] = mc_lanes_load(hi + i * MC_LIMB_COLUMNS + v * MC_LANES_COUNT);
    }
  for (size_t k = 0; k < count; k++)
#pragma GCC unroll 2
    for (size_t v = 0; v < VECTORS; v++) {
      mc_lanes y = mc_lanes_load(b + k * MC_LIMB_COLUMNS + v * MC_LANES_COUNT);
#pragma GCC unroll 4
      for (size_t i = 0; i < ROWS; i++) {
        mc_lanes x = mc_lanes_all(a[k * ROWS + i]);
        low[i][v] = mc_lanes_madd52lo(low[i][v], x, y);
        high[i][v] = mc_lanes_madd52hi(high[i][v], x, y);
      }
    }
#pragma GCC unroll 4
  for (size_t i = 0; i < ROWS; i++)
#pragma GCC unroll 2
    for (size_t v = 0; v < VECTORS; v++) {
      mc_lanes_store(lo + i * MC_LIMB_COLUMNS + v * MC_LANES_COUNT, low[i][v]);
      mc_lanes_store(hi + i * MC_LIMB_COLUMNS + v * MC_LANES_COUNT, high[i][v]);
    }
}

#endif
