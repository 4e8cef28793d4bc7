#include "facts.h"

#include <string.h>

#include "../run/run.h"
#include "decimal.h"

const mc_fact_kind mc_fact_kinds[MC_FACT_KINDS] = {
    {"functions", "proofs", "function", "functions", "proved"},
    {"theorems", "theorems", "theorem", "theorems", "proved"},
    {"claims", "claims", "claim", "claims", "proved"},
    {"campaigns", "campaigns", "campaign", "campaigns", "holds"},
    {"audits", "audits", "audit", "audits", "conforms"},
    {"laws", "laws", "law", "laws", "holds"},
    {"mutants", "mutants", "planted bug", "planted bugs", "killed"},
    {"certificates", "certificates", "certificate", "certificates", "accepted"},
};

const mc_fact_kind *mc_fact_kind_of(const char *command) {
  const char *list = mc_run_list_of(command);
  for (size_t i = 0; list && i < MC_FACT_KINDS; i++)
    if (strcmp(mc_fact_kinds[i].list, list) == 0)
      return &mc_fact_kinds[i];
  return NULL;
}

const json_t *mc_fact_entries(const json_t *document, const mc_fact_kind *kind) {
  const json_t *own = json_object_get(document, kind->list);
  return own ? own : json_object_get(json_object_get(document, kind->part), kind->list);
}

const char *mc_fact_text(const json_t *object, const char *name) {
  const char *text = json_string_value(json_object_get(object, name));
  return text ? text : "";
}

const char *mc_fact_data(const mc_text *t) {
  return t->data ? t->data : "";
}

static long long integer_of(const json_t *object, const char *name) {
  return (long long)json_integer_value(json_object_get(object, name));
}

const char *mc_fact_name(const json_t *entry) {
  const char *id = mc_fact_text(entry, "id");
  return *id ? id : mc_fact_text(entry, "name");
}

const char *mc_fact_verdict(const mc_fact_kind *kind, const json_t *entry) {
  if (strcmp(kind->list, "mutants") == 0)
    return json_is_true(json_object_get(entry, "killed"))       ? "killed"
           : json_is_true(json_object_get(entry, "equivalent")) ? "equivalent"
                                                                : "survives";
  if (strcmp(kind->list, "functions") == 0)
    return mc_run_item_exit(kind->list, entry) == MC_EXIT_EXPECTED ? "proved" : "not proved";
  return mc_fact_text(entry, "verdict");
}

/* Of two claims, is one the restatement of the other: `lemma.bound` and `lemma.bound_as_printed`? */
static bool is_restatement(const char *a, const char *b) {
  size_t n = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
  return n > 0 && strncmp(a, b, n) == 0 && strchr("_.", a[n] ? a[n] : b[n]) != NULL;
}

static bool is_plain(const mc_fact_kind *kind, const json_t *entry) {
  return strcmp(mc_fact_verdict(kind, entry), kind->usual) == 0 &&
         mc_run_item_exit(kind->list, entry) == MC_EXIT_EXPECTED;
}

bool mc_fact_is_remarkable(const mc_fact_kind *kind, const json_t *entries, const json_t *entry) {
  if (!is_plain(kind, entry))
    return true;
  size_t i;
  const json_t *other;
  json_array_foreach(entries, i, other) if (!is_plain(kind, other) &&
                                            is_restatement(mc_fact_name(entry), mc_fact_name(other))) return true;
  return false;
}

void mc_fact_headline(mc_text *out, const mc_fact_kind *kind, const json_t *entry) {
  const char *verdict = mc_fact_verdict(kind, entry), *expected = mc_fact_text(entry, "expected");
  mc_exit x = mc_run_item_exit(kind->list, entry);
  mc_text_printf(out, "%s", verdict);
  if (x == MC_EXIT_USAGE && strcmp(verdict, "error") != 0)
    mc_text_printf(out, ", but the record contradicts itself");
  else if (x != MC_EXIT_EXPECTED)
    mc_text_printf(out, ", expected %s", *expected ? expected : kind->usual);
}

void mc_fact_sentence(mc_text *out, const mc_fact_kind *kind, const json_t *entry) {
  mc_text result;
  mc_text_init(&result);
  mc_fact_headline(out, kind, entry);
  mc_fact_result(&result, kind, entry);
  const char *more = result.length > 0 ? result.data : mc_fact_text(entry, "message");
  mc_text_printf(out, "%s%s", *more ? ": " : "", more);
  mc_text_clear(&result);
}

