/* The inputs of the laws.
 *
 * Entries are small integers times a power of two, so that sums of four of them, halves of these, and the momentum of
 * two of them are exact in every format: a law then relates outputs, and no input is off by a rounding. */
#include <math.h>
#include <string.h>

#include "../matgen/matgen.h"
#include "suite.h"

enum { ROWS = 16, COLUMNS = 24, SQUARE = 32, LARGEST = 15, STEP_LARGEST = 6, STEP_SHORT = 8, STEP_LONG = 32 };

static const struct {
  const char *name, *states;
} names[MC_INPUTS] = {
    [MC_INPUT_BASE] = {"base", "G: integers from -15 to 15 times a power of two"},
    [MC_INPUT_NEGATED] = {"negated", "-G"},
    [MC_INPUT_LARGER] = {"larger", "8 G"},
    [MC_INPUT_SMALLER] = {"smaller", "G / 8"},
    [MC_INPUT_TRANSPOSED] = {"transposed", "G^T"},
    [MC_INPUT_PERMUTED] = {"permuted", "rows and columns of G in another order"},
    [MC_INPUT_ROTATED] = {"rotated", "H G K with orthogonal H and K of entries 0, 1/2 and -1/2"},
    [MC_INPUT_ILL_CONDITIONED] = {"ill_conditioned", "singular values from 1 down to 1/1000"},
    [MC_INPUT_ZERO] = {"zero", "0"},
    [MC_INPUT_RANK_ONE] = {"rank_one", "one entry, all others 0"},
    [MC_INPUT_DENORMAL] = {"denormal", "integers times the smallest number of the format"},
    [MC_INPUT_HUGE] = {"huge", "G times the largest power of two at which no correct kernel overflows"},
    [MC_INPUT_NAN] = {"nan", "G with one NaN"},
    [MC_INPUT_INFINITE] = {"infinite", "G with one infinity"},
    [MC_INPUT_BATCH] = {"batch", "G, slice_1 and slice_2 as one batch"},
    [MC_INPUT_SLICE_1] = {"slice_1", "another G"},
    [MC_INPUT_SLICE_2] = {"slice_2", "another G"},
    [MC_INPUT_AGAIN] = {"again", "G once more, after all others"},
    [MC_INPUT_STEP_TALL] = {"step_tall", "a step with Nesterov's direction from zero weights"},
    [MC_INPUT_STEP_WIDE] = {"step_wide", "a step without Nesterov's direction from zero weights"},
    [MC_INPUT_STEP_DECAY] = {"step_decay", "a step with weight decay, no gradient and no momentum"},
};

/* ---- Room ---- */

static double *make(mc_law_suite *s, mc_law_input_name i, size_t count, size_t m, size_t n, size_t arrays) {
  double *room = mc_alloc(arrays * count * m * n, sizeof *room);
  s->rooms[i] = room;
  s->inputs[i] = (mc_law_input){
      .name = names[i].name, .states = names[i].states, .finite = true, .count = count, .m = m, .n = n, .g = room};
  return room;
}

static void draw_integers(double *g, size_t size, unsigned largest, double unit, mc_random *r) {
  for (size_t i = 0; i < size; i++)
    g[i] = unit * ((double)mc_random_below(r, 2 * largest + 1) - (double)largest);
}

static mc_random stream(const mc_law_suite *s, mc_law_input_name i) {
  mc_random r;
  mc_random_init(&r, s->options.seed, mc_random_stream_of("laws"), (uint32_t)i);
  return r;
}

/* ---- Scales ---- */

static double nearest_double(const fmpq_t q) {
  arb_t ball;
  arb_init(ball);
  arb_set_fmpq(ball, q, 64);
  double nearest = arf_get_d(arb_midref(ball), ARF_RND_NEAR);
  arb_clear(ball);
  return nearest;
}

/* The least power of two, at least 1, at which adding eps to the norm of `smaller` changes nothing: with an
 * accumulator of p bits eps is below a quarter of the norm's last place. */
