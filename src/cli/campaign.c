/* muoncert campaign: theorems and laws on random spectra. */
#include "cli.h"

#include <argp.h>
#include <string.h>

#include "../lang/lang.h"
#include "../report/report.h"
#include "../run/run.h"
#include "ranks.h"

typedef struct {
  mc_run_options run;
  const char **files, **names; /* both with room for every argument */
  size_t file_count;
  const char *resume, *record, *save, *junit;
  const char *chosen; /* the last option that says what to run, for --resume, which takes that from the record */
  bool list, json, quiet;
} arguments;

enum {
  OPTION_LIST = 256,
  OPTION_TRIALS,
  OPTION_SEED,
  OPTION_PROFILE,
  OPTION_SHARD,
  OPTION_REPLAY,
  OPTION_RESUME,
  OPTION_RECORD,
  OPTION_SAVE,
  OPTION_KEEP,
  OPTION_SECONDS,
  OPTION_THREADS,
  OPTION_JUNIT,
  OPTION_JSON
};

static const struct argp_option options[] = {
    {"file", 'f', "FILE.claim", 0, "take campaigns from this file; may be repeated (default: the spec folder)", 0},
    {"list", OPTION_LIST, NULL, 0, "list the campaigns: where each stands, its source, its statement", 0},
    {"trials", OPTION_TRIALS, "N", 0, "random trials of each campaign (default: what the campaign says)", 0},
    {"seed", OPTION_SEED, "N", 0, "seed, decimal or 0x… (default 0)", 0},
    {"profile", OPTION_PROFILE, "NAME", 0,
     "quick (default), or full: ten times the trials, and the campaigns kept for it", 0},
    {"shard", OPTION_SHARD, "I/N", 0,
     "only every N-th trial from the I-th on; `muoncert report' joins the records of all N", 0},
    {"replay", OPTION_REPLAY, "CASE", 0, "run the one trial that a replay line names, and show its data", 0},
    {"resume", OPTION_RESUME, "OLD.json", 0, "make the trials that the record of an interrupted run lacks", 0},
    {"record", OPTION_RECORD, "FILE", 0, "write the results as JSON, also when interrupted", 0},
    {"save", OPTION_SAVE, "DIR", 0, "write the matrices of violations and replays as DIR/ID.NAME.npy", 0},
    {"keep", OPTION_KEEP, NULL, 0, "add the worst case of each campaign to the corpus beside its file", 0},
    {"seconds", OPTION_SECONDS, "N", 0, "time limit of each campaign: if it strikes, the verdict is undecided", 0},
    {"threads", OPTION_THREADS, "N", 0, "at most N threads (default: all processors); results do not depend on it", 0},
    {"junit", OPTION_JUNIT, "FILE", 0, "write JUnit XML", 0},
    {"json", OPTION_JSON, NULL, 0, "print the results as JSON", 0},
    {"quiet", 'q', NULL, 0, "no progress; print nothing if everything is as expected", 0},
    {0},
};

/* "I/N" with 1 <= I <= N. */
static void read_shard(mc_run_options *run, const char *text, struct argp_state *state) {
  char index[16] = "";
  const char *slash = strchr(text, '/');
  uint64_t i = 0, n = 0;
  if (slash && (size_t)(slash - text) < sizeof index)
    memcpy(index, text, (size_t)(slash - text));
  if (!slash || !mc_cli_read_u64(&i, index) || !mc_cli_read_u64(&n, slash + 1) || i < 1 || i > n || n > 65536)
    argp_error(state, "--shard takes I/N with I from 1 to N, such as 2/8, not '%s'", text);
  run->share = (unsigned)i;
  run->shares = (unsigned)n;
}

static bool read_profile(const char *text, struct argp_state *state) {
  if (strcmp(text, "quick") != 0 && strcmp(text, "full") != 0)
    argp_error(state, "--profile is quick or full, not '%s'", text);
  return strcmp(text, "full") == 0;
}

static void check(const arguments *a, struct argp_state *state) {
  if (a->list && (a->run.name_count > 0 || a->json || a->resume || (a->chosen && strcmp(a->chosen, "--file") != 0)))
    argp_error(state, "--list takes --file at most");
  if (a->run.replay && a->run.name_count != 1)
    argp_error(state, "--replay needs the name of one campaign");
  if (a->resume && (a->chosen || a->run.name_count > 0))
    argp_error(state, "--resume takes what to run from the record; leave out %s", a->chosen ? a->chosen : "names");
  if (a->run.keep && (a->run.shares || a->run.replay))
    argp_error(state, "--keep needs a whole run: leave out --shard and --replay");
  if (a->run.shares && a->run.replay)
    argp_error(state, "--replay runs one trial: leave out --shard");
}

