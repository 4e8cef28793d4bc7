/* Plug-ins: started, called, and buried.  helper.c is the other end. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner.h"

extern char **environ;

struct mc_plugin {
  char *path;
  mc_kernel_limits limits;
  char helper[PATH_MAX];
  mc_helper_reply ready; /* what the plug-in said of itself */
  pid_t pid;             /* of the helper; 0: none runs */
  int socket, memory;
  size_t mapped;
  unsigned char *arrays; /* the shared memory, `mapped` bytes */
};

/* ---- The helper ---- */

static bool find_beside(char out[PATH_MAX], const char *suffix) {
  char self[PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  char *slash = n > 0 ? memrchr(self, '/', (size_t)n) : NULL;
  if (!slash)
    return false;
  *slash = '\0';
  return snprintf(out, PATH_MAX, "%s/%s", self, suffix) < PATH_MAX && access(out, X_OK) == 0;
}

/* Beside this program in its build folder, where both were installed, or where the library was installed. */
static mc_status find_helper(mc_plugin *p, mc_error *e) {
  static const char installed[] = MUONCERT_LIBEXEC_FOLDER "/" MUONCERT_HELPER;
  if (p->limits.helper)
    return snprintf(p->helper, sizeof p->helper, "%s", p->limits.helper) < PATH_MAX
               ? MC_OK
               : mc_fail(e, MC_BAD_INPUT, "the helper's path is too long");
  if (find_beside(p->helper, MUONCERT_HELPER) || find_beside(p->helper, "../" MUONCERT_LIBEXEC "/" MUONCERT_HELPER))
    return MC_OK;
  snprintf(p->helper, sizeof p->helper, "%s", installed);
  return access(p->helper, X_OK) == 0 ? MC_OK
                                      : mc_fail(e, MC_IO, "%s, which runs plug-ins, is not installed", installed);
}

static mc_status make_channels(mc_plugin *p, int *other, mc_error *e) {
  int pair[2];
  p->memory = memfd_create("muoncert kernel", MFD_CLOEXEC);
  if (p->memory < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    return mc_fail(e, MC_IO, "cannot start a process for plug-ins: %s", strerror(errno));
  p->socket = pair[0];
  *other = pair[1];
  return MC_OK;
}

/* The descriptors are moved to numbers of their own first: they may be 3 and 4 already, the other way round. */
static int describe_spawn(posix_spawn_file_actions_t *actions, int socket, int memory) {
  int status = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDWR, 0);
  for (int fd = 1; fd <= 2 && status == 0; fd++)
    status = posix_spawn_file_actions_adddup2(actions, 0, fd);
  if (status == 0)
    status = posix_spawn_file_actions_adddup2(actions, socket, MC_HELPER_SOCKET);
  if (status == 0)
    status = posix_spawn_file_actions_adddup2(actions, memory, MC_HELPER_MEMORY);
  return status;
}

static mc_status spawn(mc_plugin *p, int socket, mc_error *e) {
  char seconds[40], bytes[40];
  char *const argv[] = {p->helper, p->path, seconds, bytes, NULL};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none;
  snprintf(seconds, sizeof seconds, "%a", p->limits.seconds);
  snprintf(bytes, sizeof bytes, "%llu", (unsigned long long)p->limits.bytes);
  int from_socket = fcntl(socket, F_DUPFD_CLOEXEC, 10), from_memory = fcntl(p->memory, F_DUPFD_CLOEXEC, 10);
  sigemptyset(&none);
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  int status = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  if (status == 0)
    status = from_socket < 0 || from_memory < 0 ? errno : describe_spawn(&actions, from_socket, from_memory);
  if (status == 0)
    status = posix_spawn(&p->pid, p->helper, &actions, &attributes, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(from_socket);
  close(from_memory);
  if (status == 0)
    return MC_OK;
  p->pid = 0;
  return mc_fail(e, MC_IO, "%s cannot be run: %s", p->helper, strerror(status));
}

/* ---- Answers ---- */

static bool receive(int fd, mc_helper_reply *reply, double seconds) {
  double end = mc_clock_seconds() + seconds;
  for (double left = seconds; left > 0; left = end - mc_clock_seconds()) {
    struct pollfd one = {.fd = fd, .events = POLLIN};
    int ready = poll(&one, 1, left < 0.1 ? 1 + (int)(1e3 * left) : 100);
    if (ready > 0)
      return recv(fd, reply, sizeof *reply, MSG_WAITALL) == (ssize_t)sizeof *reply;
    if (mc_interrupt_requested())
      return false;
  }
  return false;
}

static mc_status fail_fault(const mc_helper_reply *reply, const char *while_doing, mc_error *e) {
  const char *array = mc_kernel_slot_name((mc_slot)reply->slot);
  return mc_fail(e, MC_CRASHED, "touched memory %s %s%s, at byte %lld",
                 reply->distance < 0 ? "before" : "behind the end of", array, while_doing, (long long)reply->distance);
}

/* What an answer means; MC_OK: the plug-in did what it was asked for. */
static mc_status judge(const mc_plugin *p, const mc_helper_reply *reply, const char *while_doing, mc_error *e) {
  if (reply->left > 0)
    return mc_fail(e, MC_CRASHED, "left %u process%s behind%s", (unsigned)reply->left, reply->left == 1 ? "" : "es",
                   while_doing);
  switch (reply->kind) {
  case MC_REPLY_READY:
    return MC_OK;
  case MC_REPLY_DONE:
    return reply->code == 0 ? MC_OK : mc_fail(e, MC_BAD_INPUT, "returned %d%s", (int)reply->code, while_doing);
  case MC_REPLY_REFUSED:
    return mc_fail(e, MC_BAD_INPUT, "%.*s", (int)sizeof reply->text - 1, reply->text);
  case MC_REPLY_FAULT:
    return fail_fault(reply, while_doing, e);
  case MC_REPLY_SIGNAL:
    return mc_fail(e, MC_CRASHED, "crashed: %s%s", strsignal(reply->code), while_doing);
  case MC_REPLY_EXIT:
    return mc_fail(e, MC_CRASHED, "ended its process with status %d%s", (int)reply->code, while_doing);
  default:
    return mc_fail(e, MC_CRASHED, "hung: no answer within %g s%s", p->limits.seconds, while_doing);
  }
}

/* The error's file is the plug-in. */
static mc_status name_plugin(const mc_plugin *p, mc_status s, mc_error *e) {
  if (e && s != MC_OK)
    snprintf(e->file, sizeof e->file, "%s", p->path);
  return s;
}

/* ---- Life and death ---- */

/* The helper ends with its socket and takes the plug-in's processes along; it is given a moment for that. */
static void bury(mc_plugin *p) {
  if (p->socket >= 0)
    close(p->socket);
  if (p->memory >= 0)
    close(p->memory);
  p->socket = p->memory = -1;
  if (p->arrays)
    munmap(p->arrays, p->mapped);
  p->arrays = NULL;
  p->mapped = 0;
  if (p->pid == 0)
    return;
  double end = mc_clock_seconds() + 5;
  while (waitpid(p->pid, NULL, WNOHANG) == 0) {
    if (mc_clock_seconds() > end)
      kill(-p->pid, SIGKILL);
    poll(NULL, 0, 1);
  }
  p->pid = 0;
}

/* The helper keeps the time; this end waits a little longer, in case it is the helper that fails. */
static mc_status hear(mc_helper_reply *reply, mc_plugin *p, const char *while_doing, mc_error *e) {
  mc_status s = MC_OK;
  if (!receive(p->socket, reply, p->limits.seconds + 5))
    s = mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted")
                                 : mc_fail(e, MC_CRASHED, "ended the process that supervises it%s", while_doing);
  if (s == MC_OK)
    s = judge(p, reply, while_doing, e);
  if (s != MC_OK && s != MC_BAD_INPUT)
    bury(p);
  return name_plugin(p, s, e);
}

static mc_status start(mc_plugin *p, mc_error *e) {
  int other = -1;
  mc_status s = make_channels(p, &other, e);
  if (s == MC_OK)
    s = spawn(p, other, e);
  if (other >= 0)
    close(other);
  if (s == MC_OK)
    s = hear(&p->ready, p, " while it was loaded", e);
  if (s != MC_OK)
    bury(p);
  return s;
}

mc_status mc_plugin_open(mc_plugin **plugin, const char *path, const mc_kernel_limits *limits, mc_error *e) {
  char absolute[PATH_MAX];
  *plugin = NULL;
  if (!realpath(path, absolute))
    return mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "%s", strerror(errno));
  mc_plugin *p = mc_alloc(1, sizeof *p);
  if (!p)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  *p = (mc_plugin){.limits = *limits, .socket = -1, .memory = -1, .path = mc_strdup(absolute)};
  mc_status s = p->path ? find_helper(p, e) : mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (s == MC_OK)
    s = start(p, e);
  if (s == MC_OK)
    *plugin = p;
  else
    mc_plugin_close(p);
  return s;
}

void mc_plugin_close(mc_plugin *p) {
  if (!p)
    return;
  bury(p);
  mc_free(p->path);
  mc_free(p);
}

unsigned mc_plugin_dtypes(const mc_plugin *p) {
  return p->ready.dtypes;
}

bool mc_plugin_has_orthogonalise(const mc_plugin *p) {
  return p->ready.has_orthogonalise;
}

bool mc_plugin_has_step(const mc_plugin *p) {
  return p->ready.has_step;
}

/* ---- Calls ---- */

static mc_status share(mc_plugin *p, size_t length, mc_error *e) {
  if (length <= p->mapped)
    return MC_OK;
  if (p->arrays)
    munmap(p->arrays, p->mapped);
  p->arrays = NULL;
  p->mapped = 0;
  void *arrays = ftruncate(p->memory, (off_t)length) == 0
                     ? mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, p->memory, 0)
                     : MAP_FAILED;
  if (arrays == MAP_FAILED)
    return mc_fail(e, MC_NO_MEMORY, "%zu bytes of shared memory: %s", length, strerror(errno));
  p->arrays = arrays;
  p->mapped = length;
  return MC_OK;
}

mc_status mc_plugin_run(mc_kernel_conduct *conduct, mc_plugin *p, mc_kernel_frame *f, mc_error *e) {
  const char *while_doing = f->call->step ? " in step" : " in orthogonalise";
  mc_helper_request request = {.is_step = f->call->step != NULL};
  mc_helper_reply reply;
  mc_status s = p->pid ? MC_OK : start(p, e);
  if (s == MC_OK)
    s = share(p, f->length, e);
  if (s == MC_OK)
    s = mc_kernel_frame_fill(f, p->arrays, e);
  if (s != MC_OK)
    return s;
  mc_kernel_frame_describe(&request.orthogonalise, &request.step, f);
  memcpy(request.regions, f->regions, sizeof request.regions);
  if (send(p->socket, &request, sizeof request, MSG_NOSIGNAL) != (ssize_t)sizeof request) {
    bury(p);
    return name_plugin(p, mc_fail(e, MC_CRASHED, "its process is gone%s", while_doing), e);
  }
  s = hear(&reply, p, while_doing, e);
  if (s != MC_OK)
    return s;
  s = mc_kernel_frame_take(conduct, f, e);
  if (s == MC_CRASHED)
    bury(p);
  return name_plugin(p, s, e);
}
