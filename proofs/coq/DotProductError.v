(* The forward error of a dot product in any summation order, with or without fused multiply-add, underflow included.

   Trees of products, FMAs and additions:  |fl - exact| <= ((1+u)^n - 1) sum|xy| + n eta (1+u)^(n-1), n products, eta half the
   smallest subnormal.  dot_err64: for IEEE binary64, round to nearest even, a finite result is the only hypothesis. *)
From Coq Require Import Reals Lra Psatz Lia ZArith Bool.
From Flocq Require Import Core Relative Plus_error BinarySingleNaN Binary.
Open Scope R_scope.
Section Tree.
Variables (emin prec : Z).
Hypothesis prec_gt_0 : (0 < prec)%Z.
Instance pg : Prec_gt_0 prec := prec_gt_0.
Variable choice : Z -> bool.
Notation fexp := (FLT_exp emin prec).
Notation rnd := (round radix2 fexp (Znearest choice)).
Notation fmt := (generic_format radix2 fexp).
Definition u := / 2 * bpow radix2 (- prec + 1).
Definition eta := / 2 * bpow radix2 emin.

Inductive tree := Prod (x y : R) | Fma (x y : R) (t : tree) | Plus (t1 t2 : tree).
Fixpoint fl t := match t with
  | Prod x y => rnd (x * y) | Fma x y t => rnd (x * y + fl t) | Plus a b => rnd (fl a + fl b) end.
Fixpoint ex t := match t with
  | Prod x y => x * y | Fma x y t => x * y + ex t | Plus a b => ex a + ex b end.
Fixpoint ab t := match t with
  | Prod x y => Rabs (x * y) | Fma x y t => Rabs (x * y) + ab t | Plus a b => ab a + ab b end.
Fixpoint len t := match t with
  | Prod _ _ => 1%nat | Fma _ _ t => S (len t) | Plus a b => (len a + len b)%nat end.

Lemma u_pos : 0 < u. Proof. unfold u; generalize (bpow_gt_0 radix2 (- prec + 1)); lra. Qed.
Lemma eta_pos : 0 < eta. Proof. unfold eta; generalize (bpow_gt_0 radix2 emin); lra. Qed.
Lemma fmt_fl t : fmt (fl t).
Proof. destruct t; simpl; apply generic_format_round; auto with typeclass_instances. Qed.
Lemma len_pos t : (1 <= len t)%nat.
Proof. induction t; simpl; lia. Qed.
Lemma ab_pos t : 0 <= ab t.
Proof. induction t; simpl; try apply Rabs_pos; [generalize (Rabs_pos (x*y))|]; lra. Qed.
Lemma ex_ab t : Rabs (ex t) <= ab t.
Proof. induction t; simpl; [lra| |].
  - apply Rle_trans with (1 := Rabs_triang _ _); lra.
  - apply Rle_trans with (1 := Rabs_triang _ _); lra. Qed.
Lemma rnd_mul x : exists d e, Rabs d <= u /\ Rabs e <= eta /\ rnd x = x * (1 + d) + e.
Proof. destruct (error_N_FLT radix2 emin prec prec_gt_0 choice x) as [d [e [A [B [_ C]]]]].
  now exists d, e. Qed.
Lemma rnd_add a b : fmt a -> fmt b -> exists d, Rabs d <= u /\ rnd (a + b) = (a + b) * (1 + d).
Proof. intros Fa Fb. destruct (FLT_plus_error_N_ex radix2 emin prec choice a b Fa Fb) as [d [A B]].
  exists d; split; [|exact B]. apply Rle_trans with (1 := A).
  assert (H := u_rod1pu_ro_le_u_ro radix2 prec). exact H. Qed.

Lemma pow_le1 n k : (n <= k)%nat -> (1 + u) ^ n <= (1 + u) ^ k.
Proof. intros; apply Rle_pow; [generalize u_pos; lra|lia]. Qed.
(* v = s(1+d)+e with |s - s0| <= E: |v - s0| <= (1+u) E + u |s0| + |e| *)
Lemma one (s s0 d e E : R) : Rabs (s - s0) <= E -> Rabs d <= u ->
  Rabs (s * (1 + d) + e - s0) <= (1 + u) * E + u * Rabs s0 + Rabs e.
