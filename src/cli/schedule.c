/* muoncert schedule list|show|identify: what published coefficient tables provably do. */
#include "cli.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "../run/run.h"

typedef struct {
  const char *what, *subject;
  mc_run_schedule_request request;
  bool json;
} arguments;

enum { OPTION_ON = 256, OPTION_STEPS, OPTION_DIGITS, OPTION_JSON };

static const struct argp_option options[] = {
    {"on", OPTION_ON, "L,U", 0, "show: the interval of singular values (default 1e-3,1)", 0},
    {"steps", OPTION_STEPS, "K", 0, "show: K steps, past the table by its authors' rule (default: the table)", 0},
    {"digits", OPTION_DIGITS, "D", 0, "significant digits of certified numbers (default 10; JSON: 25)", 0},
    {"json", OPTION_JSON, NULL, 0, "print the record", 0},
    {0},
};

/* "L,U" into two texts. */
static void split_interval(arguments *a, char *text, struct argp_state *state) {
  char *comma = strchr(text, ',');
  if (!comma)
    argp_error(state, "--on takes two numbers with a comma between, not '%s'", text);
  *comma = '\0';
  a->request.from = text;
  a->request.to = comma + 1;
}

static void check(const arguments *a, struct argp_state *state) {
  if (!a->what)
    argp_error(state, "say list, show NAME or identify 'a,b,c; …'");
  bool list = strcmp(a->what, "list") == 0;
  if (!list && strcmp(a->what, "show") != 0 && strcmp(a->what, "identify") != 0)
    argp_error(state, "'%s' is none of list, show, identify", a->what);
  if (list == (a->subject != NULL))
    argp_error(state, list ? "list takes no argument" : "%s what?", a->what);
}

