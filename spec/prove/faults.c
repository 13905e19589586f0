/* faults.c: to be preloaded: lets one call on a file fail, as a disk would.
**
** FAULT_UNDER is the start of the paths that are meant. FAULT is `CALL N KIND`:
** the N-th such call fails with ENOSPC, EIO or EINTR, or is short by half;
** `full` is ENOSPC from the N-th on. FAULT_LOG gets a line for each call. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int calls_seen; /* of the call that FAULT names */

/* ---- which call fails ---- */

static int is_meant(const char *path) {
  const char *under = getenv("FAULT_UNDER");
  return path && under && !strncmp(path, under, strlen(under));
}

static const char *path_of(int file, char *to, size_t size) {
  char link[64];
  ssize_t length;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  length = readlink(link, to, size - 1);
  to[length < 0 ? 0 : length] = '\0';
  return to;
}

static void log_call(const char *call) {
  const char *path = getenv("FAULT_LOG");
  char line[64];
  int length = snprintf(line, sizeof line, "%s\n", call);
  long file;
  if (!path) return;
  file = syscall(SYS_open, path, O_WRONLY | O_APPEND | O_CREAT, 0600);
  syscall(SYS_write, file, line, (size_t)length);
  syscall(SYS_close, file);
}

static int error_of(const char *kind) {
  if (!strcmp(kind, "EIO")) return EIO;
  if (!strcmp(kind, "EINTR")) return EINTR;
  return ENOSPC;
}

enum { WELL, FAILS, SHORT };

/* What is to become of this call; errno is set where it fails. */
static int fate(const char *call, const char *path) {
  char wanted[32], kind[16];
  int number, now;
  if (!is_meant(path)) return WELL;
  log_call(call);
  if (!getenv("FAULT") ||
      sscanf(getenv("FAULT"), "%31s %d %15s", wanted, &number, kind) != 3 ||
      strcmp(call, wanted)) return WELL;
  now = ++calls_seen;
  if (now != number && !(now > number && !strcmp(kind, "full"))) return WELL;
  if (!strcmp(kind, "short")) return SHORT;
  errno = error_of(kind);
  return FAILS;
}

static int fate_of(const char *call, int file) {
  char path[4096];
  return fate(call, path_of(file, path, sizeof path));
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* ---- the calls ---- */

#define OPEN(name)                                                   \
  int name(const char *path, int flags, ...) {                       \
    va_list list;                                                    \
    unsigned mode;                                                   \
    va_start(list, flags);                                           \
    mode = flags & O_CREAT ? va_arg(list, unsigned) : 0;             \
    va_end(list);                                                    \
    return fate("open", path) ? -1 : NEXT(name)(path, flags, mode);  \
  }

OPEN(open)
OPEN(open64)

#define FOPEN(name)                                                  \
  FILE *name(const char *restrict path, const char *restrict mode) { \
    return fate("fopen", path) ? NULL : NEXT(name)(path, mode);      \
  }

FOPEN(fopen)
FOPEN(fopen64)

#define SIZED(name, ...)                                             \
  int how = fate_of(#name, file);                                    \
  if (how == FAILS) return -1;                                       \
  return NEXT(name)(file, bytes, how == SHORT ? (size + 1) / 2 : size  \
                    __VA_ARGS__);

ssize_t write(int file, const void *bytes, size_t size) { SIZED(write) }

#define PWRITE(name, offset_t)                                       \
  ssize_t name(int file, const void *bytes, size_t size, offset_t at) { \
    SIZED(name, , at)                                                \
  }

PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

size_t fwrite(const void *restrict bytes, size_t size, size_t count,
              FILE *restrict file) {
  int how = fate_of("fwrite", fileno(file));
  if (how == FAILS) return 0;
  return NEXT(fwrite)(bytes, size, how == SHORT ? count / 2 : count, file);
}

#define WHOLE(name, type, get)                                       \
  int name(type file) {                                              \
    return fate_of(#name, get) ? -1 : NEXT(name)(file);              \
  }

WHOLE(fsync, int, file)
WHOLE(fdatasync, int, file)
WHOLE(fflush, FILE *, file ? fileno(file) : -1)

int fclose(FILE *file) {
  int fails = fate_of("fclose", fileno(file)) != WELL, error = errno;
  int status = NEXT(fclose)(file);
  errno = error;
  return fails ? EOF : status;
}

#define TRUNCATE(name, offset_t)                                     \
  int name(int file, offset_t size) {                                \
    return fate_of("ftruncate", file) ? -1 : NEXT(name)(file, size); \
  }

TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

int rename(const char *from, const char *to) {
  return fate("rename", to) ? -1 : NEXT(rename)(from, to);
}

int unlink(const char *path) {
  return fate("unlink", path) ? -1 : NEXT(unlink)(path);
}
