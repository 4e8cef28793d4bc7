/* How published implementations decide that a Newton–Schulz kernel is right.  Each rule is the strictest reading of the
 * test that it names: comparisons with a reference are made with the exact image, which is kinder to a correct kernel
 * than any other reference, and what a test asks of one small input is asked of every input.  docs/peers.md says who has
 * no rule. */
#include "audit.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

/* NumPy's allclose: |x - y| <= atol + rtol |y| everywhere. */
static bool is_close(const double *x, const double *y, size_t count, double atol, double rtol) {
  for (size_t i = 0; i < count; i++)
    if (!(fabs(x[i] - y[i]) <= atol + rtol * fabs(y[i])))
      return false;
  return true;
}

static double largest_difference(const double *x, const double *y, size_t count) {
  double largest = 0;
  for (size_t i = 0; i < count; i++)
    largest = fmax(largest, fabs(x[i] - y[i]));
  return largest;
}

/* Entry (i, j) of the smaller Gram matrix of the output. */
static double gram_entry(const mc_audit_exhibit *s, size_t i, size_t j) {
  double sum = 0;
  for (size_t k = 0; k < (s->m <= s->n ? s->n : s->m); k++)
    sum += s->m <= s->n ? s->output[i * s->n + k] * s->output[j * s->n + k]
                        : s->output[k * s->n + i] * s->output[k * s->n + j];
  return sum;
}

/* ---- Allclose ---- */

static bool is_near_image(const mc_audit_exhibit *s, double atol, double rtol) {
  return is_close(s->output, s->image, s->m * s->n, atol, rtol);
}

static bool is_near_polar(const mc_audit_exhibit *s, double atol, double rtol) {
  return s->polar && is_close(s->output, s->polar, s->m * s->n, atol, rtol);
}

static bool eo_svd(const mc_audit_exhibit *s) {
  return is_near_polar(s, 1e-1, 1e-7);
}

static bool eo_reference(const mc_audit_exhibit *s) {
  return is_near_image(s, 1e-6, 1e-7);
}

static bool eo_custom(const mc_audit_exhibit *s) {
  return is_near_image(s, 0, 1e-6);
}

static bool torch_default(const mc_audit_exhibit *s) {
  return is_near_image(s, 1e-5, 1.3e-6);
}

static bool torch_first_step(const mc_audit_exhibit *s) {
  return is_near_image(s, 2e-4, 1e-4);
}

static bool within_2e_5(const mc_audit_exhibit *s) {
  return is_near_image(s, 2e-5, 0);
}

static bool within_7e_4(const mc_audit_exhibit *s) {
  return is_near_image(s, 7e-4, 0);
}

static bool within_1_per_mille(const mc_audit_exhibit *s) {
  return is_near_image(s, 1e-3, 1e-3);
}

static bool within_1_percent(const mc_audit_exhibit *s) {
  return is_near_image(s, 1e-2, 1e-2);
}

static bool optax_polar(const mc_audit_exhibit *s) {
  return is_near_polar(s, 1e-5, 1e-5);
}

static bool dion_selection(const mc_audit_exhibit *s) {
  return is_close(s->output, s->correct, s->m * s->n, 1.5e-2, 1.5e-2);
}

static double te_tolerance(const mc_audit_exhibit *s) {
  return s->is_narrow ? 5e-2 : 1e-2;
}

static bool te_reference(const mc_audit_exhibit *s) {
  return is_near_image(s, te_tolerance(s), te_tolerance(s));
}

/* ---- Largest and mean differences ---- */

static bool dion_end_to_end(const mc_audit_exhibit *s) {
  return largest_difference(s->output, s->image, s->m * s->n) < 0.02;
}

static bool dion_own(const mc_audit_exhibit *s) {
  return largest_difference(s->output, s->correct, s->m * s->n) < 0.03;
}

static double mean_difference(const double *x, const double *y, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += fabs(x[i] - y[i]);
  return sum / (double)count;
}

static bool dion_products(const mc_audit_exhibit *s) {
  size_t count = s->m * s->n;
  return mean_difference(s->output, s->image, count) <=
             (s->is_narrow ? 1 : 5) * mean_difference(s->correct, s->image, count) &&
         largest_difference(s->output, s->image, count) <=
             (s->is_narrow ? 1 : 15) * largest_difference(s->correct, s->image, count);
}

static bool within_twice_own_error(const mc_audit_exhibit *s) {
  size_t count = s->m * s->n;
  return largest_difference(s->output, s->image, count) <= 2 * largest_difference(s->correct, s->image, count) + 3e-5;
}

/* ---- Orthogonality ---- */

static size_t smaller_side(const mc_audit_exhibit *s) {
  return s->m < s->n ? s->m : s->n;
}

/* |X X^T - I| <= diagonal on the diagonal and <= off beside it. */
static bool is_orthogonal(const mc_audit_exhibit *s, double diagonal, double off) {
  for (size_t i = 0; i < smaller_side(s); i++)
    for (size_t j = 0; j <= i; j++)
      if (!(fabs(gram_entry(s, i, j) - (i == j ? 1 : 0)) <= (i == j ? diagonal : off)))
        return false;
  return true;
}

static bool dion_orthogonality(const mc_audit_exhibit *s) {
  return is_orthogonal(s, 0.15, 0.15);
}

static bool eo_orthogonality(const mc_audit_exhibit *s) {
  return is_orthogonal(s, 1e-5, 1e-5);
}

static bool te_orthogonality(const mc_audit_exhibit *s) {
  return is_orthogonal(s, 2 * te_tolerance(s), te_tolerance(s)); /* atol + rtol |I| */
}

