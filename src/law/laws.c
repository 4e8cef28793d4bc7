/* The laws.  docs/laws.md says of each why it is one. */
#include "bench.h"

const char *mc_law_verdict_name(mc_law_verdict verdict) {
  static const char *const words[] = {"holds", "violated", "undecided", "absent"};
  return words[verdict];
}

static const struct {
  mc_law law;
  mc_law_judge_function *judge;
} laws[] = {
    {{"odd", "X(-G) = -X(G)", "intel/torch-xpu-ops 4408", false}, mc_law_judge_odd},
    {{"scale", "X(2^k G) = X(G) where eps is negligible", "NVIDIA-NeMo/Emerging-Optimizers 229", false},
     mc_law_judge_scale},
    {{"transpose", "X(G^T) = X(G)^T", "pytorch_optimizer 371", false}, mc_law_judge_transpose},
    {{"permutation", "X(P G Q) = P X(G) Q for permutations P and Q", "deepspeedai/DeepSpeed 8384", false},
     mc_law_judge_permutation},
    {{"rotation", "X(H G K) = H X(G) K for orthogonal H and K", "deepspeedai/DeepSpeed 8437", false},
     mc_law_judge_rotation},
    {{"zero", "X(0) = 0", "microsoft/dion 24", false}, mc_law_judge_zero},
    {{"rank_one", "X(g e_i e_j^T) is a multiple of e_i e_j^T, the right one", "Xilinx/mlir-air 1427", false},
     mc_law_judge_rank_one},
    {{"denormal", "subnormal numbers give the image or 0", "deepspeedai/DeepSpeed 8533", false}, mc_law_judge_denormal},
    {{"huge", "X(2^k G) = X(G) near the end of the range", "deepspeedai/DeepSpeed 8533", false}, mc_law_judge_huge},
    {{"nan", "a NaN in G shows in X", "marin 6301", false}, mc_law_judge_nan},
    {{"infinity", "an infinity in G shows in X", "deepspeedai/DeepSpeed 8432", false}, mc_law_judge_infinity},
    {{"input_untouched", "the input is as it was", "pytorch 194664", false}, mc_law_judge_untouched},
    {{"output_written", "every entry of the output is written", "microsoft/onnxruntime 31155", false},
     mc_law_judge_written},
    {{"deterministic", "the same input gives the same output", "NVIDIA/TransformerEngine 2986", false},
     mc_law_judge_deterministic},
    {{"batch", "a batch gives what its slices give", "microsoft/dion 102", false}, mc_law_judge_batch},
    {{"momentum", "buffer and direction follow the convention", "KellerJordan/Muon 52", true}, mc_law_judge_momentum},
    {{"update_scaling", "the update is -lr s(m, n) NS(direction)", "huggingface/pytorch-image-models 2791", true},
     mc_law_judge_scaling},
    {{"weight_decay", "weights decay by lr decay, apart from the update", "tinygrad 17709", true}, mc_law_judge_decay},
};
enum { LAWS = sizeof laws / sizeof laws[0] };

const mc_law *mc_law_get(size_t i) {
  return i < LAWS ? &laws[i].law : NULL;
}

mc_status mc_law_judge(mc_law_finding *f, size_t i, mc_law_suite *suite, const mc_law_output *outputs, mc_error *e) {
  mc_error why = {0};
  mc_law_bench b = {f, suite, outputs, &why};
  *f = (mc_law_finding){.verdict = MC_LAW_ABSENT};
  mc_status status = laws[i].judge(&b);
  if (status == MC_UNDECIDED) {
    mc_law_decide(&b, MC_LAW_UNDECIDED, "%.200s", why.text);
    return MC_OK;
  }
  if (status != MC_OK && e)
    *e = why;
  return status;
}
