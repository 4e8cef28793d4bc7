/* Is a claim monotone in ? */
#include "derive.h"

/* The derivative with respect to ? of an expression in which it occurs linearly; NULL: it occurs otherwise.  Fresh
 * nodes come from *pool. */
typedef struct {
  mc_expr nodes[256];
  mc_expr *arguments[512];
  size_t node_count, argument_count;
} node_pool;

bool mc_derive_mentions(const mc_expr *expr) {
  if (expr->kind == MC_EXPR_UNKNOWN)
    return true;
  for (size_t i = 0; i < expr->count; i++)
    if (mc_derive_mentions(expr->arguments[i]))
      return true;
  return false;
}

static mc_expr *pool_new(node_pool *pool, const mc_expr *like, mc_expr_kind kind, mc_expr *a, mc_expr *b) {
  if (pool->node_count == 256)
    return NULL;
  mc_expr *x = &pool->nodes[pool->node_count++];
  *x = (mc_expr){.kind = kind, .line = like->line, .column = like->column, .height = like->height + 1, .cost = 1};
  fmpq_init(x->value);
  x->arguments = &pool->arguments[pool->argument_count];
  mc_expr *operands[] = {a, b};
  for (int i = 0; i < 2 && operands[i]; i++)
    x->arguments[x->count++] = operands[i];
  pool->argument_count += x->count;
  return x;
}

static mc_expr *pool_number(node_pool *pool, const mc_expr *like, slong value) {
  mc_expr *x = pool_new(pool, like, MC_EXPR_NUMBER, NULL, NULL);
  if (x)
    fmpq_set_si(x->value, value, 1);
  return x;
}

static mc_expr *slope(node_pool *pool, const mc_expr *expr) {
  if (!mc_derive_mentions(expr))
    return pool_number(pool, expr, 0);
  if (expr->kind == MC_EXPR_UNKNOWN)
    return pool_number(pool, expr, 1);
  mc_expr *left = expr->count > 0 ? expr->arguments[0] : NULL, *right = expr->count > 1 ? expr->arguments[1] : NULL;
  mc_expr *a, *b;
  switch (expr->kind) {
  case MC_EXPR_NEG:
    return (a = slope(pool, left)) ? pool_new(pool, expr, MC_EXPR_NEG, a, NULL) : NULL;
  case MC_EXPR_ADD:
  case MC_EXPR_SUB:
    a = slope(pool, left);
    b = slope(pool, right);
    return a && b ? pool_new(pool, expr, expr->kind, a, b) : NULL;
  case MC_EXPR_MUL:
    if (mc_derive_mentions(left) && mc_derive_mentions(right))
      return NULL;
    if (mc_derive_mentions(right))
      return (b = slope(pool, right)) ? pool_new(pool, expr, MC_EXPR_MUL, left, b) : NULL;
    return (a = slope(pool, left)) ? pool_new(pool, expr, MC_EXPR_MUL, a, right) : NULL;
  case MC_EXPR_DIV:
    if (mc_derive_mentions(right))
      return NULL;
    return (a = slope(pool, left)) ? pool_new(pool, expr, MC_EXPR_DIV, a, right) : NULL;
  default:
    return NULL;
  }
}

bool mc_derive_is_monotone(mc_derivation *d, const mc_comparison *c, bool rising, json_t **evidence) {
  node_pool *pool = mc_alloc(1, sizeof *pool);
  if (!pool)
    return false;
  mc_expr *left = slope(pool, c->left), *right = slope(pool, c->right);
  bool proved = false;
  if (left && right) {
    bool greater = c->relation == MC_RELATION_GE || c->relation == MC_RELATION_GT;
    mc_comparison sign = {greater == rising ? MC_RELATION_GE : MC_RELATION_LE, left, right, c->line, c->column};
    mc_claim statement = *d->claim;
    statement.exists = false;
    statement.unknown = NULL;
    statement.body = (mc_condition){1, &sign};
    mc_verdict verdict = MC_VERDICT_UNDECIDED;
    mc_error ignored = {0};
    mc_settling settling = *d->settling;
    settling.recording = evidence != NULL;
    proved = mc_settle_at(&verdict, &d->witness, evidence, &d->result->boxes, &settling, &statement, NULL, &ignored) ==
                 MC_OK &&
             verdict == MC_VERDICT_PROVED;
  }
  for (size_t i = 0; i < pool->node_count; i++)
    fmpq_clear(pool->nodes[i].value);
  mc_free(pool);
  return proved;
}
