(* T3 for the two ends: an upper bound of sigma_max(A) and a lower bound of sigma_min(A) from F = AV - W diag(S).
   The inner singular values are not covered here. *)
From mathcomp Require Import all_ssreflect all_algebra ring.
From Muoncert Require Import FrobeniusNorm SpectralTheorem OddPolynomialLipschitz CornerLemma PolarCertificate.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.
Section T3.
Variable R : rcfType.
Variables (m n : nat) (A W : 'M[R]_(m, n)) (V : 'M[R]_n) (S : 'rV[R]_n).
Variables (Smax Smin f w1 w2 v1 v2 : R).
Hypothesis HS : forall i, Smin <= S 0 i <= Smax.
Hypothesis S0 : 0 <= Smin.
Hypothesis Sm0 : 0 <= Smax.
Hypothesis HF : normF (A *m V - W *m diag_mx S) <= f.
(* w1 = sqrt (1 - eW), w2 = sqrt (1 + eW), v alike *)
Hypothesis HW : forall y : 'cV_n, w1 * normF y <= normF (W *m y) <= w2 * normF y.
Hypothesis HV : forall y : 'cV_n, v1 * normF y <= normF (V *m y) <= v2 * normF y.
Hypothesis v1p : 0 < v1.
Hypothesis w1p : 0 <= w1.
Hypothesis w2p : 0 <= w2.

Lemma Vunit : V \in unitmx.
Proof.
rewrite -unitmx_tr -row_free_unit; apply: inj_row_free => u Hu.
have : V *m u^T = 0 by rewrite -[V]trmxK -trmx_mul Hu trmx0.
move=> H; have /andP[H1 _] := HV u^T; move: H1; rewrite H.
have -> : normF (0 : 'cV[R]_n) = 0 by rewrite /normF /frob mulmx0 raddf0 sqrtr0.
rewrite pmulr_rle0 // normF_tr => H2.
by apply: normF0; apply/eqP; rewrite eq_le H2 normF_ge0.
Qed.
Lemma Sdiag (y : 'cV[R]_n) : Smin * normF y <= normF (diag_mx S *m y) <= Smax * normF y.
Proof.
have Sx i : 0 <= S 0 i by have /andP[a _] := HS i; exact: le_trans a.
have e : frob (diag_mx S *m y) (diag_mx S *m y) = \sum_i (S 0 i) ^+ 2 * (y i 0) ^+ 2.
  by rewrite frobE big_ord1; apply: eq_bigr => i _; rewrite mul_diag_mx mxE -expr2 exprMn.
have e' : frob y y = \sum_i (y i 0) ^+ 2.
  by rewrite frobE big_ord1; apply: eq_bigr => i _; rewrite expr2.
apply/andP; split.
  apply: normF_sqrt_le; rewrite ?mulr_ge0 ?normF_ge0 //.
  rewrite exprMn !normF_sqr e e' mulr_sumr; apply: ler_sum => i _.
  rewrite ler_wpmul2r ?sqr_ge0 //; have /andP[a _] := HS i.
  by rewrite ler_pexpn2r ?nnegrE.
apply: normF_le => //.
rewrite e e' mulr_sumr; apply: ler_sum => i _.
rewrite ler_wpmul2r ?sqr_ge0 //; have /andP[_ b] := HS i.
by rewrite ler_pexpn2r ?nnegrE.
Qed.
Theorem T3_max x : normF (A *m x) <= (Smax * w2 + f) / v1 * normF (x : 'cV_n).
Proof.
rewrite -[x](mulKVmx Vunit); move: (invmx V *m x) => y.
have -> : A *m (V *m y) = W *m (diag_mx S *m y) + (A *m V - W *m diag_mx S) *m y.
  by rewrite mulmxBl !mulmxA addrC subrK.
have f0 : 0 <= f by apply: le_trans (normF_ge0 _) HF.
have /andP[a _] := HV y; have /andP[_ b] := HW (diag_mx S *m y); have /andP[_ c] := Sdiag y.
have q : normF ((A *m V - W *m diag_mx S) *m y) <= f * normF y.
  by apply: le_trans (normF_mul _ _) _; rewrite ler_wpmul2r ?normF_ge0.
apply: le_trans (normF_tri _ _) _.
apply: le_trans (ler_add (le_trans b (ler_wpmul2l w2p c)) q) _.
rewrite mulrA -mulrDl (mulrC w2) mulrAC ler_pdivl_mulr // -mulrA (mulrC _ v1).
by apply: ler_wpmul2l a; rewrite addr_ge0 // mulr_ge0.
Qed.
Theorem T3_min x : 0 < v2 -> 0 <= Smin * w1 - f -> (Smin * w1 - f) / v2 * normF (x : 'cV_n) <= normF (A *m x).
Proof.
move=> v2p g; rewrite -[x](mulKVmx Vunit); move: (invmx V *m x) => y.
have e : W *m (diag_mx S *m y) = A *m (V *m y) + - ((A *m V - W *m diag_mx S) *m y).
  by rewrite mulmxBl !mulmxA opprB addrC subrK.
have /andP[_ a] := HV y; have /andP[b _] := HW (diag_mx S *m y); have /andP[c _] := Sdiag y.
have q : normF (- ((A *m V - W *m diag_mx S) *m y)) <= f * normF y.
  rewrite (_ : normF (- _) = normF ((A *m V - W *m diag_mx S) *m y)); last by rewrite /normF frobNl frobNr opprK.
  by apply: le_trans (normF_mul _ _) _; rewrite ler_wpmul2r ?normF_ge0.
have h : w1 * (Smin * normF y) <= normF (A *m (V *m y)) + f * normF y.
  apply: le_trans (ler_wpmul2l w1p c) _; apply: le_trans b _; rewrite e.
  by apply: le_trans (normF_tri _ _) _; rewrite ler_add2l.
rewrite mulrAC ler_pdivr_mulr //.
apply: le_trans (ler_wpmul2l g a) _; rewrite mulrC -mulrA mulrC ler_wpmul2r ?(ltW v2p) //.
by rewrite -ler_subl_addr in h; apply: le_trans h; rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.
End T3.
