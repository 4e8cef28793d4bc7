/* What all commands share: one way to fail, one way to print, what the terminal can show. */
#include "cli.h"

#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../report/report.h"
#include "../run/run.h"

int mc_cli_fail(const char *command, const mc_error *e) {
  char text[1024];
  mc_error_format(text, sizeof text, e);
  /* One line, whatever the name of the file; but the excerpt of a source that src/lang appends, indented, keeps its
   * lines. */
  for (char *c = text; *c; c++)
    if (iscntrl((unsigned char)*c) && strncmp(c, "\n  ", 3) != 0)
      *c = '?';
  fprintf(stderr, "muoncert %s: %s\n", command, text);
  return (int)mc_exit_of(e->status);
}

/* errno of the first failed write to stdout. */
static int stdout_errno;

static int flush_stdout(void) {
  if (fflush(stdout) == 0 && !ferror(stdout))
    return MC_EXIT_EXPECTED;
  if (stdout_errno == 0)
    stdout_errno = errno;
  return MC_EXIT_USAGE;
}

int mc_cli_print_json(const json_t *document) {
  if (json_dumpf(document, stdout, MC_CLI_JSON_FLAGS) != 0 && stdout_errno == 0)
    stdout_errno = errno;
  putchar('\n');
  return flush_stdout();
}

int mc_cli_print_text(const char *bytes, size_t length) {
  fwrite(bytes, 1, length, stdout);
  return flush_stdout();
}

bool mc_cli_read_u64(uint64_t *out, const char *text) {
  bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  if (!isxdigit((unsigned char)text[hexadecimal ? 2 : 0]))
    return false;
  char *end;
  errno = 0;
  unsigned long long value = strtoull(text, &end, hexadecimal ? 16 : 10);
  if (errno != 0 || end == text || *end != '\0')
    return false;
  *out = value;
  return true;
}

uint64_t mc_cli_number_of(const char *option, const char *text, uint64_t most, struct argp_state *state) {
  uint64_t value = 0;
  if (!mc_cli_read_u64(&value, text) || value > most)
    argp_error(state, "--%s takes a whole number up to %llu, not '%s'", option, (unsigned long long)most, text);
  return value;
}

double mc_cli_seconds_of(const char *text, struct argp_state *state) {
  char *end;
  errno = 0;
  double seconds = strtod(text, &end);
  if (errno != 0 || end == text || *end != '\0' || !(seconds > 0) || !isfinite(seconds))
    argp_error(state, "--time takes a positive number of seconds, not '%s'", text);
  return seconds;
}

bool mc_cli_may_colour(FILE *stream) {
  const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
  return isatty(fileno(stream)) && (no_color == NULL || *no_color == '\0') && terminal != NULL &&
         strcmp(terminal, "dumb") != 0;
}

unsigned mc_cli_width(FILE *stream) {
  struct winsize size;
  if (isatty(fileno(stream)) && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return UINT_MAX;
}

bool mc_cli_may_use_utf8(void) {
  return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

typedef mc_status make_page(mc_text *out, const json_t *document, const mc_report_style *style, mc_error *e);

static int print_page(const char *command, const json_t *document, make_page *make) {
  mc_report_style style = {mc_cli_may_colour(stdout), mc_cli_may_use_utf8(), mc_cli_width(stdout)};
  mc_error e = {0};
  mc_text page;
  mc_text_init(&page);
  mc_status status = make(&page, document, &style, &e);
  int printed = status == MC_OK ? mc_cli_print_text(page.data, page.length) : mc_cli_fail(command, &e);
  mc_text_clear(&page);
  return printed;
}

static int finish(const char *command, const json_t *document, bool as_json, bool quiet, make_page *make) {
  mc_exit x = mc_run_exit(document);
  int printed = MC_EXIT_EXPECTED;
  if (as_json)
    printed = mc_cli_print_json(document);
  else if (!quiet || x != MC_EXIT_EXPECTED)
    printed = print_page(command, document, make);
  return (int)mc_exit_worse(x, (mc_exit)printed);
}

int mc_cli_finish(const char *command, const json_t *document, bool as_json, bool quiet) {
  return finish(command, document, as_json, quiet, mc_report_terminal);
}

int mc_cli_finish_answer(const char *command, const json_t *document, bool as_json, bool quiet) {
  return finish(command, document, as_json, quiet, mc_report_answer);
}

mc_exit mc_cli_require_writable(const char *command, const char *path) {
  mc_error e = {0};
  if (!path || mc_file_require_writable(path, &e) == MC_OK)
    return MC_EXIT_EXPECTED;
  return (mc_exit)mc_cli_fail(command, &e);
}

typedef mc_status make_report(mc_text *out, const json_t *document, mc_error *e);

static int write_report(const char *command, const char *path, const json_t *document, make_report *make) {
  mc_error e = {0};
  mc_text text;
  mc_text_init(&text);
  mc_status status = make(&text, document, &e);
  if (status == MC_OK)
    status = mc_file_write(path, text.data, text.length, &e);
  mc_text_clear(&text);
  return status == MC_OK ? MC_EXIT_EXPECTED : mc_cli_fail(command, &e);
}

int mc_cli_write_junit(const char *command, const char *path, const json_t *document) {
  return write_report(command, path, document, mc_report_junit);
}

int mc_cli_write_html(const char *command, const char *path, const json_t *document) {
  return write_report(command, path, document, mc_report_html);
}

int mc_cli_write_sarif(const char *command, const char *path, const json_t *document) {
  return write_report(command, path, document, mc_report_sarif);
}

static mc_status make_json(mc_text *out, const json_t *document, mc_error *e) {
  char *text = json_dumps(document, MC_CLI_JSON_FLAGS);
  if (text)
    mc_text_printf(out, "%s\n", text);
  mc_free(text);
  return text && !out->failed ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
}

int mc_cli_write_json(const char *command, const char *path, const json_t *document) {
  return write_report(command, path, document, make_json);
}

/* Runs at exit: a full disk or a closed pipe shows itself only when the last buffer is written. */
static void close_stdout(void) {
  bool failed = ferror(stdout) != 0;
  errno = 0;
  if (fclose(stdout) != 0)
    failed = true;
  if (!failed)
    return;
  int why = stdout_errno != 0 ? stdout_errno : errno;
  fprintf(stderr, "muoncert: cannot write to standard output: %s\n", why != 0 ? strerror(why) : "write error");
  _exit(MC_EXIT_USAGE);
}

void mc_cli_guard_stdout(void) {
  /* A closed descriptor 0, 1 or 2 would be given to the first file that is opened, and the answer written into it. */
  for (int fd = 0; fd <= 2; fd++)
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) == -1)
      _exit(MC_EXIT_USAGE);
  atexit(close_stdout);
}
