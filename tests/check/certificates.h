/* Certificates of every kind, and whether the checker accepts one: what its tests share. */
#ifndef MUONCERT_TESTS_CHECK_CERTIFICATES_H
#define MUONCERT_TESTS_CHECK_CERTIFICATES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/check/check.h"
#include "../../src/claim/claim.h"

#define RHO "let a = 3.4445 let b = -4.7750 let c = 2.0315 def rho(x) = a*x + b*x^3 + c*x^5 "
#define CUBIC "def q(x) = 1.5*x - 0.5*x^3 "

static const char *const texts[] = {
    "1 + 1 = 2",
    "2 < 1",
    "22/7 > pi",
    "forall x in [0, 1] : x*(1 - x) <= 1/4",                                        /* range */
    "forall x in (0, 1] : sin(x)*x + x > 0",                                        /* face, vertex */
    "forall x, y in [0, 1] : exp(x) + exp(y) - x*y/8 >= 2",                         /* several faces */
    "forall x in [0, 1] : sin(x) + cos(x) <= 1.42",                                 /* mean, second */
    "forall x in [-2, 2] : exp(x) >= 1 + x",                                        /* touch */
    "forall x, y in [-1, 1] : x^2 + y^2 - x*y >= 0",                                /* touch in two variables */
    "forall x, y in [-1, 1] : exp(x) + exp(y) >= x + y + 1.9",                      /* tangent */
    "forall x in [0, 1] : sin(3*x) >= 0.14*x",                                      /* ends */
    "forall x in (0, 1] : x - x^3/6 < sin(x)",                                      /* order */
    "forall x in [0, 2] : (x^2 - 2)^2/(1 + x) >= 0",                                /* roots */
    "forall x in [0, 1] : exp(x)*((x - 1/3)^2*(2 - x)) >= 0",                       /* range, with a double root */
    "forall x in (0, 1) : 1/x + 1/(1 - x) >= 4",                                    /* cleared */
    "exists x in (0, 1) : 1/x <= 1",                                                /* cleared, fails */
    "forall x, y in [1, 2] : 1/x + 1/y = (x + y)/(x*y)",                            /* identity */
    "forall q in [1/2, 0.999], c in [1, 1000] where c*(1 - q) <= 1 : c - 1 <= c*q", /* given */
    "forall x, y in [0, 1] where x + y <= 1 : x*y <= 0.26",                         /* where */
    "forall k in {0..3} where k >= 1 : 1/k <= 1",                                   /* where, integers */
    CUBIC "forall k in {0..4}, x in [0, 1] : iter(q, k, x) in [0, 1]",              /* integers */
    "forall x in [0, 1] : x < 0.97",                                                /* witness */
    "forall k in {1..10}, x in [0, 1] : k*x^2 < 9",                                 /* witness with an integer */
    "exists x in [0, 1] : sqrt(x - 1/3) <= 0",                                      /* witness, defined exactly */
    "exists x in [0, 1] : x^2 >= 1",                                                /* witness for exists */
    "exists x in [1, 2] : x^2 = 2",                                                 /* change of sign */
    "exists k in {1..3}, x, y in [0, 1] : x^2 + y^2 = k/2 and x > y - 1/100",       /* change of sign, two variables */
    "forall x in [0, 2] : abs(x^2 - 2) > 0",                                        /* root */
    "exists k in {1..3}, x in [0, 2] : (x^2 - k)^2 <= 0 and x > 1.5",               /* root, integers */
    "exists x in [0, pi] : sin(x) = 1",                                             /* point */
    "exists x in [0, 3] : sin(x) = 1",                                              /* angle */
    "exists k in {1..3}, x in [-1/2, 7] : cos(2*x - 1/3) <= -1 and x > k",          /* angle, integers */
    "forall x in [0, 3] : sin(x) < 1",                                              /* angle, refuted */
    "exp(1) = e and sin(pi/6) = 1/2",                                               /* vertex, in pi and e */
    "exp(2/3)*exp(1/3) = e and sqrt(pi^2*e) = pi*exp(1/2)",                         /* vertex, in powers of e */
    "forall x in [0, pi/2] : sin(x) >= 2*x/pi",                                     /* ends, in pi */
    "exists x in [0, 2] : x^2 = 5",                                                 /* fails everywhere */
    "forall x in [-1, 1] : abs(x) = max(x, -x)",
    /* by algebra: factors, roots, squares, side conditions, names, tangents, monotony */
    "forall x, y in (0, 10] : x/y + y/x >= 2",
    "forall x, y in [0, 4] : sqrt(x + y) <= sqrt(x) + sqrt(y)",
    "forall x, y, z in [0, 5] : x^2 + y^2 + z^2 >= x*y + y*z + z*x",
    "forall x, y in [0, 1] where x^2 + y^2 <= 1 : x*y <= 1/2",
    "forall x, y in [0, 1] where x + y = 1 : x*y <= 1/4",
    CUBIC "forall x in (0, sqrt(3)) : iter(q, 5, x) > 0",
    "forall x, y in [-1, 1] : exp(x*y) >= 1 + x*y",
    "forall x in (0, 1] : x*log(x) >= -1/e", /* tangents at powers of e */
    "forall x in [0, 3] : exp(x) >= e*x",
    "forall x in [0, 2] : x*exp(-x) <= 1/e",
    "forall x in (0, 9] : log(x) <= x/e",
    "forall x, y in [0, 2] where x <= y : exp(x) <= exp(y)",
    "forall x, y in [1, 2] : min(x/y, y/x) <= 1",
    "exists x, y in [0, 10] where x*y > 0 : x + y < 2*sqrt(x*y)",
    "forall x, y, z in (0, 10] : x/y + y/z + z/x >= 3", /* differences in every order */
    "forall x, y, z in [1/2, 10] : x/y + y/z + z/x > 2.999",
    "forall x in [0, 1] : abs(x - x^3) <= ?", /* best constants */
    "forall x in (0, 1] : sin(x) <= ?*x",
    "forall x in [1, 2] : 0 <= x and ?/x <= 1",
    "forall x in [0, ?] : x^2 <= 2", /* best ends */
    "forall x in [?, 3] : x^2 >= 2",
    "exists x in [0, ?] : x^2 >= 2",
    "forall k in {1..5}, x in [0, 1] : k*x <= ?",
    RHO "forall x in (0, 0.02/a^4] : iter(rho, 5, x) >= 483*x",
    RHO "forall x in (0, 0.02] : iter(rho, 5, x) >= 483*x",
    RHO "forall x in (0, 0.02/a^4] : iter(rho, 5, x) >= ? * x",
    RHO "schedule jordan = (a, b, c) repeat 5 forall x in [0.0073, 1] : apply(jordan, x) in [0.68, 1.21]",
};
enum { TEXTS = sizeof texts / sizeof texts[0] };

