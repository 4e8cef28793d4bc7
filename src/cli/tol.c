/* muoncert tol: the tolerance that a kernel, format and input deserve. */
#include "cli.h"

#include <argp.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../run/run.h"

typedef enum { EMIT_NOTHING, EMIT_PYTEST, EMIT_C } emit_kind;

typedef struct {
  mc_run_tolerance_request request;
  mc_run_options run;
  emit_kind emit;
  bool json;
} arguments;

enum {
  OPTION_INPUT = 256,
  OPTION_SHAPE,
  OPTION_FAMILY,
  OPTION_PRESET,
  OPTION_SCHEDULE,
  OPTION_STEPS,
  OPTION_DTYPE,
  OPTION_ROUNDING,
  OPTION_ACCUMULATE,
  OPTION_ACCUMULATOR,
  OPTION_EXPLAIN,
  OPTION_EMIT,
  OPTION_SEED,
  OPTION_JSON
};

static const struct argp_option options[] = {
    {"input", OPTION_INPUT, "G.npy", 0, "what the kernel is given", 0},
    {"shape", OPTION_SHAPE, "MxN", 0, "or: a random matrix of M rows and N columns", 0},
    {"family", OPTION_FAMILY, "F", 0, "its singular values: uniform, log_uniform(1e-6), … (default log_uniform(1e-3))",
     0},
    {"preset", OPTION_PRESET, "NAME", 0, "what the kernel computes, as for audit (keller-jordan)", 0},
    {"schedule", OPTION_SCHEDULE, "NAME|LIST", 0, "another schedule: a published name, or steps a,b,c;a,b,c", 0},
    {"steps", OPTION_STEPS, "K", 0, "another number of steps (past the table by its own rule)", 0},
    {"dtype", OPTION_DTYPE, "TYPE", 0, "format of stored values, as for audit: bf16 (default), fp16, tf32, f32, f64",
     0},
    {"rounding", OPTION_ROUNDING, "RULE", 0, "what is rounded: all, operations, sums, any (default), as for audit", 0},
    {"accumulate", OPTION_ACCUMULATE, "ORDER", 0, "any (default), depth:D, or exact, as for audit", 0},
    {"accumulator", OPTION_ACCUMULATOR, "HOW", 0, "nearest (default) or truncate, as for audit", 0},
    {"explain", OPTION_EXPLAIN, "atol=A[,rtol=R]", 0,
     "which bugs pass |output - image| <= A + R |image|, entry by entry", 0},
    {"emit", OPTION_EMIT, "pytest|c", 0, "print the assertion for a test instead", 0},
    {"seed", OPTION_SEED, "N", 0, "seed of the matrix and the ensemble, decimal or 0x… (default 1)", 0},
    {"json", OPTION_JSON, NULL, 0, "print the record", 0},
    {0},
};

/* A nonnegative number up to the comma or the end; NULL: it is none. */
static const char *take_number(double *value, const char *text) {
  char *end;
  *value = strtod(text, &end);
  return end > text && *value >= 0 && isfinite(*value) && (*end == ',' || *end == '\0') ? end : NULL;
}

static void take_explain(arguments *a, const char *text, struct argp_state *state) {
  const char *rest = strncmp(text, "atol=", 5) == 0 ? take_number(&a->request.atol, text + 5) : NULL;
  if (rest && *rest == ',')
    rest = strncmp(rest, ",rtol=", 6) == 0 ? take_number(&a->request.rtol, rest + 6) : NULL;
  if (!rest || *rest)
    argp_error(state, "--explain: '%s' is not atol=A or atol=A,rtol=R", text);
  a->request.explain = true;
}

static void take_emit(arguments *a, const char *text, struct argp_state *state) {
  if (strcmp(text, "pytest") == 0)
    a->emit = EMIT_PYTEST;
  else if (strcmp(text, "c") == 0)
    a->emit = EMIT_C;
  else
    argp_error(state, "--emit: '%s' is neither pytest nor c", text);
}

