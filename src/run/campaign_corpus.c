/* The corpus: cases that came out worst in earlier runs, tried first in later ones.
 *
 * NAME.cases stands beside NAME.claim, one line a case: the campaign's name and what --replay takes; # begins a
 * comment.  A case is data for a generator, so nothing breaks when a property changes; it only stops being special. */
#include "campaign.h"

#include <string.h>
#include <unistd.h>

#define FILE_LIMIT (1u << 20)

static void set_path(mc_text *path, const char *claim_file) {
  size_t n = strlen(claim_file);
  if (n > 6 && strcmp(claim_file + n - 6, ".claim") == 0)
    n -= 6;
  mc_text_init(path);
  mc_text_printf(path, "%.*s.cases", (int)n, claim_file);
}

/* The text of the corpus beside a claim file; empty if there is none. */
static mc_status read_text(mc_text *path, mc_text *text, const char *claim_file, mc_error *e) {
  set_path(path, claim_file);
  mc_text_init(text);
  mc_text_append(text, "", 0);
  if (path->failed || text->failed)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  return access(path->data, F_OK) == 0 ? mc_text_read_file(text, path->data, FILE_LIMIT, e) : MC_OK;
}

/* The next line that says something: its name, and the rest behind it.  False: there is none. */
static bool next_line(char **name, char **rest, unsigned *line, char **position) {
  while (**position) {
    char *start = *position, *end = start + strcspn(start, "\n");
    *position = *end ? end + 1 : end;
    *end = '\0';
    ++*line;
    start[strcspn(start, "#")] = '\0';
    start += strspn(start, " \t\r");
    if (!*start)
      continue;
    *name = start;
    *rest = start + strcspn(start, " \t\r");
    if (**rest)
      *(*rest)++ = '\0';
    return true;
  }
  return false;
}

static bool same_case(const mc_prop_case *a, const mc_prop_case *b) {
  mc_text x, y;
  mc_text_init(&x);
  mc_text_init(&y);
  mc_prop_case_format(&x, a);
  mc_prop_case_format(&y, b);
  bool same = !x.failed && !y.failed && strcmp(x.data, y.data) == 0;
  mc_text_clear(&x);
  mc_text_clear(&y);
  return same;
}

static mc_status add(mc_prop_case **cases, size_t *count, const mc_prop_case *one, mc_error *e) {
  mc_prop_case *more = mc_realloc(*cases, *count + 1, sizeof *more);
  if (!more)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  *cases = more;
  more[(*count)++] = *one;
  return MC_OK;
}

mc_status mc_run_corpus_read(mc_prop_case **cases, size_t *count, const mc_campaign *c, mc_error *e) {
  mc_text path, text;
  unsigned line = 0;
  *cases = NULL;
  *count = 0;
  mc_status status = read_text(&path, &text, c->block.file, e);
  char *position = text.data, *name, *rest;
  while (status == MC_OK && next_line(&name, &rest, &line, &position)) {
    mc_prop_case one;
    mc_error why;
    if (strcmp(name, c->block.name) != 0)
      continue;
    if (mc_prop_case_parse(&one, rest, &why) != MC_OK)
      status = mc_fail_at(e, MC_BAD_INPUT, path.data, line, 0, "%s", why.text);
    else
      status = add(cases, count, &one, e);
  }
  mc_text_clear(&path);
  mc_text_clear(&text);
  return status;
}

mc_status mc_run_corpus_check(const mc_document *document, const char *file, mc_error *e) {
  mc_text path, text;
  unsigned line = 0;
  mc_status status = read_text(&path, &text, file, e);
  char *position = text.data, *name, *rest;
  while (status == MC_OK && next_line(&name, &rest, &line, &position)) {
    bool known = false;
    for (size_t i = 0; i < mc_lang_campaign_count(document) && !known; i++)
      known = strcmp(mc_lang_campaign(document, i)->block.name, name) == 0;
    if (!known)
      status = mc_fail_at(e, MC_BAD_INPUT, path.data, line, 1, "there is no campaign '%.60s' in %s", name, file);
  }
  mc_text_clear(&path);
  mc_text_clear(&text);
  return status;
}

mc_status mc_run_corpus_keep(const mc_campaign *c, const mc_prop_case *worst, mc_error *e) {
  mc_prop_case *cases;
  size_t count;
  mc_status status = mc_run_corpus_read(&cases, &count, c, e);
  bool known = false;
  for (size_t i = 0; status == MC_OK && i < count; i++)
    known = known || same_case(&cases[i], worst);
  mc_free(cases);
  if (status != MC_OK || known)
    return status;
  mc_text path, text;
  status = read_text(&path, &text, c->block.file, e);
  if (status == MC_OK) {
    bool open = text.length > 0 && text.data[text.length - 1] != '\n';
    mc_text_printf(&text, "%s%s ", open ? "\n" : "", c->block.name);
    mc_prop_case_format(&text, worst);
    mc_text_printf(&text, "\n");
    status =
        text.failed ? mc_fail(e, MC_NO_MEMORY, "out of memory") : mc_file_write(path.data, text.data, text.length, e);
  }
  mc_text_clear(&path);
  mc_text_clear(&text);
  return status;
}
