/* How products of digits are computed: chosen once, by what the processor has and shows. */
#include "ball.h"

#include <stdatomic.h>
#include <string.h>

#include "limbs.h"

enum { UNKNOWN = -1 };

static atomic_int selected = UNKNOWN;

const char *mc_digits_backend_name(mc_digits_backend backend) {
  static const char *const names[] = {"dgemm", "limbs", "avx512-ifma"};
  return names[backend];
}

/* Numbers of 52 bits, all ones first. */
static void fill(uint64_t *x, size_t count, mc_random *r) {
  for (size_t i = 0; i < count; i++)
    x[i] = (i < MC_LIMB_COLUMNS ? UINT64_MAX : mc_random_u64(r)) >> 12;
}

/* Does the processor multiply as plain C does? */
static bool ifma_agrees(void) {
  enum { TILE = MC_LIMB_ROWS * MC_LIMB_COLUMNS };
  const size_t count = 64;
  uint64_t a[64 * MC_LIMB_ROWS], b[64 * MC_LIMB_COLUMNS], lo[2][TILE] = {{0}}, hi[2][TILE] = {{0}};
  mc_random r;
  mc_random_init(&r, 0, mc_random_stream_of("ifma"), 0);
  fill(a, count * MC_LIMB_ROWS, &r);
  fill(b, count * MC_LIMB_COLUMNS, &r);
  mc_limb_multiply_plain(lo[0], hi[0], a, b, count);
  mc_limb_multiply_ifma(lo[1], hi[1], a, b, count);
  return memcmp(lo[0], lo[1], sizeof lo[0]) == 0 && memcmp(hi[0], hi[1], sizeof hi[0]) == 0;
}

bool mc_digits_backend_runs(mc_digits_backend backend) {
  return backend != MC_DIGITS_IFMA || (mc_limb_has_ifma() && ifma_agrees());
}

bool mc_digits_backend_select(mc_digits_backend backend) {
  bool runs = mc_digits_backend_runs(backend);
  if (runs)
    atomic_store(&selected, (int)backend);
  return runs;
}

mc_digits_backend mc_digits_backend_selected(void) {
  int backend = atomic_load(&selected);
  if (backend == UNKNOWN) {
    backend = mc_digits_backend_runs(MC_DIGITS_IFMA) ? MC_DIGITS_IFMA : MC_DIGITS_DGEMM;
    atomic_store(&selected, backend);
  }
  return (mc_digits_backend)backend;
}
