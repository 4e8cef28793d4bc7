/* Evidence for a claim, by its kinds.  Private to src/check. */
#ifndef MUONCERT_CHECK_EVIDENCE_H
#define MUONCERT_CHECK_EVIDENCE_H

#include <jansson.h>

#include "program.h"

typedef struct {
  const mc_claim *claim;
  const fmpq *unknown; /* the value of ?, or NULL */
  bool slope;          /* the statement is that a comparison's margin is monotone in ? */
  size_t comparison;
  bool rising;
  mc_deadline deadline;
  uint64_t *boxes;
  mc_error *error; /* why not */
} mc_evidence_task;

/* Does the evidence show that the statement holds (or, fails, that it does not)? */
bool mc_evidence_shows(const mc_evidence_task *task, const json_t *evidence, bool fails);

/* Does a list of boxes show that the statement holds everywhere (forall), or nowhere (exists)?  One list for each
 * combination of integers, in their order.  (cover.c) */
bool mc_evidence_covers(const mc_evidence_task *task, const json_t *instances);

/* The combination of integers that the object names, one text for each integer variable and nothing else. */
bool mc_evidence_integers(fmpq *integers, const mc_evidence_task *task, const json_t *object);

/* Integers lie in their ranges; reals are checked as what the frame says of them. */
bool mc_evidence_integers_in_range(const mc_claim *claim, const fmpq *values);

/* Does a point of the unit frame decide the statement, {"point", "integers"}, or one that {"root", "integers"}
 * isolates as the root of a polynomial, or that {"angle": [a, b], "integers"} says to be a + b pi?  (root.c) */
bool mc_evidence_at_unit_point(const mc_evidence_task *task, const json_t *evidence);

/* A rational number "p/q"; false: the text is none, or a long one. */
bool mc_evidence_rational(fmpq_t x, const json_t *text);

/* Fill *task->error; returns false. */
bool mc_evidence_refuse(const mc_evidence_task *task, const char *format, ...) MC_PRINTF(2, 3);

/* What compiles the statement in a frame; integers by variable. */
mc_program *mc_evidence_program(const mc_evidence_task *task, const fmpq *integers, bool unit, bool cleared);

#endif
