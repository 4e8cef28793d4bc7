(* S1.L2 with its sharp constants: the least value m of rho beyond its first maximum, the least invariant interval, and how far
   each bound on the fifth iterate reaches. *)
From Coq Require Import Reals Lra Psatz.
From Interval Require Import Tactic.
From Muoncert Require Import QuinticIterate.
Open Scope R_scope.

(* The local minimum c2 of rho, the larger zero of rho'(x) = a + 3 b x^2 + 5 c x^4, and m = rho(c2). *)
Definition square2 := (573/40 + sqrt (328329/1600 - 20 * (6889/2000) * (4063/2000))) / (10 * (4063/2000)).
Definition c2 := sqrt square2.
Definition m := rho c2.

Lemma square2_root : 6889/2000 - 573/40 * square2 + 5 * (4063/2000) * square2 ^ 2 = 0.
Proof.
  set (d := 328329/1600 - 20 * (6889/2000) * (4063/2000)).
  assert (Hd : 0 <= d) by (unfold d; lra).
  unfold square2. fold d. generalize (sqrt_sqrt d Hd). unfold d at 3. generalize (sqrt d). intros s Hs. nra.
Qed.
Lemma square2_pos : 0 < square2.
Proof. unfold square2; interval with (i_prec 60). Qed.
Lemma c2_square : c2 ^ 2 = square2.
Proof. unfold c2. simpl. rewrite Rmult_1_r. apply sqrt_sqrt. apply Rlt_le, square2_pos. Qed.
Lemma c2_in : 10500/10000 <= c2 <= 10503/10000.
Proof. unfold c2, square2; interval with (i_prec 60). Qed.
Lemma m_in : 68183146217718/10^14 <= m <= 68183146217719/10^14.
Proof. unfold m, rho, c2, square2; interval with (i_prec 100). Qed.

(* rho - m has the double zero c2, and is positive beyond 3/10. *)
Lemma m_least x : 3/10 <= x -> m <= rho x.
Proof.
  intros Hx. pose proof square2_root as S. rewrite <- c2_square in S. pose proof c2_in as C.
  assert (E : rho x - m = (x - c2)^2 * (4063/2000 * x^3 + 2 * (4063/2000) * c2 * x^2
              + (3 * (4063/2000) * c2^2 - 191/40) * x + (4 * (4063/2000) * c2^3 - 2 * (191/40) * c2))).
  { unfold m, rho.
    assert (Z : (6889/2000 - 573/40 * c2^2 + 5 * (4063/2000) * (c2^2)^2) * (x - c2) = 0) by (rewrite S; ring).
    nra. }
  assert (0 <= rho x - m); [|lra]. rewrite E. apply Rmult_le_pos; [apply pow2_ge_0|].
  assert (P : 0 <= 4063/2000 * (3/10)^3 + 2 * (4063/2000) * c2 * (3/10)^2
              + (3 * (4063/2000) * c2^2 - 191/40) * (3/10) + (4 * (4063/2000) * c2^3 - 2 * (191/40) * c2))
    by (interval with (i_prec 60)).
  assert (0 <= 3 * (4063/2000) * c2^2 - 191/40) by (interval with (i_prec 60)).
  assert ((3/10)^2 <= x^2) by (apply pow_incr; lra). assert ((3/10)^3 <= x^3) by (apply pow_incr; lra). nra.
Qed.

(* ---- The least invariant interval J = [m, rho m] that contains c2 ---- *)

Lemma rho_difference x y : rho x - rho y = (x - y) * (6889/2000 - 191/40 * (x^2 + x*y + y^2)
  + 4063/2000 * (x^4 + x^3*y + x^2*y^2 + x*y^3 + y^4)).
Proof. unfold rho; ring. Qed.

(* S1.L2.d, sharp: rho maps J into itself, and takes both ends of J as values. *)
Theorem L2d_sharp x : m <= x <= rho m -> m <= rho x <= rho m.
Proof.
  intros [L U]. pose proof m_in as M.
  assert (R : 11343/10000 <= rho m <= 11344/10000) by (rewrite rho_horner; interval with (i_bisect m, i_autodiff m, i_prec 60)).
  split; [apply m_least; lra|].
  destruct (Rle_dec x (105/100)) as [Hx|Hx].
  - (* decreasing: the difference quotient is negative *)
    assert (Q : 6889/2000 - 191/40 * (x^2 + x*m + m^2) + 4063/2000 * (x^4 + x^3*m + x^2*m^2 + x*m^3 + m^4) <= 0).
    { assert (681/1000 <= x <= 105/100) by lra.
      interval with (i_bisect x, i_depth 30, i_prec 60). }
    pose proof (rho_difference x m). nra.
  - assert (B : rho x <= 1) by (assert (105/100 <= x <= 11344/10000) by lra; rewrite rho_horner;
      interval with (i_bisect x, i_autodiff x, i_prec 60)). lra.
Qed.
Lemma L2d_sharp_attained : m <= c2 <= rho m /\ rho c2 = m.
Proof.
  pose proof m_in. pose proof c2_in. split; [|reflexivity]. split; [lra|].
  assert (11343/10000 <= rho m) by (rewrite rho_horner; interval with (i_bisect m, i_autodiff m, i_prec 60)). lra.
Qed.

(* ---- The fifth iterate from below ---- *)

Lemma rho_increasing t x : 0 < t <= x -> x <= 3/10 -> rho t <= rho x.
Proof.
  intros [T L] U. pose proof (rho_difference x t) as D.
  assert (Q : 0 <= 6889/2000 - 191/40 * (x^2 + x*t + t^2) + 4063/2000 * (x^4 + x^3*t + x^2*t^2 + x*t^3 + t^4)).
  { assert (0 <= t <= 3/10) by lra. assert (0 <= x <= 3/10) by lra. interval with (i_prec 60). }
  nra.
Qed.
Lemma least_image t x : 0 < t <= x -> t <= 3/10 -> Rmin (rho t) m <= rho x.
Proof.
  intros H T. destruct (Rle_dec x (3/10)).
  - apply Rle_trans with (1 := Rmin_l _ _). apply rho_increasing; lra.
  - apply Rle_trans with (1 := Rmin_r _ _). apply m_least; lra.
Qed.
Lemma next_image t x : 0 < t <= x -> t <= 3/10 -> rho t <= 3/10 -> rho t <= rho x.
Proof.
  intros H T R. pose proof (least_image t x H T) as L. pose proof m_in. rewrite Rmin_left in L; lra.
Qed.
Lemma rho_pos t : 0 < t <= 3/10 -> 0 < rho t.
Proof. intros [T U]. pose proof (rho_lo t T). assert (t^2 <= 9/100) by nra. nra. Qed.

(* Beyond a start t whose first four iterates are at most 3/10 the fifth iterate is at least that of t, or m. *)
Theorem least_fifth_iterate t x : 0 < t <= x -> t <= 3/10 -> rho t <= 3/10 -> rho (rho t) <= 3/10 ->
  rho (rho (rho t)) <= 3/10 -> rho (rho (rho (rho t))) <= 3/10 -> Rmin (rho5 t) m <= rho5 x.
Proof.
  intros H0 T0 T1 T2 T3 T4.
  assert (P1 := rho_pos t ltac:(lra)). assert (P2 := rho_pos (rho t) ltac:(lra)).
  assert (P3 := rho_pos (rho (rho t)) ltac:(lra)). assert (P4 := rho_pos (rho (rho (rho t))) ltac:(lra)).
  assert (H1 := next_image t x H0 T0 T1).
  assert (H2 := next_image (rho t) (rho x) ltac:(lra) T1 T2).
  assert (H3 := next_image _ _ (conj P2 H2) T2 T3).
  assert (H4 := next_image _ _ (conj P3 H3) T3 T4).
  exact (least_image _ _ (conj P4 H4) T4).
Qed.

(* A narrow bracket of the next iterate of t, which then stands for it. *)
Ltac advance t y :=
  let B := fresh "B" in
  interval_intro (t * ((6889/2000) + t^2 * (-(191/40) + (4063/2000) * t^2))) with (i_prec 100) as B;
  rewrite <- (rho_horner t) in B; set (y := rho t) in *; clearbody y.
Ltac orbit t := unfold rho5; let x := fresh "x" in
  let p := fresh "p" in let q := fresh "q" in let r := fresh "r" in let s := fresh "s" in let y := fresh "y" in
  set (x := t); assert (t <= x <= t) by (subst x; lra); clearbody x;
  advance x p; advance p q; advance q r; advance r s; advance s y.
Definition starts_low t := t <= 3/10 /\ rho t <= 3/10 /\ rho (rho t) <= 3/10 /\ rho (rho (rho t)) <= 3/10 /\
  rho (rho (rho (rho t))) <= 3/10.

(* S1.L2.b, sharp: 0.03 is passed from 6.1878559225e-5 on, and not at 6.1878559223e-5. *)
Theorem L2b_sharp x : 61878559225/10^15 <= x -> 3/100 < rho5 x.
Proof.
  intros H. assert (V : starts_low (61878559225/10^15) /\ 3/100 < rho5 (61878559225/10^15) <= 1/2)
    by (unfold starts_low; orbit (61878559225/10^15); lra).
  destruct V as [[A [B [C [D E]]]] V]. assert (L := least_fifth_iterate (61878559225/10^15) x ltac:(lra) A B C D E).
  pose proof m_in. rewrite Rmin_left in L by lra. lra.
Qed.
Lemma L2b_sharp_end : rho5 (61878559223/10^15) < 3/100.
Proof. orbit (61878559223/10^15). lra. Qed.

(* S1.L2.c, sharp: m is reached from 1.50512306907e-3 on, and not at 1.50512306905e-3. *)
Theorem L2c_sharp x : 150512306907/10^14 <= x -> m <= rho5 x.
Proof.
  intros H. assert (V : starts_low (150512306907/10^14) /\ 68183146217719/10^14 <= rho5 (150512306907/10^14))
    by (unfold starts_low; orbit (150512306907/10^14); lra).
  destruct V as [[A [B [C [D E]]]] V]. assert (L := least_fifth_iterate (150512306907/10^14) x ltac:(lra) A B C D E).
  pose proof m_in. rewrite Rmin_right in L; lra.
Qed.
Lemma L2c_sharp_end : rho5 (150512306905/10^14) < m.
Proof. pose proof m_in. orbit (150512306905/10^14). lra. Qed.

(* No constant above m will do on [0.03, 1]: the fifth iterate comes within 1e-10 of it. *)
Lemma L2c_sharp_constant : exists x, 3/100 <= x <= 1 /\ rho5 x <= 6818314622/10^10.
Proof. exists (2111322/10^7). split; [lra|]. orbit (2111322/10^7). lra. Qed.

(* ---- Amplification: rho5 x / x decreases as long as the iterates are low ---- *)

Lemma rho_ratio x t : 0 < x <= t -> t <= 3/10 -> rho t * x <= rho x * t.
Proof.
  intros [X L] T.
  assert (E : rho x * t - rho t * x = x * t * ((t^2 - x^2) * (191/40 - 4063/2000 * (t^2 + x^2)))) by (unfold rho; ring).
  assert (0 <= t^2 - x^2) by nra. assert (t^2 <= 9/100) by nra. assert (x^2 <= 9/100) by nra.
  assert (0 <= x * t * ((t^2 - x^2) * (191/40 - 4063/2000 * (t^2 + x^2)))); [|lra].
  apply Rmult_le_pos; [nra|]. apply Rmult_le_pos; lra.
Qed.
Lemma ratios x t X T X' T' : 0 < x -> 0 < t -> 0 < X -> 0 < T -> 0 < X' -> 0 < T' ->
  T * x <= X * t -> T' * X <= X' * T -> T' * x <= X' * t.
Proof.
  intros. apply Rmult_le_reg_r with (X * T); [nra|].
  replace (T' * x * (X * T)) with ((T' * X) * (T * x)) by ring.
  replace (X' * t * (X * T)) with ((X' * T) * (X * t)) by ring.
  apply Rmult_le_compat; nra.
