/* `muoncert truth`: what is proved about one matrix of a file. */
#include <math.h>
#include <string.h>

#include "../matfile/matfile.h"
#include "audits.h"
#include "truth_answer.h"

enum { POLAR_BITS = 53, SINGULAR_BITS = 46, BOUND_DIGITS = 20 };

/* ---- The question ---- */

static mc_status read_number(fmpq_t q, const char *option, const char *text, mc_error *e) {
  mc_error inner = {0};
  mc_status status = mc_ball_fmpq_set_text(q, text, &inner);
  return status == MC_OK ? MC_OK : mc_fail(e, status, "--%s: %s", option, inner.text);
}

static mc_status read_schedule(mc_schedule *s, const mc_run_truth_request *r, mc_error *e) {
  static const char *const words[] = {"decimal", "float32", "float64", NULL};
  static const mc_coefficients kinds[] = {MC_COEFFICIENTS_DECIMAL, MC_COEFFICIENTS_FLOAT32, MC_COEFFICIENTS_FLOAT64};
  int i = 0;
  mc_status status = mc_schedule_set_name(s, r->schedule, e);
  if (status == MC_OK)
    status = mc_schedule_resize(s, r->steps, e);
  if (status == MC_OK)
    status = mc_run_choose(&i, words, r->coefficients, "kind of coefficients", e);
  if (status == MC_OK)
    mc_schedule_round(s, kinds[i]);
  return status;
}

static mc_status read_norm(mc_normalisation *norm, const mc_run_truth_request *r, mc_error *e) {
  static const char *const words[] = {"add", "clamp", "none", NULL};
  static const mc_norm_kind kinds[] = {MC_NORM_FROBENIUS_ADD, MC_NORM_FROBENIUS_CLAMP, MC_NORM_NONE};
  int i = 0;
  mc_status status = mc_run_choose(&i, words, r->norm, "norm", e);
  if (status == MC_OK)
    norm->kind = kinds[i];
  if (status == MC_OK)
    status = read_number(norm->eps, "eps", r->eps, e);
  if (status == MC_OK)
    status = read_number(norm->safety, "safety", r->safety, e);
  return status;
}

/* Singular values asked for by digits are decided by their enclosure's two ends, which are printed. */
static mc_status read_question(mc_run_truth_question *q, const mc_run_truth_request *r, mc_error *e) {
  static const char *const words[] = {"polar", "sv", "ns", NULL};
  static const mc_run_truth_kind kinds[] = {MC_RUN_POLAR, MC_RUN_SINGULAR_VALUES, MC_RUN_NEWTON_SCHULZ};
  int i = 0;
  mc_status status = mc_run_choose(&i, words, r->what, "question", e);
  if (status != MC_OK)
    return status;
  q->kind = kinds[i];
  q->bits = r->bits ? (slong)r->bits : q->kind == MC_RUN_SINGULAR_VALUES ? SINGULAR_BITS : POLAR_BITS;
  q->digits = r->digits;
  const slong for_digits = q->digits > 0 ? (slong)ceil((double)q->digits * 3.33) + 8 : 0;
  q->bits = for_digits > q->bits ? for_digits : q->bits;
  if (q->kind == MC_RUN_NEWTON_SCHULZ)
    status = read_schedule(&q->schedule, r, e);
  if (status == MC_OK && q->kind == MC_RUN_NEWTON_SCHULZ)
    status = read_norm(&q->norm, r, e);
  return status;
}

/* The matrix that the request chooses from the file. */
static mc_status choose_matrix(const double **a, const mc_matfile *f, const mc_run_truth_request *r, mc_error *e) {
  if (f->count > 1 && !r->has_index)
    return mc_fail_at(e, MC_BAD_INPUT, r->file, 0, 0, "the file holds %zu matrices; choose one with --index", f->count);
  if (r->index >= f->count)
    return mc_fail_at(e, MC_BAD_INPUT, r->file, 0, 0, "--index %llu: the file holds %zu matri%s",
                      (unsigned long long)r->index, f->count, f->count == 1 ? "x" : "ces");
  *a = f->values + r->index * f->m * f->n;
  return MC_OK;
}

/* ---- The record ---- */

/* {"lo", "hi"} of a quantity that cannot be negative. */
static json_t *bounds_json(const arb_t x, size_t digits) {
  char *lo, *hi;
  if (mc_ball_bounds_text(&lo, &hi, x, digits, NULL) != MC_OK)
    return NULL;
  json_t *bounds = json_pack("{s:s, s:s}", "lo", *lo == '-' ? "0" : lo, "hi", hi);
  mc_free(lo);
  mc_free(hi);
  return bounds;
}

/* Text from the heap, which is freed. */
static json_t *text_json(char *text) {
  json_t *string = text ? json_string(text) : NULL;
  mc_free(text);
  return string;
}

