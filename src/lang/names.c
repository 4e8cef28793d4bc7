/* The nearest known name, for "did you mean". */
#include <string.h>

#include "parser_state.h"

enum { LONGEST = 64 };

/* Edit distance with insertion, deletion, substitution (Wagner and Fischer 1974), in O(|b|) memory. */
static size_t edit_distance(const char *a, const char *b) {
  size_t row[LONGEST + 1];
  size_t m = strlen(a), n = strlen(b);
  if (m > LONGEST || n > LONGEST)
    return SIZE_MAX;
  for (size_t j = 0; j <= n; j++)
    row[j] = j;
  for (size_t i = 1; i <= m; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= n; j++) {
      size_t best = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      if (row[j] + 1 < best)
        best = row[j] + 1;
      if (row[j - 1] + 1 < best)
        best = row[j - 1] + 1;
      row[j] = best;
    }
  }
  return row[n];
}

const char *mc_lang_nearest(const char *name, const char *const *candidates, size_t count) {
  const char *best = NULL;
  /* Within a third of its letters, rounded up, and at least one letter kept. */
  size_t limit = (strlen(name) + 2) / 3;
  for (size_t i = 0; i < count; i++) {
    size_t distance = edit_distance(name, candidates[i]);
    if (distance <= limit && distance < strlen(name)) {
      best = candidates[i];
      limit = distance - (distance > 0);
    }
  }
  return best;
}
