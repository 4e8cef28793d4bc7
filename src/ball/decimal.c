/* Decimal text in both directions: balls to outward-rounded strings, text to exact rationals. */
#include "ball.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = MC_BALL_TEXT_EXPONENT };

static char *copy_text(const char *s) {
  return mc_strdup(s);
}

/* Mantissa digits (as mpfr_get_str gives them: 0.d1d2… times 10^exponent) as positional or scientific text. */
static char *format_digits(const char *digits, mpfr_exp_t exponent) {
  mc_text t;
  mc_text_init(&t);
  if (*digits == '-') {
    mc_text_append(&t, "-", 1);
    digits++;
  }
  size_t length = strlen(digits);
  while (length > 1 && digits[length - 1] == '0')
    length--;
  if (exponent > 0 && exponent <= 21) {
    size_t whole = (size_t)exponent;
    mc_text_append(&t, digits, length < whole ? length : whole);
    for (size_t i = length; i < whole; i++)
      mc_text_append(&t, "0", 1);
    if (length > whole) {
      mc_text_append(&t, ".", 1);
      mc_text_append(&t, digits + whole, length - whole);
    }
  } else if (exponent <= 0 && exponent > -4) {
    mc_text_append(&t, "0.", 2);
    mc_text_append(&t, "0000", (size_t)-exponent);
    mc_text_append(&t, digits, length);
  } else {
    mc_text_append(&t, digits, 1);
    if (length > 1) {
      mc_text_append(&t, ".", 1);
      mc_text_append(&t, digits + 1, length - 1);
    }
    mc_text_printf(&t, "e%+ld", (long)exponent - 1);
  }
  if (t.failed) {
    mc_text_clear(&t);
    return NULL;
  }
  return t.data;
}

/* x moved to +-2^±LARGEST if it is beyond; returns the text at once where 0 or inf is the safe side. */
static const char *clamp_exponent(arf_t x, int direction) {
  int away = arf_sgn(x) > 0 ? direction > 0 : direction < 0; /* does rounding go away from zero? */
  bool negative = arf_sgn(x) < 0;
  if (arf_cmpabs_2exp_si(x, LARGEST) > 0) {
    if (away || direction == 0)
      return negative ? "-inf" : "inf";
    arf_one(x);
    arf_mul_2exp_si(x, x, LARGEST);
  } else if (arf_cmpabs_2exp_si(x, -LARGEST) < 0) {
    if (!away)
      return "0";
    arf_one(x);
    arf_mul_2exp_si(x, x, -LARGEST);
  } else {
    return NULL;
  }
  if (negative)
    arf_neg(x, x);
  return NULL;
}

char *mc_ball_arf_text(const arf_t x, int direction, size_t digits) {
  if (arf_is_nan(x))
    return copy_text(direction < 0 ? "-inf" : direction > 0 ? "inf" : "nan");
  if (arf_is_zero(x))
    return copy_text("0");
  if (arf_is_inf(x))
    return copy_text(arf_sgn(x) < 0 ? "-inf" : "inf");
  arf_t y;
  arf_init(y);
  arf_set(y, x);
  const char *special = clamp_exponent(y, direction);
  char *text = NULL;
  if (special != NULL) {
    text = copy_text(special);
  } else {
    mpfr_t f;
    mpfr_exp_t exponent = 0;
    slong bits = arf_bits(y);
    mpfr_init2(f, bits < 2 ? 2 : bits);
    arf_get_mpfr(f, y, MPFR_RNDN); /* exact: as many bits as y has */
    char *mantissa = mpfr_get_str(NULL, &exponent, 10, digits < 2 ? 2 : digits, f,
                                  direction < 0   ? MPFR_RNDD
                                  : direction > 0 ? MPFR_RNDU
                                                  : MPFR_RNDN);
    if (mantissa != NULL) {
      text = format_digits(mantissa, exponent);
      mpfr_free_str(mantissa);
    }
    mpfr_clear(f);
  }
  arf_clear(y);
  return text;
}