static void take_order(arguments *a, const char *text, struct argp_state *state) {
  if (strncmp(text, "depth:", 6) == 0)
    a->request.model.depth = mc_cli_number_of("accumulate", text + 6, UINT32_MAX, state);
  else if (strcmp(text, "exact") == 0)
    a->request.model.depth = SIZE_MAX;
  else if (strcmp(text, "any") != 0)
    argp_error(state, "--accumulate: '%s' is neither any, exact nor depth:D", text);
}

static void check(const arguments *a, struct argp_state *state) {
  if ((a->request.model.input != NULL) == (a->request.rows > 0))
    argp_error(state, "say either --input or --shape");
  if (a->emit != EMIT_NOTHING && (a->json || a->request.explain))
    argp_error(state, "--emit prints the assertion alone");
}

static error_t parse(int key, char *text, struct argp_state *state) {
  arguments *a = state->input;
  switch (key) {
  case OPTION_INPUT:
    a->request.model.input = text;
    return 0;
  case OPTION_SHAPE:
    mc_cli_shape_of("shape", text, &a->request.rows, &a->request.columns, state);
    return 0;
  case OPTION_FAMILY:
    a->request.family = text;
    return 0;
  case OPTION_PRESET:
    a->request.model.preset = text;
    return 0;
  case OPTION_SCHEDULE:
    a->request.model.schedule = text;
    return 0;
  case OPTION_STEPS:
    a->request.model.steps = mc_cli_number_of("steps", text, 1000, state);
    if (a->request.model.steps == 0)
      argp_error(state, "--steps: at least 1");
    return 0;
  case OPTION_DTYPE:
    a->request.model.dtype = text;
    return 0;
  case OPTION_ROUNDING:
    a->request.model.rounding = text;
    return 0;
  case OPTION_ACCUMULATE:
    take_order(a, text, state);
    return 0;
  case OPTION_ACCUMULATOR:
    a->request.model.accumulator = text;
    return 0;
  case OPTION_EXPLAIN:
    take_explain(a, text, state);
    return 0;
  case OPTION_EMIT:
    take_emit(a, text, state);
    return 0;
  case OPTION_SEED:
    a->run.seed = mc_cli_number_of("seed", text, UINT64_MAX, state);
    return 0;
  case OPTION_JSON:
    a->json = true;
    return 0;
  case ARGP_KEY_ARG:
    argp_error(state, "'%s': the matrix is named by --input or --shape", text);
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
    "--input G.npy\n--shape MxN",
    "The limits of ||output - image||_F that a kernel deserves on an input.\v"
    "sound: no kernel of the rounding model exceeds it (inf: the model bounds nothing). spectrum: the same, from the "
    "actual singular values. statistical: a correct kernel exceeds it, or a limit of another measure, once in a "
    "million.\n"
    "Exit status: 0; 2 the input is zero, NaN or infinite; 3 usage or bad input.",
    NULL,
    NULL,
    NULL};

/* ---- The page ---- */

static const char *text_of(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static void print_head(mc_text *out, const json_t *document, const char *before, const char *after) {
  const json_t *shape = json_object_get(document, "shape");
  mc_text_printf(out, "%s||output - image||_F of a %s kernel of %s on %s, %lld by %lld%s\n", before,
                 text_of(document, "dtype"), text_of(document, "preset"), text_of(document, "input"),
                 json_integer_value(json_array_get(shape, 0)), json_integer_value(json_array_get(shape, 1)), after);
}

static void print_explanation(mc_text *out, const json_t *explanation) {
  size_t i;
  json_t *name;
  const json_t *accepted = json_object_get(explanation, "accepted");
  mc_text_printf(
      out, "\natol = %g, rtol = %g %s a correct kernel here, rejects %lld planted bugs and lets through %zu:\n",
      json_real_value(json_object_get(explanation, "atol")), json_real_value(json_object_get(explanation, "rtol")),
      json_is_true(json_object_get(explanation, "accepts_correct")) ? "accepts" : "rejects",
      json_integer_value(json_object_get(explanation, "rejected")), json_array_size(accepted));
  json_array_foreach(accepted, i, name) {
    mc_text_printf(out, "  %s\n", json_string_value(name));
  }
}

static void print_page(mc_text *out, const json_t *document) {
  size_t i;
  json_t *rule;
  print_head(out, document, "Limits of ", "");
  mc_text_printf(out, "\n%-12s %-19s %-19s statistical (false alarm %g)\n", "rounding", "sound", "spectrum",
                 json_real_value(json_object_get(document, "false_alarm")));
  json_array_foreach(json_object_get(document, "rules"), i, rule) {
    mc_text_printf(out, "%-12s %-19s %-19s %s\n", text_of(rule, "rounding"), text_of(rule, "sound"),
                   text_of(rule, "spectrum"), text_of(json_object_get(rule, "statistical"), "total"));
  }
  if (json_object_get(document, "explain"))
    print_explanation(out, json_object_get(document, "explain"));
}

/* ---- The assertion ---- */

/* The widest of the statistical limits. */
static const char *widest_limit(const json_t *document) {
  size_t i;
  json_t *rule;
  const char *widest = "0";
  json_array_foreach(json_object_get(document, "rules"), i, rule) {
    const char *limit = text_of(json_object_get(rule, "statistical"), "total");
    widest = strtod(limit, NULL) > strtod(widest, NULL) ? limit : widest;
  }
  return widest;
}

static void print_pytest(mc_text *out, const json_t *document) {
  print_head(out, document, "# Statistical limit of ", ":");
  mc_text_printf(out,
                 "# a correct kernel exceeds it with probability below %g (muoncert, docs/errors.md section 5).\n"
                 "import numpy\n\n"
                 "NEWTON_SCHULZ_LIMIT = %s\n\n\n"
                 "def assert_newton_schulz(output, image):\n"
                 "    \"\"\"image: the exact image in float64, as `muoncert truth ns --output` writes it.\"\"\"\n"
                 "    error = numpy.linalg.norm(numpy.asarray(output, dtype=numpy.float64) - image)\n"
                 "    assert error <= NEWTON_SCHULZ_LIMIT, f\"error {error} exceeds {NEWTON_SCHULZ_LIMIT}\"\n",
                 json_real_value(json_object_get(document, "false_alarm")), widest_limit(document));
}

static void print_c(mc_text *out, const json_t *document) {
  print_head(out, document, "/* Statistical limit of ", ":");
  mc_text_printf(out,
                 " * a correct kernel exceeds it with probability below %g (muoncert, docs/errors.md section 5). */\n"
                 "#include <assert.h>\n#include <math.h>\n#include <stddef.h>\n\n"
                 "#define NEWTON_SCHULZ_LIMIT %s\n\n"
                 "/* image: the exact image, as `muoncert truth ns --output` writes it; count entries each. */\n"
                 "static void assert_newton_schulz(const float *output, const double *image, size_t count) {\n"
                 "  double sum = 0;\n"
                 "  for (size_t i = 0; i < count; i++)\n"
                 "    sum += ((double)output[i] - image[i]) * ((double)output[i] - image[i]);\n"
                 "  assert(sqrt(sum) <= NEWTON_SCHULZ_LIMIT);\n"
                 "}\n",
                 json_real_value(json_object_get(document, "false_alarm")), widest_limit(document));
}

int mc_cli_tol(int argc, char **argv) {
  arguments a = {.run = {.seed = 1}};
  mc_error e = {0};
  mc_text page;
  argp_parse(&parser, argc, argv, 0, NULL, &a);
  json_t *document = mc_run_tolerance(&a.request, &a.run, &e);
  if (!document)
    return mc_cli_fail("tol", &e);
  if (a.emit != EMIT_NOTHING && strcmp(widest_limit(document), "inf") == 0) {
    json_decref(document);
    mc_fail(&e, MC_UNDECIDED, "the rounding ensemble gives no limit for this input");
    return mc_cli_fail("tol", &e);
  }
  mc_text_init(&page);
  if (a.emit == EMIT_PYTEST)
    print_pytest(&page, document);
  else if (a.emit == EMIT_C)
    print_c(&page, document);
  else
    print_page(&page, document);
  int status = a.json ? mc_cli_print_json(document) : mc_cli_print_text(page.data, page.length);
  mc_text_clear(&page);
  json_decref(document);
  return status;
}
