/* muoncert-kernel-helper PLUGIN SECONDS BYTES: runs a plug-in so that whatever it does is a reply.
 *
 * Two processes: a supervisor, which never touches the plug-in, keeps the time and kills what is left; and a worker,
 * which loads the plug-in.  The worker's arrays are mapped one by one between inaccessible pages, so that what is
 * written far outside of one is noticed when it happens; writes nearer by are found by the program. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "protocol.h"

/* Inaccessible bytes on either side of an array. */
#define GUARD ((size_t)1 << 20)

static bool send_all(int fd, const void *bytes, size_t size) {
  ssize_t n;
  do
    n = send(fd, bytes, size, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return n == (ssize_t)size;
}

static bool receive_all(int fd, void *bytes, size_t size) {
  ssize_t n;
  do
    n = recv(fd, bytes, size, MSG_WAITALL);
  while (n < 0 && errno == EINTR);
  return n == (ssize_t)size;
}

/* ---- The worker ---- */

static struct {
  int socket;
  unsigned char *base[MC_SLOTS]; /* of the mapping, behind its first guard; NULL: none */
  mc_region regions[MC_SLOTS];
} worker;

/* Async-signal-safe. */
static void on_fault(int number, siginfo_t *info, void *unused) {
  mc_helper_reply reply = {.kind = MC_REPLY_SIGNAL, .code = number};
  const unsigned char *at = info->si_addr;
  (void)unused;
  for (uint32_t s = 0; s < MC_SLOTS; s++) {
    const mc_region *r = &worker.regions[s];
    const unsigned char *from = worker.base[s], *start = from + (r->start - r->from);
    if (!from || at < from - GUARD || at >= from + r->length + GUARD)
      continue;
    reply.kind = MC_REPLY_FAULT;
    reply.slot = s;
    reply.distance = at < start ? at - start : at - (start + r->bytes) + 1;
  }
  send_all(worker.socket, &reply, sizeof reply);
  _exit(0);
}

static void handle_faults(void) {
  static unsigned char stack[1 << 16]; /* a stack overflow leaves no room on the worker's own */
  stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
  struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
  action.sa_sigaction = on_fault;
  sigaltstack(&alternative, NULL);
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
  /* Others end the worker, and the supervisor says which: no sanitizer, and nothing inherited, stands in between. */
  signal(SIGFPE, SIG_DFL);
  signal(SIGILL, SIG_DFL);
}

/* Of memory for data, and of each file that it writes. */
static void limit_resources(unsigned long long bytes) {
  const struct rlimit none = {0, 0}, most = {(rlim_t)bytes, (rlim_t)bytes};
  setrlimit(RLIMIT_CORE, &none);
  setrlimit(RLIMIT_FSIZE, &most);
#if !defined(__SANITIZE_ADDRESS__) /* the sanitizer's shadow is larger than any limit */
  setrlimit(RLIMIT_DATA, &most);
#endif
}

static const muoncert_kernel *load(const char *path, mc_helper_reply *reply) {
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  reply->kind = MC_REPLY_REFUSED;
  if (!handle) {
    const char *why = dlerror();
    size_t prefix = strlen(path);
    if (strncmp(why, path, prefix) == 0 && strncmp(why + prefix, ": ", 2) == 0)
      why += prefix + 2;
    snprintf(reply->text, sizeof reply->text, "cannot be loaded: %.200s", why);
    return NULL;
  }
  const muoncert_kernel *kernel = dlsym(handle, "muoncert_kernel_plugin");
  if (!kernel) {
    snprintf(reply->text, sizeof reply->text, "exports no symbol muoncert_kernel_plugin");
    return NULL;
  }
  if (kernel->abi != MUONCERT_KERNEL_ABI) {
    snprintf(reply->text, sizeof reply->text, "speaks version %u of the kernel ABI; this program speaks version %u",
             (unsigned)kernel->abi, MUONCERT_KERNEL_ABI);
    return NULL;
  }
  if (!kernel->orthogonalise && !kernel->step) {
    snprintf(reply->text, sizeof reply->text, "has neither of the functions orthogonalise and step");
    return NULL;
  }
  reply->kind = MC_REPLY_READY;
  reply->dtypes = kernel->dtypes;
  reply->has_orthogonalise = kernel->orthogonalise != NULL;
  reply->has_step = kernel->step != NULL;
  return kernel;
}

static void unmap_regions(void) {
  for (size_t s = 0; s < MC_SLOTS; s++) {
    if (worker.base[s])
      munmap(worker.base[s] - GUARD, worker.regions[s].length + 2 * GUARD);
    worker.base[s] = NULL;
  }
}

static bool map_regions(const mc_region *regions) {
  for (size_t s = 0; s < MC_SLOTS; s++) {
    const mc_region *r = &worker.regions[s];
    worker.regions[s] = regions[s];
    if (r->length == 0)
      continue;
    unsigned char *guarded =
        mmap(NULL, r->length + 2 * GUARD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (guarded == MAP_FAILED)
      return false;
    worker.base[s] = guarded + GUARD;
    if (mmap(worker.base[s], r->length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, MC_HELPER_MEMORY,
             (off_t)r->from) == MAP_FAILED)
      return false;
  }
  return true;
}

static void *array_of(mc_slot s) {
  return worker.base[s] ? worker.base[s] + (worker.regions[s].start - worker.regions[s].from) : NULL;
}

static int call(const muoncert_kernel *kernel, mc_helper_request *request) {
  muoncert_orthogonalise *o = &request->orthogonalise;
  muoncert_step *s = &request->step;
  o->problem.schedule = s->problem.schedule = array_of(MC_SLOT_SCHEDULE);
  o->g.data = s->gradient.data = array_of(MC_SLOT_GRADIENT);
  o->x.data = array_of(MC_SLOT_RESULT);
  s->weights.data = array_of(MC_SLOT_WEIGHTS);
  s->buffer.data = array_of(MC_SLOT_BUFFER);
  s->weights_after.data = array_of(MC_SLOT_WEIGHTS_AFTER);
  s->buffer_after.data = array_of(MC_SLOT_BUFFER_AFTER);
  return request->is_step ? kernel->step(s) : kernel->orthogonalise(o);
}

static int work(const char *path, unsigned long long bytes) {
  static mc_helper_request request;
  mc_helper_reply reply = {0};
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  handle_faults();
  limit_resources(bytes);
  const muoncert_kernel *kernel = load(path, &reply);
  send_all(worker.socket, &reply, sizeof reply);
  while (kernel && receive_all(worker.socket, &request, sizeof request)) {
    reply = (mc_helper_reply){.kind = MC_REPLY_DONE};
    if (map_regions(request.regions)) {
      reply.code = call(kernel, &request);
    } else {
      reply.kind = MC_REPLY_REFUSED;
      snprintf(reply.text, sizeof reply.text, "its arrays cannot be mapped: %s", strerror(errno));
    }
    unmap_regions();
    send_all(worker.socket, &reply, sizeof reply);
  }
  return 0;
}

/* ---- The supervisor ---- */

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Calls visit for every child of one thread but `except`; returns their number.  Linux, proc(5). */
static unsigned visit_children_of_thread(pid_t of, const char *thread, pid_t except, void (*visit)(pid_t child)) {
  char name[300];
  unsigned count = 0;
  int child;
  snprintf(name, sizeof name, "/proc/%d/task/%s/children", (int)of, thread);
  FILE *list = fopen(name, "re");
  while (list && fscanf(list, "%d", &child) == 1)
    if (child != except) {
      count++;
      visit(child);
    }
  if (list)
    fclose(list);
  return count;
}

/* The same for a process. */
static unsigned visit_children(pid_t of, pid_t except, void (*visit)(pid_t child)) {
  char name[64];
  unsigned count = 0;
  snprintf(name, sizeof name, "/proc/%d/task", (int)of);
  DIR *threads = opendir(name);
  for (struct dirent *t = threads ? readdir(threads) : NULL; t; t = readdir(threads))
    if (t->d_name[0] != '.')
      count += visit_children_of_thread(of, t->d_name, except, visit);
  if (threads)
    closedir(threads);
  return count;
}

static void leave_alone(pid_t child) {
  (void)child;
}

static void kill_child(pid_t child) {
  kill(child, SIGKILL);
}

/* Orphans of the worker become children of this process, a subreaper, wherever their group is. */
static void kill_all(pid_t worker_pid) {
  double end = now() + 2;
  kill(-worker_pid, SIGKILL);
  while (now() < end) {
    visit_children(getpid(), 0, kill_child);
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
    if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
      return;
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
}

static void describe_end(mc_helper_reply *reply, int status) {
  bool signalled = WIFSIGNALED(status);
  *reply = (mc_helper_reply){.kind = signalled ? MC_REPLY_SIGNAL : MC_REPLY_EXIT,
                             .code = signalled ? WTERMSIG(status) : WEXITSTATUS(status)};
}

/* A worker that reported a signal is about to end.  Until then its children may be on their way to this process, and be
 * counted nowhere. */
static void wait_for_end(pid_t pid) {
  double end = now() + 1;
  while (now() < end && waitpid(pid, NULL, WNOHANG) == 0)
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* Wait for the worker's answer.  Its death is looked for by itself: a process that it left may keep the socket open. */
static void await(mc_helper_reply *reply, int socket, pid_t pid, double seconds) {
  double end = now() + seconds;
  struct pollfd fds[] = {{.fd = socket, .events = POLLIN}, {.fd = MC_HELPER_SOCKET, .events = POLLRDHUP}};
  int status;
  *reply = (mc_helper_reply){.kind = MC_REPLY_HUNG};
  for (double left = seconds; left > 0; left = end - now()) {
    int ready = poll(fds, 2, left < 0.02 ? 1 + (int)(1e3 * left) : 20);
    if (ready > 0 && (fds[1].revents & (POLLRDHUP | POLLHUP | POLLERR)))
      return; /* nobody waits for the answer any more */
    if (ready > 0 && (fds[0].revents & POLLIN) && receive_all(socket, reply, sizeof *reply))
      return;
    if (ready > 0 && fds[0].revents)
      kill(pid, SIGKILL); /* no more answers; a worker that ended by itself keeps its status */
    if (waitpid(pid, &status, ready > 0 && fds[0].revents ? 0 : WNOHANG) == pid) {
      if (recv(socket, reply, sizeof *reply, MSG_DONTWAIT) != (ssize_t)sizeof *reply) /* its last words */
        describe_end(reply, status);
      return;
    }
  }
}

/* Relay calls until one goes wrong or the program has no more. */
static void supervise(int socket, pid_t pid, double seconds) {
  static mc_helper_request request;
  mc_helper_reply reply;
  for (bool first = true;; first = false) {
    if (!first && !receive_all(MC_HELPER_SOCKET, &request, sizeof request))
      return;
    if (!first)
      send_all(socket, &request, sizeof request); /* a worker that is gone by now has left its last words */
    await(&reply, socket, pid, seconds);
    if (reply.kind == MC_REPLY_SIGNAL || reply.kind == MC_REPLY_FAULT)
      wait_for_end(pid);
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
    reply.left = visit_children(getpid(), pid, leave_alone) + visit_children(pid, 0, leave_alone);
    bool goes_on = reply.left == 0 && (reply.kind == MC_REPLY_READY || reply.kind == MC_REPLY_DONE);
    if (!goes_on)
      kill_all(pid);
    if (!send_all(MC_HELPER_SOCKET, &reply, sizeof reply) || !goes_on)
      return;
  }
}

int main(int argc, char **argv) {
  int sockets[2];
  if (argc != 4 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
    return 3;
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t pid = fork();
  if (pid < 0)
    return 3;
  if (pid == 0) {
    setpgid(0, 0);
    close(sockets[0]);
    close(MC_HELPER_SOCKET);
    worker.socket = sockets[1];
    _exit(work(argv[1], strtoull(argv[3], NULL, 10))); /* nothing of the plug-in runs any more */
  }
  setpgid(pid, pid);
  /* Answers are sent whole: what stays a fragment for a second was written by the plug-in. */
  setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 1}, sizeof(struct timeval));
  close(sockets[1]);
  close(MC_HELPER_MEMORY);
  supervise(sockets[0], pid, strtod(argv[2], NULL));
  kill_all(pid);
  return 0;
}
