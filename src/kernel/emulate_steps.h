/* One kernel, written once for both accumulators: emulate.c includes this with REAL, NAMED, ROUND, CUT, GEMM, DOT
 * and SQRT defined.
 *
 * Matrices are r by c or r by r, r <= c, row-major and contiguous, in the accumulator's type; stored values lie on
 * the grid of the storage format. */

/* x, t: r by c; a, b: r by r; left, right: room for the factors of one product; order: one entry for each of its
 * terms. */
typedef struct {
  size_t r, c;
  mc_dtype storage;
  bool tf32, truncate, flush;
  bool as_it_stands; /* sums run in the order of the index */
  mc_random *draw;
  mc_kernel_fault fault;
  mc_kernel_probe *probe;                 /* NULL: none */
  REAL *x, *t, *a, *b, *q, *left, *right; /* q: r by r, only for the Gram form */
  size_t *order;
} NAMED(state);

static REAL NAMED(rounded)(REAL value, mc_dtype format) {
  ROUND(&value, 1, format);
  return value;
}

static REAL NAMED(from_rational)(const fmpq_t q, mc_dtype format) {
  arb_t ball;
  arb_init(ball);
  arb_set_fmpq(ball, q, 128);
  double nearest = arf_get_d(arb_midref(ball), ARF_RND_NEAR);
  arb_clear(ball);
  return (REAL)mc_dtype_round(format, nearest);
}

/* A uniformly random order of the terms (Fisher and Yates), or the given one. */
static void NAMED(shuffle)(NAMED(state) * s, size_t count) {
  for (size_t i = 0; i < count; i++)
    s->order[i] = i;
  for (size_t i = count; s->draw && !s->as_it_stands && i > 1; i--) {
    size_t j = (size_t)mc_random_below(s->draw, i), swapped = s->order[i - 1];
    s->order[i - 1] = s->order[j];
    s->order[j] = swapped;
  }
}

static void NAMED(gather_columns)(REAL *out, const REAL *in, size_t rows, size_t columns, const size_t *order) {
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++)
      out[i * columns + j] = in[i * columns + order[j]];
}

static void NAMED(flush)(REAL *x, size_t count) {
  for (size_t i = 0; i < count; i++)
    x[i] = x[i] < (REAL)0x1p-126 && x[i] > (REAL)-0x1p-126 ? 0 : x[i];
}

/* What products take: TF32, cut where sums are, else to nearest (Dekker's splitting leaves the leading 11 bits); and no
 * subnormal numbers where they are flushed. */
static void NAMED(narrow_factor)(const NAMED(state) * s, REAL *x, size_t count) {
  REAL split = (REAL)ldexp(1, mc_kernel_precision(mc_kernel_accumulator(s->storage)) - 11) + 1;
  if (s->tf32 && s->truncate)
    CUT(x, count);
  for (size_t i = 0; i < count && s->tf32 && !s->truncate; i++) {
    REAL large = split * x[i];
    x[i] = large - (large - x[i]);
  }
  if (s->flush)
    NAMED(flush)(x, count);
}

static void NAMED(gather_rows)(REAL *out, const REAL *in, size_t rows, size_t columns, const size_t *order) {
  for (size_t i = 0; i < rows; i++)
    memcpy(out + i * columns, in + order[i] * columns, columns * sizeof *out);
}

/* out := left left^T: one triangle, mirrored tile by tile, so that both are read and written along cache lines. */
static void NAMED(square)(REAL *out, const REAL *left, size_t rows, size_t terms) {
  enum { TILE = 32 };
  SYRK(CblasRowMajor, CblasLower, CblasNoTrans, (int)rows, (int)terms, 1, left, (int)terms, 0, out, (int)rows);
  for (size_t i0 = 0; i0 < rows; i0 += TILE)
    for (size_t j0 = 0; j0 <= i0; j0 += TILE)
      for (size_t i = i0; i < rows && i < i0 + TILE; i++)
        for (size_t j = j0; j < i && j < j0 + TILE; j++)
          out[j * rows + i] = out[i * rows + j];
}

/* The factors of an entry of a product: `terms` terms, of which those of the right are `step` apart. */
typedef struct {
  const REAL *left, *right;
  size_t terms, step;
} NAMED(entry);

