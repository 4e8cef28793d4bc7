(* T1 and T2 over Coq's own real numbers. *)
From Coq Require Import Reals.
From mathcomp Require Import all_ssreflect all_algebra Rstruct.
From Muoncert Require Import FrobeniusNorm PolarResidual OddPolynomialLipschitz CornerLemma PolarCertificate.
Definition T1_R := @T1 R_rcfType.
Definition T2_R := @T2 R_rcfType.
