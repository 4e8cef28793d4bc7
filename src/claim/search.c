/* Branch and bound.
 *
 * The domain is halved breadth first until there are boxes enough to share; then each of those is searched depth first
 * by itself, on any number of threads.  What a search finds depends on its box alone, and of several findings that of
 * the first box counts: verdict, witness, evidence and the number of boxes are the same for any number of threads. */
#include "search.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "box.h"
#include "identity.h"
#include "stuck.h"

enum {
  GREATEST_DEPTH = 90, /* halvings of one box, for each variable */
  MOST_STUCK = 24,     /* boxes given up before the search is */
  MOST_STUCK_SHARED = 4,
  SHARED_FROM = 128,   /* boxes after which the rest is shared, */
  SHARED = 32,         /* if it is so many */
  MOST_ALONE = 2000,   /* or after so many */
  MOST_FRUITLESS = 30, /* boxes on which algebra is tried in vain, */
  MOST_FRUITLESS_SHARED = 4,
  MOST_BOXES = 20000000
};

typedef struct {
  size_t depth, place;
  uint64_t pending;
} box_head;

typedef struct {
  mc_boxer b;

  /* Open boxes: [first, count) of heads, and n ranges for each in boxes. */
  size_t first, count, capacity;
  box_head *heads;
  mc_range *boxes; /* capacity * n, all initialised */

  uint64_t box_count, most_boxes;
  size_t stuck, most_stuck;
  size_t fruitless, most_fruitless; /* boxes on which algebra was of no use */
  char where_stuck[400];
  bool settled, exhausted; /* by a point or a change of sign; without open or stuck boxes */
  mc_status status;        /* MC_OK, or the claim is undefined inside its domain */
  mc_error error;
} search;

/* ---- Open boxes ---- */

static bool search_init(search *s, const mc_tape *tape, const mc_search_task *task) {
  *s = (search){.most_boxes = MOST_BOXES, .most_stuck = MOST_STUCK, .most_fruitless = MOST_FRUITLESS};
  mc_proof_init(&s->b.proof, task->recording);
  bool ok = mc_workspace_init(&s->b.w, tape, task);
  s->status = mc_witness_init(&s->b.witness, task->claim->variable_count, &s->error);
  if (!ok)
    s->status = mc_fail(&s->error, MC_NO_MEMORY, "out of memory");
  return s->status == MC_OK;
}

static void search_clear(search *s) {
  mc_range_vector_free(s->boxes, s->capacity * s->b.w.n);
  mc_free(s->heads);
  mc_witness_clear(&s->b.witness);
  mc_proof_clear(&s->b.proof);
  json_decref(s->b.evidence);
  mc_workspace_clear(&s->b.w);
}

static void give_up(search *s, const char *why) {
  snprintf(s->where_stuck, sizeof s->where_stuck, "%s", why);
  s->stuck = MOST_STUCK;
}

/* Push the box of the workspace. */
static void push(search *s, box_head head) {
  size_t n = s->b.w.n;
  if (s->count == s->capacity) {
    size_t capacity = s->capacity ? 2 * s->capacity : 64;
    box_head *heads = mc_realloc(s->heads, capacity, sizeof *heads);
    if (heads)
      s->heads = heads;
    mc_range *boxes = heads ? mc_realloc(s->boxes, capacity * n + 1, sizeof *boxes) : NULL;
    if (!boxes) {
      give_up(s, "out of memory");
      return;
    }
    s->boxes = boxes;
    for (size_t i = s->capacity * n; i < capacity * n; i++)
      mc_range_init(s->boxes + i);
    s->capacity = capacity;
  }
  for (size_t j = 0; j < n; j++)
    mc_range_set(s->boxes + s->count * n + j, s->b.w.box + j);
  s->heads[s->count++] = head;
}

static box_head take(search *s, size_t i) {
  for (size_t j = 0; j < s->b.w.n; j++)
    mc_range_set(s->b.w.box + j, s->boxes + i * s->b.w.n + j);
  return s->heads[i];
}

/* ---- Splitting ---- */

/* The coordinate along which the first open atom varies most. */
static size_t widest(const mc_workspace *s, uint64_t pending) {
  size_t node = 0, best = 0;
  double most = -1;
  bool known = false;
  for (size_t i = 0; i < s->tape->body_count && !known; i++)
    if (i >= MC_MOST_PENDING || (pending & mc_box_bit(i))) {
      node = s->tape->body[i].node;
      known = true;
    }
  for (size_t j = 0; j < s->n; j++) {
    double width = arf_get_d(&s->box[j].hi, ARF_RND_NEAR) - arf_get_d(&s->box[j].lo, ARF_RND_NEAR);
    const mc_range *slope = s->on_box.gradient + node * s->n + j;
    double steepness = 1;
    if (known && !mc_range_is_undefined(slope))
      steepness = fmax(fabs(arf_get_d(&slope->lo, ARF_RND_NEAR)), fabs(arf_get_d(&slope->hi, ARF_RND_NEAR)));
    /* Width counts for itself too, so that no coordinate is left wide for ever. */
    double score = width * (isfinite(steepness) ? steepness : 1) + 1e-3 * width;
    if (score > most) {
      most = score;
      best = j;
    }
  }
  return best;
}