mc_status mc_ball_bounds_text(char **lo, char **hi, const arb_t x, size_t digits, mc_error *e) {
  arf_t a, b;
  arf_init(a);
  arf_init(b);
  slong prec = (slong)(digits * 4 + 64);
  arb_get_lbound_arf(a, x, prec);
  arb_get_ubound_arf(b, x, prec);
  *lo = mc_ball_arf_text(a, -1, digits);
  *hi = mc_ball_arf_text(b, 1, digits);
  arf_clear(a);
  arf_clear(b);
  if (*lo != NULL && *hi != NULL)
    return MC_OK;
  mc_free(*lo);
  mc_free(*hi);
  *lo = *hi = NULL;
  return mc_fail(e, MC_NO_MEMORY, "out of memory while writing a number");
}

void mc_ball_fmpq_set_double(fmpq_t q, double x) {
  int exponent = 0;
  double mantissa = frexp(x, &exponent);
  fmpz_set_d(fmpq_numref(q), ldexp(mantissa, 53));
  fmpz_one(fmpq_denref(q));
  exponent -= 53;
  if (exponent >= 0)
    fmpq_mul_2exp(q, q, (flint_bitcnt_t)exponent);
  else
    fmpq_div_2exp(q, q, (flint_bitcnt_t)-exponent);
}

enum { MAX_DIGITS = 4096, MAX_EXPONENT = 4096 };

/* One unsigned number at *p, decimal or hexadecimal; moves *p past it.  false: not a number, or too long. */
static bool parse_number(fmpq_t q, const char **p) {
  const char *s = *p;
  bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
  int base = hex ? 16 : 10;
  if (hex)
    s += 2;
  char digits[MAX_DIGITS + 1];
  size_t count = 0;
  long scale = 0;
  bool point = false;
  for (;; s++) {
    bool digit = hex ? isxdigit((unsigned char)*s) : isdigit((unsigned char)*s);
    if (digit) {
      if (count == MAX_DIGITS)
        return false;
      digits[count++] = *s;
      scale -= point ? 1 : 0;
    } else if (*s == '.' && !point) {
      point = true;
    } else {
      break;
    }
  }
  if (count == 0)
    return false;
  digits[count] = '\0';
  long exponent = 0;
  char mark = (char)tolower((unsigned char)*s);
  if (mark == (hex ? 'p' : 'e')) {
    char *end;
    s++;
    if (!isdigit((unsigned char)*s) && !((*s == '+' || *s == '-') && isdigit((unsigned char)s[1])))
      return false;
    exponent = strtol(s, &end, 10);
    s = end;
    if (exponent > MAX_EXPONENT || exponent < -MAX_EXPONENT)
      return false;
  }
  fmpz_t power, ten;
  fmpz_init(power);
  fmpz_init(ten);
  fmpz_set_str(fmpq_numref(q), digits, base);
  fmpz_one(fmpq_denref(q));
  exponent += hex ? 4 * scale : scale;
  fmpz_set_ui(ten, hex ? 2 : 10);
  fmpz_pow_ui(power, ten, (ulong)labs(exponent));
  if (exponent >= 0)
    fmpq_mul_fmpz(q, q, power);
  else
    fmpq_div_fmpz(q, q, power);
  fmpz_clear(power);
  fmpz_clear(ten);
  *p = s;
  return true;
}

mc_status mc_ball_fmpq_set_text(fmpq_t q, const char *text, mc_error *e) {
  const char *p = text;
  while (isspace((unsigned char)*p))
    p++;
  bool negative = *p == '-';
  if (*p == '-' || *p == '+')
    p++;
  bool good = parse_number(q, &p);
  if (good && *p == '/') {
    fmpq_t denominator;
    fmpq_init(denominator);
    p++;
    good = parse_number(denominator, &p) && !fmpq_is_zero(denominator);
    if (good)
      fmpq_div(q, q, denominator);
    fmpq_clear(denominator);
  }
  while (isspace((unsigned char)*p))
    p++;
  if (!good || *p != '\0') {
    fmpq_zero(q);
    return mc_fail(e, MC_BAD_INPUT, "'%.60s' is not a number (decimal, fraction or hex float)", text);
  }
  if (negative)
    fmpq_neg(q, q);
  return MC_OK;
}
