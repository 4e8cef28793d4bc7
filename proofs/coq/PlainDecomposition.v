(* T4, everything from one decomposition in plain doubles.

   W, V near isometries W', V' (their polar factors), s >= 0, A' = W' diag(s) V''.  With F = AV - W diag(s) and
       delta >= ||F||_F + |A| ||V - V'||_F + s_1 ||W - W'||_F
   ||A - A'||_F <= delta; |sigma_i(A) - s_i| <= delta; if c <= s and delta < c then A has a polar factor, and it is within
   delta/(c - delta) of W'V''; the Newton-Schulz image of A is within L delta of W' diag(f(s)) V''.
   T4_symmetric: a symmetric B near V' diag(s) V'' has x'Bx >= (c - delta)|x|^2.
   isometry_near bounds ||W - W'||_F by what a program computes, ||W'W - 1||_F.  Source: ours. *)
From mathcomp Require Import all_ssreflect all_algebra ring complex polyrcf.
From Muoncert Require Import FrobeniusNorm SpectralTheorem OddPolynomialLipschitz CornerLemma PolarCertificate SingularValues.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Plain.
Variable R : rcfType.

Lemma normFN m n (X : 'M[R]_(m, n)) : normF (- X) = normF X.
Proof. by rewrite /normF frobNl frobNr opprK. Qed.
Lemma normF_orth_r m n (V : 'M[R]_n) (X : 'M[R]_(m, n)) : V^T *m V = 1%:M -> normF (X *m V) = normF X.
Proof. by move=> VV; rewrite /normF frob_orth_r. Qed.

(* |Ax| <= nu|x| for vectors gives ||AX||_F <= nu ||X||_F *)
Lemma normF_op m n p (A : 'M[R]_(m, n)) (X : 'M[R]_(n, p)) nu : 0 <= nu ->
  (forall x : 'cV_n, normF (A *m x) <= nu * normF x) -> normF (A *m X) <= nu * normF X.
Proof.
move=> n0 H; apply: normF_le => //; rewrite !frob_col mulr_sumr; apply: ler_sum => j _.
have -> : col j (A *m X) = A *m col j X by rewrite !colE mulmxA.
by rewrite -!normF_sqr -exprMn ler_pexpn2r ?nnegrE ?mulr_ge0 ?normF_ge0.
Qed.
Lemma normF_diag_r m n (X : 'M[R]_(m, n)) (s : 'rV[R]_n) c : 0 <= c -> (forall j, `|s 0 j| <= c) ->
  normF (X *m diag_mx s) <= c * normF X.
Proof.
move=> c0 H; apply: normF_le => //; apply: frob_le => i j; rewrite mul_mx_diag !mxE exprMn mulrC ler_wpmul2r ?sqr_ge0 //.
by rewrite -[_ ^+ 2](real_normK (num_real _)) ler_pexpn2r ?nnegrE.
Qed.
Lemma entry_le m n (X : 'M[R]_(m, n)) i j : `|X i j| <= normF X.
Proof.
apply: normF_sqrt_le; rewrite ?normr_ge0 ?normF_ge0 // normF_sqr (real_normK (num_real _)) frobE.
rewrite (bigD1 j) //= (bigD1 i) //= -expr2 -addrA ler_addl addr_ge0 //.
  by apply: sumr_ge0 => k _; rewrite -expr2 sqr_ge0.
by apply: sumr_ge0 => k _; apply: sumr_ge0 => l _; rewrite -expr2 sqr_ge0.
Qed.

(* W near its polar factor Q, from ||W'W - 1||_F <= e *)
Lemma isometry_near m n (W Q : 'M[R]_(m, n)) (P : 'M[R]_n) e : e < 1 ->
  Q^T *m Q = 1%:M -> psd P -> W = Q *m P -> normF (W^T *m W - 1%:M) <= e ->
  normF (W - Q) <= e / (1 + Num.sqrt (1 - e)).
Proof.
move=> e1 QQ PP WE H; have [PT _] := PP; have [V [d [VV PE d0]]] := psd_spec PP.
have VVt := orthC VV; pose r := Num.sqrt (1 - e); have r0 : 0 <= r by apply: sqrtr_ge0.
have one : V *m 1%:M *m V^T = 1%:M by rewrite mulmx1.
have sub (D E : 'M[R]_n) : V *m D *m V^T - V *m E *m V^T = V *m (D - E) *m V^T by rewrite mulmxBr mulmxBl.
have P2 : W^T *m W - 1%:M = V *m (diag_mx (map_mx (fun t => t ^+ 2 - 1) d)) *m V^T.
  have -> : W^T *m W = V *m (diag_mx d *m diag_mx d) *m V^T.
    rewrite WE trmx_mul PT mulmxA -(mulmxA P Q^T Q) QQ mulmx1 PE.
    by rewrite -!mulmxA (mulmxA V^T V) VV mul1mx.
  rewrite -one sub; congr (_ *m _ *m _); rewrite mulmx_diag; apply/matrixP => i j; rewrite !mxE.
  by have [->|_] := eqVneq i j; rewrite ?mulr1n ?mulr0n ?subr0 // expr2.
have PS : P - 1%:M = V *m (diag_mx (map_mx (fun t => t - 1) d)) *m V^T.
  rewrite {1}PE -[X in _ - X]one sub; congr (_ *m _ *m _); apply/matrixP => i j; rewrite !mxE.
  by have [->|_] := eqVneq i j; rewrite ?mulr1n ?mulr0n ?subr0.
have P1 : normF (W - Q) = normF (P - 1%:M) by rewrite WE -{2}[Q]mulmx1 -mulmxBr normF_orth.
have conj (D : 'M[R]_n) : normF (V *m D *m V^T) = normF D.
  by rewrite normF_orth_r ?trmxK // normF_orth.
move: H; rewrite P2 P1 PS !conj => H.
have d1 j : r <= d 0 j.
  have := le_trans (entry_le _ j j) H; rewrite !mxE eqxx mulr1n ler_norml => /andP[lo _].
  apply: normF_sqrt_le => //; rewrite sqr_sqrtr ?subr_ge0 ?(ltW e1) //.
  have -> : d 0 j ^+ 2 = d 0 j ^+ 2 - 1 + 1 by rewrite subrK.
  by rewrite addrC ler_add2r.
have rp : 0 < 1 + r by rewrite ltr_paddr.
rewrite ler_pdivl_mulr // mulrC; apply: le_trans H; apply: normF_sqrt_le; rewrite ?mulr_ge0 ?normF_ge0 ?(ltW rp) //.
rewrite exprMn !normF_sqr mulrC -ler_pdivl_mulr ?exprn_gt0 // mulrC; apply: frob_le => i j; rewrite !mxE.
have [->|_] := eqVneq i j; last by rewrite !mulr0n expr0n mulr0.
rewrite !mulr1n mulrC ler_pdivl_mulr ?exprn_gt0 //.
have -> : d 0 j ^+ 2 - 1 = (d 0 j - 1) * (1 + d 0 j) by ring.
have : (1 + r) ^+ 2 <= (1 + d 0 j) ^+ 2 by rewrite ler_pexpn2r ?nnegrE ?ler_add2l ?addr_ge0 ?ler01.
by rewrite exprMn; apply: ler_wpmul2l; apply: sqr_ge0.
Qed.

(* a matrix with nearly orthonormal columns has an isometry near it *)
Theorem near_isometry m n (W : 'M[R]_(m, n)) e : e < 1 -> normF (W^T *m W - 1%:M) <= e ->
  exists Q : 'M[R]_(m, n), Q^T *m Q = 1%:M /\ normF (W - Q) <= e / (1 + Num.sqrt (1 - e)).
Proof.
move=> e1 H; have c0 : 0 < Num.sqrt (1 - e) by rewrite sqrtr_gt0 subr_gt0.
have low (x : 'cV[R]_n) : Num.sqrt (1 - e) * normF x <= normF (W *m x).
  apply: normF_sqrt_le; rewrite ?mulr_ge0 ?normF_ge0 ?sqrtr_ge0 //.
  rewrite exprMn sqr_sqrtr ?subr_ge0 ?(ltW e1) // !normF_sqr frob_adj mulmxA frobC.
  have -> : W^T *m W *m x = x + (W^T *m W - 1%:M) *m x by rewrite mulmxBl mul1mx addrC subrK.
  rewrite frobDr mulrBl mul1r ler_add2l ler_oppl -frobNr; apply: le_trans (CS _ _) _.
  rewrite normFN -normF_sqr expr2 mulrCA ler_wpmul2l ?normF_ge0 //.
  by apply: le_trans (normF_mul _ _) _; rewrite ler_wpmul2r ?normF_ge0.
have [Q [P [QQ PP WE]]] := polar_exists c0 low.
by exists Q; split=> //; apply: isometry_near PP WE H.
Qed.

(* Polar factors of matrices of full rank, of any shape: ||Q - Q'||_F <= 2 ||A - A'||_F / (sigma + sigma').
   <Q - Q', A - A'> = <K, P + P'> with K = 1 - sym(Q'Q'') and 2 tr K = ||Q - Q'||_F^2. *)
Theorem polar_lipschitz m n (Q Q' : 'M[R]_(m, n)) (P P' : 'M[R]_n) c c' :
  Q^T *m Q = 1%:M -> Q'^T *m Q' = 1%:M -> P^T = P -> P'^T = P' ->
  (forall x : 'cV_n, c * frob x x <= frob x (P *m x)) -> (forall x : 'cV_n, c' * frob x x <= frob x (P' *m x)) ->
  0 < c + c' -> normF (Q - Q') <= 2%:R * normF (Q *m P - Q' *m P') / (c + c').
Proof.
move=> QQ QQ' PT PT' HP HP' cp; set D := Q - Q'.
(* c <D,D> <= <D, DP>, and twice <D, QP - Q'P'> is <D, DP> + <D, DP'> *)
have lower (S : 'M[R]_n) b : S^T = S -> (forall x : 'cV_n, b * frob x x <= frob x (S *m x)) ->
  b * frob D D <= frob D (D *m S).
  by move=> ST H; rewrite -(frobT D D) -(frobT D (D *m S)) trmx_mul ST; apply: qf_cols.
have tr1 (X Y : 'M[R]_(m, n)) (S : 'M[R]_n) : frob X (Y *m S) = \tr (X^T *m Y *m S) by rewrite /frob mulmxA.
have flip (S : 'M[R]_n) : S^T = S -> \tr (Q'^T *m Q *m S) = \tr (Q^T *m Q' *m S).
  by move=> ST; rewrite -mxtrace_tr !trmx_mul trmxK ST mxtrace_mulC.
have twice : 2%:R * frob D (Q *m P - Q' *m P') = frob D (D *m P) + frob D (D *m P').
  rewrite /D !mulmxBl !(frobDr, frobDl, frobNr, frobNl) !tr1 QQ QQ' !mul1mx (flip _ PT) (flip _ PT').
  by move: (\tr P) (\tr P') (\tr _) (\tr _) => a b x y; ring.
rewrite ler_pdivl_mulr //; have := lower _ _ PT HP => H1; have := lower _ _ PT' HP' => H2.
have H : (c + c') * frob D D <= 2%:R * (normF D * normF (Q *m P - Q' *m P')).
  by rewrite mulrDl; apply: le_trans (ler_add H1 H2) _; rewrite -twice ler_wpmul2l ?ler0n ?CS.
have [D0|Dn0] := eqVneq (normF D) 0; first by rewrite D0 mul0r mulr_ge0 ?normF_ge0 ?ler0n.
have Dp : 0 < normF D by rewrite lt_neqAle eq_sym Dn0 normF_ge0.
rewrite -(ler_pmul2l Dp); move: H; rewrite -normF_sqr; set x := normF D; set y := normF _ => H.
apply: le_trans (le_trans _ H) _; rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.

(* A' = W' diag(s) V'', the exact matrix with the singular values s whose singular vectors W', V' are near the computed W, V *)
Section Near.
Variables (m n : nat) (A W W' : 'M[R]_(m, n)) (V V' : 'M[R]_n) (s : 'rV[R]_n) (nu s1 delta : R).
Hypothesis WW : W'^T *m W' = 1%:M.
Hypothesis VV : V'^T *m V' = 1%:M.
Hypothesis nu0 : 0 <= nu.
Hypothesis HA : forall x : 'cV_n, normF (A *m x) <= nu * normF x.
Hypothesis Hs : forall j, 0 <= s 0 j <= s1.
Hypothesis s10 : 0 <= s1.
Let A' := W' *m diag_mx s *m V'^T.

Theorem T4_distance :
  normF (A - A') <= normF (A *m V - W *m diag_mx s) + nu * normF (V - V') + s1 * normF (W - W').
Proof.
rewrite -(normF_orth_r (A - A') VV) /A' mulmxBl -!mulmxA VV mulmx1.
have -> : A *m V' - W' *m diag_mx s = (A *m V - W *m diag_mx s) + - (A *m (V - V')) + (W - W') *m diag_mx s.
  rewrite mulmxBr mulmxBl; move: (A *m V) (A *m V') (W *m _) (W' *m _) => a b x y.
  by apply/matrixP => i j; rewrite !mxE; ring.
apply: le_trans (normF_tri _ _) _; apply: ler_add.
  by apply: le_trans (normF_tri _ _) _; rewrite normFN ler_add2l; apply: normF_op.
by apply: normF_diag_r => // j; have /andP[a b] := Hs j; rewrite ger0_norm.
Qed.

Hypothesis near : normF (A - A') <= delta.

Theorem T4_values a : singular_values A a -> sorted_row s -> forall i, `|a 0 i - s 0 i| <= delta.
Proof.
move=> Ha Ss i; have F : normF (A *m V' - W' *m diag_mx s) <= delta.
  by move: near; rewrite -(normF_orth_r (A - A') VV) /A' mulmxBl -!mulmxA VV mulmx1.
have unit k (M : 'M[R]_(k, n)) : M^T *m M = 1%:M -> forall y : 'cV_n, 1 * normF y <= normF (M *m y) <= 1 * normF y.
  by move=> MM y; rewrite (normF_orth _ MM) mul1r lexx.
have := T3 Ha Ss F (unit _ _ WW) (unit _ _ VV) ltr01 ltr01 ler01 ler01 i.
rewrite !divr1 !mulr1 => /andP[lo hi]; by rewrite ler_norml ler_subr_addl lo ler_subl_addl hi.
Qed.

(* what a product by isometries does to a bound from below *)
Lemma A'_lower c : (forall j, c <= s 0 j) -> 0 <= c -> forall x : 'cV_n, c * normF x <= normF (A' *m x).
Proof.
move=> Hc c0 x; have VT := orthC VV; rewrite /A' -!mulmxA (normF_orth _ WW).
have -> : normF x = normF (V'^T *m x) by rewrite normF_orth // trmxK.
by apply: diag_lower.
Qed.

(* the polar factor of A exists and is within delta / (c - delta) of W' V'' *)
Theorem T4_polar c : (forall j, c <= s 0 j) -> delta < c ->
  (exists (Q : 'M[R]_(m, n)) (P : 'M[R]_n), [/\ Q^T *m Q = 1%:M, psd P & A = Q *m P]) /\
  (forall (Q : 'M[R]_(m, n)) (P : 'M[R]_n), Q^T *m Q = 1%:M -> psd P -> A = Q *m P ->
    normF (Q - W' *m V'^T) <= delta / (c - delta)).
Proof.
move=> Hc dc; have d0 : 0 <= delta := le_trans (normF_ge0 _) near.
have cd : 0 < c - delta by rewrite subr_gt0.
have c0 : 0 <= c := le_trans d0 (ltW dc).
have low (x : 'cV_n) : (c - delta) * normF x <= normF (A *m x).
  have := A'_lower Hc c0 x; have -> : A' *m x = A *m x + - ((A - A') *m x) by rewrite mulmxBl opprB addrC subrK.
  move=> H; have := le_trans H (normF_tri _ _); rewrite normFN mulrBl ler_subl_addr => {}H.
  apply: le_trans H _; rewrite ler_add2l; apply: le_trans (normF_mul _ _) _; by rewrite ler_wpmul2r ?normF_ge0.
split; first exact: polar_exists cd low.
move=> Q P QQ Pp AQP; have [PT _] := Pp; have VT := orthC VV.
have HP (x : 'cV_n) : (c - delta) * frob x x <= frob x (P *m x).
  apply: (psd_lb Pp (ltW cd)) => y; have H := low y; rewrite -!normF_sqr -exprMn.
  rewrite ler_pexpn2r ?nnegrE ?normF_ge0 ?mulr_ge0 ?normF_ge0 ?(ltW cd) //.
  by move: H; rewrite AQP -mulmxA (normF_orth _ QQ).
pose P' := V' *m diag_mx s *m V'^T.
have PT' : P'^T = P' by rewrite /P' !trmx_mul trmxK tr_diag_mx mulmxA.
have HP' (x : 'cV_n) : (c - delta) * frob x x <= frob x (P' *m x).
  rewrite qf_diag (norm_diag _ VV) mulr_sumr; apply: ler_sum => j _; rewrite ler_wpmul2r ?sqr_ge0 //.
  by apply: le_trans (Hc j); rewrite ler_subl_addr ler_addl.
have QQ' : (W' *m V'^T)^T *m (W' *m V'^T) = 1%:M.
  by rewrite trmx_mul trmxK -mulmxA (mulmxA W'^T) WW mul1mx.
have AE : W' *m V'^T *m P' = A' by rewrite /P' /A' !mulmxA -(mulmxA W' V'^T) VV mulmx1.
have pp : 0 < (c - delta) + (c - delta) by rewrite addr_gt0.
have := polar_lipschitz QQ QQ' PT PT' HP HP' pp; rewrite AE -AQP => H.
apply: le_trans H _; rewrite ler_pdivr_mulr //.
have -> : delta / (c - delta) * (c - delta + (c - delta)) = 2%:R * delta.
  by rewrite -(mulr2n (c - delta)) -(mulr_natl (c - delta) 2) mulrCA divfK ?gt_eqF.
by rewrite ler_wpmul2l ?ler0n.
Qed.

(* what is returned, W diag(d) V' of the computed factors, is near W' diag(d) V'' *)
Theorem T4_returned (d : 'rV[R]_n) dmax v2 : 0 <= dmax -> (forall j, `|d 0 j| <= dmax) -> 0 <= v2 ->
  (forall y : 'cV_n, normF (V *m y) <= v2 * normF y) ->
  normF (W *m diag_mx d *m V^T - W' *m diag_mx d *m V'^T) <= dmax * (normF (W - W') * v2 + normF (V - V')).
Proof.
move=> d0 Hd v20 HV.
have -> : W *m diag_mx d *m V^T - W' *m diag_mx d *m V'^T
  = (W - W') *m diag_mx d *m V^T + W' *m diag_mx d *m (V - V')^T.
  rewrite linearB /= mulmxBr !mulmxBl; move: (W *m _ *m _) (W' *m _ *m V^T) (W' *m _ *m V'^T) => x y z.
  by apply/matrixP => i j; rewrite !mxE; ring.
apply: le_trans (normF_tri _ _) _; rewrite mulrDr; apply: ler_add.
  have -> : normF ((W - W') *m diag_mx d *m V^T) = normF (V *m ((W - W') *m diag_mx d)^T).
    by rewrite -[LHS]normF_tr trmx_mul trmxK.
  have -> : dmax * (normF (W - W') * v2) = v2 * (dmax * normF (W - W')) by move: (normF _) => x; ring.
  apply: le_trans (normF_op _ v20 HV) _; rewrite ler_wpmul2l // normF_tr; exact: normF_diag_r.
rewrite -mulmxA (normF_orth _ WW) -normF_tr trmx_mul trmxK tr_diag_mx; exact: normF_diag_r.
Qed.
End Near.

(* the symmetric case, W = V: a lower bound of the quadratic form, which T1' asks for *)
Theorem T4_symmetric n (B V' : 'M[R]_n) (s : 'rV[R]_n) c delta : V'^T *m V' = 1%:M -> (forall j, c <= s 0 j) ->
  normF (B - V' *m diag_mx s *m V'^T) <= delta -> forall x : 'cV_n, (c - delta) * frob x x <= frob x (B *m x).
Proof.
move=> VV Hc Hd x; set C := V' *m diag_mx s *m V'^T in Hd *.
have -> : B *m x = C *m x + (B - C) *m x by rewrite mulmxBl addrC subrK.
rewrite frobDr mulrBl; apply: ler_add.
  rewrite /C qf_diag (norm_diag _ VV) mulr_sumr; apply: ler_sum => j _; by rewrite ler_wpmul2r ?sqr_ge0.
rewrite ler_oppl -frobNr; apply: le_trans (CS _ _) _; rewrite normFN -normF_sqr expr2 mulrCA ler_wpmul2l ?normF_ge0 //.
by apply: le_trans (normF_mul _ _) _; rewrite ler_wpmul2r ?normF_ge0.
Qed.

(* the image of W' diag(s) V'' under an odd polynomial f is W' diag(f(s)) V'' *)
Lemma image_of_decomposition m n (W' : 'M[R]_(m, n.+1)) (V' : 'M[R]_n.+1) (s : 'rV[R]_n.+1) (g : {poly R}) :
  W'^T *m W' = 1%:M -> V'^T *m V' = 1%:M ->
  oddf g (W' *m diag_mx s *m V'^T) = W' *m diag_mx (map_mx (horner (oddp g)) s) *m V'^T.
Proof.
move=> WW VV; set A' := W' *m diag_mx s *m V'^T.
have AE : A'^T *m A' = V' *m diag_mx (map_mx (fun t => t ^+ 2) s) *m V'^T.
  rewrite /A' !trmx_mul trmxK tr_diag_mx !mulmxA -(mulmxA (V' *m diag_mx s) W'^T W') WW mulmx1.
  rewrite -(mulmxA V' (diag_mx s)) mulmx_diag; congr (_ *m diag_mx _ *m _); apply/rowP => j; by rewrite !mxE expr2.
rewrite /oddf (horner_spec g VV AE) /A' !mulmxA -(mulmxA (W' *m diag_mx s) V'^T V') VV mulmx1.
rewrite -(mulmxA W' (diag_mx s)) mulmx_diag; congr (_ *m diag_mx _ *m _); apply/rowP => j.
by rewrite !mxE /oddp hornerM hornerX horner_comp hornerXn.
Qed.

Theorem T4_image m n (A W' : 'M[R]_(m.+1, n.+1)) (V' : 'M[R]_n.+1) (s : 'rV[R]_n.+1) (g : {poly R}) b L delta :
  W'^T *m W' = 1%:M -> V'^T *m V' = 1%:M -> 0 <= b ->
  (forall x : 'cV_n.+1, normF (A *m x) <= b * normF x) -> (forall j, 0 <= s 0 j <= b) ->
  (forall t, `|t| <= b -> `|(oddp g)^`().[t]| <= L) -> normF (A - W' *m diag_mx s *m V'^T) <= delta ->
  normF (oddf g A - W' *m diag_mx (map_mx (horner (oddp g)) s) *m V'^T) <= L * delta.
Proof.
move=> WW VV b0 HA Hs HL Hd; rewrite -image_of_decomposition //.
have sq (Z : 'M[R]_(m.+1, n.+1)) : (forall x : 'cV_n.+1, normF (Z *m x) <= b * normF x) ->
  forall x : 'cV_n.+1, frob (Z *m x) (Z *m x) <= b ^+ 2 * frob x x.
  move=> H x; rewrite -!normF_sqr -exprMn ler_pexpn2r ?nnegrE ?mulr_ge0 ?normF_ge0 //; exact: H.
have HA' (x : 'cV_n.+1) : normF (W' *m diag_mx s *m V'^T *m x) <= b * normF x.
  have VT := orthC VV; rewrite -!mulmxA (normF_orth _ WW).
  have -> : normF x = normF (V'^T *m x) by rewrite normF_orth // trmxK.
  by apply: diag_upper.
apply: le_trans (T2 b0 (sq _ HA) (sq _ HA') HL) _; apply: ler_wpmul2l => //.
by apply: le_trans (HL 0 _); rewrite ?normr_ge0 // normr0.
Qed.
End Plain.