Qed.
Theorem amplification_decreases x t : 0 < x <= t -> starts_low t -> rho5 t * x <= rho5 x * t.
Proof.
  intros [X L] [T0 [T1 [T2 [T3 T4]]]].
  assert (step : forall y s, 0 < y <= s -> s <= 3/10 -> 0 < rho y <= rho s).
  { intros y s H S. split; [apply rho_pos; lra|]. apply rho_increasing; lra. }
  assert (A1 := step x t (conj X L) T0). assert (A2 := step _ _ A1 T1). assert (A3 := step _ _ A2 T2).
  assert (A4 := step _ _ A3 T3). assert (A5 := step _ _ A4 T4).
  assert (R1 := rho_ratio x t (conj X L) T0). assert (R2 := rho_ratio _ _ A1 T1). assert (R3 := rho_ratio _ _ A2 T2).
  assert (R4 := rho_ratio _ _ A3 T3). assert (R5 := rho_ratio _ _ A4 T4).
  assert (S2 : rho (rho t) * x <= rho (rho x) * t) by (apply ratios with (rho x) (rho t); lra).
  assert (S3 : rho (rho (rho t)) * x <= rho (rho (rho x)) * t) by (apply ratios with (rho (rho x)) (rho (rho t)); lra).
  assert (S4 : rho (rho (rho (rho t))) * x <= rho (rho (rho (rho x))) * t)
    by (apply ratios with (rho (rho (rho x))) (rho (rho (rho t))); lra).
  unfold rho5. apply ratios with (rho (rho (rho (rho x)))) (rho (rho (rho (rho t)))); lra.