static error_t parse(int key, char *text, struct argp_state *state) {
  arguments *a = state->input;
  switch (key) {
  case 'f':
    a->files[a->file_count++] = text;
    a->chosen = "--file";
    return 0;
  case OPTION_LIST:
    a->list = true;
    return 0;
  case OPTION_TRIALS:
    a->chosen = "--trials";
    a->run.trials = mc_cli_number_of("trials", text, UINT32_MAX, state);
    return 0;
  case OPTION_SEED:
    a->chosen = "--seed";
    a->run.seed = mc_cli_number_of("seed", text, UINT64_MAX, state);
    return 0;
  case OPTION_PROFILE:
    a->chosen = "--profile";
    a->run.full = read_profile(text, state);
    return 0;
  case OPTION_SHARD:
    a->chosen = "--shard";
    read_shard(&a->run, text, state);
    return 0;
  case OPTION_REPLAY:
    a->chosen = "--replay";
    a->run.replay = text;
    return 0;
  case OPTION_RESUME:
    a->resume = text;
    return 0;
  case OPTION_RECORD:
    a->record = text;
    return 0;
  case OPTION_SAVE:
    a->save = text;
    return 0;
  case OPTION_KEEP:
    a->run.keep = true;
    return 0;
  case OPTION_SECONDS:
    a->run.seconds = (double)mc_cli_number_of("seconds", text, UINT32_MAX, state);
    return 0;
  case OPTION_THREADS:
    a->run.threads = (unsigned)mc_cli_number_of("threads", text, 1024, state);
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
    a->names[a->run.name_count++] = text;
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
    "[NAME…]\n--list",
    "Run campaigns: statements checked over many random trials, each judged with certified balls.\v"
    "A trial holds, is violated or is undecided; one that misses the hypotheses is counted apart. A violation is "
    "shrunk, and its replay line reproduces it by itself. Results do not depend on the number of threads, and an "
    "interrupted or sharded run gives, resumed or joined, those of one process.\n"
    "Exit status: 0 every campaign as expected; 1 violated; 2 undecided or interrupted; 3 usage or bad input.",
    NULL,
    NULL,
    NULL};

/* ---- The list ---- */

static void print_campaign(mc_text *out, const mc_campaign *c) {
  static const char *const marks[] = {"", "  [expected to be violated]", "  [expected to be undecided]"};
  mc_text_printf(out, "%s  %s:%u%s%s\n", c->block.id, c->block.file, c->block.line, marks[c->expected],
                 c->full ? "  [--profile full]" : "");
  if (c->block.cite)
    mc_text_printf(out, "    %s\n", c->block.cite);
  if (c->hypothesis)
    mc_text_printf(out, "    where %s\n", c->hypothesis);
  mc_text_printf(out, "    holds %s\n", c->block.statement);
}

static mc_status list_files(mc_text *out, const char *const *files, size_t count, mc_error *e) {
  mc_status status = MC_OK;
  for (size_t i = 0; i < count && status == MC_OK; i++) {
    mc_document *document;
    status = mc_lang_document_read(&document, files[i], e);
    for (size_t k = 0; status == MC_OK && k < mc_lang_campaign_count(document); k++)
      print_campaign(out, mc_lang_campaign(document, k));
    if (status == MC_OK)
      mc_lang_document_free(document);
  }
  return status;
}

static int print_list(const arguments *a) {
  mc_error e = {0};
  mc_text out;
  char **paths = NULL;
  size_t count = 0;
  mc_text_init(&out);
  mc_status status = a->file_count > 0 ? MC_OK : mc_run_spec_claims(&paths, &count, NULL, &e);
  if (status == MC_OK)
    status = list_files(&out, a->file_count > 0 ? a->files : (const char *const *)paths,
                        a->file_count > 0 ? a->file_count : count, &e);
  int printed = status == MC_OK ? mc_cli_print_text(out.data, out.length) : mc_cli_fail("campaign", &e);
  if (paths)
    mc_run_spec_free(paths, count);
  mc_text_clear(&out);
  return printed;
}

/* ---- Runs ---- */

static json_t *run_default_files(const mc_run_options *run, mc_error *e) {
  char **paths;
  size_t count;
  if (mc_run_spec_claims(&paths, &count, NULL, e) != MC_OK)
    return NULL;
  json_t *document = mc_run_campaigns((const char *const *)paths, count, run, e);
  mc_run_spec_free(paths, count);
  return document;
}

static json_t *resume(const arguments *a, mc_error *e) {
  json_t *record = mc_report_read(a->resume, e);
  json_t *document = record ? mc_run_campaigns_resume(record, &a->run, e) : NULL;
  json_decref(record);
  return document;
}

static json_t *run_campaigns(arguments *a, mc_error *e) {
  json_t *document;
  a->run.progress = mc_progress_new(stderr, a->quiet);
  if (a->resume)
    document = resume(a, e);
  else if (a->file_count > 0)
    document = mc_run_campaigns(a->files, a->file_count, &a->run, e);
  else
    document = run_default_files(&a->run, e);
  mc_progress_free(a->run.progress);
  return document;
}

static mc_exit write_files(const arguments *a, const json_t *document) {
  mc_error e = {0};
  mc_exit worst = MC_EXIT_EXPECTED;
  if (a->record)
    worst = mc_exit_worse(worst, (mc_exit)mc_cli_write_json("campaign", a->record, document));
  if (a->junit)
    worst = mc_exit_worse(worst, (mc_exit)mc_cli_write_junit("campaign", a->junit, document));
  if (a->save && mc_run_campaigns_save(document, a->save, &e) != MC_OK)
    worst = mc_exit_worse(worst, (mc_exit)mc_cli_fail("campaign", &e));
  return worst;
}

static int finish(const arguments *a, const json_t *document) {
  mc_exit written = write_files(a, document);
  return (int)mc_exit_worse(written, (mc_exit)mc_cli_finish("campaign", document, a->json, a->quiet));
}

static int run(arguments *a) {
  mc_error e = {0};
  if (mc_cli_require_writable("campaign", a->record) != MC_EXIT_EXPECTED ||
      mc_cli_require_writable("campaign", a->junit) != MC_EXIT_EXPECTED)
    return MC_EXIT_USAGE;
  json_t *document = run_campaigns(a, &e);
  int status = document ? finish(a, document) : mc_cli_fail("campaign", &e);
  json_decref(document);
  return status;
}

/* The documents of all ranks as one; NULL on the ranks behind the first, and on failure. */
static json_t *join_ranks(const mc_ranks *ranks, const json_t *own, mc_error *e) {
  json_t *result = NULL, **room = mc_alloc(2 * (size_t)ranks->count, sizeof(json_t *)), **joined = room + ranks->count;
  size_t count = 0;
  if (!room)
    mc_fail(e, MC_NO_MEMORY, "out of memory");
  else if (mc_ranks_gather(room, ranks, own, e) == MC_OK && ranks->rank == 0) {
    if (mc_run_campaigns_join(joined, &count, (const json_t *const *)room, ranks->count, e) == MC_OK)
      result = json_incref(joined[0]);
    for (unsigned i = 0; i < ranks->count; i++)
      json_decref(room[i]);
  }
  while (count > 0)
    json_decref(joined[--count]);
  mc_free(room);
  return result;
}

/* Under mpirun each rank makes a share of the trials; the first joins and tells them, the others are silent. */
static int run_ranks(arguments *a, const mc_ranks *ranks) {
  mc_error e = {0};
  json_t *document = NULL;
  bool alone = a->resume || a->run.replay || a->run.keep || a->run.shares > 0;
  a->quiet = a->quiet || ranks->rank > 0;
  a->run.share = ranks->rank + 1;
  a->run.shares = ranks->count;
  if (alone)
    mc_fail(&e, MC_BAD_INPUT, "--resume, --replay, --keep and --shard are for one process, not for mpirun");
  else
    document = run_campaigns(a, &e);
  json_t *joined = join_ranks(ranks, document, &e);
  json_decref(document);
  int status = ranks->rank > 0 ? MC_EXIT_EXPECTED : joined ? finish(a, joined) : mc_cli_fail("campaign", &e);
  json_decref(joined);
  return status;
}

int mc_cli_campaign(int argc, char **argv) {
  const char **room = mc_alloc(2 * (size_t)argc, sizeof *room);
  mc_error e = {0};
  if (!room) {
    mc_fail(&e, MC_NO_MEMORY, "out of memory");
    return mc_cli_fail("campaign", &e);
  }
  arguments a = {.files = room, .names = room + argc};
  a.run.names = a.names;
  argp_parse(&parser, argc, argv, 0, NULL, &a);
  if (a.list) {
    int printed = print_list(&a);
    mc_free(room);
    return printed;
  }
  mc_ranks ranks;
  int status = (int)MC_EXIT_USAGE;
  if (mc_ranks_begin(&ranks, &e) != MC_OK)
    status = mc_cli_fail("campaign", &e);
  else
    status = ranks.count > 1 ? run_ranks(&a, &ranks) : run(&a);
  mc_ranks_end(&ranks);
  mc_free(room);
  return status;
}
