(* How the claims of the escape paper are proved that EscapeClaims.v states; the statements are not here.  Ranges over intervals come
   from QuinticIterate.v and from interval arithmetic (coq-interval), counterexamples from one evaluation. *)
From Coq Require Import Reals Lra Psatz.
From Interval Require Import Tactic.
From Muoncert Require Import EscapeDefinitions.
From Muoncert Require QuinticIterate.
Module Q := QuinticIterate.
Open Scope R_scope.

Lemma rho_is x : rho x = Q.rho x.
Proof. unfold rho, a, b, c, Q.rho; field. Qed.
Lemma rho5_is x : rho (rho (rho (rho (rho x)))) = Q.rho5 x.
Proof. unfold Q.rho5; rewrite !rho_is; reflexivity. Qed.

(* From [1e-4, 0.6] the fifth iterate is above 0.04. *)
Ltac image x := rewrite Q.rho_horner; split; interval with (i_bisect x, i_autodiff x, i_depth 30, i_prec 60).
Lemma image1 x : 1/10000 <= x <= 6/10 -> 344/1000000 <= Q.rho x <= 12023687/10000000. Proof. intros H; image x. Qed.
Lemma image2 x : 344/1000000 <= x <= 12023687/10000000 -> 1184/1000000 <= Q.rho x <= 12023687/10000000.
Proof. intros H; image x. Qed.
Lemma image3 x : 1184/1000000 <= x <= 12023687/10000000 -> 4078/1000000 <= Q.rho x <= 12023687/10000000.
Proof. intros H; image x. Qed.
Lemma image4 x : 4078/1000000 <= x <= 12023687/10000000 -> 1404/100000 <= Q.rho x <= 12023687/10000000.
Proof. intros H; image x. Qed.
Lemma image5 x : 1404/100000 <= x <= 12023687/10000000 -> 4/100 <= Q.rho x <= 12023687/10000000.
Proof. intros H; image x. Qed.
Lemma growth x : 1/10000 <= x <= 6/10 -> 4/100 <= Q.rho5 x.
Proof. intros H; unfold Q.rho5; apply image5, image4, image3, image2, image1; exact H. Qed.

Ltac prove_map_constants := unfold rho, delta0, a, b, c; repeat split; try field; interval with (i_prec 80).
Ltac prove_map_positive :=
  let x := fresh in let Hx := fresh in
  intros x [Hx _]; rewrite rho_is, Q.rho_horner; split; [|unfold a, b, c; lra];
  apply Rmult_lt_0_compat; [exact Hx|]; assert (0 <= (x^2 - 4775/4063)^2) by apply pow2_ge_0; nra.
Ltac prove_map_bounded_by_1_2 :=
  let H := fresh in let K := fresh in
  intro H; assert (K := H (55/100) ltac:(lra)); rewrite rho_is in K;
  assert (12/10 < Q.rho (55/100)) by (unfold Q.rho; interval with (i_prec 60)); lra.

Ltac prove_lemma2_amplification :=
  let x := fresh in let Hx := fresh in
  intros x Hx; rewrite rho5_is; apply Rle_ge, Q.L2a;
  assert (delta0 <= Q.h0) by (unfold delta0, a, Q.h0; interval with (i_prec 60)); lra.
Ltac prove_lemma2_amplification_as_printed :=
  let H := fresh in let K := fresh in let F := fresh in
  intro H; assert (K := H (2/100) ltac:(lra)); rewrite rho5_is in K;
  replace (2/100) with (1/50) in K by lra; assert (F := Q.L2a_false); lra.

(* Put a point y with bounds in the place of rho w, w a number or such a point. *)
Ltac advance w y :=
  let e := eval unfold Q.rho in (Q.rho w) in let I := fresh in
  interval_intro e with (i_prec 80) as I; change e with (Q.rho w) in I; revert I; generalize (Q.rho w); intros y I.
Ltac enclose5 w :=
  unfold Q.rho5; let y1 := fresh in advance w y1; let y2 := fresh in advance y1 y2; let y3 := fresh in advance y2 y3;
  let y4 := fresh in advance y3 y4; let y5 := fresh in advance y4 y5.

(* The claim is false at w: the fifth iterate is below v there. *)
Ltac below w v :=
  let H := fresh in let K := fresh in
  intro H; assert (K := H w ltac:(split; unfold delta0, a; (lra || interval))); rewrite rho5_is in K;
  assert (Q.rho5 w < v) by (enclose5 w; lra); lra.
Ltac prove_lemma2_amplification_constant_485 := below (1/10000) (485 * (1/10000)).
Ltac prove_lemma2_growth :=
  let x := fresh in let Hx := fresh in let G := fresh in
  intros x Hx; rewrite rho5_is; assert (G := growth x ltac:(lra)); lra.
Ltac prove_lemma2_growth_from_6e_5 := below (61/1000000) (3/100).
Ltac prove_lemma2_escape_from_start :=
  rewrite rho5_is; apply Rle_ge; exact Q.L2c_point.
Ltac prove_lemma2_escape_from_all :=
  let x := fresh in let Hx := fresh in let B := fresh in
  intros x Hx; rewrite rho5_is; assert (B := Q.L2c_band x ltac:(lra)); lra.
Ltac prove_lemma2_escape_constant_0_682 := below (2111/10000) (682/1000).
Ltac prove_lemma2_escape_below_tau := below (15/10000) (681831462177/1000000000000).
Ltac prove_lemma2_invariance :=
  let x := fresh in let Hx := fresh in let B := fresh in
  intros x Hx; rewrite rho_is; assert (B := Q.L2d x ltac:(lra)); lra.
Ltac prove_lemma2_invariance_smaller :=
  let H := fresh in let K := fresh in
  intro H; assert (K := H (105/100) ltac:(lra)); rewrite rho_is in K;
  assert (Q.rho (105/100) < 7/10) by (unfold Q.rho; interval with (i_prec 60)); lra.
Ltac prove_lemma2_docstring_from_zero := below (1/10000) (5/10).
