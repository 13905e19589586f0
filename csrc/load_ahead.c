/* load_ahead.c: a thread that loads libraries while the program goes on. */
#define _GNU_SOURCE /* CPUs */
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "handles.h"

static void *load(void *paths) {
  const char *path;
  for (path = paths; *path; path += strlen(path) + 1)
    (void)dlopen(path, RTLD_LAZY); /* where it cannot, `require` says why */
  free(paths);
  return NULL;
}

/* Where it was started, beside the one that started it, it may stay for some
** milliseconds, as long as it is there for: they would run in turns. */
static void move_away(pthread_t thread) {
#ifdef __linux__
  cpu_set_t all, others;
  if (sched_getaffinity(0, sizeof all, &all)) return;
  others = all;
  CPU_CLR((size_t)sched_getcpu(), &others);
  if (!CPU_COUNT(&others)) return;
  (void)pthread_setaffinity_np(thread, sizeof others, &others);
  (void)pthread_setaffinity_np(thread, sizeof all, &all); /* it stays there */
#else
  (void)thread;
#endif
}

/* Signals are for the thread that starts it. */
static int start(char *paths) {
  pthread_t thread;
  sigset_t all, before;
  int error;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  error = pthread_create(&thread, NULL, load, paths);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error) return 0;
  move_away(thread);
  pthread_detach(thread);
  return 1;
}

/* core.load_ahead(paths): for the command only, which has no threads yet: begins
** to load libraries, one after another. Behind each path stands a "\0". Who asks
** for one meanwhile waits; if it cannot begin, each is loaded when it is asked
** for. */
static int load_ahead(lua_State *L) {
  size_t length;
  const char *given = luaL_checklstring(L, 1, &length);
  char *paths = calloc(1, length + 2); /* ends with an empty one in any case */
  if (!paths) return 0;
  memcpy(paths, given, length);
  if (!start(paths)) free(paths);
  return 0;
}

void load_ahead_open(lua_State *L) {
  lua_pushcfunction(L, load_ahead);
  lua_setfield(L, -2, "load_ahead");
}
