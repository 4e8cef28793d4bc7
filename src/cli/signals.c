/* What SIGINT and SIGTERM do. */
#include "cli.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static char last_line[80];

static void handle_by(void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

static void ask(int number) {
  (void)number;
  mc_interrupt_request();
  handle_by(SIG_DFL);
}

static void end(int number) {
  (void)number;
  if (write(STDERR_FILENO, last_line, strlen(last_line)) < 0)
    _exit(MC_EXIT_USAGE);
  _exit(MC_EXIT_UNDECIDED);
}

void mc_cli_ask_when_interrupted(void) {
  handle_by(ask);
}

void mc_cli_end_when_interrupted(const char *command) {
  snprintf(last_line, sizeof last_line, "muoncert %s: interrupted\n", command);
  handle_by(end);
}