Proof.
  intros H D. replace (s * (1 + d) + e - s0) with ((s - s0) + (s - s0) * d + s0 * d + e) by ring.
  apply Rle_trans with (1 := Rabs_triang _ _). apply Rplus_le_compat_r.
  apply Rle_trans with (1 := Rabs_triang _ _).
  rewrite Rabs_mult with (x := s0).
  apply Rle_trans with (Rabs (s - s0 + (s - s0) * d) + Rabs s0 * u).
  { apply Rplus_le_compat_l, Rmult_le_compat_l; [apply Rabs_pos|exact D]. }
  apply Rle_trans with (Rabs (s - s0) + Rabs (s - s0) * u + Rabs s0 * u).
  { apply Rplus_le_compat_r. apply Rle_trans with (1 := Rabs_triang _ _).
    apply Rplus_le_compat_l. rewrite Rabs_mult. apply Rmult_le_compat_l; [apply Rabs_pos|exact D]. }
  assert (0 <= Rabs (s - s0)) by apply Rabs_pos. pose proof u_pos. nra.
Qed.

Theorem dot_err t :
  Rabs (fl t - ex t) <= ((1 + u) ^ len t - 1) * ab t + INR (len t) * eta * (1 + u) ^ (len t - 1).
Proof.
  pose proof u_pos as Hu. pose proof eta_pos as He.
  induction t as [x y|x y t IH|a IHa b IHb].
  - simpl fl; simpl ex; simpl ab; simpl len.
    destruct (rnd_mul (x * y)) as [d [e [D [E ->]]]].
    assert (H0 : Rabs (x * y - x * y) <= 0) by (rewrite Rminus_diag_eq, Rabs_R0 by reflexivity; lra).
    generalize (one (x * y) (x * y) d e 0 H0 D). simpl. lra.
  - simpl fl; simpl ex; simpl ab. change (len (Fma x y t)) with (S (len t)).
    destruct (rnd_mul (x * y + fl t)) as [d [e [D [E ->]]]].
    assert (H0 : Rabs (x * y + fl t - (x * y + ex t)) <=
      ((1 + u) ^ len t - 1) * ab t + INR (len t) * eta * (1 + u) ^ (len t - 1)).
    { replace (x * y + fl t - (x * y + ex t)) with (fl t - ex t) by ring. exact IH. }
    generalize (one _ _ d e _ H0 D). clear H0 IH. intros H. apply Rle_trans with (1 := H). clear H.
    assert (T : Rabs (x * y + ex t) <= Rabs (x * y) + ab t).
    { apply Rle_trans with (1 := Rabs_triang _ _). generalize (ex_ab t); lra. }
    pose proof (ab_pos t) as A. pose proof (Rabs_pos (x * y)) as A2. pose proof (len_pos t) as L.
    rewrite S_INR. replace (S (len t) - 1)%nat with (len t) by lia.
    assert (Q : (1 + u) ^ len t = (1 + u) * (1 + u) ^ (len t - 1)).
    { replace (len t) with (S (len t - 1)) at 1 by lia. reflexivity. }
    change ((1 + u) ^ S (len t)) with ((1 + u) * (1 + u) ^ len t).
    assert (P1 : 1 <= (1 + u) ^ len t) by (apply pow_R1_Rle; lra).
    set (P := (1 + u) ^ len t) in *. set (P0 := (1 + u) ^ (len t - 1)) in *.
    rewrite Q at 3.
    assert (u * Rabs (x * y + ex t) <= u * (Rabs (x * y) + ab t)) by (apply Rmult_le_compat_l; lra).
    assert (eta <= eta * P) by nra.
    assert (u * Rabs (x * y) <= ((1 + u) * P - 1) * Rabs (x * y)) by (apply Rmult_le_compat_r; nra).
    rewrite Q in H0 at 1. nra.
  - simpl fl; simpl ex; simpl ab. change (len (Plus a b)) with (len a + len b)%nat.
    destruct (rnd_add _ _ (fmt_fl a) (fmt_fl b)) as [d [D E]]. rewrite E. clear E.
    pose proof (len_pos a) as La. pose proof (len_pos b) as Lb.
    set (n := (len a + len b - 1)%nat).
    assert (Ba : Rabs (fl a - ex a) <= ((1+u)^n - 1) * ab a + INR (len a) * eta * (1+u)^(n - 1)).
    { apply Rle_trans with (1 := IHa). pose proof (ab_pos a).
      assert ((1+u)^len a <= (1+u)^n) by (apply pow_le1; unfold n; lia).
      assert ((1+u)^(len a - 1) <= (1+u)^(n - 1)) by (apply pow_le1; unfold n; lia).
      assert (0 <= INR (len a) * eta) by (apply Rmult_le_pos; [apply pos_INR|lra]). nra. }
    assert (Bb : Rabs (fl b - ex b) <= ((1+u)^n - 1) * ab b + INR (len b) * eta * (1+u)^(n - 1)).
    { apply Rle_trans with (1 := IHb). pose proof (ab_pos b).
      assert ((1+u)^len b <= (1+u)^n) by (apply pow_le1; unfold n; lia).
      assert ((1+u)^(len b - 1) <= (1+u)^(n - 1)) by (apply pow_le1; unfold n; lia).
      assert (0 <= INR (len b) * eta) by (apply Rmult_le_pos; [apply pos_INR|lra]). nra. }
    assert (H0 : Rabs (fl a + fl b - (ex a + ex b)) <=
      ((1+u)^n - 1) * (ab a + ab b) + (INR (len a) + INR (len b)) * eta * (1+u)^(n - 1)).
    { replace (fl a + fl b - (ex a + ex b)) with ((fl a - ex a) + (fl b - ex b)) by ring.
      apply Rle_trans with (1 := Rabs_triang _ _). lra. }
    generalize (one _ _ d 0 _ H0 D). rewrite Rplus_0_r, Rabs_R0, Rplus_0_r. intros H.
    apply Rle_trans with (1 := H). clear H H0 Ba Bb IHa IHb.
    assert (T : Rabs (ex a + ex b) <= ab a + ab b).
    { apply Rle_trans with (1 := Rabs_triang _ _). generalize (ex_ab a) (ex_ab b); lra. }
    rewrite plus_INR. replace (len a + len b)%nat with (S n) by (unfold n; lia).
    assert (Q : (1 + u) ^ n = (1 + u) * (1 + u) ^ (n - 1)).
    { replace n with (S (n - 1)) at 1 by (unfold n; lia). reflexivity. }
    change ((1 + u) ^ S n) with ((1 + u) * (1 + u) ^ n). rewrite Q.
    set (W := (1 + u) ^ (n - 1)).
    assert (u * Rabs (ex a + ex b) <= u * (ab a + ab b)) by (apply Rmult_le_compat_l; lra).
    pose proof (ab_pos a). pose proof (ab_pos b). lra.
