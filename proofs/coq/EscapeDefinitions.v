(* Claims of spec/claims/dimension_free_escape.claim.  Written by proofs/coq/export: do not edit. *)
From Coq Require Import Reals.
Open Scope R_scope.

Definition a : R := (34445 / 10000).
Definition b : R := - ((47750 / 10000)).
Definition c : R := (20315 / 10000).
Definition rho (x : R) : R := a * x + b * x ^ 3 + c * x ^ 5.
Definition delta0 : R := (2 / 100) / a ^ 4.
Definition rate (t : R) : R := (1 - t ^ 2) / (1 + t ^ 2).
