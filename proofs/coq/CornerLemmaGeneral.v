(* S1.E1 for any shape and any unit vectors u, v.

   G = ZP with Z'Z = 1 (tall or square) and P symmetric positive semidefinite; theta = u'Gv > 0, z = u'Zv,
   kappa = |u'G(1-vv')| + |(1-uu')Gv|.  Then 4 theta^2 (1-z) <= (1+z) kappa^2.  G may be rank-deficient, then Z is any isometric
   completion.  corner_wide is the transposed statement, ZZ' = 1.
   Proof: that of CornerLemma, from the column relations of Z alone; where a row relation was used, G = ZP does instead.  General
   u and v are turned into coordinate vectors by Householder reflections.  Source: papers.md S1.E1 (ours). *)
From mathcomp Require Import all_ssreflect all_algebra ring.
From Muoncert Require Import FrobeniusNorm SpectralTheorem OddPolynomialLipschitz CornerLemma PolarCertificate.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Tall.
Variable R : rcfType.

(* an isometric polar factor maximises <., G> over isometries of its shape *)
Lemma polar_max_tall m n (Z Y : 'M[R]_(m, n)) (P : 'M[R]_n) :
  Z^T *m Z = 1%:M -> psd P -> Y^T *m Y = 1%:M -> frob Y (Z *m P) <= frob Z (Z *m P).
Proof.
move=> ZZ /psd_spec[V [d [VV -> d0]]] YY.
pose X := Y *m V; pose T := Z *m V.
have XX : X^T *m X = 1%:M by rewrite /X trmx_mul -mulmxA (mulmxA Y^T) YY mul1mx.
have TT : T^T *m T = 1%:M by rewrite /T trmx_mul -mulmxA (mulmxA Z^T) ZZ mul1mx.
have inV : forall W : 'M[R]_(m, n), frob W (Z *m (V *m diag_mx d *m V^T)) = frob (W *m V) (T *m diag_mx d).
  by move=> W; rewrite -(frob_orth_r _ _ VV) /T !mulmxA -(mulmxA _ V^T V) VV mulmx1.
rewrite !inV -/X -/T !frob_col; apply: ler_sum => j _.
have colD : col j (T *m diag_mx d) = d 0 j *: col j T.
  by apply/matrixP => i k; rewrite mul_mx_diag !mxE mulrC.
rewrite colD !frobZr ler_wpmul2l //.
have unit : forall W : 'M[R]_(m, n), W^T *m W = 1%:M -> frob (col j W) (col j W) = 1.
  move=> W /matrixP/(_ j j); rewrite !mxE eqxx /= mulr1n => <-.
  by rewrite frobE big_ord1; apply: eq_bigr => k _; rewrite !mxE.
apply: le_trans (CS _ _) _.
by rewrite /normF !unit // sqrtr1 mulr1.
Qed.