static json_t *upper_json(const arf_t x) {
  return text_json(mc_ball_arf_text(x, 1, 6));
}

/* sigma_max / sigma_min from the ends of both: at least 1 where sigma_max is positive, and no ball, since its upper end
 * may be infinite where the lower one says something. */
static json_t *condition_json(const arb_t sigma_max, const arb_t sigma_min) {
  enum { PREC = 128 };
  arf_t a, b, low, high;
  arf_init(a);
  arf_init(b);
  arf_init(low);
  arf_init(high);
  arb_get_interval_arf(a, b, sigma_max, PREC);
  arb_get_interval_arf(low, high, sigma_min, PREC);
  if (arf_sgn(low) > 0 && arf_is_finite(b))
    arf_div(b, b, low, PREC, ARF_RND_CEIL);
  else
    arf_pos_inf(b);
  if (arf_sgn(a) <= 0)
    arf_zero(a);
  else if (arf_is_zero(high))
    arf_pos_inf(a);
  else
    arf_div(a, a, high, PREC, ARF_RND_FLOOR);
  if (arf_sgn(a) > 0 && arf_cmp_si(a, 1) < 0)
    arf_one(a);
  json_t *bounds = json_pack("{s:o, s:o}", "lo", text_json(mc_ball_arf_text(a, -1, BOUND_DIGITS)), "hi",
                             text_json(mc_ball_arf_text(b, 1, BOUND_DIGITS)));
  arf_clear(a);
  arf_clear(b);
  arf_clear(low);
  arf_clear(high);
  return bounds;
}

static json_t *mag_json(const mag_t x) {
  arf_t t;
  arf_init(t);
  arf_set_mag(t, x);
  json_t *text = upper_json(t);
  arf_clear(t);
  return text;
}

static json_t *double_json(double x) {
  arf_t t;
  arf_init(t);
  arf_set_d(t, x);
  json_t *text = upper_json(t);
  arf_clear(t);
  return text;
}

/* Digits that make the rounding of the texts smaller than the radius asked for. */
static size_t value_digits(const mc_run_truth_question *q) {
  return q->digits > 0 ? q->digits : (size_t)ceil((double)q->bits * 0.30103) + 3;
}

/* Takes `element` over.  false: it, or the room for it, is missing. */
static bool append(json_t *array, json_t *element) {
  return json_array_append_new(array, element) == 0;
}

static json_t *matrix_json(const mc_enclosure *x, size_t digits) {
  json_t *rows = json_array();
  bool good = rows != NULL;
  for (slong i = 0; i < arb_mat_nrows(x->value) && good; i++) {
    json_t *row = json_array();
    good = append(rows, row);
    for (slong j = 0; j < arb_mat_ncols(x->value) && good; j++)
      good = append(row, text_json(mc_enclosure_entry_text(x, (size_t)i, (size_t)j, digits)));
  }
  if (good)
    return rows;
  json_decref(rows);
  return NULL;
}

static json_t *singular_values_json(const mc_run_truth_answer *a, size_t digits) {
  json_t *values = json_array();
  bool good = values != NULL;
  for (size_t i = 0; i < a->small && good; i++)
    good = append(values, bounds_json(&a->sigma[i], digits));
  if (good)
    return values;
  json_decref(values);
  return NULL;
}

/* Takes `value` over.  false: it, or the room for it, is missing. */
static bool set(json_t *object, const char *key, json_t *value) {
  return json_object_set_new(object, key, value) == 0;
}

/* The radius is that of the values in the document, or of the enclosure where they are left out. */
static bool describe_matrix(json_t *d, const mc_enclosure *x, const mc_run_truth_question *q, bool with_values) {
  const size_t digits = value_digits(q);
  mag_t radius;
  mag_init(radius);
  mag_set(radius, x->radius);
  if (with_values)
    mc_enclosure_text_radius(radius, x, digits);
  bool good = set(d, "radius", mag_json(radius)) && (!with_values || set(d, "values", matrix_json(x, digits)));
  mag_clear(radius);
  return good;
}

static bool describe(json_t *d, const mc_run_truth_answer *a, const mc_run_truth_question *q, bool with_values) {
  static const char *const shortfall = "less sharp than asked: the computed vectors of clustered or vanishing singular "
                                       "values could not be refined further";
  bool good = a->certified || set(d, "reason", json_string(a->reason));
  good = good && set(d, "sigma_min", bounds_json(a->sigma_min, BOUND_DIGITS));
  good = good && set(d, "sigma_max", bounds_json(a->sigma_max, BOUND_DIGITS));
  good = good && set(d, "condition", condition_json(a->sigma_max, a->sigma_min));
  if (q->kind != MC_RUN_SINGULAR_VALUES)
    return good && (!a->certified || describe_matrix(d, &a->matrix, q, with_values));
  good = good && set(d, "positive", json_integer((json_int_t)a->positive)) &&
         set(d, "different", json_integer((json_int_t)a->different)) &&
         set(d, "values", singular_values_json(a, value_digits(q)));
  return good && (!a->falls_short || set(d, "shortfall", json_string(shortfall)));
}

