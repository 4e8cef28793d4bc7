/* Whole steps of the optimizer and scaled outputs; private to this module. */
#ifndef MUONCERT_RUN_STEPS_H
#define MUONCERT_RUN_STEPS_H

#include "audits.h"

/* Does the request name the files of a whole step? */
bool mc_run_is_step(const mc_run_audit_request *r);

/* rule (initialised) := what the request says of a step, on top of its preset's conventions. */
mc_status mc_run_read_step_rule(mc_audit_step_rule *rule, const mc_run_audit_request *r, mc_error *e);

/* The preset's conventions, and what the request says of momentum, Nesterov, decay and scaling. */
mc_status mc_run_read_conventions(mc_audit_step_rule *rule, const mc_run_audit_request *r, mc_error *e);

/* rule->scaling and rule->factor alone, from "rms", "spectral*0.2" or "0.2". */
mc_status mc_run_read_scaling(mc_audit_step_rule *rule, const char *text, mc_error *e);

/* Fill an entry of audits[] with what is found of one step. */
void mc_run_judge_step(json_t *entry, const mc_audit_step *step, const mc_audit_step_rule *rule,
                       const mc_kernel_model *model, const mc_audit_options *options);

#endif