/* Summed one after another, from zero after every `length` terms; what those come to is summed likewise. */
static REAL NAMED(sum_in_chains)(const NAMED(entry) * f, size_t length) {
  REAL chain = 0, sum = 0;
  for (size_t k = 0; k < f->terms; k++) {
    REAL product = f->left[k] * f->right[k * f->step];
    chain = k % length == 0 ? product : chain + product;
    if ((k + 1) % length == 0 || k + 1 == f->terms)
      sum = k < length ? chain : sum + chain;
  }
  return sum;
}

static WIDE NAMED(sum_widely)(const NAMED(entry) * f) {
  WIDE sum = 0;
  for (size_t k = 0; k < f->terms; k++)
    sum += (WIDE)f->left[k] * (WIDE)f->right[k * f->step];
  return sum;
}

/* The squared errors of a product's entries, stored: as the BLAS left them, and summed in chains.  From a sample of the
 * diagonal of square products, whose terms have one sign, and one of all others.  Short sums are chains in any case. */
static void NAMED(probe)(const NAMED(state) * s, const REAL *out, const REAL *left, const REAL *right, size_t rows,
                         size_t n, size_t terms, bool transposed) {
  mc_kernel_probe *p = s->probe;
  double blas = 0, chains = 0, entries = (double)rows * (double)n;
  size_t samples = p->length > 0 && terms > MC_KERNEL_CHAIN ? PROBED_TERMS / terms + 64 : 0;
  for (size_t sample = 0; sample < 2 * samples; sample++) {
    bool diagonal = sample % 2 && rows == n;
    size_t i = (size_t)mc_random_below(&p->draw, rows), j = diagonal ? i : (size_t)mc_random_below(&p->draw, n);
    NAMED(entry) f = {left + i * terms, right + (transposed ? j * terms : j), terms, transposed ? 1 : n};
    double weight = rows != n ? entries / 2 : diagonal ? (double)n : entries - (double)n;
    WIDE exact = NAMED(sum_widely)(&f);
    double plain = (double)((WIDE)NAMED(rounded)(out[i * n + j], s->storage) - exact);
    double chain = (double)((WIDE)NAMED(rounded)(NAMED(sum_in_chains)(&f, p->length), s->storage) - exact);
    blas += weight / (double)samples * plain * plain;
    chains += weight / (double)samples * chain * chain;
  }
  p->blas[p->products] = blas;
  p->chains[p->products++] = chains;
}

/* out := left right, rows by n, or left right^T, with `terms` terms an entry, in the accumulator; right is terms by
 * n, or n by terms. */
static void NAMED(multiply)(NAMED(state) * s, REAL *out, const REAL *left, const REAL *right, size_t rows, size_t n,
                            size_t terms, bool transposed) {
  size_t chunk = s->fault == MC_FAULT_NARROW_SUMS ? 1 : terms;
  bool symmetric = transposed && left == right && chunk == terms && rows >= WORTHWHILE;
  int rounding = fegetround();
  if (s->truncate)
    fesetround(FE_TOWARDZERO);
  mc_dtype narrow = narrow_accumulator(s->storage);
  if (symmetric)
    NAMED(square)(out, left, rows, terms);
  for (size_t from = 0; from < terms && !symmetric; from += chunk) {
    size_t length = terms - from < chunk ? terms - from : chunk;
    GEMM(CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, (int)rows, (int)n, (int)length, 1,
         left + from, (int)terms, right + (transposed ? from : from * n), (int)(transposed ? terms : n),
         from > 0 ? 1 : 0, out, (int)n);
    if (s->fault == MC_FAULT_NARROW_SUMS)
      ROUND(out, rows * n, narrow);
  }
  if (s->probe && s->probe->products < MC_KERNEL_PRODUCTS)
    NAMED(probe)(s, out, left, right, rows, n, terms, transposed);
  fesetround(rounding);
  if (s->flush)
    NAMED(flush)(out, rows * n);
}

/* out := x x^T, in the accumulator. */
static void NAMED(gram)(NAMED(state) * s, REAL *out) {
  NAMED(shuffle)(s, s->c);
  NAMED(gather_columns)(s->left, s->x, s->r, s->c, s->order);
  NAMED(narrow_factor)(s, s->left, s->r * s->c);
  NAMED(multiply)(s, out, s->left, s->left, s->r, s->r, s->c, true);
}

/* out := left left^T for an r by r matrix, in the accumulator. */
static void NAMED(symmetric_square)(NAMED(state) * s, REAL *out, const REAL *left) {
  NAMED(shuffle)(s, s->r);
  NAMED(gather_columns)(s->left, left, s->r, s->r, s->order);
  NAMED(narrow_factor)(s, s->left, s->r * s->r);
  NAMED(multiply)(s, out, s->left, s->left, s->r, s->r, s->r, true);
}

