/* The command line that repeats an audit. */
#include "audits.h"

#include <inttypes.h>
#include <string.h>

/* For a shell: as it is where every character is harmless, else between single quotes. */
static void add_word(mc_text *line, const char *word) {
  static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+,.:/@%";
  if (*word && word[strspn(word, harmless)] == 0) {
    mc_text_printf(line, " %s", word);
    return;
  }
  mc_text_printf(line, " '");
  for (; *word; word++)
    mc_text_printf(line, *word == '\'' ? "'\\''" : "%c", *word);
  mc_text_printf(line, "'");
}

static void add_option(mc_text *line, const char *name, const char *value) {
  if (!value)
    return;
  mc_text_printf(line, " --%s", name);
  add_word(line, value);
}

static void add_numbers(mc_text *line, const mc_run_audit_request *r, uint64_t seed) {
  if (r->steps > 0)
    mc_text_printf(line, " --steps %zu", r->steps);
  if (r->depth == MC_AUDIT_EXACT_SUMS)
    mc_text_printf(line, " --accumulate exact");
  else if (r->depth > 0)
    mc_text_printf(line, " --accumulate depth:%zu", r->depth);
  if (r->memory > 0)
    mc_text_printf(line, " --memory-limit %" PRIu64, r->memory >> 20);
  if (seed > 1)
    mc_text_printf(line, " --seed %" PRIu64, seed);
}

json_t *mc_run_audit_replay_json(const mc_run_audit_request *r, uint64_t seed) {
  const struct {
    const char *name, *value;
  } options[] = {{"input", r->input},
                 {"output", r->output},
                 {"weights", r->weights},
                 {"buffer", r->buffer},
                 {"weights-after", r->weights_after},
                 {"buffer-after", r->buffer_after},
                 {"preset", r->preset},
                 {"schedule", r->schedule},
                 {"norm", r->norm},
                 {"eps", r->eps},
                 {"safety", r->safety},
                 {"dtype", r->dtype},
                 {"rounding", r->rounding},
                 {"accumulator", r->accumulator},
                 {"limits", r->limits},
                 {"scaling", r->scaling},
                 {"lr", r->rate},
                 {"momentum", r->momentum},
                 {"momentum-rule", r->momentum_rule},
                 {"nesterov", r->nesterov},
                 {"weight-decay", r->weight_decay},
                 {"decay", r->decay}};
  mc_text line;
  mc_text_init(&line);
  mc_text_printf(&line, "muoncert audit");
  if (r->kernel)
    add_word(&line, r->kernel);
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
    add_option(&line, options[i].name, options[i].value);
  if (r->transposed)
    mc_text_printf(&line, " --transpose");
  add_numbers(&line, r, seed);
  json_t *replay = line.failed ? NULL : json_string(line.data);
  mc_text_clear(&line);
  return replay;
}
