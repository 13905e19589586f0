/* scarce.c: to be preloaded: lets one allocation of the core's own C fail.
**
** SCARCE is its number, from 1; what Lua and other libraries allocate is not
** counted. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static long seen;

static int is_core(void *caller) {
  Dl_info library;
  const char *name;
  if (!dladdr(caller, &library) || !library.dli_fname) return 0;
  name = strrchr(library.dli_fname, '/');
  return name && !strcmp(name, "/core.so");
}

static int fails(void *caller) {
  const char *wanted = getenv("SCARCE");
  if (!wanted || !is_core(caller)) return 0;
  if (__sync_add_and_fetch(&seen, 1) != atol(wanted)) return 0;
  errno = ENOMEM;
  return 1;
}

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

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
