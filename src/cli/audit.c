/* muoncert audit: hold a kernel's output against the exact image of its input. */
#include "cli.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "../run/run.h"
#include "audit_pages.h"

typedef struct {
  mc_run_audit_request request;
  mc_run_options run;
  const char *junit, *pairs;
  bool list, mutants, json, quiet;
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
  OPTION_ACCUMULATOR,
  OPTION_LIMITS,
  OPTION_SCALING,
  OPTION_TRANSPOSE,
  OPTION_WEIGHTS,
  OPTION_BUFFER,
  OPTION_WEIGHTS_AFTER,
  OPTION_BUFFER_AFTER,
  OPTION_LR,
  OPTION_MOMENTUM,
  OPTION_MOMENTUM_RULE,
  OPTION_NESTEROV,
  OPTION_WEIGHT_DECAY,
  OPTION_DECAY,
  OPTION_SEED,
  OPTION_PAIRS,
  OPTION_TIME_LIMIT,
  OPTION_MEMORY_LIMIT,
  OPTION_MUTANTS,
  OPTION_LIST,
  OPTION_JUNIT,
  OPTION_JSON
};

static const struct argp_option options[] = {
    {NULL, 0, NULL, 0, "What is audited:", 1},
    {"input", OPTION_INPUT, "G", 0,
     "what the kernel was given: a matrix, or a batch (three dimensions), in a .npy, .npz or safetensors file; "
     "FILE:NAME picks one of several arrays. Of a step: the gradient",
     1},
    {"output", OPTION_OUTPUT, "X", 0, "what the kernel made of it", 1},
    {"transpose", OPTION_TRANSPOSE, NULL, 0, "the output is stored transposed: n by m for an m by n input", 1},
    {"pairs", OPTION_PAIRS, "DIR", 0,
     "instead: outputs NAME.X.npy for the inputs NAME.G.npy that `muoncert gen --suite laws' wrote into this folder",
     1},
    {"mutants", OPTION_MUTANTS, NULL, 0,
     "instead: plant bugs in a kernel of the preset, and show which of them this audit and the tests of others let "
     "through",
     1},
    {"list", OPTION_LIST, NULL, 0, "instead: list the built-in kernels, and the presets with what they compute", 1},
    {NULL, 0, NULL, 0, "What it claims to compute:", 2},
    {"preset", OPTION_PRESET, "NAME", 0,
     "what the kernel claims to compute: keller-jordan (default), torch, moonlight, dion, emerging-optimizers, "
     "polar-express, gram-ns",
     2},
    {"schedule", OPTION_SCHEDULE, "NAME|LIST", 0, "another schedule: a published name, or steps a,b,c;a,b,c", 2},
    {"steps", OPTION_STEPS, "K", 0, "another number of steps (past the table by its own rule)", 2},
    {"norm", OPTION_NORM, "N", 0,
     "divide by safety*||G||_F + eps (add), by max(safety*||G||_F, eps) (clamp), or not at all (none)", 2},
    {"eps", OPTION_EPS, "E", 0, "another eps of the norm", 2},
    {"safety", OPTION_SAFETY, "S", 0, "another safety factor of the norm", 2},
    {"scaling", OPTION_SCALING, "S", 0,
     "what the output, or the update of a step, was multiplied by: none, rectangular sqrt(max(1, m/n)), rms 0.2 "
     "sqrt(max(m, n)), spectral sqrt(max(m, n)), unit-rms sqrt(m/n), a number, or one of these times a number "
     "(spectral*0.2)",
     2},
    {NULL, 0, NULL, 0, "How it rounds:", 3},
    {"dtype", OPTION_DTYPE, "TYPE", 0,
     "format of stored values: bf16 (default), fp16, f32, f64; or tf32: float32, factors of products rounded to TF32",
     3},
    {"rounding", OPTION_ROUNDING, "RULE", 0,
     "what is rounded to that format: all (operations and coefficients), operations, sums (bA + cAA and aX + BX once "
     "each, as by addmm), any of these (default); or gram: the Gram form, which squares the condition number",
     3},
    {"accumulate", OPTION_ACCUMULATE, "ORDER", 0,
     "order of sums: any (default), depth:D (trees of at most this depth, the norm's sum too), or exact (rounded once)",
     3},
    {"accumulator", OPTION_ACCUMULATOR, "HOW", 0,
     "each operation of a sum rounds to nearest (default), truncates (truncate; TF32 factors too), as in tensor "
     "cores, or flushes subnormal factors and sums (flush), as AVX-512 BF16",
     3},
    {NULL, 0, NULL, 0, "A whole step of the optimizer:", 4},
    {"weights", OPTION_WEIGHTS, "W", 0, "a whole step of the optimizer: the weights before it", 4},
    {"buffer", OPTION_BUFFER, "B", 0, "the momentum buffer before the step", 4},
    {"weights-after", OPTION_WEIGHTS_AFTER, "W", 0, "the weights after the step", 4},
    {"buffer-after", OPTION_BUFFER_AFTER, "B", 0, "the buffer after the step", 4},
    {"lr", OPTION_LR, "X", 0, "learning rate (this and what follows: as the preset's optimizer does by default)", 4},
    {"momentum", OPTION_MOMENTUM, "X", 0, "momentum", 4},
    {"momentum-rule", OPTION_MOMENTUM_RULE, "R", 0,
     "average (EMA: a gradient weighs 1 - momentum) or sum (heavy ball: it weighs 1)", 4},
    {"nesterov", OPTION_NESTEROV, "yes|no", 0, "does the direction look one step ahead", 4},
    {"weight-decay", OPTION_WEIGHT_DECAY, "X", 0, "weight decay", 4},
    {"decay", OPTION_DECAY, "D", 0,
     "decoupled (weights shrink by lr times it), independent (by it), or coupled (added to the gradient)", 4},
    {NULL, 0, NULL, 0, "How it is judged and shown:", 5},
    {"limits", OPTION_LIMITS, "all|sound", 0,
     "sound: run no rounding ensemble; an output that is not wrong stays undecided", 5},
    {"seed", OPTION_SEED, "N", 0, "seed of the rounding ensemble, decimal or 0x… (default 1)", 5},
    {"time-limit", OPTION_TIME_LIMIT, "S", 0, "seconds for each call of a plug-in (default 10)", 5},
    {"memory-limit", OPTION_MEMORY_LIMIT, "MIB", 0, "memory that a plug-in may use (default 4096)", 5},
    {"junit", OPTION_JUNIT, "FILE", 0, "write JUnit XML", 5},
    {"json", OPTION_JSON, NULL, 0, "print the results as JSON", 5},
    {"quiet", 'q', NULL, 0, "no progress; print nothing if the output conforms", 5},
    {0},
};

