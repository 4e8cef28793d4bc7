/* `muoncert claims` and `muoncert prove`: the claim blocks of spec files. */
#include "run.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "../ball/ball.h"
#include "../check/check.h"
#include "../claim/claim.h"
#include "claim_plot.h"

#define DIGITS 17

static const char *const expectations[] = {"proved", "refuted", "undecided"};

/* ---- One claim as JSON ---- */

static json_t *witness_json(const mc_claim *claim, const mc_claim_result *r) {
  json_t *witness = json_object();
  for (size_t i = 0; i < r->witness_count; i++) {
    char *text = fmpq_get_str(NULL, 10, r->witness + i);
    json_object_set_new(witness, claim->variables[i].name, json_string(text));
    flint_free(text);
  }
  return witness;
}

static json_t *derived_json(const mc_claim_result *r) {
  char *lo = mc_ball_arf_text(r->derived_lower, -1, DIGITS), *hi = mc_ball_arf_text(r->derived_upper, 1, DIGITS);
  json_t *derived = lo && hi ? json_pack("{s:s s:s}", "lo", lo, "hi", hi) : NULL;
  mc_free(lo);
  mc_free(hi);
  return derived;
}

/* The first line: the excerpt of the source that may follow is for terminals. */
static void set_message(json_t *entry, const char *text) {
  json_object_set_new(entry, "message", json_stringn(text, strcspn(text, "\n")));
}

static json_t *new_entry(const mc_claim *claim) {
  json_t *entry = json_pack("{s:s s:s s:I}", "id", claim->block.id, "file", claim->block.file, "line",
                            (json_int_t)claim->block.line);
  json_object_set_new(entry, "expected", json_string(expectations[claim->expected]));
  json_object_set_new(entry, "statement", json_string(claim->block.statement));
  if (claim->block.cite)
    json_object_set_new(entry, "cite", json_string(claim->block.cite));
  return entry;
}

static void describe(json_t *entry, const mc_claim *claim, const mc_claim_result *r) {
  json_object_set_new(entry, "verdict", json_string(r->status == MC_OK ? mc_claim_verdict_name(r->verdict) : "error"));
  if (r->has_witness)
    json_object_set_new(entry, "witness", witness_json(claim, r));
  if (r->place)
    json_object_set(entry, "place", r->place);
  if (r->has_derived)
    json_object_set_new(entry, "derived", derived_json(r));
  json_t *plot = mc_run_claim_plot(claim, r);
  if (plot)
    json_object_set_new(entry, "plot", plot);
  json_object_set_new(entry, "boxes", json_integer((json_int_t)r->boxes));
  json_object_set_new(entry, "seconds", json_real(r->seconds));
  if (*r->message)
    set_message(entry, r->message);
  else if (r->has_witness && !r->witness_exact)
    set_message(entry,
                "the values at the witness are not rational, or too long: decided in balls at exactly this point");
}

/* ---- Certificates ---- */

typedef struct {
  const mc_document *document;
  const mc_claim *claim;
  json_t *entry;
  size_t namesakes; /* items before this one with the same id */
} item;

/* DIR/ID.json, or DIR/ID-2.json for the second of that name. */
static json_t *write_certificate(const item *it, const json_t *certificate, const char *folder, mc_error *e) {
  mc_text path, text;
  mc_text_init(&path);
  mc_text_init(&text);
  mc_text_printf(&path, "%s/%s", folder, it->claim->block.id);
  if (it->namesakes > 0)
    mc_text_printf(&path, "-%zu", it->namesakes + 1);
  mc_text_printf(&path, ".json");
  char *dump = json_dumps(certificate, JSON_COMPACT);
  if (dump)
    mc_text_printf(&text, "%s\n", dump);
  mc_status s = dump && !path.failed && !text.failed ? mc_file_write(path.data, text.data, text.length, e)
                                                     : mc_fail(e, MC_NO_MEMORY, "out of memory");
  json_t *written = s == MC_OK ? json_string(path.data) : NULL;
  mc_free(dump);
  mc_text_clear(&path);
  mc_text_clear(&text);
  return written;
}

