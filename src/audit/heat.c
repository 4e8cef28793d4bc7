/* Where the error lies. */
#include <math.h>

#include "reference.h"

void mc_audit_heat_approx(mc_audit_heat *heat, const mc_audit_reference *reference, const double *x) {
  size_t m = reference->m, n = reference->n;
  *heat = (mc_audit_heat){.height = (m + MC_AUDIT_HEAT - 1) / MC_AUDIT_HEAT,
                          .width = (n + MC_AUDIT_HEAT - 1) / MC_AUDIT_HEAT};
  heat->rows = (m + heat->height - 1) / heat->height;
  heat->columns = (n + heat->width - 1) / heat->width;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double error = x[i * n + j] - reference->image.high[i * n + j];
      heat->value[i / heat->height * heat->columns + j / heat->width] += error * error;
    }
  for (size_t b = 0; b < heat->rows * heat->columns; b++) {
    size_t top = b / heat->columns * heat->height, left = b % heat->columns * heat->width;
    size_t h = m - top < heat->height ? m - top : heat->height, w = n - left < heat->width ? n - left : heat->width;
    heat->value[b] = sqrt(heat->value[b] / (double)(h * w));
  }
}
