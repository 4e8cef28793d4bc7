(* S1.T1 and S1.T1n, the scalar part: steps between eta r and eta bracket the escape time,
   ceil((R-a0)/eta) <= K <= ceil((R-a0)/(eta r)); noise of operator norm nu costs r = (1-t^2)/(1+t^2), t = nu/(lambda|s0|-nu). *)
From Coq Require Import Reals Lra Psatz Lia ZArith.
From Flocq Require Import Core.
Open Scope R_scope.

(* sign part: s' = s + eta * sgn(s) * z, z in [r,1], r > 0 *)
Lemma T1_step (s eta z r : R) : 0 < eta -> 0 < r <= z -> z <= 1 -> s <> 0 ->
  let s' := if Rlt_dec 0 s then s + eta * z else s - eta * z in
  0 < s * s' /\ eta * r <= Rabs s' - Rabs s <= eta.
Proof.
  intros He Hr Hz Hs; simpl. assert (0 < eta * z <= eta) by nra.
  assert (eta * r <= eta * z) by nra.
  destruct (Rlt_dec 0 s).
  - rewrite !Rabs_pos_eq by lra. split; [nra|lra].
  - assert (s < 0) by lra. rewrite !Rabs_left by lra. split; [nra|lra].
Qed.

Theorem T1_bracket (a : nat -> R) (eta r Rr : R) :
  0 < eta -> 0 < r -> a O < Rr ->
  (forall k, (forall j, (j <= k)%nat -> a j < Rr) -> eta * r <= a (S k) - a k <= eta) ->
  exists K : nat, (forall j, (j < K)%nat -> a j < Rr) /\ Rr <= a K /\
    (Zceil ((Rr - a O) / eta) <= Z.of_nat K <= Zceil ((Rr - a O) / (eta * r)))%Z.
Proof.
  intros He Hr H0 Hstep.
  assert (Her : 0 < eta * r) by nra.
  assert (G : forall k, (forall j, (j < k)%nat -> a j < Rr) ->
              a O + INR k * (eta * r) <= a k <= a O + INR k * eta).
  { induction k as [|k IH]; intros Hk; [simpl; lra|].
    assert (I := IH (fun j Hj => Hk j (Nat.lt_lt_succ_r _ _ Hj))).
    assert (D := Hstep k (fun j Hj => Hk j ltac:(lia))).
    rewrite S_INR. lra. }
  set (N := Zceil ((Rr - a O) / (eta * r))).
  assert (HN : (Rr - a O) / (eta * r) <= IZR N) by apply Zceil_ub.
  assert (Hq : 0 < (Rr - a O) / (eta * r)) by (apply Rdiv_lt_0_compat; lra).
  assert (HN0 : (0 < N)%Z) by (apply lt_IZR; lra).
  assert (P : forall n, (exists K, (K <= n)%nat /\ (forall j, (j < K)%nat -> a j < Rr) /\ Rr <= a K)
              \/ (forall j, (j <= n)%nat -> a j < Rr)).
  { induction n as [|n [[K HK]|IH]].
    - right; intros j Hj. replace j with O by lia; lra.
    - left; exists K; intuition lia.
    - destruct (Rle_or_lt Rr (a (S n))) as [L|L].
      + left; exists (S n); split; [lia|]; split; [intros; apply IH; lia|exact L].
      + right; intros j Hj. destruct (Nat.eq_dec j (S n)); [subst; lra|apply IH; lia]. }
  destruct (P (Z.to_nat N)) as [[K [HK1 [HK2 HK3]]]|Hall].
  - exists K; split; [exact HK2|]; split; [exact HK3|]; split.
    + apply Zceil_glb. rewrite <- INR_IZR_INZ.
      destruct (G K HK2) as [_ U].
      apply (Rmult_le_reg_r eta); [lra|]. unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra. lra.
    + fold N. lia.
  - exfalso. destruct (G (Z.to_nat N) (fun j Hj => Hall j ltac:(lia))) as [L _].
    specialize (Hall (Z.to_nat N) (le_n _)).
    rewrite INR_IZR_INZ, Z2Nat.id in L by lia.
    apply (Rmult_le_compat_r (eta * r)) in HN; [|lra].
    replace ((Rr - a O) / (eta * r) * (eta * r)) with (Rr - a O) in HN by (field; nra).
    lra.
Qed.

(* exact case r = 1: both ends coincide *)
Corollary T1_exact (a : nat -> R) (eta Rr : R) : 0 < eta -> a O < Rr ->
  (forall k, (forall j, (j <= k)%nat -> a j < Rr) -> a (S k) - a k = eta) ->
  exists K : nat, (forall j, (j < K)%nat -> a j < Rr) /\ Rr <= a K /\
    Z.of_nat K = Zceil ((Rr - a O) / eta).
Proof.
  intros He H0 Hs. destruct (T1_bracket a eta 1 Rr) as [K [A [B C]]]; try lra.
  - intros k Hk. rewrite (Hs k Hk); lra.
  - exists K. rewrite Rmult_1_r in C. intuition lia.
Qed.

(* S1.T1n: theta >= lambda|s| - nu, kappa <= 2 nu  =>  kappa/(2 theta) <= t0 when |s| >= |s0| *)
Lemma T1n_t (lam nu s0 s theta kappa : R) : 0 < lam -> 0 <= nu -> 2 * nu < lam * s0 -> s0 <= s ->
  lam * s - nu <= theta -> 0 <= kappa <= 2 * nu ->
  0 <= kappa / (2 * theta) <= nu / (lam * s0 - nu) /\ nu / (lam * s0 - nu) < 1.
Proof.
  intros Hl Hn Hg Hs Ht Hk. assert (lam * s0 <= lam * s) by nra.
  repeat split.
  - apply Rmult_le_reg_r with (2 * theta); [lra|]. field_simplify; lra.
  - apply Rmult_le_reg_r with (2 * theta * (lam * s0 - nu)); [nra|].
    field_simplify; [|lra|lra]. nra.
  - apply Rmult_lt_reg_r with (lam * s0 - nu); [lra|]. field_simplify; lra.
Qed.
(* (1-t^2)/(1+t^2) decreases in t *)
Lemma r_mono t t0 : 0 <= t <= t0 -> (1 - t0^2) / (1 + t0^2) <= (1 - t^2) / (1 + t^2).
Proof.
  intros H. apply Rmult_le_reg_r with ((1 + t0^2) * (1 + t^2)); [nra|].
  field_simplify; nra.
Qed.
(* e.g. lambda|s0| >= 3 nu gives t0 <= 1/2, (1+t0^2)/(1-t0^2) <= 5/3 *)
Lemma r_53 t : 0 <= t <= 1/2 -> 3/5 <= (1 - t^2) / (1 + t^2).
Proof. intros H. apply Rmult_le_reg_r with (1 + t^2); [nra|]. field_simplify; nra. Qed.
