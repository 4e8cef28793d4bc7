#include "cli.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>

void mc_cli_shape_of(const char *option, const char *text, size_t *rows, size_t *columns, struct argp_state *state) {
  char *end;
  errno = 0;
  unsigned long m = strtoul(text, &end, 10), n = *end == 'x' ? strtoul(end + 1, &end, 10) : 0;
  if (errno || *end || *text == '-' || m == 0 || n == 0 || m > 16384 || n > 16384)
    argp_error(state, "--%s: '%s' is not MxN with 1 <= M, N <= 16384", option, text);
  *rows = m;
  *columns = n;
}
