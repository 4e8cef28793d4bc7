/* libFuzzer: any bytes as a .npy, .npz or safetensors file.  Reading may refuse, never crash, leak or hang. */
#include "matfile/matfile.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  static const char *const names[] = {"", ":x"}; /* the only array, and one by name */
  const int fd = memfd_create("fuzz", 0);
  if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
    abort();
  for (size_t i = 0; i < 2; i++) {
    char path[64];
    mc_matfile f;
    mc_error e;
    snprintf(path, sizeof path, "/proc/self/fd/%d%s", fd, names[i]);
    if (mc_matfile_read(&f, path, MC_MATFILE_VOID2_IS_BFLOAT16, &e) == MC_OK)
      mc_matfile_clear(&f);
  }
  close(fd);
  return 0;
}
