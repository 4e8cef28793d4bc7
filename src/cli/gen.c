/* muoncert gen: matrices with prescribed spectra, inputs for the laws. */
#include "cli.h"

#include <argp.h>
#include <string.h>

#include "../run/run.h"

typedef struct {
  mc_run_gen_request request;
  mc_run_audit_request model; /* of the suite */
  const char *suite;
  mc_run_options run;
  bool list, json;
} arguments;

enum {
  OPTION_SHAPE = 256,
  OPTION_COUNT,
  OPTION_DTYPE,
  OPTION_SEED,
  OPTION_LIST,
  OPTION_JSON,
  OPTION_SUITE,
  OPTION_PRESET
};

static const struct argp_option options[] = {
    {"shape", OPTION_SHAPE, "MxN", 0, "M rows and N columns", 0},
    {"output", 'o', "FILE.npy", 0, "the file to write; of a suite, the folder", 0},
    {"count", OPTION_COUNT, "K", 0, "a batch of K matrices (default 1)", 0},
    {"dtype", OPTION_DTYPE, "TYPE", 0,
     "format of the file: bf16, fp16, f32, f64 (default); of a suite, that of the kernel (default bf16, whose values "
     "are written as float32)",
     0},
    {"seed", OPTION_SEED, "N", 0, "seed, decimal or 0x… (default 0)", 0},
    {"suite", OPTION_SUITE, "laws", 0,
     "instead: inputs for the laws of `muoncert audit --pairs', and a manifest, into the folder --output", 0},
    {"preset", OPTION_PRESET, "NAME", 0, "of a suite: what the kernel claims to compute, as for audit", 0},
    {"list", OPTION_LIST, NULL, 0, "list the families", 0},
    {"json", OPTION_JSON, NULL, 0, "print what was written as JSON", 0},
    {0},
};

static void check(const arguments *a, struct argp_state *state) {
  if (a->list)
    return;
  if (a->suite && strcmp(a->suite, "laws") != 0)
    argp_error(state, "--suite: there is no suite '%s'; there is 'laws'", a->suite);
  if (a->suite && (a->request.family || a->request.rows || !a->request.output))
    argp_error(state, "a suite takes --output, a folder, and no family or shape");
  if (a->suite)
    return;
  if (a->model.preset)
    argp_error(state, "--preset belongs to --suite");
  if (!a->request.family)
    argp_error(state, "name a family of matrices, such as 'log_uniform(1e-6)'; --list names them all");
  if (a->request.rows == 0 || !a->request.output)
    argp_error(state, "say --shape and --output");
}

static error_t parse(int key, char *text, struct argp_state *state) {
  arguments *a = state->input;
  switch (key) {
  case OPTION_SHAPE:
    mc_cli_shape_of("shape", text, &a->request.rows, &a->request.columns, state);
    return 0;
  case 'o':
    a->request.output = text;
    return 0;
  case OPTION_COUNT:
    a->request.count = mc_cli_number_of("count", text, UINT32_MAX, state);
    if (a->request.count == 0)
      argp_error(state, "--count takes a positive number");
    return 0;
  case OPTION_DTYPE:
    a->request.dtype = a->model.dtype = text;
    return 0;
  case OPTION_SEED:
    a->run.seed = mc_cli_number_of("seed", text, UINT64_MAX, state);
    return 0;
  case OPTION_SUITE:
    a->suite = text;
    return 0;
  case OPTION_PRESET:
    a->model.preset = text;
    return 0;
  case OPTION_LIST:
    a->list = true;
    return 0;
  case OPTION_JSON:
    a->json = true;
    return 0;
  case ARGP_KEY_ARG:
    if (a->request.family)
      argp_error(state, "one family at a time: '%s' is a second", text);
    a->request.family = text;
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
    "FAMILY\n--suite laws\n--list",
    "Write random or structured matrices of a family, such as 'log_uniform(1e-6)', to a .npy file.\v"
    "A family of singular values is turned by Haar-distributed factors. The same family, shape and seed give the same "
    "bits on every machine. Singular values are as prescribed up to rounding; `muoncert truth sv' certifies them.",
    NULL,
    NULL,
    NULL};

static void print_families(mc_text *out, const json_t *families) {
  size_t i;
  json_t *usage;
  json_array_foreach(families, i, usage) mc_text_printf(out, "%s\n", json_string_value(usage));
}

static void print_suite(mc_text *out, const json_t *document) {
  size_t i;
  json_t *one;
  const char *folder = json_string_value(json_object_get(document, "folder"));
  json_array_foreach(json_object_get(document, "cases"), i, one) {
    mc_text_printf(out, "%-24s %s\n", json_string_value(json_object_get(one, "input")),
                   json_string_value(json_object_get(one, "statement")));
  }
  mc_text_printf(out,
                 "%zu inputs in %s. Store the output for NAME.G.npy as NAME.X.npy, of a step NAME.W_after.npy and\n"
                 "NAME.B_after.npy; then: muoncert audit --pairs %s\n",
                 i, folder, folder);
}

static void print_matrices(mc_text *out, const json_t *document) {
  const json_t *shape = json_object_get(document, "shape");
  mc_text_printf(
      out, "%s: %lld of %lldx%lld %s, %s, seed %s\n", json_string_value(json_object_get(document, "file")),
      (long long)json_integer_value(json_object_get(document, "count")),
      (long long)json_integer_value(json_array_get(shape, 0)), (long long)json_integer_value(json_array_get(shape, 1)),
      json_string_value(json_object_get(document, "dtype")), json_string_value(json_object_get(document, "family")),
      json_string_value(json_object_get(document, "seed")));
}

static int print_text(const json_t *document) {
  const json_t *families = json_object_get(document, "families");
  mc_text out;
  mc_text_init(&out);
  if (families)
    print_families(&out, families);
  else if (json_object_get(document, "suite"))
    print_suite(&out, document);
  else
    print_matrices(&out, document);
  int status = mc_cli_print_text(out.data, out.length);
  mc_text_clear(&out);
  return status;
}

int mc_cli_gen(int argc, char **argv) {
  arguments a = {.request = {.count = 1}};
  mc_error e = {0};
  argp_parse(&parser, argc, argv, 0, NULL, &a);
  json_t *document = a.list    ? mc_run_gen_families()
                     : a.suite ? mc_run_law_suite(a.request.output, &a.model, &a.run, &e)
                               : mc_run_gen(&a.request, &a.run, &e);
  if (!document)
    return mc_cli_fail("gen", &e);
  int status = a.json ? mc_cli_print_json(document) : print_text(document);
  json_decref(document);
  return status;
}
