(* Theorem S and lemma N of docs/errors.md, on which sound limits rest.

   X_{k+1} = p_k(X_k) exactly; Y_{k+1} is what a kernel made, within t_k of p_k(Y_k).  From e_0 >= ||Y_0 - X_0||_F and s_0 above both
   2-norms, with M_k above |p_k| and L_k above |p_k'| on [-s_k,s_k] and x_k >= ||X_k||_2, the recursion
       e_{k+1} = L_k e_k + t_k,   s_{k+1} = min(M_k + t_k, x_{k+1} + e_{k+1})
   keeps ||Y_k - X_k||_F <= e_k and s_k above both 2-norms.  Lemma N: what the norm of an output says of the singular values before it.
   Both from the norm of the image, |p(X)x| <= max |p| |x|.  Source: ours. *)
From mathcomp Require Import all_ssreflect all_algebra ring complex polyrcf.
From Muoncert Require Import FrobeniusNorm SpectralTheorem OddPolynomialLipschitz CornerLemma PolarCertificate NewtonSchulzError.
From Muoncert Require Import SingularValues PlainDecomposition.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Image.
Variable R : rcfType.
Variables (m n : nat) (X : 'M[R]_(m.+1, n.+1)) (g : {poly R}).

(* on the right singular vectors V of X the image acts as diag(p(a)) *)
Lemma image_through (a : 'rV[R]_n.+1) (V : 'M[R]_n.+1) (y : 'cV[R]_n.+1) : V^T *m V = 1%:M ->
  X^T *m X = V *m diag_mx (map_mx (fun t => t ^+ 2) a) *m V^T ->
  normF (oddf g X *m (V *m y)) = normF (diag_mx (map_mx (horner (oddp g)) a) *m y).
Proof.
move=> VV XE; rewrite /oddf (horner_spec g VV XE) -!mulmxA (mulmxA V^T) VV mul1mx (norm_through _ VV XE).
rewrite mulmxA mulmx_diag; set r := \row_j _; suff -> : r = map_mx (horner (oddp g)) a by [].
by apply/rowP => j; rewrite !mxE /oddp hornerM hornerX horner_comp hornerXn.
Qed.

Lemma unit_vector (j : 'I_n.+1) : normF (delta_mx j 0 : 'cV[R]_n.+1) = 1.
Proof.
rewrite /normF frobE big_ord1 (bigD1 j) //= big1 ?addr0 => [|i ij]; first by rewrite mxE !eqxx mulr1 sqrtr1.
by rewrite mxE (negPf ij) mul0r.
Qed.
Lemma diag_unit (d : 'rV[R]_n.+1) (j : 'I_n.+1) : normF (diag_mx d *m (delta_mx j 0 : 'cV[R]_n.+1)) = `|d 0 j|.
Proof.
have -> : diag_mx d *m delta_mx j 0 = d 0 j *: (delta_mx j 0 : 'cV[R]_n.+1).
  apply/matrixP => i k; rewrite mul_diag_mx !mxE; case: eqP => [->|]; rewrite //= !mulr0 //.
by rewrite /normF frobZl frobZr mulrA -expr2 sqrtrM ?sqr_ge0 // sqrtr_sqr -/(normF _) unit_vector mulr1.
Qed.

Theorem image_norm b M : (forall x : 'cV_n.+1, normF (X *m x) <= b * normF x) ->
  (forall t, `|t| <= b -> `|(oddp g).[t]| <= M) -> forall x : 'cV_n.+1, normF (oddf g X *m x) <= M * normF x.
Proof.
move=> HX HM x; have [a [[a0 _] [V [VV XE]]]] := singular_values_exist X.
have ab j : `|a 0 j| <= b.
  have := HX (V *m delta_mx j 0); rewrite (norm_through _ VV XE) (normF_orth _ VV) unit_vector mulr1.
  by rewrite diag_unit.
have M0 : 0 <= M by apply: le_trans (HM _ (ab 0)); rewrite normr_ge0.
have -> : x = V *m (V^T *m x) by rewrite mulmxA (orthC VV) mul1mx.
rewrite (image_through _ VV XE) (normF_orth _ VV) -normF_tr trmx_mul tr_diag_mx -[normF (V^T *m x)]normF_tr.
by apply: normF_diag_r => // j; rewrite mxE HM.
Qed.

(* Lemma N *)
Theorem norm_before (Y : 'M[R]_(m.+1, n.+1)) N t b a : singular_values X a ->
  (forall x : 'cV_n.+1, normF (Y *m x) <= N * normF x) -> normF (Y - oddf g X) <= t ->
  (forall u, b <= u -> N + t < (oddp g).[u]) -> forall j, a 0 j < b.
Proof.
move=> [_ [V [VV XE]]] HY Ht Hb j; rewrite ltNge; apply/negP => /Hb large.
have := image_through (delta_mx j 0) VV XE; rewrite diag_unit mxE => E.
have unit : normF (V *m (delta_mx j 0 : 'cV[R]_n.+1)) = 1 by rewrite (normF_orth _ VV) unit_vector.
have : `|(oddp g).[a 0 j]| <= N + t.
  rewrite -E -[oddf g X](subKr Y) mulmxBl; apply: le_trans (normF_tri _ _) _; rewrite normFN; apply: ler_add.
    by have := HY (V *m delta_mx j 0); rewrite unit mulr1.
  by apply: le_trans (normF_mul _ _) _; rewrite unit mulr1.
by rewrite leNgt (lt_le_trans large) // ler_norm.
Qed.
End Image.

Section Recursion.
Variable R : rcfType.
Variables (m n : nat) (g : nat -> {poly R}) (X Y : nat -> 'M[R]_(m.+1, n.+1)) (e s t x L M : nat -> R).
Let below (Z : 'M[R]_(m.+1, n.+1)) b := forall v : 'cV_n.+1, normF (Z *m v) <= b * normF v.
Hypothesis exact : forall k, X k.+1 = oddf (g k) (X k).
Hypothesis local : forall k, normF (Y k.+1 - oddf (g k) (Y k)) <= t k.
Hypothesis start : normF (Y 0%N - X 0%N) <= e 0%N.
Hypothesis start_norms : [/\ 0 <= s 0%N, below (X 0%N) (s 0%N) & below (Y 0%N) (s 0%N)].
Hypothesis errors : forall k, e k.+1 = L k * e k + t k.
Hypothesis norms : forall k, s k.+1 = Num.min (M k + t k) (x k.+1 + e k.+1).
Hypothesis x0 : forall k, 0 <= x k.
Hypothesis Hx : forall k, below (X k) (x k).
Hypothesis HM : forall k u, `|u| <= s k -> `|(oddp (g k)).[u]| <= M k.
Hypothesis HL : forall k u, `|u| <= s k -> `|(oddp (g k))^`().[u]| <= L k.

Theorem sound_limit k : [/\ normF (Y k - X k) <= e k, 0 <= s k, below (X k) (s k) & below (Y k) (s k)].
Proof.
elim: k => [|k [IH s0 HX HY]]; first by case: start_norms.
have M0 : 0 <= M k by have := @HM k 0; rewrite normr0 => /(_ s0); apply: le_trans.
have L0 : 0 <= L k by have := @HL k 0; rewrite normr0 => /(_ s0); apply: le_trans.
have t0 : 0 <= t k := le_trans (normF_ge0 _) (local k).
have E := ns_error_step exact local errors s0 L0 HX HY (@HL k) IH.
have e0 := le_trans (normF_ge0 _) E.
have grow (Z : 'M[R]_(m.+1, n.+1)) b c : b <= c -> below Z b -> below Z c.
  by move=> bc H v; apply: le_trans (H v) _; rewrite ler_wpmul2r ?normF_ge0.
have add (Z D : 'M[R]_(m.+1, n.+1)) b c : below Z b -> normF D <= c -> below (Z + D) (b + c).
  move=> H HD v; rewrite mulmxDl mulrDl; apply: le_trans (normF_tri _ _) _; apply: ler_add; first exact: H.
  by apply: le_trans (normF_mul _ _) _; rewrite ler_wpmul2r ?normF_ge0.
rewrite norms; split=> //.
- by rewrite le_minr !addr_ge0 ?x0.
- move=> v; have [_|_] := leP (M k + t k) (x k.+1 + e k.+1).
    by apply: (grow _ (M k)); rewrite ?ler_addl // exact; apply: image_norm HX (@HM k).
  by apply: (grow _ (x k.+1)); rewrite ?ler_addl.
- move=> v; have [_|_] := leP (M k + t k) (x k.+1 + e k.+1).
    have := add _ _ _ _ (image_norm HY (@HM k)) (local k) v; by rewrite addrC subrK.
  have := add _ _ _ _ (Hx k.+1) E v; by rewrite addrC subrK.
Qed.
End Recursion.