/* Has the checker accept it, about this claim? */
static json_t *check_certificate(const item *it, const json_t *certificate, double seconds) {
  mc_text text;
  mc_text_init(&text);
  mc_check_result r;
  mc_check_result_init(&r);
  if (mc_lang_claim_text(&text, it->document, it->claim) == MC_OK)
    mc_check_certificate(&r, certificate, text.data, seconds);
  json_t *checked = json_pack("{s:s s:I s:f}", "status", r.accepted ? "checked" : "refused", "boxes",
                              (json_int_t)r.boxes, "seconds", r.seconds);
  if (!r.accepted)
    json_object_set_new(checked, "message", json_string(*r.message ? r.message : "out of memory"));
  mc_check_result_clear(&r);
  mc_text_clear(&text);
  return checked;
}

/* A verdict whose certificate the checker refuses is believed by nobody. */
static void certify(const item *it, const mc_claim_result *result, const mc_run_options *options) {
  if (result->status != MC_OK || result->verdict == MC_VERDICT_UNDECIDED)
    return;
  json_t *certificate = mc_claim_certificate(it->document, it->claim, result);
  json_t *checked = certificate ? check_certificate(it, certificate, mc_run_check_seconds(options))
                                : json_pack("{s:s}", "status", "none");
  if (certificate && options->certificates) {
    mc_error e = {0};
    json_t *file = write_certificate(it, certificate, options->certificates, &e);
    if (file) {
      json_object_set_new(checked, "file", file);
    } else {
      json_object_set_new(it->entry, "verdict", json_string("error"));
      set_message(it->entry, e.text);
    }
  }
  if (strcmp(json_string_value(json_object_get(checked, "status")), "refused") == 0) {
    json_object_set_new(it->entry, "verdict", json_string("undecided"));
    json_object_set_new(it->entry, "message",
                        json_sprintf("the checker refuses the certificate: %s",
                                     json_string_value(json_object_get(checked, "message"))));
  }
  json_object_set_new(it->entry, "certificate", checked);
  json_decref(certificate);
}

/* ---- All of them, in parallel ---- */

typedef struct {
  item *items;
  size_t count;
  const mc_run_options *options;
  unsigned threads; /* within one claim */
} work;

static void settle_one(void *context, size_t i) {
  work *w = context;
  item *it = &w->items[i];
  bool recording = w->options->certificates || w->options->certify;
  mc_claim_options options = {.seconds = w->options->seconds, .threads = w->threads, .recording = recording};
  mc_claim_result result;
  mc_claim_result_init(&result);
  mc_claim_settle(&result, it->document, it->claim, &options);
  describe(it->entry, it->claim, &result);
  if (recording)
    certify(it, &result, w->options);
  mc_claim_result_clear(&result);
  mc_progress_add(w->options->progress, 1);
}

static json_t *summarise(const json_t *list) {
  json_int_t counts[3] = {0}, unexpected = 0;
  size_t i;
  const json_t *entry;
  json_array_foreach(list, i, entry) {
    const char *verdict = json_string_value(json_object_get(entry, "verdict"));
    for (int k = 0; k < 3; k++)
      counts[k] += strcmp(verdict, expectations[k]) == 0;
    unexpected += mc_run_item_exit("claims", entry) != MC_EXIT_EXPECTED;
  }
  return json_pack("{s:I s:I s:I s:I}", "proved", counts[0], "refuted", counts[1], "undecided", counts[2], "unexpected",
                   unexpected);
}

