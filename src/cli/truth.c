/* muoncert truth polar|sv|ns: certified values of a matrix in a file. */
#include "cli.h"

#include <argp.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../matfile/matfile.h"
#include "../run/run.h"
#include "../truth/truth.h"

typedef enum { WHAT_NONE, WHAT_POLAR, WHAT_SV, WHAT_NS } what_kind;

static const char *const what_names[] = {[WHAT_POLAR] = "polar", [WHAT_SV] = "sv", [WHAT_NS] = "ns"};

typedef struct {
  what_kind what;
  const char *file, *output, *schedule, *eps, *safety;
  mc_norm_kind norm;
  mc_coefficients coefficients;
  uint64_t bits, digits, steps, index;
  bool has_index, bfloat16, json;
} arguments;

enum {
  OPTION_BITS = 256,
  OPTION_DIGITS,
  OPTION_SCHEDULE,
  OPTION_STEPS,
  OPTION_NORM,
  OPTION_EPS,
  OPTION_SAFETY,
  OPTION_COEFFICIENTS,
  OPTION_OUTPUT,
  OPTION_INDEX,
  OPTION_BFLOAT16,
  OPTION_JSON
};

static const struct argp_option options[] = {
    {"bits", OPTION_BITS, "P", 0,
     "accuracy: radius at most 2^-P (default 53); sv: relative to the largest, default 46, what doubles can prove", 0},
    {"digits", OPTION_DIGITS, "D", 0, "print D correct significant digits of every value, or say why not", 0},
    {"schedule", OPTION_SCHEDULE, "NAME|LIST", 0, "ns: a published schedule, or steps a,b,c;a,b,c (default jordan)", 0},
    {"steps", OPTION_STEPS, "K", 0, "ns: number of steps (past the table by its own rule; default: the table)", 0},
    {"norm", OPTION_NORM, "N", 0,
     "ns: divide by safety*||A||_F + eps (add, default), by max(safety*||A||_F, eps) (clamp), "
     "or not at all (none)",
     0},
    {"eps", OPTION_EPS, "E", 0, "ns: the eps of the norm (default 1e-7)", 0},
    {"safety", OPTION_SAFETY, "S", 0, "ns: the safety factor of the norm (default 1)", 0},
    {"coefficients", OPTION_COEFFICIENTS, "KIND", 0, "ns: decimal (as printed, default), float32 or float64", 0},
    {"output", OPTION_OUTPUT, "U.npy", 0, "polar, ns: write the matrix in double precision", 0},
    {"index", OPTION_INDEX, "I", 0, "which matrix of a three-dimensional file, from 0", 0},
    {"bfloat16", OPTION_BFLOAT16, NULL, 0, "read elements of type V2 as bfloat16", 0},
    {"json", OPTION_JSON, NULL, 0, "print the record", 0},
    {0},
};

/* The index of text in names[0 … count), or the end of the program. */
static int choose(const char *option, const char *text, const char *const *names, int count, struct argp_state *state) {
  for (int i = 0; i < count; i++)
    if (strcmp(text, names[i]) == 0)
      return i;
  argp_error(state, "--%s: '%s' is not known", option, text);
  return 0;
}

static void take_argument(arguments *a, const char *text, struct argp_state *state) {
  static const char *const names[] = {"", "polar", "sv", "ns"};
  if (a->what == WHAT_NONE) {
    for (int i = WHAT_POLAR; i <= WHAT_NS; i++)
      if (strcmp(text, names[i]) == 0)
        a->what = (what_kind)i;
    if (a->what == WHAT_NONE)
      argp_error(state, "'%s' is none of polar, sv, ns", text);
  } else if (a->file == NULL) {
    a->file = text;
  } else {
    argp_error(state, "one file at a time");
  }
}

