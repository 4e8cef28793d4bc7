#include "decimal.h"

#include <ctype.h>
#include <stdlib.h>

/* A decimal number d.ddd × 10^exponent. */
typedef struct {
  char digits[64];
  size_t count;
  long exponent;
  bool negative, more; /* more: digits beyond these are not all zero */
} decimal;

/* False if the text is not a decimal number. */
static bool parse_decimal(decimal *d, const char *text) {
  *d = (decimal){0};
  bool point = false, any = false;
  if (*text == '-' || *text == '+')
    d->negative = *text++ == '-';
  long places = 0; /* digits before the point since the first that counts; negative: zeros behind the point before it */
  for (; isdigit((unsigned char)*text) || (*text == '.' && !point); text++) {
    if (*text == '.') {
      point = true;
      continue;
    }
    any = true;
    bool leading = d->count == 0 && *text == '0';
    if (!leading && d->count < sizeof d->digits)
      d->digits[d->count++] = *text;
    else if (!leading && *text != '0')
      d->more = true;
    places += leading ? -(long)point : !point;
  }
  char *end = (char *)text;
  if (any && (*text == 'e' || *text == 'E'))
    d->exponent = strtol(text + 1, &end, 10);
  d->exponent += places - 1;
  return any && *end == '\0';
}

/* Keep `keep` digits; away: the magnitude may only grow, else only shrink. */
static void round_decimal(decimal *d, size_t keep, bool away) {
  bool lost = d->more;
  for (size_t i = keep; i < d->count; i++)
    lost = lost || d->digits[i] != '0';
  if (d->count > keep)
    d->count = keep;
  d->more = false;
  if (away && lost) {
    size_t i = d->count;
    while (i > 0 && d->digits[i - 1] == '9')
      d->digits[--i] = '0';
    if (i > 0) {
      d->digits[i - 1]++;
    } else {
      d->digits[0] = '1'; /* 999 became 1000; the other digits are zeros already */
      d->exponent++;
    }
  }
  while (d->count > 1 && d->digits[d->count - 1] == '0')
    d->count--;
}

static void print_decimal(mc_text *out, const decimal *d) {
  int n = (int)d->count;
  if (n == 0) {
    mc_text_printf(out, "0");
    return;
  }
  mc_text_printf(out, "%s", d->negative ? "-" : "");
  if (d->exponent < -4 || d->exponent >= 7) {
    mc_text_printf(out, "%c%s%.*se%ld", d->digits[0], n > 1 ? "." : "", n - 1, d->digits + 1, d->exponent);
  } else if (d->exponent < 0) {
    mc_text_printf(out, "0.%.*s%.*s", (int)(-d->exponent - 1), "0000", n, d->digits);
  } else {
    int whole = (int)d->exponent + 1, have = n < whole ? n : whole;
    mc_text_printf(out, "%.*s%.*s%s%.*s", have, d->digits, whole - have, "0000000", n > whole ? "." : "", n - have,
                   d->digits + have);
  }
}

void mc_decimal_print_rounded(mc_text *out, const char *text, unsigned digits, bool up) {
  decimal d;
  if (!parse_decimal(&d, text)) {
    mc_text_printf(out, "%s", text);
    return;
  }
  round_decimal(&d, digits, up != d.negative);
  print_decimal(out, &d);
}
