/* muoncert gen: matrices with prescribed spectra, inputs for the laws. */
#include "cli.h"

#include <argp.h>
#include <string.h>

#include "../run/run.h"

typedef struct {
  mc_run_gen_request request;
  mc_run_options run;
  bool list, json;
} arguments;

enum { OPTION_SHAPE = 256, OPTION_COUNT, OPTION_DTYPE, OPTION_SEED, OPTION_LIST, OPTION_JSON };

static const struct argp_option options[] = {
    {"shape", OPTION_SHAPE, "MxN", 0, "M rows and N columns", 0},
    {"output", 'o', "FILE.npy", 0, "the file to write", 0},
    {"count", OPTION_COUNT, "K", 0, "a batch of K matrices (default 1)", 0},
    {"dtype", OPTION_DTYPE, "TYPE", 0, "format of the file: bf16, fp16, f32, f64 (default)", 0},
    {"seed", OPTION_SEED, "N", 0, "seed, decimal or 0x… (default 0)", 0},
    {"list", OPTION_LIST, NULL, 0, "list the families", 0},
    {"json", OPTION_JSON, NULL, 0, "print what was written as JSON", 0},
    {0},
};

static void check(const arguments *a, struct argp_state *state) {
  if (a->list)
    return;
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
    a->request.dtype = text;
    return 0;
  case OPTION_SEED:
    a->run.seed = mc_cli_number_of("seed", text, UINT64_MAX, state);
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
    "FAMILY\n--list",
    "Write random or structured matrices of a family, such as 'log_uniform(1e-6)', to a .npy file.\v"
    "A family of singular values is turned by Haar-distributed factors. The same family, shape and seed give the same "
    "bits on every machine. Singular values are as prescribed up to rounding; `muoncert truth sv' certifies them.",
    NULL,
    NULL,
    NULL};

static int print_text(const json_t *document) {
  const json_t *families = json_object_get(document, "families"), *shape = json_object_get(document, "shape"), *usage;
  size_t i;
  mc_text out;
  mc_text_init(&out);
  json_array_foreach(families, i, usage) mc_text_printf(&out, "%s\n", json_string_value(usage));
  if (!families)
    mc_text_printf(
        &out, "%s: %lld of %lldx%lld %s, %s, seed %s\n", json_string_value(json_object_get(document, "file")),
        (long long)json_integer_value(json_object_get(document, "count")),
        (long long)json_integer_value(json_array_get(shape, 0)),
        (long long)json_integer_value(json_array_get(shape, 1)), json_string_value(json_object_get(document, "dtype")),
        json_string_value(json_object_get(document, "family")), json_string_value(json_object_get(document, "seed")));
  int status = mc_cli_print_text(out.data, out.length);
  mc_text_clear(&out);
  return status;
}

int mc_cli_gen(int argc, char **argv) {
  arguments a = {.request = {.count = 1}};
  mc_error e = {0};
  argp_parse(&parser, argc, argv, 0, NULL, &a);
  json_t *document = a.list ? mc_run_gen_families() : mc_run_gen(&a.request, &a.run, &e);
  if (!document)
    return mc_cli_fail("gen", &e);
  int status = a.json ? mc_cli_print_json(document) : print_text(document);
  json_decref(document);
  return status;
}
