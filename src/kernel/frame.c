/* Encoding a call's arrays, and seeing what a kernel did to them. */
#include "frame.h"

#include <string.h>

#define CANARY 0xa5
#define UNWRITTEN 0xff /* all bits one: a NaN in every format, and none that arithmetic makes */

enum { PAGE = 4096, ALIGNMENT = 64 };

static bool is_output(size_t slot) {
  return slot == MC_SLOT_RESULT || slot == MC_SLOT_WEIGHTS_AFTER || slot == MC_SLOT_BUFFER_AFTER;
}

const char *mc_kernel_slot_name(mc_slot slot) {
  static const char *const names[MC_SLOTS] = {
      [MC_SLOT_GRADIENT] = "its input G",
      [MC_SLOT_WEIGHTS] = "its input weights",
      [MC_SLOT_BUFFER] = "its input buffer",
      [MC_SLOT_RESULT] = "its output X",
      [MC_SLOT_WEIGHTS_AFTER] = "its output weights_after",
      [MC_SLOT_BUFFER_AFTER] = "its output buffer_after",
      [MC_SLOT_SCHEDULE] = "the schedule",
  };
  return slot < MC_SLOTS ? names[slot] : "an array";
}

/* ---- Layout ---- */

static const double *values_of(const mc_kernel_call *call, size_t slot) {
  const mc_kernel_step *s = call->step;
  switch (slot) {
  case MC_SLOT_GRADIENT:
    return call->g;
  case MC_SLOT_WEIGHTS:
    return s ? s->weights : NULL;
  case MC_SLOT_BUFFER:
    return s ? s->buffer : NULL;
  default:
    return NULL;
  }
}

static double *results_of(const mc_kernel_call *call, size_t slot) {
  const mc_kernel_step *s = call->step;
  switch (slot) {
  case MC_SLOT_RESULT:
    return s ? NULL : call->x;
  case MC_SLOT_WEIGHTS_AFTER:
    return s ? s->weights_after : NULL;
  case MC_SLOT_BUFFER_AFTER:
    return s ? s->buffer_after : NULL;
  default:
    return NULL;
  }
}

static size_t bytes_of(const mc_kernel_frame *f, size_t slot) {
  const mc_kernel_call *c = f->call;
  if (slot == MC_SLOT_SCHEDULE)
    return c->model->schedule.count * sizeof(muoncert_coefficients);
  if (!values_of(c, slot) && !results_of(c, slot))
    return 0;
  size_t elements = (c->count - 1) * f->batch_stride + (c->m - 1) * f->row_stride + c->n;
  return elements * mc_dtype_size(c->model->storage);
}

/* The array ends less than ALIGNMENT bytes before its last page does. */
static void place(mc_kernel_frame *f, size_t slot) {
  mc_region *r = &f->regions[slot];
  r->bytes = bytes_of(f, slot);
  if (r->bytes == 0)
    return;
  r->from = f->length;
  r->length = (r->bytes + PAGE - 1) / PAGE * PAGE;
  r->start = r->from + (r->length - r->bytes) / ALIGNMENT * ALIGNMENT;
  f->length += r->length;
}

static double nearest_double(const fmpq_t q) {
  arb_t ball;
  arb_init(ball);
  arb_set_fmpq(ball, q, 128);
  double nearest = arf_get_d(arb_midref(ball), ARF_RND_NEAR);
  arb_clear(ball);
  return nearest;
}

static mc_status read_schedule(mc_kernel_frame *f, mc_error *e) {
  const mc_schedule *s = &f->call->model->schedule;
  f->schedule = mc_alloc(s->count + 1, sizeof *f->schedule);
  if (!f->schedule)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t k = 0; k < s->count; k++) {
    double c[3] = {0};
    if (s->steps[k].terms > 3)
      return mc_fail(e, MC_BAD_INPUT, "step %zu of the schedule has %ld coefficients; kernels take at most 3", k + 1,
                     (long)s->steps[k].terms);
    for (slong j = 0; j < s->steps[k].terms; j++)
      c[j] = nearest_double(&s->steps[k].c[j]);
    f->schedule[k] = (muoncert_coefficients){c[0], c[1], c[2]};
  }
  return MC_OK;
}

