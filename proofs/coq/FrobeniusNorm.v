(* The Frobenius inner product <A,B> = tr(A'B) over a real closed field, its norm, and Cauchy-Schwarz.
   qf_cols: a lower bound mu of the quadratic form y'My holds for every matrix D with as many rows: mu <D,D> <= <D,MD>. *)
From mathcomp Require Import all_ssreflect all_algebra ring.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Frob.
Variable R : rcfType.
Definition frob m n (A B : 'M[R]_(m, n)) : R := \tr (A^T *m B).
Definition normF m n (A : 'M[R]_(m, n)) : R := Num.sqrt (frob A A).

Lemma frobE m n (A B : 'M[R]_(m, n)) : frob A B = \sum_j \sum_i A i j * B i j.
Proof.
by apply: eq_bigr => j _; rewrite mxE; apply: eq_bigr => i _; rewrite mxE.
Qed.
Lemma frobC m n (A B : 'M[R]_(m, n)) : frob A B = frob B A.
Proof. by rewrite !frobE; do 2![apply: eq_bigr => ? _]; rewrite mulrC. Qed.
Lemma frobDr m n (A B C : 'M[R]_(m, n)) : frob A (B + C) = frob A B + frob A C.
Proof. by rewrite /frob mulmxDr raddfD. Qed.
Lemma frobDl m n (A B C : 'M[R]_(m, n)) : frob (B + C) A = frob B A + frob C A.
Proof. by rewrite frobC frobDr !(frobC A). Qed.
Lemma frobZr m n c (A B : 'M[R]_(m, n)) : frob A (c *: B) = c * frob A B.
Proof. by rewrite /frob -scalemxAr linearZ. Qed.
Lemma frobZl m n c (A B : 'M[R]_(m, n)) : frob (c *: A) B = c * frob A B.
Proof. by rewrite frobC frobZr frobC. Qed.
Lemma frobNr m n (A B : 'M[R]_(m, n)) : frob A (- B) = - frob A B.
Proof. by rewrite -scaleN1r frobZr mulN1r. Qed.
Lemma frobNl m n (A B : 'M[R]_(m, n)) : frob (- A) B = - frob A B.
Proof. by rewrite frobC frobNr frobC. Qed.
Lemma frobT m n (A B : 'M[R]_(m, n)) : frob A^T B^T = frob A B.
Proof. by rewrite /frob trmxK mxtrace_mulC -mxtrace_tr trmx_mul trmxK. Qed.
Lemma frob_ge0 m n (A : 'M[R]_(m, n)) : 0 <= frob A A.
Proof. by rewrite frobE; do 2![apply: sumr_ge0 => ? _]; rewrite -expr2 sqr_ge0. Qed.
Lemma frob_eq0 m n (A : 'M[R]_(m, n)) : frob A A = 0 -> A = 0.
Proof.
rewrite frobE => /eqP; rewrite psumr_eq0 => [/allP H|k _]; last first.
  by apply: sumr_ge0 => l _; rewrite -expr2 sqr_ge0.
apply/matrixP => i j; rewrite mxE; apply/eqP.
have := H j (mem_index_enum _); rewrite /= psumr_eq0 => [/allP H2|l _]; last first.
  by rewrite -expr2 sqr_ge0.
by have := H2 i (mem_index_enum _); rewrite /= mulf_eq0 orbb.
Qed.
Lemma normF_ge0 m n (A : 'M[R]_(m, n)) : 0 <= normF A. Proof. exact: sqrtr_ge0. Qed.
Lemma normF_sqr m n (A : 'M[R]_(m, n)) : normF A ^+ 2 = frob A A.
Proof. by rewrite sqr_sqrtr // frob_ge0. Qed.
Lemma CS_sqr m n (A B : 'M[R]_(m, n)) : frob A B ^+ 2 <= frob A A * frob B B.
Proof.
case: (eqVneq (frob B B) 0) => [B0|Bn0].
  by rewrite (frob_eq0 B0) -(scale0r 0) !frobZr !mul0r expr0n mulr0.
have Bp : 0 < frob B B by rewrite lt_neqAle eq_sym Bn0 frob_ge0.
have := frob_ge0 (frob B B *: A - frob A B *: B).
rewrite !(frobDl, frobDr, frobNl, frobNr, frobZl, frobZr) (frobC B A).
set a := frob A A; set b := frob A B; set c := frob B B => H.
have : 0 <= c * (a * c - b ^+ 2) by apply: le_trans H _; rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
by rewrite pmulr_rge0 // subr_ge0.
Qed.
Lemma CS m n (A B : 'M[R]_(m, n)) : frob A B <= normF A * normF B.
Proof.
have [neg|pos] := ltP (frob A B) 0.
  by apply: le_trans (ltW neg) _; rewrite mulr_ge0 ?normF_ge0.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 ?normF_ge0 //.
by rewrite exprMn !normF_sqr CS_sqr.
Qed.

(* <A, B> is the sum over columns *)
Lemma frob_col m n (A B : 'M[R]_(m, n)) : frob A B = \sum_j frob (col j A) (col j B).
Proof.
rewrite frobE; apply: eq_bigr => j _; rewrite frobE big_ord1.
by apply: eq_bigr => i _; rewrite !mxE.
Qed.
Lemma frob_adj m n p (M : 'M[R]_(m, n)) (A : 'M[R]_(m, p)) (B : 'M[R]_(n, p)) :
  frob A (M *m B) = frob (M^T *m A) B.
Proof. by rewrite /frob trmx_mul trmxK mulmxA. Qed.

(* a quadratic-form lower bound extends to all column counts *)
Lemma qf_cols m n (M : 'M[R]_m) (mu : R) (D : 'M[R]_(m, n)) :
  (forall y : 'cV_m, mu * frob y y <= frob y (M *m y)) ->
  mu * frob D D <= frob D (M *m D).
Proof.
move=> H; rewrite !frob_col mulr_sumr; apply: ler_sum => j _.
by rewrite !colE -mulmxA; apply: H.
Qed.
End Frob.
