(* Theorem S and lemma N of docs/errors.md, on which sound limits rest.

   X_{k+1} = p_k(X_k) exactly, x_k >= ||X_k||_2; Y_{k+1} is what a kernel made.  If e_k >= ||Y_k - X_k||_F and s_k >= ||Y_k||_2, then
   Y_{k+1} is within t_k (Frobenius norm) and w_k (2-norm) of p_k(Y_k).  From such e_0 and s_0, with M_k above |p_k| on [-s_k,s_k],
       e_{k+1} = d_k + t_k,   s_{k+1} = min(M_k + w_k, x_{k+1} + e_{k+1})
   keep being such bounds.  d_k bounds how far p_k moves the two apart: L_k e_k where |p_k(u) - p_k(v)| <= L_k |u - v| for |u| <= s_k
   and |v| <= x_k (T2_pairs), or what T2s says at the singular values of X_k.  s_{k+1} may also be any bound of ||Y_{k+1}||_2 that is
   known otherwise: lemma N gives one from the norm of an output.  The norms of images: |p(X)x| <= max |p| |x|.
   Nothing is asked of X_0: started at any Z with e_0 >= ||Y_0 - Z||_F it bounds the distance from the exact image of Z, and the triangle
   inequality that from any other matrix.  Source: ours. *)
