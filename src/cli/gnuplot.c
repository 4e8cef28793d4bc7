#include "gnuplot.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Its three streams are files, so that none can block another. */
static int spawn(pid_t *process, FILE *const streams[3]) {
  posix_spawn_file_actions_t actions;
  char program[] = "gnuplot", *arguments[] = {program, NULL};
  int failed = posix_spawn_file_actions_init(&actions);
  if (failed)
    return failed;
  for (int fd = 0; fd < 3; fd++)
    posix_spawn_file_actions_adddup2(&actions, fileno(streams[fd]), fd);
  failed = posix_spawnp(process, program, &actions, NULL, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

/* The first thing that it said of a failure. */
static mc_status complain(FILE *errors, mc_error *e) {
  char line[200] = "";
  rewind(errors);
  while (fgets(line, sizeof line, errors) && line[strspn(line, " \t^\n")] == '\0')
    ;
  line[strcspn(line, "\n")] = '\0';
  return mc_fail(e, MC_IO, "gnuplot failed%s%s", *line ? ": " : "", line);
}

static mc_status run(FILE *const streams[3], mc_error *e) {
  pid_t process;
  int status = 0, failed = spawn(&process, streams);
  if (failed == ENOENT)
    return mc_fail(e, MC_IO, "gnuplot is not installed (Debian: apt install gnuplot-nox); --csv works without it");
  if (failed)
    return mc_fail(e, MC_IO, "gnuplot cannot be started: %s", strerror(failed));
  while (waitpid(process, &status, 0) < 0 && errno == EINTR)
    ;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? MC_OK : complain(streams[2], e);
}

static mc_status read_all(mc_text *text, FILE *f, mc_error *e) {
  char block[65536];
  size_t n;
  rewind(f);
  while ((n = fread(block, 1, sizeof block, f)) > 0)
    mc_text_append(text, block, n);
  return ferror(f) || text->failed || text->length == 0 ? mc_fail(e, MC_IO, "gnuplot drew nothing") : MC_OK;
}

static mc_status draw(mc_text *picture, FILE *const streams[3], const mc_text *program, mc_error *e) {
  if (fwrite(program->data, 1, program->length, streams[0]) != program->length || fflush(streams[0]) != 0)
    return mc_fail(e, MC_IO, "no room for gnuplot's program: %s", strerror(errno));
  rewind(streams[0]);
  mc_status status = run(streams, e);
  return status == MC_OK ? read_all(picture, streams[1], e) : status;
}

mc_status mc_cli_gnuplot(const char *path, const mc_text *program, mc_error *e) {
  FILE *streams[3] = {tmpfile(), tmpfile(), tmpfile()};
  mc_text picture;
  mc_text_init(&picture);
  mc_status status = streams[0] && streams[1] && streams[2]
                         ? draw(&picture, streams, program, e)
                         : mc_fail(e, MC_IO, "no temporary file for gnuplot: %s", strerror(errno));
  if (status == MC_OK)
    status = mc_file_write(path, picture.data, picture.length, e);
  for (size_t i = 0; i < 3; i++)
    if (streams[i])
      fclose(streams[i]);
  mc_text_clear(&picture);
  return status;
}
