/* load_ahead.c: a thread that loads a library while the program goes on. */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "handles.h"

static void *load(void *path) {
  (void)dlopen(path, RTLD_LAZY); /* where it cannot, `require` says why */
  free(path);
  return NULL;
}

/* Signals are for the thread that starts it. */
static int start(char *path) {
  pthread_t thread;
  sigset_t all, before;
  int error;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  error = pthread_create(&thread, NULL, load, path);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (!error) pthread_detach(thread);
  return !error;
}

/* core.load_ahead(path): for the command only, which has no threads yet: begins
** to load a library. Who asks for it meanwhile waits; if it cannot begin, the
** library is loaded when it is asked for. */
static int load_ahead(lua_State *L) {
  char *path = strdup(luaL_checkstring(L, 1));
  if (path && !start(path)) free(path);
  return 0;
}

void load_ahead_open(lua_State *L) {
  lua_pushcfunction(L, load_ahead);
  lua_setfield(L, -2, "load_ahead");
}
