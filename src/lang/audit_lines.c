/* Audit blocks: the parser's actions. */
#include <string.h>

#include "parser_state.h"

/* Lines of an audit that begin with a word which is free elsewhere.  The first four are the files of a step, the others
 * behind `scaling` what is said of one. */
static const struct {
  const char *word;
  size_t offset; /* in mc_audit_block */
} audit_lines[] = {
    {"weights", offsetof(mc_audit_block, weights)},
    {"buffer", offsetof(mc_audit_block, buffer)},
    {"weights_after", offsetof(mc_audit_block, weights_after)},
    {"buffer_after", offsetof(mc_audit_block, buffer_after)},
    {"scaling", offsetof(mc_audit_block, scaling)},
    {"lr", offsetof(mc_audit_block, lr)},
    {"momentum", offsetof(mc_audit_block, momentum)},
    {"momentum_rule", offsetof(mc_audit_block, momentum_rule)},
    {"nesterov", offsetof(mc_audit_block, nesterov)},
    {"weight_decay", offsetof(mc_audit_block, weight_decay)},
    {"decay", offsetof(mc_audit_block, decay)},
};
enum { AUDIT_LINES = sizeof audit_lines / sizeof audit_lines[0], STEP_FILES = 4, STEP_NUMBERS = STEP_FILES + 1 };

static const char **audit_line(mc_audit_block *a, size_t i) {
  return (const char **)(void *)((char *)a + audit_lines[i].offset);
}

void mc_lang_set_audit(mc_parser *p, mc_span where, const char *word, const char *value) {
  const char *words[AUDIT_LINES];
  for (size_t i = 0; i < AUDIT_LINES; i++) {
    words[i] = audit_lines[i].word;
    if (strcmp(word, words[i]) == 0) {
      mc_lang_set_text(p, where, audit_line(p->audit, i), word, value);
      return;
    }
  }
  const char *nearest = mc_lang_nearest(word, words, AUDIT_LINES);
  mc_lang_error_at(p, where, "'%.60s' is no line of an audit%s%s%s", word, nearest ? ": did you mean '" : "",
                   nearest ? nearest : "", nearest ? "'?" : "");
}

/* The first of the lines from..to - 1 that is there (or is not), or NULL. */
static const char *first_line(mc_audit_block *a, size_t from, size_t to, bool there) {
  for (size_t i = from; i < to; i++)
    if ((*audit_line(a, i) != NULL) == there)
      return audit_lines[i].word;
  return NULL;
}

void mc_lang_finish_audit(mc_parser *p) {
  mc_audit_block *a = p->audit;
  mc_span place = {a->block.line, a->block.column, 0, 0};
  bool step = first_line(a, 0, STEP_FILES, true) != NULL;
  const char *missing = !a->input ? "input" : step ? first_line(a, 0, STEP_FILES, false) : a->output ? NULL : "output";
  const char *alone = step ? NULL : first_line(a, STEP_NUMBERS, AUDIT_LINES, true);
  if (missing)
    mc_lang_error_at(p, place, "audit '%.60s' has no '%s'", a->block.name, missing);
  else if (step && a->output)
    mc_lang_error_at(p, place, "audit '%.60s' is of a step, whose output is 'weights_after'", a->block.name);
  else if (alone)
    mc_lang_error_at(p, place, "audit '%.60s' has '%s', which is said of a step, and no 'weights'", a->block.name,
                     alone);
  else
    mc_lang_list_add(p, &p->document->audits, a);
}
