/* Shares of one run, joined.  Counts add up; of the worst trials the worst stands, with the witness that its share has
 * shrunk it to: what one process would have found, since trials and shrinking depend on the case alone. */
#include "campaign.h"

#include <string.h>

static const json_t *share_of(const json_t *document) {
  return json_object_get(document, "share");
}

static unsigned number(const json_t *share, const char *name) {
  return (unsigned)json_integer_value(json_object_get(share, name));
}

/* ---- What makes documents shares of one run ---- */

static bool equal_members(const json_t *a, const json_t *b, const char *const *names) {
  for (; *names; names++) {
    const json_t *x = json_object_get(a, *names), *y = json_object_get(b, *names);
    if ((x || y) && !(x && y && json_equal(x, y)))
      return false;
  }
  return true;
}

static mc_status check_share(const json_t *document, const json_t *first, mc_error *e) {
  static const char *const run[] = {"seed", "profile", "trials", NULL};
  static const char *const campaign[] = {"id", "file", "plan", "planned", "required", NULL};
  const json_t *entries = json_object_get(document, "campaigns"), *others = json_object_get(first, "campaigns"), *entry;
  unsigned index = number(share_of(document), "index"), of = number(share_of(document), "of");
  size_t i;
  if (index < 1 || index > of || of != number(share_of(first), "of"))
    return mc_fail(e, MC_BAD_INPUT, "share %u of %u does not belong to a run in %u shares", index, of,
                   number(share_of(first), "of"));
  if (!equal_members(document, first, run) || json_array_size(entries) != json_array_size(others))
    return mc_fail(e, MC_BAD_INPUT, "share %u of %u is of another run: seed, profile, trials or campaigns differ",
                   index, of);
  json_array_foreach(entries, i, entry) if (!equal_members(entry, json_array_get(others, i), campaign)) return mc_fail(
      e, MC_BAD_INPUT, "share %u of %u is of another run: campaign '%s' differs", index, of,
      json_string_value(json_object_get(entry, "id")));
  return MC_OK;
}

static mc_status check_shares(const json_t *const *shares, size_t count, mc_error *e) {
  for (size_t i = 0; i < count; i++) {
    if (check_share(shares[i], shares[0], e) != MC_OK)
      return MC_BAD_INPUT;
    for (size_t k = 0; k < i; k++)
      if (number(share_of(shares[i]), "index") == number(share_of(shares[k]), "index"))
        return mc_fail(e, MC_BAD_INPUT, "share %u of %u is there twice", number(share_of(shares[i]), "index"),
                       number(share_of(shares[i]), "of"));
  }
  return MC_OK;
}

/* ---- Joining ---- */

static bool is_error(const json_t *entry) {
  const char *verdict = json_string_value(json_object_get(entry, "verdict"));
  return !verdict || strcmp(verdict, "error") == 0;
}

/* Campaign k of all shares.  NULL: the counts of a share do not add up. */
static json_t *join_campaign(const json_t *const *shares, size_t count, size_t k, const char *missing, mc_error *e) {
  mc_prop_tally sum = {0};
  const json_t *winner = json_array_get(json_object_get(shares[0], "campaigns"), k);
  const char *stopped = missing;
  double seconds = 0;
  for (size_t i = 0; i < count; i++) {
    const json_t *entry = json_array_get(json_object_get(shares[i], "campaigns"), k);
    mc_prop_tally tally;
    seconds += json_number_value(json_object_get(entry, "seconds"));
    if (is_error(entry))
      return json_deep_copy(entry);
    if (!mc_run_campaign_entry_get(&tally, entry)) {
      mc_fail(e, MC_BAD_INPUT, "share %u of %u contradicts itself: the counts of '%s' do not add up",
              number(share_of(shares[i]), "index"), number(share_of(shares[i]), "of"),
              json_string_value(json_object_get(entry, "id")));
      return NULL;
    }
    if (!stopped)
      stopped = json_string_value(json_object_get(entry, "stopped"));
    mc_prop_tally_add(&sum, &tally);
    if (tally.met > 0 && sum.worst == tally.worst)
      winner = entry;
  }
  json_t *joined = json_deep_copy(winner);
  json_object_del(joined, "share");
  if (sum.trials < (uint64_t)json_integer_value(json_object_get(joined, "planned")))
    json_object_del(joined, "plan"); /* not the first trials of the whole: nothing can go on from here */
  if (stopped)
    json_object_set_new(joined, "stopped", json_string(stopped));
  mc_run_campaign_entry_set_counts(joined, &sum);
  mc_run_campaign_entry_conclude(joined);
  json_object_set_new(joined, "seconds", json_real(seconds));
  return joined;
}

/* "shares 2, 3 of 4 are missing", or nothing. */
static void say_missing(mc_text *out, const json_t *const *shares, size_t count) {
  unsigned of = number(share_of(shares[0]), "of"), missing = 0;
  mc_text_init(out);
  for (unsigned index = 1; index <= of; index++) {
    bool there = false;
    for (size_t i = 0; i < count; i++)
      there = there || number(share_of(shares[i]), "index") == index;
    if (!there)
      mc_text_printf(out, "%s%u", missing++ ? ", " : "shares ", index);
  }
  if (missing)
    mc_text_printf(out, " of %u missing", of);
}

static json_t *join(const json_t *const *shares, size_t count, mc_error *e) {
  mc_text missing;
  double seconds = 0;
  json_t *result = json_copy((json_t *)shares[0]), *campaigns = json_array(), *entry = campaigns;
  say_missing(&missing, shares, count);
  for (size_t k = 0; entry && k < json_array_size(json_object_get(shares[0], "campaigns")); k++)
    if ((entry = join_campaign(shares, count, k, missing.length ? missing.data : NULL, e)) != NULL)
      json_array_append_new(campaigns, entry);
  for (size_t i = 0; i < count; i++) {
    seconds += json_number_value(json_object_get(shares[i], "seconds"));
    if (json_is_true(json_object_get(shares[i], "interrupted")))
      json_object_set_new(result, "interrupted", json_true());
  }
  mc_text_clear(&missing);
  json_object_set_new(result, "campaigns", campaigns);
  mc_run_campaigns_summarise(result);
  json_object_del(result, "verdict");
  json_object_del(result, "share");
  mc_run_stamp(result, "campaigns", mc_run_exit(result), seconds);
  if (entry)
    return result;
  json_decref(result);
  return NULL;
}

mc_status mc_run_campaigns_join(json_t **joined, size_t *joined_count, const json_t *const *documents, size_t count,
                                mc_error *e) {
  const json_t **shares = mc_alloc(count + 1, sizeof *shares);
  size_t share_count = 0, place = 0;
  *joined_count = 0;
  if (!shares)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < count; i++)
    if (share_of(documents[i])) {
      place = share_count == 0 ? *joined_count : place;
      *joined_count += share_count == 0; /* the joined document stands where the first share stood */
      shares[share_count++] = documents[i];
    } else
      joined[(*joined_count)++] = json_incref((json_t *)documents[i]);
  mc_status status = share_count ? check_shares(shares, share_count, e) : MC_OK;
  if (share_count)
    joined[place] = status == MC_OK ? join(shares, share_count, e) : NULL;
  if (share_count && !joined[place])
    status = MC_BAD_INPUT;
  mc_free(shares);
  return status;
}
