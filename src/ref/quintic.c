#include "quintic.h"

double muon_quintic(double a, double b, double c, double x) {
  double square = x * x;
  return x * (a + square * (b + c * square));
}
