/* lost.c: to be preloaded: keeps beside each file what would be left of it
** after a power cut, which is what it held when it was last synced.
**
** LOST_UNDER is the start of the paths that are meant; PATH.synced is the copy
** of PATH. A file without one was never synced, and would not be there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int is_meant(const char *path) {
  const char *under = getenv("LOST_UNDER");
  return under && !strncmp(path, under, strlen(under));
}

static void synced_name(const char *path, char *to, size_t size) {
  snprintf(to, size, "%s.synced", path);
}

/* All of the file as it is now, put into place in one step. */
static void copy(const char *path) {
  char bytes[65536], part[4200], name[4200];
  int from = open(path, O_RDONLY | O_CLOEXEC), to;
  ssize_t got;
  snprintf(part, sizeof part, "%s.copying", path);
  synced_name(path, name, sizeof name);
  to = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  while ((got = read(from, bytes, sizeof bytes)) > 0)
    if (write(to, bytes, (size_t)got) != got) abort();
  close(from);
  close(to);
  NEXT(rename)(part, name);
}

static void keep(int file) {
  char link[64], path[4096];
  ssize_t length;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  length = readlink(link, path, sizeof path - 1);
  path[length < 0 ? 0 : length] = '\0';
  if (is_meant(path)) copy(path);
}

int fsync(int file) {
  int status = NEXT(fsync)(file);
  if (!status) keep(file);
  return status;
}

int fdatasync(int file) {
  int status = NEXT(fdatasync)(file);
  if (!status) keep(file);
  return status;
}

int rename(const char *from, const char *to) {
  char synced[4200], moved[4200];
  int status = NEXT(rename)(from, to);
  if (status || !is_meant(to)) return status;
  synced_name(from, synced, sizeof synced);
  synced_name(to, moved, sizeof moved);
  NEXT(rename)(synced, moved);
  return status;
}
