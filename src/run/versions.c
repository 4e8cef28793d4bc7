/* What a run was made with: verdicts are theorems given that these libraries are correct. */
#include "run.h"

#include <cblas.h>
#include <flint/flint.h>
#include <jansson.h>
#include <mpfr.h>
#include <string.h>

/* "0.3.21 for Zen", of "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …": the processor chooses its kernels. */
static json_t *blas(void) {
  const char *words = openblas_get_config(), *number = words + strcspn(words, " ");
  number += strspn(number, " ");
  return json_sprintf("%.*s for %s", (int)strcspn(number, " "), number, openblas_get_corename());
}

json_t *mc_run_versions(void) {
  return json_pack("{s:s s:s s:s s:o s:s s:s}", "muoncert", mc_run_version(), "FLINT", FLINT_VERSION, "MPFR",
                   mpfr_get_version(), "OpenBLAS", blas(), "Jansson", JANSSON_VERSION, "C compiler", __VERSION__);
}
