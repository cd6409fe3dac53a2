/* Preloaded into the program under test: while the file named by FULL_DISK exists, nothing can be written under the folder
   named by FULL_FOLDER, as on a disk without room. Standing in for a small disk, which only root could mount. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int full(int file) {
    const char *flag = getenv("FULL_DISK"), *folder = getenv("FULL_FOLDER");
    char link[64], path[PATH_MAX];
    if (!flag || !folder || access(flag, F_OK) != 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    if (strncmp(path, folder, strlen(folder)) != 0) return 0;
    errno = ENOSPC;
    return 1;
}

#define GUARD(result, name, parameters, ...)                                   \
    result name parameters {                                                   \
        static result(*real) parameters;                                       \
        if (!real) real = (result(*) parameters)dlsym(RTLD_NEXT, #name);       \
        return full(file) ? -1 : real(__VA_ARGS__);                            \
    }

GUARD(ssize_t, write, (int file, const void *bytes, size_t count), file, bytes, count)
GUARD(ssize_t, writev, (int file, const struct iovec *parts, int count), file, parts, count)
GUARD(ssize_t, pwrite, (int file, const void *bytes, size_t count, off_t at), file, bytes, count, at)
GUARD(ssize_t, pwrite64, (int file, const void *bytes, size_t count, off64_t at), file, bytes, count, at)
GUARD(int, ftruncate64, (int file, off64_t length), file, length)
GUARD(int, posix_fallocate64, (int file, off64_t from, off64_t length), file, from, length)
