/* The first iterates of every kernel of a model, entry by entry.
 *
 * Rounding to nearest is monotone: if what is stored is the rounding of a number in [lo, hi], it lies between the
 * roundings of lo and hi.  Accumulators are far finer than the format that is stored, so that most of these intervals
 * round to one number, whatever the order of summation: kernels of one rule differ in few entries of X_0, A, B and X_1, and
 * their roundings there are no longer free.  docs/errors.md, section 3.6. */
#include "contain.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "polynomials.h"
#include "rounding.h"
#include "sound.h"
#include "start.h"

/* Entries in [x - radius, x + radius]. */
typedef struct {
  size_t m, n;
  double *x, *radius;
} enclosed;

/* A coefficient as it is held: within radius of x. */
typedef struct {
  double x, radius;
} held;

typedef struct {
  const mc_kernel_model *model;
  mc_audit_rounding k;
  held a, b, c;
} follower;

/* Three roundings of a double, and then some. */
#define INFLATED (1 + 0x1p-50)

/* Beyond this nothing is followed. */
#define LARGE 0x1p100

static mc_status enclosed_init(enclosed *a, size_t m, size_t n, mc_error *e) {
  *a = (enclosed){m, n, mc_alloc(m * n, sizeof *a->x), mc_alloc(m * n, sizeof *a->radius)};
  return a->x && a->radius ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
}

static void enclosed_clear(enclosed *a) {
  mc_free(a->x);
  mc_free(a->radius);
  *a = (enclosed){0};
}

/* Store the accumulator's values. */
static void store(enclosed *a, const follower *f) {
  for (size_t i = 0; i < a->m * a->n; i++) {
    double lo = mc_dtype_round(f->model->storage, nextafter(a->x[i] - a->radius[i], -(double)INFINITY));
    double hi = mc_dtype_round(f->model->storage, nextafter(a->x[i] + a->radius[i], (double)INFINITY));
    double x = mc_dtype_round(f->model->storage, a->x[i]);
    a->radius[i] = hi == lo ? 0 : mc_up(fmax(hi - x, x - lo));
    a->x[i] = x;
  }
}

/* One operation of the accumulator, whose exact results are in a. */
static void round_once(enclosed *a, const follower *f) {
  for (size_t i = 0; i < a->m * a->n; i++) {
    double size = (fabs(a->x[i]) + a->radius[i]) * INFLATED;
    a->radius[i] = (a->radius[i] + f->k.ua * size + f->k.etaa) * INFLATED;
  }
}

static void scale(enclosed *a, const follower *f, held t) {
  for (size_t i = 0; i < a->m * a->n; i++) {
    double moved = t.radius * (fabs(a->x[i]) + a->radius[i]) * INFLATED;
    a->x[i] *= t.x;
    a->radius[i] = (fabs(t.x) * a->radius[i] + moved + 0x1p-53 * fabs(a->x[i]) + DBL_MIN) * INFLATED;
  }
  round_once(a, f);
}

static void add(enclosed *a, const enclosed *b, const follower *f) {
  for (size_t i = 0; i < a->m * a->n; i++) {
    a->x[i] += b->x[i];
    a->radius[i] = (a->radius[i] + b->radius[i] + 0x1p-53 * fabs(a->x[i])) * INFLATED;
  }
  round_once(a, f);
}

/* ---- Products ---- */

/* The largest magnitudes of the entries. */
static double *magnitudes(const enclosed *a) {
  double *out = mc_alloc(a->m * a->n, sizeof *out);
  for (size_t i = 0; out && i < a->m * a->n; i++)
    out[i] = (fabs(a->x[i]) + a->radius[i]) * INFLATED;
  return out;
}

static mc_status transpose(enclosed *out, const enclosed *a, mc_error *e) {
  mc_status s = enclosed_init(out, a->n, a->m, e);
  for (size_t i = 0; s == MC_OK && i < a->m; i++)
    for (size_t j = 0; j < a->n; j++) {
      out->x[j * a->m + i] = a->x[i * a->n + j];
      out->radius[j * a->m + i] = a->radius[i * a->n + j];
    }
  return s;
}

static double largest(const double *x, size_t count) {
  double most = 0;
  for (size_t i = 0; i < count; i++)
    most = fmax(most, x[i]);
  return most;
}