/* out := left right for an r by r matrix left and an r by n matrix right, in the accumulator. */
static void NAMED(product)(NAMED(state) * s, REAL *out, const REAL *left, const REAL *right, size_t n) {
  NAMED(shuffle)(s, s->r);
  NAMED(gather_columns)(s->left, left, s->r, s->r, s->order);
  NAMED(gather_rows)(s->right, right, s->r, n, s->order);
  NAMED(narrow_factor)(s, s->left, s->r * s->r);
  NAMED(narrow_factor)(s, s->right, s->r * n);
  NAMED(multiply)(s, out, s->left, s->right, s->r, n, s->r, false);
}

/* x x^T without the last columns of x; x^T x instead (square matrices only). */
static void NAMED(gram_of_other)(NAMED(state) * s, REAL *out) {
  size_t r = s->r, c = s->c, dropped = c / 8 + 1;
  if (s->fault == MC_FAULT_OTHER_GRAM && r == c)
    GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, (int)r, (int)r, (int)r, 1, s->x, (int)r, s->x, (int)r, 0, out,
         (int)r);
  else if (s->fault == MC_FAULT_LOST_SLICE && c > 1)
    GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, (int)r, (int)r, (int)(c - dropped), 1, s->x, (int)c, s->x, (int)c, 0,
         out, (int)r);
}

/* What a planted bug does to the stored Gram matrix. */
static void NAMED(spoil_gram)(NAMED(state) * s) {
  size_t r = s->r, tile = r < 16 ? (r + 1) / 2 : 16;
  if (s->fault == MC_FAULT_OTHER_GRAM || s->fault == MC_FAULT_LOST_SLICE)
    NAMED(gram_of_other)(s, s->a);
  for (size_t i = r - tile; i < r && s->fault == MC_FAULT_LOST_TILE; i++)
    memset(s->a + i * r, 0, tile * sizeof *s->a);
  /* Dekker's splitting leaves all but the last bits of a value: here four fewer than the storage format has. */
  REAL split =
      (REAL)ldexp(1, mc_kernel_precision(mc_kernel_accumulator(s->storage)) - mc_kernel_precision(s->storage) + 4) + 1;
  for (size_t i = 0; i < r * r && s->fault == MC_FAULT_NARROW_GRAM; i++) {
    REAL large = split * s->a[i];
    s->a[i] = large - (large - s->a[i]);
  }
  ROUND(s->a, r * r, s->storage);
}

static void NAMED(scale)(REAL *out, REAL factor, const REAL *in, size_t count, mc_dtype format) {
  for (size_t i = 0; i < count; i++)
    out[i] = factor * in[i];
  ROUND(out, count, format);
}

static void NAMED(add)(REAL *out, const REAL *in, size_t count, mc_dtype format) {
  for (size_t i = 0; i < count; i++)
    out[i] += in[i];
  ROUND(out, count, format);
}

/* One rounding for each operation.  k: a, b, c. */
static void NAMED(step_operations)(NAMED(state) * s, const REAL k[3], slong terms) {
  size_t square = s->r * s->r, all = s->r * s->c;
  if (terms >= 3) {
    NAMED(scale)(s->t, k[2], s->a, square, s->storage);
    NAMED(product)(s, s->b, s->t, s->a, s->r);
    ROUND(s->b, square, s->storage);
    NAMED(scale)(s->a, k[1], s->a, square, s->storage);
    NAMED(add)(s->b, s->a, square, s->storage);
  } else if (terms == 2) {
    NAMED(scale)(s->b, k[1], s->a, square, s->storage);
  }
  if (terms >= 2) {
    NAMED(product)(s, s->t, s->b, s->x, s->c);
    ROUND(s->t, all, s->storage);
  }
  NAMED(scale)(s->x, k[0], s->x, all, s->storage);
  if (terms >= 2)
    NAMED(add)(s->x, s->t, all, s->storage);
}

/* One rounding for each sum.  k: a, b, c. */
static void NAMED(step_sums)(NAMED(state) * s, const REAL k[3], slong terms) {
  size_t square = s->r * s->r, all = s->r * s->c;
  if (terms >= 3 && s->draw && s->fault == MC_FAULT_NONE && s->r >= WORTHWHILE)
    NAMED(symmetric_square)(s, s->b, s->a); /* the same sums */
  else if (terms >= 3)
    NAMED(product)(s, s->b, s->a, s->a, s->r);
  for (size_t i = 0; i < square && terms >= 2; i++)
    s->b[i] = terms >= 3 ? k[2] * s->b[i] + k[1] * s->a[i] : k[1] * s->a[i];
  ROUND(s->b, square, s->storage);
  if (terms >= 2)
    NAMED(product)(s, s->t, s->b, s->x, s->c);
  for (size_t i = 0; i < all; i++)
    s->x[i] = terms >= 2 ? k[0] * s->x[i] + s->t[i] : k[0] * s->x[i];
  ROUND(s->x, all, s->storage);
}

