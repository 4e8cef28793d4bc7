/* Lines for a terminal: columns by what is seen, not by bytes; colour that never stands alone; ASCII where the locale
 * needs it. */
#ifndef MUONCERT_REPORT_PAGE_H
#define MUONCERT_REPORT_PAGE_H

#include "report.h"

typedef enum { MC_INK_PLAIN, MC_INK_GOOD, MC_INK_BAD, MC_INK_OPEN, MC_INK_STRONG, MC_INK_FAINT } mc_ink;

/* Columns that a UTF-8 text takes (one a code point). */
size_t mc_page_columns(const char *text);

/* Append `text` in `ink`: control characters are dropped, what the locale cannot show is spelled in ASCII, and what
 * does not fit into `columns` is cut with an ellipsis.  padded: blanks up to `columns`. */
void mc_page_put(mc_text *out, const mc_report_style *style, mc_ink ink, const char *text, size_t columns, bool padded);

#endif