void mc_fact_part(mc_text *out, const json_t *part) {
  const mc_fact_kind *kind = mc_fact_kind_of(mc_fact_text(part, "command"));
  long long unexpected = integer_of(part, "unexpected"), undecided = integer_of(part, "undecided");
  if (mc_run_verdict_exit(part) == MC_EXIT_EXPECTED)
    mc_text_printf(out, "all as expected");
  else if (unexpected + undecided == 0)
    mc_text_printf(out, integer_of(part, "items") == 0 ? "not run" : "not as expected");
  if (unexpected > 0)
    mc_text_printf(out, "%lld not as expected%s", unexpected, undecided > 0 ? ", " : "");
  if (undecided > 0)
    mc_text_printf(out, "%lld %s", undecided, strcmp(kind->list, "functions") == 0 ? "not proved" : "undecided");
}

void mc_fact_part_items(mc_text *out, const json_t *part) {
  const mc_fact_kind *kind = mc_fact_kind_of(mc_fact_text(part, "command"));
  long long items = integer_of(part, "items");
  mc_text_printf(out, "%lld %s", items, items == 1 ? kind->one : kind->several);
}

static long long sum_over(const json_t *entries, const char *member) {
  long long sum = 0;
  size_t i;
  const json_t *entry;
  json_array_foreach(entries, i, entry) sum += integer_of(entry, member);
  return sum;
}

static void print_proofs(mc_text *out, const json_t *document) {
  const json_t *proofs = json_object_get(document, "proofs"), *functions = json_object_get(proofs, "functions");
  if (json_array_size(functions) == 0)
    return;
  mc_text_printf(out, "%lld of %lld goals valid: ", sum_over(functions, "valid"), sum_over(functions, "goals"));
  if (sum_over(functions, "recorded") > 0)
    mc_text_printf(out, "%lld recorded for the same inputs and not generated again, ", sum_over(functions, "recorded"));
  mc_text_printf(out, "%lld generated and looked up, %lld proved in this run", sum_over(functions, "replayed"),
                 sum_over(functions, "proved"));
  if (integer_of(proofs, "reused") > 0)
    mc_text_printf(out, "; %lld of them in an earlier run on the same inputs", integer_of(proofs, "reused"));
  if (sum_over(functions, "smoke") > 0)
    mc_text_printf(out, "; %lld smoke tests besides", sum_over(functions, "smoke"));
  const json_t *mutants = json_object_get(proofs, "mutants");
  if (mutants)
    mc_text_printf(out, "; %lld of %lld recorded mutants killed", integer_of(mutants, "killed"),
                   integer_of(mutants, "total"));
  if (json_is_array(json_object_get(proofs, "trusted")))
    mc_text_printf(out, "; %zu assumptions listed", json_array_size(json_object_get(proofs, "trusted")));
}

static void print_rules(mc_text *out, const json_t *document) {
  size_t i, bugs = json_array_size(json_object_get(document, "mutants"));
  const json_t *rule;
  json_array_foreach(json_object_get(document, "rules"), i, rule) {
    mc_text_printf(out, "%s%s ", i == 0 ? "tests of others let through, of these bugs: " : ", ",
                   mc_fact_text(rule, "name"));
    if (integer_of(rule, "inputs") == 0)
      mc_text_printf(out, "(rejects correct kernels)");
    else
      mc_text_printf(out, "%lld of %zu", integer_of(rule, "survivors"), bugs);
  }
}

static void print_bugs(mc_text *out, const json_t *document) {
  const json_t *record = json_object_get(document, "false_alarms");
  print_rules(out, document);
  mc_text_printf(out, "%s", record && out->length > 0 ? "; " : "");
  mc_run_false_alarms_print(out, record);
}

static void print_basis(mc_text *out, const json_t *document, const mc_fact_kind *kind) {
  size_t i;
  const json_t *part;
  json_array_foreach(json_object_get(document, "parts"), i, part) {
    if (mc_fact_kind_of(mc_fact_text(part, "command")) != kind || !json_object_get(part, "rests_on"))
      continue;
    mc_run_basis_print(out, json_object_get(part, "rests_on"));
    return;
  }
}

void mc_fact_overview(mc_text *out, const json_t *document, const mc_fact_kind *kind) {
  if (strcmp(kind->list, "functions") == 0)
    print_proofs(out, document);
  else if (strcmp(kind->list, "mutants") == 0)
    print_bugs(out, document);
  else
    print_basis(out, document, kind);
}

