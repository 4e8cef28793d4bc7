(* S1.T1 and S1.T1n about matrices: one step of Muon with an exact polar factor moves |u'Wv| by eta r to eta, and so the escape time
   lies between the two ceilings of EscapeBracket.

   escape_step: W' = W - eta Z, where Z is an isometric polar factor of a matrix G (G = ZP, P positive semidefinite) with
   u'Gv = -lambda s, s = u'Wv <> 0, and incoherence defect kappa <= 2 t lambda|s|, t < 1.  Then s keeps its sign and
   eta r <= |s'| - |s| <= eta with r = (1-t^2)/(1+t^2).
   escape_time: hence the first K with |s_K| >= R, for a trajectory that satisfies this as long as |s_k| < R.
   escape_time_noise: gradients H(W_k) + N_k with u'H(W)v = -lambda u'Wv, mixed blocks zero, ||N_k||_2 <= nu, lambda|s_0| > 2 nu.
   Tall or square W; the wide case is the transposed one.  Source: papers.md S1.T1, S1.T1n (ours). *)
From Coq Require Import Reals Lra ZArith.
From Flocq Require Import Core.
From mathcomp Require Import all_ssreflect all_algebra ring Rstruct.
From Muoncert Require Import FrobeniusNorm SpectralTheorem OddPolynomialLipschitz CornerLemma PolarCertificate CornerLemmaGeneral.
From Muoncert Require EscapeBracket.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Step.
Variable F : rcfType.
Variables (m n : nat) (u : 'rV[F]_(1 + m)) (v : 'rV[F]_(1 + n)).
Hypothesis uu : frob u u = 1.
Hypothesis vv : frob v v = 1.
Local Notation corner M := ((u *m M *m v^T) 0 0).

Definition rate (t : F) := (1 - t ^+ 2) / (1 + t ^+ 2).