/* sum += t x y for nonnegative factors, upward; x is m by k, y k by n. */
static mc_status add_product(double *sum, double t, const double *x, const double *y, size_t m, size_t n, size_t k,
                             mc_error *e) {
  if (largest(x, m * k) == 0 || largest(y, k * n) == 0)
    return MC_OK;
  double *c = mc_alloc(m * n + m, sizeof *c), *row = c + m * n;
  if (!c)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_status s = mc_truth_product_enclose(c, row, x, y, m, n, k, e);
  for (size_t i = 0; s == MC_OK && i < m; i++)
    for (size_t j = 0; j < n; j++)
      sum[i * n + j] = (sum[i * n + j] + t * (fmax(c[i * n + j], 0) + row[i])) * INFLATED;
  mc_free(c);
  return s;
}

/* radius += what underflow costs the sums of the kernel: 2 etas a term, and factors that are flushed, of which each
 * meets the magnitudes of the others. */
static void add_underflow(enclosed *out, const double *left, const double *right, size_t terms, const follower *f) {
  double k = (double)terms, others = largest(left, out->m * terms) + largest(right, out->n * terms) + 1;
  double lost = (sum_underflow(&f->k, k) + 2 * k * f->k.etaf * others) * INFLATED;
  for (size_t i = 0; i < out->m * out->n; i++)
    out->radius[i] = (out->radius[i] + lost) * INFLATED;
}

/* radius += that of x y: |dx| (|y| + |dy|) + |x| |dy| of what is summed, gamma |x| |y| and underflow of the sums. */
static mc_status add_radius(enclosed *out, const enclosed *a, const enclosed *b, const follower *f, mc_error *e) {
  double *left = magnitudes(a), *right = magnitudes(b), gamma = gamma_of(&f->k, (double)a->n);
  mc_status s = left && right ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (s == MC_OK)
    s = add_product(out->radius, 1, a->radius, right, a->m, b->n, a->n, e);
  if (s == MC_OK)
    s = add_product(out->radius, 1, left, b->radius, a->m, b->n, a->n, e);
  if (s == MC_OK)
    s = add_product(out->radius, gamma, left, right, a->m, b->n, a->n, e);
  if (s == MC_OK)
    add_underflow(out, left, right, a->n, f);
  mc_free(left);
  mc_free(right);
  return s;
}

/* out := a b as the kernel sums it; out is initialised here. */
static mc_status multiply(enclosed *out, const enclosed *a, const enclosed *b, const follower *f, mc_error *e) {
  double *row = mc_alloc(a->m, sizeof *row);
  mc_status s = enclosed_init(out, a->m, b->n, e);
  if (s == MC_OK && !row)
    s = mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (s == MC_OK)
    s = mc_truth_product_enclose(out->x, row, a->x, b->x, a->m, b->n, a->n, e);
  for (size_t i = 0; s == MC_OK && i < out->m * out->n; i++)
    out->radius[i] = row[i / out->n];
  if (s == MC_OK)
    s = add_radius(out, a, b, f, e);
  for (size_t i = 0; s == MC_OK && i < out->m * out->n; i++)
    if (!(fabs(out->x[i]) + out->radius[i] < LARGE))
      s = mc_fail(e, MC_UNDECIDED, "a sum is too near to the end of the accumulator's format");
  mc_free(row);
  return s;
}

static mc_status copy(enclosed *out, const enclosed *a, mc_error *e) {
  mc_status s = enclosed_init(out, a->m, a->n, e);
  if (s == MC_OK) {
    memcpy(out->x, a->x, a->m * a->n * sizeof *a->x);
    memcpy(out->radius, a->radius, a->m * a->n * sizeof *a->radius);
  }
  return s;
}

/* ---- One step ---- */

/* The sum of so many products is added to a, or begun with it. */
static void carry(enclosed *a, const follower *f, size_t terms) {
  double gamma = carried_gamma(&f->k, (double)terms);
  for (size_t i = 0; i < a->m * a->n; i++)
    a->radius[i] = (a->radius[i] + gamma * (fabs(a->x[i]) + a->radius[i])) * INFLATED;
}

