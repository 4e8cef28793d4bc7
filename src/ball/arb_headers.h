/* FLINT and Arb in either layout: FLINT >= 3.0 (MUONCERT_FLINT3, everything under <flint/…>), or FLINT 2.9 with Arb
 * 2.23. Nobody else includes these headers directly. */
#ifndef MUONCERT_BALL_ARB_HEADERS_H
#define MUONCERT_BALL_ARB_HEADERS_H

#include <stdint.h>
#include <stdio.h>

#include <gmp.h>
#include <mpfr.h>

/* FLINT's and Arb's own inline functions are not written for -Wconversion and -Wshadow. */
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#endif

/* <complex.h>, which some BLAS headers include, calls the imaginary unit I; FLINT calls parameters so. */
#undef I

#include <flint/flint.h>
#include <flint/fmpq.h>
#include <flint/fmpq_mat.h>
#include <flint/fmpq_mpoly.h>
#include <flint/fmpq_mpoly_factor.h>
#include <flint/fmpq_poly.h>
#include <flint/fmpz.h>
#include <flint/fmpz_poly.h>
#include <flint/fmpz_poly_factor.h>
#include <flint/fmpz_vec.h>
#include <flint/nmod_mat.h>
#include <flint/ulong_extras.h>
#ifdef MUONCERT_FLINT3
#include <flint/acb.h>
#include <flint/arb.h>
#include <flint/arb_fmpz_poly.h>
#include <flint/arb_mat.h>
#include <flint/arb_poly.h>
#include <flint/arf.h>
#include <flint/mag.h>
#else
#include <acb.h>
#include <arb.h>
#include <arb_fmpz_poly.h>
#include <arb_mat.h>
#include <arb_poly.h>
#include <arf.h>
#include <mag.h>
#endif

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#endif