mc_status mc_kernel_frame_init(mc_kernel_frame *f, const mc_kernel_call *call, mc_error *e) {
  *f = (mc_kernel_frame){.call = call};
  f->padding = call->padding;
  f->row_stride = call->n + call->padding;
  f->batch_stride = call->m * f->row_stride + call->padding;
  mc_status s = read_schedule(f, e);
  for (size_t slot = 0; slot < MC_SLOTS && s == MC_OK; slot++)
    place(f, slot);
  return s;
}

void mc_kernel_frame_clear(mc_kernel_frame *f) {
  mc_free(f->schedule);
  mc_free(f->before);
  *f = (mc_kernel_frame){0};
}

/* ---- Elements ---- */

void mc_kernel_element_put(unsigned char *at, mc_dtype d, double value) {
  uint64_t bits = mc_dtype_encode(d, value);
  for (size_t i = 0; i < mc_dtype_size(d); i++)
    at[i] = (unsigned char)(bits >> 8 * i);
}

double mc_kernel_element_get(const unsigned char *at, mc_dtype d) {
  uint64_t bits = 0;
  for (size_t i = 0; i < mc_dtype_size(d); i++)
    bits |= (uint64_t)at[i] << 8 * i;
  return mc_dtype_decode(d, bits);
}

static bool is_filled(const unsigned char *at, size_t bytes, unsigned char with) {
  for (size_t i = 0; i < bytes; i++)
    if (at[i] != with)
      return false;
  return true;
}

/* Where entry j of row i of matrix k lies. */
static unsigned char *entry_of(const mc_kernel_frame *f, size_t slot, size_t k, size_t i, size_t j) {
  size_t element = k * f->batch_stride + i * f->row_stride + j;
  return f->memory + f->regions[slot].start + element * mc_dtype_size(f->call->model->storage);
}

/* ---- Before the call ---- */

static void fill_array(const mc_kernel_frame *f, size_t slot) {
  const mc_kernel_call *c = f->call;
  const double *values = values_of(c, slot);
  size_t size = mc_dtype_size(c->model->storage);
  for (size_t k = 0; k < c->count; k++)
    for (size_t i = 0; i < c->m; i++)
      for (size_t j = 0; j < c->n; j++) {
        unsigned char *at = entry_of(f, slot, k, i, j);
        if (values)
          mc_kernel_element_put(at, c->model->storage, values[(k * c->m + i) * c->n + j]);
        else
          memset(at, UNWRITTEN, size);
      }
}

mc_status mc_kernel_frame_fill(mc_kernel_frame *f, unsigned char *memory, mc_error *e) {
  f->memory = memory;
  memset(memory, CANARY, f->length);
  for (size_t slot = 0; slot < MC_SLOT_SCHEDULE; slot++)
    if (f->regions[slot].length > 0)
      fill_array(f, slot);
  memcpy(memory + f->regions[MC_SLOT_SCHEDULE].start, f->schedule, f->regions[MC_SLOT_SCHEDULE].bytes);
  mc_free(f->before);
  f->before = mc_alloc(f->length, 1);
  if (!f->before)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  memcpy(f->before, memory, f->length);
  return MC_OK;
}