/* p := s p + t x for a product p: three roundings in the accumulator and a store, or a store after each of the three. */
static mc_status combine(enclosed *p, held s, const enclosed *x, held t, size_t terms, const follower *f, mc_error *e) {
  bool each = f->model->rounding != MC_ROUNDING_SUMS;
  enclosed scaled;
  mc_status status = copy(&scaled, x, e);
  if (status == MC_OK) {
    scale(&scaled, f, t);
    scale(p, f, s);
    if (each) {
      store(&scaled, f);
      store(p, f);
    } else {
      carry(&scaled, f, terms);
    }
    add(p, &scaled, f);
    store(p, f);
  }
  enclosed_clear(&scaled);
  return status;
}

static const held one = {1, 0};

/* b := bA + cAA. */
static mc_status form_b(enclosed *b, const enclosed *a, const follower *f, mc_error *e) {
  bool sums = f->model->rounding == MC_ROUNDING_SUMS;
  enclosed left;
  mc_status s = copy(&left, a, e);
  *b = (enclosed){0};
  if (s == MC_OK && !sums) {
    scale(&left, f, f->c);
    store(&left, f);
  }
  if (s == MC_OK)
    s = multiply(b, &left, a, f, e);
  if (s == MC_OK)
    s = combine(b, sums ? f->c : one, a, f->b, a->n, f, e);
  enclosed_clear(&left);
  return s;
}

/* next := aX + BX, next initialised here. */
static mc_status take_step(enclosed *next, const enclosed *x, const follower *f, mc_error *e) {
  enclosed turned, a = {0}, b = {0};
  *next = (enclosed){0};
  mc_status s = transpose(&turned, x, e);
  if (s == MC_OK)
    s = multiply(&a, x, &turned, f, e);
  if (s == MC_OK) {
    store(&a, f);
    s = form_b(&b, &a, f, e);
  }
  if (s == MC_OK)
    s = multiply(next, &b, x, f, e);
  if (s == MC_OK)
    s = combine(next, one, x, f->a, x->m, f, e);
  enclosed_clear(&turned);
  enclosed_clear(&a);
  enclosed_clear(&b);
  return s;
}

/* ---- The start ---- */

static held hold(const fmpq_t q, mc_dtype format) {
  double least, most, nearest = mc_audit_held(&least, &most, q, format);
  return (held){nearest, most > least ? mc_up(fmax(most - nearest, nearest - least)) : 0};
}

/* Of the computed norm of g, before it is stored. */
static void enclose_norm(enclosed *d, const enclosed *g, const follower *f) {
  double lower, upper, apart = mc_audit_norm_upper(g->radius, g->m * g->n), count = (double)(g->m * g->n);
  mc_audit_sound_norm(&lower, &upper, g->x, g->m * g->n);
  double least = fmax(nextafter(lower - apart, 0), 0), square = nextafter(least * least, 0);
  double off = mc_audit_root_error(mc_up_add(norm_gamma(&f->k, count), mc_up(sum_underflow(&f->k, count) / square)));
  d->x[0] = upper;
  d->radius[0] = mc_up_add3(mc_up(upper - lower), mc_up_mul(off, mc_up_add(upper, apart)), apart);
  round_once(d, f);
}

/* d := the divisor: the norm, its product with the safety factor, and the sum with eps or the maximum, each stored. */
static mc_status enclose_divisor(enclosed *d, const enclosed *g, const follower *f, mc_error *e) {
  const mc_normalisation *norm = &f->model->normalisation;
  mc_dtype accumulator = mc_kernel_accumulator(f->model->storage);
  held at = hold(norm->eps, accumulator);
  enclosed eps = {1, 1, &at.x, &at.radius};
  mc_status s = enclosed_init(d, 1, 1, e);
  if (s != MC_OK)
    return s;
  if (norm->kind == MC_NORM_NONE) {
    d->x[0] = 1;
    return MC_OK;
  }
  enclose_norm(d, g, f);
  store(d, f);
  scale(d, f, hold(norm->safety, accumulator));
  store(d, f);
  if (norm->kind == MC_NORM_FROBENIUS_ADD) {
    add(d, &eps, f);
    store(d, f);
  } else { /* a maximum moves no two numbers further apart; eps itself may be stored or not */
    if (at.x + at.radius > d->x[0] - d->radius[0])
      d->radius[0] = mc_up_add(mc_up_add3(d->radius[0], mc_up_mul(f->k.u, at.x), f->k.eta), at.radius);
    d->x[0] = fmax(d->x[0], at.x);
  }
  return MC_OK;
}

