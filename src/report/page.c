#include "page.h"

#include <string.h>

static const char *const inks[] = {
    [MC_INK_PLAIN] = "",        [MC_INK_GOOD] = "\033[32m",  [MC_INK_BAD] = "\033[1;31m",
    [MC_INK_OPEN] = "\033[33m", [MC_INK_STRONG] = "\033[1m", [MC_INK_FAINT] = "\033[2m",
};

static bool is_continuation(char c) {
  return ((unsigned char)c & 0xC0) == 0x80;
}

size_t mc_page_columns(const char *text) {
  size_t n = 0;
  for (; *text; text++)
    n += !is_continuation(*text);
  return n;
}

/* What mathematics in reports is written with, and how ASCII says it. */
static const struct {
  const char *glyph, *ascii;
} spellings[] = {
    {"–", "-"},     {"—", "-"},  {"−", "-"},    {"…", "..."},   {"×", "x"},   {"·", "*"},
    {"≤", "<="},    {"≥", ">="}, {"√", "sqrt"}, {"σ", "sigma"}, {"ρ", "rho"}, {"θ", "theta"},
    {"κ", "kappa"}, {"∈", "in"}, {"“", "\""},   {"”", "\""},    {"’", "'"},   {"²", "^2"},
};

static const char *spell(const char *glyph, size_t bytes) {
  for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++)
    if (strlen(spellings[i].glyph) == bytes && memcmp(spellings[i].glyph, glyph, bytes) == 0)
      return spellings[i].ascii;
  return "?";
}

/* The text as this terminal can show it. */
static void make_visible(mc_text *out, const mc_report_style *style, const char *text) {
  while (*text) {
    size_t bytes = 1;
    while (is_continuation(text[bytes]))
      bytes++;
    bool control = (unsigned char)*text < 0x20 || *text == 0x7F || (bytes == 2 && memcmp(text, "\xC2\xA0", 2) < 0);
    if (control)
      mc_text_append(out, *text == '\t' || *text == '\n' ? " " : "", *text == '\t' || *text == '\n');
    else if (bytes == 1 || style->utf8)
      mc_text_append(out, text, bytes);
    else
      mc_text_printf(out, "%s", spell(text, bytes));
    text += bytes;
  }
}

void mc_page_put(mc_text *out, const mc_report_style *style, mc_ink ink, const char *text, size_t columns,
                 bool padded) {
  mc_text seen;
  mc_text_init(&seen);
  make_visible(&seen, style, text);
  const char *data = seen.data ? seen.data : "", *dots = style->utf8 ? "…" : "...";
  size_t have = mc_page_columns(data), bytes = seen.length, room = mc_page_columns(dots);
  bool cut = have > columns && columns > room;
  if (cut)
    for (bytes = 0, have = 0; have < columns - room || is_continuation(data[bytes]); bytes++)
      have += !is_continuation(data[bytes]);
  bool coloured = style->colour && ink != MC_INK_PLAIN && bytes > 0;
  mc_text_printf(out, "%s", coloured ? inks[ink] : "");
  mc_text_append(out, data, bytes);
  mc_text_printf(out, "%s%s", cut ? dots : "", coloured ? "\033[0m" : "");
  for (have += cut ? room : 0; padded && have < columns; have++)
    mc_text_append(out, " ", 1);
  mc_text_clear(&seen);
}
