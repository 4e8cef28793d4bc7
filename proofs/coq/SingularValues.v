(* T3 for every singular value: what an approximate decomposition AV = W diag(S) + F says of sigma_i(A).

   S sorted and nonnegative, w1|y| <= |Wy| <= w2|y| and v1|y| <= |Vy| <= v2|y| (from ||I - W'W|| and ||I - V'V||), f >= ||F||_F:
       (S_i w1 - f) / v2 <= sigma_i(A) <= (S_i w2 + f) / v1.
   Proof: by dimension, the columns 1..i of V and the singular vectors i..n of A have a vector in common, and vice versa (Courant,
   Fischer).  singular_values says what the singular values of a matrix are; every matrix has them.  Source: Rump's form, ours. *)
From mathcomp Require Import all_ssreflect all_algebra ring perm.
From Muoncert Require Import FrobeniusNorm SpectralTheorem OddPolynomialLipschitz CornerLemma PolarCertificate.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Values.
Variable R : rcfType.

(* the columns 0..i of V and the columns i.. of W have a vector in common, for all invertible V and W *)
Lemma common_vector n (V W : 'M[R]_n) (i : 'I_n) : V \in unitmx -> W \in unitmx ->
  exists (p q : 'cV[R]_n), [/\ forall j : 'I_n, (i < j)%nat -> p j 0 = 0,
    forall j : 'I_n, (j < i)%nat -> q j 0 = 0, V *m p = W *m q & V *m p != 0].
Proof.
move=> Vu Wu; pose A : 'M[R]_n := pid_mx i.+1 *m V^T; pose B : 'M[R]_n := copid_mx i *m W^T.
have rA : \rank A = i.+1.
  by rewrite mxrankMfree ?row_free_unit ?unitmx_tr // rank_pid_mx // ltn_ord.
have rB : \rank B = (n - i)%nat.
  by rewrite mxrankMfree ?row_free_unit ?unitmx_tr // rank_copid_mx // ltnW.
have cap : (A :&: B)%MS != 0.
  rewrite -mxrank_eq0 -lt0n; have := mxrank_sum_cap A B; rewrite rA rB => E.
  have sum := rank_leq_col (A + B)%MS.
  rewrite -(ltn_add2l (\rank (A + B)%MS)) addn0 E addSn subnKC ?(ltnW (ltn_ord i)) //.
have /rowV0Pn[u uAB u0] := cap.
have /andP[/submxP[p pE] /submxP[q qE]] : ((u <= A)%MS && (u <= B)%MS) by rewrite -sub_capmx.
exists (pid_mx i.+1 *m p^T), (copid_mx i *m q^T).
have cT : (copid_mx i : 'M[R]_n)^T = copid_mx i by rewrite /copid_mx linearB /= trmx1 tr_pid_mx.
have vp : V *m (pid_mx i.+1 *m p^T) = u^T by rewrite pE /A !trmx_mul tr_pid_mx trmxK mulmxA.
have wq : W *m (copid_mx i *m q^T) = u^T by rewrite qE /B !trmx_mul cT trmxK mulmxA.
split; rewrite ?vp ?wq ?trmx_eq0 // => j ij; rewrite mxE big1 // => k _; rewrite !mxE.
- by rewrite ltnS leqNgt ij andbF mul0r.
- by rewrite ij andbT subrr mul0r.
Qed.

(* the norm of diag(s) x, where s is bounded on the support of x *)
Lemma diag_lower n (s : 'rV[R]_n) c (x : 'cV[R]_n) : 0 <= c -> (forall j, x j 0 != 0 -> c <= s 0 j) ->
  c * normF x <= normF (diag_mx s *m x).
Proof.
move=> c0 H; apply: normF_sqrt_le; rewrite ?mulr_ge0 ?normF_ge0 // exprMn !normF_sqr !frobE !big_ord1 mulr_sumr.
apply: ler_sum => j _; rewrite mul_diag_mx !mxE -!expr2 exprMn.
have [->|xj] := eqVneq (x j 0) 0; first by rewrite expr0n !mulr0.
rewrite ler_wpmul2r ?sqr_ge0 // ler_pexpn2r ?nnegrE ?H //; exact: le_trans (H _ xj).
Qed.
Lemma diag_upper n (s : 'rV[R]_n) c (x : 'cV[R]_n) : 0 <= c -> (forall j, x j 0 != 0 -> 0 <= s 0 j <= c) ->
  normF (diag_mx s *m x) <= c * normF x.
Proof.
move=> c0 H; apply: normF_le => //; rewrite !frobE !big_ord1 mulr_sumr.
apply: ler_sum => j _; rewrite mul_diag_mx !mxE -!expr2 exprMn.
have [->|xj] := eqVneq (x j 0) 0; first by rewrite expr0n !mulr0.
by have /andP[s0 sc] := H j xj; rewrite ler_wpmul2r ?sqr_ge0 // ler_pexpn2r ?nnegrE.
Qed.

Definition sorted_row n (s : 'rV[R]_n) := (forall j, 0 <= s 0 j) /\ forall i j : 'I_n, (i <= j)%nat -> s 0 j <= s 0 i.

(* a holds the singular values of A, the largest first *)
Definition singular_values m n (A : 'M[R]_(m, n)) (a : 'rV[R]_n) := sorted_row a /\
  exists V : 'M[R]_n, V^T *m V = 1%:M /\ A^T *m A = V *m diag_mx (map_mx (fun t => t ^+ 2) a) *m V^T.

Lemma norm_through m n (A : 'M[R]_(m, n)) (a : 'rV[R]_n) (V : 'M[R]_n) (x : 'cV[R]_n) : V^T *m V = 1%:M ->
  A^T *m A = V *m diag_mx (map_mx (fun t => t ^+ 2) a) *m V^T -> normF (A *m (V *m x)) = normF (diag_mx a *m x).
Proof.
move=> VV AE; rewrite /normF frob_adj mulmxA AE -!mulmxA (mulmxA V^T) VV mul1mx frobC frob_adj mulmxA VV mul1mx.
congr (Num.sqrt _); rewrite frobC !frobE !big_ord1; apply: eq_bigr => j _.
by rewrite !mul_diag_mx !mxE expr2 [RHS]mulrACA -!mulrA.
Qed.

(* T3 for all singular values: S sorted, w1|y| <= |Wy| <= w2|y|, v1|y| <= |Vy| <= v2|y|, f >= ||AV - W diag(S)||_F *)
Theorem T3 m n (A W : 'M[R]_(m, n)) (V : 'M[R]_n) (S a : 'rV[R]_n) (f w1 w2 v1 v2 : R) :
  singular_values A a -> sorted_row S -> normF (A *m V - W *m diag_mx S) <= f ->
  (forall y : 'cV_n, w1 * normF y <= normF (W *m y) <= w2 * normF y) ->
  (forall y : 'cV_n, v1 * normF y <= normF (V *m y) <= v2 * normF y) ->
  0 < v1 -> 0 < v2 -> 0 <= w1 -> 0 <= w2 ->
  forall i, (S 0 i * w1 - f) / v2 <= a 0 i <= (S 0 i * w2 + f) / v1.
Proof.
move=> [[a0 ai] [Z [ZZ AE]]] [S0 Si] HF HW HV v1p v2p w10 w20 i.
have Vu : V \in unitmx.
  rewrite -unitmx_tr -row_free_unit; apply: inj_row_free => u Hu.
  have /andP[+ _] := HV u^T; rewrite -[V]trmxK -trmx_mul Hu trmx0.
  have -> : normF (0 : 'cV[R]_n) = 0 by rewrite /normF /frob mulmx0 raddf0 sqrtr0.
  rewrite pmulr_rle0 // normF_tr => H; apply: normF0; apply/eqP; rewrite eq_le H normF_ge0 //.
have [Zu _] := orth_inv ZZ.
have split_up (y : 'cV[R]_n) : A *m (V *m y) = W *m (diag_mx S *m y) + (A *m V - W *m diag_mx S) *m y.
  by rewrite mulmxBl !mulmxA addrC subrK.
have split_down (y : 'cV[R]_n) : W *m (diag_mx S *m y) = A *m (V *m y) + - ((A *m V - W *m diag_mx S) *m y).
  by rewrite mulmxBl !mulmxA opprB addrC subrK.
have rest (y : 'cV[R]_n) : normF ((A *m V - W *m diag_mx S) *m y) <= f * normF y.
  by apply: le_trans (normF_mul _ _) _; rewrite ler_wpmul2r ?normF_ge0.
have positive (M : 'M[R]_n) (y : 'cV[R]_n) : M *m y != 0 -> 0 < normF y.
  move=> My; rewrite lt_neqAle eq_sym normF_ge0 andbT; apply: contra My => /eqP/normF0 ->.
  by rewrite mulmx0.
apply/andP; split.
- have [p [q [pi qi E Vp]]] := common_vector i Vu Zu.
  have pp := positive _ _ Vp; rewrite ler_pdivr_mulr // -(ler_pmul2r pp).
  have below : normF (A *m (V *m p)) <= a 0 i * (v2 * normF p).
    rewrite E (norm_through _ ZZ AE); apply: le_trans (diag_upper (a0 i) _) _ => [j|].
      by move=> qj; rewrite a0 ai // leqNgt; apply: contra qj => /qi ->.
    rewrite ler_wpmul2l //; have /andP[_] := HV p; rewrite E; apply: le_trans.
    by rewrite normF_orth.
  have above : S 0 i * normF p <= normF (diag_mx S *m p).
    apply: diag_lower => // j pj; apply: Si; rewrite leqNgt; apply: contra pj => /pi -> //.
  have /andP[Wp _] := HW (diag_mx S *m p).
  have := le_trans (ler_wpmul2l w10 above) Wp; rewrite split_down => H.
  have := le_trans H (normF_tri _ _).
  rewrite (_ : normF (- _) = normF ((A *m V - W *m diag_mx S) *m p)); last by rewrite /normF frobNl frobNr opprK.
  move=> {}H; have {}H := le_trans H (ler_add below (rest p)).
  rewrite mulrBl ler_subl_addr mulrAC (mulrC (S 0 i * _)) (le_trans H) //.
  by rewrite mulrA.
- have [p [q [pi qi E Zp]]] := common_vector i Zu Vu.
  have qp : 0 < normF q by apply: (positive V); rewrite -E.
  rewrite ler_pdivl_mulr // -(ler_pmul2r qp).
  have above : a 0 i * (v1 * normF q) <= normF (A *m (V *m q)).
    rewrite -E (norm_through _ ZZ AE); apply: le_trans (diag_lower (a0 i) _); last first.
      by move=> j pj; apply: ai; rewrite leqNgt; apply: contra pj => /pi ->.
    rewrite ler_wpmul2l // -(normF_orth p ZZ) E; by have /andP[] := HV q.
  have below : normF (diag_mx S *m q) <= S 0 i * normF q.
    by apply: diag_upper => // j qj; rewrite S0 Si // leqNgt; apply: contra qj => /qi ->.
  have /andP[_ Wq] := HW (diag_mx S *m q).
  have := le_trans Wq (ler_wpmul2l w20 below) => H.
  move: above; rewrite split_up => K; have {}K := le_trans K (normF_tri _ _).
  have {}K := le_trans K (ler_add H (rest q)).
  by rewrite mulrDl -mulrA (le_trans K) // mulrCA mulrA lexx.
Qed.

Lemma psd_square m n (A : 'M[R]_(m, n)) : psd (A^T *m A).
Proof.
split=> [|x]; first by rewrite trmx_mul trmxK.
by rewrite -mulmxA frob_adj trmxK frob_ge0.
Qed.

Theorem singular_values_exist m n (A : 'M[R]_(m, n)) : exists a, singular_values A a.
Proof.
have [V [d [VV AE d0]]] := psd_spec (psd_square A).
pose geR := fun x y : R => y <= x.
have tr : transitive geR by move=> y x z yx zy; apply: le_trans yx.
pose t := [tuple d 0 j | j < n].
have /tuple_permP[s sE] : perm_eq (sort_tuple geR t) t by rewrite perm_sort.
have dn (j : 'I_n) : nth 0 (sort geR t) j = d 0 (s j).
  have -> : sort geR t = sort_tuple geR t :> seq R by [].
  by rewrite sE -tnth_nth !tnth_mktuple.
have dec (i j : 'I_n) : (i <= j)%nat -> d 0 (s j) <= d 0 (s i).
  move=> ij; rewrite -!dn; apply: (@sorted_leq_nth _ geR) => //; first by move=> x; apply: lexx.
  - by apply: sort_sorted => x y; apply: le_total.
  - by rewrite inE size_sort size_tuple.
  - by rewrite inE size_sort size_tuple.
exists (\row_j Num.sqrt (d 0 (s j))); split.
  split=> [j|i j ij]; rewrite !mxE ?sqrtr_ge0 //; exact/ler_wsqrtr/dec.
exists (\matrix_(i, j) V i (s j)); split.
  apply/matrixP => i j; have /matrixP/(_ (s i) (s j)) := VV; rewrite !mxE (inj_eq perm_inj) => <-.
  by apply: eq_bigr => k _; rewrite !mxE.
rewrite AE; apply/matrixP => i j; rewrite !mxE (reindex_inj (@perm_inj _ s)) /=; apply: eq_bigr => k _.
by rewrite !mul_mx_diag !mxE sqr_sqrtr.
Qed.
End Values.
