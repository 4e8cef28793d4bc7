/* libFuzzer: any bytes as a .npy file.  Reading may refuse, never crash, leak or hang. */
#include "matfile/matfile.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  char path[64];
  mc_matfile f;
  mc_error e;
  const int fd = memfd_create("fuzz", 0);
  if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
    abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  if (mc_matfile_read(&f, path, MC_MATFILE_VOID2_IS_BFLOAT16, &e) == MC_OK)
    mc_matfile_clear(&f);
  close(fd);
  return 0;
}
