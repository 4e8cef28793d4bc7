/* Decimal strings of any precision, rounded as text, so that no binary format stands between a record and its report. */
#ifndef MUONCERT_REPORT_DECIMAL_H
#define MUONCERT_REPORT_DECIMAL_H

#include <stdbool.h>

#include "../base/base.h"

/* The decimal number `text` in at most `digits` significant digits, rounded towards plus infinity (up) or minus
 * infinity; what is no decimal number is printed as it is. */
void mc_decimal_print_rounded(mc_text *out, const char *text, unsigned digits, bool up);

#endif