(* an isometric polar factor of G *)
Definition polar_factor (Z G : 'M[F]_(1 + m, 1 + n)) :=
  Z^T *m Z = 1%:M /\ exists P : 'M[F]_(1 + n), psd P /\ G = Z *m P.

Lemma corner_le1 (Z : 'M[F]_(1 + m, 1 + n)) : Z^T *m Z = 1%:M -> `|corner Z| <= 1.
Proof.
move=> ZZ.
have -> : corner Z = frob u (Z *m v^T)^T by rewrite frob_entry trmxK mulmxA.
have bound (w : 'rV[F]_(1 + m)) : frob u w ^+ 2 <= frob w w by have := CS_sqr u w; rewrite uu mul1r.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 ?ler01 // expr1n real_normK ?num_real //.
apply: le_trans (bound _) _; rewrite frobT frob_adj mulmxA ZZ mul1mx frobT vv //.
Qed.

Lemma polar_opp Z G : polar_factor Z G -> polar_factor (- Z) (- G).
Proof.
move=> [ZZ [P [PP GE]]]; split.
  have -> : (- Z)^T = - Z^T by apply/matrixP => i j; rewrite !mxE.
  by rewrite mulNmx mulmxN opprK.
by exists P; split=> //; rewrite mulNmx GE.
Qed.

(* z >= r from kappa <= 2 t theta *)
Lemma corner_rate Z G t : polar_factor Z G -> 0 < corner G -> kappa_of G u v <= 2%:R * t * corner G -> 0 <= t ->
  rate t <= corner Z.
Proof.
move=> [ZZ [P [PP GE]]] th0 Hk t0.
have c := corner_tall uu vv ZZ PP GE th0; rewrite /theta_of /zeta_of in c.
have z1 : -1 <= corner Z by have := corner_le1 ZZ; rewrite ler_norml => /andP[].
have k0 : 0 <= kappa_of G u v by rewrite addr_ge0 ?normF_ge0.
have kk : kappa_of G u v ^+ 2 <= (2%:R * t * corner G) ^+ 2.
  by rewrite ler_pexpn2r ?nnegrE // (le_trans k0).
have h : 0 < 4%:R * corner G ^+ 2 by rewrite mulr_gt0 ?ltr0n // exprn_gt0.
have p0 : 0 < 1 + t ^+ 2 by rewrite ltr_paddr ?sqr_ge0 ?ltr01.
rewrite /rate ler_pdivr_mulr // -subr_ge0 -(pmulr_rge0 _ h).
have z0 : 0 <= 1 + corner Z by rewrite -(subrr 1) ler_add2l.
have := le_trans c (ler_wpmul2l z0 kk); rewrite -subr_ge0.
move: (corner Z) (corner G) => z g H.
by apply: le_trans H _; rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.

Theorem escape_step (W Z G : 'M[F]_(1 + m, 1 + n)) (eta t : F) :
  0 < eta -> 0 <= t -> t < 1 -> polar_factor Z G ->
  corner G * corner W < 0 -> kappa_of G u v <= 2%:R * t * `|corner G| ->
  [/\ 0 < corner W * corner (W - eta *: Z), eta * rate t <= `|corner (W - eta *: Z)| - `|corner W|
    & `|corner (W - eta *: Z)| - `|corner W| <= eta].
Proof.
move=> e0 t0 t1 PF GW Hk.
have W0 : corner W != 0 by apply: contraTneq GW => ->; rewrite mulr0 ltxx.
have r0 : 0 < rate t.
  rewrite divr_gt0 ?subr_gt0 //; last by rewrite ltr_paddr ?sqr_ge0 ?ltr01.
  by rewrite expr2 -[X in _ < X]mul1r; apply: ltr_pmul.
have upd : corner (W - eta *: Z) = corner W - eta * corner Z.
  by rewrite mulmxBr mulmxBl -scalemxAr -scalemxAl !mxE.
have zle := corner_le1 PF.1; rewrite ler_norml in zle; have /andP[zl zu] := zle.
case: (ltgtP (corner W) 0) W0 => // Ws _.
- have th0 : 0 < corner G by rewrite -(nmulr_llt0 _ Ws).
  have rz : rate t <= corner Z by apply: (corner_rate PF th0 _ t0); rewrite gtr0_norm in Hk.
  have ez : 0 < eta * corner Z by rewrite mulr_gt0 // (lt_le_trans r0).
  have s' : corner W - eta * corner Z < 0 by rewrite subr_lt0 (lt_trans Ws).
  rewrite upd (ltr0_norm Ws) (ltr0_norm s'); split.
  + by rewrite nmulr_rgt0.
  + have -> : - (corner W - eta * corner Z) - - corner W = eta * corner Z by ring.
    by rewrite ler_pmul2l.
  + have -> : - (corner W - eta * corner Z) - - corner W = eta * corner Z by ring.
    by rewrite ger_pmulr.
- have PF' := polar_opp PF.
  have cN (M : 'M[F]_(1 + m, 1 + n)) : corner (- M) = - corner M by rewrite mulmxN mulNmx mxE.
  have th1 : corner G < 0 by rewrite -(pmulr_llt0 _ Ws).
  have th0 : 0 < corner (- G) by rewrite cN oppr_gt0.
  have kN : kappa_of (- G) u v = kappa_of G u v.
    have nN (a b : nat) (M : 'M[F]_(a, b)) : normF (- M) = normF M by rewrite /normF frobNl frobNr opprK.
    by rewrite /kappa_of !(mulmxN, mulNmx) !nN.
  have rz : rate t <= - corner Z.
    rewrite -cN; apply: (corner_rate PF' th0 _ t0).
    by rewrite kN cN; rewrite ltr0_norm in Hk.
  have ez : 0 < - (eta * corner Z) by rewrite -mulrN mulr_gt0 // (lt_le_trans r0).
  have s' : 0 < corner W - eta * corner Z by rewrite addr_gt0.
  rewrite upd (gtr0_norm Ws) (gtr0_norm s'); split.
  + by rewrite mulr_gt0.
  + have -> : corner W - eta * corner Z - corner W = eta * - corner Z by ring.
    by rewrite ler_pmul2l.
  + have -> : corner W - eta * corner Z - corner W = eta * - corner Z by ring.
    by rewrite ger_pmulr // -[1]opprK ler_oppl opprK.
Qed.
End Step.

Lemma CS_abs (F : rcfType) m n (A B : 'M[F]_(m, n)) : `|frob A B| <= normF A * normF B.
Proof.
rewrite ler_norml CS andbT ler_oppl -frobNl; have -> : normF A = normF (- A) by rewrite /normF frobNl frobNr opprK.
exact: CS.
Qed.

(* over Coq's real numbers, where the ceilings live *)
Section Time.
Variables (m n : nat) (u : 'rV[R]_(1 + m)) (v : 'rV[R]_(1 + n)).
Variables (W Z G : nat -> 'M[R]_(1 + m, 1 + n)) (eta t goal : R).
Let s k : R := (u *m W k *m v^T) 0 0.
Hypothesis uu : frob u u = 1.
Hypothesis vv : frob v v = 1.
Hypothesis eta_pos : 0 < eta.
Hypothesis t_range : 0 <= t /\ t < 1.
Hypothesis step : forall k, W k.+1 = W k - eta *: Z k.
Hypothesis polar : forall k, polar_factor (Z k) (G k).
Hypothesis start : s 0%N != 0 /\ `|s 0%N| < goal.
(* the gradient's corner points downhill and dominates its mixed blocks, while |s_k| is between |s_0| and the goal *)
Hypothesis descent : forall k, `|s 0%N| <= `|s k| -> `|s k| < goal ->
  (u *m G k *m v^T) 0 0 * s k < 0 /\ kappa_of (G k) u v <= 2%:R * t * `|(u *m G k *m v^T) 0 0|.

Lemma rate_pos : 0 < rate t.
Proof.
case: t_range => t0 t1; rewrite divr_gt0 ?subr_gt0 //; last by rewrite ltr_paddr ?sqr_ge0 ?ltr01.
by rewrite expr2 -[X in _ < X]mul1r; apply: ltr_pmul.
Qed.

Lemma escape_step_at k : `|s 0%N| <= `|s k| -> `|s k| < goal ->
  [/\ 0 < s k * s k.+1, eta * rate t <= `|s k.+1| - `|s k| & `|s k.+1| - `|s k| <= eta].
Proof.
move=> s0 sg; have [D K] := descent s0 sg; rewrite /s step; case: t_range => t0 t1.
exact: (escape_step uu vv eta_pos t0 t1 (polar k) D K).
Qed.

Lemma grows k : (forall j, (j < k)%nat -> `|s j| < goal) -> `|s 0%N| <= `|s k|.
Proof.
elim: k => [|k IH] H //; have sk : `|s 0%N| <= `|s k| by apply: IH => j jk; apply: H; apply: ltnW.
have [_ P _] := escape_step_at sk (H k (ltnSn k)).
apply: le_trans sk _; rewrite -subr_ge0; apply: le_trans P; rewrite mulr_ge0 ?ltW //; exact: rate_pos.
Qed.

Theorem escape_time : exists K : nat,
  (forall j, (j < K)%nat -> `|s j| < goal) /\ goal <= `|s K| /\
  Z.le (Zceil ((goal - `|s 0%N|) / eta)) (Z.of_nat K) /\
  Z.le (Z.of_nat K) (Zceil ((goal - `|s 0%N|) / (eta * rate t))).
Proof.
have r0 := rate_pos.
have := @EscapeBracket.T1_bracket (fun k => `|s k|) eta (rate t) goal
  (elimT (RltP _ _) eta_pos) (elimT (RltP _ _) r0) (elimT (RltP _ _) start.2).
case=> [k H|K [A [B [C D]]]].
  have Hj j : (j <= k)%nat -> `|s j| < goal by move=> jk; apply/RltP; apply: H; apply/ssrnat.leP.
  have sk : `|s 0%N| <= `|s k| by apply: grows => j jk; apply: Hj; apply: ltnW.
  have [_ P Q] := escape_step_at sk (Hj k (leqnn k)).
  by split; apply/RleP.
exists K; split; first by move=> j jk; apply/RltP; apply: A; apply/ssrnat.ltP.
split; first exact/RleP.
by split.
Qed.
End Time.

(* the projection away from a unit row *)
Lemma projection_sym n (w : 'rV[R]_n) : (1%:M - w^T *m w)^T = 1%:M - w^T *m w.
Proof. by rewrite linearB /= trmx1 trmx_mul trmxK. Qed.
Lemma projection_idem n (w : 'rV[R]_n) : frob w w = 1 ->
  (1%:M - w^T *m w) *m (1%:M - w^T *m w) = 1%:M - w^T *m w.
Proof.
move=> ww; rewrite mulmxBr mulmx1 mulmxBl mul1mx -[X in _ - (_ - X)]mulmxA (mulmxA w) mul_frob ww mul1mx.
by rewrite subrr subr0.
Qed.

(* S1.T1 and S1.T1n *)
Section Saddle.
Variables (m n : nat) (u : 'rV[R]_(1 + m)) (v : 'rV[R]_(1 + n)).
Variables (W Z D N : nat -> 'M[R]_(1 + m, 1 + n)) (eta lambda goal : R).
Let s k : R := (u *m W k *m v^T) 0 0.
Hypothesis uu : frob u u = 1.
Hypothesis vv : frob v v = 1.
Hypothesis eta_pos : 0 < eta.
Hypothesis lambda_pos : 0 < lambda.
Hypothesis step : forall k, W k.+1 = W k - eta *: Z k.
Hypothesis start : s 0%N != 0 /\ `|s 0%N| < goal.
(* D k is the gradient H(W k); H is self-adjoint with H(uv') = -lambda uv' *)
Hypothesis gradient : forall k, (u *m D k *m v^T) 0 0 = - lambda * s k.
Let bracket t := exists K : nat,
  (forall j, (j < K)%nat -> `|s j| < goal) /\ goal <= `|s K| /\
  Z.le (Zceil ((goal - `|s 0%N|) / eta)) (Z.of_nat K) /\
  Z.le (Z.of_nat K) (Zceil ((goal - `|s 0%N|) / (eta * rate t))).

Theorem escape_noiseless t : 0 <= t -> t < 1 -> (forall k, polar_factor (Z k) (D k)) ->
  (forall k, `|s k| < goal -> kappa_of (D k) u v <= 2%:R * t * (lambda * `|s k|)) -> bracket t.
Proof.
move=> t0 t1 PF Hk; apply: (@escape_time m n u v W Z D eta t goal) => // k sk sg; rewrite -/(s k) gradient.
have nz : s k != 0 by rewrite -normr_gt0 (lt_le_trans _ sk) // normr_gt0 start.1.
split; last by rewrite normrM normrN (gtr0_norm lambda_pos); exact: Hk.
by rewrite !mulNr oppr_lt0 -mulrA -expr2 mulr_gt0 // exprn_even_gt0.
Qed.

Theorem escape_noisy nu : 0 < nu -> 2%:R * nu < lambda * `|s 0%N| ->
  (forall k, polar_factor (Z k) (D k + N k)) ->
  (forall k, u *m D k *m (1%:M - v^T *m v) = 0) -> (forall k, (1%:M - u^T *m u) *m D k *m v^T = 0) ->
  (forall k (x : 'cV_(1 + n)), normF (N k *m x) <= nu * normF x) ->
  bracket (nu / (lambda * `|s 0%N| - nu)).
Proof.
move=> n0 gap PF row column HN; set t := nu / _.
have d0 : nu < lambda * `|s 0%N| - nu by rewrite ltr_subr_addl -mulr2n -mulr_natl.
have dp : 0 < lambda * `|s 0%N| - nu by apply: lt_trans d0.
have t0 : 0 <= t by rewrite divr_ge0 ?ltW.
have t1 : t < 1 by rewrite /t ltr_pdivr_mulr // mul1r.
apply: (@escape_time m n u v W Z (fun k => D k + N k) eta t goal) => // k sk sg; rewrite -/(s k).
have sub (M : 'M[R]_(1 + m, 1 + n)) : (u *m (D k + M) *m v^T) 0 0 = - lambda * s k + (u *m M *m v^T) 0 0.
  by rewrite mulmxDr mulmxDl mxE gradient.
have vN : normF v^T = 1 by rewrite normF_tr /normF vv sqrtr1.
have uN : normF u^T = 1 by rewrite normF_tr /normF uu sqrtr1.
have noise : `|(u *m N k *m v^T) 0 0| <= nu.
  have -> : (u *m N k *m v^T) 0 0 = frob u^T (N k *m v^T) by rewrite frob_entryc trmxK mulmxA.
  by apply: le_trans (CS_abs _ _) _; rewrite uN mul1r; have := HN k v^T; rewrite vN mulr1.
have grow : lambda * `|s 0%N| <= lambda * `|s k| by rewrite ler_pmul2l.
have corner_big : lambda * `|s 0%N| - nu <= `|(u *m (D k + N k) *m v^T) 0 0|.
  rewrite sub; apply: le_trans (ler_sub_norm_add _ _).
  by rewrite normrM normrN (gtr0_norm lambda_pos) ler_sub.
split.
  have sp : 0 < `|s k| by rewrite (lt_le_trans _ sk) // normr_gt0 start.1.
  rewrite sub mulrDl !mulNr addrC subr_lt0 -mulrA -expr2 -(real_normK (num_real (s k))) expr2 mulrA.
  apply: le_lt_trans (_ : nu * `|s k| < _).
    by apply: le_trans (ler_norm _) _; rewrite normrM ler_wpmul2r.
  by rewrite ltr_pmul2r // (lt_le_trans _ grow) // (lt_trans _ gap) // ltr_pmull // ltr1n.
have kap : kappa_of (D k + N k) u v <= 2%:R * nu.
  rewrite mulr_natl mulr2n /kappa_of; apply: ler_add.
    have -> : u *m (D k + N k) *m (1%:M - v^T *m v) = u *m N k *m (1%:M - v^T *m v) by rewrite (mulmxDr u) mulmxDl row add0r.
    set r := _ *m _ *m _.
    have [r0|rn] := eqVneq (normF r) 0; first by rewrite r0 ltW.
    have rp : 0 < normF r by rewrite lt_neqAle eq_sym rn normF_ge0.
    rewrite -(ler_pmul2r rp) -expr2 normF_sqr.
    have -> : frob r r = frob u^T (N k *m r^T).
      have rP : r *m (1%:M - v^T *m v) = r by rewrite /r -mulmxA projection_idem.
      have -> : frob u^T (N k *m r^T) = frob (u *m N k) r by rewrite frob_adj -trmx_mul frobT.
      by rewrite {1}/r frob_sym_r ?projection_sym // rP.
    apply: le_trans (CS _ _) _; rewrite uN mul1r.
    by apply: le_trans (HN k _) _; rewrite normF_tr.
  have -> : (1%:M - u^T *m u) *m (D k + N k) *m v^T = (1%:M - u^T *m u) *m N k *m v^T.
    by rewrite (mulmxDr (1%:M - _)) mulmxDl column add0r.
  set c := _ *m _ *m _.
  have [c0|cn] := eqVneq (normF c) 0; first by rewrite c0 ltW.
  have cp : 0 < normF c by rewrite lt_neqAle eq_sym cn normF_ge0.
  rewrite -(ler_pmul2r cp) -expr2 normF_sqr.
  have -> : frob c c = frob (N k *m v^T) c.
    have cP : (1%:M - u^T *m u) *m c = c by rewrite /c !mulmxA projection_idem.
    by rewrite {1}/c -[_ *m N k *m v^T]mulmxA -{1}projection_sym -frob_adj cP.
  by apply: le_trans (CS _ _) _; rewrite ler_wpmul2r ?normF_ge0 //; have := HN k v^T; rewrite vN mulr1.
apply: le_trans kap _; rewrite -mulrA ler_wpmul2l ?ler0n //.
have -> : nu = t * (lambda * `|s 0%N| - nu) by rewrite /t divfK // gt_eqF.
by rewrite ler_wpmul2l.
Qed.
End Saddle.
