#include "proof.h"

/* A new box; 0 where none is to be had. */
static size_t add_box(mc_proof *proof) {
  if (!proof->wanted || proof->failed)
    return 0;
  if (proof->count == proof->capacity) {
    size_t capacity = proof->capacity ? 2 * proof->capacity : 64;
    mc_proof_box *boxes = proof->count >= MC_PROOF_BOXES ? NULL : mc_realloc(proof->boxes, capacity, sizeof *boxes);
    if (!boxes) {
      proof->failed = true;
      return 0;
    }
    proof->boxes = boxes;
    proof->capacity = capacity;
  }
  proof->boxes[proof->count] = (mc_proof_box){.axis = -1};
  return proof->count++;
}

void mc_proof_init(mc_proof *proof, bool wanted) {
  *proof = (mc_proof){.wanted = wanted};
  add_box(proof);
}

void mc_proof_clear(mc_proof *proof) {
  for (size_t i = 0; i < proof->count; i++)
    json_decref(proof->boxes[i].steps);
  mc_free(proof->boxes);
  *proof = (mc_proof){0};
}

void mc_proof_add_step(mc_proof *proof, size_t box, json_t *step) {
  if (!proof->wanted || proof->failed || !step) {
    proof->failed = proof->failed || !step;
    json_decref(step);
    return;
  }
  json_t **steps = &proof->boxes[box].steps;
  if (!*steps)
    *steps = json_array();
  proof->failed = json_array_append_new(*steps, step) != 0;
}

void mc_proof_split(mc_proof *proof, size_t box, int axis, size_t *lower, size_t *upper) {
  *lower = add_box(proof);
  *upper = add_box(proof);
  if (!proof->wanted || proof->failed)
    return;
  proof->boxes[box].axis = axis;
  proof->boxes[box].lower = *lower;
  proof->boxes[box].upper = *upper;
}

void mc_proof_graft(mc_proof *proof, size_t box, mc_proof *tree) {
  proof->failed = proof->failed || tree->failed;
  if (!proof->wanted || proof->failed)
    return;
  size_t first = proof->count;
  for (size_t i = 1; i < tree->count; i++)
    add_box(proof);
  for (size_t i = 0; i < tree->count && !proof->failed; i++) {
    mc_proof_box *to = &proof->boxes[i == 0 ? box : first + i - 1];
    *to = tree->boxes[i];
    tree->boxes[i].steps = NULL;
    if (to->axis >= 0) {
      to->lower += first - 1;
      to->upper += first - 1;
    }
  }
}

json_t *mc_proof_flatten(const mc_proof *proof) {
  if (!proof->wanted || proof->failed)
    return NULL;
  json_t *list = json_array();
  size_t depth = 1, *stack = mc_alloc(proof->count + 1, sizeof *stack);
  while (stack && depth > 0) {
    const mc_proof_box *box = &proof->boxes[stack[--depth]];
    json_t *entry = json_array();
    json_array_append_new(entry, json_integer(box->axis));
    if (box->steps)
      json_array_extend(entry, box->steps);
    json_array_append_new(list, entry);
    if (box->axis >= 0) {
      stack[depth++] = box->upper;
      stack[depth++] = box->lower;
    }
  }
  if (!stack) {
    json_decref(list);
    list = NULL;
  }
  mc_free(stack);
  return list;
}
