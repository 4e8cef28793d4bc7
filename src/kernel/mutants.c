/* Planted bugs: in what is computed (the model), in how (a fault of the emulator), in what happens to the output. */
#include "emulate.h"

#include <math.h>
#include <string.h>

/* ---- Another model ---- */

static mc_status steps_by(mc_kernel_model *model, double change, mc_error *e) {
  double count = (double)model->schedule.count + change;
  if (count >= 1)
    return mc_schedule_resize(&model->schedule, (size_t)count, e);
  mc_schedule_clear(&model->schedule);
  return MC_OK;
}

static mc_status no_steps(mc_kernel_model *model, double unused, mc_error *e) {
  (void)unused;
  (void)e;
  mc_schedule_clear(&model->schedule);
  return MC_OK;
}

/* Coefficient `term` of every step times factor / 4775, which makes -4.7750 into -4.7570 for 4757. */
static void scale_coefficient(mc_kernel_model *model, slong term, slong factor) {
  fmpq_t q;
  fmpq_init(q);
  fmpq_set_si(q, factor, 4775);
  for (size_t k = 0; k < model->schedule.count; k++)
    if (term < model->schedule.steps[k].terms)
      fmpq_mul(&model->schedule.steps[k].c[term], &model->schedule.steps[k].c[term], q);
  fmpq_clear(q);
}

static mc_status scale_a(mc_kernel_model *model, double factor, mc_error *e) {
  (void)e;
  scale_coefficient(model, 0, (slong)lround(4775 * factor));
  return MC_OK;
}

static mc_status scale_b(mc_kernel_model *model, double factor, mc_error *e) {
  (void)e;
  scale_coefficient(model, 1, (slong)lround(4775 * factor));
  return MC_OK;
}

static mc_status scale_c(mc_kernel_model *model, double factor, mc_error *e) {
  (void)e;
  scale_coefficient(model, 2, (slong)lround(4775 * factor));
  return MC_OK;
}

static mc_status eps_of(mc_kernel_model *model, double eps, mc_error *e) {
  (void)e;
  mc_ball_fmpq_set_double(model->normalisation.eps, eps);
  return MC_OK;
}

static mc_status divisor_times(mc_kernel_model *model, double factor, mc_error *e) {
  fmpq_t q;
  (void)e;
  fmpq_init(q);
  mc_ball_fmpq_set_double(q, factor);
  fmpq_mul(model->normalisation.safety, model->normalisation.safety, q);
  fmpq_clear(q);
  return MC_OK;
}

static mc_status no_divisor(mc_kernel_model *model, double unused, mc_error *e) {
  (void)unused;
  (void)e;
  model->normalisation.kind = MC_NORM_NONE;
  return MC_OK;
}

/* ---- Another output ---- */

typedef struct {
  const double *g;
  size_t m, n;
} shape;

static void scale_output(double *x, const shape *s, double factor) {
  for (size_t i = 0; i < s->m * s->n; i++)
    x[i] *= factor;
}

/* The update's scale where the orthogonalised matrix was asked for. */
static void scale_by_aspect(double *x, const shape *s, double unused) {
  (void)unused;
  scale_output(x, s, sqrt(fmax(1, (double)s->m / (double)s->n)));
}

static void scale_by_size(double *x, const shape *s, double factor) {
  scale_output(x, s, factor * sqrt(fmax((double)s->m, (double)s->n)));
}

static void scale_last_row(double *x, const shape *s, double factor) {
  for (size_t j = 0; j < s->n; j++)
    x[(s->m - 1) * s->n + j] *= factor;
}

static void scale_last_column(double *x, const shape *s, double factor) {
  for (size_t i = 0; i < s->m; i++)
    x[i * s->n + s->n - 1] *= factor;
}

/* The last side by side entries. */
static void scale_tile(double *x, const shape *s, size_t side, double factor) {
  for (size_t i = s->m - (s->m < side ? s->m : side); i < s->m; i++)
    for (size_t j = s->n - (s->n < side ? s->n : side); j < s->n; j++)
      x[i * s->n + j] *= factor;
}

static void scale_tile_of_16(double *x, const shape *s, double factor) {
  scale_tile(x, s, 16, factor);
}

static void scale_tile_of_8(double *x, const shape *s, double factor) {
  scale_tile(x, s, 8, factor);
}

static void swap_rows(double *x, const shape *s, double unused) {
  (void)unused;
  for (size_t j = 0; j < s->n && s->m > 1; j++) {
    double kept = x[j];
    x[j] = x[s->n + j];
    x[s->n + j] = kept;
  }
}