/* ---- Numbers ---- */

void mc_fact_enclosure(mc_text *out, const json_t *enclosure, unsigned digits) {
  mc_text_printf(out, "[");
  mc_decimal_print_rounded(out, mc_fact_text(enclosure, "lo"), digits, false);
  mc_text_printf(out, ", ");
  mc_decimal_print_rounded(out, mc_fact_text(enclosure, "hi"), digits, true);
  mc_text_printf(out, "]");
}

void mc_fact_duration(mc_text *out, double seconds) {
  if (seconds < 60)
    mc_text_printf(out, "%.*f s", seconds < 10 ? 2 : 1, seconds);
  else
    mc_text_printf(out, "%.0f min %02.0f s", (double)(long)(seconds / 60), seconds - 60 * (double)(long)(seconds / 60));
}

/* ---- Results ---- */

static void separate(mc_text *out, size_t start) {
  if (out->length > start)
    mc_text_printf(out, "; ");
}

void mc_fact_place(mc_text *out, const json_t *entry, const char *before) {
  const char *variable;
  json_t *value;
  json_object_foreach(json_object_get(entry, "place"), variable, value) {
    const char *lo = mc_fact_text(value, "lo"), *hi = mc_fact_text(value, "hi");
    mc_text_printf(out, "%s%s", before, variable);
    if (strcmp(lo, hi) == 0)
      mc_text_printf(out, " = %s", lo);
    else
      mc_text_printf(out, " in [%s, %s]", lo, hi);
    before = ", ";
  }
}

static void print_claim(mc_text *out, const json_t *entry) {
  size_t start = out->length;
  const char *variable;
  json_t *value;
  json_object_foreach(json_object_get(entry, "witness"), variable, value) {
    const char *separator = out->length > start                                     ? ", "
                            : strcmp(mc_fact_text(entry, "verdict"), "proved") == 0 ? "true at "
                                                                                    : "false at ";
    mc_text_printf(out, "%s%s = %s", separator, variable, json_string_value(value));
  }
  mc_fact_place(out, entry, strcmp(mc_fact_text(entry, "verdict"), "proved") == 0 ? "true with " : "false at ");
  if (json_is_object(json_object_get(entry, "derived"))) {
    separate(out, start);
    mc_text_printf(out, "? in ");
    mc_fact_enclosure(out, json_object_get(entry, "derived"), 12);
  }
  const char *certificate = mc_fact_text(json_object_get(entry, "certificate"), "status");
  if (*certificate) {
    separate(out, start);
    mc_text_printf(out, strcmp(certificate, "none") == 0 ? "no certificate" : "certificate %s", certificate);
  }
}

static void print_campaign(mc_text *out, const json_t *entry) {
  mc_text_printf(out, "%lld trials, %lld met, %lld hold", integer_of(entry, "trials"), integer_of(entry, "met"),
                 integer_of(entry, "holds"));
  if (integer_of(entry, "violated") > 0)
    mc_text_printf(out, ", %lld violated", integer_of(entry, "violated"));
  if (integer_of(entry, "undecided") > 0)
    mc_text_printf(out, ", %lld undecided", integer_of(entry, "undecided"));
  if (json_is_object(json_object_get(entry, "margin"))) {
    mc_text_printf(out, ", margin in ");
    mc_fact_enclosure(out, json_object_get(entry, "margin"), 3);
  }
}

static void print_limit(mc_text *out, const json_t *tolerance, const char *name) {
  const char *text = mc_fact_text(tolerance, name);
  if (!*text)
    return;
  mc_text_printf(out, ", %s limit ", name);
  mc_decimal_print_rounded(out, text, 3, true);
}

static void print_enclosure(mc_text *out, const char *words, const json_t *entry, const char *name) {
  if (!json_is_object(json_object_get(entry, name)))
    return;
  mc_text_printf(out, "%s", words);
  mc_fact_enclosure(out, json_object_get(entry, name), 4);
}

static void print_audit(mc_text *out, const json_t *entry) {
  const json_t *tolerance = json_object_get(entry, "tolerance");
  print_enclosure(out, "error in ", entry, "error");
  print_limit(out, tolerance, "statistical");
  print_limit(out, tolerance, "sound");
}

static void print_law(mc_text *out, const json_t *entry) {
  mc_text_printf(out, "%s", mc_fact_text(entry, "message"));
}

