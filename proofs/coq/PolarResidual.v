(* T1, the certificate of a polar factor from one residual.

   A = QP with Q'Q = 1 and P symmetric, U any matrix of A's shape, R = A - UA'U, D = Q - U.  Then DP + (UA')D = R exactly
   (T1_identity); if sigma is a lower bound of x'Px and mu of the quadratic form y'(UA')y, and sigma + mu > 0, then
       ||U - Q||_F <= ||R||_F / (sigma + mu).
   No orthogonality of U is assumed; square and tall alike.  Source: ours. *)
From mathcomp Require Import all_ssreflect all_algebra ring.
From Muoncert Require Import FrobeniusNorm.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section T1.
Variables (R : rcfType) (m n : nat).
Variables (A Q U : 'M[R]_(m, n)) (P : 'M[R]_n) (sigma mu : R).
Hypothesis QQ : Q^T *m Q = 1%:M.
Hypothesis PT : P^T = P.
Hypothesis AQP : A = Q *m P.
Let Res := A - U *m A^T *m U.
Let D := Q - U.

Lemma T1_identity : D *m P + U *m A^T *m D = Res.
Proof.
have AQ : A^T *m Q = P by rewrite AQP trmx_mul PT -mulmxA QQ mulmx1.
rewrite /D mulmxBl mulmxBr -AQP -mulmxA AQ.
by rewrite addrA subrK.
Qed.

Hypothesis HP : forall x : 'cV_n, sigma * frob x x <= frob x (P *m x).
Hypothesis HU : forall y : 'cV_m, mu * frob y y <= frob y (U *m A^T *m y).
Hypothesis pos : 0 < sigma + mu.

Theorem T1 : normF (U - Q) <= normF Res / (sigma + mu).
Proof.
have nD : normF (U - Q) = normF D.
  by rewrite -opprB /normF frobNl frobNr opprK.
rewrite nD ler_pdivl_mulr //.
have H1 : sigma * frob D D <= frob D (D *m P).
  by rewrite -(frobT D D) -(frobT D (D *m P)) trmx_mul PT; apply: qf_cols.
have H2 : mu * frob D D <= frob D (U *m A^T *m D) by apply: qf_cols.
have H3 : (sigma + mu) * frob D D <= normF D * normF Res.
  rewrite mulrDl; apply: le_trans (ler_add H1 H2) _.
  by rewrite -frobDr T1_identity CS.
have [D0|Dn0] := eqVneq (normF D) 0; first by rewrite D0 mul0r normF_ge0.
have Dp : 0 < normF D by rewrite lt_neqAle eq_sym Dn0 normF_ge0.
by rewrite -(ler_pmul2l Dp) mulrA -expr2 normF_sqr mulrC.
Qed.
End T1.