Lemma frob_entryc m (u v : 'cV[R]_m) : frob u v = (u^T *m v) 0 0.
Proof. by rewrite mul_frobc mxE eqxx mulr1n. Qed.

(* |Z'w| <= |w| for an isometry Z *)
Lemma isometry_transpose m n (Z : 'M[R]_(m, n)) (w : 'cV[R]_m) : Z^T *m Z = 1%:M -> normF (Z^T *m w) <= normF w.
Proof.
move=> ZZ; have [t0|tn] := eqVneq (normF (Z^T *m w)) 0; first by rewrite t0 normF_ge0.
have tp : 0 < normF (Z^T *m w) by rewrite lt_neqAle eq_sym tn normF_ge0.
rewrite -(ler_pmul2r tp) -expr2 normF_sqr.
have -> : frob (Z^T *m w) (Z^T *m w) = frob w (Z *m (Z^T *m w)) by rewrite [RHS]frob_adj.
have -> : normF (Z^T *m w) = normF (Z *m (Z^T *m w)).
  by rewrite /normF [in RHS]frob_adj mulmxA ZZ mul1mx.
exact: CS.
Qed.

Section Coordinates.
Variables (m n : nat) (th z : R) (p y : 'rV[R]_n) (q x : 'cV[R]_m) (B Z22 : 'M[R]_(m, n)).
Variables (a : R) (r : 'rV[R]_n) (C : 'M[R]_n).
Let G : 'M[R]_(1 + m, 1 + n) := block_mx th%:M p q B.
Let Z : 'M[R]_(1 + m, 1 + n) := block_mx z%:M y x Z22.
Let P : 'M[R]_(1 + n) := block_mx a%:M r r^T C.
Hypothesis ZZ : Z^T *m Z = 1%:M.
Hypothesis PP : psd P.
Hypothesis GZP : G = Z *m P.
Hypothesis th0 : 0 < th.
Let s := frob p y + frob q x.

Lemma columns : [/\ z ^+ 2 + frob x x = 1, x^T *m Z22 = - z *: y & y^T *m y + Z22^T *m Z22 = 1%:M].
Proof.
move: ZZ; rewrite /Z tr_block_mx mulmx_block (@scalar_mx_block _ 1 n 1).
move=> /eq_block_mx[E1 E2 _ E4]; split=> //.
  move/matrixP/(_ 0 0): E1; rewrite tr_scalar_mx -scalar_mxM mul_frobc !mxE /= !mulr1n => <-.
  by rewrite expr2.
apply/eqP; rewrite scaleNr -addr_eq0 addrC; apply/eqP.
by move: E2; rewrite tr_scalar_mx mul_scalar_mx.
Qed.

Lemma blocks : [/\ th = z * a + frob y r, p = z *: r + y *m C,
                   q = a *: x + Z22 *m r^T & B = x *m r + Z22 *m C].
Proof.
move: GZP; rewrite /G /Z /P mulmx_block => /eq_block_mx[E1 E2 E3 E4]; split=> //.
- move/matrixP/(_ 0 0): E1; rewrite -scalar_mxM mul_frob !mxE /= !mulr1n; exact.
- by rewrite E2 mul_scalar_mx.
- by rewrite E3 mul_mx_scalar.
Qed.

Lemma frob_entry (u v : 'rV[R]_n) : frob u v = (u *m v^T) 0 0.
Proof. by rewrite mul_frob mxE eqxx mulr1n. Qed.

Lemma quadratic : frob x (B *m y^T) = th * (1 - z ^+ 2) - z * s.
Proof.
have [F1 F2 _] := columns; have [-> pE qE BE] := blocks.
have CT : C^T = C.
  have [PT _] := PP; move: PT; rewrite /P tr_block_mx => /eq_block_mx[_ _ _ E]; exact: E.
have xx : frob x x = 1 - z ^+ 2 by rewrite -F1 addrAC subrr add0r.
have xZ (w : 'cV[R]_n) : frob x (Z22 *m w) = - z * (y *m w) 0 0.
  by rewrite frob_entryc mulmxA F2 -scalemxAl mxE.
have e1 : frob x (B *m y^T) = frob x x * frob r y + - z * (y *m (C *m y^T)) 0 0.
  rewrite BE mulmxDl frobDr -!mulmxA xZ mul_frob; congr (_ + _).
  by rewrite mul_mx_scalar frobZr mulrC.
have e2 : frob p y = z * frob r y + (y *m (C *m y^T)) 0 0.
  by rewrite pE frobDl frobZl (frob_entry (y *m C)) mulmxA.
have e3 : frob q x = a * frob x x + - z * frob y r.
  by rewrite qE frobDl frobZl (frobC _ x) xZ frob_entry.
by rewrite /s e1 e2 e3 xx (frobC r); move: (frob y r) (_ 0 0) => b c; ring.
Qed.

Lemma corner_sum : z != 1 -> 2%:R * th * (1 - z) <= s.
Proof.
move=> z1; have [F1 F2 F3] := columns.
have zle : z <= 1.
  have : z ^+ 2 <= 1 by rewrite -F1 ler_addl frob_ge0.
  move=> H; apply: le_trans (ler_norm _) _.
  by rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 ?ler01 // expr1n real_normK ?num_real.
have c0 : 0 < 1 - z by rewrite subr_gt0 lt_neqAle z1.
have cn : 1 - z != 0 by rewrite gt_eqF.
pose W := Z22 + (1 - z)^-1 *: (x *m y).
have WW : W^T *m W = 1%:M.
  have H2 : (x *m y)^T *m Z22 = - z *: (y^T *m y).
    by rewrite trmx_mul -mulmxA F2 -scalemxAr.
  have H1 : Z22^T *m (x *m y) = - z *: (y^T *m y).
    by rewrite -[LHS]trmxK trmx_mul trmxK H2 linearZ /= trmx_mul trmxK.
  have H3 : (x *m y)^T *m (x *m y) = (1 - z ^+ 2) *: (y^T *m y).
    rewrite trmx_mul -mulmxA (mulmxA x^T) mul_frobc mul_scalar_mx -scalemxAr.
    by rewrite -F1 addrAC subrr add0r.
  have WT : W^T = Z22^T + (1 - z)^-1 *: (x *m y)^T by rewrite /W linearD linearZ.
  rewrite WT /W mulmxDl !mulmxDr -!scalemxAl -!scalemxAr H1 H2 H3 -F3.
  move: (y^T *m y) (Z22^T *m Z22) => M N; apply/matrixP => i j; rewrite !mxE.
  by move: (M i j) (N i j) => b c; field.
pose Y : 'M[R]_(1 + m, 1 + n) := block_mx 1%:M 0 0 W.
have YY : Y^T *m Y = 1%:M.
  rewrite /Y tr_block_mx mulmx_block !trmx0 trmx1 WW !mul0mx !mulmx0 !addr0 !add0r mul1mx.
  by rewrite -scalar_mx_block.
have fb : forall b b' (u u' : 'rV[R]_n) (v v' : 'cV[R]_m) (M M' : 'M[R]_(m, n)),
  frob (block_mx b%:M u v M) (block_mx b'%:M u' v' M') = b * b' + frob u u' + frob v v' + frob M M'.
  move=> b b' u u' v v' M M'; rewrite /frob tr_block_mx mulmx_block mxtrace_block !raddfD /= tr_scalar_mx -scalar_mxM.
  by rewrite mxtrace_scalar mulr1n !addrA; congr (_ + _); rewrite -!addrA; congr (_ + _); exact: addrC.
have := polar_max_tall ZZ PP YY; rewrite -GZP /Y /Z /G !fb (frobC 0 p) (frobC 0 q).
have zz : forall b c (X : 'M[R]_(b, c)), frob X 0 = 0 by move=> b c X; rewrite /frob mulmx0 raddf0.
rewrite !zz !addr0 mul1r /W frobDl frobZl.
have -> : frob (x *m y) B = frob x (B *m y^T).
  by rewrite /frob trmx_mul -mulmxA mxtrace_mulC -mulmxA.
rewrite quadratic (frobC y) (frobC x q) => H.
have {}H : th + (1 - z)^-1 * (th * (1 - z ^+ 2) - z * s) <= z * th + s.
  by rewrite -(ler_add2l (frob Z22 B)); apply: le_trans (le_trans _ H) _; rewrite le_eqVlt; apply/orP; left; apply/eqP; rewrite /s; ring.
have := ler_wpmul2r (ltW c0) H; rewrite -subr_ge0 => {}H; rewrite -subr_ge0.
by apply: le_trans H _; rewrite le_eqVlt; apply/orP; left; apply/eqP; field.
Qed.

Lemma first_row : z ^+ 2 + frob y y <= 1.
Proof.
pose e1 : 'cV[R]_(1 + m) := col_mx 1%:M 0.
have ce : forall k (b : R) (v : 'cV[R]_k), frob (col_mx b%:M v) (col_mx b%:M v) = b ^+ 2 + frob v v.
  move=> k b v; rewrite frob_entryc tr_col_mx mul_row_col mxE tr_scalar_mx -scalar_mxM mul_frobc.
  by rewrite !mxE eqxx !mulr1n expr2.
have Ze : Z^T *m e1 = col_mx z%:M y^T.
  by rewrite /Z tr_block_mx mul_block_col tr_scalar_mx !mulmx1 !mulmx0 !addr0.
have H := isometry_transpose e1 ZZ; rewrite Ze in H.
have : normF (col_mx z%:M y^T) ^+ 2 <= normF e1 ^+ 2 by rewrite ler_pexpn2r ?nnegrE ?normF_ge0.
rewrite !normF_sqr !ce expr1n frobT.
have -> : frob (0 : 'cV[R]_m) 0 = 0 by rewrite /frob mulmx0 raddf0.
by rewrite addr0.
Qed.

Theorem corner_coordinates : 4%:R * th ^+ 2 * (1 - z) <= (1 + z) * (normF p + normF q) ^+ 2.
Proof.
have [z1|z1] := eqVneq z 1.
  by rewrite z1 subrr mulr0 mulr_ge0 ?sqr_ge0 ?addr_ge0 ?ler01.
have [F1 F2 F3] := columns; have H := corner_sum z1.
have zsq : z ^+ 2 <= 1 by rewrite -F1 ler_addl frob_ge0.
have zle : z <= 1.
  apply: le_trans (ler_norm _) _.
  by rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 ?ler01 // expr1n real_normK ?num_real.
have c0 : 0 < 1 - z by rewrite subr_gt0 lt_neqAle z1.
pose w := Num.sqrt (1 - z ^+ 2).
have w0 : 0 <= w by apply: sqrtr_ge0.
have ww : w ^+ 2 = 1 - z ^+ 2 by rewrite sqr_sqrtr // subr_ge0.
have nx : normF x <= w.
  by rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normF_ge0 // normF_sqr ww -F1 addrAC subrr add0r.
have ny : normF y <= w.
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normF_ge0 // normF_sqr ww ler_subr_addl; exact: first_row.
have {}H : 2%:R * th * (1 - z) <= (normF p + normF q) * w.
  apply: le_trans H _; rewrite /s mulrDl; apply: ler_add; apply: le_trans (CS _ _) _;
  by rewrite ler_wpmul2l ?normF_ge0.
have H0 : 0 <= 2%:R * th * (1 - z) by rewrite mulr_ge0 ?(ltW c0) // mulr_ge0 ?ler0n // ltW.
have : (2%:R * th * (1 - z)) ^+ 2 <= ((normF p + normF q) * w) ^+ 2.
  by rewrite ler_pexpn2r ?nnegrE // mulr_ge0 ?addr_ge0 ?normF_ge0.
rewrite [X in _ <= X]exprMn ww => K; rewrite -(ler_pmul2l c0).
by apply: le_trans (le_trans _ K) _; rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.
End Coordinates.

(* the first coordinate vector, as a row *)
Definition first n : 'rV[R]_(1 + n) := row_mx 1%:M 0.
Lemma first_unit n : frob (first n) (first n) = 1.
Proof.
by rewrite /frob mxtrace_mulC tr_row_mx mul_row_col trmx0 mulmx0 addr0 trmx1 mulmx1 mxtrace1.
Qed.
Lemma first_mul m n (M : 'M[R]_(1 + m, n)) : first m *m M = usubmx M.
Proof. by rewrite -{1}(vsubmxK M) mul_row_col mul1mx mul0mx addr0. Qed.
Lemma mul_first m n (M : 'M[R]_(m, 1 + n)) : M *m (first n)^T = lsubmx M.
Proof. by rewrite -{1}(hsubmxK M) tr_row_mx mul_row_col trmx1 trmx0 mulmx1 mulmx0 addr0. Qed.

Section General.
Variables (m n : nat) (G Z : 'M[R]_(1 + m, 1 + n)) (P : 'M[R]_(1 + n)).
Variables (u : 'rV[R]_(1 + m)) (v : 'rV[R]_(1 + n)).
Hypothesis uu : frob u u = 1.
Hypothesis vv : frob v v = 1.
Hypothesis ZZ : Z^T *m Z = 1%:M.
Hypothesis PP : psd P.
Hypothesis GZP : G = Z *m P.
Definition theta_of : R := (u *m G *m v^T) 0 0.
Definition zeta_of : R := (u *m Z *m v^T) 0 0.
Definition kappa_of : R :=
  normF (u *m G *m (1%:M - v^T *m v)) + normF ((1%:M - u^T *m u) *m G *m v^T).

Theorem corner_tall : 0 < theta_of ->
  4%:R * theta_of ^+ 2 * (1 - zeta_of) <= (1 + zeta_of) * kappa_of ^+ 2.
Proof.
move=> th0.
have [H [HT HH eH]] := householder uu (first_unit m).
have [K [KT KK eK]] := householder vv (first_unit n).
pose G1 : 'M[R]_(1 + m, 1 + n) := H *m G *m K; pose Z1 : 'M[R]_(1 + m, 1 + n) := H *m Z *m K.
pose P1 : 'M[R]_(1 + n) := K *m P *m K.
have Z1Z1 : Z1^T *m Z1 = 1%:M.
  by rewrite /Z1 !trmx_mul HT KT -!mulmxA (mulmxA H H) HH mul1mx (mulmxA Z^T) ZZ mul1mx.
have G1E : G1 = Z1 *m P1 by rewrite /G1 /Z1 /P1 GZP -!mulmxA (mulmxA K K) KK mul1mx.
have P1P : psd P1.
  have [PT P0] := PP; split; first by rewrite /P1 !trmx_mul KT PT mulmxA.
  by move=> x; rewrite /P1 -!mulmxA frob_adj KT; apply: P0.
have vKf : v *m K = first n by rewrite -eK -mulmxA KK mulmx1.
have vK : (first n)^T = K *m v^T by rewrite -eK trmx_mul KT mulmxA KK mul1mx.
have uH : first m = u *m H by rewrite -eH -mulmxA HH mulmx1.
have vK' : K *m (first n)^T = v^T by rewrite vK mulmxA KK mul1mx.
have eHM : forall M : 'M[R]_(1 + m, 1 + n), usubmx (H *m M *m K) = u *m M *m K.
  by move=> M; rewrite -first_mul !mulmxA eH.
have MKe : forall M : 'M[R]_(1 + m, 1 + n), lsubmx (H *m M *m K) = H *m M *m v^T.
  by move=> M; rewrite -mul_first -mulmxA vK'.
have entry : forall M : 'M[R]_(1 + m, 1 + n), ulsubmx (H *m M *m K) = ((u *m M *m v^T) 0 0)%:M.
  move=> M; rewrite -mx11_scalar /ulsubmx eHM -mul_first -mulmxA vK'; exact.
(* the rest of the first row and of the first column have the norms that kappa adds *)
have KK' : K^T *m K = 1%:M by rewrite KT.
have HH' : H^T *m H = 1%:M by rewrite HT.
have row : normF (ursubmx G1) = normF (u *m G *m (1%:M - v^T *m v)).
  rewrite [RHS]/normF -(frob_orth_r _ _ KK') -/(normF _).
  have -> : u *m G *m (1%:M - v^T *m v) *m K = row_mx 0 (ursubmx G1).
    have -> : u *m G *m (1%:M - v^T *m v) *m K = u *m G *m K - (u *m G *m v^T) *m (v *m K).
      by rewrite mulmxBr mulmxBl mulmx1 !mulmxA.
    rewrite vKf -eHM -[usubmx _]hsubmxK -/(ulsubmx _) -/(ursubmx _) entry.
    move: (u *m G *m v^T) => w; rewrite {2}[w]mx11_scalar mul_scalar_mx /first scale_row_mx scaler0 scalemx1.
    by rewrite opp_row_mx add_row_mx subrr oppr0 addr0.
  by rewrite /normF /frob tr_row_mx mul_col_row mxtrace_block trmx0 mul0mx mxtrace0 add0r.
have column : normF (dlsubmx G1) = normF ((1%:M - u^T *m u) *m G *m v^T).
  rewrite [RHS]/normF -(frob_orth_l _ _ HH') -/(normF _).
  have -> : H *m ((1%:M - u^T *m u) *m G *m v^T) = col_mx 0 (dlsubmx G1).
    have -> : H *m ((1%:M - u^T *m u) *m G *m v^T) = H *m G *m v^T - (u *m H)^T *m (u *m G *m v^T).
      by rewrite !mulmxBl mul1mx mulmxBr trmx_mul HT !mulmxA.
    rewrite -uH -MKe -[lsubmx _]vsubmxK.
    have -> : usubmx (lsubmx (H *m G *m K)) = ((u *m G *m v^T) 0 0)%:M by rewrite -entry; apply/matrixP => i j; rewrite !mxE.
    have -> : dsubmx (lsubmx (H *m G *m K)) = dlsubmx G1 by apply/matrixP => i j; rewrite !mxE.
    move: (u *m G *m v^T) => w; rewrite {2}[w]mx11_scalar mul_mx_scalar /first tr_row_mx trmx1 trmx0 scale_col_mx scaler0 scalemx1.
    by rewrite opp_col_mx add_col_mx subrr oppr0 addr0.
  by rewrite /normF /frob tr_col_mx mul_row_col trmx0 mul0mx add0r.
have GB : block_mx theta_of%:M (ursubmx G1) (dlsubmx G1) (drsubmx G1) = G1.
  by rewrite -{4}(submxK G1) entry.
have ZB : block_mx zeta_of%:M (ursubmx Z1) (dlsubmx Z1) (drsubmx Z1) = Z1.
  by rewrite -{4}(submxK Z1) entry.
have PB : block_mx ((ulsubmx P1) 0 0)%:M (ursubmx P1) (ursubmx P1)^T (drsubmx P1) = P1.
  have [PT _] := P1P; rewrite -{5}(submxK P1) -mx11_scalar; congr block_mx.
  by rewrite trmx_ursub PT.
rewrite /kappa_of -row -column.
apply: (@corner_coordinates _ _ theta_of zeta_of _ (ursubmx Z1) _ (dlsubmx Z1) (drsubmx G1) (drsubmx Z1)
          ((ulsubmx P1) 0 0) (ursubmx P1) (drsubmx P1)).
all: by rewrite ?GB ?ZB ?PB.
Qed.

Corollary corner_tall_t t : 0 < theta_of -> kappa_of = 2%:R * theta_of * t ->
  (1 - t ^+ 2) / (1 + t ^+ 2) <= zeta_of.
Proof.
move=> th0 kE; have c := corner_tall th0; rewrite kE in c.
have h : 0 < 4%:R * theta_of ^+ 2 by rewrite mulr_gt0 ?ltr0n // exprn_gt0.
have t0 : 0 < 1 + t ^+ 2 by rewrite ltr_paddr ?sqr_ge0 ?ltr01.
rewrite ler_pdivr_mulr // -subr_ge0 -(pmulr_rge0 _ h); rewrite -subr_ge0 in c.
by apply: le_trans c _; rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.
End General.

(* the transposed statement: G = PZ with ZZ' = 1, wide or square *)
Theorem corner_wide m n (G Z : 'M[R]_(1 + m, 1 + n)) (P : 'M[R]_(1 + m)) (u : 'rV[R]_(1 + m)) (v : 'rV[R]_(1 + n)) :
  frob u u = 1 -> frob v v = 1 -> Z *m Z^T = 1%:M -> psd P -> G = P *m Z -> 0 < theta_of G u v ->
  4%:R * theta_of G u v ^+ 2 * (1 - zeta_of Z u v) <= (1 + zeta_of Z u v) * kappa_of G u v ^+ 2.
Proof.
move=> uu vv ZZ PP GPZ th0; have [PT _] := PP.
have tr1 (x : 'M[R]_1) : x 0 0 = x^T 0 0 by rewrite mxE.
have thE : theta_of G u v = theta_of G^T v u by rewrite /theta_of tr1 !trmx_mul trmxK mulmxA.
have zE : zeta_of Z u v = zeta_of Z^T v u by rewrite /zeta_of tr1 !trmx_mul trmxK mulmxA.
have kE : kappa_of G u v = kappa_of G^T v u.
  rewrite /kappa_of addrC; congr (_ + _); rewrite -normF_tr !trmx_mul linearB /= trmx_mul !trmxK trmx1 ?mulmxA //.
rewrite thE zE kE; apply: corner_tall vv uu _ PP _ _; rewrite ?trmxK -?thE //.
by rewrite GPZ trmx_mul PT.
Qed.
End Tall.