/* What was asked of the image: every word of it changes the answer. */
static bool describe_iteration(json_t *d, const mc_run_truth_question *q, const mc_run_truth_request *r) {
  return set(d, "schedule", json_string(r->schedule)) && set(d, "steps", json_integer((json_int_t)q->schedule.count)) &&
         set(d, "coefficients", json_string(r->coefficients)) && set(d, "norm", json_string(r->norm)) &&
         set(d, "eps", json_string(r->eps)) && set(d, "safety", json_string(r->safety));
}

static json_t *document_of(const mc_run_truth_answer *a, const mc_run_truth_question *q, const mc_run_truth_request *r,
                           mc_error *e) {
  json_t *d = json_pack("{s:s, s:s, s:I, s:I, s:b, s:I, s:s}", "what", r->what, "file", r->file, "m", (json_int_t)a->m,
                        "n", (json_int_t)a->n, "certified", (int)a->certified, "bits", (json_int_t)q->bits, "products",
                        mc_digits_backend_name(mc_digits_backend_selected()));
  bool good = d && (q->kind != MC_RUN_NEWTON_SCHULZ || describe_iteration(d, q, r));
  if (good && describe(d, a, q, r->values || q->digits > 0))
    return d;
  json_decref(d);
  mc_fail(e, MC_NO_MEMORY, "no memory for the values of %zu by %zu entries", a->m, a->n);
  return NULL;
}

/* ---- The command ---- */

/* *nearest := the matrix in doubles, and its radius into the document. */
static mc_status round_matrix(double **nearest, json_t *d, const mc_run_truth_answer *a, mc_error *e) {
  double radius;
  *nearest = mc_alloc(a->m * a->n, sizeof **nearest);
  if (*nearest == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for %zu by %zu values", a->m, a->n);
  mc_enclosure_get_double(*nearest, &radius, &a->matrix);
  return set(d, "output_radius", double_json(radius)) ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
}

static json_t *answer(double **nearest, const double *a, size_t m, size_t n, const mc_run_truth_question *q,
                      const mc_run_truth_request *r, mc_error *e) {
  mc_run_truth_answer found;
  json_t *d = NULL;
  mc_run_truth_answer_init(&found, m, n);
  mc_status status = mc_run_truth_answer_set(&found, a, q, e);
  if (status == MC_OK && (d = document_of(&found, q, r, e)) == NULL)
    status = e->status;
  if (status == MC_OK && nearest && found.certified && q->kind != MC_RUN_SINGULAR_VALUES)
    status = round_matrix(nearest, d, &found, e);
  mc_run_truth_answer_clear(&found);
  if (status == MC_OK)
    return d;
  json_decref(d);
  return NULL;
}

static mc_run_truth_request with_defaults(const mc_run_truth_request *given) {
  mc_run_truth_request r = *given;
  r.schedule = r.schedule ? r.schedule : "jordan";
  r.norm = r.norm ? r.norm : "add";
  r.eps = r.eps ? r.eps : "1e-7";
  r.safety = r.safety ? r.safety : "1";
  r.coefficients = r.coefficients ? r.coefficients : "decimal";
  return r;
}

json_t *mc_run_truth(double **nearest, const mc_run_truth_request *given, mc_error *e) {
  const mc_run_truth_request r = with_defaults(given);
  const double started = mc_clock_seconds();
  mc_run_truth_question q = {0};
  mc_matfile f;
  const double *a = NULL;
  json_t *d = NULL;
  if (nearest)
    *nearest = NULL;
  mc_schedule_init(&q.schedule);
  mc_normalisation_init(&q.norm, MC_NORM_NONE);
  if (read_question(&q, &r, e) == MC_OK &&
      mc_matfile_read(&f, r.file, r.bfloat16 ? MC_MATFILE_VOID2_IS_BFLOAT16 : MC_MATFILE_PLAIN, e) == MC_OK) {
    if (choose_matrix(&a, &f, &r, e) == MC_OK)
      d = answer(nearest, a, f.m, f.n, &q, &r, e);
    mc_matfile_clear(&f);
  }
  mc_schedule_clear(&q.schedule);
  mc_normalisation_clear(&q.norm);
  if (d) {
    const bool certified = json_is_true(json_object_get(d, "certified"));
    mc_run_stamp(d, "truth", certified ? MC_EXIT_EXPECTED : MC_EXIT_UNDECIDED, mc_clock_seconds() - started);
  } else if (nearest) {
    mc_free(*nearest);
    *nearest = NULL;
  }
  return d;
}