/* x := x / d, rounded and stored. */
static void divide(enclosed *x, const enclosed *d, const follower *f) {
  double least = fmax(nextafter(d->x[0] - d->radius[0], 0), 0), relative = mc_up(d->radius[0] / least);
  for (size_t i = 0; i < x->m * x->n; i++) {
    double quotient = x->x[i] / d->x[0], size = fabs(quotient);
    /* |x / d - x' / d'| <= |x - x'| / d' + |x / d| |d - d'| / d' */
    x->radius[i] = (x->radius[i] / least + size * relative + 0x1p-53 * size + DBL_MIN) * INFLATED;
    x->x[i] = quotient;
  }
  round_once(x, f);
  store(x, f);
}

static mc_status enclose_start(enclosed *x, const double *g, size_t m, size_t n, const follower *f, mc_error *e) {
  bool tall = m > n;
  enclosed d = {0};
  mc_status s = enclosed_init(x, tall ? n : m, tall ? m : n, e);
  for (size_t i = 0; s == MC_OK && i < m * n; i++)
    x->x[tall ? i % n * m + i / n : i] = g[i];
  for (size_t i = 0; s == MC_OK && i < m * n; i++) /* perhaps by way of float32 */
    x->radius[i] = x->x[i] == (double)(float)x->x[i] ? 0 : 0x1p-24 * fabs(x->x[i]) + 0x1p-149;
  if (s == MC_OK) {
    store(x, f);
    s = enclose_divisor(&d, x, f, e);
  }
  if (s == MC_OK)
    divide(x, &d, f);
  enclosed_clear(&d);
  return s;
}

/* ---- As far as it serves ---- */

/* How many unit roundoffs of the matrix there may be in the radii, where another store of it would cost one; and from how
 * many on a further step would only make them wide. */
#define SERVES 4
#define PROMISES 0.5

/* Are all values far from the ends of the formats, and is the norm of the radii at most so many roundoffs? */
static bool is_narrow(const enclosed *x, double roundoffs, const follower *f) {
  double most = 0;
  for (size_t i = 0; i < x->m * x->n; i++) {
    double size = fabs(x->x[i]) + x->radius[i];
    most = size < LARGE ? fmax(most, size) : (double)INFINITY;
    if (!isfinite(most))
      return false;
  }
  return mc_audit_norm_upper(x->radius, x->m * x->n) <= roundoffs * f->k.u * mc_audit_norm_upper(x->x, x->m * x->n);
}

static void set_coefficients(follower *f, const mc_schedule_step *step) {
  mc_dtype format =
      f->model->rounding == MC_ROUNDING_ALL ? f->model->storage : mc_kernel_accumulator(f->model->storage);
  held *const to[] = {&f->a, &f->b, &f->c};
  for (slong j = 0; j < 3; j++)
    *to[j] = j < step->terms ? hold(&step->c[j], format) : (held){0, 0};
}

mc_status mc_audit_contain(double *out, double *radius, size_t *steps, const mc_kernel_model *model, const double *g,
                           size_t m, size_t n, size_t depth, mc_error *e) {
  bool tall = m > n;
  follower f = {.model = model, .k = rounding_of(model, tall ? n : m, tall ? m : n, depth)};
  enclosed x = {0}, next;
  *steps = 0;
  if (f.k.u == 0 || model->rounding == MC_ROUNDING_GRAM)
    return mc_fail(e, MC_UNDECIDED, "kernels that store what they accumulate are not followed entry by entry");
  mc_status s = enclose_start(&x, g, m, n, &f, e);
  if (s == MC_OK && !is_narrow(&x, SERVES, &f))
    s = mc_fail(e, MC_UNDECIDED, "the input is too near to an end of a format, or kernels differ too much on it");
  while (s == MC_OK && *steps < model->schedule.count && is_narrow(&x, PROMISES, &f)) {
    set_coefficients(&f, &model->schedule.steps[*steps]);
    mc_status made = take_step(&next, &x, &f, e);
    bool better = made == MC_OK && is_narrow(&next, SERVES, &f);
    enclosed_clear(better ? &x : &next);
    if (!better) {
      s = made == MC_UNDECIDED ? MC_OK : made;
      break;
    }
    x = next;
    ++*steps;
  }
  for (size_t i = 0; s == MC_OK && i < m * n; i++) {
    size_t from = tall ? i % n * m + i / n : i;
    out[i] = x.x[from];
    radius[i] = x.radius[from];
  }
  enclosed_clear(&x);
  return s;
}
