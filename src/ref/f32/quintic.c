// Generated from src/ref/quintic.c by tools/float_reference; edit that file.
#include "quintic.h"

float muonf_quintic(float a, float b, float c, float x) {
  float square = x * x;
  return x * (a + square * (b + c * square));
}
