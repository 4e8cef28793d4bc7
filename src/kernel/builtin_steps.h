/* Built-in kernels, written once for float and for double: builtin.c includes this with REAL, NAMED, REF (the
 * reference's prefix), REF_ENUM
 * (that of its constants) and BLAS (that of OpenBLAS) defined.
 *
 * Iterates are r by c, r <= c, contiguous; A, B, P, Q are r by r. */

typedef struct {
  size_t r, c;
  REAL *x, *y, *a, *b; /* r by c twice, r by r twice */
  REAL *p, *q;         /* r by r, for the Gram form */
} NAMED(room);

static bool NAMED(room_init)(NAMED(room) * w, size_t m, size_t n) {
  size_t r = m < n ? m : n, c = m < n ? n : m;
  REAL *all = mc_alloc(2 * r * c + 4 * r * r, sizeof *all);
  *w = (NAMED(room)){.r = r, .c = c, .x = all};
  if (!all)
    return false;
  w->y = all + r * c;
  w->a = w->y + r * c;
  w->b = w->a + r * r;
  w->p = w->b + r * r;
  w->q = w->p + r * r;
  return true;
}

static void NAMED(gemm)(REAL *out, REAL beta, REAL alpha, const REAL *left, const REAL *right, size_t rows,
                        size_t columns, size_t terms, bool transposed) {
  BLAS(gemm)
  (CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, (int)rows, (int)columns, (int)terms, alpha,
   left, (int)terms, right, (int)(transposed ? terms : columns), beta, out, (int)columns);
}

/* out := beta out + alpha left left^T, both triangles; out is symmetric. */
static void NAMED(symmetric_product)(REAL *out, REAL beta, REAL alpha, const REAL *left, size_t rows, size_t terms) {
  enum { TILE = 32 }; /* mirrored tile by tile: both triangles are then read and written along cache lines */
  BLAS(syrk)
  (CblasRowMajor, CblasLower, CblasNoTrans, (int)rows, (int)terms, alpha, left, (int)terms, beta, out, (int)rows);
  for (size_t i0 = 0; i0 < rows; i0 += TILE)
    for (size_t j0 = 0; j0 <= i0; j0 += TILE)
      for (size_t i = i0; i < rows && i < i0 + TILE; i++)
        for (size_t j = j0; j < i && j < j0 + TILE; j++)
          out[j * rows + i] = out[i * rows + j];
}

/* w->x := X_0, transposed where m > n. */
static void NAMED(load)(NAMED(room) * w, const muoncert_orthogonalise *call, size_t k) {
  const muoncert_problem *p = &call->problem;
  const REAL *g = (const REAL *)call->g.data + k * call->g.batch_stride;
  for (size_t i = 0; i < p->m; i++)
    for (size_t j = 0; j < p->n; j++)
      w->x[p->m > p->n ? j * p->m + i : i * p->n + j] = g[i * call->g.row_stride + j];
  if (p->normalisation == MUONCERT_NORM_NONE)
    return;
  REAL divisor = (REAL)p->safety * BLAS(nrm2)((int)(w->r * w->c), w->x, 1), eps = (REAL)p->eps;
  divisor = p->normalisation == MUONCERT_NORM_ADD ? divisor + eps : divisor < eps ? eps : divisor;
  for (size_t i = 0; i < w->r * w->c; i++)
    w->x[i] /= divisor;
}

static void NAMED(store)(const muoncert_orthogonalise *call, size_t k, const NAMED(room) * w) {
  const muoncert_problem *p = &call->problem;
  REAL *x = (REAL *)call->x.data + k * call->x.batch_stride;
  for (size_t i = 0; i < p->m; i++)
    for (size_t j = 0; j < p->n; j++)
      x[i * call->x.row_stride + j] = w->x[p->m > p->n ? j * p->m + i : i * p->n + j];
}

static void NAMED(advance)(NAMED(room) * w) {
  REAL *next = w->y;
  w->y = w->x;
  w->x = next;
}

/* A = X X^T, B = b A + c A A, X := a X + B X: three products. */
static void NAMED(step_plain)(NAMED(room) * w, const muoncert_coefficients *k) {
  size_t r = w->r, c = w->c;
  NAMED(gemm)(w->a, 0, 1, w->x, w->x, r, r, c, true);
  memcpy(w->b, w->a, r * r * sizeof *w->b);
  NAMED(gemm)(w->b, (REAL)k->b, (REAL)k->c, w->a, w->a, r, r, r, false);
  memcpy(w->y, w->x, r * c * sizeof *w->y);
  NAMED(gemm)(w->y, (REAL)k->a, 1, w->b, w->x, r, c, r, false);
  NAMED(advance)(w);
}

