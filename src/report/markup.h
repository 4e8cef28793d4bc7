/* Text inside XML and HTML. */
#ifndef MUONCERT_REPORT_MARKUP_H
#define MUONCERT_REPORT_MARKUP_H

#include "../base/base.h"

/* Append `text` so that a reader of XML or HTML gets it back.  XML 1.0 has no way to write most control characters,
 * U+FFFE and U+FFFF: they are dropped.  A line break in an attribute would be read as a blank; as a reference it
 * stays. */
void mc_markup_escape(mc_text *out, const char *text, bool in_attribute);

/* Append ` name="value"`. */
void mc_markup_attribute(mc_text *out, const char *name, const char *value);

#endif