static double base_unit(const mc_kernel_model *model, const double *integers) {
  double sum = 0, eps = nearest_double(model->normalisation.eps);
  int p = mc_kernel_precision(mc_kernel_accumulator(model->storage)), exponent = 0;
  for (size_t i = 0; i < ROWS * COLUMNS; i++)
    sum += integers[i] * integers[i];
  while (ldexp(eps, p + 3) >= ldexp(sqrt(sum), exponent - MC_LAW_SHIFT) * nearest_double(model->normalisation.safety))
    exponent++;
  return ldexp(1, exponent);
}

/* The largest power of two times which the base input overflows nowhere: its norm must fit into the storage format,
 * its square into the accumulator, with two bits to spare for the safety factor and for sums of rounded terms. */
static double huge_factor(const mc_kernel_model *model, const double *base) {
  static const int largest[] = {
      [MC_DTYPE_FLOAT16] = 15, [MC_DTYPE_BFLOAT16] = 127, [MC_DTYPE_FLOAT32] = 127, [MC_DTYPE_FLOAT64] = 1023};
  int stored = largest[model->storage], square = largest[mc_kernel_accumulator(model->storage)] / 2, exponent;
  double sum = 0;
  for (size_t i = 0; i < ROWS * COLUMNS; i++)
    sum += base[i] * base[i];
  (void)frexp(sqrt(sum), &exponent);
  return ldexp(1, (stored < square ? stored : square) - 2 - exponent);
}

/* ---- Transformations ---- */

void mc_law_permute(size_t *k, size_t *l, size_t i, size_t j, size_t m, size_t n) {
  *k = m - 1 - i;
  *l = (j + n / 3) % n;
}

/* Four entries, `stride` apart, times a Hadamard matrix over 2. */
static void rotate_four(double *x, size_t stride) {
  static const double signs[4][4] = {{1, 1, 1, 1}, {1, -1, 1, -1}, {1, 1, -1, -1}, {1, -1, -1, 1}};
  double y[4] = {0};
  for (size_t i = 0; i < 4; i++)
    for (size_t k = 0; k < 4; k++)
      y[i] += signs[i][k] * x[k * stride] / 2;
  for (size_t i = 0; i < 4; i++)
    x[i * stride] = y[i];
}

void mc_law_rotate(double *y, const double *x, size_t m, size_t n) {
  memcpy(y, x, m * n * sizeof *y);
  for (size_t i = 0; i < m / 4; i++)
    for (size_t j = 0; j < n; j++)
      rotate_four(y + i * n + j, m / 4 * n);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n / 4; j++)
      rotate_four(y + i * n + j, n / 4);
}

/* ---- Matrices ---- */

static bool add_multiple(mc_law_suite *s, mc_law_input_name i, double factor) {
  double *g = make(s, i, 1, ROWS, COLUMNS, 1);
  for (size_t k = 0; k < ROWS * COLUMNS && g; k++)
    g[k] = factor * s->inputs[MC_INPUT_BASE].g[k];
  return g;
}

static bool add_rearranged(mc_law_suite *s) {
  const double *base = s->inputs[MC_INPUT_BASE].g;
  double *transposed = make(s, MC_INPUT_TRANSPOSED, 1, COLUMNS, ROWS, 1);
  double *permuted = make(s, MC_INPUT_PERMUTED, 1, ROWS, COLUMNS, 1);
  double *rotated = make(s, MC_INPUT_ROTATED, 1, ROWS, COLUMNS, 1);
  if (!transposed || !permuted || !rotated)
    return false;
  for (size_t i = 0; i < ROWS; i++)
    for (size_t j = 0; j < COLUMNS; j++) {
      size_t k, l;
      mc_law_permute(&k, &l, i, j, ROWS, COLUMNS);
      transposed[j * ROWS + i] = base[i * COLUMNS + j];
      permuted[i * COLUMNS + j] = base[k * COLUMNS + l];
    }
  mc_law_rotate(rotated, base, ROWS, COLUMNS);
  s->inputs[MC_INPUT_TRANSPOSED].padding = 1;
  s->inputs[MC_INPUT_TRANSPOSED].audited = s->inputs[MC_INPUT_ROTATED].audited = true;
  return true;
}

