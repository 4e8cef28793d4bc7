/* What an output is, if it is not what it should be. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ensemble.h"
#include "reference.h"

typedef struct {
  mc_audit_explanation *list;
  size_t count;
  const mc_audit_reference *r;
  const double *g, *x;
  double *candidate; /* m by n */
  double narrow;     /* correct outputs are no further from the image */
  double limit;      /* an explanation is no further from the output than this */
} search;

/* ---- The list, best first ---- */

/* Explanations without a distance come last. */
static bool comes_first(double a, double b) {
  return isnan(b) ? !isnan(a) : a < b;
}

static void insert(search *s, double distance, const char *text) {
  size_t at = 0;
  while (at < s->count && !comes_first(distance, s->list[at].distance))
    at++;
  if (at == MC_AUDIT_EXPLANATIONS)
    return;
  s->count += s->count < MC_AUDIT_EXPLANATIONS;
  memmove(&s->list[at + 1], &s->list[at], (s->count - at - 1) * sizeof *s->list);
  s->list[at].distance = distance;
  snprintf(s->list[at].text, sizeof s->list[at].text, "%s", text);
}

static void consider(search *s, const char *text) {
  double sum = 0;
  for (size_t i = 0; i < s->r->m * s->r->n; i++)
    sum += (s->x[i] - s->candidate[i]) * (s->x[i] - s->candidate[i]);
  if (sqrt(sum) <= s->limit)
    insert(s, sqrt(sum), text);
}

/* ---- Multiples of known matrices ---- */

/* ", as with scaling rms" where the factor is that of a convention to within what the error of a correct output, `slack`
 * relative to the image, can move it; else "". */
static void name_scaling(char text[64], const search *s, double factor, double slack) {
  double m = (double)s->r->m, n = (double)s->r->n;
  const double known[MC_STEP_SCALINGS] = {[MC_STEP_RECTANGULAR] = sqrt(fmax(1, m / n)),
                                          [MC_STEP_RMS] = 0.2 * sqrt(fmax(m, n)),
                                          [MC_STEP_SPECTRAL] = sqrt(fmax(m, n)),
                                          [MC_STEP_UNIT_RMS] = sqrt(m / n)};
  *text = '\0';
  for (int k = 0; k < MC_STEP_SCALINGS && !*text; k++)
    if (known[k] > 0 && known[k] != 1 && fabs(factor / known[k] - 1) <= slack)
      snprintf(text, 64, ", as with scaling %s (%.4g)", mc_audit_step_scaling_name((mc_audit_step_scaling)k), known[k]);
}

static void consider_multiple(search *s, const double *of, const char *name) {
  double xy = 0, yy = 0;
  char text[160], scaling[64];
  for (size_t i = 0; i < s->r->m * s->r->n; i++) {
    xy += s->x[i] * of[i];
    yy += of[i] * of[i];
  }
  double factor = yy > 0 ? xy / yy : 0;
  if (of == s->r->image.high && fabs(factor - 1) * sqrt(yy) <= s->narrow)
    return; /* that is the image itself */
  for (size_t i = 0; i < s->r->m * s->r->n; i++)
    s->candidate[i] = factor * of[i];
  name_scaling(scaling, s, factor, s->narrow / sqrt(yy));
  snprintf(text, sizeof text, "%s times %.4g%s", name, factor, scaling);
  consider(s, text);
}

static void consider_transposed(search *s) {
  size_t m = s->r->m, n = s->r->n;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      s->candidate[j * m + i] = s->r->image.high[i * n + j];
  consider(s, m == n ? "the transposed image" : "the image in a buffer left transposed");
}

/* Zero explains every output so small, and then multiples explain nothing more. */
static bool consider_zero(search *s) {
  size_t before = s->count;
  memset(s->candidate, 0, s->r->m * s->r->n * sizeof *s->candidate);
  consider(s, "zero");
  return s->count > before;
}

/* ---- Images under other models, in double ---- */

static mc_status consider_model(search *s, const mc_kernel_model *model, const char *text, mc_error *e) {
  mc_kernel_model wide = *model; /* shares the schedule, which is only read */
  wide.storage = MC_DTYPE_FLOAT64;
  mc_status status = mc_kernel_emulate(s->candidate, &wide, s->g, s->r->m, s->r->n, NULL, e);
  if (status == MC_OK)
    consider(s, text);
  return status;
}

