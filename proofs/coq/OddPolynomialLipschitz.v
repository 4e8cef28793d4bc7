(* T2, why a Newton-Schulz step does not blow errors up by the size of the matrix.

   f odd with |f'| <= L on [-s,s], X and Y of any shape with 2-norms at most s.  Then ||f(X) - f(Y)||_F <= L ||X - Y||_F,
   where f(X) = X g(X'X) for f(t) = t g(t^2).  Proof: the symmetric dilation [[0,X],[X',0]] and, for symmetric S and T,
   ||f(S) - f(T)||_F^2 = sum |f(l_i) - f(m_j)|^2 <v_i,w_j>^2.  False for the 2-norm.  Source: ours; the symmetric case is classical.
   T2_pairs: enough that |f(a) - f(b)| <= L |a - b| for |a| <= s >= ||X||_2 and |b| <= r >= ||Y||_2. *)
From mathcomp Require Import all_ssreflect all_algebra ring complex polyrcf.
From Muoncert Require Import FrobeniusNorm SpectralTheorem.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.
Section T2.
Variable R : rcfType.

Lemma orthC n (V : 'M[R]_n) : V^T *m V = 1%:M -> V *m V^T = 1%:M.
Proof. exact: mulmx1C. Qed.
Lemma orth_inv n (V : 'M[R]_n) : V^T *m V = 1%:M -> V \in unitmx /\ invmx V = V^T.
Proof.
move=> VV; have [_ Vu] := mulmx1_unit VV; split=> //.
by rewrite -[LHS]mul1mx -VV mulmxK.
Qed.
Lemma frob_orth_l m n (V : 'M[R]_m) (A B : 'M[R]_(m, n)) : V^T *m V = 1%:M ->
  frob (V *m A) (V *m B) = frob A B.
Proof. by move=> VV; rewrite frob_adj mulmxA VV mul1mx. Qed.
Lemma frob_orth_r m n (W : 'M[R]_n) (A B : 'M[R]_(m, n)) : W^T *m W = 1%:M ->
  frob (A *m W) (B *m W) = frob A B.
Proof.
move=> WW; rewrite -frobT !trmx_mul frob_orth_l ?frobT // trmxK; exact: orthC.
Qed.
Lemma frob_le m n (A B : 'M[R]_(m, n)) c :
  (forall i j, A i j ^+ 2 <= c * B i j ^+ 2) -> frob A A <= c * frob B B.
Proof.
move=> H; rewrite !frobE mulr_sumr; apply: ler_sum => j _.
by rewrite mulr_sumr; apply: ler_sum => i _; rewrite -!expr2.
Qed.
Lemma normF_le m n p q (A : 'M[R]_(m, n)) (B : 'M[R]_(p, q)) c :
  0 <= c -> frob A A <= c ^+ 2 * frob B B -> normF A <= c * normF B.
Proof.
move=> c0 H; rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 ?normF_ge0 //.
by rewrite exprMn !normF_sqr.
Qed.

Lemma horner_spec n (S V : 'M[R]_n.+1) (d : 'rV[R]_n.+1) (p : {poly R}) :
  V^T *m V = 1%:M -> S = V *m diag_mx d *m V^T ->
  horner_mx S p = V *m diag_mx (map_mx (horner p) d) *m V^T.
Proof.
move=> VV ->; have [Vu VI] := orth_inv VV.
by rewrite -VI horner_mx_uconj // horner_mx_diag.
Qed.
Lemma spec_eigen n (S V : 'M[R]_n) (d : 'rV[R]_n) i :
  V^T *m V = 1%:M -> S = V *m diag_mx d *m V^T -> eigenvalue S (d 0 i).
Proof.
move=> VV SV; apply/eigenvalueP; exists (row i V^T).
  rewrite SV !mulmxA -row_mul VV row1 -rowE row_diag_mx -scalemxAl -rowE //.
apply/eqP => /(congr1 (fun u => u *m V)).
rewrite -row_mul VV row1 mul0mx => /rowP/(_ i); rewrite !mxE !eqxx /= => /eqP.
by rewrite oner_eq0.
Qed.

Lemma diag_comm_entry n (O : 'M[R]_n) (x y : 'rV[R]_n) i j :
  (diag_mx x *m O - O *m diag_mx y) i j = (x 0 i - y 0 j) * O i j.
Proof. by rewrite mul_diag_mx mul_mx_diag !mxE mulrBl (mulrC (y _ _)). Qed.

(* ||p(S) - p(T)||^2 in eigenvectors of both *)
Lemma sym_pairs n (S T V W : 'M[R]_n.+1) (d e : 'rV[R]_n.+1) (p : {poly R}) :
  V^T *m V = 1%:M -> S = V *m diag_mx d *m V^T -> W^T *m W = 1%:M -> T = W *m diag_mx e *m W^T ->
  frob (horner_mx S p - horner_mx T p) (horner_mx S p - horner_mx T p)
  = \sum_j \sum_i (p.[d 0 i] - p.[e 0 j]) ^+ 2 * (V^T *m W) i j ^+ 2.
Proof.
move=> VV SV WW TW; set D := _ - _.
have -> : frob D D = frob (V^T *m D *m W) (V^T *m D *m W).
  by rewrite frob_orth_r // frob_orth_l // trmxK; apply: orthC.
have -> : V^T *m D *m W = diag_mx (map_mx (horner p) d) *m (V^T *m W) - (V^T *m W) *m diag_mx (map_mx (horner p) e).
  rewrite /D (horner_spec p VV SV) (horner_spec p WW TW) mulmxBr mulmxBl !mulmxA VV mul1mx; congr (_ - _).
  by rewrite -mulmxA WW mulmx1.
rewrite frobE; apply: eq_bigr => j _; apply: eq_bigr => i _; rewrite -expr2 diag_comm_entry exprMn.
by rewrite [in X in X - _]mxE [in X in _ - X]mxE.
Qed.
Lemma sym_pairs_X n (S T V W : 'M[R]_n.+1) (d e : 'rV[R]_n.+1) :
  V^T *m V = 1%:M -> S = V *m diag_mx d *m V^T -> W^T *m W = 1%:M -> T = W *m diag_mx e *m W^T ->
  frob (S - T) (S - T) = \sum_j \sum_i (d 0 i - e 0 j) ^+ 2 * (V^T *m W) i j ^+ 2.
Proof.
move=> VV SV WW TW; have := sym_pairs 'X VV SV WW TW; rewrite !horner_mx_X => ->.
by apply: eq_bigr => j _; apply: eq_bigr => i _; rewrite !hornerX.
Qed.

Theorem sym_lip n (S T : 'M[R]_n.+1) (p : {poly R}) L : S^T = S -> T^T = T -> 0 <= L ->
  (forall a b, eigenvalue S a -> eigenvalue T b -> `|p.[a] - p.[b]| <= L * `|a - b|) ->
  normF (horner_mx S p - horner_mx T p) <= L * normF (S - T).
Proof.
move=> ST TT L0 HL.
have [V [d [VV SV]]] := spectral ST; have [W [e [WW TW]]] := spectral TT.
apply: normF_le => //; rewrite (sym_pairs p VV SV WW TW) (sym_pairs_X VV SV WW TW) mulr_sumr; apply: ler_sum => j _.
rewrite mulr_sumr; apply: ler_sum => i _; rewrite [X in _ <= X]mulrA ler_wpmul2r ?sqr_ge0 //.
rewrite -exprMn -(real_normK (num_real _)) -[X in _ <= X](real_normK (num_real _)).
rewrite ler_pexpn2r ?nnegrE ?normr_ge0 // normrM (ger0_norm L0).
by apply: HL; [apply: spec_eigen SV | apply: spec_eigen TW].
Qed.

(* odd polynomials on rectangular matrices: f = X g(X^2), f(X) := X g(X^T X) *)
Definition oddp (g : {poly R}) : {poly R} := 'X * (g \Po 'X^2).
Definition oddf m n (g : {poly R}) (X : 'M[R]_(m, n.+1)) := X *m horner_mx (X^T *m X) g.
Definition J m n (X : 'M[R]_(m.+1, n.+1)) : 'M[R]_(m.+1 + n.+1) := block_mx 0 X X^T 0.

Lemma J_sym m n (X : 'M[R]_(m.+1, n.+1)) : (J X)^T = J X.
Proof. by rewrite /J tr_block_mx !trmx0 trmxK. Qed.
Lemma J_sub m n (X Y : 'M[R]_(m.+1, n.+1)) : J X - J Y = J (X - Y).
Proof. by rewrite /J opp_block_mx add_block_mx !subr0 linearB. Qed.
Lemma frob_J m n (X : 'M[R]_(m.+1, n.+1)) : frob (J X) (J X) = 2%:R * frob X X.
Proof.
rewrite /frob /J tr_block_mx mulmx_block !trmx0 trmxK !mul0mx !mulmx0 !add0r !addr0.
by rewrite mxtrace_block (mxtrace_mulC X) mulrDl mul1r.
Qed.
Lemma block_diag_mul m n (A A' : 'M[R]_m.+1) (B B' : 'M[R]_n.+1) :
  (block_mx A' 0 0 B' : 'M[R]_(m.+1 + n.+1)) *m block_mx A 0 0 B
  = block_mx (A' *m A) 0 0 (B' *m B).
Proof. by rewrite mulmx_block !mulmx0 !mul0mx !addr0 !add0r. Qed.
Lemma block_off_mul m n (X : 'M[R]_(m.+1, n.+1)) (A : 'M[R]_m.+1) (B : 'M[R]_n.+1) :
  J X *m block_mx A 0 0 B = block_mx 0 (X *m B) (X^T *m A) 0.
Proof. by rewrite /J mulmx_block !mulmx0 !mul0mx !addr0 !add0r. Qed.
Lemma J_sqr m n (X : 'M[R]_(m.+1, n.+1)) : J X *m J X = block_mx (X *m X^T) 0 0 (X^T *m X).
Proof. by rewrite /J mulmx_block !mulmx0 !mul0mx !addr0 !add0r. Qed.
Lemma horner_block m n (A : 'M[R]_m.+1) (B : 'M[R]_n.+1) (p : {poly R}) :
  horner_mx (block_mx A 0 0 B : 'M[R]_(m.+1 + n.+1)) p = block_mx (horner_mx A p) 0 0 (horner_mx B p).
Proof.
elim/poly_ind: p => [|p c IH]; first by rewrite !rmorph0 block_mx0.
rewrite !rmorphD !rmorphM /= !horner_mx_X !horner_mx_C IH.
transitivity (block_mx (horner_mx A p *m A) 0 0 (horner_mx B p *m B) + (c%:M : 'M[R]_(m.+1 + n.+1))).
  by congr (_ + _); exact: block_diag_mul.
by rewrite scalar_mx_block add_block_mx !addr0.
Qed.
Lemma horner_trmx n (A : 'M[R]_n.+1) (p : {poly R}) : (horner_mx A p)^T = horner_mx A^T p.
Proof.
elim/poly_ind: p => [|p c IH]; first by rewrite !rmorph0 trmx0.
rewrite !rmorphD !rmorphM /= !horner_mx_X !horner_mx_C linearD /= tr_scalar_mx; congr (_ + _).
rewrite -[_ * _]/(_ *m _) trmx_mul IH; exact: comm_mx_horner.
Qed.
Lemma horner_J m n (g : {poly R}) (X : 'M[R]_(m.+1, n.+1)) :
  horner_mx (J X) (oddp g) = J (oddf g X).
Proof.
have : (horner_mx (J X) (oddp g))^T = horner_mx (J X) (oddp g) by rewrite horner_trmx J_sym.
have H : horner_mx (J X) (oddp g) = block_mx 0 (oddf g X) (X^T *m horner_mx (X *m X^T) g) 0.
  rewrite /oddp rmorphM /= horner_mx_X.
  have -> : horner_mx (J X) (g \Po 'X^2) = horner_mx (J X *m J X) g.
    elim/poly_ind: g => [|g c IH]; first by rewrite comp_poly0 !rmorph0.
    rewrite comp_poly_MXaddC !rmorphD !rmorphM /= IH !horner_mx_C horner_mx_X.
    by rewrite ?rmorphX /= ?horner_mx_X ?expr2.
  rewrite J_sqr horner_block; exact: block_off_mul.
rewrite H => E.
have : (block_mx 0 (oddf g X) (X^T *m horner_mx (X *m X^T) g) 0 : 'M[R]_(m.+1 + n.+1))^T
  = block_mx 0 (oddf g X) (X^T *m horner_mx (X *m X^T) g) 0 by exact: E.
by rewrite tr_block_mx !trmx0 => /eq_block_mx[_ _ <- _].
Qed.

(* eigenvalues of J X are bounded by any bound of the 2-norm of X *)
Lemma J_eigen m n (X : 'M[R]_(m.+1, n.+1)) s a : 0 <= s ->
  (forall x : 'cV_n.+1, frob (X *m x) (X *m x) <= s ^+ 2 * frob x x) ->
  eigenvalue (J X) a -> `|a| <= s.
Proof.
move=> s0 HX /eigenvalueP[v vJ v0].
move: vJ v0; rewrite -[v]hsubmxK; set p := lsubmx v; set q := rsubmx v.
rewrite /J mul_row_block !mulmx0 add0r addr0 scale_row_mx => /eq_row_mx[Hq Hp] v0.
have [a0|an0] := eqVneq a 0; first by rewrite a0 normr0.
have [q0|qn0] := eqVneq q 0.
  have : a *: p = 0 by rewrite -Hq q0 mul0mx.
  move/eqP; rewrite scaler_eq0 (negPf an0) => /eqP p0.
  by rewrite p0 q0 row_mx0 eqxx in v0.
have qp : 0 < frob q q.
  by rewrite lt_neqAle eq_sym frob_ge0 andbT; apply: contra qn0 => /eqP/frob_eq0 ->.
have pp : frob p p = frob q q.
  apply: (mulfI an0); rewrite -!frobZl -Hp -Hq.
  by rewrite frobC -frobT trmx_mul trmxK frob_adj -trmx_mul frobT.
have := HX q^T.
have -> : X *m q^T = a *: p^T by rewrite -[X]trmxK -trmx_mul Hq linearZ.
rewrite frobZl frobZr !frobT pp mulrA -expr2 ler_pmul2r //.
by rewrite -[_ ^+ 2](real_normK (num_real a)) ler_pexpn2r ?nnegrE.
Qed.

(* L bounds the slopes of f between what the 2-norms of X and Y allow *)
Theorem T2_pairs m n (g : {poly R}) (X Y : 'M[R]_(m.+1, n.+1)) s r L : 0 <= s -> 0 <= r -> 0 <= L ->
  (forall x : 'cV_n.+1, frob (X *m x) (X *m x) <= s ^+ 2 * frob x x) ->
  (forall x : 'cV_n.+1, frob (Y *m x) (Y *m x) <= r ^+ 2 * frob x x) ->
  (forall a b, `|a| <= s -> `|b| <= r -> `|(oddp g).[a] - (oddp g).[b]| <= L * `|a - b|) ->
  normF (oddf g X - oddf g Y) <= L * normF (X - Y).
Proof.
move=> s0 r0 L0 HX HY HL; apply: normF_le => //.
have := @sym_lip _ (J X) (J Y) (oddp g) L (J_sym X) (J_sym Y) L0.
rewrite !horner_J J_sub (J_sub X) => H.
have {}H : normF (J (oddf g X - oddf g Y)) <= L * normF (J (X - Y)).
  by apply: H => a b Ha Hb; apply: HL; [apply: (J_eigen s0 HX)|apply: (J_eigen r0 HY)].
have : normF (J (oddf g X - oddf g Y)) ^+ 2 <= (L * normF (J (X - Y))) ^+ 2.
  by rewrite ler_pexpn2r ?nnegrE ?mulr_ge0 ?normF_ge0.
by rewrite exprMn !normF_sqr !frob_J mulrCA ler_pmul2l // ltr0n.
Qed.

(* L = any bound of |f'| on [-s, s] *)
Lemma poly_lip (f : {poly R}) s L : (forall t, `|t| <= s -> `|f^`().[t]| <= L) ->
  forall a b, `|a| <= s -> `|b| <= s -> `|f.[a] - f.[b]| <= L * `|a - b|.
Proof.
move=> H; have W : forall a b : R, a < b -> `|a| <= s -> `|b| <= s -> `|f.[b] - f.[a]| <= L * `|b - a|.
  move=> a b ab Ha Hb; have [c /andP[ac cb] ->] := mvt f ab.
  rewrite normrM ler_wpmul2r ?normr_ge0 //; apply: H.
  rewrite !bnd_simp in ac cb; rewrite ler_norml.
  move: Ha Hb; rewrite !ler_norml => /andP[sa _] /andP[_ bs].
  by rewrite (le_trans sa (ltW ac)) (le_trans (ltW cb) bs).
move=> a b Ha Hb; have [ab|ba|->] := ltgtP a b.
- by rewrite distrC [X in X <= _]distrC; apply: W.
- exact: W.
- by rewrite !subrr normr0 mulr0.
Qed.

Theorem T2 m n (g : {poly R}) (X Y : 'M[R]_(m.+1, n.+1)) s L : 0 <= s ->
  (forall x : 'cV_n.+1, frob (X *m x) (X *m x) <= s ^+ 2 * frob x x) ->
  (forall x : 'cV_n.+1, frob (Y *m x) (Y *m x) <= s ^+ 2 * frob x x) ->
  (forall t, `|t| <= s -> `|(oddp g)^`().[t]| <= L) ->
  normF (oddf g X - oddf g Y) <= L * normF (X - Y).
Proof.
move=> s0 HX HY HL; apply: (T2_pairs s0 s0) => //; last exact: poly_lip.
by apply: le_trans (HL 0 _); rewrite ?normr_ge0 // normr0.
Qed.
End T2.