static inline json_t *certificate_of(mc_document *document, const mc_claim *claim) {
  mc_claim_result result;
  mc_claim_options options = {.seconds = 60, .threads = 1, .recording = true};
  mc_claim_result_init(&result);
  mc_claim_settle(&result, document, claim, &options);
  json_t *certificate = mc_claim_certificate(document, claim, &result);
  if (!certificate && result.status == MC_OK && result.verdict != MC_VERDICT_UNDECIDED)
    fail_msg("no certificate for %s", claim->block.statement);
  mc_claim_result_clear(&result);
  return certificate;
}

static inline json_t *certificate_of_text(const char *text) {
  mc_document *document;
  mc_error e = {0};
  if (mc_lang_statement_parse(&document, text, strlen(text), &e) != MC_OK)
    fail_msg("%s: %s", text, e.text);
  json_t *certificate = certificate_of(document, mc_lang_claim(document, 0));
  assert_non_null(certificate);
  mc_lang_document_free(document);
  return certificate;
}

static inline bool accepts(const json_t *certificate, const char *text, char *why, size_t size) {
  mc_check_result r;
  mc_check_result_init(&r);
  mc_check_certificate(&r, certificate, text, 60);
  bool accepted = r.accepted;
  if (why)
    snprintf(why, size, "%s", r.message);
  if (!accepted)
    assert_true(strlen(r.message) > 0);
  mc_check_result_clear(&r);
  return accepted;
}

#endif
