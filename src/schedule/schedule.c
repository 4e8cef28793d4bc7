/* Schedules: memory, text form, length, rounding of coefficients. */
#include "private.h"

#include <ctype.h>
#include <string.h>

void mc_schedule_init(mc_schedule *s) {
  *s = (mc_schedule){0};
}

static void step_clear(mc_schedule_step *step) {
  for (slong j = 0; j < step->terms; j++)
    fmpq_clear(&step->c[j]);
  mc_free(step->c);
}

void mc_schedule_clear(mc_schedule *s) {
  for (size_t k = 0; k < s->count; k++)
    step_clear(&s->steps[k]);
  mc_free(s->steps);
  mc_schedule_init(s);
}

static mc_status no_memory(mc_error *e) {
  return mc_fail(e, MC_NO_MEMORY, "no memory for a schedule");
}

/* Append a step of zero coefficients. */
mc_status mc_schedule_append(mc_schedule *s, slong terms, mc_error *e) {
  mc_schedule_step *steps = mc_realloc(s->steps, s->count + 1, sizeof *steps);
  if (steps == NULL)
    return no_memory(e);
  s->steps = steps;
  fmpq *c = mc_alloc((size_t)terms, sizeof *c);
  if (c == NULL)
    return no_memory(e);
  for (slong j = 0; j < terms; j++)
    fmpq_init(&c[j]);
  steps[s->count++] = (mc_schedule_step){terms, c};
  return MC_OK;
}

enum { MAX_NUMBER = 512 };

/* The coefficient text[from, to) into the next term of the last step. */
static mc_status set_coefficient(fmpq *c, const char *text, size_t from, size_t to, mc_error *e) {
  char number[MAX_NUMBER];
  if (to - from >= sizeof number)
    return mc_fail_at(e, MC_BAD_INPUT, NULL, 0, 0, "schedule, column %zu: the number is too long", from + 1);
  memcpy(number, text + from, to - from);
  number[to - from] = '\0';
  mc_error inner;
  mc_error_clear(&inner);
  if (mc_ball_fmpq_set_text(c, number, &inner) == MC_OK)
    return MC_OK;
  return mc_fail(e, MC_BAD_INPUT, "schedule, column %zu: %s", from + 1, inner.text);
}

/* One step, text[from, to): coefficients between commas. */
static mc_status append_text_step(mc_schedule *s, const char *text, size_t from, size_t to, mc_error *e) {
  slong terms = 1;
  for (size_t i = from; i < to; i++)
    terms += text[i] == ',';
  mc_status status = mc_schedule_append(s, terms, e);
  for (slong j = 0; j < terms && status == MC_OK; j++) {
    size_t end = from;
    while (end < to && text[end] != ',')
      end++;
    status = set_coefficient(&s->steps[s->count - 1].c[j], text, from, end, e);
    from = end + 1;
  }
  return status;
}

mc_status mc_schedule_set_text(mc_schedule *s, const char *text, mc_error *e) {
  mc_status status = MC_OK;
  size_t length = strlen(text), from = 0;
  mc_schedule_clear(s);
  while (status == MC_OK && from <= length) {
    size_t end = from;
    while (end < length && text[end] != ';')
      end++;
    status = append_text_step(s, text, from, end, e);
    from = end + 1;
  }
  if (status != MC_OK)
    mc_schedule_clear(s);
  s->rows = s->count;
  return status;
}

static mc_status append_copy(mc_schedule *s, const mc_schedule_step *step, mc_error *e) {
  mc_status status = mc_schedule_append(s, step->terms, e);
  for (slong j = 0; j < step->terms && status == MC_OK; j++)
    fmpq_set(&s->steps[s->count - 1].c[j], &step->c[j]);
  return status;
}

mc_status mc_schedule_set(mc_schedule *s, const mc_schedule *source, mc_error *e) {
  mc_status status = MC_OK;
  mc_schedule_clear(s);
  for (size_t k = 0; k < source->count && status == MC_OK; k++)
    status = append_copy(s, &source->steps[k], e);
  s->rows = source->rows;
  s->beyond = source->beyond;
  return status;
}