static mc_status add_claims(work *w, json_t *list, const mc_document *document, mc_error *e) {
  for (size_t i = 0; i < mc_lang_claim_count(document); i++) {
    const mc_claim *claim = mc_lang_claim(document, i);
    if (w->options->only && !mc_glob_match(w->options->only, claim->block.id))
      continue;
    item *items = mc_realloc(w->items, w->count + 1, sizeof *items);
    if (!items)
      return mc_fail(e, MC_NO_MEMORY, "out of memory");
    w->items = items;
    json_t *entry = new_entry(claim);
    json_array_append_new(list, entry);
    size_t namesakes = 0;
    for (size_t k = 0; k < w->count; k++)
      namesakes += strcmp(w->items[k].claim->block.id, claim->block.id) == 0;
    w->items[w->count++] = (item){document, claim, entry, namesakes};
  }
  return MC_OK;
}

/* An entry that an interrupt kept from being settled is undecided. */
static void settle_interrupted(json_t *list) {
  size_t i;
  json_t *entry;
  json_array_foreach(list, i, entry) {
    if (!json_object_get(entry, "verdict")) {
      json_object_set_new(entry, "verdict", json_string("undecided"));
      json_object_set_new(entry, "message", json_string("interrupted"));
    }
  }
}

static json_t *settle_documents(const char *command, mc_document *const *documents, size_t count,
                                const mc_run_options *options, mc_error *e) {
  double start = mc_clock_seconds();
  work w = {.options = options};
  if (options->certificates && mkdir(options->certificates, 0777) != 0 && errno != EEXIST) {
    mc_fail(e, MC_BAD_INPUT, "cannot make the folder '%s': %s", options->certificates, strerror(errno));
    return NULL;
  }
  json_t *list = json_array();
  mc_status s = MC_OK;
  for (size_t i = 0; i < count && s == MC_OK; i++)
    s = add_claims(&w, list, documents[i], e);
  if (s != MC_OK) {
    mc_free(w.items);
    json_decref(list);
    return NULL;
  }
  /* Processors that have no claim of their own help within one. */
  unsigned processors = options->threads > 0 ? options->threads : mc_parallel_processors();
  w.threads = w.count > 0 && processors > w.count ? processors / (unsigned)w.count : 1;
  mc_progress_begin(options->progress, "claims", w.count);
  mc_parallel_for(w.count, options->threads, settle_one, &w);
  mc_progress_end(options->progress);
  mc_free(w.items);
  settle_interrupted(list);
  json_t *document = json_pack("{s:o s:o}", "claims", list, "summary", summarise(list));
  if (mc_interrupt_requested() && mc_run_exit(document) != MC_EXIT_EXPECTED)
    json_object_set_new(document, "interrupted", json_true());
  mc_run_stamp(document, command, mc_run_exit(document), mc_clock_seconds() - start);
  return document;
}

json_t *mc_run_claims(const char *const *files, size_t count, const mc_run_options *options, mc_error *e) {
  mc_document **documents = mc_alloc(count, sizeof *documents);
  json_t *result = NULL;
  mc_status s = documents || count == 0 ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < count && s == MC_OK; i++)
    s = mc_lang_document_read(&documents[i], files[i], e);
  if (s == MC_OK)
    result = settle_documents("claims", documents, count, options, e);
  for (size_t i = 0; documents && i < count; i++)
    mc_lang_document_free(documents[i]);
  mc_free(documents);
  return result;
}

/* muoncert prove 'TEXT', for a shell. */
static json_t *replay_json(const char *text) {
  mc_text line;
  mc_text_init(&line);
  mc_text_printf(&line, "muoncert prove '");
  for (; *text; text++)
    mc_text_printf(&line, *text == '\'' ? "'\\''" : "%c", *text);
  mc_text_printf(&line, "'");
  json_t *replay = line.failed ? NULL : json_string(line.data);
  mc_text_clear(&line);
  return replay;
}

json_t *mc_run_prove(const char *text, const mc_run_options *options, mc_error *e) {
  mc_document *document;
  if (mc_lang_statement_parse(&document, text, strlen(text), e) != MC_OK)
    return NULL;
  json_t *result = settle_documents("prove", &document, 1, options, e);
  if (result)
    json_object_set_new(json_array_get(json_object_get(result, "claims"), 0), "replay", replay_json(text));
  mc_lang_document_free(document);
  return result;
}
