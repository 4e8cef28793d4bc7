/* How published implementations decide that a Newton–Schulz kernel is right.  Each rule is the strictest reading of the
 * test that it names: comparisons with a reference are made with the exact image, which is kinder to a correct kernel
 * than any other reference. */
#include "audit.h"

#include <math.h>

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

static bool near_polar(const mc_audit_exhibit *s) {
  return s->polar && is_close(s->output, s->polar, s->m * s->n, 1e-1, 1e-7);
}

static bool near_reference(const mc_audit_exhibit *s) {
  return is_close(s->output, s->image, s->m * s->n, 1e-6, 1e-7);
}

static bool differs_below_0_02(const mc_audit_exhibit *s) {
  return largest_difference(s->output, s->image, s->m * s->n) < 0.02;
}

static bool differs_from_own_below_0_03(const mc_audit_exhibit *s) {
  return largest_difference(s->output, s->correct, s->m * s->n) < 0.03;
}

static bool nearly_orthogonal(const mc_audit_exhibit *s) {
  size_t k = s->m < s->n ? s->m : s->n;
  for (size_t i = 0; i < k; i++)
    for (size_t j = 0; j <= i; j++)
      if (!(fabs(gram_entry(s, i, j) - (i == j ? 1 : 0)) <= 0.15))
        return false;
  return true;
}

static bool within_5_percent(const mc_audit_exhibit *s) {
  return is_close(s->output, s->image, s->m * s->n, 5e-2, 5e-2);
}

static bool within_1_percent(const mc_audit_exhibit *s) {
  return is_close(s->output, s->image, s->m * s->n, 1e-2, 1e-2);
}

static bool within_7e_4(const mc_audit_exhibit *s) {
  return is_close(s->output, s->image, s->m * s->n, 7e-4, 0);
}

static bool diagonal_within_half(const mc_audit_exhibit *s) {
  size_t k = s->m < s->n ? s->m : s->n;
  double off = 0;
  for (size_t i = 0; i < k; i++)
    for (size_t j = 0; j < k; j++) {
      double entry = gram_entry(s, i, j);
      if (i == j && !(fabs(entry - 1) <= 0.5))
        return false;
      off += i == j ? 0 : entry * entry;
    }
  return sqrt(off) < 1.5;
}

static bool within_twice_own_error(const mc_audit_exhibit *s) {
  size_t count = s->m * s->n;
  return largest_difference(s->output, s->image, count) <= 2 * largest_difference(s->correct, s->image, count) + 3e-5;
}

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

static const struct {
  mc_audit_peer_rule rule;
  bool (*accepts)(const mc_audit_exhibit *s);
} rules[MC_AUDIT_PEER_RULES] = {
    {{"eo-svd", "NVIDIA-NeMo/Emerging-Optimizers tests/test_muon_utils.py: polar factor, atol 1e-1, rtol 1e-7"},
     near_polar},
    {{"eo-ref", "the same file: own reference, atol 1e-6, rtol 1e-7"}, near_reference},
    {{"dion-e2e", "microsoft/dion tests/test_newton_shulz.py: largest difference below 0.02"}, differs_below_0_02},
    {{"dion-pure", "microsoft/dion tests/test_polar_express.py: own pure version, below 0.03"},
     differs_from_own_below_0_03},
    {{"dion-orth", "the same file: max |X X^T - I| at most 0.15"}, nearly_orthogonal},
    {{"te-bf16", "NVIDIA/TransformerEngine run_newton_schulz.py: reference, atol 5e-2, rtol 5e-2"}, within_5_percent},
    {{"kernelbench", "ScalingIntelligence/KernelBench 165: allclose, atol 1e-2, rtol 1e-2"}, within_1_percent},
    {{"torch-7e-4", "pytorch 191227, intel/torch-xpu-ops 4408: atol 7e-4"}, within_7e_4},
    {{"deepmd", "deepmd-kit test_muon.py: diagonal within 0.5, off-diagonal norm below 1.5"}, diagonal_within_half},
    {{"flash-attn", "flash-attention 1272: error at most twice a correct kernel's plus 3e-5"}, within_twice_own_error},
    {{"changed", "Megatron-LM test_muon_optimizer.py: the weights are no longer equal"}, changes_weights},
};

const mc_audit_peer_rule *mc_audit_peer_rule_get(size_t i) {
  return &rules[i].rule;
}

bool mc_audit_peer_rule_accepts_approx(size_t i, const mc_audit_exhibit *exhibit) {
  return is_finite(exhibit) && rules[i].accepts(exhibit);
}
