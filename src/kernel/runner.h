/* How a kernel is run; private to this module. */
#ifndef MUONCERT_KERNEL_RUNNER_H
#define MUONCERT_KERNEL_RUNNER_H

#include "frame.h"

typedef struct mc_plugin mc_plugin;

/* Load a plug-in into a process of its own (plugin.c).  MC_BAD_INPUT: it is none; MC_CRASHED: loading it crashed or
 * hung. */
mc_status mc_plugin_open(mc_plugin **plugin, const char *path, const mc_kernel_limits *limits, mc_error *e);
void mc_plugin_close(mc_plugin *plugin);
unsigned mc_plugin_dtypes(const mc_plugin *plugin);
bool mc_plugin_has_orthogonalise(const mc_plugin *plugin);
bool mc_plugin_has_step(const mc_plugin *plugin);

/* Run the call laid out in f.  Fails as mc_kernel_run. */
mc_status mc_plugin_run(mc_kernel_conduct *conduct, mc_plugin *plugin, mc_kernel_frame *f, mc_error *e);

/* An emulated kernel: x := what it makes of g. */
typedef mc_status mc_kernel_emulator(double *x, const void *context, const mc_kernel_model *model, const double *g,
                                     size_t m, size_t n);
mc_kernel_emulator mc_kernel_emulate_plainly;

/* Which bug, in a kernel of which rule. */
typedef struct {
  size_t mutant;
  mc_kernel_rounding rounding;
} mc_kernel_planted;

/* Emulated kernels behind the ABI (emulate_call.c): 0 or a status. */
int mc_kernel_emulate_call(const muoncert_orthogonalise *call, mc_kernel_rounding rounding, mc_kernel_emulator *run,
                           const void *context);
int mc_kernel_emulate_step_call(const muoncert_step *call, mc_kernel_rounding rounding);

/* The built-in kernels (builtin.c). */
extern const mc_kernel_code mc_kernel_builtins[];
extern const size_t mc_kernel_builtin_total;

#endif