/* The lower half is pushed last, so that a stack takes it first. */
static void split(search *s, box_head head) {
  mc_workspace *w = &s->b.w;
  size_t j = widest(w, head.pending), lower, upper;
  arf_t middle_point, end;
  arf_init(middle_point);
  arf_init(end);
  arf_add(middle_point, &w->box[j].lo, &w->box[j].hi, ARF_PREC_EXACT, ARF_RND_DOWN);
  arf_mul_2exp_si(middle_point, middle_point, -1);
  mc_proof_split(&s->b.proof, head.place, (int)j, &lower, &upper);
  head.depth++;
  arf_set(end, &w->box[j].lo);
  arf_set(&w->box[j].lo, middle_point);
  head.place = upper;
  push(s, head);
  arf_set(&w->box[j].lo, end);
  arf_set(&w->box[j].hi, middle_point);
  head.place = lower;
  push(s, head);
  arf_clear(middle_point);
  arf_clear(end);
}

/* ---- One box after the other ---- */

static slong precision_at(size_t depth) {
  slong precision = 64 + 2 * (slong)depth;
  return precision > MC_IMAGE_PRECISION - 32 ? MC_IMAGE_PRECISION - 32 : precision;
}

/* Where a time limit or an interrupt meets the search. */
static bool is_stopped(search *s) {
  if (!mc_deadline_passed(s->b.w.task->deadline) && !mc_interrupt_requested() && s->box_count < s->most_boxes)
    return false;
  mc_stuck_describe(&s->b.w,
                    mc_interrupt_requested()        ? "interrupted"
                    : s->box_count >= s->most_boxes ? "more boxes than are tried"
                                                    : "time limit reached",
                    s->where_stuck, sizeof s->where_stuck);
  s->stuck = s->most_stuck;
  return true;
}

static void explain_stuck(search *s) {
  char why[400] = "";
  s->status = mc_stuck_explain(&s->b.w, why, sizeof why, &s->error);
  if (s->stuck++ == 0)
    snprintf(s->where_stuck, sizeof s->where_stuck, "%s", why);
}

/* The box of the workspace. */
static void process(search *s, box_head head) {
  if (is_stopped(s))
    return;
  s->box_count++;
  s->b.by_algebra = s->fruitless < s->most_fruitless && (head.depth <= 6 || head.depth % 6 == 0);
  mc_box_outcome o = mc_box_process(&s->b, &head.pending, head.place, precision_at(head.depth));
  bool last = s->b.w.n == 0 || head.depth >= GREATEST_DEPTH * s->b.w.n;
  if (o == MC_BOX_OPEN && last)
    o = mc_box_process_exactly(&s->b, head.pending, head.place);
  s->fruitless += s->b.by_algebra && o == MC_BOX_OPEN;
  s->settled = o == MC_BOX_SETTLED;
  if (o == MC_BOX_OPEN && last)
    explain_stuck(s);
  else if (o == MC_BOX_OPEN)
    split(s, head);
}

static bool goes_on(const search *s) {
  return s->first < s->count && s->stuck < s->most_stuck && s->status == MC_OK && !s->settled;
}

/* A finding that ends the whole search. */
static bool is_decisive(const search *s) {
  return s->settled || s->status != MC_OK;
}

/* ---- Sharing ---- */

typedef struct {
  search *parts;
  const search *from;
  atomic_size_t decisive; /* the first part that is */
} sharing;

static void search_part(void *context, size_t i) {
  sharing *all = context;
  search *s = &all->parts[i];
  const mc_workspace *w = &all->from->b.w;
  if (!search_init(s, w->tape, w->task))
    return;
  s->most_stuck = MOST_STUCK_SHARED;
  s->most_fruitless = MOST_FRUITLESS_SHARED;
  s->most_boxes = MOST_BOXES / SHARED;
  const size_t index = all->from->first + i;
  for (size_t j = 0; j < w->n; j++)
    mc_range_set(s->b.w.box + j, all->from->boxes + index * w->n + j);
  box_head head = all->from->heads[index];
  head.place = 0;
  push(s, head);
  /* A part is of no use once one before it is decisive. */
  while (goes_on(s) && atomic_load(&all->decisive) > i)
    process(s, take(s, --s->count));
  s->exhausted = s->first == s->count && s->stuck == 0;
  size_t first = atomic_load(&all->decisive);
  while (is_decisive(s) && i < first && !atomic_compare_exchange_weak(&all->decisive, &first, i))
    continue;
}

