(* Claims of spec/claims/dimension_free_escape.claim.  Written by proofs/coq/export: do not edit. *)
From Coq Require Import Reals.
From Muoncert Require Import EscapeDefinitions EscapeTactics.
Open Scope R_scope.

(* ours, S1.0 *)
Theorem map_constants : a ^ 4 = (1407682645086900625 / 10000000000000000) /\ a ^ 5 = (48487628710018292028125 / 100000000000000000000) /\ (rho ((6 / 10))) = (119326944 / 100000000) /\ (142077477972780 / 1000000000000000000) <= (delta0) <= (142077477972781 / 1000000000000000000) /\ (957068 / 1000000) <= ((rho ((1205 / 1000)))) <= (957069 / 1000000).
Proof. prove_map_constants. Qed.

(* ours, S1.0: b^2 - 4ac < 0, so that rho > 0 on the positive axis *)
Theorem map_positive : forall x : R, 0 < x <= 2 -> (rho (x)) > 0 /\ b ^ 2 - 4 * a * c < 0.
Proof. prove_map_positive. Qed.

(* ours, S1.0, trap: the local maximum is above 1.2 *)
Theorem map_bounded_by_1_2 : ~ (forall x : R, 0 <= x <= (12 / 10) -> (rho (x)) <= (12 / 10)).
Proof. prove_map_bounded_by_1_2. Qed.

(* S1.L2.a: Lemma 2, case 1, on (0, delta0] *)
Theorem lemma2_amplification : forall x : R, 0 < x <= delta0 -> (rho (rho (rho (rho (rho x))))) >= 483 * x.
Proof. prove_lemma2_amplification. Qed.

(* S1.L2.a: Lemma 2, case 1, with the interval as printed *)
Theorem lemma2_amplification_as_printed : ~ (forall x : R, 0 < x <= (2 / 100) -> (rho (rho (rho (rho (rho x))))) >= 483 * x).
Proof. prove_lemma2_amplification_as_printed. Qed.

(* ours, S1.L2.a-sharp, trap: 485 exceeds the slope at 0 *)
Theorem lemma2_amplification_constant_485 : ~ (forall x : R, 0 < x <= delta0 -> (rho (rho (rho (rho (rho x))))) >= 485 * x).
Proof. prove_lemma2_amplification_constant_485. Qed.

(* S1.L2.b: Lemma 2, case 2 *)
Theorem lemma2_growth : forall x : R, (1 / 10000) <= x <= (6 / 10) -> (rho (rho (rho (rho (rho x))))) > (3 / 100).
Proof. prove_lemma2_growth. Qed.

(* ours, S1.L2.b, trap: not from 6.1e-5 on *)
Theorem lemma2_growth_from_6e_5 : ~ (forall x : R, (61 / 1000000) <= x <= (6 / 10) -> (rho (rho (rho (rho (rho x))))) > (3 / 100)).
Proof. prove_lemma2_growth_from_6e_5. Qed.

(* S1.L2.c, read as a statement on the single start 0.03 *)
Theorem lemma2_escape_from_start : (rho (rho (rho (rho (rho (3 / 100)))))) >= (681 / 1000).
Proof. prove_lemma2_escape_from_start. Qed.

(* S1.L2.c, read as a statement on all of [0.03, 1] *)
Theorem lemma2_escape_from_all : forall x : R, (3 / 100) <= x <= 1 -> (rho (rho (rho (rho (rho x))))) >= (681 / 1000).
Proof. prove_lemma2_escape_from_all. Qed.

(* ours, S1.L2.c, trap: 0.682 is too much for all of [0.03, 1] *)
Theorem lemma2_escape_constant_0_682 : ~ (forall x : R, (3 / 100) <= x <= 1 -> (rho (rho (rho (rho (rho x))))) >= (682 / 1000)).
Proof. prove_lemma2_escape_constant_0_682. Qed.

(* ours, S1.L2.c-sharp, trap: not from 1.5e-3 on *)
Theorem lemma2_escape_below_tau : ~ (forall x : R, (15 / 10000) <= x <= 1 -> (rho (rho (rho (rho (rho x))))) >= (681831462177 / 1000000000000)).
Proof. prove_lemma2_escape_below_tau. Qed.

(* S1.L2.d: Lemma 2, forward invariance of [0.6, 1.205] *)
Theorem lemma2_invariance : forall x : R, (6 / 10) <= x <= (1205 / 1000) -> (6 / 10) <= ((rho (x))) <= (1205 / 1000).
Proof. prove_lemma2_invariance. Qed.

(* ours, S1.L2.d, trap: [0.7, 1.205] is not invariant *)
Theorem lemma2_invariance_smaller : ~ (forall x : R, (7 / 10) <= x <= (1205 / 1000) -> (7 / 10) <= ((rho (x))) <= (1205 / 1000)).
Proof. prove_lemma2_invariance_smaller. Qed.

(* ours, S1.L2.d-sharp, trap: and small singular values stay below it *)
Theorem lemma2_docstring_from_zero : ~ (forall x : R, 0 < x <= 1 -> (5 / 10) <= ((rho (rho (rho (rho (rho x)))))) <= (15 / 10)).
Proof. prove_lemma2_docstring_from_zero. Qed.