/* Every row comes out one place too low: a wrong batch or row offset. */
static void rotate_rows(double *x, const shape *s, double unused) {
  (void)unused;
  for (size_t i = s->m - 1; i > 0; i--)
    for (size_t j = 0; j < s->n; j++) {
      double kept = x[i * s->n + j];
      x[i * s->n + j] = x[(i - 1) * s->n + j];
      x[(i - 1) * s->n + j] = kept;
    }
}

/* The buffer holds X^T: what happens when a kernel transposes and does not transpose back. */
static void leave_transposed(double *x, const shape *s, double unused) {
  double *copy = mc_alloc(s->m * s->n, sizeof *copy);
  (void)unused;
  if (!copy) {
    x[0] = NAN; /* never a better output than the mutant's own */
    return;
  }
  memcpy(copy, x, s->m * s->n * sizeof *x);
  for (size_t i = 0; i < s->m; i++)
    for (size_t j = 0; j < s->n; j++)
      x[j * s->m + i] = copy[i * s->n + j];
  mc_free(copy);
}

/* The second half of the output buffer still holds the input. */
static void leave_half_stale(double *x, const shape *s, double unused) {
  (void)unused;
  for (size_t i = s->m * s->n / 2; i < s->m * s->n; i++)
    x[i] = s->g[i];
}

static void return_input(double *x, const shape *s, double unused) {
  (void)unused;
  memcpy(x, s->g, s->m * s->n * sizeof *x);
}

static void divide_by_norm(double *x, const shape *s, double unused) {
  double sum = 0;
  (void)unused;
  for (size_t i = 0; i < s->m * s->n; i++)
    sum += x[i] * x[i];
  scale_output(x, s, 1 / sqrt(sum));
}

/* Three significant bits, as an 8-bit float has. */
static void round_to_three_bits(double *x, const shape *s, double unused) {
  (void)unused;
  for (size_t i = 0; i < s->m * s->n; i++) {
    int exponent;
    double fraction = frexp(x[i], &exponent);
    x[i] = ldexp(rint(fraction * 8) / 8, exponent);
  }
}

/* ---- The list ---- */

typedef struct {
  mc_kernel_mutant mutant;
  mc_status (*change)(mc_kernel_model *model, double number, mc_error *e);
  mc_kernel_fault fault;
  void (*spoil)(double *x, const shape *s, double number);
  double number;
} planted;