/* Take over what the parts before the first decisive one, and that one, have found. */
static void join(search *s, sharing *all, size_t count) {
  size_t last = atomic_load(&all->decisive);
  for (size_t i = 0; i < count && i <= last; i++) {
    search *part = &all->parts[i];
    s->box_count += part->box_count;
    /* A part that was not begun, or not finished for want of memory, has closed nothing. */
    if (!part->exhausted && part->stuck == 0 && i != last)
      give_up(part, mc_interrupt_requested() ? "interrupted" : "out of memory");
    if (part->stuck > 0 && s->stuck == 0)
      snprintf(s->where_stuck, sizeof s->where_stuck, "%s", part->where_stuck);
    s->stuck += part->stuck;
    mc_proof_graft(&s->b.proof, s->heads[s->first + i].place, &part->b.proof);
    if (i == last) {
      s->settled = part->settled;
      s->status = part->status;
      s->error = part->error;
      mc_witness_swap(&s->b.witness, &part->b.witness);
      s->b.evidence = part->b.evidence;
      part->b.evidence = NULL;
    }
  }
}

static void share(search *s) {
  size_t count = s->count - s->first;
  sharing all = {.parts = mc_alloc(count, sizeof *all.parts), .from = s};
  atomic_init(&all.decisive, SIZE_MAX);
  if (!all.parts) {
    give_up(s, "out of memory");
    return;
  }
  mc_parallel_for(count, s->b.w.task->threads, search_part, &all);
  join(s, &all, count);
  for (size_t i = 0; i < count; i++)
    if (all.parts[i].b.w.tape)
      search_clear(&all.parts[i]);
  mc_free(all.parts);
  s->first = s->count;
}

static void run(search *s) {
  while (goes_on(s)) {
    size_t open = s->count - s->first;
    if ((s->box_count >= SHARED_FROM && open >= SHARED) || s->box_count >= MOST_ALONE) {
      share(s);
      return;
    }
    process(s, take(s, s->first++));
  }
}

/* ---- The whole ---- */

/* The atoms of the body that need no search: equations that hold identically, and restatements of a side condition. */
static uint64_t settled_by_algebra(search *s) {
  const mc_tape *tape = s->b.w.tape;
  bool recording = s->b.w.recording;
  uint64_t atoms = 0;
  for (size_t i = 0; i < tape->body_count && i < MC_MOST_PENDING; i++) {
    const mc_atom *atom = &tape->body[i];
    if (atom->equation && i + 1 < MC_MOST_PENDING && mc_identity_is_zero(tape, atom->node)) {
      atoms |= mc_box_bit(i) | mc_box_bit(i + 1);
      for (size_t half = i; recording && half <= i + 1; half++)
        mc_proof_add_step(&s->b.proof, 0, json_pack("[I s]", (json_int_t)half, "identity"));
    }
    for (size_t k = 0; k < tape->where_count && !(atoms & mc_box_bit(i)); k++)
      if ((tape->where[k].strict || !atom->strict) && mc_identity_is_equal(tape, atom->node, tape->where[k].node)) {
        atoms |= mc_box_bit(i);
        if (recording)
          mc_proof_add_step(&s->b.proof, 0, json_pack("[I s I]", (json_int_t)i, "given", (json_int_t)k));
      }
  }
  return atoms;
}

static mc_status conclude(mc_verdict *verdict, mc_witness *witness, json_t **evidence, search *s, mc_error *e) {
  bool exists = s->b.w.task->claim->exists;
  if (s->status != MC_OK) {
    if (e)
      *e = s->error;
    return s->status;
  }
  if (s->settled) {
    *verdict = exists ? MC_VERDICT_PROVED : MC_VERDICT_REFUTED;
    mc_witness_swap(witness, &s->b.witness);
    *evidence = json_incref(s->b.evidence);
  } else if (s->stuck == 0) {
    *verdict = exists ? MC_VERDICT_REFUTED : MC_VERDICT_PROVED;
    json_t *boxes = mc_proof_flatten(&s->b.proof);
    if (boxes)
      *evidence = json_pack("{s:o}", "boxes", boxes);
  } else {
    mc_fail(e, MC_UNDECIDED, "%s", s->where_stuck);
  }
  return MC_OK;
}

mc_status mc_search_settle(mc_verdict *verdict, mc_witness *witness, json_t **evidence, uint64_t *boxes,
                           const mc_tape *tape, const mc_search_task *task, mc_error *e) {
  search s;
  *verdict = MC_VERDICT_UNDECIDED;
  *evidence = NULL;
  if (search_init(&s, tape, task)) {
    for (size_t j = 0; j < s.b.w.n; j++) {
      arf_zero(&s.b.w.box[j].lo);
      arf_one(&s.b.w.box[j].hi);
    }
    push(&s, (box_head){.pending = ~settled_by_algebra(&s)});
    s.settled = mc_box_settled_by_sample(&s.b);
    run(&s);
  }
  *boxes += s.box_count;
  mc_status status = conclude(verdict, witness, evidence, &s, e);
  search_clear(&s);
  return status;
}
