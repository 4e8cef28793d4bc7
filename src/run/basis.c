/* What verdicts rest on: theorems of proofs/coq by name (proofs/coq/theorems.txt), arguments on paper, and C that is
 * tested, not proved.  docs/theorems.md says which theorem carries what. */
#include "run.h"

#include <string.h>

enum { MOST = 10 };

typedef struct {
  const char *command, *what; /* what: of truth; NULL elsewhere */
  const char *theorems[MOST]; /* machine-checked */
  const char *argued[MOST];   /* proved or assumed in the documentation only */
} ground;

static const ground grounds[] = {
    {"truth",
     "polar",
     {"PolarCertificate.T1'", "PolarCertificate.polar_exists", "PolarBootstrap.boot", "CholeskyLowerBound.chol_lb",
      "SingularValues.T3", "PlainDecomposition.T4_polar", "PlainDecomposition.T4_values",
      "PlainDecomposition.T4_symmetric", "DigitProducts.exact_within_range"},
     {NULL}},
    {"truth", "sv", {"SingularValues.T3", "PlainDecomposition.T4_values", "DigitProducts.exact_within_range"}, {NULL}},
    {"truth",
     "ns",
     {"OddPolynomialLipschitz.T2", "NewtonSchulzError.ns_error", "SingularValues.T3", "PlainDecomposition.T4_image",
      "PlainDecomposition.T4_values", "DigitProducts.exact_within_range"},
     {NULL}},
    {"audit",
     NULL,
     {"OddPolynomialLipschitz.T2_pairs", "SpectrumLipschitz.T2s", "SoundLimit.sound_limit", "SoundLimit.norm_before",
      "MatrixProductError.product_error_dot", "DotProductError.dot_err", "PolarCertificate.T1'",
      "PlainDecomposition.T4_image"},
     {"the local errors for wrong, the assumption of section 5 for suspicious and conforms (docs/errors.md)"}},
    {"campaigns",
     NULL,
     {"PolarCertificate.T1'", "OddPolynomialLipschitz.T2", "NewtonSchulzError.ns_error", "SingularValues.T3",
      "PlainDecomposition.T4_polar"},
     {"nothing beyond the trials that were made"}},
    {"claims", NULL, {NULL}, {"the certificates of docs/certification.md"}},
    {"check", NULL, {NULL}, {"the rules of docs/certification.md"}},
    {"tol",
     NULL,
     {"OddPolynomialLipschitz.T2_pairs", "SpectrumLipschitz.T2s", "SoundLimit.sound_limit",
      "MatrixProductError.product_error_dot", "DotProductError.dot_err"},
     {"the local errors for sound limits, the assumption of section 5 for statistical ones (docs/errors.md)"}},
};

static const ground *find(const char *command, const char *what) {
  if (strcmp(command, "audits") == 0)
    command = "audit";
  if (strcmp(command, "prove") == 0)
    command = "claims";
  for (size_t i = 0; i < sizeof grounds / sizeof *grounds; i++)
    if (strcmp(grounds[i].command, command) == 0 &&
        (grounds[i].what == NULL || (what != NULL && strcmp(grounds[i].what, what) == 0)))
      return &grounds[i];
  return NULL;
}

static json_t *list(const char *const *texts) {
  json_t *found = json_array();
  for (size_t i = 0; i < MOST && texts[i]; i++)
    json_array_append_new(found, json_string(texts[i]));
  return found;
}

json_t *mc_run_basis(const char *command, const char *what) {
  const ground *g = find(command, what);
  return g ? json_pack("{s:o s:o s:s}", "theorems", list(g->theorems), "argued", list(g->argued), "numbers",
                       "from C that is tested, not proved")
           : NULL;
}

static void print_list(mc_text *out, const json_t *texts, const char *before, const char *between) {
  size_t i;
  const json_t *text;
  json_array_foreach(texts, i, text) mc_text_printf(out, "%s%s", i ? between : before, json_string_value(text));
}

void mc_run_basis_print(mc_text *out, const json_t *basis) {
  const json_t *theorems = json_object_get(basis, "theorems"), *argued = json_object_get(basis, "argued");
  if (!basis)
    return;
  mc_text_printf(out, "rests on ");
  print_list(out, theorems, "", ", ");
  if (json_array_size(theorems) > 0)
    mc_text_printf(out, " (Coq, docs/theorems.md)");
  print_list(out, argued, json_array_size(theorems) > 0 ? "; on " : "", "; on ");
  mc_text_printf(out, "; numbers %s", json_string_value(json_object_get(basis, "numbers")));
}