static mc_status consider_steps(search *s, const mc_kernel_model *model, mc_error *e) {
  mc_status status = MC_OK;
  for (size_t count = 1; count <= 2 * model->schedule.count + 2 && status == MC_OK; count++) {
    mc_kernel_model other = *model;
    char text[160];
    if (count == model->schedule.count)
      continue;
    mc_schedule_init(&other.schedule);
    snprintf(text, sizeof text, "the image after %zu step%s", count, count == 1 ? "" : "s");
    status = mc_schedule_set(&other.schedule, &model->schedule, e);
    if (status == MC_OK)
      status = mc_schedule_resize(&other.schedule, count, e);
    if (status == MC_OK)
      status = consider_model(s, &other, text, e);
    mc_schedule_clear(&other.schedule);
  }
  return status;
}

static bool is_same(const mc_schedule *a, const mc_schedule *b) {
  bool same = a->count == b->count;
  for (size_t k = 0; k < a->count && same; k++) {
    same = a->steps[k].terms == b->steps[k].terms;
    for (slong j = 0; j < a->steps[k].terms && same; j++)
      same = fmpq_equal(&a->steps[k].c[j], &b->steps[k].c[j]);
  }
  return same;
}

static mc_status consider_schedules(search *s, const mc_kernel_model *model, mc_error *e) {
  mc_status status = MC_OK;
  for (size_t i = 0; mc_schedule_name(i) && status == MC_OK; i++) {
    const char *name = mc_schedule_name(i);
    mc_kernel_model other = *model;
    char text[160];
    mc_schedule_init(&other.schedule);
    snprintf(text, sizeof text, "the image under the schedule %s", name);
    status = mc_schedule_set_name(&other.schedule, name, e);
    if (status == MC_OK && !is_same(&other.schedule, &model->schedule))
      status = consider_model(s, &other, text, e);
    mc_schedule_clear(&other.schedule);
  }
  return status;
}

static mc_status consider_divisors(search *s, const mc_kernel_model *model, mc_error *e) {
  mc_kernel_model other = *model, none = *model;
  none.normalisation.kind = MC_NORM_NONE;
  none.schedule.count = 0;
  mc_status status = consider_model(s, &none, "the input", e);
  other.normalisation.kind = MC_NORM_NONE;
  if (status == MC_OK && model->normalisation.kind != MC_NORM_NONE)
    status = consider_model(s, &other, "the image of the input without normalisation", e);
  other = *model;
  other.schedule.count = 0;
  if (status == MC_OK)
    status = consider_model(s, &other, "the normalised input, no step taken", e);
  return status;
}

/* ---- Narrower formats ---- */

/* Is the error, as a whole and by rows, columns and tiles, what kernels of this format make? */
static mc_status consider_format(search *s, const mc_kernel_model *model, mc_dtype format, mc_error *e) {
  static const mc_audit_measure telling[] = {MC_MEASURE_TOTAL, MC_MEASURE_ROWS, MC_MEASURE_COLUMNS, MC_MEASURE_TILES};
  mc_kernel_model narrow = *model;
  mc_audit_options options = mc_audit_default_options();
  mc_audit_limits limits;
  mc_audit_measured measured;
  char text[160];
  narrow.storage = format;
  narrow.rounding = MC_ROUNDING_ALL;
  mc_audit_centre centre = {.profile = mc_alloc(s->r->basis.k, sizeof *centre.profile)};
  if (!centre.profile)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_status status = mc_audit_measured_init(&measured, &s->r->basis, e);
  if (status == MC_OK)
    status =
        mc_audit_ensemble_limits(&limits, &centre, &narrow, s->g, s->r->sigma, &s->r->image, &s->r->basis, &options, e);
  if (status == MC_OK) {
    bool fits = true;
    mc_audit_measure_approx(&measured, s->x, &s->r->image, &s->r->basis);
    for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
      fits = fits && measured.value[telling[i]] <= limits.statistical[telling[i]];
    snprintf(text, sizeof text, "as far off as a kernel in %s", mc_dtype_name(format));
    if (fits)
      insert(s, NAN, text);
  }
  mc_audit_measured_clear(&measured);
  mc_free(centre.profile);
  return status;
}

/* The widest format narrower than the model's that explains the error. */
static mc_status consider_formats(search *s, const mc_kernel_model *model, mc_error *e) {
  static const mc_dtype by_precision[] = {MC_DTYPE_FLOAT32, MC_DTYPE_FLOAT16, MC_DTYPE_BFLOAT16};
  mc_status status = MC_OK;
  size_t before = s->count;
  for (size_t i = 0; i < 3 && status == MC_OK && s->count == before; i++)
    if (mc_kernel_precision(by_precision[i]) < mc_kernel_precision(model->storage))
      status = consider_format(s, model, by_precision[i], e);
  return status;
}

