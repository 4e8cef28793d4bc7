(* T1', the certificate with constants that a program can compute from B = A'U alone, and the existence of the polar factor.

   h > 0 with h|x|^2 <= x'Bx, rho >= ||A - UA'U||_F, |Ux| <= nu|x|, and 0 <= s with s|x| <= |U'x| (s = 0 always holds: the
   tall case).  If h/nu + h s^2 - nu rho > 0, then A has full column rank, its polar factor Q exists, and
       ||U - Q||_F <= rho / (h/nu + h s^2 - nu rho).
   sigma_lb: sigma_min(A) >= h/nu.  Source: ours. *)
From mathcomp Require Import all_ssreflect all_algebra ring.
From Muoncert Require Import FrobeniusNorm PolarResidual SpectralTheorem OddPolynomialLipschitz CornerLemma.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.
Section T1p.
Variable R : rcfType.

Lemma normF_mul m n p (M : 'M[R]_(m, n)) (x : 'M[R]_(n, p)) : normF (M *m x) <= normF M * normF x.
Proof.
apply: normF_le; first exact: normF_ge0.
rewrite normF_sqr (frob_row M) frob_col mulr_suml.
have -> : \sum_j frob (col j (M *m x)) (col j (M *m x))
   = \sum_j \sum_i (frob (row i M)^T (col j x)) ^+ 2.
  apply: eq_bigr => j _; rewrite frobE big_ord1; apply: eq_bigr => i _.
  rewrite -expr2; congr (_ ^+ 2); rewrite !mxE frobE big_ord1.
  by apply: eq_bigr => k _; rewrite !mxE.
