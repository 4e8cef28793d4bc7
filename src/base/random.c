#include "base.h"

#include <Random123/philox.h>

#include <string.h>

uint32_t mc_random_stream_of(const char *name) {
  uint32_t h = 2166136261u; /* FNV-1a, offset basis and prime for 32 bits */
  for (; *name != '\0'; name++)
    h = (h ^ (uint8_t)*name) * 16777619u;
  return h;
}

void mc_random_init(mc_random *r, uint64_t seed, uint32_t stream, uint32_t trial) {
  memset(r, 0, sizeof *r);
  r->seed = seed;
  r->stream = stream;
  r->trial = trial;
  r->block_index = UINT64_MAX;
}

/* Counter (block index, trial, stream), key seed: distinct (stream, trial, block) never share a block. */
static void fill(mc_random *r, uint64_t index) {
  const philox4x32_ctr_t counter = {{(uint32_t)index, (uint32_t)(index >> 32), r->trial, r->stream}};
  const philox4x32_key_t key = {{(uint32_t)r->seed, (uint32_t)(r->seed >> 32)}};
  const philox4x32_ctr_t block = philox4x32(counter, key);
  memcpy(r->block, block.v, sizeof r->block);
  r->block_index = index;
}

uint32_t mc_random_u32(mc_random *r) {
  if (r->next / 4 != r->block_index)
    fill(r, r->next / 4);
  return r->block[r->next++ % 4];
}

uint64_t mc_random_u64(mc_random *r) {
  const uint64_t low = mc_random_u32(r);
  return low | (uint64_t)mc_random_u32(r) << 32;
}

uint64_t mc_random_below(mc_random *r, uint64_t n) {
  const uint64_t rejected = (UINT64_MAX % n + 1) % n; /* 2^64 mod n values would favour small results */
  uint64_t x;
  do
    x = mc_random_u64(r);
  while (x > UINT64_MAX - rejected);
  return x % n;
}

double mc_random_unit(mc_random *r) {
  const uint64_t k = mc_random_u64(r) >> 12;
  return (double)(2 * k + 1) * 0x1p-53;
}