/* ---- Where the error lies ---- */

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Blocks of h by w. */
typedef struct {
  size_t h, w;
  const char *name;
  double share; /* of them that stand out */
  char text[160];
} blocks;

/* Rounding spreads the error: blocks that err more than three times as much as the lower quartile are worth a look. */
static mc_status find_blocks(blocks *b, const search *s, mc_error *e) {
  size_t m = s->r->m, n = s->r->n, across = (n + b->w - 1) / b->w, count = across * ((m + b->h - 1) / b->h);
  size_t worst = 0, above = 0;
  double *squares = mc_alloc(2 * count, sizeof *squares);
  if (!squares)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < m * n; i++) {
    double error = s->x[i] - s->r->image.high[i];
    squares[i / n / b->h * across + i % n / b->w] += error * error;
  }
  for (size_t i = 0; i < count; i++)
    worst = squares[i] > squares[worst] ? i : worst;
  memcpy(squares + count, squares, count * sizeof *squares);
  qsort(squares + count, count, sizeof *squares, ascending);
  double quartile = squares[count + count / 4];
  for (size_t i = 0; i < count; i++)
    above += squares[i] > 9 * quartile;
  b->share = count >= 4 && above > 0 ? (double)above / (double)count : NAN;
  snprintf(b->text, sizeof b->text,
           "%zu of %zu %s err far more than others, most at entry (%zu, %zu): %.3g times the lower quartile", above,
           count, b->name, worst / across * b->h, worst % across * b->w, sqrt(squares[worst] / quartile));
  mc_free(squares);
  return MC_OK;
}

/* The smaller the share of blocks that stand out, the more they say. */
static mc_status consider_places(search *s, mc_error *e) {
  blocks all[] = {{.h = 1, .w = s->r->n, .name = "rows"},
                  {.h = s->r->m, .w = 1, .name = "columns"},
                  {.h = 16, .w = 16, .name = "tiles of 16 by 16"}};
  enum { KINDS = sizeof all / sizeof all[0] };
  mc_status status = MC_OK;
  for (size_t i = 0; i < KINDS && status == MC_OK; i++)
    status = find_blocks(&all[i], s, e);
  for (size_t found = 0; found < KINDS && status == MC_OK; found++) {
    blocks *best = NULL;
    for (size_t i = 0; i < KINDS; i++)
      if (!isnan(all[i].share) && (!best || all[i].share < best->share))
        best = &all[i];
    if (!best)
      break;
    insert(s, NAN, best->text);
    best->share = NAN;
  }
  return status;
}

/* False if all values are finite. */
static bool report_not_finite(search *s) {
  size_t found = 0, first = 0;
  char text[160];
  for (size_t i = 0; i < s->r->m * s->r->n; i++) {
    if (!isfinite(s->x[i]) && found++ == 0)
      first = i;
  }
  if (found == 0)
    return false;
  snprintf(text, sizeof text, "%zu of %zu values are NaN or infinite, the first at entry (%zu, %zu)", found,
           s->r->m * s->r->n, first / s->r->n, first % s->r->n);
  insert(s, NAN, text);
  return true;
}

mc_status mc_audit_explain_approx(mc_audit_explanation explanations[MC_AUDIT_EXPLANATIONS], size_t *count,
                                  const mc_audit_finding *f, const mc_audit_reference *reference,
                                  const mc_kernel_model *model, const double *g, const double *x, mc_error *e) {
  search s = {.list = explanations, .r = reference, .g = g, .x = x};
  *count = 0;
  if (report_not_finite(&s) || !f->limits) {
    *count = s.count;
    return MC_OK;
  }
  /* As near as correct outputs are to the image, or at least four times nearer than the image. */
  s.narrow = f->limits->statistical[MC_MEASURE_TOTAL];
  s.limit = fmax(f->limits->statistical[MC_MEASURE_TOTAL], mc_ball_upper_double(f->error) / 4);
  s.candidate = mc_alloc(reference->m * reference->n, sizeof *s.candidate);
  if (!s.candidate)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_status status = consider_steps(&s, model, e);
  if (status == MC_OK)
    status = consider_schedules(&s, model, e);
  if (status == MC_OK)
    status = consider_divisors(&s, model, e);
  if (status == MC_OK)
    status = consider_formats(&s, model, e);
  if (status == MC_OK)
    status = consider_places(&s, e);
  if (status == MC_OK) {
    consider_transposed(&s);
    if (!consider_zero(&s)) {
      consider_multiple(&s, reference->image.high, "the image");
      if (reference->polar_approximate)
        consider_multiple(&s, reference->polar_approximate, "the polar factor");
    }
  }
  mc_free(s.candidate);
  *count = s.count;
  return status;
}
