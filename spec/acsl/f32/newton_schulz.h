// Generated from spec/acsl/newton_schulz.h by tools/float_reference; edit that file.
// The Newton–Schulz iteration as one recursive function of the initial matrix, and the inductions that carry it along a
// loop and from state to state.
#ifndef MUONF_ACSL_NEWTON_SCHULZ_H
#define MUONF_ACSL_NEWTON_SCHULZ_H

#include "norm.h"

// What an iteration starts from: the parameters of the logic below, and their names where they are handed on.
#define ITERATION_PARAMETERS                                                                                           \
  float *G, integer ldg, integer m, integer n, float eps, integer how, muonf_coefficients *schedule
#define ITERATION G, ldg, m, n, eps, how, schedule

/*@ // The order of the Gram matrix, the other dimension, and the size of the workspace.
    logic integer order(integer m, integer n) = m <= n ? m : n;
    logic integer breadth(integer m, integer n) = m <= n ? n : m;
    logic integer ns_workspace(integer m, integer n) = 2 * idx(order(m, n), order(m, n), 0) + idx(m, n, 0);

    // The iterates X_0, X_1, ... are r x s with r = order(m, n), s = breadth(m, n).  X_0 is the normalised G, transposed
    // when m > n, and with (a, b, c) = schedule[t]
    //   A_t = X_t X_t^T,   P_t = b A_t + c A_t A_t^T,   X_{t+1} = a X_t + P_t X_t.
    // One function of four meanings, because the four recursions are mutual; (t, what, k) decreases lexicographically:
    //   what = 0   entry (i, j) of X_t
    //   what = 1   the first k terms of entry (i, j) of X_t X_t^T, which is A_t for k = s
    //   what = 2   the first k terms of entry (i, j) of A_t A_t^T, complete for k = r
    //   what = 3   the first k terms of entry (i, j) of P_t X_t, complete for k = r
    logic float ns{L}(integer what, ITERATION_PARAMETERS, integer t, integer i, integer j, integer k) =
      what == 0 ?
        (t <= 0 ? normalised{L}(G, ldg, m, n, eps, how, m <= n ? i : j, m <= n ? j : i)
                : rn_axpby((float)1.0, ns{L}(3, ITERATION, t - 1, i, j, order(m, n)),
                           schedule[t - 1].a, ns{L}(0, ITERATION, t - 1, i, j, 0))) :
      k <= 0 ? (float)0.0 :
      what == 1 ? rn_axpy(ns{L}(1, ITERATION, t, i, j, k - 1),
                          ns{L}(0, ITERATION, t, i, k - 1, 0), ns{L}(0, ITERATION, t, j, k - 1, 0)) :
      what == 2 ? rn_axpy(ns{L}(2, ITERATION, t, i, j, k - 1), ns{L}(1, ITERATION, t, i, k - 1, breadth(m, n)),
                          ns{L}(1, ITERATION, t, j, k - 1, breadth(m, n)))
                : rn_axpy(ns{L}(3, ITERATION, t, i, j, k - 1),
                          rn_axpby(schedule[t].c, ns{L}(2, ITERATION, t, i, k - 1, order(m, n)),
                                   schedule[t].b, ns{L}(1, ITERATION, t, i, k - 1, breadth(m, n))),
                          ns{L}(0, ITERATION, t, k - 1, j, 0));

    // What buffers hold in state L of the iteration that started in state K: X_t, A_t, P_t, X_t^T.
    predicate holds_iterate{K,L}(float *X, integer ldx, ITERATION_PARAMETERS, integer t) =
      \forall integer i, j; 0 <= i < order(m, n) ==> 0 <= j < breadth(m, n) ==>
        identical(mat{L}(X, ldx, i, j), ns{K}(0, ITERATION, t, i, j, 0));
    predicate holds_gram{K,L}(float *A, ITERATION_PARAMETERS, integer t) =
      \forall integer i, j; 0 <= i < order(m, n) ==> 0 <= j < order(m, n) ==>
        identical(mat{L}(A, order(m, n), i, j), ns{K}(1, ITERATION, t, i, j, breadth(m, n)));
    predicate holds_polynomial{K,L}(float *P, ITERATION_PARAMETERS, integer t) =
      \forall integer i, j; 0 <= i < order(m, n) ==> 0 <= j < order(m, n) ==>
        identical(mat{L}(P, order(m, n), i, j),
                  rn_axpby(\at(schedule[t].c, K), ns{K}(2, ITERATION, t, i, j, order(m, n)),
                           \at(schedule[t].b, K), ns{K}(1, ITERATION, t, i, j, breadth(m, n))));
    predicate holds_transpose{K,L}(float *T, integer ldt, ITERATION_PARAMETERS, integer t) =
      \forall integer i, j; 0 <= i < order(m, n) ==> 0 <= j < breadth(m, n) ==>
        identical(mat{L}(T, ldt, j, i), ns{K}(0, ITERATION, t, i, j, 0));

    // The inner products of such buffers are the sums that ns names.  By induction on k.
    predicate sums_gram{K,L}(float *X, integer ldx, ITERATION_PARAMETERS, integer t, integer i, integer j, integer k) =
      identical(rn_dot{L}(X + idx(i, ldx, 0), X + idx(j, ldx, 0), k), ns{K}(1, ITERATION, t, i, j, k));
    lemma sums_gram_zero{K,L}: \forall float *X, integer ldx, ITERATION_PARAMETERS, integer t, i, j, k;
      k <= 0 ==> sums_gram{K,L}(X, ldx, ITERATION, t, i, j, k);
    lemma sums_gram_step{K,L}: \forall float *X, integer ldx, ITERATION_PARAMETERS, integer t, i, j, k;
      holds_iterate{K,L}(X, ldx, ITERATION, t) ==>
      0 <= i < order(m, n) ==> 0 <= j < order(m, n) ==> 0 < k <= breadth(m, n) ==>
      sums_gram{K,L}(X, ldx, ITERATION, t, i, j, k - 1) ==> sums_gram{K,L}(X, ldx, ITERATION, t, i, j, k);
    lemma sums_gram{K,L}: \forall float *X, integer ldx, ITERATION_PARAMETERS, integer t, i, j, k;
      holds_iterate{K,L}(X, ldx, ITERATION, t) ==>
      0 <= i < order(m, n) ==> 0 <= j < order(m, n) ==> k <= breadth(m, n) ==>
      sums_gram{K,L}(X, ldx, ITERATION, t, i, j, k);

    predicate sums_square{K,L}(float *A, ITERATION_PARAMETERS, integer t, integer i, integer j, integer k) =
      identical(rn_dot{L}(A + idx(i, order(m, n), 0), A + idx(j, order(m, n), 0), k), ns{K}(2, ITERATION, t, i, j, k));
    lemma sums_square_zero{K,L}: \forall float *A, ITERATION_PARAMETERS, integer t, i, j, k;
      k <= 0 ==> sums_square{K,L}(A, ITERATION, t, i, j, k);
    lemma sums_square_step{K,L}: \forall float *A, ITERATION_PARAMETERS, integer t, i, j, k;
      holds_gram{K,L}(A, ITERATION, t) ==>
      0 <= i < order(m, n) ==> 0 <= j < order(m, n) ==> 0 < k <= order(m, n) ==>
      sums_square{K,L}(A, ITERATION, t, i, j, k - 1) ==> sums_square{K,L}(A, ITERATION, t, i, j, k);
    lemma sums_square{K,L}: \forall float *A, ITERATION_PARAMETERS, integer t, i, j, k;
      holds_gram{K,L}(A, ITERATION, t) ==>
      0 <= i < order(m, n) ==> 0 <= j < order(m, n) ==> k <= order(m, n) ==>
      sums_square{K,L}(A, ITERATION, t, i, j, k);

    predicate sums_product{K,L}(float *P, float *T, integer ldt, ITERATION_PARAMETERS,
                                integer t, integer i, integer j, integer k) =
      identical(rn_dot{L}(P + idx(i, order(m, n), 0), T + idx(j, ldt, 0), k), ns{K}(3, ITERATION, t, i, j, k));
    lemma sums_product_zero{K,L}: \forall float *P, *T, integer ldt, ITERATION_PARAMETERS, integer t, i, j, k;
      k <= 0 ==> sums_product{K,L}(P, T, ldt, ITERATION, t, i, j, k);
    lemma sums_product_step{K,L}: \forall float *P, *T, integer ldt, ITERATION_PARAMETERS, integer t, i, j, k;
      holds_polynomial{K,L}(P, ITERATION, t) ==> holds_transpose{K,L}(T, ldt, ITERATION, t) ==>
      0 <= i < order(m, n) ==> 0 <= j < breadth(m, n) ==> 0 < k <= order(m, n) ==>
      sums_product{K,L}(P, T, ldt, ITERATION, t, i, j, k - 1) ==> sums_product{K,L}(P, T, ldt, ITERATION, t, i, j, k);
    lemma sums_product{K,L}: \forall float *P, *T, integer ldt, ITERATION_PARAMETERS, integer t, i, j, k;
      holds_polynomial{K,L}(P, ITERATION, t) ==> holds_transpose{K,L}(T, ldt, ITERATION, t) ==>
      0 <= i < order(m, n) ==> 0 <= j < breadth(m, n) ==> k <= order(m, n) ==>
      sums_product{K,L}(P, T, ldt, ITERATION, t, i, j, k);

    // One step takes X_t to X_{t+1}: what muonf_newton_schulz_step ensures between states L and M, and what follows.
    predicate steps{L,M}(float *X, integer ldx, float *T, integer ldt, float *A, float *P,
                         float a, float b, float c, integer r, integer s) =
      (\forall integer i, j; 0 <= i < r ==> 0 <= j < r ==>
        identical(mat{M}(A, r, i, j), row_dot{L}(X, ldx, i, X, ldx, j, s))) &&
      (\forall integer i, j; 0 <= i < r ==> 0 <= j < r ==>
        identical(mat{M}(P, r, i, j), rn_axpby(c, row_dot{M}(A, r, i, A, r, j, r), b, mat{M}(A, r, i, j)))) &&
      (\forall integer i, j; 0 <= i < r ==> 0 <= j < s ==> identical(mat{M}(T, ldt, j, i), mat{L}(X, ldx, i, j))) &&
      (\forall integer i, j; 0 <= i < r ==> 0 <= j < s ==>
        identical(mat{M}(X, ldx, i, j),
                  rn_axpby((float)1.0, row_dot{M}(P, r, i, T, ldt, j, r), a, mat{L}(X, ldx, i, j))));
    lemma step_gram{K,L,M}:
      \forall float *X, *T, *A, *P, integer ldx, ldt, ITERATION_PARAMETERS, float a, b, c, integer t;
      holds_iterate{K,L}(X, ldx, ITERATION, t) ==>
      steps{L,M}(X, ldx, T, ldt, A, P, a, b, c, order(m, n), breadth(m, n)) ==>
      holds_gram{K,M}(A, ITERATION, t);
    lemma step_polynomial{K,L,M}:
      \forall float *X, *T, *A, *P, integer ldx, ldt, ITERATION_PARAMETERS, float a, b, c, integer t;
      holds_gram{K,M}(A, ITERATION, t) ==>
      identical(b, \at(schedule[t].b, K)) ==> identical(c, \at(schedule[t].c, K)) ==>
      steps{L,M}(X, ldx, T, ldt, A, P, a, b, c, order(m, n), breadth(m, n)) ==>
      holds_polynomial{K,M}(P, ITERATION, t);
    lemma step_transpose{K,L,M}:
      \forall float *X, *T, *A, *P, integer ldx, ldt, ITERATION_PARAMETERS, float a, b, c, integer t;
      holds_iterate{K,L}(X, ldx, ITERATION, t) ==>
      steps{L,M}(X, ldx, T, ldt, A, P, a, b, c, order(m, n), breadth(m, n)) ==>
      holds_transpose{K,M}(T, ldt, ITERATION, t);
    lemma step_product{K,L,M}:
      \forall float *X, *T, *A, *P, integer ldx, ldt, ITERATION_PARAMETERS, float a, b, c, integer t; 0 <= t ==>
      holds_iterate{K,L}(X, ldx, ITERATION, t) ==> identical(a, \at(schedule[t].a, K)) ==>
      holds_polynomial{K,M}(P, ITERATION, t) ==> holds_transpose{K,M}(T, ldt, ITERATION, t) ==>
      steps{L,M}(X, ldx, T, ldt, A, P, a, b, c, order(m, n), breadth(m, n)) ==>
      holds_iterate{K,M}(X, ldx, ITERATION, t + 1);
    lemma step_iterate{K,L,M}:
      \forall float *X, *T, *A, *P, integer ldx, ldt, ITERATION_PARAMETERS, float a, b, c, integer t; 0 <= t ==>
      holds_iterate{K,L}(X, ldx, ITERATION, t) ==> identical(a, \at(schedule[t].a, K)) ==>
      identical(b, \at(schedule[t].b, K)) ==> identical(c, \at(schedule[t].c, K)) ==>
      steps{L,M}(X, ldx, T, ldt, A, P, a, b, c, order(m, n), breadth(m, n)) ==>
      holds_iterate{K,M}(X, ldx, ITERATION, t + 1);

    // Frame: the iterates depend on the entries of G and on the schedule only.  By induction on k and on t.
    predicate same_coefficients{K,L}(muonf_coefficients *schedule, integer steps) =
      \forall integer t; 0 <= t < steps ==>
        identical(\at(schedule[t].a, K), \at(schedule[t].a, L)) &&
        identical(\at(schedule[t].b, K), \at(schedule[t].b, L)) &&
        identical(\at(schedule[t].c, K), \at(schedule[t].c, L));
    predicate same_ns{K,L}(integer what, ITERATION_PARAMETERS, integer t, integer i, integer j, integer k) =
      identical(ns{K}(what, ITERATION, t, i, j, k), ns{L}(what, ITERATION, t, i, j, k));
    predicate same_iterate{K,L}(ITERATION_PARAMETERS, integer t) =
      \forall integer i, j; 0 <= i < order(m, n) ==> 0 <= j < breadth(m, n) ==>
        identical(ns{K}(0, ITERATION, t, i, j, 0), ns{L}(0, ITERATION, t, i, j, 0));
    lemma same_zero{K,L}: \forall integer what, ITERATION_PARAMETERS, integer t, i, j, k;
      what != 0 ==> k <= 0 ==> same_ns{K,L}(what, ITERATION, t, i, j, k);
    lemma same_gram_step{K,L}: \forall ITERATION_PARAMETERS, integer t, i, j, k; same_iterate{K,L}(ITERATION, t) ==>
      0 <= i < order(m, n) ==> 0 <= j < order(m, n) ==> 0 < k <= breadth(m, n) ==>
      same_ns{K,L}(1, ITERATION, t, i, j, k - 1) ==> same_ns{K,L}(1, ITERATION, t, i, j, k);
    lemma same_gram{K,L}: \forall ITERATION_PARAMETERS, integer t, i, j, k; same_iterate{K,L}(ITERATION, t) ==>
      0 <= i < order(m, n) ==> 0 <= j < order(m, n) ==> k <= breadth(m, n) ==>
      same_ns{K,L}(1, ITERATION, t, i, j, k);
    lemma same_square_step{K,L}: \forall ITERATION_PARAMETERS, integer t, i, j, k; same_iterate{K,L}(ITERATION, t) ==>
      0 <= i < order(m, n) ==> 0 <= j < order(m, n) ==> 0 < k <= order(m, n) ==>
      same_ns{K,L}(1, ITERATION, t, i, k - 1, breadth(m, n)) ==>
      same_ns{K,L}(1, ITERATION, t, j, k - 1, breadth(m, n)) ==>
      same_ns{K,L}(2, ITERATION, t, i, j, k - 1) ==> same_ns{K,L}(2, ITERATION, t, i, j, k);
    lemma same_square{K,L}: \forall ITERATION_PARAMETERS, integer t, i, j, k; same_iterate{K,L}(ITERATION, t) ==>
      0 <= i < order(m, n) ==> 0 <= j < order(m, n) ==> k <= order(m, n) ==>
      same_ns{K,L}(2, ITERATION, t, i, j, k);
    lemma same_product_step{K,L}: \forall ITERATION_PARAMETERS, integer t, i, j, k; same_iterate{K,L}(ITERATION, t) ==>
      0 <= t ==> same_coefficients{K,L}(schedule, t + 1) ==>
      0 <= i < order(m, n) ==> 0 <= j < breadth(m, n) ==> 0 < k <= order(m, n) ==>
      same_ns{K,L}(1, ITERATION, t, i, k - 1, breadth(m, n)) ==>
      same_ns{K,L}(2, ITERATION, t, i, k - 1, order(m, n)) ==>
      same_ns{K,L}(3, ITERATION, t, i, j, k - 1) ==> same_ns{K,L}(3, ITERATION, t, i, j, k);
    lemma same_product{K,L}: \forall ITERATION_PARAMETERS, integer t, i, j, k; same_iterate{K,L}(ITERATION, t) ==>
      0 <= t ==> same_coefficients{K,L}(schedule, t + 1) ==>
      0 <= i < order(m, n) ==> 0 <= j < breadth(m, n) ==> k <= order(m, n) ==>
      same_ns{K,L}(3, ITERATION, t, i, j, k);
    lemma same_entry{K,L}: \forall ITERATION_PARAMETERS, integer t, i, j; same_iterate{K,L}(ITERATION, t) ==>
      0 <= t ==> same_coefficients{K,L}(schedule, t + 1) ==> 0 <= i < order(m, n) ==> 0 <= j < breadth(m, n) ==>
      same_ns{K,L}(3, ITERATION, t, i, j, order(m, n)) ==> same_ns{K,L}(0, ITERATION, t + 1, i, j, 0);
    lemma same_next{K,L}: \forall ITERATION_PARAMETERS, integer t; 0 < t ==>
      same_coefficients{K,L}(schedule, t) ==> same_iterate{K,L}(ITERATION, t - 1) ==> same_iterate{K,L}(ITERATION, t);
    lemma same_start{K,L}: \forall ITERATION_PARAMETERS, integer t; t <= 0 ==>
      unchanged_matrix{K,L}(G, ldg, m, n) ==> same_iterate{K,L}(ITERATION, t);
    lemma same_fewer{K,L}: \forall muonf_coefficients *schedule, integer t;
      same_coefficients{K,L}(schedule, t) ==> same_coefficients{K,L}(schedule, t - 1);
    lemma ns_frame{K,L}: \forall ITERATION_PARAMETERS, integer t;
      unchanged_matrix{K,L}(G, ldg, m, n) ==> same_coefficients{K,L}(schedule, t) ==> same_iterate{K,L}(ITERATION, t);
*/

#endif