static error_t parse(int key, char *text, struct argp_state *state) {
  arguments *a = state->input;
  switch (key) {
  case OPTION_ON:
    split_interval(a, text, state);
    return 0;
  case OPTION_STEPS:
    a->request.steps = mc_cli_number_of("steps", text, 1000, state);
    return 0;
  case OPTION_DIGITS:
    a->request.digits = mc_cli_number_of("digits", text, 40, state);
    if (a->request.digits < 2)
      argp_error(state, "--digits: at least 2");
    return 0;
  case OPTION_JSON:
    a->json = true;
    return 0;
  case ARGP_KEY_ARG:
    if (a->what && a->subject)
      argp_error(state, "one schedule at a time");
    *(a->what ? &a->subject : &a->what) = text;
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
    "list\nshow NAME|'a,b,c; …'\nidentify 'a,b,c; …'",
    "What a coefficient schedule provably does to singular values.\vshow: the range of each step and of all, the worst "
    "error, amplification at 0, where signs and order are kept, the basin in which iterates stay bounded and how far "
    "it "
    "reaches above 1, and what another number of steps does. identify: the nearest published table, entry by entry. "
    "All "
    "numbers are enclosed.",
    NULL,
    NULL,
    NULL};

/* ---- Text ---- */

static const char *text_of(const json_t *object, const char *name) {
  const char *text = json_string_value(json_object_get(object, name));
  return text ? text : "";
}

/* " label [lo, hi]", or one number where both ends read the same. */
static void print_bounds(mc_text *t, const char *before, const json_t *bounds, const char *after) {
  const char *lo = text_of(bounds, "lo"), *hi = text_of(bounds, "hi");
  if (strcmp(lo, hi) == 0)
    mc_text_printf(t, "%s%s%s", before, lo, after);
  else
    mc_text_printf(t, "%s[%s, %s]%s", before, lo, hi, after);
}

static void print_range(mc_text *t, const json_t *o) {
  print_bounds(t, "least ", json_object_get(o, "least"), ", ");
  print_bounds(t, "greatest ", json_object_get(o, "greatest"), "");
}

static const char *sign_words(const char *sign) {
  return strcmp(sign, "kept") == 0       ? "signs kept"
         : strcmp(sign, "reversed") == 0 ? "EVERY SIGN REVERSED"
         : strcmp(sign, "lost") == 0     ? "SOME SIGNS REVERSED"
                                         : "signs open";
}

static void print_zones(mc_text *t, const char *up, const char *down, const json_t *zones) {
  const char *until = text_of(json_object_get(zones, "until"), "lo");
  size_t i;
  const json_t *zone;
  mc_text_printf(t, "  %s on (0, %s)", up, until);
  json_array_foreach(json_object_get(zones, "zones"), i,
                     zone) if (i > 0 && i < 8 && json_integer_value(json_object_get(zone, "sign")) != 0)
      mc_text_printf(t, ", %s on [%s, %s]", json_integer_value(json_object_get(zone, "sign")) > 0 ? up : down,
                     text_of(zone, "lo"), text_of(zone, "hi"));
  json_int_t count = json_integer_value(json_object_get(zones, "count"));
  if (count > 8)
    mc_text_printf(t, ", … (%lld zones)", (long long)(count + 1) / 2);
  mc_text_printf(t, "%s\n", json_is_true(json_object_get(zones, "complete")) ? "" : "; not all were told apart");
}

static void print_basin(mc_text *t, const json_t *basin) {
  const json_t *ulps = json_object_get(basin, "ulps_above_one");
  mc_text_printf(
      t, "  bounded below R, %s:", strcmp(text_of(basin, "beyond"), "last") == 0 ? "last row repeated" : "cycled");
  print_bounds(t, " R = ", json_object_get(basin, "radius"), "; R - 1 in ulps of");
  print_bounds(t, " bf16 ", json_object_get(ulps, "bf16"), ",");
  print_bounds(t, " fp16 ", json_object_get(ulps, "fp16"), ",");
  print_bounds(t, " fp32 ", json_object_get(ulps, "fp32"), "\n");
}

static void print_show(mc_text *t, const json_t *d) {
  const json_t *interval = json_object_get(d, "interval"), *composed = json_object_get(d, "composed"), *item;
  size_t i;
  mc_text_printf(t, "%s, %zu steps", text_of(d, "name"), json_array_size(json_object_get(d, "steps")));
  if (*text_of(d, "cite"))
    mc_text_printf(t, "\n  %s", text_of(d, "cite"));
  mc_text_printf(t, "\non [%s, %s]\n", text_of(interval, "from"), text_of(interval, "to"));
  json_array_foreach(json_object_get(d, "steps"), i, item) {
    mc_text_printf(t, "  step %zu  ", i + 1);
    print_range(t, item);
    mc_text_printf(t, "\n");
  }
  mc_text_printf(t, "  all     ");
  print_range(t, composed);
  print_bounds(t, "; |1 - P| <= ", json_object_get(composed, "error"), "");
  mc_text_printf(t, "; %s\n", sign_words(text_of(composed, "sign")));
  print_bounds(t, "  slope at 0 ", json_object_get(composed, "amplification"), "\n");
  print_zones(t, "positive", "NEGATIVE", json_object_get(composed, "positive"));
  print_zones(t, "rising", "falling", json_object_get(composed, "rising"));
  json_array_foreach(json_object_get(d, "basins"), i, item) print_basin(t, item);
  mc_text_printf(t, "past the table its authors %s\n",
                 strcmp(text_of(d, "beyond"), "cycle") == 0  ? "cycle"
                 : strcmp(text_of(d, "beyond"), "last") == 0 ? "repeat the last row"
                                                             : "say nothing");
  json_array_foreach(json_object_get(d, "other_counts"), i, item) {
    const char *how = text_of(item, "beyond");
    mc_text_printf(t, "  %lld steps, %s: ", (long long)json_integer_value(json_object_get(item, "steps")),
                   strcmp(how, "last") == 0    ? "last row repeated"
                   : strcmp(how, "cycle") == 0 ? "cycled"
                                               : "cut");
    print_range(t, item);
    mc_text_printf(t, "; %s\n", sign_words(text_of(item, "sign")));
  }
}

static void print_list(mc_text *t, const json_t *d) {
  size_t i;
  const json_t *row;
  json_array_foreach(json_object_get(d, "schedules"), i, row) {
    mc_text_printf(t, "%-23s %2lld steps, then %s; ", text_of(row, "name"),
                   (long long)json_integer_value(json_object_get(row, "steps")), text_of(row, "beyond"));
    print_bounds(t, "slope ", json_object_get(row, "amplification"), "; ");
    print_range(t, row);
    mc_text_printf(t, "\n%24s%s\n", "", text_of(row, "cite"));
  }
}

static void print_identify(mc_text *t, const json_t *d) {
  size_t i, j;
  const json_t *step, *c;
  bool equal = json_is_true(json_object_get(d, "equal"));
  mc_text_printf(t, "%s %s: %s\n", equal ? "equals" : "nearest to", text_of(d, "nearest"), text_of(d, "cite"));
  json_array_foreach(json_object_get(d, "given_steps"), i, step) {
    const json_t *elsewhere = json_object_get(step, "equals");
    json_array_foreach(json_object_get(step, "coefficients"), j, c) {
      mc_text_printf(t, "  step %zu, %c: %s", i + 1, j < 26 ? (int)('a' + j) : '?', text_of(c, "likeness"));
      if (strcmp(text_of(c, "likeness"), "equal") != 0)
        print_bounds(t, ", by ", json_object_get(c, "difference"), "");
      mc_text_printf(t, "\n");
    }
    if (elsewhere)
      mc_text_printf(t, "  step %zu is step %lld of %s\n", i + 1,
                     (long long)json_integer_value(json_object_get(elsewhere, "step")), text_of(elsewhere, "name"));
  }
  long long given = (long long)json_array_size(json_object_get(d, "given_steps")),
            published = (long long)json_integer_value(json_object_get(d, "published_steps"));
  if (given != published)
    mc_text_printf(t, "  %lld of the table's %lld steps are given\n", given, published);
}

int mc_cli_schedule(int argc, char **argv) {
  arguments a = {0};
  mc_error e = {0};
  argp_parse(&parser, argc, argv, 0, NULL, &a);
  if (a.request.digits == 0)
    a.request.digits = a.json ? 25 : 10;
  a.request.name = a.subject;
  bool list = strcmp(a.what, "list") == 0, show = strcmp(a.what, "show") == 0;
  json_t *document = list   ? mc_run_schedule_list(a.request.digits, &e)
                     : show ? mc_run_schedule_show(&a.request, &e)
                            : mc_run_schedule_identify(a.subject, a.request.digits, &e);
  if (!document)
    return mc_cli_fail("schedule", &e);
  int written;
  if (a.json) {
    written = mc_cli_print_json(document);
  } else {
    mc_text t;
    mc_text_init(&t);
    (list ? print_list : show ? print_show : print_identify)(&t, document);
    written = mc_cli_print_text(t.data, t.length);
    mc_text_clear(&t);
  }
  mc_exit x = mc_run_verdict_exit(document);
  json_decref(document);
  return written != 0 ? written : (int)x;
}
