(* S2.L1: sign steps of geometrically shrinking length follow sqrt(lambda) with error C eta0 q^t, and the step count. *)
From Coq Require Import Reals Lra Psatz.
Open Scope R_scope.

Definition sgn (x : R) : R :=
  match total_order_T x 0 with
  | inleft (left _) => -1 | inleft (right _) => 0 | inright _ => 1 end.

Lemma sgn_pos x : 0 < x -> sgn x = 1.
Proof. intros; unfold sgn; destruct (total_order_T x 0) as [[?|?]|?]; lra. Qed.
Lemma sgn_neg x : x < 0 -> sgn x = -1.
Proof. intros; unfold sgn; destruct (total_order_T x 0) as [[?|?]|?]; lra. Qed.
Lemma sgn_0 x : x = 0 -> sgn x = 0.
Proof. intros; unfold sgn; destruct (total_order_T x 0) as [[?|?]|?]; lra. Qed.

(* one step, s = sqrt lambda: the error never exceeds max(eta, e - eta), and stays 0 at 0 *)
Lemma step (s eta x : R) : 0 < s -> 0 <= eta -> x <> 0 ->
  let e := Rabs (Rabs x - s) in
  let x' := x - eta * sgn (x * (x * x - s * s)) in
  Rabs (Rabs x' - s) <= eta \/ Rabs (Rabs x' - s) <= e - eta.
Proof.
  intros Hs He Hx e x'. subst e x'.
  destruct (Rtotal_order x 0) as [Hneg|[H0|Hpos]]; [|contradiction|].
  - destruct (Rtotal_order (-x) s) as [L|[E|G]].
    + rewrite sgn_pos by (assert (0 < (s + x) * (s - x)) by nra; nra).
      unfold Rabs; repeat destruct Rcase_abs; lra.
    + rewrite sgn_0 by (replace x with (-s) by lra; ring).
      left; unfold Rabs; repeat destruct Rcase_abs; lra.
    + rewrite sgn_neg by (assert (0 < (- x - s) * (s - x)) by nra; nra).
      unfold Rabs; repeat destruct Rcase_abs; lra.
  - destruct (Rtotal_order x s) as [L|[E|G]].
    + rewrite sgn_neg by (assert (0 < (s + x) * (s - x)) by nra; nra).
      unfold Rabs; repeat destruct Rcase_abs; lra.
    + rewrite sgn_0 by (subst; ring).
      left; unfold Rabs; repeat destruct Rcase_abs; lra.
    + rewrite sgn_pos by (assert (0 < (x - s) * (s + x)) by nra; nra).
      unfold Rabs; repeat destruct Rcase_abs; lra.
Qed.

Theorem S2_L1 (lam eta0 q C : R) (x : nat -> R) :
  0 < lam -> 0 <= eta0 -> 1/2 <= q < 1 -> 1 / q <= C <= 1 / (1 - q) ->
  (forall t, x (S t) = x t - eta0 * q ^ t * sgn (x t * (x t * x t - lam))) ->
  (forall t, x t <> 0) ->
  Rabs (Rabs (x O) - sqrt lam) <= C * eta0 ->
  forall t, Rabs (Rabs (x t) - sqrt lam) <= C * eta0 * q ^ t.
Proof.
  intros Hl He Hq [HC1 HC2] Hx Hnz H0.
  assert (A1 : 1 <= C * q).
  { apply (Rmult_le_compat_r q) in HC1; [|lra]. field_simplify in HC1; lra. }
  assert (A2 : C * (1 - q) <= 1).
  { apply (Rmult_le_compat_r (1 - q)) in HC2; [|lra]. field_simplify in HC2; lra. }
  assert (Hs := sqrt_lt_R0 _ Hl).
  assert (Hss : lam = sqrt lam * sqrt lam) by (rewrite sqrt_sqrt; lra).
  induction t as [|t IH]; [simpl; lra|].
  assert (Hp : 0 <= eta0 * q ^ t) by (apply Rmult_le_pos; [|apply pow_le]; lra).
  generalize (step (sqrt lam) (eta0 * q ^ t) (x t) Hs Hp (Hnz t)).
  cbv zeta; rewrite <- Hss, <- Hx. intros D. simpl.
  assert (1 * (eta0 * q ^ t) <= C * q * (eta0 * q ^ t))
    by (apply Rmult_le_compat_r; lra).
  assert (C * (1 - q) * (eta0 * q ^ t) <= 1 * (eta0 * q ^ t))
    by (apply Rmult_le_compat_r; lra).
  destruct D; lra.
Qed.

(* step count *)
Corollary S2_L1_steps (lam eta0 q C eps : R) (x : nat -> R) (t : nat) :
  0 < lam -> 0 < eta0 -> 1/2 <= q < 1 -> 1 / q <= C <= 1 / (1 - q) ->
  (forall t, x (S t) = x t - eta0 * q ^ t * sgn (x t * (x t * x t - lam))) ->
  (forall t, x t <> 0) ->
  Rabs (Rabs (x O) - sqrt lam) <= C * eta0 -> 0 < eps ->
  ln (C * eta0 / eps) / ln (1 / q) <= INR t ->
  Rabs (Rabs (x t) - sqrt lam) <= eps.
Proof.
  intros Hl He Hq HC Hx Hnz H0 Hep Ht.
  apply Rle_trans with (1 := S2_L1 lam eta0 q C x Hl (Rlt_le _ _ He) Hq HC Hx Hnz H0 t).
  assert (HC0 : 0 < C).
  { apply Rlt_le_trans with (1 / q); [|tauto]. apply Rdiv_lt_0_compat; lra. }
  assert (Hq1 : 0 < ln (1 / q)).
  { rewrite <- ln_1. apply ln_increasing; [lra|].
    apply Rmult_lt_reg_r with q; [lra|]. field_simplify; lra. }
  apply (Rmult_le_compat_r (ln (1/q))) in Ht; [|lra].
  replace (ln (C * eta0 / eps) / ln (1 / q) * ln (1 / q)) with (ln (C * eta0 / eps)) in Ht
    by (field; lra).
  assert (Hpos : 0 < C * eta0) by (apply Rmult_lt_0_compat; lra).
  assert (Hqt : 0 < q ^ t) by (apply pow_lt; lra).
  replace (INR t * ln (1 / q)) with (ln ((1/q) ^ t)) in Ht
    by (rewrite <- Rpower_pow by (apply Rdiv_lt_0_compat; lra); unfold Rpower; now rewrite ln_exp).
  assert (Hle : C * eta0 / eps <= (1/q)^t).
  { destruct (Rle_or_lt (C * eta0 / eps) ((1/q)^t)) as [?|Hlt]; [assumption|].
    apply ln_increasing in Hlt; [lra|]. apply pow_lt, Rdiv_lt_0_compat; lra. }
  apply (Rmult_le_compat_r (eps * q ^ t)) in Hle; [|nra].
  replace (1 / q) with (/ q) in Hle by (field; lra).
  rewrite pow_inv in Hle.
  replace (C * eta0 / eps * (eps * q ^ t)) with (C * eta0 * q ^ t) in Hle by (field; lra).
  replace (/ q ^ t * (eps * q ^ t)) with eps in Hle by (field; lra).
  exact Hle.
Qed.