/* The same with A and A A computed in one triangle: A is symmetric, so A A = A A^T. */
static void NAMED(step_symmetric)(NAMED(room) * w, const muoncert_coefficients *k) {
  size_t r = w->r, c = w->c;
  NAMED(symmetric_product)(w->a, 0, 1, w->x, r, c);
  memcpy(w->b, w->a, r * r * sizeof *w->b);
  NAMED(symmetric_product)(w->b, (REAL)k->b, (REAL)k->c, w->a, r, r);
  memcpy(w->y, w->x, r * c * sizeof *w->y);
  NAMED(gemm)(w->y, (REAL)k->a, 1, w->b, w->x, r, c, r, false);
  NAMED(advance)(w);
}

static void NAMED(iterate_plain)(NAMED(room) * w, const muoncert_problem *p) {
  for (size_t k = 0; k < p->steps; k++)
    NAMED(step_plain)(w, &p->schedule[k]);
}

static void NAMED(iterate_symmetric)(NAMED(room) * w, const muoncert_problem *p) {
  for (size_t k = 0; k < p->steps; k++)
    NAMED(step_symmetric)(w, &p->schedule[k]);
}

/* The Gram form: X_k = Q_k X_0 with polynomials Q_k of R_0 = X_0 X_0^T, so only r by r matrices are iterated:
 * P = a I + b R + c R R, Q := P Q, R := P R P, which is R P P since all of them commute.
 * Dao-AILab/gram-newton-schulz. */
static void NAMED(iterate_gram)(NAMED(room) * w, const muoncert_problem *problem) {
  size_t r = w->r, square = r * r;
  REAL *gram = w->a, *other = w->b;
  NAMED(symmetric_product)(gram, 0, 1, w->x, r, w->c);
  for (size_t k = 0; k < problem->steps; k++) {
    const muoncert_coefficients *s = &problem->schedule[k];
    memcpy(w->p, gram, square * sizeof *w->p);
    NAMED(symmetric_product)(w->p, (REAL)s->b, (REAL)s->c, gram, r, r);
    for (size_t i = 0; i < r; i++)
      w->p[i * r + i] += (REAL)s->a;
    if (k == 0) {
      memcpy(w->q, w->p, square * sizeof *w->q);
    } else {
      NAMED(gemm)(other, 0, 1, w->p, w->q, r, r, r, false);
      memcpy(w->q, other, square * sizeof *w->q);
    }
    if (k + 1 == problem->steps)
      break;
    NAMED(symmetric_product)(other, 0, 1, w->p, r, r);
    NAMED(gemm)(w->p, 0, 1, gram, other, r, r, r, false);
    memcpy(gram, w->p, square * sizeof *gram);
  }
  if (problem->steps > 0) {
    NAMED(gemm)(w->y, 0, 1, w->q, w->x, r, w->c, r, false);
    NAMED(advance)(w);
  }
}

static int NAMED(run)(const muoncert_orthogonalise *call,
                      void (*iterate)(NAMED(room) * w, const muoncert_problem *problem)) {
  NAMED(room) w;
  if (!NAMED(room_init)(&w, call->problem.m, call->problem.n))
    return 1;
  REAL *all = w.x;
  for (size_t k = 0; k < call->problem.count; k++) {
    NAMED(load)(&w, call, k);
    iterate(&w, &call->problem);
    NAMED(store)(call, k, &w);
  }
  mc_free(all);
  return 0;
}

/* ---- The reference ---- */

static REF(normalisation) NAMED(how)(const muoncert_problem *p) {
  return p->normalisation == MUONCERT_NORM_NONE  ? REF_ENUM(NORMALISE_NONE)
         : p->normalisation == MUONCERT_NORM_ADD ? REF_ENUM(NORMALISE_ADD)
                                                 : REF_ENUM(NORMALISE_CLAMP);
}

