(* T2s of docs/errors.md, the spectrum-aware form of T2.

   f odd, X and Y of any shape (m by n), s >= ||X||_2, b the n singular values of Y.  If for some mu and g
       (f(l) - f(t))^2 <= mu (l - t)^2 + g(t)   for |l| <= s, t >= 0,
   then ||f(X) - f(Y)||_F^2 <= mu ||X - Y||_F^2 + sum_j g(b_j) + (m - n)/2 g(0).  If n > m, then n - m of the b_j are zeros, so that for
   both shapes this is the sum over min(m, n) singular values and |m - n|/2 g(0).
   Proof: as for T2, with sum_i <v_i,w_j>^2 = 1; what is left is the sum of g over the eigenvalues of the dilation of Y, which have the
   eigenvalues of YY' and Y'Y for squares; these are the same but for zeros.  Source: ours. *)
From mathcomp Require Import all_ssreflect all_algebra ring complex polyrcf.
From Muoncert Require Import FrobeniusNorm SpectralTheorem OddPolynomialLipschitz SingularValues.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Spectra.
Variable R : rcfType.

Lemma orth_col n (O : 'M[R]_n) j : O^T *m O = 1%:M -> \sum_i O i j ^+ 2 = 1.
Proof.
move=> /matrixP/(_ j j); rewrite !mxE eqxx mulr1n => <-.
by apply: eq_bigr => i _; rewrite mxE expr2.
Qed.
Lemma orth_row n (O : 'M[R]_n) i : O^T *m O = 1%:M -> \sum_j O i j ^+ 2 = 1.
Proof.
move=> /orthC OO; rewrite -(@orth_col _ O^T i) ?trmxK //.
by apply: eq_bigr => j _; rewrite mxE.
Qed.
Lemma orth_mul n (V W : 'M[R]_n) : V^T *m V = 1%:M -> W^T *m W = 1%:M -> (V^T *m W)^T *m (V^T *m W) = 1%:M.
Proof. by move=> /orthC VV WW; rewrite trmx_mul trmxK mulmxA -(mulmxA W^T) VV mulmx1. Qed.

(* two diagonal forms of a matrix have the same entries, in the sense of every sum over them *)
Lemma same_spectrum n (V W : 'M[R]_n) (d e : 'rV[R]_n) (K : R -> R) : V^T *m V = 1%:M -> W^T *m W = 1%:M ->
  V *m diag_mx d *m V^T = W *m diag_mx e *m W^T -> \sum_i K (d 0 i) = \sum_j K (e 0 j).
Proof.
move=> VV WW E; set O := V^T *m W; have OO := orth_mul VV WW.
have tie i j : K (d 0 i) * O i j ^+ 2 = K (e 0 j) * O i j ^+ 2.
  have /matrixP/(_ i j) : diag_mx d *m O = O *m diag_mx e.
    have := congr1 (fun A => V^T *m A *m W) E.
    by rewrite /O /= !mulmxA VV mul1mx -(mulmxA _ W^T) WW mulmx1.
  rewrite mul_diag_mx mul_mx_diag !mxE -/(O i j) [RHS]mulrC => /eqP.
  rewrite -subr_eq0 -mulrBl mulf_eq0 subr_eq0 => /orP[/eqP -> //|/eqP ->].
  by rewrite expr0n !mulr0.
transitivity (\sum_i \sum_j K (d 0 i) * O i j ^+ 2).
  by apply: eq_bigr => i _; rewrite -mulr_sumr orth_row // mulr1.
rewrite exchange_big; apply: eq_bigr => j _ /=.
by rewrite (eq_bigr _ (fun i _ => tie i j)) -mulr_sumr orth_col // mulr1.
Qed.

(* XX' and X'X have the same eigenvalues but zeros *)
Lemma gram_spectra m n (X : 'M[R]_(m, n)) (P : 'M[R]_m) (Q : 'M[R]_n) (c : 'rV[R]_m) (b : 'rV[R]_n) (K : R -> R) :
  P^T *m P = 1%:M -> X *m X^T = P *m diag_mx c *m P^T -> Q^T *m Q = 1%:M -> X^T *m X = Q *m diag_mx b *m Q^T ->
  \sum_i (K (c 0 i) - K 0) = \sum_j (K (b 0 j) - K 0).
Proof.
move=> PP XP QQ XQ; pose M := P^T *m X *m Q; pose h t := (K t - K 0) / t.
have split t : K t - K 0 = h t * t.
  by rewrite /h; have [->|t0] := eqVneq t 0; rewrite ?subrr ?mulr0 // divfK.
have MM : M^T *m M = diag_mx b.
  rewrite /M !trmx_mul trmxK !mulmxA -(mulmxA _ P) (orthC PP) mulmx1 -(mulmxA _ X^T) XQ.
  by rewrite !mulmxA QQ mul1mx -mulmxA QQ mulmx1.
have NN : M *m M^T = diag_mx c.
  rewrite /M !trmx_mul trmxK !mulmxA -(mulmxA _ Q) (orthC QQ) mulmx1 -(mulmxA _ X) XP.
  by rewrite !mulmxA PP mul1mx -mulmxA PP mulmx1.
clearbody M; have bE j : b 0 j = \sum_i M i j ^+ 2.
  have /matrixP/(_ j j) := MM; rewrite !mxE eqxx mulr1n => <-.
  by apply: eq_bigr => i _; rewrite mxE expr2.
have cE i : c 0 i = \sum_j M i j ^+ 2.
  have /matrixP/(_ i i) := NN; rewrite !mxE eqxx mulr1n => <-.
  by apply: eq_bigr => j _; rewrite [X in _ * X]mxE expr2.
have tie i j : h (c 0 i) * M i j ^+ 2 = h (b 0 j) * M i j ^+ 2.
  have /matrixP/(_ i j) : diag_mx c *m M = M *m diag_mx b by rewrite -NN -MM mulmxA.
  rewrite mul_diag_mx mul_mx_diag [LHS]mxE [RHS]mxE [RHS]mulrC => /eqP.
  rewrite -subr_eq0 -mulrBl mulf_eq0 subr_eq0 => /orP[/eqP -> //|/eqP ->].
  by rewrite expr0n !mulr0.
transitivity (\sum_i \sum_j h (c 0 i) * M i j ^+ 2).
  by apply: eq_bigr => i _; rewrite split {2}cE mulr_sumr.
rewrite exchange_big; apply: eq_bigr => j _ /=.
by rewrite (eq_bigr _ (fun i _ => tie i j)) -mulr_sumr -bE split.
Qed.

(* the sum of a function of |t| over the eigenvalues t of the dilation of Y *)
Lemma dilation_spectrum m n (Y : 'M[R]_(m.+1, n.+1)) (W : 'M[R]_(m.+1 + n.+1)) (e : 'rV[R]_(m.+1 + n.+1))
  (b : 'rV[R]_n.+1) (g : R -> R) : W^T *m W = 1%:M -> J Y = W *m diag_mx e *m W^T -> singular_values Y b ->
  \sum_j g `|e 0 j| = 2%:R * (\sum_j g (b 0 j)) + (m.+1%:R - n.+1%:R) * g 0.
Proof.
move=> WW YW [[b0 _] [Q [QQ YQ]]].
have sym : (Y *m Y^T)^T = Y *m Y^T by rewrite trmx_mul trmxK.
have [P [c [PP YP]]] := spectral sym.
pose U : 'M[R]_(m.+1 + n.+1) := block_mx P 0 0 Q; pose f := row_mx c (map_mx (fun t => t ^+ 2) b).
have UU : U^T *m U = 1%:M.
  by rewrite /U tr_block_mx !trmx0 mulmx_block !mulmx0 !mul0mx !addr0 !add0r PP QQ -scalar_mx_block.
have E : W *m diag_mx (map_mx (fun t => t ^+ 2) e) *m W^T = U *m diag_mx f *m U^T.
  have -> : U *m diag_mx f *m U^T = J Y *m J Y.
    rewrite J_sqr YP YQ /U /f diag_mx_row tr_block_mx !trmx0 !mulmx_block.
    by rewrite !mulmx0 !mul0mx !addr0 !add0r !mul0mx ?addr0 ?add0r.
  rewrite YW !mulmxA -(mulmxA _ W^T) WW mulmx1 -(mulmxA W (diag_mx e)) mulmx_diag.
  by congr (_ *m diag_mx _ *m _); apply/rowP => j; rewrite !mxE expr2.
have := same_spectrum (fun t => g (Num.sqrt t)) WW UU E; rewrite [X in _ = X]big_split_ord /=.
under eq_bigr do rewrite mxE sqrtr_sqr; move=> ->.
under eq_bigr do rewrite row_mxEl.
under [X in _ + X]eq_bigr do rewrite row_mxEr mxE sqrtr_sqr ger0_norm //.
have := gram_spectra (fun t => g (Num.sqrt t)) PP YP QQ YQ; rewrite !sumrB !sumr_const !card_ord !sqrtr0.
under [X in _ = X - _]eq_bigr do rewrite mxE sqrtr_sqr ger0_norm //.
rewrite -[g 0 *+ m.+1]mulr_natl -[g 0 *+ n.+1]mulr_natl => /eqP; rewrite subr_eq => /eqP ->.
have -> : \sum_i g (b 0 i) = \sum_(i < n.+1) g (b 0 i) by []; move: (\sum_(i < n.+1) _) => q; ring.
Qed.

Lemma sym_growth n (S T : 'M[R]_n.+1) (W : 'M[R]_n.+1) (e : 'rV[R]_n.+1) (p : {poly R}) mu (g : R -> R) : S^T = S ->
  W^T *m W = 1%:M -> T = W *m diag_mx e *m W^T ->
  (forall a b, eigenvalue S a -> eigenvalue T b -> (p.[a] - p.[b]) ^+ 2 <= mu * (a - b) ^+ 2 + g b) ->
  normF (horner_mx S p - horner_mx T p) ^+ 2 <= mu * normF (S - T) ^+ 2 + \sum_j g (e 0 j).
Proof.
move=> ST WW TW H; have [V [d [VV SV]]] := spectral ST; rewrite !normF_sqr.
rewrite (sym_pairs p VV SV WW TW) (sym_pairs_X VV SV WW TW) mulr_sumr -big_split; apply: ler_sum => j _ /=.
rewrite -[g _]mulr1 -(orth_col j (orth_mul VV WW)) !mulr_sumr -big_split; apply: ler_sum => i _ /=.
rewrite [X in _ <= X + _]mulrA -mulrDl ler_wpmul2r ?sqr_ge0 //.
by apply: H; [apply: spec_eigen SV | apply: spec_eigen TW].
Qed.

Theorem T2s m n (f : {poly R}) (X Y : 'M[R]_(m.+1, n.+1)) s mu (g : R -> R) b : 0 <= s ->
  (forall x : 'cV_n.+1, frob (X *m x) (X *m x) <= s ^+ 2 * frob x x) -> singular_values Y b ->
  (forall l t, `|l| <= s -> 0 <= t -> ((oddp f).[l] - (oddp f).[t]) ^+ 2 <= mu * (l - t) ^+ 2 + g t) ->
  normF (oddf f X - oddf f Y) ^+ 2
    <= mu * normF (X - Y) ^+ 2 + (\sum_j g (b 0 j)) + (m.+1%:R - n.+1%:R) / 2%:R * g 0.
Proof.
move=> s0 HX HY H; have [W [e [WW YW]]] := spectral (J_sym Y).
have odd t : (oddp f).[- t] = - (oddp f).[t] by rewrite /oddp !hornerM !hornerX !horner_comp !hornerXn sqrrN mulNr.
have pairs l t : eigenvalue (J X) l -> eigenvalue (J Y) t ->
    ((oddp f).[l] - (oddp f).[t]) ^+ 2 <= mu * (l - t) ^+ 2 + g `|t|.
  move=> /(J_eigen s0 HX) Hl _; have [t0|/ltW t0] := leP 0 t; first by rewrite ger0_norm ?H.
  have := H (- l) (- t); rewrite normrN oppr_ge0 => /(_ Hl t0); rewrite !odd ler0_norm //.
  by rewrite -[- _ - - (oddp f).[t]]opprD sqrrN -[- l - - t]opprD sqrrN.
have := sym_growth (J_sym X) WW YW pairs.
rewrite !horner_J (dilation_spectrum g WW YW HY) !J_sub !normF_sqr !frob_J => B.
rewrite -(ler_pmul2l (ltr0Sn R 1)); apply: le_trans B _; rewrite le_eqVlt; apply/orP; left; apply/eqP.
by field.
Qed.
End Spectra.
