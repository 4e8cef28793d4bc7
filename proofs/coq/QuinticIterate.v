(* S1.L2 about rho(x) = 3.4445x - 4.7750x^3 + 2.0315x^5: amplification, the false printed interval, invariance, the band. *)
From Coq Require Import Reals Lra Psatz.
From Interval Require Import Tactic.
Open Scope R_scope.
Definition rho x := (6889/2000) * x - (191/40) * x^3 + (4063/2000) * x^5.
Definition rho5 x := rho (rho (rho (rho (rho x)))).
Lemma rho_horner x : rho x = x * ((6889/2000) + x^2 * (-(191/40) + (4063/2000) * x^2)).
Proof. unfold rho; field. Qed.

(* S1.L2.a : x in (0, delta0] -> rho^5 x >= 483 x ; delta0 = 0_02 / a^4; by the hand proof, no interval *)
Lemma rho_lo x : 0 < x -> ((6889/2000) - (191/40) * x^2) * x <= rho x.
Proof. intros; unfold rho. assert (0 <= x^5) by (apply pow_le; lra). nra. Qed.
Lemma rho_up x : 0 < x -> x <= (3/2) -> rho x <= (6889/2000) * x.
Proof. intros; unfold rho. assert (0 < x^3) by (apply pow_lt; lra).
  assert (x^2 <= (9/4)) by nra. replace (x^5) with (x^3 * x^2) by ring. nra. Qed.
(* one growth step with an accumulated constant g: g <= (a - |b| h^2) g0 *)
Lemma grow (x y lo hi : R) : 0 < x -> 0 < lo -> lo * x <= y <= hi * x -> hi * x <= (4/5) ->
  ((6889/2000) - (191/40) * (hi * x)^2) * lo * x <= rho y <= (6889/2000) * hi * x.
Proof.
  intros Hx Hlo [L U] Hh. assert (0 < lo * x) by nra. assert (Hy : 0 < y) by lra.
  assert (y^2 <= (hi*x)^2) by (apply pow_incr; lra).
  assert ((hi*x)^2 <= (16/25)) by (replace (16/25) with ((4/5)^2) by field; apply pow_incr; lra).
  split.
  - apply Rle_trans with (2 := rho_lo y Hy).
    apply Rle_trans with (((6889/2000) - (191/40) * (hi * x) ^ 2) * y); [nra|].
    apply Rmult_le_compat_r; lra.
  - apply Rle_trans with (1 := rho_up y Hy ltac:(lra)). lra.
Qed.
Definition delta0 := (1/50) / (6889/2000) ^ 4.
Lemma shrink x h lo hi lo' y : 0 < x <= h -> 0 < lo ->
  (6889/2000 - 191/40 * (hi * x)^2) * lo * x <= y ->
  lo' <= (6889/2000 - 191/40 * (hi * h)^2) * lo -> lo' * x <= y.
Proof.
  intros [Hx Hh] Hl Hy Hc. apply Rle_trans with (2 := Hy). apply Rmult_le_compat_r; [lra|].
  apply Rle_trans with (1 := Hc). apply Rmult_le_compat_r; [lra|].
  assert (x^2 <= h^2) by (apply pow_incr; lra).
  rewrite !Rpow_mult_distr. assert (0 <= hi^2) by apply pow2_ge_0. nra.
Qed.
Lemma grow' x h lo hi lo' y : 0 < x <= h -> 0 < lo -> lo * x <= y <= hi * x -> 0 <= hi -> hi * h <= 4/5 ->
  lo' <= (6889/2000 - 191/40 * (hi * h)^2) * lo -> lo' * x <= rho y <= (6889/2000 * hi) * x.
Proof.
  intros Hx Hl HG Hh H4 Hc.
  destruct (grow x y lo hi ltac:(lra) Hl HG) as [A B]; [nra|].
  split; [|lra]. exact (shrink x h lo hi lo' _ Hx Hl A Hc).
Qed.
Definition h0 := 359/1000000.
Theorem L2a x : 0 < x <= h0 -> 483 * x <= rho5 x.
Proof.
  intros Hx. unfold rho5.
  assert (G0 : 1 * x <= x <= 1 * x) by lra.
  assert (G1 : _) by (refine (grow' x h0 _ _ (34444993/10000000) _ Hx _ G0 _ _ _); unfold h0; interval with (i_prec 60)).
  assert (G2 : _) by (refine (grow' x h0 _ _ (1186455/100000) _ Hx _ G1 _ _ _); unfold h0; interval with (i_prec 60)).
  assert (G3 : _) by (refine (grow' x h0 _ _ (4086641/100000) _ Hx _ G2 _ _ _); unfold h0; interval with (i_prec 60)).
  assert (G4 : _) by (refine (grow' x h0 _ _ (1407223/10000) _ Hx _ G3 _ _ _); unfold h0; interval with (i_prec 60)).
  assert (G5 : _) by (refine (grow' x h0 _ _ 483 _ Hx _ G4 _ _ _); unfold h0; interval with (i_prec 60)).
  exact (proj1 G5).
Qed.
Lemma delta0_in : 0 < delta0 <= h0.
Proof. unfold delta0, h0; split; interval with (i_prec 60). Qed.
(* falsity of the printed version *)
Lemma L2a_false : rho5 (1/50) < 483 * (1/50).
Proof. unfold rho5, rho; interval with (i_prec 60). Qed.

(* one-step images; exact image propagation *)
Ltac img x := rewrite rho_horner; split; interval with (i_bisect x, i_autodiff x, i_depth 30, i_prec 60).
Lemma L2d x : (3/5) <= x <= (241/200) -> (681831/1000000) <= rho x <= (2386539/2000000).
Proof. intros H; img x. Qed.
Lemma im1 x : (753/500000) <= x <= 1 -> (5187/1000000) <= rho x <= (12023687/10000000). Proof. intros H; img x. Qed.
Lemma im2 x : (5187/1000000) <= x <= (12023687/10000000) -> (3573/200000) <= rho x <= (12023687/10000000). Proof. intros H; img x. Qed.
Lemma im3 x : (3573/200000) <= x <= (12023687/10000000) -> (123/2000) <= rho x <= (12023687/10000000). Proof. intros H; img x. Qed.
Lemma im4 x : (123/2000) <= x <= (12023687/10000000) -> (2107/10000) <= rho x <= (12023687/10000000). Proof. intros H; img x. Qed.
Lemma im5 x : (2107/10000) <= x <= (12023687/10000000) -> (681/1000) <= rho x <= (12023687/10000000). Proof. intros H; img x. Qed.
Theorem L2c_band x : (753/500000) <= x <= 1 -> (681/1000) <= rho5 x <= (12023687/10000000).
Proof. intros; unfold rho5. apply im5, im4, im3, im2, im1; exact H. Qed.
Lemma L2c_point : (681/1000) <= rho5 (3/100). Proof. unfold rho5, rho; interval with (i_prec 60). Qed.