static bool add_special(mc_law_suite *s, double unit) {
  double *zero = make(s, MC_INPUT_ZERO, 1, ROWS, COLUMNS, 1);
  double *rank_one = make(s, MC_INPUT_RANK_ONE, 1, ROWS, COLUMNS, 1);
  bool made = zero && rank_one && add_multiple(s, MC_INPUT_DENORMAL, 1 / unit) && add_multiple(s, MC_INPUT_NAN, 1) &&
              add_multiple(s, MC_INPUT_INFINITE, 1) &&
              add_multiple(s, MC_INPUT_HUGE, huge_factor(s->model, s->inputs[MC_INPUT_BASE].g));
  if (!made)
    return false;
  rank_one[COLUMNS + 2] = 64 * unit;
  for (size_t i = 0; i < ROWS * COLUMNS; i++)
    s->rooms[MC_INPUT_DENORMAL][i] =
        ldexp(s->rooms[MC_INPUT_DENORMAL][i], mc_kernel_smallest_exponent(s->model->storage));
  s->rooms[MC_INPUT_NAN][COLUMNS + 2] = NAN;
  s->rooms[MC_INPUT_INFINITE][COLUMNS + 2] = INFINITY;
  s->inputs[MC_INPUT_NAN].finite = s->inputs[MC_INPUT_INFINITE].finite = false;
  return true;
}

static bool add_batch(mc_law_suite *s, double unit) {
  const mc_law_input_name slices[] = {MC_INPUT_BASE, MC_INPUT_SLICE_1, MC_INPUT_SLICE_2};
  size_t size = ROWS * COLUMNS;
  double *batch = make(s, MC_INPUT_BATCH, 3, ROWS, COLUMNS, 1);
  for (size_t k = 1; k < 3 && batch; k++) {
    mc_random r = stream(s, slices[k]);
    double *slice = make(s, slices[k], 1, ROWS, COLUMNS, 1);
    if (!slice)
      return false;
    draw_integers(slice, size, LARGEST, unit, &r);
    s->inputs[slices[k]].audited = true;
  }
  for (size_t k = 0; k < 3 && batch; k++)
    memcpy(batch + k * size, s->inputs[slices[k]].g, size * sizeof *batch);
  s->inputs[MC_INPUT_BATCH].padding = 3;
  return batch;
}

static mc_status add_ill_conditioned(mc_law_suite *s, double unit, mc_error *e) {
  mc_random r = stream(s, MC_INPUT_ILL_CONDITIONED);
  mc_matgen_family family;
  double *g = make(s, MC_INPUT_ILL_CONDITIONED, 1, SQUARE, SQUARE, 1);
  mc_status status =
      g ? mc_matgen_family_parse(&family, "log_uniform(1e-3)", e) : mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (status == MC_OK)
    status = mc_matgen_matrix(g, SQUARE, SQUARE, &family, &r, e);
  for (size_t k = 0; k < SQUARE * SQUARE && status == MC_OK; k++)
    g[k] = mc_dtype_round(s->model->storage, unit * g[k]);
  s->inputs[MC_INPUT_ILL_CONDITIONED].audited = true;
  return status;
}

/* ---- Steps ---- */

void mc_law_momentum(double *direction, double *buffer_after, const mc_law_input *input,
                     const mc_law_conventions *conventions) {
  double weight = conventions->sum ? 1 : 1 - input->momentum;
  for (size_t i = 0; i < input->m * input->n; i++) {
    buffer_after[i] = input->momentum * input->buffer[i] + weight * input->g[i];
    direction[i] = input->nesterov ? input->momentum * buffer_after[i] + weight * input->g[i] : buffer_after[i];
  }
}