static void NAMED(step)(NAMED(state) * s, const mc_schedule_step *step, mc_kernel_rounding rounding) {
  mc_dtype held = rounding == MC_ROUNDING_ALL ? s->storage : mc_kernel_accumulator(s->storage);
  REAL k[3] = {0};
  for (slong j = 0; j < step->terms; j++)
    k[j] = NAMED(from_rational)(&step->c[j], held);
  if (step->terms >= 2) {
    NAMED(gram)(s, s->a);
    ROUND(s->a, s->r * s->r, s->storage);
    if (s->fault != MC_FAULT_NONE)
      NAMED(spoil_gram)(s);
  }
  if (rounding == MC_ROUNDING_SUMS)
    NAMED(step_sums)(s, k, step->terms);
  else
    NAMED(step_operations)(s, k, step->terms);
}

/* The sum of squares of t, begun at a random place. */
static REAL NAMED(sum_of_squares)(const REAL *t, size_t count, mc_random *draw) {
  REAL sum = 0;
  size_t first = draw ? (size_t)mc_random_below(draw, count) : 0, limit = INT_MAX;
  const size_t ends[] = {first, count, 0, first};
  for (size_t k = 0; k < 2; k++)
    for (size_t from = ends[2 * k], to = ends[2 * k + 1]; from < to; from += from + limit < to ? limit : to - from) {
      size_t length = to - from < limit ? to - from : limit;
      sum += DOT((int)length, t + from, 1, t + from, 1);
    }
  return sum;
}

static REAL NAMED(largest)(const REAL *t, size_t count) {
  REAL largest = 0;
  for (size_t i = 0; i < count; i++)
    if (t[i] > largest || -t[i] > largest)
      largest = t[i] > 0 ? t[i] : -t[i];
  return largest;
}

/* What t is divided by.  scale multiplies eps (see kernel.h). */
static REAL NAMED(divisor)(const REAL *t, size_t count, const mc_normalisation *norm, mc_dtype storage, double scale,
                           mc_random *draw) {
  if (norm->kind == MC_NORM_NONE)
    return 1;
  REAL eps = (REAL)(scale * (double)NAMED(from_rational)(norm->eps, MC_DTYPE_FLOAT64));
  REAL safety = NAMED(from_rational)(norm->safety, mc_kernel_accumulator(storage));
  REAL divisor = NAMED(rounded)(SQRT(NAMED(sum_of_squares)(t, count, draw)), storage);
  divisor = NAMED(rounded)(safety * divisor, storage);
  if (norm->kind == MC_NORM_FROBENIUS_ADD)
    return NAMED(rounded)(divisor + eps, storage);
  return divisor < eps ? eps : divisor;
}

/* X_0. */
static void NAMED(normalise)(NAMED(state) * s, const double *input, const mc_normalisation *norm, double scale) {
  size_t count = s->r * s->c;
  for (size_t i = 0; i < count; i++)
    s->t[i] = (REAL)input[i];
  REAL divisor = NAMED(divisor)(s->t, count, norm, s->storage, scale, s->draw);
  if (s->fault == MC_FAULT_LARGEST_ENTRY)
    divisor = NAMED(largest)(s->t, count);
  if (s->probe) {
    s->probe->scale = scale;
    s->probe->divisor = (double)divisor;
  }
  for (size_t i = 0; i < count; i++)
    s->x[i] = (REAL)(input[i] / (double)divisor);
  ROUND(s->x, count, s->storage);
}

