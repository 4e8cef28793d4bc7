/* Witnesses as files that other programs read. */
#include "campaign.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../matfile/matfile.h"

static mc_status write_matrix(const json_t *rows, const char *path, mc_error *e) {
  size_t m = json_array_size(rows), n = json_array_size(json_array_get(rows, 0)), i, j;
  const json_t *row, *entry;
  mc_matfile file = {
      .values = mc_alloc(m * n + 1, sizeof(double)), .count = 1, .m = m, .n = n, .dtype = MC_DTYPE_FLOAT64};
  if (!file.values)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu matrix", m, n);
  json_array_foreach(rows, i, row) json_array_foreach(row, j, entry) file.values[i * n + j] =
      strtod(json_string_value(entry), NULL);
  mc_status status = mc_matfile_write(&file, path, e);
  mc_free(file.values);
  return status;
}

static mc_status save_witness(const char *id, const json_t *matrices, const char *folder, mc_error *e) {
  const char *name;
  json_t *rows;
  mc_status status = MC_OK;
  json_object_foreach((json_t *)matrices, name, rows) {
    mc_text path;
    mc_text_init(&path);
    mc_text_printf(&path, "%s/%s.%s.npy", folder, id, name);
    if (status == MC_OK)
      status = path.failed ? mc_fail(e, MC_NO_MEMORY, "out of memory") : write_matrix(rows, path.data, e);
    mc_text_clear(&path);
  }
  return status;
}

mc_status mc_run_campaigns_save(const json_t *document, const char *folder, mc_error *e) {
  size_t i, saved = 0;
  const json_t *entry;
  mc_status status = MC_OK;
  if (mkdir(folder, 0777) != 0 && errno != EEXIST)
    return mc_fail_at(e, MC_IO, folder, 0, 0, "cannot make this folder: %s", strerror(errno));
  json_array_foreach(json_object_get(document, "campaigns"), i, entry) {
    const json_t *matrices = json_object_get(json_object_get(entry, "witness"), "matrices");
    if (!matrices || status != MC_OK)
      continue;
    saved++;
    status = save_witness(json_string_value(json_object_get(entry, "id")), matrices, folder, e);
  }
  if (status == MC_OK && saved == 0)
    status = mc_fail(e, MC_BAD_INPUT, "no campaign has a witness to save: none was violated or replayed");
  return status;
}