void mc_kernel_frame_describe(muoncert_orthogonalise *o, muoncert_step *s, const mc_kernel_frame *f) {
  static const uint32_t dtypes[] = {[MC_DTYPE_FLOAT16] = MUONCERT_FLOAT16,
                                    [MC_DTYPE_BFLOAT16] = MUONCERT_BFLOAT16,
                                    [MC_DTYPE_FLOAT32] = MUONCERT_FLOAT32,
                                    [MC_DTYPE_FLOAT64] = MUONCERT_FLOAT64};
  static const uint32_t norms[] = {[MC_NORM_NONE] = MUONCERT_NORM_NONE,
                                   [MC_NORM_FROBENIUS_ADD] = MUONCERT_NORM_ADD,
                                   [MC_NORM_FROBENIUS_CLAMP] = MUONCERT_NORM_CLAMP};
  const mc_kernel_call *c = f->call;
  const mc_normalisation *norm = &c->model->normalisation;
  muoncert_problem problem = {.dtype = dtypes[c->model->storage],
                              .normalisation = norms[norm->kind],
                              .count = c->count,
                              .m = c->m,
                              .n = c->n,
                              .steps = c->model->schedule.count,
                              .eps = nearest_double(norm->eps),
                              .safety = nearest_double(norm->safety)};
  muoncert_input input = {.row_stride = f->row_stride, .batch_stride = f->batch_stride};
  muoncert_output output = {.row_stride = f->row_stride, .batch_stride = f->batch_stride};
  *o = (muoncert_orthogonalise){.problem = problem, .g = input, .x = output};
  *s = (muoncert_step){.problem = problem,
                       .weights = input,
                       .buffer = input,
                       .gradient = input,
                       .weights_after = output,
                       .buffer_after = output};
  if (c->step) {
    s->learning_rate = c->step->learning_rate;
    s->momentum = c->step->momentum;
    s->weight_decay = c->step->weight_decay;
    s->momentum_weight = c->step->sum ? MUONCERT_MOMENTUM_SUM : MUONCERT_MOMENTUM_AVERAGE;
    s->nesterov = c->step->nesterov;
    s->scaling = c->step->scaling;
  }
}

/* ---- After the call ---- */

/* Bytes of a region outside its array, before and behind. */
static mc_status check_surroundings(const mc_kernel_frame *f, size_t slot, mc_error *e) {
  const mc_region *r = &f->regions[slot];
  const unsigned char *region = f->memory + r->from, *behind = f->memory + r->start + r->bytes;
  if (!is_filled(region, r->start - r->from, CANARY))
    return mc_fail(e, MC_CRASHED, "wrote before the beginning of %s", mc_kernel_slot_name((mc_slot)slot));
  if (!is_filled(behind, r->from + r->length - r->start - r->bytes, CANARY))
    return mc_fail(e, MC_CRASHED, "wrote behind the end of %s", mc_kernel_slot_name((mc_slot)slot));
  return MC_OK;
}

/* Padding behind row i of matrix k, and behind the matrix where i is its last row; none behind the very last. */
static size_t padding_behind(const mc_kernel_frame *f, size_t k, size_t i) {
  const mc_kernel_call *c = f->call;
  bool last_row = i == c->m - 1;
  if (last_row && k == c->count - 1)
    return 0;
  return last_row ? f->batch_stride - (c->m - 1) * f->row_stride - c->n : f->padding;
}

static void take_array(mc_kernel_conduct *conduct, const mc_kernel_frame *f, size_t slot) {
  const mc_kernel_call *c = f->call;
  double *results = results_of(c, slot);
  size_t size = mc_dtype_size(c->model->storage);
  for (size_t k = 0; k < c->count; k++)
    for (size_t i = 0; i < c->m; i++) {
      for (size_t j = 0; j < c->n; j++) {
        const unsigned char *at = entry_of(f, slot, k, i, j);
        results[(k * c->m + i) * c->n + j] = mc_kernel_element_get(at, c->model->storage);
        conduct->unwritten += is_filled(at, size, UNWRITTEN);
      }
      const unsigned char *behind = entry_of(f, slot, k, i, c->n);
      for (size_t j = 0; j < padding_behind(f, k, i); j++)
        conduct->strayed += !is_filled(behind + j * size, size, CANARY);
    }
}

mc_status mc_kernel_frame_take(mc_kernel_conduct *conduct, const mc_kernel_frame *f, mc_error *e) {
  *conduct = (mc_kernel_conduct){0};
  for (size_t slot = 0; slot < MC_SLOTS; slot++) {
    const mc_region *r = &f->regions[slot];
    if (r->length == 0)
      continue;
    mc_status s = check_surroundings(f, slot, e);
    if (s != MC_OK)
      return s;
    if (is_output(slot))
      take_array(conduct, f, slot);
    else
      conduct->input_changed =
          conduct->input_changed || memcmp(f->memory + r->from, f->before + r->from, r->length) != 0;
  }
  return MC_OK;
}
