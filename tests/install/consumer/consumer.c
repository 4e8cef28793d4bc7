/* An outside project: the installed headers compile by themselves, and the library links. */
#include <muoncert/base/base.h>
#include <muoncert/ref/ref.h>

#include <stdio.h>

int main(void) {
  const double x[3] = {1, 2, 3};
  mc_error e;
  if (muon_vector_dot(x, x, 3) != 14 || mc_fail(&e, MC_UNDECIDED, "%d", 1) != MC_UNDECIDED)
    return 1;
  puts("an outside project works");
  return 0;
}