static bool deepmd_orthogonality(const mc_audit_exhibit *s) {
  double off = 0;
  for (size_t i = 0; i < smaller_side(s); i++)
    for (size_t j = 0; j < smaller_side(s); j++) {
      double entry = gram_entry(s, i, j);
      if (i == j && !(fabs(entry - 1) <= 0.5))
        return false;
      off += i == j ? 0 : entry * entry;
    }
  return sqrt(off) < 1.5;
}

/* ||I - X X^T||_1 / (k eps), eps that of single or double precision. */
static bool lapack_ratio(const mc_audit_exhibit *s) {
  size_t k = smaller_side(s);
  double largest = 0;
  for (size_t i = 0; i < k; i++) {
    double sum = 0;
    for (size_t j = 0; j < k; j++)
      sum += fabs(gram_entry(s, i, j) - (i == j ? 1 : 0));
    largest = fmax(largest, sum);
  }
  return largest / ((double)k * s->epsilon) < 35;
}

/* The transpose, which is what LAPACK sees, has the same singular values. */
static bool optax_range(const mc_audit_exhibit *s) {
  size_t count = s->m * s->n, k = smaller_side(s);
  double *copy = mc_alloc(count + k, sizeof *copy), *sigma = copy + count;
  if (!copy)
    return false;
  memcpy(copy, s->output, count * sizeof *copy);
  bool found = LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'N', (lapack_int)s->n, (lapack_int)s->m, copy, (lapack_int)s->n, sigma,
                              NULL, 1, NULL, 1) == 0;
  bool accepted = found && sigma[0] < 2 && sigma[k - 1] > 0.1;
  mc_free(copy);
  return accepted;
}

/* ---- The list ---- */

static bool is_finite(const mc_audit_exhibit *s) {
  for (size_t i = 0; i < s->m * s->n; i++)
    if (!isfinite(s->output[i]))
      return false;
  return true;
}

static bool changes_weights(const mc_audit_exhibit *s) {
  for (size_t i = 0; i < s->m * s->n; i++)
    if (s->output[i] != 0)
      return true;
  return false;
}

#define EO "NVIDIA-NeMo/Emerging-Optimizers tests/test_muon_utils.py: "
#define DION "microsoft/dion "
#define TE "NVIDIA/TransformerEngine run_newton_schulz.py: "
#define OPTAX "google-deepmind/optax contrib/_muon_test.py: "

static const struct {
  mc_audit_peer_rule rule;
  bool (*accepts)(const mc_audit_exhibit *s);
} rules[MC_AUDIT_PEER_RULES] = {
    {{"eo-svd", EO "polar factor, atol 1e-1, rtol 1e-7"}, eo_svd},
    {{"eo-ref", EO "own reference, atol 1e-6, rtol 1e-7"}, eo_reference},
    {{"eo-custom", EO "given coefficients, atol 0, rtol 1e-6"}, eo_custom},
    {{"eo-orth", EO "Polar Express, X X^T within 1e-5 of I"}, eo_orthogonality},
    {{"dion-e2e", DION "tests/test_newton_shulz.py: largest difference below 0.02"}, dion_end_to_end},
    {{"dion-triton",
      DION "tests/test_newton_shulz.py, of products: mean and largest error at most 1 (float32: 5 and 15) times"},
     dion_products},
    {{"dion-pure", DION "tests/test_polar_express.py: own pure version, below 0.03"}, dion_own},
    {{"dion-orth", DION "tests/test_polar_express.py: max |X X^T - I| at most 0.15"}, dion_orthogonality},
    {{"dion-scope", DION "tests/test_dion2_selection_scope.py: atol 1.5e-2, rtol 1.5e-2"}, dion_selection},
    {{"te-ref", TE "reference, atol and rtol 5e-2 (float32: 1e-2)"}, te_reference},
    {{"te-orth", TE "X X^T against I, by the same"}, te_orthogonality},
    {{"kernelbench", "ScalingIntelligence/KernelBench 165: atol 1e-2, rtol 1e-2, as of Emerging-Optimizers' syrk"},
     within_1_percent},
    {{"keras", "keras-team/keras muon_test.py: atol 1e-3, rtol 1e-3 of one 2 by 2 matrix"}, within_1_per_mille},
    {{"torch-default", "pytorch test_optim.py: atol 1e-5, rtol 1.3e-6, as for float32"}, torch_default},
    {{"torch-step", "pytorch 164586: atol 2e-4, rtol 1e-4 at the first step"}, torch_first_step},
    {{"torch-7e-4", "pytorch 191227, intel/torch-xpu-ops 4408: atol 7e-4"}, within_7e_4},
    {{"torch-2e-5", "intel/torch-xpu-ops 3577: atol 2e-5"}, within_2e_5},
    {{"optax-range", OPTAX "singular values between 0.1 and 2, of a square matrix"}, optax_range},
    {{"optax-polar", OPTAX "a schedule that converges, atol 1e-5, rtol 1e-5"}, optax_polar},
    {{"deepmd", "deepmd-kit test_muon.py: diagonal within 0.5, off-diagonal norm below 1.5"}, deepmd_orthogonality},
    {{"lapack", "LAPACK TESTING/EIG/dort01.f: ||I - X X^T||_1 / (k eps) below 35"}, lapack_ratio},
    {{"flash-attn", "flash-attention 1272: error at most twice a correct kernel's plus 3e-5"}, within_twice_own_error},
    {{"changed", "Megatron-LM test_muon_optimizer.py, DeepSpeed test_muon.py: the weights are no longer equal"},
     changes_weights},
};

const mc_audit_peer_rule *mc_audit_peer_rule_get(size_t i) {
  return &rules[i].rule;
}

bool mc_audit_peer_rule_accepts_approx(size_t i, const mc_audit_exhibit *exhibit) {
  return is_finite(exhibit) && rules[i].accepts(exhibit);
}