Qed.

(* S1.L2.a, sharp: 483 holds up to 3.59502160392398e-4, and not at 3.59502160392399e-4 nor anywhere from 3.595022e-4 to 0.03. *)
Theorem L2a_sharp x : 0 < x <= 359502160392398/10^18 -> 483 * x <= rho5 x.
Proof.
  intros H. assert (V : starts_low (359502160392398/10^18) /\ 483 * (359502160392398/10^18) <= rho5 (359502160392398/10^18))
    by (unfold starts_low; orbit (359502160392398/10^18); lra).
  destruct V as [S V]. assert (A := amplification_decreases x _ H S). nra.
Qed.
Lemma L2a_sharp_end : rho5 (359502160392399/10^18) < 483 * (359502160392399/10^18).
Proof. orbit (359502160392399/10^18). lra. Qed.

Lemma fourth_iterate_up x : 0 < x <= 1/400 -> 0 < rho (rho (rho (rho x))) <= 14079/100 * x.
Proof.
  intros H.
  assert (U : forall y, 0 < y <= 1/2 -> 0 < rho y <= 6889/2000 * y).
  { intros y Y. split; [|apply rho_up; lra]. pose proof (rho_lo y ltac:(lra)). assert (y^2 <= 1/4) by nra. nra. }
  assert (A1 := U x ltac:(lra)). assert (A2 := U (rho x) ltac:(lra)). assert (A3 := U (rho (rho x)) ltac:(lra)).
  assert (A4 := U (rho (rho (rho x))) ltac:(lra)). lra.
