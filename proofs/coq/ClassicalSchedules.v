(* S5.NS: exact error identities of the cubic Newton-Schulz and the quintic Pade steps in e = 1 - x^2, and their rates. *)
From Coq Require Import Reals Lra Psatz Lia.
Open Scope R_scope.
Definition ns3 x := 3/2 * x - 1/2 * x^3.
Definition pade5 x := 15/8 * x - 10/8 * x^3 + 3/8 * x^5.
Definition e x := 1 - x^2.
Lemma ns3_e x : e (ns3 x) = (e x)^2 * (3 + e x) / 4.
Proof. unfold e, ns3; field. Qed.
Lemma pade5_e x : e (pade5 x) = (e x)^3 * (40 + 15 * e x + 9 * (e x)^2) / 64.
Proof. unfold e, pade5; field. Qed.
Lemma e_range x : 0 < x <= 1 -> 0 <= e x < 1.
Proof. unfold e; nra. Qed.
Lemma ns3_unit x : 0 < x <= 1 -> 0 < ns3 x <= 1.
Proof. unfold ns3; intros; split.
  - replace (3/2*x - 1/2*x^3) with (x * (3 - x^2) / 2) by field. assert (x^2 <= 1) by nra.
    apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat|]; lra.
  - assert (0 <= (1-x)^2 * (x+2)) by (apply Rmult_le_pos; [apply pow2_ge_0|lra]). nra. Qed.
Lemma ns3_bound x : 0 < x <= 1 -> 0 <= e (ns3 x) <= (e x)^2.
Proof. intros H; rewrite ns3_e; pose proof (e_range x H).
  assert (0 <= (e x)^2) by nra. split; nra. Qed.
Lemma pade5_ratio x : 0 < x <= 1 ->
  5/8 * (e x)^3 <= e (pade5 x) <= (e x)^3.
Proof. intros H; rewrite pade5_e; pose proof (e_range x H).
  assert (0 <= (e x)^3) by (apply pow_le; lra).
  assert (0 <= (e x)^2 < 1) by nra. split; nra. Qed.
Fixpoint iter (f : R -> R) (k : nat) x := match k with O => x | S k => f (iter f k x) end.
Theorem ns3_quadratic k x : 0 < x <= 1 ->
  0 < iter ns3 k x <= 1 /\ 0 <= e (iter ns3 k x) <= (e x) ^ (2 ^ k).
Proof. intros H; induction k as [|k [IHu IH]].
  - split; [exact H|]. change (iter ns3 0 x) with x. pose proof (e_range x H).
    change (2^0)%nat with 1%nat. rewrite pow_1. lra.
  - split; [now apply ns3_unit|]. simpl iter.
    destruct (ns3_bound _ IHu) as [L U]. split; [exact L|].
    apply Rle_trans with (1 := U).
    replace (2 ^ S k)%nat with (2 ^ k * 2)%nat by (cbn [Nat.pow]; lia).
    rewrite pow_mult. apply pow_incr; exact IH. Qed.
(* sign statement on (0,sqrt 3): |e'| <= ... no overshoot below zero *)
Lemma ns3_pos x : 0 < x -> x^2 < 3 -> 0 < ns3 x <= 1.
Proof. unfold ns3; intros; split.
  - replace (3/2*x - 1/2*x^3) with (x * (3 - x^2) / 2) by field.
    apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat|]; lra.
  - assert (0 <= (1-x)^2 * (x+2)) by (apply Rmult_le_pos; [apply pow2_ge_0|lra]). nra. Qed.
Lemma pade5_pos x : 0 < x -> 0 < pade5 x.
Proof. intros. unfold pade5. replace (15/8*x - 10/8*x^3 + 3/8*x^5)
  with (x * (3 * (x^2 - 5/3)^2 + 20/3) / 8) by field.
  assert (0 <= (x^2 - 5/3)^2) by apply pow2_ge_0.
  apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat|]; lra. Qed.