static const planted list[] = {
    {{"one-step-fewer", "mutation"}, steps_by, MC_FAULT_NONE, NULL, -1},
    {{"two-steps-fewer", "mutation"}, steps_by, MC_FAULT_NONE, NULL, -2},
    {{"one-step-more", "mutation"}, steps_by, MC_FAULT_NONE, NULL, 1},
    {{"no-steps", "deepspeedai/DeepSpeed 8441"}, no_steps, MC_FAULT_NONE, NULL, 0},
    {{"a-plus-1-percent", "NVIDIA-NeMo/Emerging-Optimizers 73"}, scale_a, MC_FAULT_NONE, NULL, 1.01},
    {{"b-minus-1-percent", "NVIDIA-NeMo/Emerging-Optimizers 73"}, scale_b, MC_FAULT_NONE, NULL, 0.99},
    {{"c-plus-1-percent", "NVIDIA-NeMo/Emerging-Optimizers 73"}, scale_c, MC_FAULT_NONE, NULL, 1.01},
    {{"b-digits-swapped", "mutation: -4.7750 as -4.7570"}, scale_b, MC_FAULT_NONE, NULL, 4757.0 / 4775},
    {{"c-left-out", "mutation"}, scale_c, MC_FAULT_NONE, NULL, 0},
    {{"b-of-wrong-sign", "mutation"}, scale_b, MC_FAULT_NONE, NULL, -1},
    {{"eps-1e-2", "NVIDIA-NeMo/Emerging-Optimizers 229"}, eps_of, MC_FAULT_NONE, NULL, 1e-2},
    {{"divisor-times-1.3", "mutation"}, divisor_times, MC_FAULT_NONE, NULL, 1.3},
    {{"divisor-times-0.9", "marin 6301"}, divisor_times, MC_FAULT_NONE, NULL, 0.9},
    {{"not-normalised", "NVIDIA-NeMo/Emerging-Optimizers 229"}, no_divisor, MC_FAULT_NONE, NULL, 0},
    {{"lost-slice-of-sum", "mutation"}, NULL, MC_FAULT_LOST_SLICE, NULL, 0},
    {{"other-gram-matrix", "mutation: wrong side"}, NULL, MC_FAULT_OTHER_GRAM, NULL, 0},
    {{"gram-tile-not-mirrored", "mutation"}, NULL, MC_FAULT_LOST_TILE, NULL, 0},
    {{"gram-four-bits-fewer", "mutation: A in bf16"}, NULL, MC_FAULT_NARROW_GRAM, NULL, 0},
    {{"sums-in-narrow-format", "mutation: A*A in fp16"}, NULL, MC_FAULT_NARROW_SUMS, NULL, 0},
    {{"divided-by-largest-entry", "marin 6301"}, NULL, MC_FAULT_LARGEST_ENTRY, NULL, 0},
    {{"half-before-normalising", "deepspeedai/DeepSpeed 8533"}, NULL, MC_FAULT_HALF_INPUT, NULL, 0},
    {{"output-times-0.9", "mutation"}, NULL, MC_FAULT_NONE, scale_output, 0.9},
    {{"output-times-0.6", "mutation"}, NULL, MC_FAULT_NONE, scale_output, 0.6},
    {{"output-times-1.25", "mutation"}, NULL, MC_FAULT_NONE, scale_output, 1.25},
    {{"output-negated", "the aol schedule near sigma = 1"}, NULL, MC_FAULT_NONE, scale_output, -1},
    {{"zeros", "ScalingIntelligence/KernelBench 165"}, NULL, MC_FAULT_NONE, scale_output, 0},
    {{"scaled-by-aspect", "google-deepmind/optax 1249"}, NULL, MC_FAULT_NONE, scale_by_aspect, 0},
    {{"scaled-by-size", "MoonshotAI/Moonlight 31"}, NULL, MC_FAULT_NONE, scale_by_size, 0.2},
    {{"divided-by-norm", "marin 6301"}, NULL, MC_FAULT_NONE, divide_by_norm, 0},
    {{"last-row-lost", "mutation"}, NULL, MC_FAULT_NONE, scale_last_row, 0},
    {{"last-row-negated", "mutation"}, NULL, MC_FAULT_NONE, scale_last_row, -1},
    {{"last-column-lost", "mutation"}, NULL, MC_FAULT_NONE, scale_last_column, 0},
    {{"two-rows-swapped", "mutation"}, NULL, MC_FAULT_NONE, swap_rows, 0},
    {{"rows-off-by-one", "microsoft/dion 102"}, NULL, MC_FAULT_NONE, rotate_rows, 0},
    {{"tile-not-written", "mutation"}, NULL, MC_FAULT_NONE, scale_tile_of_16, 0},
    {{"tile-halved", "mutation"}, NULL, MC_FAULT_NONE, scale_tile_of_8, 0.5},
    {{"left-transposed", "pytorch_optimizer 371"}, NULL, MC_FAULT_NONE, leave_transposed, 0},
    {{"half-not-written", "Xilinx/mlir-air 1427"}, NULL, MC_FAULT_NONE, leave_half_stale, 0},
    {{"input-returned", "deepspeedai/DeepSpeed 8441"}, NULL, MC_FAULT_NONE, return_input, 0},
    {{"output-of-three-bits", "microsoft/onnxruntime 31155"}, NULL, MC_FAULT_NONE, round_to_three_bits, 0},
};

size_t mc_kernel_mutant_count(void) {
  return sizeof list / sizeof list[0];
}

const mc_kernel_mutant *mc_kernel_mutant_get(size_t i) {
  return &list[i].mutant;
}

static mc_status copy_model(mc_kernel_model *copy, const mc_kernel_model *model, mc_error *e) {
  copy->storage = model->storage;
  copy->rounding = model->rounding;
  copy->tf32 = model->tf32;
  copy->truncate = model->truncate;
  copy->flush = model->flush;
  copy->normalisation.kind = model->normalisation.kind;
  fmpq_set(copy->normalisation.eps, model->normalisation.eps);
  fmpq_set(copy->normalisation.safety, model->normalisation.safety);
  return mc_schedule_set(&copy->schedule, &model->schedule, e);
}

mc_status mc_kernel_mutant_run(double *x, size_t i, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                               mc_random *draw, mc_error *e) {
  const planted *p = &list[i];
  mc_kernel_model changed;
  mc_kernel_model_init(&changed);
  mc_status s = copy_model(&changed, model, e);
  if (s == MC_OK && p->change)
    s = p->change(&changed, p->number, e);
  if (s == MC_OK)
    s = mc_kernel_emulate_faulty(x, &changed, g, m, n, draw, p->fault, e);
  if (s == MC_OK && p->spoil)
    p->spoil(x, &(shape){g, m, n}, p->number);
  mc_kernel_model_clear(&changed);
  return s;
}