From mathcomp Require Import all_ssreflect all_algebra ring complex polyrcf.
From Muoncert Require Import FrobeniusNorm SpectralTheorem OddPolynomialLipschitz CornerLemma PolarCertificate.
From Muoncert Require Import SingularValues PlainDecomposition SpectrumLipschitz.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* b >= ||Z||_2 *)
Definition below (R : rcfType) m n (Z : 'M[R]_(m, n)) (b : R) := forall v : 'cV_n, normF (Z *m v) <= b * normF v.

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

Theorem image_norm b M : below X b -> (forall t, `|t| <= b -> `|(oddp g).[t]| <= M) -> below (oddf g X) M.
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
Theorem norm_before (Y : 'M[R]_(m.+1, n.+1)) N t b a : singular_values X a -> below Y N -> below (Y - oddf g X) t ->
  (forall u, b <= u -> N + t < (oddp g).[u]) -> forall j, a 0 j < b.
Proof.
move=> [_ [V [VV XE]]] HY Ht Hb j; rewrite ltNge; apply/negP => /Hb large.
have := image_through (delta_mx j 0) VV XE; rewrite diag_unit mxE => E.
have unit : normF (V *m (delta_mx j 0 : 'cV[R]_n.+1)) = 1 by rewrite (normF_orth _ VV) unit_vector.
have : `|(oddp g).[a 0 j]| <= N + t.
  rewrite -E -[oddf g X](subKr Y) mulmxBl; apply: le_trans (normF_tri _ _) _; rewrite normFN; apply: ler_add.
    by have := HY (V *m delta_mx j 0); rewrite unit mulr1.
  by have := Ht (V *m delta_mx j 0); rewrite unit mulr1.
by rewrite leNgt (lt_le_trans large) // ler_norm.
Qed.
End Image.

Section Below.
Variable R : rcfType.
Variables m n : nat.
Implicit Types (Y Z : 'M[R]_(m.+1, n.+1)) (b c : R).

Lemma below_ge0 Z b : below Z b -> 0 <= b.
Proof. by move/(_ (delta_mx 0 0)); rewrite unit_vector mulr1; apply: le_trans; rewrite normF_ge0. Qed.
Lemma below_le Z b c : b <= c -> below Z b -> below Z c.
Proof. by move=> bc H v; apply: le_trans (H v) _; rewrite ler_wpmul2r ?normF_ge0. Qed.
Lemma below_near Y Z b c : below Z b -> below (Y - Z) c -> below Y (b + c).
Proof.
move=> HZ HD v; rewrite -[Y](subrK Z) mulmxDl mulrDl addrC.
by apply: le_trans (normF_tri _ _) _; apply: ler_add.
Qed.
Lemma below_frobenius Z c : normF Z <= c -> below Z c.
Proof. by move=> H v; apply: le_trans (normF_mul _ _) _; rewrite ler_wpmul2r ?normF_ge0. Qed.
Lemma below_sqr Z b : below Z b -> forall v : 'cV_n.+1, frob (Z *m v) (Z *m v) <= b ^+ 2 * frob v v.
Proof.
move=> H v; have b0 := below_ge0 H.
by rewrite -!normF_sqr -exprMn ler_pexpn2r ?nnegrE ?mulr_ge0 ?normF_ge0.
Qed.
End Below.

Section Recursion.
Variable R : rcfType.
Variables (m n : nat) (g : nat -> {poly R}) (X Y : nat -> 'M[R]_(m.+1, n.+1)) (d e s t w x M : nat -> R).
Let p k := oddp (g k).
Let near k := normF (Y k - X k) <= e k /\ below (Y k) (s k).
(* d_k from the slopes of p_k, and from the singular values of X_k *)
Let slopes k := exists L, [/\ 0 <= L, d k = L * e k &
  forall u v, `|u| <= s k -> `|v| <= x k -> `|(p k).[u] - (p k).[v]| <= L * `|u - v|].
Let spectrum k := exists mu h b, [/\ 0 <= mu, 0 <= d k, singular_values (X k) b,
  forall u v, `|u| <= s k -> 0 <= v -> ((p k).[u] - (p k).[v]) ^+ 2 <= mu * (u - v) ^+ 2 + h v &
  mu * e k ^+ 2 + (\sum_j h (b 0 j)) + (m.+1%:R - n.+1%:R) / 2%:R * h 0 <= d k ^+ 2].
Hypothesis exact : forall k, X k.+1 = oddf (g k) (X k).
Hypothesis local : forall k, near k -> normF (Y k.+1 - oddf (g k) (Y k)) <= t k.
Hypothesis local_two : forall k, near k -> below (Y k.+1 - oddf (g k) (Y k)) (w k).
Hypothesis start : near 0.
Hypothesis Hx : forall k, below (X k) (x k).
Hypothesis HM : forall k u, `|u| <= s k -> `|(p k).[u]| <= M k.
Hypothesis moved : forall k, slopes k \/ spectrum k.
Hypothesis errors : forall k, e k.+1 = d k + t k.
Hypothesis norms : forall k, Num.min (M k + w k) (x k.+1 + e k.+1) <= s k.+1 \/ below (Y k.+1) (s k.+1).

Lemma moved_apart k : near k -> normF (oddf (g k) (Y k) - oddf (g k) (X k)) <= d k.
Proof.
move=> [He HY]; have s0 := below_ge0 HY; have x0 := below_ge0 (Hx k).
have [[L [L0 -> HL]]|[mu [h [b [mu0 d0 Hb Hh Hd]]]]] := moved k.
  apply: le_trans (T2_pairs s0 x0 L0 (below_sqr HY) (below_sqr (Hx k)) HL) _.
  by rewrite ler_wpmul2l.
apply: normF_sqrt_le; rewrite ?normF_ge0 //; apply: le_trans (T2s s0 (below_sqr HY) Hb Hh) (le_trans _ Hd).
by rewrite !ler_add2r ler_wpmul2l // ler_pexpn2r ?nnegrE ?normF_ge0 // (le_trans _ He) ?normF_ge0.
Qed.

Theorem sound_limit k : normF (Y k - X k) <= e k /\ below (Y k) (s k).
Proof.
elim: k => [|k IH]; first exact: start.
have E : normF (Y k.+1 - X k.+1) <= e k.+1.
  have -> : Y k.+1 - X k.+1 = (oddf (g k) (Y k) - oddf (g k) (X k)) + (Y k.+1 - oddf (g k) (Y k)).
    by rewrite exact [RHS]addrC addrA subrK.
  rewrite errors; apply: le_trans (normF_tri _ _) _.
  by apply: ler_add; [apply: (moved_apart IH)|apply: (local IH)].
split; first exact: E.
have [S|] := norms k; last by [].
have by_image := below_near (image_norm IH.2 (@HM k)) (local_two IH).
have by_error := below_near (Hx k.+1) (below_frobenius E).
apply: (below_le S); rewrite minEle; case: (_ <= _); [exact: by_image|exact: by_error].
Qed.
End Recursion.