Qed.

Lemma gamma n : INR n * u < 1 -> (1 + u) ^ n - 1 <= INR n * u / (1 - INR n * u).
Proof.
  intros H. pose proof u_pos as Hu.
  assert (P : forall k, (k <= n)%nat -> (1 + u) ^ k * (1 - INR k * u) <= 1).
  { induction k as [|k IH]; intros Hk; [simpl; lra|].
    assert (I := IH ltac:(lia)). rewrite S_INR. simpl.
    assert (1 <= (1 + u) ^ k) by (apply pow_R1_Rle; lra).
    pose proof (pos_INR k).
    assert (0 <= (INR k + 1) * (u * u)) by (apply Rmult_le_pos; nra).
    assert ((1 + u) * (1 - (INR k + 1) * u) <= 1 - INR k * u) by lra.
    apply Rle_trans with ((1 + u) ^ k * ((1 + u) * (1 - (INR k + 1) * u))); [right; ring|].
    apply Rle_trans with ((1 + u) ^ k * (1 - INR k * u)); [|exact I].
    apply Rmult_le_compat_l; lra. }
  specialize (P n (le_n _)).
  apply Rmult_le_reg_r with (1 - INR n * u); [lra|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.
End Tree.

Lemma fin_plus (prec emax : Z) p0 p1 m (x y : BinarySingleNaN.binary_float prec emax) :
  BinarySingleNaN.is_finite (@BinarySingleNaN.Bplus prec emax p0 p1 m x y) = true ->
  BinarySingleNaN.is_finite x = true /\ BinarySingleNaN.is_finite y = true.
Proof.
  intros H; destruct x, y; try (split; reflexivity); exfalso; revert H;
  unfold BinarySingleNaN.Bplus; simpl;
  repeat match goal with |- context [Bool.eqb ?a ?b] => destruct (Bool.eqb a b) end; discriminate.
Qed.
Lemma fin_fma (prec emax : Z) p0 p1 m (x y z : BinarySingleNaN.binary_float prec emax) :
  BinarySingleNaN.is_finite (@BinarySingleNaN.Bfma prec emax p0 p1 m x y z) = true ->
  BinarySingleNaN.is_finite x = true /\ BinarySingleNaN.is_finite y = true
  /\ BinarySingleNaN.is_finite z = true.
Proof.
  intros H; destruct x, y, z; try (repeat split; reflexivity); exfalso; revert H;
  unfold BinarySingleNaN.Bfma; cbv zeta; simpl;
  repeat match goal with |- context [Bool.eqb ?a ?b] => destruct (Bool.eqb a b) end; discriminate.
Qed.

(* binary64: a finite result implies the bound, nothing else is assumed *)
Section B64.
Notation b64 := (binary_float 53 1024).
Variable nan2 : b64 -> b64 -> {x : b64 | is_nan 53 1024 x = true}.
Variable nan3 : b64 -> b64 -> b64 -> {x : b64 | is_nan 53 1024 x = true}.
Notation bmult := (Bmult 53 1024 eq_refl eq_refl nan2 mode_NE).
Notation bplus := (Bplus 53 1024 eq_refl eq_refl nan2 mode_NE).
Notation bfma := (Bfma 53 1024 eq_refl eq_refl nan3 mode_NE).
Notation r := (B2R 53 1024).
Inductive ftree := FProd (x y : b64) | FFma (x y : b64) (t : ftree) | FPlus (a b : ftree).
Fixpoint ev t : b64 := match t with
  | FProd x y => bmult x y | FFma x y t => bfma x y (ev t) | FPlus a b => bplus (ev a) (ev b) end.
Fixpoint real t : tree := match t with
  | FProd x y => Prod (r x) (r y) | FFma x y t => Fma (r x) (r y) (real t) | FPlus a b => Plus (real a) (real b) end.
Notation fin := (is_finite 53 1024).
Notation ch := (fun x : Z => negb (Z.even x)).

Lemma ovf (v : b64) sg : B2FF 53 1024 v = binary_overflow 53 1024 mode_NE sg -> fin v = true -> False.
Proof. destruct v; simpl; intros H F; discriminate. Qed.
Lemma ev_fl t : fin (ev t) = true -> r (ev t) = fl (-1074) 53 ch (real t).
Proof.
  induction t as [x y|x y t IH|a IHa b IHb]; simpl; intros F.
  - generalize (Bmult_correct 53 1024 eq_refl eq_refl nan2 mode_NE x y).
    destruct Rlt_bool; [now intros [H _]|].
    intros H; exfalso; exact (ovf _ _ H F).
  - assert (Fx : fin x = true /\ fin y = true /\ fin (ev t) = true).
    { unfold Bfma in F; rewrite is_finite_BSN2B in F.
      apply fin_fma in F. now rewrite !is_finite_B2BSN in F. }
    destruct Fx as [Fx [Fy Ft]]. rewrite <- (IH Ft).
    generalize (Bfma_correct 53 1024 eq_refl eq_refl nan3 mode_NE x y (ev t) Fx Fy Ft). cbv zeta.
    destruct Rlt_bool; [now intros [H _]|].
    intros H; exfalso; exact (ovf _ _ H F).
  - assert (Fx : fin (ev a) = true /\ fin (ev b) = true).
    { unfold Bplus in F; rewrite is_finite_BSN2B in F.
      apply fin_plus in F. now rewrite !is_finite_B2BSN in F. }
    destruct Fx as [Fa Fb]. rewrite <- (IHa Fa), <- (IHb Fb).
    generalize (Bplus_correct 53 1024 eq_refl eq_refl nan2 mode_NE (ev a) (ev b) Fa Fb).
    destruct Rlt_bool; [now intros [H _]|].
    intros [H _]; exfalso; exact (ovf _ _ H F).
Qed.

Theorem dot_err64 t : let n := len (real t) in let U := / 2 * bpow radix2 (-52) in
  fin (ev t) = true -> INR n * U < 1 ->
  Rabs (r (ev t) - ex (real t)) <=
    INR n * U / (1 - INR n * U) * ab (real t)
    + INR n * (/ 2 * bpow radix2 (-1074)) * (1 + U) ^ (n - 1).
Proof.
  intros n U F Hn. rewrite (ev_fl t F).
  apply Rle_trans with (1 := dot_err (-1074) 53 eq_refl ch (real t)).
  apply Rplus_le_compat; [|apply Rle_refl].
  apply Rmult_le_compat_r; [apply ab_pos|]. apply (gamma 53); exact Hn.
Qed.
End B64.