rewrite exchange_big /=; apply: ler_sum => i _.
rewrite (frob_col x x) mulr_sumr; apply: ler_sum => j _.
by rewrite -(frobT (row i M)); apply: CS_sqr.
Qed.
Lemma normF_tr m n (M : 'M[R]_(m, n)) : normF M^T = normF M.
Proof. by rewrite /normF frobT. Qed.
Lemma normF_sqrt_le (a b : R) : 0 <= a -> 0 <= b -> a ^+ 2 <= b ^+ 2 -> a <= b.
Proof. by move=> a0 b0; rewrite ler_pexpn2r ?nnegrE. Qed.
Lemma normF_tri m n (X Y : 'M[R]_(m, n)) : normF (X + Y) <= normF X + normF Y.
Proof.
apply: normF_sqrt_le; rewrite ?addr_ge0 ?normF_ge0 //.
rewrite normF_sqr frobDl !frobDr -!normF_sqr (frobC Y X).
have -> : (normF X + normF Y) ^+ 2 = normF X ^+ 2 + normF X * normF Y + (normF X * normF Y + normF Y ^+ 2) by ring.
by rewrite ler_add // ?ler_add2l ?ler_add2r CS.
Qed.
Lemma normF0 m n (X : 'M[R]_(m, n)) : normF X = 0 -> X = 0.
Proof. by move=> H; apply: frob_eq0; rewrite -normF_sqr H expr0n. Qed.
Lemma normF_orth m n p (Q : 'M[R]_(m, n)) (x : 'M[R]_(n, p)) : Q^T *m Q = 1%:M -> normF (Q *m x) = normF x.
Proof. by move=> QQ; rewrite /normF frob_adj mulmxA QQ mul1mx. Qed.

Lemma qf_diag n (V : 'M[R]_n) (d : 'rV[R]_n) (x : 'cV_n) :
  frob x (V *m diag_mx d *m V^T *m x) = \sum_i d 0 i * ((V^T *m x) i 0) ^+ 2.
Proof.
rewrite -!mulmxA frob_adj frobE big_ord1; apply: eq_bigr => i _.
by rewrite mul_diag_mx [in X in _ * X]mxE mulrCA expr2.
Qed.
Lemma norm_diag n (V : 'M[R]_n) (x : 'cV_n) : V^T *m V = 1%:M ->
  frob x x = \sum_i ((V^T *m x) i 0) ^+ 2.
Proof.
move=> VV; rewrite -(@frob_orth_l _ _ _ V^T x x) ?trmxK ?orthC //.
by rewrite frobE big_ord1; apply: eq_bigr => i _; rewrite expr2.
Qed.

(* |P x| >= c |x| implies x'Px >= c |x|^2 for P psd *)
Lemma psd_lb n (P : 'M[R]_n) c : psd P -> 0 <= c ->
  (forall x : 'cV_n, c ^+ 2 * frob x x <= frob (P *m x) (P *m x)) ->
  forall x : 'cV_n, c * frob x x <= frob x (P *m x).
Proof.
move=> /psd_spec[V [d [VV PV d0]]] c0 H x.
rewrite PV qf_diag (norm_diag _ VV) mulr_sumr; apply: ler_sum => i _.
rewrite ler_wpmul2r ?sqr_ge0 //; apply: normF_sqrt_le => //.
have PC : P *m col i V = d 0 i *: col i V.
  rewrite PV colE -!mulmxA (mulmxA V^T) VV mul1mx.
  have -> : diag_mx d *m delta_mx i 0 = d 0 i *: delta_mx i 0 :> 'cV_n.
    apply/matrixP => k j; rewrite mul_diag_mx !mxE.
    by case: eqP => [->|]; rewrite //= !mulr0.
  by rewrite -scalemxAr.
have N : frob (col i V) (col i V) = 1.
  have /matrixP/(_ i i) := VV; rewrite !mxE eqxx /= mulr1n => <-.
  by rewrite frobE big_ord1; apply: eq_bigr => k _; rewrite !mxE.
by have := H (col i V); rewrite PC frobZl frobZr N !mulr1 expr2.
Qed.

Theorem polar_exists m n (A : 'M[R]_(m, n)) c : 0 < c ->
  (forall x : 'cV_n, c * normF x <= normF (A *m x)) ->
  exists (Q : 'M[R]_(m, n)) (P : 'M[R]_n), [/\ Q^T *m Q = 1%:M, psd P & A = Q *m P].
Proof.
move=> c0 HA; have ST : (A^T *m A)^T = A^T *m A by rewrite trmx_mul trmxK.
have [V [d [VV SV]]] := spectral ST.
have dpos i : 0 < d 0 i.
  have := HA (col i V); have N : frob (col i V) (col i V) = 1.
    have /matrixP/(_ i i) := VV; rewrite !mxE eqxx /= mulr1n => <-.
    by rewrite frobE big_ord1; apply: eq_bigr => k _; rewrite !mxE.
  rewrite /normF N sqrtr1 mulr1 frob_adj.
  have -> : A^T *m (A *m col i V) = d 0 i *: col i V.
    rewrite mulmxA SV colE -!mulmxA (mulmxA V^T) VV mul1mx.
    have -> : diag_mx d *m delta_mx i 0 = d 0 i *: delta_mx i 0 :> 'cV_n.
      apply/matrixP => k j; rewrite mul_diag_mx !mxE.
      by case: eqP => [->|]; rewrite //= !mulr0.
    by rewrite -scalemxAr.
  rewrite frobZl N mulr1 => H; have := lt_le_trans c0 H; by rewrite sqrtr_gt0.
pose D f := diag_mx (map_mx f d) : 'M[R]_n.
have DD f g : D f *m D g = D (fun t => f t * g t).
  by rewrite /D mulmx_diag; congr diag_mx; apply/rowP => i; rewrite !mxE.
have Dext f g : (forall i, f (d 0 i) = g (d 0 i)) -> D f = D g.
  by move=> H; rewrite /D; congr diag_mx; apply/rowP => i; rewrite !mxE.
have D1 : D (fun=> 1) = 1%:M by rewrite /D -diag_const_mx; congr diag_mx; apply/rowP => i; rewrite !mxE.
have Did : D id = diag_mx d by rewrite /D; congr diag_mx; apply/rowP => i; rewrite !mxE.
pose P := V *m D Num.sqrt *m V^T; pose Pi := V *m D (fun t => (Num.sqrt t)^-1) *m V^T.
have sand f g : (V *m D f *m V^T) *m (V *m D g *m V^T) = V *m D (fun t => f t * g t) *m V^T.
  by rewrite -!mulmxA (mulmxA V^T V) VV mul1mx (mulmxA (D f)) DD.
have sT f : (V *m D f *m V^T)^T = V *m D f *m V^T.
  by rewrite !trmx_mul trmxK tr_diag_mx mulmxA.
have VDV : V *m D (fun=> 1) *m V^T = 1%:M by rewrite D1 mulmx1; apply: orthC.
exists (A *m Pi), P; split.
- have PiT : Pi^T = Pi by exact: sT.
  rewrite trmx_mul PiT -(mulmxA Pi) (mulmxA A^T) SV -Did /Pi !sand (Dext _ (fun=> 1)) ?VDV // => i.
  have e : Num.sqrt (d 0 i) != 0 by rewrite gt_eqF // sqrtr_gt0.
  have := sqr_sqrtr (ltW (dpos i)); move: (Num.sqrt (d 0 i)) e => r e <-.
  by rewrite expr2 mulfK // mulVf.
- split; first exact: sT.
  move=> x; rewrite qf_diag; apply: sumr_ge0 => i _; rewrite mulr_ge0 ?sqr_ge0 //.
  by rewrite mxE sqrtr_ge0.
- rewrite -mulmxA sand (Dext _ (fun=> 1)) ?VDV ?mulmx1 // => i.
  by rewrite mulVf // gt_eqF // sqrtr_gt0.
Qed.

Section Cert.
Variables (m n : nat) (A U : 'M[R]_(m, n)) (h nu rho s : R).
Let Res := A - U *m A^T *m U.
Hypothesis hp : 0 < h.
Hypothesis nup : 0 < nu.
Hypothesis s0 : 0 <= s.
Hypothesis HB : forall x : 'cV_n, h * frob x x <= frob x (A^T *m U *m x).
Hypothesis HR : normF Res <= rho.
Hypothesis HU : forall x : 'cV_n, normF (U *m x) <= nu * normF x.
Hypothesis Hs : forall x : 'cV_m, s * normF x <= normF (U^T *m x).

Lemma sigma_lb : forall x : 'cV_n, h / nu * normF x <= normF (A *m x).
Proof.
move=> x; have [x0|xn0] := eqVneq (normF x) 0; first by rewrite x0 mulr0 normF_ge0.
have xp : 0 < normF x by rewrite lt_neqAle eq_sym xn0 normF_ge0.
rewrite mulrAC ler_pdivr_mulr // -(ler_pmul2r xp) -mulrA -expr2 normF_sqr.
apply: le_trans (HB x) _; rewrite -mulmxA frob_adj trmxK.
apply: le_trans (CS _ _) _; rewrite -mulrA ler_wpmul2l ?normF_ge0 //; exact: HU.
Qed.
Lemma UT_ub (x : 'cV_m) : normF (U^T *m x) <= nu * normF x.
Proof.
have [y0|yn0] := eqVneq (normF (U^T *m x)) 0; first by rewrite y0 mulr_ge0 ?normF_ge0 // ltW.
have yp : 0 < normF (U^T *m x) by rewrite lt_neqAle eq_sym yn0 normF_ge0.
rewrite -(ler_pmul2r yp) -expr2 normF_sqr.
have H : frob (U^T *m x) (U^T *m x) <= normF (U *m (U^T *m x)) * normF x.
  by rewrite frob_adj trmxK CS.
apply: le_trans H _; have := ler_wpmul2r (normF_ge0 x) (HU (U^T *m x)).
by rewrite mulrAC.
Qed.
Lemma mu_lb (x : 'cV_m) : (h * s ^+ 2 - nu * rho) * frob x x <= frob x (U *m A^T *m x).
Proof.
have AE : A^T = Res^T + (A^T *m U)^T *m U^T.
  by rewrite /Res linearB /= -(trmx_mul U (A^T *m U)) mulmxA subrK.
have -> : frob x (U *m A^T *m x) = frob (U^T *m x) (Res^T *m x) + frob (U^T *m x) (A^T *m U *m (U^T *m x)).
  rewrite -mulmxA frob_adj {1}AE mulmxDl frobDr; congr (_ + _).
  by rewrite -mulmxA frob_adj trmxK frobC.
rewrite mulrBl addrC; apply: ler_add; last first.
  apply: le_trans (HB _); rewrite -mulrA ler_wpmul2l ?(ltW hp) // -!normF_sqr -exprMn.
  by rewrite ler_pexpn2r ?nnegrE ?normF_ge0 // mulr_ge0 ?normF_ge0.
have H : - frob (U^T *m x) (Res^T *m x) <= nu * rho * frob x x.
  rewrite -frobNr; apply: le_trans (CS _ _) _; rewrite -normF_sqr.
  have -> : normF (- (Res^T *m x)) = normF (Res^T *m x) by rewrite /normF frobNl frobNr opprK.
  have a1 := UT_ub x; have a2 : normF (Res^T *m x) <= rho * normF x.
    apply: le_trans (normF_mul _ _) _; rewrite normF_tr ler_wpmul2r ?normF_ge0 //.
  apply: le_trans (ler_pmul (normF_ge0 _) (normF_ge0 _) a1 a2) _.
  by rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
by rewrite ler_oppl.
Qed.

Theorem T1' : 0 < h / nu + (h * s ^+ 2 - nu * rho) ->
  (exists (Q : 'M[R]_(m, n)) (P : 'M[R]_n), [/\ Q^T *m Q = 1%:M, psd P & A = Q *m P]) /\
  (forall (Q : 'M[R]_(m, n)) (P : 'M[R]_n), Q^T *m Q = 1%:M -> psd P -> A = Q *m P ->
    normF (U - Q) <= rho / (h / nu + (h * s ^+ 2 - nu * rho))).
Proof.
move=> pos; have c0 : 0 < h / nu by rewrite divr_gt0.
split; first exact: polar_exists c0 sigma_lb.
move=> Q P QQ Pp AQP; have [PT _] := Pp.
have HP : forall x : 'cV_n, h / nu * frob x x <= frob x (P *m x).
  apply: psd_lb => //; first exact: ltW.
  move=> x; have H := sigma_lb x; rewrite -!normF_sqr -exprMn.
  have g : 0 <= h / nu * normF x by apply: mulr_ge0 (ltW c0) (normF_ge0 _).
  rewrite ler_pexpn2r ?nnegrE ?normF_ge0 //.
  by move: H; rewrite AQP -mulmxA normF_orth.
apply: le_trans (T1 QQ PT AQP HP mu_lb pos) _.
by rewrite ler_wpmul2r // invr_ge0 ltW.
Qed.
End Cert.
End T1p.
