(* Why digit matrices multiply without rounding: a sum of products of integers, in any summation order, with or without fused
   multiply-add, is exact as long as the sum of the absolute values of the products is at most 2^prec.

   exact_digits: for every tree of DotProductError over integers with ab t <= 2^prec, fl t = ex t.  exact_within_range: the same
   from the largest digit d and the number of products.  binary64 has prec = 53; its overflow threshold is far above 2^53. *)
From Coq Require Import Reals Lra Lia ZArith.
From Flocq Require Import Core.
From Muoncert Require Import DotProductError.
Open Scope R_scope.

Section Exact.
Variables (emin prec : Z).
Hypothesis prec_gt_0 : (0 < prec)%Z.
Hypothesis emin_le_0 : (emin <= 0)%Z.
Variable choice : Z -> bool.
Notation fexp := (FLT_exp emin prec).
Notation fl := (fl emin prec choice).

Fixpoint integers (t : tree) : Prop := match t with
  | Prod x y => (exists a, x = IZR a) /\ (exists b, y = IZR b)
  | Fma x y s => (exists a, x = IZR a) /\ (exists b, y = IZR b) /\ integers s
  | Plus s r => integers s /\ integers r end.

Lemma integer_value t : integers t -> exists z, ex t = IZR z.
Proof.
  induction t as [x y|x y s IH|s IHs r IHr]; simpl.
  - intros [[a ->] [b ->]]. exists (a * b)%Z. now rewrite mult_IZR.
  - intros [[a ->] [[b ->] I]]. destruct (IH I) as [z ->]. exists (a * b + z)%Z. now rewrite plus_IZR, mult_IZR.
  - intros [I J]. destruct (IHs I) as [z ->]. destruct (IHr J) as [w ->]. exists (z + w)%Z. now rewrite plus_IZR.
Qed.

(* an integer of at most prec bits is a number of the format *)
Lemma integer_in_format z : Rabs (IZR z) <= bpow radix2 prec -> generic_format radix2 fexp (IZR z).
Proof.
  intros H. destruct (Rle_lt_or_eq_dec _ _ H) as [L|E].
  - rewrite <- IZR_Zpower in L by lia. rewrite <- abs_IZR in L. apply lt_IZR in L.
    apply generic_format_FLT. exists (Float radix2 z 0); [|exact L|exact emin_le_0].
    unfold F2R; simpl; ring.
  - assert (P : generic_format radix2 fexp (bpow radix2 prec)).
    { apply generic_format_bpow. unfold FLT_exp. apply Z.max_lub; lia. }
    unfold Rabs in E. destruct (Rcase_abs (IZR z)).
    + replace (IZR z) with (- bpow radix2 prec) by lra. now apply generic_format_opp.
    + now rewrite E.
Qed.

Lemma rounding_is_exact z : Rabs (IZR z) <= bpow radix2 prec ->
  round radix2 fexp (Znearest choice) (IZR z) = IZR z.
Proof. intros H. apply round_generic; [apply valid_rnd_N|now apply integer_in_format]. Qed.

Theorem exact_digits t : integers t -> ab t <= bpow radix2 prec -> fl t = ex t.
Proof.
  induction t as [x y|x y s IH|s IHs r IHr]; intros I B.
  - destruct (integer_value _ I) as [z E]. simpl in *. rewrite E in *. apply rounding_is_exact. exact B.
  - destruct (integer_value _ I) as [z E]. pose proof (ex_ab (Fma x y s)) as A.
    simpl in *. destruct I as [_ [_ J]]. pose proof (Rabs_pos (x * y)).
    rewrite IH by (auto; lra). rewrite E in *. apply rounding_is_exact. lra.
  - destruct (integer_value _ I) as [z E]. pose proof (ex_ab (Plus s r)) as A.
    simpl in *. destruct I as [J K]. pose proof (ab_pos s). pose proof (ab_pos r).
    rewrite IHs, IHr by (auto; lra). rewrite E in *. apply rounding_is_exact. lra.
Qed.

(* what the run-time check of src/ball sees: every digit at most d in absolute value, and len t * d^2 <= 2^prec *)
Fixpoint digits_within (d : R) (t : tree) : Prop := match t with
  | Prod x y => Rabs x <= d /\ Rabs y <= d
  | Fma x y s => Rabs x <= d /\ Rabs y <= d /\ digits_within d s
  | Plus s r => digits_within d s /\ digits_within d r end.

Lemma digit_sum d t : digits_within d t -> ab t <= INR (len t) * (d * d).
Proof.
  assert (P : forall x y, Rabs x <= d -> Rabs y <= d -> Rabs (x * y) <= d * d).
  { intros x y Hx Hy. rewrite Rabs_mult. apply Rmult_le_compat; auto using Rabs_pos. }
  induction t as [x y|x y s IH|s IHs r IHr]; cbn [digits_within ab len].
  - intros [Hx Hy]. specialize (P x y Hx Hy). simpl INR. lra.
  - intros [Hx [Hy H]]. specialize (P x y Hx Hy). specialize (IH H). rewrite S_INR. lra.
  - intros [Hs Hr]. specialize (IHs Hs). specialize (IHr Hr). rewrite plus_INR. lra.
Qed.

Theorem exact_within_range d t : integers t -> digits_within d t -> INR (len t) * (d * d) <= bpow radix2 prec ->
  fl t = ex t.
Proof. intros I D B. apply exact_digits; [exact I|]. pose proof (digit_sum d t D). lra. Qed.
End Exact.