/* What was held against what, in an audit. */
static void print_audited(mc_text *out, const json_t *entry) {
  const json_t *shape = json_object_get(entry, "shape");
  const char *output = mc_fact_text(entry, "output"), *input = mc_fact_text(entry, "input");
  if (!*mc_fact_text(entry, "preset"))
    return;
  if (*output)
    mc_text_printf(out, "%s against ", output);
  mc_text_printf(out, "the image of %s under %s", *input ? input : "the input", mc_fact_text(entry, "preset"));
  if (json_array_size(shape) == 2)
    mc_text_printf(out, ", %lld by %lld", (long long)json_integer_value(json_array_get(shape, 0)),
                   (long long)json_integer_value(json_array_get(shape, 1)));
  if (*mc_fact_text(entry, "dtype"))
    mc_text_printf(out, ", %s", mc_fact_text(entry, "dtype"));
}

/* What an audit certifies beside the error. */
static void print_certified(mc_text *out, const json_t *entry) {
  print_enclosure(out, "singular values in ", entry, "sigma");
  print_enclosure(out, ", orthogonality defect in ", entry, "orthogonality");
  print_enclosure(out, ", distance to the polar factor in ", entry, "polar_distance");
}

/* Whose statistical limits an audit prints. */
static void print_rule(mc_text *out, const json_t *entry) {
  size_t i;
  const json_t *rule;
  mc_text_printf(out, "%s", mc_fact_text(entry, "rounding"));
  json_array_foreach(json_object_get(entry, "untried"), i, rule)
      mc_text_printf(out, "%s%s", i == 0 ? ", the output conforms; not tried: " : ", ", json_string_value(rule));
}

static void print_function(mc_text *out, const json_t *entry) {
  long long goals = integer_of(entry, "goals"), valid = integer_of(entry, "valid");
  mc_text_printf(out, "%lld of %lld goals valid", valid, goals);
  if (integer_of(entry, "timeouts") > 0)
    mc_text_printf(out, ", %lld timed out", integer_of(entry, "timeouts"));
  const char *prover;
  json_t *count;
  json_object_foreach(json_object_get(entry, "provers"), prover, count) {
    mc_text_printf(out, "; %s %lld", prover, (long long)json_integer_value(count));
  }
}

static void print_mutant(mc_text *out, const json_t *entry) {
  size_t i;
  const json_t *rule;
  mc_text_printf(out, "%s",
                 json_is_false(json_object_get(entry, "finite")) ? "not finite" : mc_fact_text(entry, "verdict"));
  json_array_foreach(json_object_get(entry, "killed_by"), i, rule)
      mc_text_printf(out, "%s%s", i == 0 ? "; rejected by " : ", ", json_string_value(rule));
}

static void print_theorem(mc_text *out, const json_t *entry) {
  mc_text_printf(out, "%s", mc_fact_text(entry, "carries"));
  if (*mc_fact_text(entry, "assumptions"))
    mc_text_printf(out, "%sassumptions: %s", *mc_fact_text(entry, "carries") ? "; " : "",
                   mc_fact_text(entry, "assumptions"));
}

static void print_certificate(mc_text *out, const json_t *entry) {
  const json_t *bracket = json_object_get(entry, "bracket");
  if (*mc_fact_text(entry, "shows"))
    mc_text_printf(out, "%s: %s", mc_fact_text(entry, "shows"), mc_fact_text(entry, "statement"));
  if (bracket)
    mc_text_printf(out, "; ? in [%s, %s]", json_string_value(json_array_get(bracket, 0)),
                   json_string_value(json_array_get(bracket, 1)));
}

void mc_fact_result(mc_text *out, const mc_fact_kind *kind, const json_t *entry) {
  static void (*const printers[MC_FACT_KINDS])(mc_text *, const json_t *) = {
      print_function, print_theorem, print_claim,  print_campaign,
      print_audit,    print_law,     print_mutant, print_certificate};
  printers[kind - mc_fact_kinds](out, entry);
}

/* ---- Details ---- */

/* What the worst trial of a campaign measured. */
static void print_quantities(mc_text *out, const json_t *entry) {
  const char *name;
  json_t *enclosure;
  json_object_foreach(json_object_get(json_object_get(entry, "witness"), "quantities"), name, enclosure) {
    mc_text_printf(out, "%s%s in ", out->length > 0 ? ", " : "", name);
    mc_fact_enclosure(out, enclosure, 6);
  }
}