mc_status mc_schedule_resize(mc_schedule *s, size_t count, mc_error *e) {
  mc_status status = MC_OK;
  if (count == 0 || s->count == 0)
    return MC_OK;
  while (s->count > count)
    step_clear(&s->steps[--s->count]);
  s->rows = s->rows < count ? s->rows : count;
  while (s->count < count && status == MC_OK) {
    mc_schedule_step next = s->steps[s->beyond == MC_BEYOND_CYCLE ? s->count % s->rows : s->rows - 1];
    status = append_copy(s, &next, e);
  }
  return status;
}

void mc_schedule_divide_input(mc_schedule *s, size_t count, const fmpq_t factor) {
  fmpq_t power, square;
  fmpq_init(power);
  fmpq_init(square);
  fmpq_mul(square, factor, factor);
  for (size_t k = 0; k < s->count && k < count; k++) {
    fmpq_set(power, factor);
    for (slong j = 0; j < s->steps[k].terms; j++) {
      fmpq_div(&s->steps[k].c[j], &s->steps[k].c[j], power);
      fmpq_mul(power, power, square);
    }
  }
  fmpq_clear(power);
  fmpq_clear(square);
}

/* q rounded to nearest even in a binary format of `bits` bits and smallest exponent `smallest` (overflow does not
 * occur for coefficients that anybody publishes, and is left unrounded). */
static void round_coefficient(fmpq_t q, slong bits, slong smallest) {
  fmpz_t scaled, remainder, doubled;
  if (fmpq_is_zero(q))
    return;
  fmpz_init(scaled);
  fmpz_init(remainder);
  fmpz_init(doubled);
  /* 2^(unit + bits - 1) <= |q| < 2^(unit + bits) */
  slong unit = (slong)fmpz_bits(fmpq_numref(q)) - (slong)fmpz_bits(fmpq_denref(q)) - bits;
  fmpq_t t, limit;
  fmpq_init(t);
  fmpq_init(limit);
  fmpz_one(fmpq_numref(limit));
  fmpz_mul_2exp(fmpq_numref(limit), fmpq_numref(limit), (ulong)bits);
  for (;; unit++) {
    fmpq_abs(t, q);
    if (unit >= 0)
      fmpq_div_2exp(t, t, (flint_bitcnt_t)unit);
    else
      fmpq_mul_2exp(t, t, (flint_bitcnt_t)-unit);
    if (unit >= smallest && fmpq_cmp(t, limit) < 0)
      break;
  }
  fmpz_fdiv_qr(scaled, remainder, fmpq_numref(t), fmpq_denref(t));
  fmpz_mul_2exp(doubled, remainder, 1);
  int order = fmpz_cmp(doubled, fmpq_denref(t));
  if (order > 0 || (order == 0 && fmpz_is_odd(scaled)))
    fmpz_add_ui(scaled, scaled, 1);
  if (fmpq_sgn(q) < 0)
    fmpz_neg(scaled, scaled);
  fmpq_set_fmpz(q, scaled);
  if (unit >= 0)
    fmpq_mul_2exp(q, q, (flint_bitcnt_t)unit);
  else
    fmpq_div_2exp(q, q, (flint_bitcnt_t)-unit);
  fmpq_clear(t);
  fmpq_clear(limit);
  fmpz_clear(scaled);
  fmpz_clear(remainder);
  fmpz_clear(doubled);
}

/* Significant bits and the exponent of the smallest subnormal. */
static const struct {
  slong bits, smallest;
} formats[] = {[MC_COEFFICIENTS_FLOAT32] = {24, -149},
               [MC_COEFFICIENTS_FLOAT64] = {53, -1074},
               [MC_COEFFICIENTS_BFLOAT16] = {8, -133},
               [MC_COEFFICIENTS_FLOAT16] = {11, -24}};

void mc_schedule_round(mc_schedule *s, mc_coefficients kind) {
  for (size_t k = 0; k < s->count; k++)
    for (slong j = 0; j < s->steps[k].terms; j++)
      mc_schedule_round_coefficient(&s->steps[k].c[j], kind);
}

void mc_schedule_round_coefficient(fmpq_t q, mc_coefficients kind) {
  if (kind != MC_COEFFICIENTS_DECIMAL)
    round_coefficient(q, formats[kind].bits, formats[kind].smallest);
}
