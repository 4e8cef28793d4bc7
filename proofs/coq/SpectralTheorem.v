(* The spectral theorem for real symmetric matrices: S = V diag(d) V' with V'V = 1.
   From the existence of a complex eigenvalue (MathComp real-closed, Theorem7'), a Householder reflection and induction. *)
From mathcomp Require Import all_ssreflect all_algebra ring complex.
From Muoncert Require Import FrobeniusNorm.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.
Local Open Scope complex_scope.
Section Spectral.
Variable R : rcfType.
Local Notation C := (complex R).
Notation ReM := (map_mx (@complex.Re R)).
Notation ImM := (map_mx (@complex.Im R)).

Lemma Re_mul_real m n p (w : 'M[C]_(m, n)) (S : 'M[R]_(n, p)) :
  ReM (w *m map_mx (real_complex R) S) = ReM w *m S.
Proof.
apply/matrixP => i j; rewrite !mxE raddf_sum; apply: eq_bigr => k _.
by rewrite !mxE; case: (w i k) => a b /=; rewrite mulr0 subr0.
Qed.
Lemma Im_mul_real m n p (w : 'M[C]_(m, n)) (S : 'M[R]_(n, p)) :
  ImM (w *m map_mx (real_complex R) S) = ImM w *m S.
Proof.
apply/matrixP => i j; rewrite !mxE raddf_sum; apply: eq_bigr => k _.
by rewrite !mxE; case: (w i k) => a b /=; rewrite mulr0 add0r.
Qed.
Lemma Re_scale m n (c : C) (w : 'M[C]_(m, n)) :
  ReM (c *: w) = complex.Re c *: ReM w - complex.Im c *: ImM w.
Proof. by apply/matrixP => i j; rewrite !mxE; case: c; case: (w i j). Qed.
Lemma Im_scale m n (c : C) (w : 'M[C]_(m, n)) :
  ImM (c *: w) = complex.Re c *: ImM w + complex.Im c *: ReM w.
Proof. by apply/matrixP => i j; rewrite !mxE; case: c => ? ?; case: (w i j). Qed.

Lemma frob_sym_r m n (x y : 'M[R]_(m, n)) (S : 'M[R]_n) : S^T = S ->
  frob (x *m S) y = frob x (y *m S).
Proof.
by move=> ST; rewrite -(frobT (x *m S)) -(frobT x) !trmx_mul ST frob_adj ST.
Qed.

(* a real symmetric matrix has a real unit eigenvector *)
Lemma sym_eigen n (S : 'M[R]_n.+1) : S^T = S ->
  exists a, exists u : 'rV[R]_n.+1, frob u u = 1 /\ u *m S = a *: u.
Proof.
move=> ST.
have [c /eigenvalueP[w Hw w0]] := @Theorem7' R n.+1 (map_mx (real_complex R) S) isT.
have Hx : ReM w *m S = complex.Re c *: ReM w - complex.Im c *: ImM w.
  by rewrite -Re_mul_real Hw Re_scale.
have Hy : ImM w *m S = complex.Re c *: ImM w + complex.Im c *: ReM w.
  by rewrite -Im_mul_real Hw Im_scale.
have := frob_sym_r (ReM w) (ImM w) ST.
rewrite Hx Hy frobDl frobDr frobNl !frobZl !frobZr.
move/addrI => Hb.
set X := ReM w in Hx Hy Hb *; set Y := ImM w in Hx Hy Hb *.
set al := complex.Re c in Hx Hy Hb *; set be := complex.Im c in Hx Hy Hb *.
have XY : X != 0 \/ Y != 0.
  have [X0|] := eqVneq X 0; last by left.
  right; apply: contra w0 => /eqP Y0; apply/eqP/matrixP => i j.
  move/matrixP: X0 => /(_ i j); move/matrixP: Y0 => /(_ i j).
  by rewrite !mxE; case: (w i j) => p q /= -> ->.
have pos : 0 < frob X X + frob Y Y.
  case: XY => nz; [rewrite ltr_paddr ?frob_ge0 //|rewrite ltr_paddl ?frob_ge0 //];
  by rewrite lt_neqAle eq_sym frob_ge0 andbT; apply: contra nz => /eqP/frob_eq0 ->.
have be0 : be = 0.
  apply/eqP; have : be * (frob X X + frob Y Y) == 0.
    by rewrite mulrDr -Hb addNr.
  by rewrite mulf_eq0 (gt_eqF pos) orbF.
rewrite be0 !scale0r subr0 addr0 in Hx Hy.
have norm : forall Z : 'rV[R]_n.+1, Z != 0 -> Z *m S = al *: Z ->
   exists a, exists u : 'rV[R]_n.+1, frob u u = 1 /\ u *m S = a *: u.
  move=> Z Z0 HZ; exists al; exists ((normF Z)^-1 *: Z); split.
    have nZ : normF Z != 0.
      apply: contra Z0 => /eqP H; apply/eqP/frob_eq0; rewrite -normF_sqr H.
      by rewrite expr0n.
    by rewrite frobZl frobZr -normF_sqr expr2 mulKf // mulVf.
  by rewrite -scalemxAl HZ !scalerA mulrC.
by case: XY => nz; [apply: (norm X)|apply: (norm Y)].
Qed.

Lemma mul_frob n (u v : 'rV[R]_n) : u *m v^T = (frob u v)%:M.
Proof. rewrite -(frobT u v) /frob trmxK /mxtrace big_ord1; exact: mx11_scalar. Qed.

(* Householder: every unit row is the first row of an orthogonal symmetric matrix *)
Lemma householder n (u e : 'rV[R]_n) : frob u u = 1 -> frob e e = 1 ->
  exists H : 'M[R]_n, [/\ H^T = H, H *m H = 1%:M & e *m H = u].
Proof.
move=> uu ee; have [->|ne] := eqVneq u e.
  by exists 1%:M; rewrite trmx1 mul1mx mulmx1.
pose w := e - u; pose c := frob w w.
have c0 : c != 0.
  by apply: contra ne => /eqP/frob_eq0/eqP; rewrite subr_eq0 eq_sym.
pose H := 1%:M - (2%:R / c) *: (w^T *m w).
have ww : w *m w^T = c%:M by rewrite mul_frob.
have ew : e *m w^T = (c / 2%:R)%:M.
  rewrite mul_frob /c /w !(frobDl, frobDr, frobNl, frobNr) uu ee (frobC u e).
  by congr _%:M; field.
have WW : (w^T *m w) *m (w^T *m w) = c *: (w^T *m w).
  by rewrite mulmxA -(mulmxA w^T w) ww mul_mx_scalar scalemxAl.
have wE : w = e - u by [].
clearbody w; exists H; split.
- by rewrite /H linearB linearZ /= trmx1 trmx_mul trmxK.
- rewrite /H mulmxBl mul1mx mulmxBr mulmx1 -scalemxAl -scalemxAr WW.
  move: (w^T *m w) => W; apply/matrixP => i j; rewrite !mxE.
  by move: (W i j) (_%:R) => a b; field.
- rewrite /H mulmxBr mulmx1 -scalemxAr mulmxA ew mul_scalar_mx scalerA.
  have -> : 2%:R / c * (c / 2%:R) = 1 :> R.
    by field; rewrite ?c0 ?pnatr_eq0.
  by rewrite scale1r wE opprB addrC subrK.
Qed.

Lemma sym_conj n (S H : 'M[R]_n) : S^T = S -> (H *m S *m H^T)^T = H *m S *m H^T.
Proof. by move=> ST; rewrite !trmx_mul trmxK ST mulmxA. Qed.

Theorem spectral n (S : 'M[R]_n) : S^T = S ->
  exists V : 'M[R]_n, exists d : 'rV[R]_n,
    V^T *m V = 1%:M /\ S = V *m diag_mx d *m V^T.
Proof.
elim: n S => [|n IH] S ST.
  by exists 1%:M, 0; split; apply/matrixP => [[]].
have [a [u [uu uS]]] := sym_eigen ST.
pose e : 'rV[R]_(1 + n) := row_mx 1%:M 0.
have ee : frob e e = 1.
  by rewrite /frob mxtrace_mulC tr_row_mx mul_row_col trmx0 mulmx0 addr0 trmx1 mulmx1 mxtrace1.
have [H [HT HH eH]] := @householder n.+1 u e uu ee.
pose S1 : 'M[R]_(1 + n) := H *m S *m H^T.
have S1T : S1^T = S1 by apply: sym_conj.
have eS1 : e *m S1 = a *: e.
  rewrite /S1 !mulmxA eH uS -scalemxAl -eH HT -mulmxA HH mulmx1 //.
have Sblk : S1 = block_mx a%:M 0 0 (drsubmx S1).
  have ulr : row_mx (ulsubmx S1) (ursubmx S1) = row_mx a%:M 0.
    move: eS1; rewrite -{1}(submxK S1) /e mul_row_block !mul1mx !mul0mx !addr0.
    by rewrite scale_row_mx scaler0 scalemx1.
  have [ul ur] := eq_row_mx ulr.
  have dl : dlsubmx S1 = 0.
    by rewrite -[LHS]trmxK trmx_dlsub S1T ur trmx0.
  by rewrite -{1}(submxK S1) ul ur dl.
have DT : (drsubmx S1)^T = drsubmx S1 by rewrite trmx_drsub S1T.
have [V [d [VV SV]]] := IH _ DT.
pose V1 : 'M[R]_(1 + n) := block_mx 1%:M 0 0 V.
have V1E : V1 = block_mx 1%:M 0 0 V by [].
have V1V1 : V1^T *m V1 = 1%:M.
  rewrite /V1 tr_block_mx mulmx_block !trmx0 trmx1 VV !mul0mx !mulmx0 !addr0 !add0r mul1mx.
  by rewrite -scalar_mx_block.
pose dd : 'rV[R]_(1 + n) := row_mx (const_mx a) d.
have key : S1 = V1 *m diag_mx dd *m V1^T.
  rewrite Sblk /V1 /dd diag_mx_row tr_block_mx !mulmx_block !trmx0 trmx1.
  rewrite !(mul0mx, mulmx0, addr0, add0r, mul1mx, mulmx1) -SV.
  by congr block_mx; apply/matrixP => i j; rewrite !mxE !ord1.
have SH : S = H *m S1 *m H.
  by rewrite /S1 HT !mulmxA HH mul1mx -mulmxA HH mulmx1.
clearbody S1 V1 dd; exists (H *m V1), dd; split.
  by rewrite trmx_mul HT mulmxA -(mulmxA V1^T) HH mulmx1.
by rewrite SH key trmx_mul HT !mulmxA.
Qed.
End Spectral.
