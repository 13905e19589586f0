/* load_ahead.c: a thread that loads libraries while the program goes on. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "handles.h"
#include "thread.h"

static void *load(void *paths) {
  const char *path;
  for (path = paths; *path; path += strlen(path) + 1)
    (void)dlopen(path, RTLD_LAZY); /* where it cannot, `require` says why */
  free(paths);
  return NULL;
}

static int start(char *paths) {
  pthread_t thread;
  if (!thread_start(&thread, load, paths)) return 0;
  thread_move_away(thread);
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