/* P = aI + bR + cRR^T, its lower triangle mirrored, Q := PQ, R := R(PP) for R in s->a; P in s->b, products in s->t. */
static void NAMED(step_gram)(NAMED(state) * s, const mc_schedule_step *step, bool first, bool last) {
  size_t r = s->r, square = r * r;
  REAL k[3] = {0};
  for (slong j = 0; j < step->terms; j++)
    k[j] = NAMED(from_rational)(&step->c[j], mc_kernel_accumulator(s->storage));
  NAMED(symmetric_square)(s, s->b, s->a);
  for (size_t i = 0; i < r; i++)
    for (size_t j = 0; j <= i; j++)
      s->b[i * r + j] = s->b[j * r + i] = k[2] * s->b[i * r + j] + k[1] * s->a[i * r + j];
  for (size_t i = 0; i < r; i++)
    s->b[i * r + i] += k[0];
  ROUND(s->b, square, s->storage);
  if (first)
    memcpy(s->q, s->b, square * sizeof *s->q);
  else
    NAMED(product)(s, s->t, s->b, s->q, r);
  if (!first) {
    memcpy(s->q, s->t, square * sizeof *s->q);
    ROUND(s->q, square, s->storage);
  }
  if (last)
    return;
  NAMED(symmetric_square)(s, s->t, s->b);
  ROUND(s->t, square, s->storage);
  NAMED(product)(s, s->b, s->a, s->t, r);
  memcpy(s->a, s->b, square * sizeof *s->a);
  ROUND(s->a, square, s->storage);
}

/* X := Q X_0 after all steps. */
static void NAMED(run_gram)(NAMED(state) * s, const mc_schedule *schedule) {
  NAMED(gram)(s, s->a);
  ROUND(s->a, s->r * s->r, s->storage);
  for (size_t k = 0; k < schedule->count; k++)
    NAMED(step_gram)(s, &schedule->steps[k], k == 0, k + 1 == schedule->count);
  if (schedule->count > 0) {
    NAMED(product)(s, s->t, s->q, s->x, s->c);
    memcpy(s->x, s->t, s->r * s->c * sizeof *s->x);
    ROUND(s->x, s->r * s->c, s->storage);
  }
}

/* input: r by c, replaced by the output. */
static mc_status NAMED(run)(double *input, const mc_kernel_model *model, size_t r, size_t c, double scale,
                            mc_random *draw, mc_kernel_fault fault, mc_kernel_probe *probe, mc_error *e) {
  size_t all = r * c, square = r * r;
  REAL *room = mc_alloc(4 * all + 3 * square, sizeof *room);
  size_t *order = mc_alloc(c, sizeof *order);
  if (!room || !order) {
    mc_free(room);
    mc_free(order);
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  }
  NAMED(state)
  s = {.r = r,
       .c = c,
       .storage = model->storage,
       .tf32 = model->tf32,
       .truncate = model->truncate,
       .flush = model->flush,
       .draw = draw,
       .fault = fault,
       .probe = probe,
       .x = room,
       .t = room + all,
       .left = room + 2 * all,
       .right = room + 3 * all,
       .a = room + 4 * all,
       .b = room + 4 * all + square,
       .q = room + 4 * all + 2 * square,
       .order = order};
  NAMED(normalise)(&s, input, &model->normalisation, scale);
  s.as_it_stands = model->rounding == MC_ROUNDING_GRAM && draw && mc_random_below(draw, AS_IT_STANDS) == 0;
  if (model->rounding == MC_ROUNDING_GRAM)
    NAMED(run_gram)(&s, &model->schedule);
  for (size_t k = 0; k < model->schedule.count && model->rounding != MC_ROUNDING_GRAM; k++)
    NAMED(step)(&s, &model->schedule.steps[k], model->rounding);
  for (size_t i = 0; i < all; i++)
    input[i] = (double)s.x[i];
  mc_free(room);
  mc_free(order);
  return MC_OK;
}

/* As mc_kernel_emulate_divisors: g in the storage format, or converted to it after scaling. */
static mc_status NAMED(divisors)(double *divisors, double *scales, unsigned draws, const mc_kernel_model *model,
                                 const double *g, size_t count, bool converts, uint64_t seed, mc_error *e) {
  REAL *t = mc_alloc(count, sizeof *t);
  if (!t)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (unsigned k = 0; k < draws; k++) {
    mc_random draw;
    mc_random_init(&draw, seed, mc_random_stream_of("divisors"), k);
    scales[k] = member_scale(model, &draw);
    for (size_t i = 0; i < count; i++)
      t[i] = (REAL)(scales[k] * g[i]);
    if (converts)
      ROUND(t, count, model->storage);
    divisors[k] = (double)NAMED(divisor)(t, count, &model->normalisation, model->storage, scales[k], &draw);
  }
  mc_free(t);
  return MC_OK;
}

#undef REAL
#undef NAMED
#undef ROUND
#undef CUT
#undef GEMM
#undef SYRK
#undef WIDE
#undef DOT
#undef SQRT