static error_t parse(int key, char *text, struct argp_state *state) {
  static const char *const norms[] = {"none", "add", "clamp"};
  static const char *const kinds[] = {"decimal", "float32", "float64"};
  arguments *a = state->input;
  switch (key) {
  case OPTION_BITS:
    a->bits = mc_cli_number_of("bits", text, 4096, state);
    if (a->bits == 0)
      argp_error(state, "--bits: at least 1");
    return 0;
  case OPTION_DIGITS:
    a->digits = mc_cli_number_of("digits", text, 1000, state);
    if (a->digits < 2)
      argp_error(state, "--digits: at least 2");
    return 0;
  case OPTION_SCHEDULE:
    a->schedule = text;
    return 0;
  case OPTION_STEPS:
    a->steps = mc_cli_number_of("steps", text, 1000, state);
    if (a->steps == 0)
      argp_error(state, "--steps: at least 1");
    return 0;
  case OPTION_NORM:
    a->norm = (mc_norm_kind)choose("norm", text, norms, 3, state);
    return 0;
  case OPTION_EPS:
    a->eps = text;
    return 0;
  case OPTION_SAFETY:
    a->safety = text;
    return 0;
  case OPTION_COEFFICIENTS:
    a->coefficients = (mc_coefficients)choose("coefficients", text, kinds, 3, state);
    return 0;
  case OPTION_OUTPUT:
    a->output = text;
    return 0;
  case OPTION_INDEX:
    a->index = mc_cli_number_of("index", text, UINT32_MAX, state);
    a->has_index = true;
    return 0;
  case OPTION_BFLOAT16:
    a->bfloat16 = true;
    return 0;
  case OPTION_JSON:
    a->json = true;
    return 0;
  case ARGP_KEY_ARG:
    take_argument(a, text, state);
    return 0;
  case ARGP_KEY_END:
    if (a->file == NULL)
      argp_error(state, "say what to certify, and of which file");
    if (a->what == WHAT_SV && a->output != NULL)
      argp_error(state, "--output is for polar and ns");
    if (a->bits == 0)
      a->bits = a->what == WHAT_SV ? 46 : 53;
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp parser = {
    options,
    parse,
    "polar FILE.npy\nsv FILE.npy\nns FILE.npy",
    "Certified values of a matrix: its polar factor, its singular values, or its exact Newton-Schulz image.\v"
    "Exit status: 0 certified; 2 not certified (rank-deficient, NaN, infinite, too ill-conditioned); 3 bad input.",
    NULL,
    NULL,
    NULL};

/* ---- The answer ---- */

/* What was found about one matrix of m by n. */
typedef struct {
  const double *values;
  size_t m, n, small; /* small: min(m, n) */
  bool certified;
  char reason[512];
  mc_truth_polar polar;  /* sigma_min, sigma_max, condition for polar and sv */
  mc_enclosure image;    /* ns */
  arb_ptr sigma;         /* sv: small enclosures */
  double written_radius; /* of the doubles in --output */
} answer;

static void answer_init(answer *r, const double *values, size_t m, size_t n) {
  *r = (answer){.values = values, .m = m, .n = n, .small = m < n ? m : n};
  mc_truth_polar_init(&r->polar);
  mc_enclosure_init(&r->image);
  r->sigma = _arb_vec_init((slong)r->small);
}

static void answer_clear(answer *r) {
  mc_truth_polar_clear(&r->polar);
  mc_enclosure_clear(&r->image);
  _arb_vec_clear(r->sigma, (slong)r->small);
}

static mc_enclosure *matrix_of(answer *r, what_kind what) {
  return what == WHAT_POLAR ? &r->polar.factor : &r->image;
}

static mc_status read_number(fmpq_t q, const char *option, const char *text, mc_error *e) {
  mc_error inner = {0};
  mc_status status = mc_ball_fmpq_set_text(q, text, &inner);
  return status == MC_OK ? MC_OK : mc_fail(e, status, "--%s: %s", option, inner.text);
}

static mc_status enclose_image(answer *r, const arguments *a, slong bits, mc_error *e) {
  mc_schedule schedule;
  mc_normalisation norm;
  mc_schedule_init(&schedule);
  mc_normalisation_init(&norm, a->norm);
  mc_status status = mc_schedule_set_name(&schedule, a->schedule, e);
  if (status == MC_OK)
    status = mc_schedule_resize(&schedule, a->steps, e);
  if (status == MC_OK)
    status = read_number(norm.eps, "eps", a->eps, e);
  if (status == MC_OK)
    status = read_number(norm.safety, "safety", a->safety, e);
  if (status == MC_OK) {
    mc_schedule_round(&schedule, a->coefficients);
    status = mc_truth_ns_enclose(&r->image, r->values, r->m, r->n, &schedule, &norm, bits, e);
  }
  mc_schedule_clear(&schedule);
  mc_normalisation_clear(&norm);
  return status;
}

static mc_status enclose(answer *r, const arguments *a, slong bits, mc_error *e) {
  if (a->what == WHAT_POLAR)
    return mc_truth_polar_certify(&r->polar, r->values, r->m, r->n, bits, e);
  if (a->what == WHAT_NS)
    return enclose_image(r, a, bits, e);
  return mc_truth_sv_enclose(r->sigma, r->values, r->m, r->n, bits, e);
}

/* The first entry whose digits are not decided; false: none. */
static bool first_undecided(size_t *row, size_t *column, const mc_enclosure *x, size_t digits) {
  for (slong i = 0; i < arb_mat_nrows(x->value); i++)
    for (slong j = 0; j < arb_mat_ncols(x->value); j++)
      if (!mc_enclosure_entry_decided(x, (size_t)i, (size_t)j, digits)) {
        *row = (size_t)i;
        *column = (size_t)j;
        return true;
      }
  return false;
}

enum { MOST_BITS = 4096 };

/* Raise the accuracy until every digit asked for is decided. */
static mc_status enclose_digits(answer *r, const arguments *a, slong bits, mc_error *e) {
  mc_status status = enclose(r, a, bits, e);
  size_t i = 0, j = 0;
  if (a->what == WHAT_SV || a->digits == 0)
    return status;
  while (status == MC_OK && first_undecided(&i, &j, matrix_of(r, a->what), a->digits)) {
    if (2 * bits > MOST_BITS)
      return mc_fail(e, MC_UNDECIDED,
                     "%d digits of entry (%zu, %zu) are not decided with %ld bits: it is zero or halfway between two "
                     "decimals, or nearly",
                     (int)a->digits, i, j, bits);
    bits *= 2;
    status = enclose(r, a, bits, e);
  }
  return status;
}

/* Singular values asked for by digits are decided by their enclosure's two ends, which are printed. */
static slong bits_asked(const arguments *a) {
  slong for_digits = a->digits > 0 ? (slong)ceil((double)a->digits * 3.33) + 8 : 0;
  return for_digits > (slong)a->bits ? for_digits : (slong)a->bits;
}

static mc_status write_output(answer *r, const arguments *a, mc_error *e) {
  mc_matfile f = {.count = 1, .m = r->m, .n = r->n, .dtype = MC_DTYPE_FLOAT64};
  f.values = mc_alloc(r->m * r->n, sizeof *f.values);
  if (f.values == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for %zu by %zu values", r->m, r->n);
  mc_enclosure_get_double(f.values, &r->written_radius, matrix_of(r, a->what));
  mc_status status = mc_matfile_write(&f, a->output, e);
  mc_matfile_clear(&f);
  return status;
}

static mc_status answer_set(answer *r, const arguments *a, mc_error *e) {
  mc_error why = {0};
  mc_status status = enclose_digits(r, a, bits_asked(a), &why);
  if (a->what == WHAT_SV) {
    arb_set(r->polar.sigma_max, &r->sigma[0]);
    arb_set(r->polar.sigma_min, &r->sigma[r->small - 1]);
    arb_div(r->polar.condition, r->polar.sigma_max, r->polar.sigma_min, MAG_BITS + 64);
  }
  r->certified = status == MC_OK;
  if (status == MC_UNDECIDED)
    snprintf(r->reason, sizeof r->reason, "%s", why.text);
  else if (status != MC_OK)
    *e = why;
  if (status == MC_OK && a->output != NULL)
    status = write_output(r, a, e);
  return status == MC_UNDECIDED ? MC_OK : status;
}

/* Is some singular value enclosed less sharply than was asked?  It is proved all the same. */
static bool falls_short(const answer *r, const arguments *a) {
  mag_t allowed;
  bool short_of = false;
  mag_init(allowed);
  arb_get_mag(allowed, &r->sigma[0]);
  mag_mul_2exp_si(allowed, allowed, -bits_asked(a));
  for (size_t i = 0; i < r->small && a->what == WHAT_SV; i++)
    short_of |= mag_cmp(arb_radref(&r->sigma[i]), allowed) > 0;
  mag_clear(allowed);
  return short_of;
}

static const char shortfall[] = "less sharp than asked: the computed vectors of clustered or vanishing singular values "
                                "could not be refined further";

/* ---- The record ---- */

enum { BOUND_DIGITS = 20 };

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

static char *mag_text(const mag_t x) {
  arf_t t;
  arf_init(t);
  arf_set_mag(t, x);
  char *text = mc_ball_arf_text(t, 1, 6);
  arf_clear(t);
  return text;
}

static char *double_text(double x) {
  arf_t t;
  arf_init(t);
  arf_set_d(t, x);
  char *text = mc_ball_arf_text(t, 1, 6);
  arf_clear(t);
  return text;
}

/* Set a member that is text from the heap, and free it. */
static void set_text(json_t *object, const char *key, char *text) {
  json_object_set_new(object, key, json_string(text));
  mc_free(text);
}

/* Digits that make the rounding of the texts smaller than the radius asked for. */
static size_t value_digits(const arguments *a) {
  return a->digits > 0 ? (size_t)a->digits : (size_t)ceil((double)a->bits * 0.30103) + 3;
}

static json_t *matrix_json(const mc_enclosure *x, size_t digits) {
  json_t *rows = json_array();
  for (slong i = 0; i < arb_mat_nrows(x->value); i++) {
    json_t *row = json_array();
    for (slong j = 0; j < arb_mat_ncols(x->value); j++) {
      char *text = mc_enclosure_entry_text(x, (size_t)i, (size_t)j, digits);
      json_array_append_new(row, json_string(text));
      mc_free(text);
    }
    json_array_append_new(rows, row);
  }
  return rows;
}

static void add_matrix(json_t *d, answer *r, const arguments *a) {
  const mc_enclosure *x = matrix_of(r, a->what);
  size_t digits = value_digits(a);
  mag_t radius;
  mag_init(radius);
  mc_enclosure_text_radius(radius, x, digits);
  set_text(d, "radius", mag_text(radius));
  mag_clear(radius);
  json_object_set_new(d, "values", matrix_json(x, digits));
  if (a->output != NULL)
    set_text(d, "output_radius", double_text(r->written_radius));
}

static json_t *answer_json(answer *r, const arguments *a) {
  json_t *d = json_pack("{s:s, s:s, s:I, s:I, s:b, s:I, s:s}", "what", what_names[a->what], "file", a->file, "m",
                        (json_int_t)r->m, "n", (json_int_t)r->n, "certified", (int)r->certified, "bits",
                        (json_int_t)bits_asked(a), "products", mc_digits_backend_name(mc_digits_backend_selected()));
  if (!r->certified)
    json_object_set_new(d, "reason", json_string(r->reason));
  if (a->what != WHAT_NS) {
    json_object_set_new(d, "sigma_min", bounds_json(r->polar.sigma_min, BOUND_DIGITS));
    json_object_set_new(d, "sigma_max", bounds_json(r->polar.sigma_max, BOUND_DIGITS));
    json_object_set_new(d, "condition", bounds_json(r->polar.condition, BOUND_DIGITS));
  }
  if (a->what == WHAT_SV) {
    json_t *values = json_array();
    for (size_t i = 0; i < r->small; i++)
      json_array_append_new(values, bounds_json(&r->sigma[i], value_digits(a)));
    json_object_set_new(d, "values", values);
    if (r->certified && falls_short(r, a))
      json_object_set_new(d, "shortfall", json_string(shortfall));
  } else if (r->certified) {
    add_matrix(d, r, a);
  }
  return d;
}

/* ---- For people ---- */

static void print_bounds(mc_text *t, const char *label, const arb_t x, size_t digits) {
  char *lo, *hi;
  if (mc_ball_bounds_text(&lo, &hi, x, digits, NULL) != MC_OK)
    return;
  mc_text_printf(t, "%s in [%s, %s]\n", label, *lo == '-' ? "0" : lo, hi);
  mc_free(lo);
  mc_free(hi);
}

static void print_matrix(mc_text *t, answer *r, const arguments *a) {
  const mc_enclosure *x = matrix_of(r, a->what);
  char *radius = mag_text(x->radius);
  mc_text_printf(t, "%s enclosed: Frobenius distance from the truth at most %s\n",
                 a->what == WHAT_POLAR ? "polar factor" : "Newton-Schulz image", radius);
  mc_free(radius);
  if (a->output != NULL) {
    radius = double_text(r->written_radius);
    mc_text_printf(t, "%s: written in double precision, distance from the truth at most %s\n", a->output, radius);
    mc_free(radius);
  }
  for (size_t i = 0; a->digits > 0 && i < r->m; i++)
    for (size_t j = 0; j < r->n; j++) {
      char *text = mc_enclosure_entry_text(x, i, j, (size_t)a->digits);
      mc_text_printf(t, "%s%s", text, j + 1 < r->n ? " " : "\n");
      mc_free(text);
    }
}

static int print_answer(answer *r, const arguments *a) {
  mc_text t;
  mc_text_init(&t);
  mc_text_printf(&t, "%s: %zu by %zu, %s\n", a->file, r->m, r->n, r->certified ? "certified" : "not certified");
  if (!r->certified)
    mc_text_printf(&t, "%s\n", r->reason);
  if (a->what != WHAT_NS) {
    print_bounds(&t, "largest singular value", r->polar.sigma_max, BOUND_DIGITS);
    print_bounds(&t, "smallest singular value", r->polar.sigma_min, BOUND_DIGITS);
    print_bounds(&t, "condition number", r->polar.condition, BOUND_DIGITS);
  }
  if (r->certified && falls_short(r, a))
    mc_text_printf(&t, "%s\n", shortfall);
  if (a->what == WHAT_SV)
    for (size_t i = 0; i < r->small; i++) {
      char label[40];
      snprintf(label, sizeof label, "sigma_%zu", i + 1);
      print_bounds(&t, label, &r->sigma[i], value_digits(a));
    }
  else if (r->certified)
    print_matrix(&t, r, a);
  json_t *basis = mc_run_basis("truth", what_names[a->what]);
  mc_run_basis_print(&t, basis);
  mc_text_printf(&t, "\n");
  json_decref(basis);
  int status = mc_cli_print_text(t.data, t.length);
  mc_text_clear(&t);
  return status;
}

static int finish(answer *r, const arguments *a, double started) {
  mc_exit exit_status = r->certified ? MC_EXIT_EXPECTED : MC_EXIT_UNDECIDED;
  int printed;
  if (a->json) {
    json_t *document = answer_json(r, a);
    mc_run_stamp(document, "truth", exit_status, mc_clock_seconds() - started);
    printed = mc_cli_print_json(document);
    json_decref(document);
  } else {
    printed = print_answer(r, a);
  }
  return printed != 0 ? printed : (int)exit_status;
}

/* The matrix that the options choose from the file. */
static mc_status choose_matrix(const double **values, const mc_matfile *f, const arguments *a, mc_error *e) {
  if (f->count > 1 && !a->has_index)
    return mc_fail_at(e, MC_BAD_INPUT, a->file, 0, 0, "the file holds %zu matrices; choose one with --index", f->count);
  if (a->index >= f->count)
    return mc_fail_at(e, MC_BAD_INPUT, a->file, 0, 0, "--index %llu: the file holds %zu matri%s",
                      (unsigned long long)a->index, f->count, f->count == 1 ? "x" : "ces");
  *values = f->values + a->index * f->m * f->n;
  return MC_OK;
}

int mc_cli_truth(int argc, char **argv) {
  arguments a = {.schedule = "jordan", .eps = "1e-7", .safety = "1", .norm = MC_NORM_FROBENIUS_ADD};
  mc_error e = {0};
  mc_matfile f;
  answer r;
  const double *values = NULL;
  double started = mc_clock_seconds();
  if (argp_parse(&parser, argc, argv, 0, NULL, &a) != 0)
    return MC_EXIT_USAGE;
  if (mc_matfile_read(&f, a.file, a.bfloat16 ? MC_MATFILE_VOID2_IS_BFLOAT16 : MC_MATFILE_PLAIN, &e) != MC_OK)
    return mc_cli_fail("truth", &e);
  mc_status status = choose_matrix(&values, &f, &a, &e);
  int exit_status = MC_EXIT_USAGE;
  if (status == MC_OK) {
    answer_init(&r, values, f.m, f.n);
    status = answer_set(&r, &a, &e);
    if (status == MC_OK)
      exit_status = finish(&r, &a, started);
    answer_clear(&r);
  }
  if (status != MC_OK)
    exit_status = mc_cli_fail("truth", &e);
  mc_matfile_clear(&f);
  return exit_status;
}