/* x := the image of g.  The reference knows no safety factor s: X_0 = (G / (||G|| + eps / s)) / s, alike for clamp. */
static bool NAMED(reference_image)(REAL *x, size_t ldx, const REAL *g, size_t ldg, const muoncert_problem *p) {
  size_t m = p->m, n = p->n, room = REF(newton_schulz_workspace)(m, n);
  REF(coefficients) *schedule = mc_alloc(p->steps + 1, sizeof *schedule);
  REAL *work = mc_alloc(room + m * n, sizeof *work), *start = work + room, safety = (REAL)p->safety;
  REF(normalisation) how = NAMED(how)(p);
  bool done = schedule && work;
  for (size_t k = 0; k < p->steps && done; k++)
    schedule[k] = (REF(coefficients)){(REAL)p->schedule[k].a, (REAL)p->schedule[k].b, (REAL)p->schedule[k].c};
  if (done && p->safety == 1) {
    REF(newton_schulz)(x, ldx, g, ldg, schedule, p->steps, (REAL)p->eps, how, work, m, n);
  } else if (done) {
    REF(matrix_normalise)(start, n, g, ldg, (REAL)p->eps / safety, how, m, n);
    for (size_t i = 0; i < m * n && p->normalisation != MUONCERT_NORM_NONE; i++)
      start[i] /= safety;
    REF(newton_schulz)(x, ldx, start, n, schedule, p->steps, 0, REF_ENUM(NORMALISE_NONE), work, m, n);
  }
  mc_free(schedule);
  mc_free(work);
  return done;
}

static int NAMED(reference)(const muoncert_orthogonalise *call) {
  bool done = true;
  for (size_t k = 0; k < call->problem.count && done; k++)
    done = NAMED(reference_image)((REAL *)call->x.data + k * call->x.batch_stride, call->x.row_stride,
                                  (const REAL *)call->g.data + k * call->g.batch_stride, call->g.row_stride,
                                  &call->problem);
  return done ? 0 : 1;
}

static void NAMED(copy)(REAL *to, size_t ldt, const REAL *from, size_t ldf, size_t m, size_t n) {
  for (size_t i = 0; i < m; i++)
    memcpy(to + i * ldt, from + i * ldf, n * sizeof *to);
}

/* muon_step, with the image taken as above. */
static bool NAMED(reference_step_of)(const muoncert_step *s, size_t k, REAL *direction, REAL *image) {
  size_t m = s->problem.m, n = s->problem.n, ldw = s->weights_after.row_stride, ldb = s->buffer_after.row_stride;
  REAL *w = (REAL *)s->weights_after.data + k * s->weights_after.batch_stride;
  REAL *b = (REAL *)s->buffer_after.data + k * s->buffer_after.batch_stride;
  const REAL *g = (const REAL *)s->gradient.data + k * s->gradient.batch_stride;
  REF(settings)
  settings = {.learning_rate = (REAL)s->learning_rate,
              .weight_decay = (REAL)s->weight_decay,
              .momentum = (REAL)s->momentum,
              .weight =
                  s->momentum_weight == MUONCERT_MOMENTUM_SUM ? REF_ENUM(MOMENTUM_SUM) : REF_ENUM(MOMENTUM_AVERAGE),
              .nesterov = s->nesterov != 0,
              .scaling = s->scaling == MUONCERT_SCALE_RECTANGULAR ? REF_ENUM(SCALE_RECTANGULAR)
                         : s->scaling == MUONCERT_SCALE_RMS       ? REF_ENUM(SCALE_RMS)
                                                                  : REF_ENUM(SCALE_NONE)};
  NAMED(copy)(w, ldw, (const REAL *)s->weights.data + k * s->weights.batch_stride, s->weights.row_stride, m, n);
  NAMED(copy)(b, ldb, (const REAL *)s->buffer.data + k * s->buffer.batch_stride, s->buffer.row_stride, m, n);
  REF(direction)(direction, n, b, ldb, settings, g, s->gradient.row_stride, m, n);
  if (!NAMED(reference_image)(image, n, direction, n, &s->problem))
    return false;
  for (size_t i = 0; i < m * n && s->scaling > MUONCERT_SCALE_RMS; i++) /* scalings that the reference has not */
    image[i] *= (REAL)mc_kernel_update_scale(s->scaling, m, n);
  REF(update)(w, ldw, settings, image, n, m, n);
  return true;
}

static int NAMED(reference_step)(const muoncert_step *s) {
  size_t size = s->problem.m * s->problem.n;
  REAL *work = mc_alloc(2 * size, sizeof *work);
  bool done = work != NULL;
  for (size_t k = 0; k < s->problem.count && done; k++)
    done = NAMED(reference_step_of)(s, k, work, work + size);
  mc_free(work);
  return done ? 0 : 1;
}

#undef REAL
#undef NAMED
#undef REF
#undef REF_ENUM
#undef BLAS