static void take_order(arguments *a, const char *text, struct argp_state *state) {
  static const char prefix[] = "depth:";
  if (strcmp(text, "any") == 0)
    a->request.depth = 0;
  else if (strcmp(text, "exact") == 0)
    a->request.depth = SIZE_MAX;
  else if (strncmp(text, prefix, sizeof prefix - 1) == 0)
    a->request.depth = mc_cli_number_of("accumulate", text + sizeof prefix - 1, UINT32_MAX, state);
  else
    argp_error(state, "--accumulate: '%s' is neither any, exact nor depth:D", text);
}

/* What is audited: files, a kernel, outputs for the laws, or planted bugs. */
static void check_subject(const arguments *a, struct argp_state *state) {
  const mc_run_audit_request *r = &a->request;
  int subjects = (r->kernel != NULL) + (a->pairs != NULL) + a->mutants;
  bool files = r->input || r->output || r->weights || r->buffer || r->weights_after || r->buffer_after;
  if (subjects > 1 || (subjects == 1 && files))
    argp_error(state, "files, a kernel, --pairs and --mutants are audited one at a time");
  if (a->list && (subjects > 0 || files || a->json || a->junit))
    argp_error(state, "--list stands alone");
  if (subjects > 0 && r->transposed)
    argp_error(state, "--transpose is about the file of --output");
  if (a->mutants && a->junit)
    argp_error(state, "--mutants has no JUnit form");
  if (a->pairs && (r->preset || r->schedule || r->steps || r->norm || r->eps || r->safety || r->dtype || r->rounding))
    argp_error(state, "--pairs: the manifest in the folder says what the kernel computes");
}

