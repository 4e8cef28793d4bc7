/* muoncert truth polar|sv|ns: certified values of a matrix in a file. */
#include "cli.h"

#include <argp.h>
#include <string.h>

#include "../matfile/matfile.h"
#include "../run/run.h"

typedef struct {
  mc_run_truth_request request;
  const char *output;
  bool json;
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

static void take_argument(mc_run_truth_request *r, const char *text, struct argp_state *state) {
  if (r->what == NULL) {
    if (strcmp(text, "polar") != 0 && strcmp(text, "sv") != 0 && strcmp(text, "ns") != 0)
      argp_error(state, "'%s' is none of polar, sv, ns", text);
    r->what = text;
  } else if (r->file == NULL) {
    r->file = text;
  } else {
    argp_error(state, "one file at a time");
  }
}

/* An option that would change nothing was meant for another question. */
static void check(const arguments *a, struct argp_state *state) {
  const mc_run_truth_request *r = &a->request;
  if (r->file == NULL)
    argp_error(state, "say what to certify, and of which file");
  if (strcmp(r->what, "sv") == 0 && a->output != NULL)
    argp_error(state, "--output is for polar and ns");
  if (strcmp(r->what, "ns") != 0 && (r->schedule || r->steps || r->norm || r->eps || r->safety || r->coefficients))
    argp_error(state, "--schedule, --steps, --norm, --eps, --safety and --coefficients are for ns");
}

static error_t parse(int key, char *text, struct argp_state *state) {
  arguments *a = state->input;
  mc_run_truth_request *r = &a->request;
  switch (key) {
  case OPTION_BITS:
    r->bits = mc_cli_number_of("bits", text, 4096, state);
    if (r->bits == 0)
      argp_error(state, "--bits: at least 1");
    return 0;
  case OPTION_DIGITS:
    r->digits = mc_cli_number_of("digits", text, 1000, state);
    if (r->digits < 2)
      argp_error(state, "--digits: at least 2");
    return 0;
  case OPTION_SCHEDULE:
    r->schedule = text;
    return 0;
  case OPTION_STEPS:
    r->steps = mc_cli_number_of("steps", text, 1000, state);
    if (r->steps == 0)
      argp_error(state, "--steps: at least 1");
    return 0;
  case OPTION_NORM:
    r->norm = text;
    return 0;
  case OPTION_EPS:
    r->eps = text;
    return 0;
  case OPTION_SAFETY:
    r->safety = text;
    return 0;
  case OPTION_COEFFICIENTS:
    r->coefficients = text;
    return 0;
  case OPTION_OUTPUT:
    a->output = text;
    return 0;
  case OPTION_INDEX:
    r->index = mc_cli_number_of("index", text, UINT32_MAX, state);
    r->has_index = true;
    return 0;
  case OPTION_BFLOAT16:
    r->bfloat16 = true;
    return 0;
  case OPTION_JSON:
    a->json = r->values = true;
    return 0;
  case ARGP_KEY_ARG:
    take_argument(r, text, state);
    return 0;
  case ARGP_KEY_END:
    check(a, state);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp parser = {
    options,
    parse,
    "polar FILE.npy\nsv FILE.npy\nns FILE.npy",
    "Certified values of a matrix: its polar factor, its singular values, or its exact Newton-Schulz image. All three "
    "also enclose the least and the greatest singular value of the given matrix and its condition number.\v"
    "Exit status: 0 certified; 2 not certified (rank-deficient, NaN, infinite, too ill-conditioned); 3 bad input.",
    NULL,
    NULL,
    NULL};

/* ---- For people ---- */

static const char *text_of(const json_t *document, const char *key) {
  return json_string_value(json_object_get(document, key));
}

static void print_bounds(mc_text *t, const char *label, const json_t *bounds) {
  mc_text_printf(t, "%s in [%s, %s]\n", label, text_of(bounds, "lo"), text_of(bounds, "hi"));
}

static void print_singular_values(mc_text *t, const json_t *d) {
  size_t i;
  const json_t *bounds, *values = json_object_get(d, "values");
  mc_text_printf(t, "of %zu singular values at least %lld positive, at least %lld different\n", json_array_size(values),
                 json_integer_value(json_object_get(d, "positive")),
                 json_integer_value(json_object_get(d, "different")));
  json_array_foreach(values, i, bounds) {
    char label[40];
    snprintf(label, sizeof label, "sigma_%zu", i + 1);
    print_bounds(t, label, bounds);
  }
}

static void print_matrix(mc_text *t, const json_t *d, const char *output) {
  size_t i, j;
  const json_t *row, *value;
  mc_text_printf(t, "%s enclosed: Frobenius distance from the truth at most %s\n",
                 strcmp(text_of(d, "what"), "polar") == 0 ? "polar factor" : "Newton-Schulz image",
                 text_of(d, "radius"));
  if (output != NULL)
    mc_text_printf(t, "%s: written in double precision, distance from the truth at most %s\n", output,
                   text_of(d, "output_radius"));
  json_array_foreach(json_object_get(d, "values"), i, row) {
    json_array_foreach(row, j, value) mc_text_printf(t, "%s%s", j > 0 ? " " : "", json_string_value(value));
    mc_text_printf(t, "\n");
  }
}

static void print_iteration(mc_text *t, const json_t *d) {
  const long long steps = json_integer_value(json_object_get(d, "steps"));
  mc_text_printf(t, "schedule %s, %lld step%s, %s coefficients; norm %s, eps %s, safety %s\n", text_of(d, "schedule"),
                 steps, steps == 1 ? "" : "s", text_of(d, "coefficients"), text_of(d, "norm"), text_of(d, "eps"),
                 text_of(d, "safety"));
}

static void print_document(mc_text *t, const json_t *d, const char *output) {
  const bool certified = json_is_true(json_object_get(d, "certified"));
  mc_text_printf(t, "%s: %lld by %lld, %s\n", text_of(d, "file"), json_integer_value(json_object_get(d, "m")),
                 json_integer_value(json_object_get(d, "n")), certified ? "certified" : "not certified");
  if (!certified)
    mc_text_printf(t, "%s\n", text_of(d, "reason"));
  if (json_object_get(d, "schedule"))
    print_iteration(t, d);
  print_bounds(t, "largest singular value", json_object_get(d, "sigma_max"));
  print_bounds(t, "smallest singular value", json_object_get(d, "sigma_min"));
  print_bounds(t, "condition number", json_object_get(d, "condition"));
  if (json_object_get(d, "shortfall"))
    mc_text_printf(t, "%s\n", text_of(d, "shortfall"));
  if (strcmp(text_of(d, "what"), "sv") == 0)
    print_singular_values(t, d);
  else if (certified)
    print_matrix(t, d, output);
  mc_run_basis_print(t, json_object_get(d, "rests_on"));
  mc_text_printf(t, "\n");
}

static int print_page(const json_t *d, const char *output) {
  mc_text t;
  mc_text_init(&t);
  print_document(&t, d, output);
  int status = mc_cli_print_text(t.data, t.length);
  mc_text_clear(&t);
  return status;
}

/* ---- The command ---- */

static mc_status write_nearest(double *nearest, const json_t *d, const char *path, mc_error *e) {
  const mc_matfile f = {.values = nearest,
                        .count = 1,
                        .m = (size_t)json_integer_value(json_object_get(d, "m")),
                        .n = (size_t)json_integer_value(json_object_get(d, "n")),
                        .dtype = MC_DTYPE_FLOAT64};
  return mc_matfile_write(&f, path, e);
}

int mc_cli_truth(int argc, char **argv) {
  arguments a = {0};
  mc_error e = {0};
  double *nearest = NULL;
  if (argp_parse(&parser, argc, argv, 0, NULL, &a) != 0)
    return MC_EXIT_USAGE;
  if (mc_cli_require_writable("truth", a.output) != MC_EXIT_EXPECTED)
    return MC_EXIT_USAGE;
  mc_cli_end_when_interrupted("truth"); /* nothing is kept before the end */
  json_t *d = mc_run_truth(a.output ? &nearest : NULL, &a.request, &e);
  mc_cli_ask_when_interrupted();
  mc_status status = d == NULL ? e.status : nearest ? write_nearest(nearest, d, a.output, &e) : MC_OK;
  int exit_status = status == MC_OK ? (int)mc_run_verdict_exit(d) : mc_cli_fail("truth", &e);
  if (status == MC_OK)
    exit_status =
        (int)mc_exit_worse((mc_exit)exit_status, (mc_exit)(a.json ? mc_cli_print_json(d) : print_page(d, a.output)));
  json_decref(d);
  mc_free(nearest);
  return exit_status;
}