Qed.
Theorem L2a_fails x : 3595022/10^10 <= x <= 3/100 -> rho5 x < 483 * x.
Proof.
  intros H. destruct (Rle_dec x (21/10000)) as [L|L].
  - assert (V : rho5 (3595022/10^10) < 483 * (3595022/10^10)) by (orbit (3595022/10^10); lra).
    assert (S : starts_low x).
    { unfold starts_low. assert (T : starts_low (21/10000)) by (unfold starts_low; orbit (21/10000); lra).
      destruct T as [T0 [T1 [T2 [T3 T4]]]].
      assert (up : forall y s, 0 < y <= s -> s <= 3/10 -> 0 < rho y <= rho s)
        by (intros y s Y Z; split; [apply rho_pos; lra | apply rho_increasing; lra]).
      assert (A1 := up x (21/10000) ltac:(lra) T0). assert (A2 := up _ _ A1 T1). assert (A3 := up _ _ A2 T2).
      assert (A4 := up _ _ A3 T3). lra. }
    assert (A := amplification_decreases (3595022/10^10) x ltac:(lra) S). nra.
  - destruct (Rle_dec x (1/400)) as [M|M].
    + assert (A := fourth_iterate_up x ltac:(lra)). unfold rho5. revert A. generalize (rho (rho (rho (rho x)))). intros y A.
      destruct (Rle_dec x (23/10000)) as [N|N].
      * assert (0 <= y <= 3239/10000) by lra.
        assert (rho y <= 1) by (rewrite rho_horner; interval with (i_bisect y, i_autodiff y, i_prec 60)). lra.
      * assert (0 <= y <= 3520/10000) by lra.
        assert (rho y <= 11/10) by (rewrite rho_horner; interval with (i_bisect y, i_autodiff y, i_prec 60)). lra.
    + assert (rho5 x <= 12023687/10000000); [|lra]. apply L2c_band; lra.
