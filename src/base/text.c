#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void mc_text_init(mc_text *t) {
  memset(t, 0, sizeof *t);
}

void mc_text_clear(mc_text *t) {
  mc_free(t->data);
  mc_text_init(t);
}

/* Room for `extra` more bytes and the terminator. */
static bool reserve(mc_text *t, size_t extra) {
  size_t need, capacity;
  char *data;
  if (t->failed || extra > SIZE_MAX / 4 || t->length > SIZE_MAX / 4) {
    t->failed = true;
    return false;
  }
  need = t->length + extra + 1;
  if (need <= t->capacity)
    return true;
  capacity = need > 2 * t->capacity ? need : 2 * t->capacity;
  data = mc_realloc(t->data, capacity, 1);
  if (data == NULL) {
    t->failed = true;
    return false;
  }
  t->data = data;
  t->capacity = capacity;
  return true;
}

void mc_text_append(mc_text *t, const char *bytes, size_t length) {
  if (!reserve(t, length))
    return;
  if (length > 0)
    memcpy(t->data + t->length, bytes, length);
  t->length += length;
  t->data[t->length] = '\0';
}

void mc_text_printf(mc_text *t, const char *format, ...) {
  va_list arguments, again;
  int length;
  va_start(arguments, format);
  va_copy(again, arguments);
  length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (length < 0) {
    t->failed = true;
  } else if (reserve(t, (size_t)length)) {
    vsnprintf(t->data + t->length, (size_t)length + 1, format, again);
    t->length += (size_t)length;
  }
  va_end(again);
}

static mc_status read_stream(mc_text *t, FILE *f, const char *path, uint64_t limit, mc_error *e) {
  char buffer[65536];
  size_t got;
  while ((got = fread(buffer, 1, sizeof buffer, f)) > 0) {
    if (t->length + got > limit)
      return mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "larger than %llu bytes", (unsigned long long)limit);
    mc_text_append(t, buffer, got);
  }
  if (ferror(f))
    return mc_fail_at(e, MC_IO, path, 0, 0, "%s", strerror(errno));
  mc_text_append(t, "", 0);
  return t->failed ? mc_fail_at(e, MC_NO_MEMORY, path, 0, 0, "no memory for its contents") : MC_OK;
}

mc_status mc_text_read_file(mc_text *t, const char *path, uint64_t limit, mc_error *e) {
  mc_status s;
  FILE *f = fopen(path, "rb");
  if (f == NULL)
    return mc_fail_at(e, MC_IO, path, 0, 0, "%s", strerror(errno));
  s = read_stream(t, f, path, limit, e);
  fclose(f);
  return s;
}

static bool write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    const ssize_t n = write(fd, bytes, length);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    bytes += n;
    length -= (size_t)n;
  }
  return true;
}

static int cannot_write(void) {
  return errno != 0 ? errno : EIO;
}

/* All bytes to a file that is then closed.  0, or errno.  Only what lies on a disk can be flushed to it. */
static int write_and_close(int fd, const void *bytes, size_t length, bool flush) {
  int cause = 0;
  if (fd < 0)
    return cannot_write();
  if (!write_all(fd, bytes, length) || (flush && fsync(fd) != 0))
    cause = cannot_write();
  if (close(fd) != 0 && cause == 0)
    cause = cannot_write();
  return cause;
}

/* To a new file with the permissions of the one that it replaces. */
static int replace_file(const char *path, const void *bytes, size_t length, const struct stat *old) {
  mc_text name;
  mc_text_init(&name);
  mc_text_printf(&name, "%s.%ld.part", path, (long)getpid());
  if (name.failed) {
    mc_text_clear(&name);
    return ENOMEM;
  }
  const int fd = open(name.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  int cause = fd >= 0 && old && fchmod(fd, old->st_mode & 07777) != 0 ? cannot_write() : 0;
  const int written = write_and_close(fd, bytes, length, true);
  if (cause == 0)
    cause = written;
  if (cause == 0 && rename(name.data, path) != 0)
    cause = cannot_write();
  if (cause != 0 && fd >= 0)
    unlink(name.data);
  mc_text_clear(&name);
  return cause;
}

/* Whether what lies at the path is to be written into, and not replaced: a pipe, a device, a link to nowhere. */
static bool is_written_into(const char *path, bool exists, const struct stat *file) {
  struct stat link;
  return exists ? !S_ISREG(file->st_mode) : lstat(path, &link) == 0 && S_ISLNK(link.st_mode);
}

mc_status mc_file_write(const char *path, const void *bytes, size_t length, mc_error *e) {
  struct stat file;
  int cause;
  errno = 0;
  const bool exists = stat(path, &file) == 0;
  if (is_written_into(path, exists, &file)) {
    cause = write_and_close(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), bytes, length, false);
  } else {
    char *real = exists ? realpath(path, NULL) : NULL; /* a link stays one: the file that it leads to is replaced */
    cause = replace_file(real ? real : path, bytes, length, exists ? &file : NULL);
    free(real);
  }
  return cause == 0 ? MC_OK : mc_fail_at(e, MC_IO, path, 0, 0, "could not be written: %s", strerror(cause));
}

/* May a file be made beside this one?  0, or errno. */
static int require_folder(const char *path) {
  const char *slash = strrchr(path, '/');
  mc_text folder;
  mc_text_init(&folder);
  mc_text_printf(&folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
  const int cause = folder.failed ? ENOMEM : access(folder.data, W_OK | X_OK) != 0 ? errno : 0;
  mc_text_clear(&folder);
  return cause;
}

mc_status mc_file_require_writable(const char *path, mc_error *e) {
  struct stat file;
  int cause = 0;
  const bool exists = stat(path, &file) == 0;
  if (exists && S_ISDIR(file.st_mode)) {
    cause = EISDIR;
  } else if (is_written_into(path, exists, &file)) {
    cause = exists && access(path, W_OK) != 0 ? errno : 0;
  } else {
    char *real = exists ? realpath(path, NULL) : NULL;
    cause = require_folder(real ? real : path);
    free(real);
  }
  return cause == 0 ? MC_OK : mc_fail_at(e, MC_IO, path, 0, 0, "could not be written: %s", strerror(cause));
}

/* Greedy with one point of return, the last star: linear in practice, quadratic at worst. */
bool mc_glob_match(const char *pattern, const char *name) {
  const char *star = NULL, *resume = NULL;
  while (*name != '\0') {
    if (*pattern == '*') {
      star = pattern++;
      resume = name;
    } else if (*pattern == '?' || *pattern == *name) {
      pattern++;
      name++;
    } else if (star != NULL) {
      pattern = star + 1;
      name = ++resume;
    } else {
      return false;
    }
  }
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}
