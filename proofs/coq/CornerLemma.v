(* S1.E1, the sharp corner lemma of the escape theorem, for a square orthogonal factor.

   G = [[theta,p],[q,B]], Z orthogonal with Z'G symmetric positive semidefinite, z its corner entry, kappa = |p| + |q|,
   theta > 0.  Then 4 theta^2 (1-z) <= (1+z) kappa^2, whatever B is; so z >= (1-t^2)/(1+t^2) with t = kappa/(2 theta).
   Proof: Z is at least as good against G as the orthogonal matrix diag(1, Z22 + xy'/(1-z)), and Z'G is symmetric.
   Source: papers.md S1.E1 (ours).  Here u and v are the first coordinate vectors. *)
From mathcomp Require Import all_ssreflect all_algebra ring.
From Muoncert Require Import FrobeniusNorm SpectralTheorem OddPolynomialLipschitz.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.
Section Corner.
Variable R : rcfType.

Definition psd n (P : 'M[R]_n) := P^T = P /\ forall x : 'cV_n, 0 <= frob x (P *m x).

(* an orthogonal polar factor maximises <., G> over orthogonal matrices *)
Lemma frob_row m n (A B : 'M[R]_(m, n)) : frob A B = \sum_i frob (row i A) (row i B).
Proof. by rewrite -frobT frob_col; apply: eq_bigr => i _; rewrite -!tr_row frobT. Qed.
Lemma mul_frobc n (u v : 'cV[R]_n) : u^T *m v = (frob u v)%:M.
Proof. by rewrite -[v]trmxK mul_frob frobT trmxK. Qed.

Lemma psd_spec n (P : 'M[R]_n) : psd P -> exists (V : 'M[R]_n) (d : 'rV[R]_n),
  [/\ V^T *m V = 1%:M, P = V *m diag_mx d *m V^T & forall i, 0 <= d 0 i].
Proof.
move=> [PT P0]; have [V [d [VV PV]]] := spectral PT; exists V, d; split=> // i.
have := P0 (col i V).
have -> : P *m col i V = d 0 i *: col i V.
  rewrite PV colE -!mulmxA (mulmxA V^T) VV mul1mx.
  have -> : diag_mx d *m delta_mx i 0 = d 0 i *: delta_mx i 0 :> 'cV_n.
    apply/matrixP => k j; rewrite mul_diag_mx !mxE.
    by case: eqP => [->|]; rewrite //= !mulr0.
  by rewrite -scalemxAr.
rewrite frobZr; have -> : frob (col i V) (col i V) = 1.
  have /matrixP/(_ i i) := VV; rewrite !mxE eqxx /= mulr1n => <-.
  by rewrite frobE big_ord1; apply: eq_bigr => k _; rewrite !mxE.
by rewrite mulr1.
Qed.

Lemma polar_max n (Z Y G : 'M[R]_n) : Z^T *m Z = 1%:M -> psd (Z^T *m G) -> Y^T *m Y = 1%:M ->
  frob Y G <= frob Z G.
Proof.
move=> ZZ /psd_spec[V [d [VV PV d0]]] YY.
have GE : G = Z *m (V *m diag_mx d *m V^T) by rewrite -PV mulmxA (orthC ZZ) mul1mx.
pose O := V^T *m Z^T *m Y *m V.
have OO : O^T *m O = 1%:M.
  rewrite /O !trmx_mul !trmxK -!mulmxA (mulmxA V V^T) (orthC VV) mul1mx.
  by rewrite (mulmxA Z Z^T) (orthC ZZ) mul1mx (mulmxA Y^T) YY mul1mx.
have tr_ : forall X : 'M[R]_n, frob X G = \tr ((V^T *m Z^T *m X *m V)^T *m diag_mx d).
  move=> X; rewrite /frob GE !trmx_mul !trmxK -!mulmxA [in RHS]mxtrace_mulC -!mulmxA.
  by congr (\tr _); rewrite ?mulmxA.
rewrite !tr_ -/O; clearbody O.
have -> : V^T *m Z^T *m Z *m V = 1%:M by rewrite -(mulmxA V^T) ZZ mulmx1 VV.
rewrite trmx1 mul1mx; apply: ler_sum => i _.
rewrite mul_mx_diag !mxE eqxx mulr1n; apply: ler_pimull => //.
have /matrixP/(_ i i) := OO; rewrite !mxE eqxx (bigD1 i) //= mulr1n !mxE => Hs.
have : O i i ^+ 2 <= 1.
  by rewrite -Hs expr2 ler_addl; apply: sumr_ge0 => k _; rewrite !mxE -expr2 sqr_ge0.
move=> H; apply: le_trans (ler_norm _) _.
by rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 ?ler01 // expr1n real_normK ?num_real.
Qed.

Lemma frob_block n (a a' : R) (p p' : 'rV[R]_n) (q q' : 'cV[R]_n) (B B' : 'M[R]_n) :
  frob (block_mx a%:M p q B) (block_mx a'%:M p' q' B') = a * a' + frob p p' + frob q q' + frob B B'.
Proof.
rewrite /frob tr_block_mx mulmx_block mxtrace_block !raddfD /= tr_scalar_mx -scalar_mxM.
rewrite mxtrace_scalar mulr1n !addrA; congr (_ + _); rewrite -!addrA; congr (_ + _); exact: addrC.
Qed.

Section Main.
Variables (n : nat) (th z : R) (p y : 'rV[R]_n) (q x : 'cV[R]_n) (B Z22 : 'M[R]_n).
Let G : 'M[R]_(1 + n) := block_mx th%:M p q B.
Let Z : 'M[R]_(1 + n) := block_mx z%:M y x Z22.
Hypothesis ZZ : Z^T *m Z = 1%:M.
Hypothesis PP : psd (Z^T *m G).
Hypothesis th0 : 0 < th.
Let s := frob p y + frob q x.

Lemma ZZ_eqs : [/\ z ^+ 2 + frob x x = 1, z *: y + x^T *m Z22 = 0 & y^T *m y + Z22^T *m Z22 = 1%:M].
Proof.
move: ZZ; rewrite /Z tr_block_mx mulmx_block (@scalar_mx_block _ 1 n 1).
move=> /eq_block_mx[E1 E2 _ E4]; split=> //.
  move/matrixP/(_ 0 0): E1; rewrite tr_scalar_mx -scalar_mxM mul_frobc !mxE /= !mulr1n => <-.
  by rewrite expr2.
by move: E2; rewrite tr_scalar_mx mul_scalar_mx.
Qed.
Lemma ZZt_eqs : z ^+ 2 + frob y y = 1 /\ Z22 *m y^T = - z *: x.
Proof.
have := orthC ZZ; rewrite /Z tr_block_mx mulmx_block (@scalar_mx_block _ 1 n 1).
move=> /eq_block_mx[E1 _ E3 _]; split.
  move/matrixP/(_ 0 0): E1; rewrite tr_scalar_mx -scalar_mxM mul_frob !mxE /= !mulr1n => <-.
  by rewrite expr2.
apply/eqP; rewrite scaleNr -subr_eq0 opprK addrC; apply/eqP.
by move: E3; rewrite tr_scalar_mx mul_mx_scalar.
Qed.

Lemma sym_eq : frob x (B *m y^T) = th * (1 - z ^+ 2) - z * s.
Proof.
have [E1 E2] := ZZt_eqs; have [PT _] := PP.
move: PT; rewrite /Z /G tr_block_mx mulmx_block tr_block_mx => /eq_block_mx[_ E _ _].
move: E; rewrite tr_scalar_mx linearD /= !trmx_mul !trmxK tr_scalar_mx mul_scalar_mx mul_scalar_mx.
move/(congr1 (fun M => M *m y^T)); rewrite !mulmxDl -!scalemxAl -!mulmxA E2.
rewrite !mul_frob -scalemxAr mul_frobc mul_frobc => /matrixP/(_ 0 0); rewrite !mxE /= !mulr1n.
move=> E; have -> : 1 - z ^+ 2 = frob y y by rewrite -E1 addrAC subrr add0r.
have -> : frob x (B *m y^T) = (z * frob p y + frob x (B *m y^T)) - z * frob p y by rewrite addrAC subrr add0r.
by rewrite -E /s; ring.
Qed.

Lemma corner_s : z != 1 -> 2%:R * th * (1 - z) <= s.
Proof.
move=> z1; have [F1 F2 F3] := ZZ_eqs.
have zle : z <= 1.
  have : z ^+ 2 <= 1 by rewrite -F1 ler_addl frob_ge0.
  move=> H; apply: le_trans (ler_norm _) _.
  by rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 ?ler01 // expr1n real_normK ?num_real.
have c0 : 0 < 1 - z by rewrite subr_gt0 lt_neqAle z1.
have cn : 1 - z != 0 by rewrite gt_eqF.
pose W := Z22 + (1 - z)^-1 *: (x *m y).
have WW : W^T *m W = 1%:M.
  have H1 : Z22^T *m (x *m y) = - z *: (y^T *m y).
    rewrite mulmxA -[Z22^T *m x]trmxK trmx_mul trmxK.
    have -> : x^T *m Z22 = - z *: y.
      by apply/eqP; rewrite scaleNr -subr_eq0 opprK addrC F2.
    by rewrite linearZ /= -scalemxAl.
  have H2 : (x *m y)^T *m Z22 = - z *: (y^T *m y).
    by rewrite -[LHS]trmxK trmx_mul trmxK H1 linearZ /= trmx_mul trmxK.
  have H3 : (x *m y)^T *m (x *m y) = (1 - z ^+ 2) *: (y^T *m y).
    rewrite trmx_mul -mulmxA (mulmxA x^T) mul_frobc mul_scalar_mx -scalemxAr.
    by rewrite -F1 addrAC subrr add0r.
  have WT : W^T = Z22^T + (1 - z)^-1 *: (x *m y)^T by rewrite /W linearD linearZ.
  rewrite WT /W mulmxDl !mulmxDr -!scalemxAl -!scalemxAr H1 H2 H3 -F3.
  move: (y^T *m y) (Z22^T *m Z22) => M N; apply/matrixP => i j; rewrite !mxE.
  by move: (M i j) (N i j) => a b; field.
pose Y : 'M[R]_(1 + n) := block_mx 1%:M 0 0 W.
have YY : Y^T *m Y = 1%:M.
  rewrite /Y tr_block_mx mulmx_block !trmx0 trmx1 WW !mul0mx !mulmx0 !addr0 !add0r mul1mx.
  by rewrite -scalar_mx_block.
have := polar_max ZZ PP YY; rewrite /Y /Z /G !frob_block (frobC 0 p) (frobC 0 q).
have z0 : forall a b (X : 'M[R]_(a, b)), frob X 0 = 0 by move=> a b X; rewrite /frob mulmx0 raddf0.
rewrite !z0 !addr0 mul1r /W frobDl frobZl.
have -> : frob (x *m y) B = frob x (B *m y^T).
  by rewrite /frob trmx_mul -mulmxA mxtrace_mulC -mulmxA.
rewrite sym_eq (frobC y) (frobC x q) => H.
have {}H : th + (1 - z)^-1 * (th * (1 - z ^+ 2) - z * s) <= z * th + s.
  by rewrite -(ler_add2l (frob Z22 B)); apply: le_trans (le_trans _ H) _; rewrite le_eqVlt; apply/orP; left; apply/eqP; rewrite /s; ring.
have := ler_wpmul2r (ltW c0) H; rewrite -subr_ge0 => {}H; rewrite -subr_ge0.
by apply: le_trans H _; rewrite le_eqVlt; apply/orP; left; apply/eqP; field.
Qed.

Theorem corner : 4%:R * th ^+ 2 * (1 - z) <= (1 + z) * (normF p + normF q) ^+ 2.
Proof.
have [z1|z1] := eqVneq z 1.
  by rewrite z1 subrr mulr0 mulr_ge0 ?sqr_ge0 ?addr_ge0 ?ler01.
have [F1 _ _] := ZZ_eqs; have [E1 _] := ZZt_eqs.
have H := corner_s z1.
have ny : normF y ^+ 2 = 1 - z ^+ 2 by rewrite normF_sqr -E1 addrAC subrr add0r.
have nx : normF x ^+ 2 = 1 - z ^+ 2 by rewrite normF_sqr -F1 addrAC subrr add0r.
have nxy : normF x = normF y.
  by apply/eqP; rewrite -(@eqr_expn2 _ 2) ?normF_ge0 // nx ny.
have c0 : 0 < 1 - z.
  rewrite subr_gt0 lt_neqAle z1 /=; have : z ^+ 2 <= 1 by rewrite -F1 ler_addl frob_ge0.
  move=> Hz; apply: le_trans (ler_norm _) _.
  by rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 ?ler01 // expr1n real_normK ?num_real.
have {}H : 2%:R * th * (1 - z) <= (normF p + normF q) * normF y.
  apply: le_trans H _; rewrite /s mulrDl; apply: ler_add; first exact: CS.
  by rewrite -nxy; exact: CS.
have H0 : 0 <= 2%:R * th * (1 - z) by rewrite mulr_ge0 ?(ltW c0) // mulr_ge0 ?ler0n // ltW.
have : (2%:R * th * (1 - z)) ^+ 2 <= ((normF p + normF q) * normF y) ^+ 2.
  by rewrite ler_pexpn2r ?nnegrE // mulr_ge0 ?addr_ge0 ?normF_ge0.
rewrite [X in _ <= X]exprMn ny => K; rewrite -(ler_pmul2l c0).
by apply: le_trans (le_trans _ K) _; rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.

Corollary corner_t t : normF p + normF q = 2%:R * th * t -> (1 - t ^+ 2) / (1 + t ^+ 2) <= z.
Proof.
move=> kE; have c := corner; rewrite kE in c.
have h : 0 < 4%:R * th ^+ 2 by rewrite mulr_gt0 ?ltr0n // exprn_gt0.
have t0 : 0 < 1 + t ^+ 2 by rewrite ltr_paddr ?sqr_ge0 ?ltr01.
rewrite ler_pdivr_mulr // -subr_ge0 -(pmulr_rge0 _ h); rewrite -subr_ge0 in c.
by apply: le_trans c _; rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.
End Main.
End Corner.