Qed.

(* S1.L2.a, sharp: the best constant on (0, delta0] is 484.58276134248575..., taken at delta0. *)
Theorem L2a_constant x : 0 < x <= delta0 -> 48458276134248575/10^14 * x <= rho5 x.
Proof.
  intros H. assert (V : starts_low delta0 /\ 48458276134248575/10^14 * delta0 <= rho5 delta0)
    by (unfold starts_low, delta0; orbit (1/50/(6889/2000)^4); lra).
  destruct V as [S V]. assert (A := amplification_decreases x _ H S). nra.
Qed.
Lemma L2a_constant_end : rho5 delta0 < 48458276134248576/10^14 * delta0.
Proof. unfold delta0; orbit (1/50/(6889/2000)^4); lra. Qed.

(* All of it at once. *)
Theorem sharp_constants :
  (forall x, 0 < x <= 359502160392398/10^18 -> 483 * x <= rho5 x) /\
  rho5 (359502160392399/10^18) < 483 * (359502160392399/10^18) /\
  (forall x, 3595022/10^10 <= x <= 3/100 -> rho5 x < 483 * x) /\
  (forall x, 0 < x <= delta0 -> 48458276134248575/10^14 * x <= rho5 x) /\
  rho5 delta0 < 48458276134248576/10^14 * delta0 /\
  (forall x, 61878559225/10^15 <= x -> 3/100 < rho5 x) /\ rho5 (61878559223/10^15) < 3/100 /\
  (forall x, 150512306907/10^14 <= x -> m <= rho5 x) /\ rho5 (150512306905/10^14) < m /\
  (exists x, 3/100 <= x <= 1 /\ rho5 x <= 6818314622/10^10) /\
  (forall x, m <= x <= rho m -> m <= rho x <= rho m) /\ (m <= c2 <= rho m /\ rho c2 = m) /\
  68183146217718/10^14 <= m <= 68183146217719/10^14.
Proof.
  exact (conj L2a_sharp (conj L2a_sharp_end (conj L2a_fails (conj L2a_constant (conj L2a_constant_end (conj L2b_sharp
    (conj L2b_sharp_end (conj L2c_sharp (conj L2c_sharp_end (conj L2c_sharp_constant (conj L2d_sharp (conj L2d_sharp_attained
    m_in)))))))))))).
Qed.
