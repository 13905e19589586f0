/* scarce.c: to be preloaded: lets one allocation of a library fail.
**
** SCARCE is its number, from 1; SCARCE_IN the start of the library's file name,
** such as core.so. What others allocate is not counted. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static long seen;

static int is_meant(void *caller) {
  const char *start = getenv("SCARCE_IN"), *name;
  Dl_info library;
  if (!start || !dladdr(caller, &library) || !library.dli_fname) return 0;
  name = strrchr(library.dli_fname, '/');
  return name && !strncmp(name + 1, start, strlen(start));
}

static int fails(void *caller) {
  const char *wanted = getenv("SCARCE");
  if (!wanted || !is_meant(caller)) return 0;
  if (__sync_add_and_fetch(&seen, 1) != atol(wanted)) return 0;
  errno = ENOMEM;
  return 1;
}

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

/* The C library's own, but that it would not call ours for whom. */
char *strdup(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
  return copy ? memcpy(copy, text, size) : NULL;
}

void *malloc(size_t size) {
  return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
  return fails(__builtin_return_address(0)) ? NULL
                                            : __libc_realloc(block, size);
}
