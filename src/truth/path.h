/* Which arithmetic certifies.  The two share no arithmetic: tests hold them against each other.  Private to this
 * module. */
#ifndef MUONCERT_TRUTH_PATH_H
#define MUONCERT_TRUTH_PATH_H

#include "truth.h"

typedef enum {
  MC_PATH_ANY,    /* plain doubles where they are sharp enough, digits where they do, else balls */
  MC_PATH_DIGITS, /* digits or MC_UNDECIDED */
  MC_PATH_BALLS   /* Arb alone */
} mc_path;

/* Can products in plain doubles be checked?  That wants some size. */
static inline bool mc_path_has_size(size_t m, size_t n) {
  return m >= 32 && n >= 32;
}

/* Are plain doubles worth a try?  Their radii are about 2^-37 for 64 rows and grow from there. */
static inline bool mc_path_tries_plain(mc_path path, size_t m, size_t n, slong bits) {
  return path == MC_PATH_ANY && bits <= 32 && mc_path_has_size(m, n);
}

/* As the functions of truth.h, by this path. */
mc_status mc_polar_certify_by(mc_truth_polar *p, const double *a, size_t m, size_t n, slong bits, mc_path path,
                              mc_error *e);
mc_status mc_sv_enclose_by(arb_ptr sigma, const double *a, size_t m, size_t n, slong bits, mc_path path, mc_error *e);
mc_status mc_ns_enclose_by(mc_enclosure *y, const double *a, size_t m, size_t n, const mc_schedule *schedule,
                           const mc_normalisation *norm, slong bits, mc_path path, mc_error *e);

#endif
