#include "markup.h"

#include <string.h>

void mc_markup_escape(mc_text *out, const char *text, bool in_attribute) {
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '&')
      mc_text_printf(out, "&amp;");
    else if (c == '<')
      mc_text_printf(out, "&lt;");
    else if (c == '>')
      mc_text_printf(out, "&gt;");
    else if (c == '"')
      mc_text_printf(out, "&quot;");
    else if (c == '\n' || c == '\t')
      mc_text_printf(out, in_attribute ? "&#%d;" : "%c", c);
    else if (strncmp(text, "\xEF\xBF\xBE", 3) == 0 || strncmp(text, "\xEF\xBF\xBF", 3) == 0)
      text += 2;
    else if (c >= 0x20 && c != 0x7F)
      mc_text_append(out, text, 1);
  }
}

void mc_markup_attribute(mc_text *out, const char *name, const char *value) {
  mc_text_printf(out, " %s=\"", name);
  mc_markup_escape(out, value, true);
  mc_text_printf(out, "\"");
}
