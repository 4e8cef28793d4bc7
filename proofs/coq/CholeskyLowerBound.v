(* Where h comes from, and the two facts behind the second pass of the bootstrap.

   chol_lb: if r >= ||sym(B) - sI - LL'||_F for some L, whatever L is, then x'Bx >= (s - r)|x|^2: an approximate Cholesky
   factor certifies positive definiteness through one residual.
   boot_nu, boot_s: ||U - Q||_F <= d gives ||U||_2 <= 1 + d and, square, sigma_min(U) >= max(0, 1 - d): the clamp matters. *)
From mathcomp Require Import all_ssreflect all_algebra ring.
From Muoncert Require Import FrobeniusNorm SpectralTheorem OddPolynomialLipschitz CornerLemma PolarCertificate.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.
Section C2.
Variable R : rcfType.

(* sym(B) >= (s - r) I from any L whatever: r >= ||sym(B) - s I - L L^T||_F *)
Theorem chol_lb n (B L : 'M[R]_n) s r :
  normF (2%:R^-1 *: (B + B^T) - s%:M - L *m L^T) <= r ->
  forall x : 'cV_n, (s - r) * frob x x <= frob x (B *m x).
Proof.
set E := _ - _ => HE x.
have symq : frob x (B *m x) = frob x (2%:R^-1 *: (B + B^T) *m x).
  rewrite -scalemxAl frobZr mulmxDl frobDr (frob_adj B^T) trmxK (frobC (B *m x)).
  by field.
have -> : frob x (B *m x) = s * frob x x + frob (L^T *m x) (L^T *m x) + frob x (E *m x).
  have SE : 2%:R^-1 *: (B + B^T) = s%:M + L *m L^T + E.
    rewrite /E; move: (2%:R^-1 *: _) (s%:M) (L *m _) => X Y Z.
    by rewrite -[X - Y - Z]addrA -opprD addrC subrK.
  rewrite symq SE; clearbody E.
  by rewrite !mulmxDl !frobDr mul_scalar_mx frobZr -(mulmxA L) (frob_adj L).
have H : - frob x (E *m x) <= r * frob x x.
  rewrite -frobNl; apply: le_trans (CS _ _) _.
  have -> : normF (- x) = normF x by rewrite /normF frobNl frobNr opprK.
  have le1 : normF (E *m x) <= r * normF x.
    by apply: le_trans (normF_mul _ _) _; rewrite ler_wpmul2r ?normF_ge0.
  apply: le_trans (ler_wpmul2l (normF_ge0 x) le1) _.
  by rewrite -normF_sqr le_eqVlt; apply/orP; left; apply/eqP; ring.
rewrite -subr_ge0; rewrite -subr_ge0 in H.
have -> : s * frob x x + frob (L^T *m x) (L^T *m x) + frob x (E *m x) - (s - r) * frob x x
  = (r * frob x x - - frob x (E *m x)) + frob (L^T *m x) (L^T *m x) by ring.
by rewrite addr_ge0 // frob_ge0.
Qed.

(* bootstrap: nu <= 1 + delta0, and in the square case sigma_min(U) >= 1 - delta0 (clamped) *)
Lemma boot_nu m n (U Q : 'M[R]_(m, n)) d0 : Q^T *m Q = 1%:M -> normF (U - Q) <= d0 ->
  forall x : 'cV_n, normF (U *m x) <= (1 + d0) * normF x.
Proof.
move=> QQ H x; rewrite -[U](subrK Q) mulmxDl addrC mulrDl mul1r.
apply: le_trans (normF_tri _ _) _; rewrite (normF_orth _ QQ) ler_add2l.
by apply: le_trans (normF_mul _ _) _; rewrite ler_wpmul2r ?normF_ge0.
Qed.
Lemma boot_s n (U Q : 'M[R]_n) d0 : Q^T *m Q = 1%:M -> normF (U - Q) <= d0 ->
  forall x : 'cV_n, Num.max 0 (1 - d0) * normF x <= normF (U^T *m x).
Proof.
move=> QQ H x; have [a|a] := leP 0 (1 - d0); last by rewrite mul0r normF_ge0.
rewrite mulrBl mul1r ler_subl_addr.
have -> : normF x = normF (Q^T *m x) by rewrite normF_orth // trmxK; apply: orthC.
have e : Q^T *m x = U^T *m x + (Q - U)^T *m x by rewrite -mulmxDl -linearD /= addrC subrK.
rewrite {1}e; apply: le_trans (normF_tri _ _) _; rewrite ler_add2l.
have -> : normF (Q^T *m x) = normF x by rewrite normF_orth // trmxK; apply: orthC.
apply: le_trans (normF_mul _ _) _; rewrite normF_tr ler_wpmul2r ?normF_ge0 //.
by rewrite -opprB /normF frobNl frobNr opprK.
Qed.
End C2.
