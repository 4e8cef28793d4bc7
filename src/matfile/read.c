/* A matrix from a file of any format: told apart by the first bytes, not by the name. */
#include "container.h"

#include <string.h>
#include <unistd.h>

/* FILE or FILE:NAME.  file := the longest part before a colon that is a file, unless the whole is one; *name is NULL or
 * points into path. */
static bool split_path(mc_text *file, const char **name, const char *path) {
  size_t length = strlen(path);
  *name = NULL;
  for (size_t i = length; i-- > 1 && access(path, F_OK) != 0;) {
    if (path[i] != ':')
      continue;
    mc_text_clear(file);
    mc_text_append(file, path, i);
    if (file->failed)
      return false;
    if (access(file->data, F_OK) == 0) {
      *name = path + i + 1;
      return true;
    }
  }
  mc_text_clear(file);
  mc_text_append(file, path, length);
  return !file->failed;
}

static bool begins_with(const mc_text *t, const char *magic, size_t length) {
  return t->length >= length && memcmp(t->data, magic, length) == 0;
}

static mc_status decode(mc_matfile *f, const char *path, const char *name, const mc_text *t, mc_matfile_flags flags,
                        mc_error *e) {
  if (begins_with(t, "PK\3\4", 4) || begins_with(t, "PK\5\6", 4))
    return mc_npz_decode(f, path, name, t->data, t->length, flags, e);
  if (t->length > 8 && t->data[8] == '{')
    return mc_safetensors_decode(f, path, name, t->data, t->length, e);
  if (name != NULL)
    return mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "neither .npz nor safetensors: it holds no array '%.60s'", name);
  return mc_npy_decode(f, path, t->data, t->length, flags, e);
}

mc_status mc_matfile_read(mc_matfile *f, const char *path, mc_matfile_flags flags, mc_error *e) {
  mc_text bytes, file;
  const char *name;
  *f = (mc_matfile){0};
  mc_text_init(&bytes);
  mc_text_init(&file);
  mc_status s = split_path(&file, &name, path) ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (s == MC_OK)
    s = mc_text_read_file(&bytes, file.data, mc_memory_available() / 4, e);
  if (s == MC_OK)
    s = decode(f, file.data, name, &bytes, flags, e);
  mc_text_clear(&bytes);
  mc_text_clear(&file);
  if (s != MC_OK)
    mc_matfile_clear(f);
  return s;
}

void mc_matfile_clear(mc_matfile *f) {
  mc_free(f->values);
  *f = (mc_matfile){0};
}
