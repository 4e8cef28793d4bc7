/* Running kernels: built-in code here, plug-ins in a process of their own. */
#include <limits.h>
#include <string.h>

#include "runner.h"

struct mc_kernel {
  const mc_kernel_code *code; /* or: */
  mc_plugin *plugin;
  char *name;
  mc_kernel_code own; /* code, of a mutant */
  mc_kernel_planted planted;
};

const mc_kernel_code *mc_kernel_builtin(size_t i) {
  return i < mc_kernel_builtin_total ? &mc_kernel_builtins[i] : NULL;
}

mc_kernel_limits mc_kernel_default_limits(void) {
  return (mc_kernel_limits){.seconds = 10, .bytes = (uint64_t)4 << 30};
}

static bool is_path(const char *name) {
  size_t n = strlen(name);
  return strchr(name, '/') || (n > 3 && strcmp(name + n - 3, ".so") == 0);
}

static mc_status unknown_kernel(const char *name, mc_error *e) {
  mc_text t;
  mc_text_init(&t);
  for (size_t i = 0; mc_kernel_builtin(i); i++)
    mc_text_printf(&t, " %s,", mc_kernel_builtin(i)->name);
  mc_fail(e, MC_BAD_INPUT, "no kernel is called '%.60s'; known are%s or the path of a plug-in, ./name.so", name,
          t.failed ? " others" : t.data);
  mc_text_clear(&t);
  return MC_BAD_INPUT;
}

static mc_status new_kernel(mc_kernel **kernel, const char *name, mc_error *e) {
  mc_kernel *k = mc_alloc(1, sizeof *k);
  *kernel = NULL;
  if (k)
    k->name = mc_strdup(name);
  if (k && k->name) {
    *kernel = k;
    return MC_OK;
  }
  mc_free(k);
  return mc_fail(e, MC_NO_MEMORY, "out of memory");
}

mc_status mc_kernel_open_code(mc_kernel **kernel, const mc_kernel_code *code, mc_error *e) {
  *kernel = NULL;
  if (code->is_available && !code->is_available())
    return mc_fail(e, MC_BAD_INPUT, "the kernel '%s' needs instructions that this processor lacks", code->name);
  mc_status s = new_kernel(kernel, code->name, e);
  if (s == MC_OK)
    (*kernel)->code = code;
  return s;
}

static mc_status run_planted(double *x, const void *context, const mc_kernel_model *model, const double *g, size_t m,
                             size_t n) {
  const mc_kernel_planted *p = context;
  return mc_kernel_mutant_run(x, p->mutant, model, g, m, n, NULL, NULL);
}

static int call_planted(const void *context, const muoncert_orthogonalise *call) {
  const mc_kernel_planted *p = context;
  return mc_kernel_emulate_call(call, p->rounding, run_planted, p);
}

mc_status mc_kernel_open_mutant(mc_kernel **kernel, size_t i, mc_kernel_rounding rounding, mc_error *e) {
  mc_status s = new_kernel(kernel, mc_kernel_mutant_get(i)->name, e);
  if (s != MC_OK)
    return s;
  mc_kernel *k = *kernel;
  k->planted = (mc_kernel_planted){i, rounding};
  k->own = (mc_kernel_code){.name = k->name,
                            .summary = "a planted bug",
                            .dtypes = ~0u,
                            .usual = MC_DTYPE_BFLOAT16,
                            .context = &k->planted,
                            .orthogonalise = call_planted};
  k->code = &k->own;
  return MC_OK;
}

mc_status mc_kernel_open(mc_kernel **kernel, const char *name, const mc_kernel_limits *limits, mc_error *e) {
  *kernel = NULL;
  for (size_t i = 0; mc_kernel_builtin(i); i++)
    if (strcmp(mc_kernel_builtin(i)->name, name) == 0)
      return mc_kernel_open_code(kernel, mc_kernel_builtin(i), e);
  if (!is_path(name))
    return unknown_kernel(name, e);
  mc_status s = new_kernel(kernel, name, e);
  if (s == MC_OK)
    s = mc_plugin_open(&(*kernel)->plugin, name, limits, e);
  if (s != MC_OK) {
    mc_kernel_close(*kernel);
    *kernel = NULL;
  }
  return s;
}

void mc_kernel_close(mc_kernel *kernel) {
  if (!kernel)
    return;
  mc_plugin_close(kernel->plugin);
  mc_free(kernel->name);
  mc_free(kernel);
}

const char *mc_kernel_name(const mc_kernel *kernel) {
  return kernel->name;
}

static unsigned dtypes_of(const mc_kernel *kernel) {
  return kernel->code ? kernel->code->dtypes : mc_plugin_dtypes(kernel->plugin);
}