/* What an output that does not conform is instead, but for what the message says already. */
static void print_diagnosis(mc_text *out, const json_t *entry) {
  size_t i, start = out->length;
  const json_t *finding;
  json_array_foreach(json_object_get(entry, "diagnosis"), i, finding) {
    const char *text = mc_fact_text(finding, "text");
    if (strstr(mc_fact_text(entry, "message"), text))
      continue;
    separate(out, start);
    mc_text_printf(out, "%s", text);
  }
}

static void print_place(mc_text *out, const json_t *entry) {
  mc_text_printf(out, "%s", mc_fact_text(entry, "file"));
  if (*mc_fact_text(entry, "file") && integer_of(entry, "line") > 0)
    mc_text_printf(out, ":%lld", integer_of(entry, "line"));
}

/* The line that repeats an entry: its own, or that of what states it; an audit's is stated in a spec folder. */
static void print_replay(mc_text *out, const mc_fact_kind *kind, const json_t *entry) {
  const char *file = mc_fact_text(entry, "file"), *slash = strrchr(file, '/');
  if (*mc_fact_text(entry, "replay"))
    mc_text_printf(out, "%s", mc_fact_text(entry, "replay"));
  else if (strcmp(kind->list, "claims") == 0 && *file)
    mc_text_printf(out, "muoncert claims %s --only %s", file, mc_fact_name(entry));
  else if (strcmp(kind->list, "audits") == 0 && slash)
    mc_text_printf(out, "muoncert verify --spec %.*s --only %s", (int)(slash - file), file, mc_fact_name(entry));
}

/* What of a function's mutants the proofs notice. */
static void print_broken(mc_text *out, const mc_fact_kind *kind, const json_t *entry) {
  if (strcmp(kind->list, "functions") != 0)
    return;
  size_t i;
  const json_t *mutant;
  json_array_foreach(json_object_get(entry, "mutants"), i, mutant) {
    const char *goal = mc_fact_text(mutant, "goal");
    mc_text_printf(out, "%s%s, %s -> %s: %s%s", i ? "; " : "", mc_fact_text(mutant, "kind"),
                   mc_fact_text(mutant, "was"), mc_fact_text(mutant, "is"), *goal ? "loses " : "survives", goal);
  }
}

void mc_fact_visit(const mc_fact_kind *kind, const json_t *entry, mc_fact_visitor *visit, void *context) {
  enum { AT, WHERE, STATES, AUDITED, SOURCE, FOUND, RULE, BROKEN, WORST, CERTIFIED, WHY, INSTEAD, REPLAY, FACTS };
  static const char *const labels[FACTS] = {"at",     "where", "states",    "audited", "source",  "found", "rule",
                                            "broken", "worst", "certified", "why",     "instead", "replay"};
  mc_text facts[FACTS];
  for (size_t i = 0; i < FACTS; i++)
    mc_text_init(&facts[i]);
  print_place(&facts[AT], entry);
  mc_text_printf(&facts[WHERE], "%s", mc_fact_text(entry, "hypothesis"));
  mc_text_printf(&facts[STATES], "%s", mc_fact_text(entry, "statement"));
  print_audited(&facts[AUDITED], entry);
  mc_text_printf(&facts[SOURCE], "%s%s", mc_fact_text(entry, "cite"), mc_fact_text(entry, "source"));
  mc_fact_result(&facts[FOUND], kind, entry);
  print_rule(&facts[RULE], entry);
  print_broken(&facts[BROKEN], kind, entry);
  print_quantities(&facts[WORST], entry);
  print_certified(&facts[CERTIFIED], entry);
  if (strcmp(kind->list, "laws") != 0) /* there it is what was found */
    mc_text_printf(&facts[WHY], "%s", mc_fact_text(entry, "message"));
  print_diagnosis(&facts[INSTEAD], entry);
  print_replay(&facts[REPLAY], kind, entry);
  for (size_t i = 0; i < FACTS; i++) {
    if (facts[i].length > 0)
      visit(context, labels[i], facts[i].data);
    mc_text_clear(&facts[i]);
  }
}

static void print_fact(void *context, const char *label, const char *text) {
  mc_text_printf(context, "%-10s%s\n", label, text);
}

void mc_fact_details(mc_text *out, const mc_fact_kind *kind, const json_t *entry) {
  mc_fact_visit(kind, entry, print_fact, out);
}