static void check_files(const mc_run_audit_request *r, struct argp_state *state) {
  bool any = r->weights || r->buffer || r->weights_after || r->buffer_after;
  bool all = r->weights && r->buffer && r->weights_after && r->buffer_after;
  bool rule = r->rate || r->momentum || r->momentum_rule || r->nesterov || r->weight_decay || r->decay;
  if (any && r->transposed)
    argp_error(state, "--transpose is about --output: all files of a step have the shape of the weights");
  if (any && (!all || !r->input || r->output))
    argp_error(state, "a step takes --input (the gradient), --weights, --buffer, --weights-after and --buffer-after");
  if (!any && (!r->input || !r->output))
    argp_error(state, "--input and --output name the matrix given to the kernel and its result");
  if (!any && rule)
    argp_error(state, "momentum, decay and learning rate belong to a step: say --weights and the other files of it");
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
  case OPTION_ACCUMULATOR:
    a->request.accumulator = text;
    return 0;
  case OPTION_LIMITS:
    a->request.limits = text;
    return 0;
  case OPTION_SCALING:
    a->request.scaling = text;
    return 0;
  case OPTION_TRANSPOSE:
    a->request.transposed = true;
    return 0;
  case OPTION_WEIGHTS:
    a->request.weights = text;
    return 0;
  case OPTION_BUFFER:
    a->request.buffer = text;
    return 0;
  case OPTION_WEIGHTS_AFTER:
    a->request.weights_after = text;
    return 0;
  case OPTION_BUFFER_AFTER:
    a->request.buffer_after = text;
    return 0;
  case OPTION_LR:
    a->request.rate = text;
    return 0;
  case OPTION_MOMENTUM:
    a->request.momentum = text;
    return 0;
  case OPTION_MOMENTUM_RULE:
    a->request.momentum_rule = text;
    return 0;
  case OPTION_NESTEROV:
    a->request.nesterov = text;
    return 0;
  case OPTION_WEIGHT_DECAY:
    a->request.weight_decay = text;
    return 0;
  case OPTION_DECAY:
    a->request.decay = text;
    return 0;
  case OPTION_PAIRS:
    a->pairs = text;
    return 0;
  case OPTION_TIME_LIMIT:
    a->run.seconds = (double)mc_cli_number_of("time-limit", text, 86400, state);
    if (a->run.seconds == 0)
      argp_error(state, "--time-limit: at least 1");
    return 0;
  case OPTION_MEMORY_LIMIT:
    a->request.memory = mc_cli_number_of("memory-limit", text, UINT32_MAX, state) << 20;
    if (a->request.memory == 0)
      argp_error(state, "--memory-limit: at least 1");
    return 0;
  case OPTION_MUTANTS:
    a->mutants = true;
    return 0;
  case OPTION_LIST:
    a->list = true;
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
    if (a->request.kernel)
      argp_error(state, "one kernel at a time: '%s' is a second", text);
    a->request.kernel = text;
    return 0;
  case ARGP_KEY_END:
    check_subject(a, state);
    if (!a->list && !a->mutants && !a->pairs && !a->request.kernel)
      check_files(&a->request, state);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp parser = {
    options,
    parse,
    "--input G --output X\nKERNEL|PLUGIN.so\n--pairs DIR\n--input G --weights W --buffer B --weights-after W "
    "--buffer-after B\n--mutants\n--list",
    "Hold the output of an orthogonalisation kernel against the exact Newton-Schulz image and the polar factor of its "
    "input. KERNEL is one of reference, openblas, openblas-symmetric, gram, emulated-all, emulated-operations, "
    "emulated-sums, bf16-dot, and avx512bf16 where the processor has it (--list); PLUGIN.so speaks the ABI of "
    "muoncert_kernel.h "
    "and is run in "
    "a process of its own. Either is also "
    "held against the laws.\v"
    "wrong: the error exceeds what any kernel of the stated rounding model can make. suspicious: it exceeds what "
    "correct kernels make "
    "with a probability of 1e-6. conforms: it does not, and that is certified. Anything else is undecided.\n"
    "Exit status: 0 conforms; 1 wrong or suspicious, or a law violated; 2 undecided (also: NaN, infinite, zero or "
    "rank-deficient input); "
    "3 usage or bad input, a plug-in that is none; 4 a plug-in crashed or hung.",
    NULL,
    NULL,
    NULL};

static int run_mutants(const arguments *a) {
  mc_error e = {0};
  mc_text page;
  json_t *document = mc_run_mutants(&a->request, &a->run, &e);
  if (!document)
    return mc_cli_fail("audit", &e);
  mc_text_init(&page);
  mc_cli_audit_print_kill_table(&page, document);
  int written = a->json ? mc_cli_print_json(document) : mc_cli_print_text(page.data, page.length);
  int status = (int)mc_exit_worse((mc_exit)written, mc_run_verdict_exit(document));
  mc_text_clear(&page);
  json_decref(document);
  return status;
}

/* ---- The command ---- */

static int run_audit(const arguments *a) {
  mc_error e = {0};
  json_t *document = a->request.kernel ? mc_run_kernel(&a->request, &a->run, &e)
                     : a->pairs        ? mc_run_pairs(a->pairs, &a->run, &e)
                                       : mc_run_audit(&a->request, &a->run, &e);
  if (!document)
    return mc_cli_fail("audit", &e);
  int written = a->junit ? mc_cli_write_junit("audit", a->junit, document) : MC_EXIT_EXPECTED;
  int finished = mc_cli_finish("audit", document, a->json, a->quiet);
  json_decref(document);
  return (int)mc_exit_worse((mc_exit)written, (mc_exit)finished);
}

static int print_list(void) {
  mc_text out;
  mc_text_init(&out);
  mc_cli_audit_print_list(&out);
  int status = mc_cli_print_text(out.data, out.length);
  mc_text_clear(&out);
  return status;
}

int mc_cli_audit(int argc, char **argv) {
  arguments a = {.run = {.seed = 1}};
  argp_parse(&parser, argc, argv, 0, NULL, &a);
  if (a.list)
    return print_list();
  a.run.progress = mc_progress_new(stderr, a.quiet);
  int status = a.mutants ? run_mutants(&a) : run_audit(&a);
  mc_progress_free(a.run.progress);
  return status;
}