/* Momentum 3/4 of integers up to 6 needs four bits behind the point and never more than 8 in all. */
static bool add_step(mc_law_suite *s, mc_law_input_name i, size_t m, size_t n) {
  mc_random r = stream(s, i);
  size_t size = m * n;
  double *room = make(s, i, 1, m, n, 3);
  mc_law_input *input = &s->inputs[i];
  if (!room)
    return false;
  input->is_step = true;
  input->weights = room + size;
  input->buffer = room + 2 * size;
  input->momentum = 0.75;
  input->learning_rate = 1;
  if (i == MC_INPUT_STEP_DECAY) {
    input->learning_rate = input->weight_decay = 0.5;
    draw_integers(room + size, size, STEP_LARGEST, 1, &r);
  } else {
    draw_integers(room, size, STEP_LARGEST, 1, &r);
    draw_integers(room + 2 * size, size, STEP_LARGEST, 1, &r);
  }
  input->nesterov = i == MC_INPUT_STEP_TALL;
  return true;
}

/* ---- The suite ---- */

static mc_status fill(mc_law_suite *s, mc_error *e) {
  mc_random r = stream(s, MC_INPUT_BASE);
  double *base = make(s, MC_INPUT_BASE, 1, ROWS, COLUMNS, 1);
  if (!base)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  draw_integers(base, ROWS * COLUMNS, LARGEST, 1, &r);
  double unit = base_unit(s->model, base);
  for (size_t i = 0; i < ROWS * COLUMNS; i++)
    base[i] *= unit;
  s->inputs[MC_INPUT_BASE].audited = true;
  bool made = add_multiple(s, MC_INPUT_NEGATED, -1) && add_multiple(s, MC_INPUT_LARGER, 1 << MC_LAW_SHIFT) &&
              add_multiple(s, MC_INPUT_SMALLER, 1.0 / (1 << MC_LAW_SHIFT)) && add_multiple(s, MC_INPUT_AGAIN, 1) &&
              add_rearranged(s) && add_special(s, unit) && add_batch(s, unit) &&
              add_step(s, MC_INPUT_STEP_TALL, STEP_LONG, STEP_SHORT) &&
              add_step(s, MC_INPUT_STEP_WIDE, STEP_SHORT, STEP_LONG) &&
              add_step(s, MC_INPUT_STEP_DECAY, STEP_SHORT, STEP_LONG);
  return made ? add_ill_conditioned(s, unit, e) : mc_fail(e, MC_NO_MEMORY, "out of memory");
}

mc_status mc_law_suite_new(mc_law_suite **suite, const mc_kernel_model *model, const mc_law_conventions *conventions,
                           const mc_audit_options *options, mc_error *e) {
  mc_law_suite *s = mc_alloc(1, sizeof *s);
  *suite = NULL;
  if (!s)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  s->model = model;
  s->conventions = *conventions;
  s->options = *options;
  mc_status status = fill(s, e);
  if (status == MC_OK)
    *suite = s;
  else
    mc_law_suite_free(s);
  return status;
}

void mc_law_suite_free(mc_law_suite *suite) {
  for (size_t i = 0; suite && i < MC_INPUTS; i++) {
    mc_free(suite->rooms[i]);
    mc_audit_reference_free(suite->references[i]);
  }
  mc_free(suite);
}

size_t mc_law_suite_count(const mc_law_suite *suite) {
  (void)suite;
  return MC_INPUTS;
}

const mc_law_input *mc_law_suite_input(const mc_law_suite *suite, size_t i) {
  return &suite->inputs[i];
}

/* Of a step: of its direction. */
static mc_status find_reference(mc_law_suite *s, size_t i, mc_error *e) {
  const mc_law_input *input = &s->inputs[i];
  size_t size = input->m * input->n;
  double *direction = mc_alloc(2 * size, sizeof *direction);
  if (!direction)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (input->is_step)
    mc_law_momentum(direction, direction + size, input, &s->conventions);
  mc_status status = mc_audit_reference_new(&s->references[i], input->is_step ? direction : input->g, input->m,
                                            input->n, s->model, &s->options, e);
  mc_free(direction);
  return status;
}

const mc_audit_reference *mc_law_suite_reference(mc_law_suite *s, size_t i, mc_error *e) {
  mc_error why = {0};
  if (!s->references[i] && find_reference(s, i, &why) != MC_OK && e)
    *e = why;
  return s->references[i];
}
