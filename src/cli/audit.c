/* muoncert audit: hold a kernel's output against the exact image of its input. */
#include "cli.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "../run/run.h"

typedef struct {
  mc_run_audit_request request;
  mc_run_options run;
  const char *junit;
  bool json, quiet;
} arguments;

enum {
  OPTION_INPUT = 256,
  OPTION_OUTPUT,
  OPTION_PRESET,
  OPTION_SCHEDULE,
  OPTION_STEPS,
  OPTION_NORM,
  OPTION_EPS,
  OPTION_SAFETY,
  OPTION_DTYPE,
  OPTION_ROUNDING,
  OPTION_ACCUMULATE,
  OPTION_SEED,
  OPTION_JUNIT,
  OPTION_JSON
};

static const struct argp_option options[] = {
    {"input", OPTION_INPUT, "G.npy", 0, "what the kernel was given: a matrix, or a batch (three dimensions)", 0},
    {"output", OPTION_OUTPUT, "X.npy", 0, "what the kernel made of it", 0},
    {"preset", OPTION_PRESET, "NAME", 0,
     "what the kernel claims to compute: keller-jordan (default), torch, moonlight, dion, emerging-optimizers", 0},
    {"schedule", OPTION_SCHEDULE, "NAME|LIST", 0, "another schedule: a published name, or steps a,b,c;a,b,c", 0},
    {"steps", OPTION_STEPS, "K", 0, "another number of steps (the last repeats)", 0},
    {"norm", OPTION_NORM, "N", 0,
     "divide by safety*||G||_F + eps (add), by max(safety*||G||_F, eps) (clamp), or not at all (none)", 0},
    {"eps", OPTION_EPS, "E", 0, "another eps of the norm", 0},
    {"safety", OPTION_SAFETY, "S", 0, "another safety factor of the norm", 0},
    {"dtype", OPTION_DTYPE, "TYPE", 0, "format of stored values: bf16 (default), fp16, f32, f64", 0},
    {"rounding", OPTION_ROUNDING, "RULE", 0,
     "what is rounded to that format: all (operations and coefficients), operations, sums (bA + cAA and aX + BX once "
     "each, as by addmm), any of these (default)",
     0},
    {"accumulate", OPTION_ACCUMULATE, "ORDER", 0, "any (default), or depth:D, trees of at most this depth", 0},
    {"seed", OPTION_SEED, "N", 0, "seed of the rounding ensemble, decimal or 0x… (default 1)", 0},
    {"junit", OPTION_JUNIT, "FILE", 0, "write JUnit XML", 0},
    {"json", OPTION_JSON, NULL, 0, "print the results as JSON", 0},
    {"quiet", 'q', NULL, 0, "no progress; print nothing if the output conforms", 0},
    {0},
};

static void take_order(arguments *a, const char *text, struct argp_state *state) {
  static const char prefix[] = "depth:";
  if (strcmp(text, "any") == 0)
    a->request.depth = 0;
  else if (strncmp(text, prefix, sizeof prefix - 1) == 0)
    a->request.depth = mc_cli_number_of("accumulate", text + sizeof prefix - 1, UINT32_MAX, state);
  else
    argp_error(state, "--accumulate: '%s' is neither any nor depth:D", text);
}

static error_t parse(int key, char *text, struct argp_state *state) {
  arguments *a = state->input;
  switch (key) {
  case OPTION_INPUT:
    a->request.input = text;
    return 0;
  case OPTION_OUTPUT:
    a->request.output = text;
    return 0;
  case OPTION_PRESET:
    a->request.preset = text;
    return 0;
  case OPTION_SCHEDULE:
    a->request.schedule = text;
    return 0;
  case OPTION_STEPS:
    a->request.steps = mc_cli_number_of("steps", text, 1000, state);
    if (a->request.steps == 0)
      argp_error(state, "--steps: at least 1");
    return 0;
  case OPTION_NORM:
    a->request.norm = text;
    return 0;
  case OPTION_EPS:
    a->request.eps = text;
    return 0;
  case OPTION_SAFETY:
    a->request.safety = text;
    return 0;
  case OPTION_DTYPE:
    a->request.dtype = text;
    return 0;
  case OPTION_ROUNDING:
    a->request.rounding = text;
    return 0;
  case OPTION_ACCUMULATE:
    take_order(a, text, state);
    return 0;
  case OPTION_SEED:
    a->run.seed = mc_cli_number_of("seed", text, UINT64_MAX, state);
    return 0;
  case OPTION_JUNIT:
    a->junit = text;
    return 0;
  case OPTION_JSON:
    a->json = true;
    return 0;
  case 'q':
    a->quiet = true;
    return 0;
  case ARGP_KEY_ARG:
    argp_error(state, "'%s': files are named by --input and --output", text);
    return 0;
  case ARGP_KEY_END:
    if (!a->request.input || !a->request.output)
      argp_error(state, "--input and --output name the matrix given to the kernel and its result");
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp parser = {
    options,
    parse,
    "--input G.npy --output X.npy",
    "Hold the output of an orthogonalisation kernel against the exact Newton-Schulz image and the polar factor of its "
    "input.\v"
    "wrong: the error exceeds what any kernel of the stated rounding model can make. suspicious: it exceeds what "
    "correct kernels make "
    "with a probability of 1e-6. conforms: it does not, and that is certified. Anything else is undecided.\n"
    "Exit status: 0 conforms; 1 wrong or suspicious; 2 undecided (also: NaN, infinite, zero or rank-deficient input); "
    "3 usage or "
    "bad input.",
    NULL,
    NULL,
    NULL};

int mc_cli_audit(int argc, char **argv) {
  arguments a = {.run = {.seed = 1}};
  mc_error e = {0};
  argp_parse(&parser, argc, argv, 0, NULL, &a);
  a.run.progress = mc_progress_new(stderr, a.quiet);
  json_t *document = mc_run_audit(&a.request, &a.run, &e);
  mc_progress_free(a.run.progress);
  if (!document)
    return mc_cli_fail("audit", &e);
  int written = a.junit ? mc_cli_write_junit("audit", a.junit, document) : MC_EXIT_EXPECTED;
  int finished = mc_cli_finish("audit", document, a.json, a.quiet);
  json_decref(document);
  return (int)mc_exit_worse((mc_exit)written, (mc_exit)finished);
}
