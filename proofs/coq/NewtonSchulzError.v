(* The error recursion behind Newton-Schulz images and sound tolerances.

   X_{k+1} = f_k(X_k) exactly; Y_{k+1} is what a program computed, within d_k of f_k(Y_k) in the Frobenius norm.  If s_k bounds the
   2-norms of X_k and Y_k, L_k bounds |f_k'| on [-s_k,s_k], and e_{k+1} = L_k e_k + d_k from e_0 >= ||Y_0 - X_0||_F, then
       ||Y_k - X_k||_F <= e_k.
   ns_error_a_posteriori asks only for the computed norms: y_k >= ||Y_k||_2, with s_k = y_k + e_k.  Source: ours, from T2. *)
From mathcomp Require Import all_ssreflect all_algebra ring complex polyrcf.
From Muoncert Require Import FrobeniusNorm SpectralTheorem OddPolynomialLipschitz CornerLemma PolarCertificate.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Recursion.
Variable R : rcfType.
Variables (m n : nat) (g : nat -> {poly R}) (X Y : nat -> 'M[R]_(m.+1, n.+1)) (L d e : nat -> R).
Hypothesis exact : forall k, X k.+1 = oddf (g k) (X k).
Hypothesis local : forall k, normF (Y k.+1 - oddf (g k) (Y k)) <= d k.
Hypothesis start : normF (Y 0%N - X 0%N) <= e 0%N.
Hypothesis recursion : forall k, e k.+1 = L k * e k + d k.

(* one step, from a bound of both 2-norms *)
Lemma ns_error_step k s : 0 <= s -> 0 <= L k ->
  (forall x : 'cV_n.+1, normF (X k *m x) <= s * normF x) ->
  (forall x : 'cV_n.+1, normF (Y k *m x) <= s * normF x) ->
  (forall t, `|t| <= s -> `|(oddp (g k))^`().[t]| <= L k) ->
  normF (Y k - X k) <= e k -> normF (Y k.+1 - X k.+1) <= e k.+1.
Proof.
move=> s0 L0 HX HY HL He; rewrite recursion exact.
have sq (Z : 'M[R]_(m.+1, n.+1)) : (forall x : 'cV_n.+1, normF (Z *m x) <= s * normF x) ->
  forall x : 'cV_n.+1, frob (Z *m x) (Z *m x) <= s ^+ 2 * frob x x.
  move=> H x; rewrite -!normF_sqr -exprMn ler_pexpn2r ?nnegrE ?mulr_ge0 ?normF_ge0 //; exact: H.
have -> : Y k.+1 - oddf (g k) (X k) = (oddf (g k) (Y k) - oddf (g k) (X k)) + (Y k.+1 - oddf (g k) (Y k)).
  by rewrite [RHS]addrC addrA subrK.
apply: le_trans (normF_tri _ _) _; apply: ler_add; last exact: local.
apply: le_trans (T2 s0 (sq _ HY) (sq _ HX) HL) _.
by rewrite ler_wpmul2l.
Qed.

Theorem ns_error (s : nat -> R) :
  (forall k, 0 <= s k) -> (forall k, 0 <= L k) ->
  (forall k (x : 'cV_n.+1), normF (X k *m x) <= s k * normF x) ->
  (forall k (x : 'cV_n.+1), normF (Y k *m x) <= s k * normF x) ->
  (forall k t, `|t| <= s k -> `|(oddp (g k))^`().[t]| <= L k) ->
  forall k, normF (Y k - X k) <= e k.
Proof.
move=> s0 L0 HX HY HL; elim=> [|k IH]; first exact: start.
exact: (ns_error_step (s0 k) (L0 k) (HX k) (HY k) (HL k) IH).
Qed.

Theorem ns_error_a_posteriori (y : nat -> R) :
  (forall k, 0 <= L k) ->
  (forall k (x : 'cV_n.+1), normF (Y k *m x) <= y k * normF x) ->
  (forall k t, `|t| <= y k + e k -> `|(oddp (g k))^`().[t]| <= L k) ->
  (forall k, 0 <= y k) ->
  forall k, normF (Y k - X k) <= e k.
Proof.
move=> L0 HY HL y0; elim=> [|k IH]; first exact: start.
have e0 : 0 <= e k by apply: le_trans (normF_ge0 _) IH.
have s0 : 0 <= y k + e k by rewrite addr_ge0.
apply: (ns_error_step s0 (L0 k) _ _ (HL k) IH) => x.
  rewrite -[X k](subKr (Y k)) mulmxBl mulrDl.
  have nN (a b : nat) (Z : 'M[R]_(a, b)) : normF (- Z) = normF Z by rewrite /normF frobNl frobNr opprK.
  apply: le_trans (normF_tri _ _) _; rewrite nN; apply: ler_add; first exact: HY.
  by apply: le_trans (normF_mul _ _) _; rewrite ler_wpmul2r ?normF_ge0.
by apply: le_trans (HY k x) _; rewrite ler_wpmul2r ?normF_ge0 // ler_addl.
Qed.
End Recursion.
