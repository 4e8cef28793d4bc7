(* The rounding of a matrix product in the Frobenius norm, whatever the order of summation of each entry.

   product_error: if every entry of FL is within g sum|a b| + c of the exact entry of AB, then
       ||FL - AB||_F <= g ||A||_F ||B||_F + c sqrt(mn).
   product_error_dot: the entries are trees of DotProductError over the same k products; then
       g = (1+u)^k - 1 and c = k eta (1+u)^(k-1).
   Source: ours, from DotProductError.dot_err; the norm-wise form is classical (Higham, section 3.5). *)
From Coq Require Import Reals ZArith.
From mathcomp Require Import all_ssreflect all_algebra ring Rstruct.
From Muoncert Require Import FrobeniusNorm SpectralTheorem OddPolynomialLipschitz CornerLemma PolarCertificate.
From Muoncert Require DotProductError.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Entrywise.
Variable F : rcfType.

Definition absolute m n (A : 'M[F]_(m, n)) : 'M[F]_(m, n) := \matrix_(i, j) `|A i j|.

Lemma normF_absolute m n (A : 'M[F]_(m, n)) : normF (absolute A) = normF A.
Proof.
rewrite /normF !frobE; congr Num.sqrt; do 2![apply: eq_bigr => ? _].
by rewrite mxE -!expr2 real_normK ?num_real.
Qed.

Lemma normF_entrywise m n (E S : 'M[F]_(m, n)) : (forall i j, `|E i j| <= S i j) -> normF E <= normF S.
Proof.
move=> H; rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normF_ge0 // !normF_sqr !frobE.
apply: ler_sum => j _; apply: ler_sum => i _; rewrite -!expr2 -[X in X <= _](real_normK (num_real _)).
by rewrite ler_pexpn2r ?nnegrE ?normr_ge0 // (le_trans (normr_ge0 _) (H i j)).
Qed.

Lemma normF_scale m n (g : F) (A : 'M[F]_(m, n)) : 0 <= g -> normF (g *: A) = g * normF A.
Proof.
move=> g0; rewrite /normF frobZl frobZr mulrA -expr2 sqrtrM ?sqr_ge0 //.
by rewrite sqrtr_sqr ger0_norm.
Qed.

Lemma normF_const m n (c : F) : 0 <= c -> normF (const_mx c : 'M[F]_(m, n)) = c * Num.sqrt (m * n)%:R.
Proof.
move=> c0; rewrite /normF frobE.
have -> : \sum_(j < n) \sum_(i < m) (const_mx c : 'M[F]_(m, n)) i j * (const_mx c : 'M[F]_(m, n)) i j = c ^+ 2 * (m * n)%:R.
  under eq_bigr => j _ do under eq_bigr => i _ do rewrite !mxE -expr2.
  under eq_bigr => j _ do rewrite sumr_const card_ord.
  by rewrite sumr_const card_ord -mulrnA mulr_natr.
by rewrite sqrtrM ?sqr_ge0 // sqrtr_sqr ger0_norm.
Qed.

Theorem product_error m k n (A : 'M[F]_(m, k)) (B : 'M[F]_(k, n)) (FL : 'M[F]_(m, n)) (g c : F) : 0 <= g -> 0 <= c ->
  (forall i j, `|FL i j - (A *m B) i j| <= g * (\sum_l `|A i l * B l j|) + c) ->
  normF (FL - A *m B) <= g * (normF A * normF B) + c * Num.sqrt (m * n)%:R.
Proof.
move=> g0 c0 H.
apply: le_trans (_ : normF (g *: (absolute A *m absolute B) + const_mx c) <= _).
  apply: normF_entrywise => i j; have h := H i j.
  have e : \sum_l `|A i l * B l j| = (absolute A *m absolute B) i j.
    by rewrite mxE; apply: eq_bigr => l _; rewrite !mxE normrM.
  by rewrite e in h; move: h; move: (A *m B) (absolute A *m absolute B) => X Y; rewrite !mxE.
apply: le_trans (normF_tri _ _) _; apply: ler_add; last by rewrite normF_const.
rewrite normF_scale // ler_wpmul2l //; apply: le_trans (normF_mul _ _) _.
by rewrite !normF_absolute.
Qed.
End Entrywise.

(* the entries as rounded trees *)
Section Trees.
Variables (emin prec : Z) (choice : Z -> bool).
Hypothesis prec_gt_0 : Z.lt 0 prec.
Variables (m k n : nat) (A : 'M[R]_(m, k)) (B : 'M[R]_(k, n)) (T : 'I_m -> 'I_n -> DotProductError.tree).
Hypothesis exact_value : forall i j, DotProductError.ex (T i j) = (A *m B) i j.
Hypothesis absolute_value : forall i j, DotProductError.ab (T i j) = \sum_l `|A i l * B l j|.
Hypothesis products : forall i j, DotProductError.len (T i j) = k.
Let u := DotProductError.u prec.
Let eta := DotProductError.eta emin.

Theorem product_error_dot :
  normF (\matrix_(i, j) DotProductError.fl emin prec choice (T i j) - A *m B) <=
  Rminus (pow (Rplus 1 u) k) 1 * (normF A * normF B) +
  Rmult (Rmult (INR k) eta) (pow (Rplus 1 u) (k - 1)) * Num.sqrt (m * n)%:R.
Proof.
have u0 := DotProductError.u_pos prec; have e0 := DotProductError.eta_pos emin.
apply: product_error.
- apply/RleP; have : Rle 1 (pow (Rplus 1 u) k) by apply: pow_R1_Rle; rewrite /u; Lra.lra.
  rewrite /Rminus -/u; move=> P; change (0 : R) with R0; Lra.lra.
- apply/RleP; apply: Rmult_le_pos; first by apply: Rmult_le_pos; [apply: pos_INR|apply: Rlt_le].
  by apply: pow_le; rewrite /u; Lra.lra.
move=> i j; rewrite mxE -exact_value -absolute_value.
have := @DotProductError.dot_err emin prec prec_gt_0 choice (T i j).
rewrite products minusE => /RleP.
by [].
Qed.
End Trees.
