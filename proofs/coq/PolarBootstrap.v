(* The two-pass certificate that src/truth evaluates, square case, with its clamp.

   Pass 1 uses nu0 >= ||U||_F alone; pass 2 uses nu = min(nu0, 1 + d0) and s = max(0, 1 - d0), d0 being the first answer.
   The smaller of the two bounds ||U - Q||_F, and the existence of the polar factor is a conclusion.  Without the clamp the
   statement is false: n = 1, A = 1, U = 1.3. *)
From mathcomp Require Import all_ssreflect all_algebra ring.
From Muoncert Require Import FrobeniusNorm SpectralTheorem OddPolynomialLipschitz CornerLemma PolarCertificate CholeskyLowerBound.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.
Section Boot.
Variable R : rcfType.
Variables (n : nat) (A U : 'M[R]_n) (h nu0 rho : R).
Hypothesis hp : 0 < h.
Hypothesis nup : 0 < nu0.
Hypothesis HB : forall x : 'cV_n, h * frob x x <= frob x (A^T *m U *m x).
Hypothesis HR : normF (A - U *m A^T *m U) <= rho.
Hypothesis HU : normF U <= nu0.
Let c1 := h / nu0 - nu0 * rho.
Hypothesis pass1 : 0 < c1.
Let d0 := rho / c1.
Let nu := Num.min nu0 (1 + d0).
Let s := Num.max 0 (1 - d0).
Let c2 := h / nu + (h * s ^+ 2 - nu * rho).

Lemma p1 (Q P : 'M[R]_n) : Q^T *m Q = 1%:M -> psd P -> A = Q *m P -> normF (U - Q) <= d0.
Proof.
move=> QQ Pp AQP.
have HU' : forall x : 'cV_n, normF (U *m x) <= nu0 * normF x.
  move=> x; apply: le_trans (normF_mul _ _) _; by rewrite ler_wpmul2r ?normF_ge0.
have z : forall x : 'cV_n, 0 * normF x <= normF (U^T *m x) by move=> x; rewrite mul0r normF_ge0.
have := @T1' R n n A U h nu0 rho 0 hp nup (lexx _) HB HR HU' z.
by rewrite expr0n mulr0 sub0r => /(_ pass1)[_ /(_ Q P QQ Pp AQP)].
Qed.

(* the certificate with the clamped second pass; full rank and existence of polar(A) are conclusions *)
Theorem boot : 0 < c2 ->
  (exists Q P : 'M[R]_n, [/\ Q^T *m Q = 1%:M, psd P & A = Q *m P]) /\
  (forall Q P : 'M[R]_n, Q^T *m Q = 1%:M -> psd P -> A = Q *m P ->
     normF (U - Q) <= Num.min d0 (rho / c2)).
Proof.
move=> c2p.
have HU' : forall x : 'cV_n, normF (U *m x) <= nu0 * normF x.
  move=> x; apply: le_trans (normF_mul _ _) _; by rewrite ler_wpmul2r ?normF_ge0.
have ex : exists Q P : 'M[R]_n, [/\ Q^T *m Q = 1%:M, psd P & A = Q *m P].
  apply: (@polar_exists R n n A (h / nu0)); first by rewrite divr_gt0.
  exact: (@sigma_lb R n n A U h nu0 nup HB HU').
split=> // Q P QQ Pp AQP; have H1 := p1 QQ Pp AQP.
rewrite le_minr H1 /=.
have d0p : 0 <= d0 by apply: le_trans (normF_ge0 _) H1.
have nup' : 0 < nu by rewrite /nu lt_minr nup ltr_spaddl ?ltr01.
have s0 : 0 <= s by rewrite /s le_maxr lexx.
have HU2 : forall x : 'cV_n, normF (U *m x) <= nu * normF x.
  by move=> x; rewrite /nu minEle; case: ifP => _; [exact: HU'|exact: boot_nu QQ H1 x].
have HS : forall x : 'cV_n, s * normF x <= normF (U^T *m x) by move=> x; exact: boot_s QQ H1 x.
by have [_ /(_ Q P QQ Pp AQP)] := @T1' R n n A U h nu rho s hp nup' s0 HB HR HU2 HS c2p.
Qed.
End Boot.