bool mc_kernel_takes(const mc_kernel *kernel, mc_dtype dtype) {
  static const unsigned bits[] = {[MC_DTYPE_FLOAT16] = 1u << MUONCERT_FLOAT16,
                                  [MC_DTYPE_BFLOAT16] = 1u << MUONCERT_BFLOAT16,
                                  [MC_DTYPE_FLOAT32] = 1u << MUONCERT_FLOAT32,
                                  [MC_DTYPE_FLOAT64] = 1u << MUONCERT_FLOAT64};
  return dtypes_of(kernel) & bits[dtype];
}

/* A plug-in's is the first of these that it takes. */
mc_dtype mc_kernel_usual_dtype(const mc_kernel *kernel) {
  static const mc_dtype order[] = {MC_DTYPE_BFLOAT16, MC_DTYPE_FLOAT32, MC_DTYPE_FLOAT16, MC_DTYPE_FLOAT64};
  if (kernel->code)
    return kernel->code->usual;
  for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
    if (mc_kernel_takes(kernel, order[i]))
      return order[i];
  return order[0];
}

unsigned mc_kernel_roundings(const mc_kernel *kernel) {
  return kernel->code ? kernel->code->roundings : 0;
}

bool mc_kernel_flushes(const mc_kernel *kernel) {
  return kernel->code && kernel->code->flush;
}

bool mc_kernel_has_orthogonalise(const mc_kernel *kernel) {
  return kernel->code ? kernel->code->orthogonalise != NULL : mc_plugin_has_orthogonalise(kernel->plugin);
}

bool mc_kernel_has_step(const mc_kernel *kernel) {
  return kernel->code ? kernel->code->step != NULL : mc_plugin_has_step(kernel->plugin);
}

/* ---- Calls ---- */

static void *array_of(const mc_kernel_frame *f, mc_slot slot) {
  return f->regions[slot].length > 0 ? f->memory + f->regions[slot].start : NULL;
}

static int call_code(const mc_kernel_code *code, const mc_kernel_frame *f) {
  muoncert_orthogonalise o;
  muoncert_step s;
  mc_kernel_frame_describe(&o, &s, f);
  o.problem.schedule = s.problem.schedule = array_of(f, MC_SLOT_SCHEDULE);
  o.g.data = s.gradient.data = array_of(f, MC_SLOT_GRADIENT);
  o.x.data = array_of(f, MC_SLOT_RESULT);
  s.weights.data = array_of(f, MC_SLOT_WEIGHTS);
  s.buffer.data = array_of(f, MC_SLOT_BUFFER);
  s.weights_after.data = array_of(f, MC_SLOT_WEIGHTS_AFTER);
  s.buffer_after.data = array_of(f, MC_SLOT_BUFFER_AFTER);
  return f->call->step ? code->step(code->context, &s) : code->orthogonalise(code->context, &o);
}

static mc_status run_code(mc_kernel_conduct *conduct, const mc_kernel_code *code, mc_kernel_frame *f, mc_error *e) {
  /* Frames want their arrays aligned as pages are. */
  unsigned char *room = mc_alloc(f->length + 4096, 1);
  if (!room)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_status s = mc_kernel_frame_fill(f, room + (4096 - (uintptr_t)room % 4096) % 4096, e);
  int code_returned = s == MC_OK ? call_code(code, f) : 0;
  if (code_returned != 0)
    s = mc_fail(e, MC_BAD_INPUT, "the kernel %s returned %d", code->name, code_returned);
  if (s == MC_OK)
    s = mc_kernel_frame_take(conduct, f, e);
  mc_free(room);
  return s;
}

static mc_status check_call(const mc_kernel *kernel, const mc_kernel_call *call, mc_error *e) {
  if (call->count == 0 || call->m == 0 || call->n == 0 || call->m > INT_MAX || call->n > INT_MAX)
    return mc_fail(e, MC_BAD_INPUT, "%zu matrices of %zu by %zu are nothing to run a kernel on", call->count, call->m,
                   call->n);
  if (!mc_kernel_takes(kernel, call->model->storage))
    return mc_fail(e, MC_BAD_INPUT, "the kernel %s does not take %s", kernel->name,
                   mc_dtype_name(call->model->storage));
  if (call->step ? !mc_kernel_has_step(kernel) : !mc_kernel_has_orthogonalise(kernel))
    return mc_fail(e, MC_BAD_INPUT, "the kernel %s has no function %s", kernel->name,
                   call->step ? "step" : "orthogonalise");
  return MC_OK;
}

mc_status mc_kernel_run(mc_kernel_conduct *conduct, mc_kernel *kernel, const mc_kernel_call *call, mc_error *e) {
  mc_kernel_frame f = {0};
  mc_status s = check_call(kernel, call, e);
  *conduct = (mc_kernel_conduct){0};
  if (s == MC_OK)
    s = mc_kernel_frame_init(&f, call, e);
  if (s == MC_OK)
    s = kernel->code ? run_code(conduct, kernel->code, &f, e) : mc_plugin_run(conduct, kernel->plugin, &f, e);
  mc_kernel_frame_clear(&f);
  return s;
}
